/* load.h: a transaction that takes in many rows by COPY.
 *
 *     session_write (who is calling; the receipt)  +  start  +  COPY … FROM STDIN  +  finish  +  commit
 *
 * A fixed number of messages beside the rows, whatever their number.
 */
#pragma once
#include "db/db.h"

struct db_copy;

/* Send the rows, each by db_copy_line().  False: something is wrong with them, which `data` knows; the
 * transaction ends, nothing is kept.  It may be called again when the transaction is. */
typedef bool db_rows_fn(struct db_copy *to, void *data);

/* A line in the text format of COPY, with its line feed.  False: nothing more can be sent. */
bool db_copy_line(struct db_copy *to, const struct buf *line);

struct db_load {
    const struct db_call *start; /* gives a row, whose first column becomes the first argument of finish */
    const char *copy;            /* COPY … FROM STDIN */
    db_rows_fn *rows;
    void *data;
    struct db_call *finish; /* of the same session; its arg[0] is filled here */
};

/* Run it.  As db_run(); NULL with no problem set when rows() gave up. */
PGresult *db_load(const struct db_load *load, struct problem *problem) MUST_CHECK;

/* Add a value to a line of COPY's text format, after a tab unless it is the first; NULL is \N. */
void db_copy_value(struct buf *line, const char *text);
