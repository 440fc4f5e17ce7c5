/* problem.c: the one error type (RFC 9457). */
#include "base/problem.h"
#include <string.h>

static const struct problem_text texts[PROBLEM_COUNT] = {
#define PROBLEM(kind, slug, status, retryable, title_en, title_vi, detail_en, detail_vi, advice_en, \
                advice_vi) \
    [PROBLEM_##kind] = {slug, \
                        status, \
                        retryable, \
                        {[EN] = title_en, [VI] = title_vi}, \
                        {[EN] = detail_en, [VI] = detail_vi}, \
                        {[EN] = advice_en, [VI] = advice_vi}},
#include "base/problems.def"
#undef PROBLEM
};

const struct problem_text *problem_text(enum problem_kind kind)
{
    return &texts[kind];
}

bool problem_set(struct problem *problem, enum problem_kind kind, json_t *params)
{
    json_auto_t *taken = params;
    if (problem->kind == PROBLEM_none) {
        problem->kind = kind;
        problem->params = give(&taken);
    }
    return false;
}

bool problem_set_faults(struct problem *problem, enum problem_kind kind, json_t *faults)
{
    json_auto_t *taken = faults;
    if (problem->kind == PROBLEM_none) {
        problem->kind = kind;
        problem->errors = give(&taken);
    }
    return false;
}

bool problem_set_fault(struct problem *problem, enum problem_kind kind, json_t *fault)
{
    json_t *faults = json_array();
    fault_add(faults, fault);
    return problem_set_faults(problem, kind, faults);
}

enum problem_kind problem_of_slug(const char *slug)
{
    for (enum problem_kind kind = PROBLEM_none + 1; kind < PROBLEM_COUNT; kind++)
        if (strcmp(texts[kind].slug, slug) == 0)
            return kind;
    return PROBLEM_none;
}

static void set_text(json_t *document, const char *member, const char *template, const json_t *params)
{
    buf_auto_t text = {0};
    text_fill(&text, template, params);
    json_object_set_new(document, member, json_string(text.text ? text.text : ""));
}

void problem_write(struct buf *out, const struct problem *problem, enum language language,
                   const char *instance)
{
    const struct problem_text *text = &texts[problem->kind];
    json_auto_t *document = json_object();
    json_object_set_new(document, "type", json_sprintf("/problems/%s", text->slug));
    set_text(document, "title", text->title[language], problem->params);
    json_object_set_new(document, "status", json_integer(text->status));
    set_text(document, "detail", text->detail[language], problem->params);
    json_object_set_new(document, "instance", json_string(instance));
    json_object_set_new(document, "code", json_string(text->slug));
    json_object_set_new(document, "retryable", json_boolean(text->retryable));
    if (json_array_size(problem->errors) > 0) {
        json_t *errors = json_copy(problem->errors);
        faults_describe(errors, language);
        json_object_set_new(document, "errors", errors);
    }
    json_object_update_missing(document, problem->members);

    str_auto_t *written = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(15));
    buf_adds(out, written ? written : "{}");
}

void problem_release(struct problem *problem)
{
    json_decref(problem->params);
    json_decref(problem->errors);
    json_decref(problem->members);
    *problem = (struct problem){0};
}
