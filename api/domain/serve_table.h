/* serve_table.h: the rows of a query as a table, in a file that is then sent. */
#pragma once
#include "db/db.h"
#include "http/request.h"

/* How many rows a table has at most; tests make it less. */
extern long table_rows_max;

/* Run the call and write its rows in the request's format, a row as soon as it comes.  `limit` is the call's
 * argument that says how many rows; when it is NULL all are meant, and if there are more than table_rows_max:
 * problem list-too-large.  Columns whose name starts with `_` are left out.  With a dimension across (the
 * parameter `columns`) a table has no pages: problem invalid-parameters. */
bool serve_table(const struct request *rq, struct db_call *call, struct reply *rp, struct problem *problem);

/* Count the entries of a list from its beginning, when that is asked for (`count`): every one of them is
 * read, in a transaction of its own. */
bool serve_count(const struct request *rq, const struct db_call *call, struct reply *rp,
                 struct problem *problem);

/* What a member is called in tables for people; its own name when it has no other. */
const char *table_heading(const char *member);
