/* indicator_list: GET /v1/indicators: the catalogue in the plan's order. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(indicator_list, .init = world_open, .fini = world_close, .timeout = 30);

static size_t count(const char *query)
{
    struct answer list = get(text_of("/v1/indicators?limit=500&%s", query), "loku");
    cr_assert_eq(list.status, 200, "%s", list.text);
    return json_array_size(json_object_get(list.json, "items"));
}

Test(indicator_list, shows_a_line_of_the_plan_as_it_is_defined)
{
    struct answer list = get("/v1/indicators?limit=1", "loku");
    cr_expect_str_eq(
        at(&list, "/items/0"),
        "{\"code\":\"grain_output\",\"kind\":\"headline\",\"section\":\"kinh_te_xa_hoi\",\"parent\":null,\"sort_order\":10,"
        "\"name\":\"Tổng sản lượng lương thực\",\"name_en\":\"Total food-grain output\",\"unit_of_measure\":\"tấn\","
        "\"unit_code\":\"t\",\"value_type\":\"number\",\"decimals\":1,\"measure\":\"flow\",\"direction\":\"higher\","
        "\"entry\":\"value\",\"aggregation\":\"sum\"}");
}

Test(indicator_list, has_the_plans_23_lines_and_11_components)
{
    cr_expect_eq(count("kind=headline"), 23u);
    cr_expect_eq(count("kind=component"), 11u);
}

Test(indicator_list, stands_in_the_order_of_the_plan)
{
    struct answer list = get("/v1/indicators?section=quoc_phong_an_ninh", "loku");
    cr_expect_str_eq(column_of(&list, "code"), "security_safe_unit_rate conscripts_delivered");
    struct answer herd = get("/v1/indicators?kind=component&limit=4", "loku");
    cr_expect_str_eq(column_of(&herd, "code"),
                     "livestock_pig livestock_cattle livestock_buffalo livestock_goat");
    cr_expect_str_eq(column_of(&herd, "parent"),
                     "livestock_total livestock_total livestock_total livestock_total");
}

Test(indicator_list, chooses_what_a_form_asks)
{
    struct answer list = get("/v1/indicators?form=ktxh-thang", "loku");
    cr_expect_str_eq(column_of(&list, "code"),
                     "new_forest_area livestock_pig livestock_cattle livestock_buffalo livestock_goat "
                     "local_budget_revenue vocational_trained");
    struct answer base = get("/v1/indicators?form=ktxh-6-thang&section=bien_so_goc", "loku");
    cr_expect_str_eq(column_of(&base, "code"), "households_total households_poor births deaths");
}

Test(indicator_list, knows_no_definition_before_the_first)
{
    cr_expect_eq(count("as_of=2020-12-31"), 0u);
    cr_expect_eq(count("as_of=2021-01-01"),
                 count("kind=headline") + count("kind=component") + count("kind=base"));
}

Test(indicator_list, shows_the_definition_of_the_day)
{
    world_sql(
        "update app.indicator_version v set valid = daterange('2021-01-01', '2023-01-01') from app.indicator i"
        " where i.id = v.indicator_id and i.code = 'grain_output'");
    world_sql(
        "insert into app.indicator_version (indicator_id, valid, name_vi, name_en, unit_vi, unit_code, value_type, decimals, measure,"
        " direction, entry, result, aggregation, applies_to) select id, daterange('2023-01-01', null), 'Sản lượng lương thực có hạt',"
        " 'Cereals', 'tạ', 'dt', 'number', 2, 'flow', 'higher', 'value', 'total', 'sum', '{COMMUNE}' from app.indicator"
        " where code = 'grain_output'");
    struct answer then = get("/v1/indicators?as_of=2022-12-31&limit=1", "loku"),
                  now = get("/v1/indicators?limit=1", "loku");
    cr_expect_str_eq(at(&then, "/items/0/unit_of_measure"), "tấn");
    cr_expect_str_eq(at(&now, "/items/0/unit_of_measure"), "tạ");
}

static const int limits[] = {1, 10, 59, 60};

static void expect_all(int limit)
{
    cr_expect_str_eq(column_of_pages("/v1/indicators?", "loku", "code", limit),
                     world_value("select string_agg(code, ' ' order by sort_order) from app.indicator"));
}

Test(indicator_list, goes_page_by_page_without_repeats_or_gaps)
{
    for (size_t i = 0; i < COUNT(limits); i++)
        expect_all(limits[i]);
}

struct refusal {
    char query[40], slug[24], fault[40];
};

static const struct refusal refusals[] = {
    {"section=kinh-te", "malformed-parameter", "section not-a-choice"},
    {"as_of=2022", "malformed-parameter", "as_of not-a-moment"},
    {"cursor=grain_output", "malformed-parameter", "cursor invalid"},
    {"cursor=-1", "malformed-parameter", "cursor invalid"},
    {"cursor=9223372036854775808", "malformed-parameter", "cursor invalid"},
    {"from=form", "unknown-parameter", "from unknown-parameter"},
};

static void expect_refused(const struct refusal *of)
{
    expect_fault(get(text_of("/v1/indicators?%s", of->query), "loku"), 400, of->slug, of->fault);
}

Test(indicator_list, says_what_is_wrong_with_a_query)
{
    for (size_t i = 0; i < COUNT(refusals); i++)
        expect_refused(&refusals[i]);
}

Test(indicator_list, is_empty_when_nothing_was_defined_yet)
{
    struct answer list = get("/v1/indicators?as_of=1990-01-01", "loku");
    cr_expect_str_eq(list.text, "{\"items\":[],\"next\":null}");
}
