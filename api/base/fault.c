/* fault.c: what is wrong with one place of a request. */
#include "base/fault.h"
#include <string.h>
#include <yder.h>

enum { FAULTS_MAX = 100 };

#define FAULT(code, en, vi) {code, {[EN] = en, [VI] = vi}},
const struct fault_text fault_texts[] = {
#include "base/faults.def"
};
#undef FAULT
const size_t fault_texts_count = COUNT(fault_texts);

static const struct fault_text *text_of(const char *code)
{
    for (size_t i = 0; i < fault_texts_count; i++)
        if (strcmp(fault_texts[i].code, code) == 0)
            return &fault_texts[i];
    y_log_message(Y_LOG_LEVEL_ERROR, "faults.def lacks the code %s", code);
    return &fault_texts[0];
}

json_t *fault_new(const char *where, const char *place, const char *code, json_t *params)
{
    return json_pack("{s:s, s:s, s:o*}", where, place, "code", code, "params", params);
}

bool fault_is_enough(const json_t *faults)
{
    return json_array_size(faults) >= FAULTS_MAX;
}

void fault_add(json_t *faults, json_t *fault)
{
    json_auto_t *taken = fault;
    if (!fault_is_enough(faults))
        json_array_append(faults, taken);
}

json_t *fault_described(const json_t *fault, enum language language)
{
    const char *code = json_string_value(json_object_get(fault, "code"));
    buf_auto_t text = {0};
    text_fill(&text, text_of(code ? code : "")->text[language], json_object_get(fault, "params"));
    json_t *described = json_copy((json_t *)fault);
    json_object_set_new(described, "detail", json_string(text.text ? text.text : ""));
    return described;
}

void faults_describe(json_t *faults, enum language language)
{
    for (size_t i = 0; i < json_array_size(faults); i++)
        json_array_set_new(faults, i, fault_described(json_array_get(faults, i), language));
}
