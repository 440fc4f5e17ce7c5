/* A body against a shape: every fault has a pointer that is empty or starts with a slash, and a code. */
#include "http/shape.h"
#include "fuzz/target.h"

static const struct member value[] = {
    {"indicator", CODE, REQUIRED},
    {"value", DECIMAL | NULLABLE, .low = -1e14, .high = 1e14},
    {0},
};

static const struct member body[] = {
    {"unit", CODE, REQUIRED},
    {"note", STRING | NULLABLE, LINES, .min_length = 1, .max_length = 50},
    {"state", STRING, .choices = CHOICES("draft", "submitted")},
    {"at", INSTANT},
    {"year", INTEGER, .low = 1990, .high = 2100},
    {"values", ARRAY, .min_length = 1, .max_length = 20, .items = EACH(OBJECT, .members = value)},
    {"cells", OBJECT, .items = EACH(DECIMAL)},
    {0},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_auto_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    json_auto_t *faults = json_array();
    if (!json)
        return 0;
    shape_check(json, body, faults);
    for (size_t i = 0; i < json_array_size(faults); i++) {
        const json_t *fault = json_array_get(faults, i);
        const char *pointer = json_string_value(json_object_get(fault, "pointer"));
        HOLDS(pointer && (pointer[0] == '\0' || pointer[0] == '/'));
        json_auto_t *described = fault_described(fault, VI);
        HOLDS(json_object_get(described, "detail"));
    }
    return 0;
}
