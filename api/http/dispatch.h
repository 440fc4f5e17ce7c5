/* dispatch.h: the steps every request takes, from its bytes to its answer. */
#pragma once
#include "http/route.h"

/* The one callback of Ulfius; `table` is the struct route_table. */
int dispatch(const struct _u_request *raw, struct _u_response *response, void *table);
