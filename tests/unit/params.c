/* params: the query string. */
#include "http/params.h"
#include <criterion/criterion.h>
#include <string.h>

static const char *const declared[] = {"unit!", "limit", "as_of", "q", "level", "document", NULL};

struct read {
    char *query;
    const char *value[6];
    struct problem problem;
    bool good;
};

static struct read read_query(const char *query)
{
    struct read it = {.query = strdup(query)};
    it.good = params_read(it.query, declared, it.value, &it.problem);
    return it;
}

static void release(struct read *it)
{
    free(it->query);
    problem_release(&it->problem);
}

static const char *fault(const struct read *it, size_t i, const char *member)
{
    const char *text = json_string_value(json_object_get(json_array_get(it->problem.errors, i), member));
    return text ? text : "(absent)";
}

Test(params, gives_the_values_in_the_declared_order)
{
    struct read it = read_query("q=l%C6%A1+ku&limit=50&unit=kbang,kbang-lo-ku&&");
    cr_expect(it.good);
    cr_expect_str_eq(it.value[0], "kbang,kbang-lo-ku");
    cr_expect_str_eq(it.value[1], "50");
    cr_expect_null(it.value[2]);
    cr_expect_str_eq(it.value[3], "lơ ku");
    release(&it);
}

struct wrong {
    char query[96], slug[24], parameter[16], code[24];
};

static const struct wrong wrong_queries[] = {
    {"", "missing-parameter", "unit", "missing-parameter"},
    {"unit=a&limt=5", "unknown-parameter", "limt", "unknown-parameter"},
    {"unit=a&unit=b", "repeated-parameter", "unit", "repeated-parameter"},
    {"unit=a&limit=0", "malformed-parameter", "limit", "not-an-integer"},
    {"unit=a&limit=1000001", "malformed-parameter", "limit", "not-an-integer"},
    {"unit=a&limit=5x", "malformed-parameter", "limit", "not-an-integer"},
    {"unit=a&limit=", "malformed-parameter", "limit", "not-an-integer"},
    {"unit=a&limit", "malformed-parameter", "limit", "not-an-integer"},
    {"unit=a&limit=-5", "malformed-parameter", "limit", "not-an-integer"},
    {"unit=a&limit=99999999999999999999", "malformed-parameter", "limit", "not-an-integer"},
    {"unit=a&as_of=2022-02-30", "malformed-parameter", "as_of", "not-a-moment"},
    {"unit=a&document=l%C6%A1", "malformed-parameter", "document", "not-a-code"},
    {"unit=a&level=planet", "malformed-parameter", "level", "not-a-choice"},
    {"unit=a&level=", "malformed-parameter", "level", "not-a-choice"},
    {"unit=a,,b", "malformed-parameter", "unit", "not-a-list"},
    {"unit=a&q=", "malformed-parameter", "q", "too-short"},
    {"unit=a&q=%00", "malformed-parameter", "q", "malformed-encoding"},
    {"unit=a&q=%C3%28", "malformed-parameter", "q", "malformed-encoding"},
    {"unit=a&q=%4", "malformed-parameter", "q", "malformed-encoding"},
    {"unit=a&q=%zz", "malformed-parameter", "q", "malformed-encoding"},
    {"unit=a&q=a%0Ab", "malformed-parameter", "q", "malformed-encoding"},
    {"unit=a&%C3=1", "malformed-parameter", "?", "malformed-encoding"},
    {"unit!=a&unit=a", "unknown-parameter", "unit!", "unknown-parameter"},
};

static void expect_refused(const struct wrong *wrong)
{
    struct read it = read_query(wrong->query);
    cr_assert_not(it.good, "%s", wrong->query);
    cr_expect_str_eq(problem_text(it.problem.kind)->slug, wrong->slug, "%s", wrong->query);
    cr_expect_str_eq(fault(&it, 0, "parameter"), wrong->parameter, "%s", wrong->query);
    cr_expect_str_eq(fault(&it, 0, "code"), wrong->code, "%s: %s", wrong->query, fault(&it, 0, "code"));
    cr_expect_eq(json_array_size(it.problem.errors), 1, "%s", wrong->query);
    release(&it);
}

Test(params, refuses_what_is_wrong)
{
    for (size_t i = 0; i < COUNT(wrong_queries); i++)
        expect_refused(&wrong_queries[i]);
}

Test(params, tells_the_nearest_name)
{
    struct read it = read_query("unit=a&limt=5");
    const json_t *params = json_object_get(json_array_get(it.problem.errors, 0), "params");
    cr_expect_str_eq(json_string_value(json_object_get(params, "did_you_mean")), "limit");
    release(&it);
}

Test(params, reports_every_fault_at_once)
{
    struct read it = read_query("limt=5&limit=0&as_of=x");
    cr_expect_eq(it.problem.kind, PROBLEM_invalid_parameters);
    cr_expect_eq(json_array_size(it.problem.errors), 4);
    cr_expect_str_eq(fault(&it, 3, "parameter"), "unit");
    release(&it);
}
