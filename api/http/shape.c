/* shape.c: has a JSON body the members its contract promises? */
#include "http/shape.h"
#include "base/form.h"
#include <string.h>

enum { TEXTS = STRING | CODE | DATE | INSTANT, USUAL_MAX = 10000, MEMBERS_MAX = 64 };

/* Where the check is, as it goes down the body. */
struct place {
    struct buf pointer;
    json_t *faults;
};

static void check_value(const json_t *value, const struct member *shape, struct place *at);

static void add(struct place *at, const char *code, json_t *params)
{
    const char *pointer = at->pointer.len ? at->pointer.text : "";
    fault_add(at->faults, fault_new("pointer", pointer, code, params));
}

/* Go down to a member; climb() with the result comes back.  RFC 6901 writes ~ as ~0 and / as ~1. */
static size_t descend(struct place *at, const char *name)
{
    size_t before = at->pointer.len;
    buf_addc(&at->pointer, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            buf_adds(&at->pointer, *name == '~' ? "~0" : "~1");
        else
            buf_addc(&at->pointer, *name);
    }
    return before;
}

static void climb(struct place *at, size_t before)
{
    if (at->pointer.len > before)
        at->pointer.text[before] = '\0';
    at->pointer.len = before;
}

const char *shape_type_name(enum type type)
{
    switch (type) {
    case STRING: return "string";
    case CODE: return "code";
    case DATE: return "date";
    case INSTANT: return "instant";
    case INTEGER: return "integer";
    case DECIMAL: return "number";
    case BOOLEAN: return "boolean";
    case OBJECT: return "object";
    case ARRAY: return "array";
    case NULLABLE: return "null";
    }
    return "";
}

static const char *found_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "object";
    case JSON_ARRAY: return "array";
    case JSON_STRING: return "string";
    case JSON_INTEGER: return "integer";
    case JSON_REAL: return "number";
    case JSON_NULL: return "null";
    default: return "boolean";
    }
}

static void add_wrong_type(const json_t *value, unsigned types, struct place *at)
{
    json_t *expected = json_array();
    for (unsigned type = STRING; type <= NULLABLE; type *= 2)
        if (types & type)
            json_array_append_new(expected, json_string(shape_type_name(type)));
    add(at, "wrong-type", json_pack("{s:o, s:s}", "expected", expected, "found", found_name(value)));
}

static void check_choice(const char *text, const char *const *choices, struct place *at)
{
    json_t *known = json_array();
    for (const char *const *choice = choices; *choice; choice++) {
        if (strcmp(*choice, text) == 0) {
            json_decref(known);
            return;
        }
        json_array_append_new(known, json_string(*choice));
    }
    const char *nearest = text_nearest(text, choices);
    add(at, "not-a-choice", json_pack("{s:o, s:s*}", "choices", known, "did_you_mean", nearest));
}

static size_t maximum(const struct member *shape)
{
    return shape->max_length ? shape->max_length : USUAL_MAX;
}

static void check_plain(const char *text, const struct member *shape, struct place *at)
{
    size_t length = (size_t)text_length(text);
    if (length < shape->min_length)
        add(at, "too-short", json_pack("{s:I}", "min", (json_int_t)shape->min_length));
    else if (length > maximum(shape))
        add(at, "too-long", json_pack("{s:I}", "max", (json_int_t)maximum(shape)));
    else if (form_has_control(text, shape->flags & LINES ? "\n\r\t" : ""))
        add(at, "control-character", NULL);
    else if (shape->choices)
        check_choice(text, shape->choices, at);
}

static void check_bounds(double number, const struct member *shape, struct place *at)
{
    if (shape->low == 0 && shape->high == 0)
        return;
    if (number < shape->low)
        add(at, "too-small", json_pack("{s:f}", "low", shape->low));
    else if (number > shape->high)
        add(at, "too-large", json_pack("{s:f}", "high", shape->high));
}

static void demand(bool fits, const char *code, struct place *at)
{
    if (!fits)
        add(at, code, NULL);
}

/* The form is told by the first of the types that is a text. */
static void check_string(const char *text, const struct member *shape, struct place *at)
{
    if (shape->types & STRING)
        check_plain(text, shape, at);
    else if (shape->types & CODE)
        demand(form_is_code(text), "not-a-code", at);
    else if (shape->types & DATE)
        demand(form_is_date(text), "not-a-date", at);
    else if (shape->types & INSTANT)
        demand(form_is_instant(text), "not-an-instant", at);
    else if (!form_is_decimal(text))
        add(at, "not-a-decimal", NULL);
    else
        check_bounds(strtod(text, NULL), shape, at);
}

static void check_array(const json_t *array, const struct member *shape, struct place *at)
{
    if (json_array_size(array) < shape->min_length)
        add(at, "too-few", json_pack("{s:I}", "min", (json_int_t)shape->min_length));
    if (json_array_size(array) > maximum(shape)) {
        add(at, "too-many", json_pack("{s:I}", "max", (json_int_t)maximum(shape)));
        return;
    }
    for (size_t i = 0; shape->items && i < json_array_size(array); i++) {
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        size_t before = descend(at, index);
        check_value(json_array_get(array, i), shape->items, at);
        climb(at, before);
    }
}

static const struct member *member_named(const struct member *members, const char *name)
{
    for (; members->name; members++)
        if (strcmp(members->name, name) == 0)
            return members;
    return NULL;
}

static void add_unknown(const char *name, const struct member *members, struct place *at)
{
    const char *names[MEMBERS_MAX + 1] = {NULL};
    if (fault_is_enough(at->faults))
        return;
    for (int i = 0; members[i].name && i < MEMBERS_MAX; i++)
        names[i] = members[i].name;
    const char *nearest = text_nearest(name, names);
    add(at, "unknown-member", nearest ? json_pack("{s:s}", "did_you_mean", nearest) : NULL);
}

static void check_members(const json_t *object, const struct member *members, struct place *at)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        size_t before = descend(at, name);
        const struct member *member = member_named(members, name);
        if (member)
            check_value(value, member, at);
        else
            add_unknown(name, members, at);
        climb(at, before);
    }
}

static void check_presence(const json_t *object, const struct member *members, struct place *at)
{
    for (; members->name; members++) {
        if (!(members->flags & REQUIRED) || json_object_get(object, members->name))
            continue;
        size_t before = descend(at, members->name);
        add(at, "missing-member", NULL);
        climb(at, before);
    }
}

/* An object with free names, each value like items. */
static void check_entries(const json_t *object, const struct member *shape, struct place *at)
{
    const char *name;
    json_t *value;
    if (json_object_size(object) < shape->min_length)
        add(at, "too-few", json_pack("{s:I}", "min", (json_int_t)shape->min_length));
    if (json_object_size(object) > maximum(shape))
        add(at, "too-many", json_pack("{s:I}", "max", (json_int_t)maximum(shape)));
    json_object_foreach((json_t *)object, name, value)
    {
        size_t before = descend(at, name);
        if (shape->items)
            check_value(value, shape->items, at);
        climb(at, before);
    }
}

static void check_object(const json_t *object, const struct member *shape, struct place *at)
{
    if (!shape->members) {
        check_entries(object, shape, at);
        return;
    }
    check_members(object, shape->members, at);
    check_presence(object, shape->members, at);
}

/* The types that a value of this kind satisfies. */
static unsigned types_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return OBJECT;
    case JSON_ARRAY: return ARRAY;
    case JSON_STRING: return TEXTS | DECIMAL;
    case JSON_INTEGER: return INTEGER | DECIMAL;
    case JSON_REAL: return DECIMAL;
    case JSON_NULL: return NULLABLE;
    default: return BOOLEAN;
    }
}

static void check_value(const json_t *value, const struct member *shape, struct place *at)
{
    if (!(types_of(value) & shape->types))
        add_wrong_type(value, shape->types, at);
    else if (json_is_string(value))
        check_string(json_string_value(value), shape, at);
    else if (json_is_number(value))
        check_bounds(json_number_value(value), shape, at);
    else if (json_is_array(value))
        check_array(value, shape, at);
    else if (json_is_object(value))
        check_object(value, shape, at);
}

void shape_check(const json_t *body, const struct member *shape, json_t *faults)
{
    struct place at = {.faults = faults};
    check_value(body, &(const struct member){"", OBJECT, .members = shape}, &at);
    buf_release(&at.pointer);
}
