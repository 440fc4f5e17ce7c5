/* village.c: the bodies of figures by village.  A pair or a rate is nothing that adds up, so a part is a
 * number, or the village has nothing of the kind. */
#include "domain/operations.h"

enum { VALUES_MAX = 2000, PROPOSALS_MAX = 500, TEXT_MAX = 4000 };

static const struct member value_proposed[] = {
    {"indicator", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"value", STRING | DECIMAL | NULLABLE, .max_length = 64},
    {"missing_reason", STRING | NULLABLE, .choices = CHOICES("not_applicable")},
    {"note", STRING | NULLABLE, LINES, .max_length = TEXT_MAX},
    {0},
};

const struct member village_proposal_body[] = {
    {"village", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"period", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"values", ARRAY, REQUIRED, .min_length = 1, .max_length = PROPOSALS_MAX,
     .items = EACH(OBJECT, .members = value_proposed)},
    {0},
};

static const struct member part_sent[] = {
    {"village", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"indicator", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"value", STRING | DECIMAL | NULLABLE, .max_length = 64},
    {"missing_reason", STRING | NULLABLE, .choices = CHOICES("not_applicable")},
    {0},
};

static const struct member decision_sent[] = {
    {"id", INTEGER, REQUIRED, .low = 1, .high = 9007199254740991},
    {"decision", STRING, REQUIRED, .choices = CHOICES("take", "refuse")},
    {"reason", STRING | NULLABLE, LINES, .max_length = TEXT_MAX},
    {0},
};

const struct member village_change_body[] = {
    {"values", ARRAY, .max_length = VALUES_MAX, .items = EACH(OBJECT, .members = part_sent)},
    {"proposals", ARRAY, .max_length = PROPOSALS_MAX, .items = EACH(OBJECT, .members = decision_sent)},
    {0},
};
