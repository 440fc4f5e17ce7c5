/* body: is untrusted text a JSON object? */
#include "http/body.h"
#include <criterion/criterion.h>
#include <string.h>

struct sent {
    char text[64], slug[24], code[24];
};

static const struct sent no_objects[] = {
    {"", "malformed-json", "empty"},
    {"{", "malformed-json", "cut-short"},
    {"{\"a\":1}x", "malformed-json", "syntax"},
    {"{\"a\":1,\"a\":2}", "malformed-json", "duplicate-member"},
    {"{\"a\":\"\xff\"}", "malformed-json", "not-utf-8"},
    {"{\"a\":\"\\u0000\"}", "malformed-json", "nul-character"},
    {"{\"a\":\"\\ud800\"}", "malformed-json", "syntax"},
    {"\xef\xbb\xbf{}", "malformed-json", "byte-order-mark"},
    {"{'a':1}", "malformed-json", "syntax"},
    {"{\"a\":01}", "malformed-json", "syntax"},
    {"{\"a\":NaN}", "malformed-json", "syntax"},
    {"{\"a\":9.007,4}", "malformed-json", "syntax"},
    {"[]", "invalid-content", "wrong-type"},
    {"1", "invalid-content", "wrong-type"},
    {"{\"a\":1e400}", "number-out-of-range", ""},
    {"{\"a\":123456789012345678901234567890}", "number-out-of-range", ""},
};

static void expect_refused(const struct sent *it)
{
    problem_auto_t problem = {0};
    cr_assert_null(body_parse(it->text, strlen(it->text), &problem), "%s", it->text);
    const char *code = json_string_value(json_object_get(json_array_get(problem.errors, 0), "code"));
    cr_expect_str_eq(problem_text(problem.kind)->slug, it->slug, "%s", it->text);
    cr_expect_str_eq(code ? code : "", it->code, "%s: %s", it->text, code);
}

Test(body, refuses_what_is_no_object)
{
    for (size_t i = 0; i < COUNT(no_objects); i++)
        expect_refused(&no_objects[i]);
}

Test(body, refuses_nul_bytes)
{
    problem_auto_t problem = {0};
    cr_expect_null(body_parse("{}\0", 3, &problem));
    cr_expect_eq(problem.kind, PROBLEM_malformed_json);
}

Test(body, says_where_it_stops_being_json)
{
    problem_auto_t problem = {0};
    cr_assert_null(body_parse("{\n  \"a\": x}", 11, &problem));
    cr_expect_eq(json_integer_value(json_object_get(problem.params, "line")), 2);
    cr_expect_eq(json_integer_value(json_object_get(problem.params, "column")), 8);
}

Test(body, reads_objects)
{
    problem_auto_t problem = {0};
    json_auto_t *json = body_parse(" {\"a\":\"]]]\\\"\"} ", 15, &problem);
    cr_expect_str_eq(json_string_value(json_object_get(json, "a")), "]]]\"");
}

static struct buf nested(int depth)
{
    struct buf text = {0};
    buf_adds(&text, "{\"a\":");
    for (int i = 1; i < depth; i++)
        buf_addc(&text, '[');
    for (int i = 1; i < depth; i++)
        buf_addc(&text, ']');
    buf_addc(&text, '}');
    return text;
}

Test(body, may_be_nested_to_its_limit_and_no_deeper)
{
    problem_auto_t problem = {0};
    buf_auto_t deep = nested(BODY_DEPTH_MAX), deeper = nested(BODY_DEPTH_MAX + 1);
    json_auto_t *json = body_parse(deep.text, deep.len, &problem);
    cr_expect_not_null(json);
    cr_expect_null(body_parse(deeper.text, deeper.len, &problem));
    cr_expect_eq(problem.kind, PROBLEM_nested_too_deeply);
}
