/* rows_json.h: rows of PostgreSQL → JSON, column name = member name.
 *
 * Numbers keep their digits: they are copied, never read.  Moments are RFC 3339 with the offset the
 * session has (role thidua_api: +07:00).  json and jsonb go through as they are; any other type becomes a
 * string, arrays too: let the query make them JSON with to_json().  Columns whose name starts with `_`
 * speak to the server and are left out.
 */
#pragma once
#include "base/buf.h"
#include <libpq-fe.h>

/* Add row number `row` as an object. */
void rows_json_object(struct buf *out, const PGresult *rows, int row);

/* Add all rows as {"items": [...], "next": next}; NULL is null. */
void rows_json_list(struct buf *out, const PGresult *rows, const char *next);

/* Where the next page begins: _next of the last row; NULL: there is none.  Borrowed from the rows. */
const char *rows_next(const PGresult *rows);

/* What a column that speaks to the server (`_status`, …) says in a row; NULL when it is absent or null.
 * Borrowed from the rows. */
const char *rows_told(const PGresult *rows, int row, const char *column);

/* What a column holds. */
enum rows_type { ROWS_TEXT, ROWS_INTEGER, ROWS_NUMBER, ROWS_BOOLEAN, ROWS_DATE, ROWS_MOMENT, ROWS_JSON };
enum rows_type rows_type(const PGresult *rows, int column);

/* Add a value that is not null as its JSON has it, without quotes and escapes. */
void rows_text(struct buf *out, const PGresult *rows, int row, int column);
