/* routes.c: routes.def as a table. */
#include "routes.h"
#include "domain/operations.h"
#include "queries.h"

/* What every list can be asked for beside what its line says; one without parameters (NULL) has none. */
#define IN_ONE
#define IN_LIST , "format", "count"
#define IN_NOTHING
/* clang-format off */
#define LINE(operation, method, path, access, shape, flags, body, body_max, handler, query, ...) \
    {#operation, method, path, access, shape, flags, body, body_max, \
     handler, query, {__VA_ARGS__ IN_##shape}},
/* clang-format on */
#define ROUTE(operation, method, path, access, shape, flags, body, body_max, handler, ...) \
    LINE(operation, method, path, access, shape, flags, body, body_max, handler, SQL_##operation, __VA_ARGS__)
#define PLAIN(operation, method, path, access, shape, flags, body, body_max, handler, ...) \
    LINE(operation, method, path, access, shape, flags, body, body_max, handler, NO_QUERY, __VA_ARGS__)

static const struct route lines[] = {
#include "routes.def"
};

const struct route_table routes = {lines, COUNT(lines)};
