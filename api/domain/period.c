/* period.c: the bodies of reporting periods. */
#include "domain/operations.h"

const struct member period_body[] = {
    {"code", STRING, REQUIRED, .min_length = 4, .max_length = 7},
    {"starts_on", DATE, REQUIRED},
    {"ends_on", DATE, REQUIRED},
    {"due_at", INSTANT | NULLABLE},
    {"grace_until", INSTANT | NULLABLE},
    {"locks_at", INSTANT | NULLABLE},
    {0},
};

const struct member period_change_body[] = {
    {"due_at", INSTANT | NULLABLE},
    {"grace_until", INSTANT | NULLABLE},
    {"locks_at", INSTANT | NULLABLE},
    {0},
};
