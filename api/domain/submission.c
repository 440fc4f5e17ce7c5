/* submission.c: the bodies of what communes report.  The rules of the values are in the database
 * (app.value_faults), one place for this and every other way in. */
#include "domain/operations.h"

enum { VALUES_MAX = 500, NOTE_MAX = 4000, COMMENTS_MAX = 100 };

/* A number is taken as a number or as text, and text that is no number is a fault of app.value_faults(). */
static const struct member value_sent[] = {
    {"indicator", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"value", STRING | DECIMAL | BOOLEAN | NULLABLE, .max_length = 64},
    {"numerator", STRING | DECIMAL | NULLABLE, .max_length = 64},
    {"denominator", STRING | DECIMAL | NULLABLE, .max_length = 64},
    {"missing_reason", STRING | NULLABLE,
     .choices = CHOICES("not_available", "not_collected", "not_applicable", "confidential")},
    {"status", STRING, .choices = CHOICES("ESTIMATE", "PROVISIONAL", "OFFICIAL")},
    {"note", STRING | NULLABLE, LINES, .max_length = NOTE_MAX},
    {0},
};

const struct member submission_body[] = {
    {"form", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"unit", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"period", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"as_of_date", DATE | NULLABLE},
    {"note", STRING | NULLABLE, LINES, .max_length = NOTE_MAX},
    {"values", ARRAY, .max_length = VALUES_MAX, .items = EACH(OBJECT, .members = value_sent)},
    {0},
};

const struct member submission_change_body[] = {
    {"as_of_date", DATE | NULLABLE},
    {"note", STRING | NULLABLE, LINES, .max_length = NOTE_MAX},
    {"values", ARRAY, .max_length = VALUES_MAX, .items = EACH(OBJECT, .members = value_sent)},
    {0},
};

static const struct member step_comment[] = {
    {"indicator", STRING | NULLABLE, .min_length = 1, .max_length = 64},
    {"text", STRING, REQUIRED | LINES, .min_length = 1, .max_length = NOTE_MAX},
    {0},
};

const struct member submission_step_body[] = {
    {"action", STRING, REQUIRED, .choices = CHOICES("submit", "withdraw", "return", "accept")},
    {"reason", STRING | NULLABLE, LINES, .max_length = NOTE_MAX},
    {"comments", ARRAY, .max_length = COMMENTS_MAX, .items = EACH(OBJECT, .members = step_comment)},
    {0},
};
