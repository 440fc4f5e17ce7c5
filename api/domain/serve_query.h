/* serve_query.h: from a request to its query and back.
 *
 * The arguments of a query are, in order: values of the path, declared query parameters (but `format`,
 * `count`), the ETag of If-Match (if required), body and faults (if the operation has a body), then what a
 * handler appended with request_append().  Its columns are the members of the answer; `_status`, `_etag`,
 * `_location` and
 * `_next` speak to the server; a single column `_body` is the whole answer.  No row means 404.  A write's
 * `_receipt` becomes the member `receipt`, signed (receipt.h).
 */
#pragma once
#include "db/db.h"
#include "http/request.h"

/* Append an argument, borrowed (NULL: SQL NULL), to those of the request's query. */
void request_append(struct request *rq, const char *argument);

/* A call of a query as the caller of the request, without arguments yet. */
struct db_call call_of(const struct request *rq, enum sql_id sql);

/* Write rows in the shape of the request's route. */
bool serve_rows(const struct request *rq, const PGresult *rows, struct reply *rp, struct problem *problem);
