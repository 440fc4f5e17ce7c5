/* publication.c: the body of a publication. */
#include "domain/operations.h"

const struct member publication_body[] = {
    {"unit", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"form", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"period", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"note", STRING | NULLABLE, LINES, .max_length = 4000},
    {0},
};
