/* params.c: the query string. */
#include "http/params.h"
#include "base/form.h"
#include <string.h>

#define PARAM(name, kind, low, high, choices) {#name, PARAM_##kind, low, high, choices},
const struct param params_known[] = {
#include "http/params.def"
};
#undef PARAM
const size_t params_known_count = COUNT(params_known);

enum { NAMES_MAX = 32, CHOICE_MAX = 64 };

static size_t name_length(const char *declared)
{
    return strcspn(declared, "!");
}

const struct param *param_named(const char *name)
{
    size_t length = name_length(name);
    for (size_t i = 0; i < params_known_count; i++)
        if (strlen(params_known[i].name) == length && memcmp(params_known[i].name, name, length) == 0)
            return &params_known[i];
    return NULL;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode one byte at *text, moving past it.  -1 for a malformed escape or a control character. */
static int take_byte(const char **text)
{
    int c = (unsigned char)*(*text)++;
    if (c == '+')
        return ' ';
    if (c == '%') {
        int high = hex((*text)[0]), low = high < 0 ? -1 : hex((*text)[1]);
        if (low < 0)
            return -1;
        c = high * 16 + low;
        *text += 2;
    }
    return c >= 0x20 && c != 0x7f ? c : -1;
}

/* Decode text in place; it never grows.  False: not percent-encoded UTF-8 without control characters. */
static bool decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        int c = take_byte(&from);
        if (c < 0)
            return false;
        *to++ = (char)c;
    }
    *to = '\0';
    return text_length(text) >= 0;
}

static void add(json_t *faults, const char *name, const char *code, json_t *params)
{
    json_t *fault = fault_new("parameter", text_length(name) >= 0 ? name : "?", code, params);
    fault_add(faults, fault);
}

int param_position(const char *name, const char *const *declared)
{
    for (int i = 0; declared[i]; i++)
        if (strlen(name) == name_length(declared[i]) && strncmp(name, declared[i], strlen(name)) == 0)
            return i;
    return -1;
}

static void add_unknown(const char *name, const char *const *declared, json_t *faults)
{
    const char *names[NAMES_MAX + 1] = {NULL};
    for (int i = 0; declared[i] && i < NAMES_MAX; i++)
        names[i] = param_named(declared[i]) ? param_named(declared[i])->name : "";
    const char *nearest = text_nearest(name, names);
    add(faults, name, "unknown-parameter", nearest ? json_pack("{s:s}", "did_you_mean", nearest) : NULL);
}

static bool is_integer(const char *value, const struct param *param)
{
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || digits > 9 || value[digits] != '\0')
        return false;
    long number = strtol(value, NULL, 10);
    return number >= param->low && number <= param->high;
}

/* No empty value between the commas. */
static bool is_list(const char *value)
{
    size_t length = strlen(value);
    return length && value[0] != ',' && value[length - 1] != ',' && !strstr(value, ",,");
}

static bool is_choice(const char *value, const char *choices)
{
    size_t length = strlen(value);
    for (const char *choice = choices; choice; choice = strchr(choice, '|')) {
        choice += *choice == '|';
        if (length && strcspn(choice, "|") == length && strncmp(choice, value, length) == 0)
            return true;
    }
    return false;
}

static json_t *choice_list(const char *choices)
{
    json_t *list = json_array();
    for (const char *choice = choices; choice; choice = strchr(choice, '|')) {
        choice += *choice == '|';
        json_array_append_new(list, json_stringn(choice, strcspn(choice, "|")));
    }
    return list;
}

/* What is wrong with a value of the kind; NULL when nothing is. */
static const char *wrong(const char *value, const struct param *param)
{
    long length = text_length(value);
    switch (param->kind) {
    case PARAM_INT: return is_integer(value, param) ? NULL : "not-an-integer";
    case PARAM_CODE: return form_is_code(value) ? NULL : "not-a-code";
    case PARAM_MOMENT: return form_is_date(value) || form_is_instant(value) ? NULL : "not-a-moment";
    case PARAM_CHOICE: return is_choice(value, param->choices) ? NULL : "not-a-choice";
    case PARAM_LIST:
        if (!is_list(value))
            return "not-a-list";
        break;
    case PARAM_TEXT: break;
    }
    if (length < param->low)
        return "too-short";
    return length > param->high ? "too-long" : NULL;
}

static json_t *bounds(const struct param *param)
{
    switch (param->kind) {
    case PARAM_INT:
        return json_pack("{s:I, s:I}", "low", (json_int_t)param->low, "high", (json_int_t)param->high);
    case PARAM_TEXT:
    case PARAM_LIST:
        return json_pack("{s:I, s:I}", "min", (json_int_t)param->low, "max", (json_int_t)param->high);
    case PARAM_CHOICE: return json_pack("{s:o}", "choices", choice_list(param->choices));
    default: return NULL;
    }
}

static void check(const char *value, const char *declared, json_t *faults)
{
    const struct param *param = param_named(declared);
    const char *code = param ? wrong(value, param) : "invalid";
    if (code)
        add(faults, param ? param->name : declared, code, param ? bounds(param) : NULL);
}

/* Read one "name=value", both still encoded. */
static void take_pair(char *pair, const char *const *declared, const char **value, json_t *faults)
{
    char *text = strchr(pair, '=');
    if (text)
        *text++ = '\0';
    else
        text = pair + strlen(pair);
    bool name_good = decode(pair), good = decode(text);
    int i = name_good ? param_position(pair, declared) : -1;
    if (!name_good)
        add(faults, "?", "malformed-encoding", NULL);
    else if (i < 0)
        add_unknown(pair, declared, faults);
    else if (value[i])
        add(faults, pair, "repeated-parameter", NULL);
    else if (value[i] = text, !good)
        add(faults, pair, "malformed-encoding", NULL);
    else
        check(text, declared[i], faults);
}

static void check_presence(const char *const *declared, const char *const *value, json_t *faults)
{
    for (int i = 0; declared[i]; i++)
        if (!value[i] && declared[i][name_length(declared[i])] == '!')
            add(faults, param_named(declared[i])->name, "missing-parameter", NULL);
}

static enum problem_kind kind_of(const json_t *fault)
{
    const char *code = json_string_value(json_object_get(fault, "code"));
    if (strcmp(code, "unknown-parameter") == 0)
        return PROBLEM_unknown_parameter;
    if (strcmp(code, "repeated-parameter") == 0)
        return PROBLEM_repeated_parameter;
    if (strcmp(code, "missing-parameter") == 0)
        return PROBLEM_missing_parameter;
    return PROBLEM_malformed_parameter;
}

/* Faults of one kind have a problem of their own. */
static enum problem_kind kind_of_all(const json_t *faults)
{
    enum problem_kind first = kind_of(json_array_get(faults, 0));
    for (size_t i = 1; i < json_array_size(faults); i++)
        if (kind_of(json_array_get(faults, i)) != first)
            return PROBLEM_invalid_parameters;
    return first;
}

bool params_read(char *query, const char *const *declared, const char **value, struct problem *problem)
{
    json_auto_t *faults = json_array();
    char *rest = query;
    for (char *pair; !fault_is_enough(faults) && (pair = strsep(&rest, "&"));)
        if (*pair)
            take_pair(pair, declared, value, faults);
    check_presence(declared, value, faults);
    if (json_array_size(faults) == 0)
        return true;
    enum problem_kind kind = kind_of_all(faults);
    return problem_set_faults(problem, kind, give(&faults));
}
