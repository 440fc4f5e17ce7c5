/* review.c: the bodies of what commune and district say to each other about a report: comments, more time,
 * opening again, and what to follow up. */
#include "domain/operations.h"

enum { TEXT_MAX = 4000, UNITS_MAX = 500 };

const struct member comment_body[] = {
    {"indicator", STRING | NULLABLE, .min_length = 1, .max_length = 64},
    {"text", STRING, REQUIRED | LINES, .min_length = 1, .max_length = TEXT_MAX},
    {"visibility", STRING, .choices = CHOICES("own", "shared")},
    {0},
};

/* A unit is a code or children(code of the district). */
const struct member extension_body[] = {
    {"unit", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"period", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"form", STRING | NULLABLE, .min_length = 1, .max_length = 64},
    {"units", ARRAY, REQUIRED, .min_length = 1, .max_length = UNITS_MAX,
     .items = EACH(STRING, .min_length = 1, .max_length = 80)},
    {"due_at", INSTANT | NULLABLE},
    {"expires_at", INSTANT, REQUIRED},
    {"reason", STRING, REQUIRED | LINES, .min_length = 1, .max_length = TEXT_MAX},
    {0},
};

const struct member reopen_request_body[] = {
    {"reason", STRING, REQUIRED | LINES, .min_length = 1, .max_length = TEXT_MAX},
    {0},
};

const struct member reopen_decision_body[] = {
    {"decision", STRING, REQUIRED, .choices = CHOICES("grant", "refuse")},
    {"reason", STRING, REQUIRED | LINES, .min_length = 1, .max_length = TEXT_MAX},
    {"expires_at", INSTANT | NULLABLE},
    {0},
};

const struct member follow_up_body[] = {
    {"indicator", STRING | NULLABLE, .min_length = 1, .max_length = 64},
    {"text", STRING, REQUIRED | LINES, .min_length = 1, .max_length = TEXT_MAX},
    {"owner", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"due_on", DATE, REQUIRED},
    {0},
};

const struct member follow_up_closing_body[] = {
    {"text", STRING, REQUIRED | LINES, .min_length = 1, .max_length = TEXT_MAX},
    {0},
};
