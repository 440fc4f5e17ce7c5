/* row.h: gathers the cells of one row and hands them to the sink; the limits of rows and cells are kept here.
 */
#pragma once
#include "sheet/sheet.h"

struct row {
    const struct sheet_sink *sink;
    json_t *faults; /* borrowed */
    int number;     /* of the row, from 1 */
    int count;
    struct cell cells[SHEET_COLUMNS_MAX];
    size_t
        at[SHEET_COLUMNS_MAX]; /* where the text of each cell is in `texts`, which may move while it grows */
    struct buf texts;          /* of the cells, a NUL after each */
    long line;                 /* of a text file, where the cell begins; 0: the file has no lines */
    bool placed;               /* the cells know their texts; nothing more may be added */
    bool faulty;               /* a cell had a fault */
    bool ended;                /* by the sink, or by a fault of the file */
};

void row_init(struct row *row, const struct sheet_sink *sink, json_t *faults);
void row_release(struct row *row);
#define row_auto_t __attribute__((cleanup(row_release))) struct row

/* Add a cell, whose text, `length` bytes, is copied.  Too long: a fault instead.  Too far right or down, or
 * not UTF-8: a fault of the whole file, and false. */
bool row_add(struct row *row, const struct cell *cell, size_t length);

/* Add a fault of a cell. */
void row_fault(struct row *row, const struct cell *cell, const char *code, json_t *params);

/* Let the cells know their texts, so that they may be moved. */
void row_place_texts(struct row *row);

/* Hand over the row, if it has a value, and start an empty one.  False: the reading has ended. */
bool row_end(struct row *row);

/* Has nothing ended the reading, and was no cell at fault? */
bool row_is_good(const struct row *row);
