/* page.h: the pages of a list.
 *
 * What a query tells as the place where its next page begins goes out as an opaque cursor: the place and a
 * code of authenticity (base/signing.h) over it, the operation, and all other parameters but `limit`,
 * `format` and `count`.  So a cursor leads on in the list that gave it, and nowhere else.
 */
#pragma once
#include "http/request.h"

/* Turn the cursor of a list into the place it stands for.  Problem: malformed-parameter. */
bool page_read_cursor(struct request *rq, struct problem *problem);

/* Add the cursor of the page that begins at a place, and what the header Link says of that page (RFC 8288):
 * </v1/units?…>; rel="next". */
void page_write_next(const struct request *rq, const char *position, struct buf *cursor, struct buf *link);
