/* unit.c: the body of a planned reorganisation. */
#include "domain/operations.h"

enum { LINKS_MAX = 500, NEW_UNITS_MAX = 100, PEOPLE_MAX = 100000000 };

static const struct member planned_link[] = {
    {"kind", STRING, REQUIRED,
     .choices = CHOICES("MERGE", "PARTIAL_TRANSFER", "RECODE", "ABOLISH", "UNCHANGED_NEW_PARENT")},
    {"from", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"to", STRING | NULLABLE, .min_length = 1, .max_length = 64},
    {"whole", BOOLEAN},
    {"population", INTEGER | NULLABLE, .low = 0, .high = PEOPLE_MAX},
    {"population_of", INTEGER | NULLABLE, .low = 1, .high = PEOPLE_MAX},
    {"parent", STRING | NULLABLE, .min_length = 1, .max_length = 64},
    {0},
};

static const struct member planned_unit[] = {
    {"code", CODE, REQUIRED},
    {"kind", STRING, REQUIRED,
     .choices = CHOICES("PROVINCE", "DISTRICT", "COMMUNE", "TOWN", "VILLAGE", "RESIDENTIAL_GROUP")},
    {"name", STRING, REQUIRED, .min_length = 1, .max_length = 200},
    {"parent", STRING | NULLABLE, .min_length = 1, .max_length = 64},
    {0},
};

const struct member unit_change_body[] = {
    {"effective_on", DATE, REQUIRED},
    {"links", ARRAY, REQUIRED, .min_length = 1, .max_length = LINKS_MAX,
     .items = EACH(OBJECT, .members = planned_link)},
    {"new_units", ARRAY, .max_length = NEW_UNITS_MAX, .items = EACH(OBJECT, .members = planned_unit)},
    {0},
};
