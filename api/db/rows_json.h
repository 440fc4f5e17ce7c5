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

/* Add all rows as {"items": [...], "next": <_next of the last row, or null>}. */
void rows_json_list(struct buf *out, const PGresult *rows);

/* What a column that speaks to the server (`_status`, …) says in a row; NULL when it is absent or null.
 * Borrowed from the rows. */
const char *rows_told(const PGresult *rows, int row, const char *column);
