/* format.h: how the answer is written: JSON, or a list as a table.
 *
 * `format` says it; without it, `Accept`.  What is equally wanted comes as JSON.
 */
#pragma once
#include "http/request.h"

/* Is something acceptable that the operation has?  Problem: not-acceptable. */
bool format_is_acceptable(struct request *rq, struct problem *problem);

/* Choose the format of a list, once the parameters are read.  Problems: not-acceptable; malformed-parameter
 * when JSON is asked for with a page longer than its pages are. */
bool format_choose(struct request *rq, struct problem *problem);

/* The format's media type. */
const char *format_type(enum format format);
