/* target_list: GET /v1/targets: what the plan sets. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(target_list, .init = world_open, .fini = world_close, .timeout = 30);

#define ALL \
    "select string_agg(i.code, ' ' order by t.id) from app.target t join app.indicator i on i.id = t.indicator_id"

Test(target_list, shows_every_target_of_the_plan_in_its_order)
{
    struct answer list = get("/v1/targets?unit=kbang-lo-ku&year=2022", "loku");
    cr_expect_eq(list.status, 200);
    cr_expect_eq(json_array_size(json_object_get(list.json, "items")), 34u);
    cr_expect_str_eq(
        column_of(&list, "indicator"),
        world_value(
            "select string_agg(code, ' ' order by sort_order) from app.indicator where kind <> 'base'"));
}

struct line {
    char indicator[32], comparator[4], implied[8], value[8], text[80];
};

static const struct line lines[] = {
    {"grain_output", "GE", "true", "9007.4", "Tổng sản lượng lương thực: 9.007,4 tấn."},
    {"income_per_capita", "GT", "false", "32", ">32 triệu đồng"},
    {"poverty_rate", "LT", "false", "27", "27 %"},
    {"natural_pop_growth_rate", "LT", "false", "1.2", "1,2 %"},
    {"clean_water_hh_rate", "GE", "false", "99", "99% trở lên"},
    {"conscripts_delivered", "EQ", "true", "8", "8 thanh niên"},
    {"livestock_total", "GE", "true", "3027", "3.027 con"},
};

static void expect_line(const struct line *of)
{
    struct answer list = get("/v1/targets", "loku");
    cr_expect_str_eq(of_item(&list, "indicator", of->indicator, "comparator"), of->comparator);
    cr_expect_str_eq(of_item(&list, "indicator", of->indicator, "comparator_implied"), of->implied);
    cr_expect_str_eq(digits_of(&list, of->indicator, "value"), of->value);
    cr_expect_not_null(strstr(of_item(&list, "indicator", of->indicator, "text_as_issued"), of->text), "%s",
                       of_item(&list, "indicator", of->indicator, "text_as_issued"));
}

Test(target_list, keeps_the_text_as_issued_beside_what_it_means)
{
    for (size_t i = 0; i < COUNT(lines); i++)
        expect_line(&lines[i]);
}

struct caller {
    char login[16];
    bool sees;
};

static const struct caller callers[] = {
    {"loku", true},         {"loku-lead", true},     {"loku-culture", true},  {"loku-front", true},
    {"loku-council", true}, {"reader", true},        {"kbang", true},         {"kbang-lead", true},
    {"kbang-viewer", true}, {"kbang-council", true}, {"province", true},      {"konpne", false},
    {"konpne-lead", false}, {"town", false},         {"sonlang-both", false}, {"admin", false},
    {"nobody", false},
};

static void expect_caller(const struct caller *who)
{
    struct answer all = get("/v1/targets", who->login),
                  of_unit = get("/v1/targets?unit=kbang-lo-ku", who->login);
    cr_expect_eq(all.status, 200);
    cr_expect_str_eq(column_of(&all, "indicator"), who->sees ? world_value(ALL) : "", "%s", who->login);
    cr_expect_str_eq(of_unit.text, all.text);
    cr_expect_eq(strstr(all.text, "9.007,4") != NULL, who->sees, "%s", who->login);
}

Test(target_list, is_seen_by_the_unit_its_district_and_province_alone)
{
    for (size_t i = 0; i < COUNT(callers); i++)
        expect_caller(&callers[i]);
}

struct ask {
    char query[64], indicators[64];
};

static const struct ask choices[] = {
    {"indicator=grain_output", "grain_output"},
    {"indicator=grain_output&document=kh-43-ubnd-lo-ku-2022", "grain_output"},
    {"indicator=grain_output&document=nq-30-hdnd-lo-ku-2021", ""},
    {"year=2021", ""},
    {"unit=kbang-kon-pne", ""},
    {"indicator=population_avg", ""},
};

static void expect_chosen(const struct ask *of)
{
    struct answer list = get(text_of("/v1/targets?%s", of->query), "loku");
    cr_expect_str_eq(column_of(&list, "indicator"), of->indicators, "%s: %s", of->query, list.text);
}

Test(target_list, chooses_by_indicator_document_and_year)
{
    for (size_t i = 0; i < COUNT(choices); i++)
        expect_chosen(&choices[i]);
}

Test(target_list, shows_revisions_and_which_one_is_in_force)
{
    world_sql(
        "insert into app.target (unit_id, indicator_id, year, document_id, revision, comparator, value, text_as_issued)"
        " select unit_id, indicator_id, year, document_id, 2, 'GE', 9100, 'điều chỉnh: 9.100 tấn' from app.target t"
        " where indicator_id = (select id from app.indicator where code = 'grain_output')");
    struct answer list = get("/v1/targets?indicator=grain_output", "loku");
    cr_expect_str_eq(column_of(&list, "revision"), "1 2");
    cr_expect_str_eq(column_of(&list, "in_force"), "false true");
}

Test(target_list, goes_page_by_page_to_the_end)
{
    cr_expect_str_eq(column_of_pages("/v1/targets?", "loku", "indicator", 10), world_value(ALL));
    cr_expect_str_eq(column_of_pages("/v1/targets?", "loku", "indicator", 34), world_value(ALL));
}

Test(target_list, says_what_is_wrong_with_a_query)
{
    expect_fault(get("/v1/targets?year=1889", "loku"), 400, "malformed-parameter", "year not-an-integer");
    expect_fault(get("/v1/targets?cursor=x", "loku"), 400, "malformed-parameter", "cursor invalid");
    expect_problem(get("/v1/targets", NULL), 401, "unauthenticated");
}
