/* shape.h: has a JSON body the members its contract promises?
 *
 * A shape is a table, one line a member, ended by {0}:
 *
 *     const struct member token_body[] = {
 *         {"name", STRING, REQUIRED, .max_length = 100},
 *         {"scopes", ARRAY, REQUIRED, .max_length = 5, .items = EACH(STRING, .choices = SCOPES)},
 *         {0},
 *     };
 *
 * All faults are found at once, each with an RFC 6901 pointer.  Members not in the table are faults.
 */
#pragma once
#include "base/fault.h"

/* Types, which may be added up.  CODE, DATE and INSTANT are text of that form; DECIMAL is a number or
 * text of digits with a decimal point.  NULLABLE: null is good too. */
enum type {
    STRING = 1,
    CODE = 2,
    DATE = 4,
    INSTANT = 8,
    INTEGER = 16,
    DECIMAL = 32,
    BOOLEAN = 64,
    OBJECT = 128,
    ARRAY = 256,
    NULLABLE = 512,
};

enum { REQUIRED = 1, LINES = 2 }; /* flags of a member; LINES: text may have line breaks and tabs */

struct member {
    const char *name;
    unsigned types, flags;
    size_t min_length, max_length; /* characters of a string, elements of an array; max 0: 10,000 */
    double low, high;              /* of a number; both 0: any */
    const char *const *choices;    /* NULL-terminated; NULL: any text */
    const struct member *members;  /* of an object; NULL: any, each like items */
    const struct member *items;    /* each element of an array or of an object without members */
};

/* What each element is like: EACH(STRING, .max_length = 40). */
#define EACH(...) (&(const struct member){"", __VA_ARGS__})

/* A NULL-terminated list of choices. */
#define CHOICES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Add the faults of the body, an object, to the list. */
void shape_check(const json_t *body, const struct member *shape, json_t *faults);

/* The name of one type, as in JSON: "string", "integer"…; dates and the like are named as such. */
const char *shape_type_name(enum type type);
