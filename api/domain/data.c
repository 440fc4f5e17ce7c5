/* data.c: the body of a query of the aggregate. */
#include "domain/operations.h"

enum { SELECTORS_MAX = 1000, SELECTOR_MAX = 200 };

#define SELECTORS \
    .min_length = 1, .max_length = SELECTORS_MAX, \
    .items = EACH(STRING, .min_length = 1, .max_length = SELECTOR_MAX)

const struct member data_query_body[] = {
    {"unit", ARRAY, REQUIRED, SELECTORS},
    {"indicator", ARRAY, SELECTORS},
    {"period", ARRAY, REQUIRED, SELECTORS},
    {"collapse", ARRAY, .max_length = 2, .items = EACH(STRING, .choices = CHOICES("unit", "period"))},
    {"status", STRING, .choices = CHOICES("accepted", "submitted")},
    {"as_of", STRING, .min_length = 1, .max_length = 40},
    {"explain", BOOLEAN},
    {"boundaries", STRING, .min_length = 1, .max_length = 20},
    {0},
};
