/* problem: the one error type, and its texts. */
#include "base/problem.h"
#include <criterion/criterion.h>
#include <string.h>

static json_t *written(struct problem *problem, enum language language)
{
    buf_auto_t out = {0};
    problem_write(&out, problem, language, "request-1");
    json_t *document = json_loads(out.text, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(document, "%s", out.text);
    return document;
}

static const char *member(const json_t *document, const char *name)
{
    return json_string_value(json_object_get(document, name));
}

Test(problem, keeps_what_was_set_first)
{
    problem_auto_t problem = {0};
    cr_expect_not(problem_set(&problem, PROBLEM_locked, NULL));
    cr_expect_not(problem_set(&problem, PROBLEM_internal, json_object()));
    cr_expect_not(
        problem_set_fault(&problem, PROBLEM_bad_request, fault_new("header", "Host", "invalid", NULL)));
    cr_expect_eq(problem.kind, PROBLEM_locked);
    cr_expect_null(problem.params);
    cr_expect_null(problem.errors);
}

Test(problem, is_written_in_both_languages)
{
    problem_auto_t problem = {0};
    problem_set(&problem, PROBLEM_content_too_large, json_pack("{s:i}", "max_bytes", 4096));
    json_auto_t *en = written(&problem, EN), *vi = written(&problem, VI);
    cr_expect_str_eq(member(en, "detail"), "The body may have 4096 bytes.");
    cr_expect_str_eq(member(vi, "detail"), "Nội dung gửi lên tối đa 4096 byte.");
    cr_expect_str_eq(member(en, "type"), "/problems/content-too-large");
    cr_expect_str_eq(member(en, "code"), "content-too-large");
    cr_expect_str_eq(member(en, "instance"), "request-1");
    cr_expect_eq(json_integer_value(json_object_get(en, "status")), 413);
    cr_expect(json_is_false(json_object_get(en, "retryable")));
    cr_expect_null(json_object_get(en, "errors"));
}

Test(problem, merges_members_without_letting_them_replace_its_own)
{
    problem_auto_t problem = {.kind = PROBLEM_illegal_transition};
    problem.members = json_pack("{s:[s], s:i}", "allowed_actions", "submit", "status", 200);
    json_auto_t *document = written(&problem, VI);
    cr_expect_eq(json_array_size(json_object_get(document, "allowed_actions")), 1);
    cr_expect_eq(json_integer_value(json_object_get(document, "status")), 409);
}

Test(problem, describes_each_fault)
{
    problem_auto_t problem = {0};
    problem_set_fault(
        &problem, PROBLEM_invalid_content,
        fault_new("pointer", "/unit", "unknown-member", json_pack("{s:s}", "did_you_mean", "units")));
    json_auto_t *document = written(&problem, EN);
    const json_t *fault = json_array_get(json_object_get(document, "errors"), 0);
    cr_expect_str_eq(member(fault, "pointer"), "/unit");
    cr_expect_str_eq(member(fault, "detail"), "The contract does not have this member. Nearest name: units.");
}

Test(problem, has_a_text_for_a_code_it_does_not_know)
{
    problem_auto_t problem = {0};
    problem_set_fault(&problem, PROBLEM_invalid_content, fault_new("pointer", "", "of-tomorrow", NULL));
    json_auto_t *document = written(&problem, EN);
    const json_t *fault = json_array_get(json_object_get(document, "errors"), 0);
    cr_expect_str_eq(member(fault, "code"), "of-tomorrow");
    cr_expect_str_eq(member(fault, "detail"), "This is not valid.");
}

Test(problem, is_found_by_its_slug)
{
    for (enum problem_kind kind = PROBLEM_none + 1; kind < PROBLEM_COUNT; kind++)
        cr_expect_eq(problem_of_slug(problem_text(kind)->slug), kind, "%s", problem_text(kind)->slug);
    cr_expect_eq(problem_of_slug("of-tomorrow"), PROBLEM_none);
}

/* Names stand in {braces}, which do not nest; [brackets] hold names and do not nest either. */
static bool is_balanced(const char *text)
{
    char open = '\0';
    bool bracketed = false;
    for (; *text; text++) {
        if (*text == '{' || *text == '}') {
            if ((*text == '{') == (open == '{'))
                return false;
            open = *text == '{' ? '{' : '\0';
        } else if (*text == '[' || *text == ']') {
            if (open || (*text == '[') == bracketed)
                return false;
            bracketed = *text == '[';
        }
    }
    return !open && !bracketed;
}

Test(problem, has_texts_that_can_be_filled)
{
    for (enum problem_kind kind = PROBLEM_none + 1; kind < PROBLEM_COUNT; kind++)
        for (enum language language = VI; language < LANGUAGES; language++)
            cr_expect(is_balanced(problem_text(kind)->detail[language]), "%s", problem_text(kind)->slug);
    for (size_t i = 0; i < fault_texts_count; i++)
        for (enum language language = VI; language < LANGUAGES; language++)
            cr_expect(is_balanced(fault_texts[i].text[language]), "%s", fault_texts[i].code);
}

Test(problem, has_each_fault_code_once)
{
    for (size_t i = 0; i < fault_texts_count; i++)
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(fault_texts[i].code, fault_texts[j].code);
}
