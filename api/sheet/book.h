/* book.h: writing a workbook into memory, by libxlsxwriter, which writes files. */
#pragma once
#include "base/buf.h"
#include <xlsxwriter.h>

struct book {
    lxw_workbook *workbook;
    int file; /* of memory (memfd_create) */
};

/* False: there is no memory for it. */
bool book_open(struct book *book) MUST_CHECK;

/* End the workbook and take its bytes; false: it could not be written.  Nothing is left open. */
bool book_close(struct book *book, struct buf *out) MUST_CHECK;

/* A cell to be written, counted from 1 as the sheet shows it. */
struct spot {
    lxw_worksheet *sheet;
    int row, column;
};

/* Write text, which stays text whatever it begins with; or a decimal as a number.  NULL and "": an empty cell
 * in this format. */
void book_write_text(struct spot at, const char *text, lxw_format *format);
void book_write_number(struct spot at, const char *decimal, lxw_format *format);

/* Lines that a text takes in a column this wide: who writes a workbook says how high its rows are. */
int book_lines(const char *text, double width);
void book_set_lines(lxw_worksheet *sheet, int row, int lines);

/* On paper: A4 across, as wide as one page, the row of the headings (from 0) on each, and its number. */
void book_fit_page(lxw_worksheet *sheet, lxw_row_t heading);
