/* routes.h: routes.def as a table. */
#pragma once
#include "http/route.h"

extern const struct route_table routes;
