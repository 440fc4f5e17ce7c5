/* route.h: which operation is meant by a method and a path.
 *
 * Paths are strict: no trailing slash, no empty segment, no percent-encoding (codes need none).
 */
#pragma once
#include "http/request.h"

/* The route of the method and the path (which ends at NUL or `?`), its placeholders' values copied to
 * path_value.  HEAD finds GET.  NULL when there is none. */
const struct route *route_find(const struct route_table *table, const char *method, const char *path,
                               char path_value[PATH_VALUES_MAX][PATH_VALUE_SIZE]);

/* Add the methods of a path, "GET, HEAD, OPTIONS"; false, adding nothing, when the path is unknown. */
bool route_allow(const struct route_table *table, const char *path, struct buf *out);
