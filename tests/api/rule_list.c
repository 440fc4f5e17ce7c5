/* rule_list: GET /v1/rules. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(rule_list, .init = world_open, .fini = world_close, .timeout = 60);

static const char *rule_named(const char *name, const char *member)
{
    struct answer list = get("/v1/rules?limit=500", "konpne");
    for (int i = 0;; i++) {
        const char *code = at(&list, text_of("/items/%d/code", i));
        cr_assert_str_neq(code, "(absent)", "no rule %s", name);
        if (strcmp(code, name) == 0)
            return at(&list, text_of("/items/%d/%s", i, member));
    }
}

Test(rule_list, tells_rules_as_data)
{
    cr_expect_str_eq(rule_named("population-by-grain", "kind"), "implied");
    cr_expect_str_eq(rule_named("population-by-grain", "severity"), "warn");
    cr_expect_str_eq(rule_named("population-by-grain", "low"), "0.95");
    cr_expect_str_eq(
        rule_named("population-by-grain", "terms"),
        "[{\"side\":\"left\",\"taken\":\"value\",\"indicator\":\"population_avg\",\"coefficient\":1},"
        "{\"side\":\"right\",\"taken\":\"target\",\"indicator\":\"grain_output\",\"coefficient\":1000},"
        "{\"side\":\"divisor\",\"taken\":\"target\",\"indicator\":\"grain_per_capita\",\"coefficient\":1}]");
    cr_expect_str_eq(rule_named("poor-households", "low"), "null");
    cr_expect_str_eq(rule_named("poor-households", "high"), "1");
    cr_expect_str_eq(rule_named("poor-households", "valid_to"), "null");
}

Test(rule_list, has_a_rule_of_every_kind)
{
    cr_expect_str_eq(world_value("select string_agg(distinct kind, ' ' order by kind) from app.rule"),
                     "component implied not_falling range ratio sum");
}

Test(rule_list, filters_and_pages)
{
    const char *all = world_value("select string_agg(code, ' ' order by id) from app.rule");
    cr_expect_str_eq(column_of_pages("/v1/rules?", "loku", "code", 7), all);
    struct answer list = get("/v1/rules?form=ktxh-thang", "loku");
    cr_expect_str_eq(
        column_of(&list, "code"),
        "new-forest-area-cumulative local-budget-revenue-cumulative vocational-trained-cumulative");
    list = get("/v1/rules?severity=info", "loku");
    cr_expect_str_eq(column_of(&list, "code"), "grain-yield");
    list = get("/v1/rules?as_of=2020-12-31", "loku");
    cr_expect_str_eq(column_of(&list, "code"), "");
    expect_problem(get("/v1/rules?form=nothing", "loku"), 400, "invalid-parameters");
    expect_problem(get("/v1/rules?severity=fatal", "loku"), 400, "malformed-parameter");
    expect_problem(get("/v1/rules?cursor=x", "loku"), 400, "malformed-parameter");
}
