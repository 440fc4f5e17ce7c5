/* body.h: the body of a request: how long, of what type, is it JSON, and an object. */
#pragma once
#include "http/request.h"

#define MEDIA_CSV "text/csv"
#define MEDIA_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* Read the body the route expects into rq->body, rq->json and rq->faults.  Problems: length-required,
 * content-too-large, unsupported-media-type, unexpected-body, and those of body_parse(). */
bool body_read(struct request *rq, struct problem *problem);

/* Parse untrusted text; the caller owns the object.  NULL with the problem set: malformed-json,
 * nested-too-deeply, number-out-of-range, invalid-content when it is no object. */
json_t *body_parse(const char *text, size_t length, struct problem *problem) MUST_CHECK;

enum { BODY_DEPTH_MAX = 32 };

/* Are arrays and objects nested at most BODY_DEPTH_MAX deep?  Need not be JSON. */
bool body_is_shallow(const char *text, size_t length);
