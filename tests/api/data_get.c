/* data_get: GET /v1/data: what may be asked, the shape of the answer, and who sees which figures.  The rules
 * of the numbers are in data_rules.c and data_periods.c. */
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(data_get, .init = world_open, .fini = world_close, .timeout = 120);

static const char *const children[] = {
    "kbang-dak-hlo",    "kbang-dak-rong",        "kbang-dak-smar", "kbang-dong",  "kbang-kon-pne",
    "kbang-kong-bo-la", "kbang-kong-long-khong", "kbang-krong",    "kbang-lo-ku", "kbang-nghia-an",
    "kbang-so-pai",     "kbang-son-lang",        "kbang-to-tung",  "kbang-town",
};

static void publish_2022(void)
{
    struct answer made = ask("POST", "/v1/publications", "kbang-lead",
                             "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
}

static size_t cells_of(const struct answer *cube)
{
    return json_array_size(json_object_get(cube->json, "cells"));
}

Test(data_get, says_what_each_dimension_holds)
{
    struct answer cube = plan_data("kbang", "kbang-lo-ku", "births", "2022");
    cr_expect_str_eq(at(&cube, "/dims/0/id"), "unit");
    cr_expect_str_eq(at(&cube, "/dims/0/items/0/code"), "kbang-lo-ku");
    cr_expect_str_eq(at(&cube, "/dims/0/items/0/name"), "xã Lơ Ku");
    cr_expect_str_eq(at(&cube, "/dims/1/id"), "indicator");
    cr_expect_str_eq(at(&cube, "/dims/1/items/0/code"), "births");
    cr_expect_str_eq(at(&cube, "/dims/1/items/0/unit_of_measure"), "người");
    cr_expect_str_eq(at(&cube, "/dims/1/items/0/aggregation"), "sum");
    cr_expect_str_eq(at(&cube, "/dims/2/id"), "period");
    cr_expect_str_eq(at(&cube, "/dims/2/items/0/code"), "2022");
    cr_expect_str_eq(at(&cube, "/dims/2/items/0/from"), "2021-12-15");
    cr_expect_str_eq(at(&cube, "/dims/2/items/0/to"), "2022-12-14");
    cr_expect_str_eq(at(&cube, "/meta/status"), "accepted");
}

Test(data_get, has_a_cell_for_every_unit_indicator_and_period_row_by_row)
{
    plan_accepted(&lo_ku, "2022", "births=60 deaths=21");
    plan_accepted(&lo_ku, "2022-Q1", "births=10 deaths=5");
    plan_accepted(&kon_pne, "2022", "births=3 deaths=0");
    struct answer cube = plan_data("kbang", "kbang-lo-ku,kbang-kon-pne", "deaths,births", "2022-Q1,2022");
    static const char *const values[] = {"5", "21", "10", "60", "null", "0", "null", "3"};
    cr_assert_eq(cells_of(&cube), COUNT(values));
    for (size_t i = 0; i < COUNT(values); i++)
        cr_expect_str_eq(at(&cube, text_of("/cells/%zu/value", i)), values[i], "%zu", i);
}

Test(data_get, has_the_children_of_a_district_by_their_codes)
{
    struct answer cube = plan_data("kbang", "children(kbang)", "births,deaths", "2022,2022-Q1,2022-03");
    for (size_t i = 0; i < COUNT(children); i++)
        cr_expect_str_eq(at(&cube, text_of("/dims/0/items/%zu/code", i)), children[i]);
    cr_expect_str_eq(at(&cube, "/dims/0/items/14"), "(absent)");
    cr_expect_eq(cells_of(&cube), COUNT(children) * 2 * 3);
}

Test(data_get, keeps_the_order_asked_for_and_asks_nothing_twice)
{
    struct answer cube =
        plan_data("kbang", "kbang-town,kbang,kbang-town", "deaths,births,deaths", "2022-Q2,2022-Q1,2022-Q2");
    cr_expect_str_eq(at(&cube, "/dims/0/items/0/code"), "kbang-town");
    cr_expect_str_eq(at(&cube, "/dims/0/items/1/code"), "kbang");
    cr_expect_str_eq(at(&cube, "/dims/0/items/2"), "(absent)");
    cr_expect_str_eq(at(&cube, "/dims/1/items/0/code"), "deaths");
    cr_expect_str_eq(at(&cube, "/dims/1/items/2"), "(absent)");
    cr_expect_str_eq(at(&cube, "/dims/2/items/0/code"), "2022-Q2");
    cr_expect_str_eq(at(&cube, "/dims/2/items/2"), "(absent)");
    cr_expect_eq(cells_of(&cube), 8);
}

Test(data_get, takes_a_unit_and_its_children_together)
{
    struct answer cube = plan_data("kbang", "kbang,children(kbang)", "births", "2022");
    cr_expect_str_eq(at(&cube, "/dims/0/items/0/code"), "kbang");
    cr_expect_str_eq(at(&cube, "/dims/0/items/1/code"), children[0]);
    cr_expect_eq(cells_of(&cube), 1 + COUNT(children));
}

Test(data_get, has_the_lines_of_the_plan_when_no_indicator_is_named)
{
    struct answer cube = ask("GET", "/v1/data?unit=kbang&period=2022", "kbang", NULL);
    cr_expect_eq(cube.status, 200);
    cr_expect_eq(cells_of(&cube), 34, "23 lines and 11 components");
    cr_expect_str_eq(at(&cube, "/dims/1/items/0/code"), "grain_output");
    cr_expect_str_eq(at(&cube, "/dims/1/items/33/code"), "conscripts_delivered");
}

Test(data_get, has_the_children_of_the_asked_periods_last_day)
{
    ask("POST", "/v1/periods", "kbang",
        "{\"code\":\"2024\",\"starts_on\":\"2023-12-15\",\"ends_on\":\"2024-12-14\"}");
    struct answer then = plan_data("kbang", "children(kbang)", "births", "2024");
    cr_expect_eq(cells_of(&then), COUNT(children) - 1, "Đăk Hlơ ended in 2024");
    struct answer both = plan_data("kbang", "children(kbang)", "births", "2022,2024");
    cr_expect_eq(cells_of(&both), COUNT(children) * 2);
}

Test(data_get, is_empty_for_the_children_of_a_unit_that_has_none)
{
    struct answer cube = plan_data("kbang", "children(kbang-lo-ku-01)", "births", "2022");
    cr_expect_str_eq(at(&cube, "/dims/0/items"), "[]");
    cr_expect_str_eq(at(&cube, "/cells"), "[]");
}

Test(data_get, expects_nothing_of_a_village_yet)
{
    struct answer cube = plan_data("loku", "kbang-lo-ku-01", "births", "2022");
    cr_expect_str_eq(cell_of(&cube, 0), "null 0/0 (not_expected)");
}

Test(data_get, tells_all_faults_of_the_selectors_at_once)
{
    static const struct {
        const char *query, *code, *faults;
    } cases[] = {
        {"", "missing-parameter", "unit missing-parameter\nperiod missing-parameter\n"},
        {"?unit=kbang", "missing-parameter", "period missing-parameter\n"},
        {"?unit=nowhere&indicator=births,nothing,neither&period=2031", "invalid-parameters",
         "unit unknown-unit\nindicator unknown-indicator\nindicator unknown-indicator\nperiod unknown-period\n"},
        {"?unit=kbang,KBANG&period=2022", "invalid-parameters", "unit unknown-unit\n"},
        {"?unit=children(nowhere)&period=2022", "invalid-parameters", "unit unknown-unit\n"},
        {"?unit=children()&period=2022", "invalid-parameters", "unit unknown-unit\n"},
        {"?unit=children(kbang&period=2022", "invalid-parameters", "unit unknown-unit\n"},
        {"?unit=children(children(gia-lai))&period=2022", "invalid-parameters", "unit unknown-unit\n"},
        {"?unit=kbang&period=2022..2023", "invalid-parameters", "period unknown-period\n"},
        {"?unit=kbang,&period=2022", "malformed-parameter", "unit not-a-list\n"},
        {"?unit=kbang&period=", "malformed-parameter", "period not-a-list\n"},
        {"?unit=kbang&period=2022&by=sex", "unknown-parameter", "by unknown-parameter\n"},
        {"?unit=kbang&unit=gia-lai&period=2022", "repeated-parameter", "unit repeated-parameter\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = ask("GET", text_of("/v1/data%s", cases[i].query), "kbang", NULL);
        cr_expect_eq(bad.status, 400, "%s: %s", cases[i].query, bad.text);
        cr_expect_str_eq(at(&bad, "/code"), cases[i].code, "%s", cases[i].query);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s: %s", cases[i].query, faults_of(&bad));
    }
}

Test(data_get, refuses_more_cells_than_it_computes_at_once)
{
    const char *all = world_value("select string_agg(code, ',') from app.indicator");
    const char *periods = world_value("select string_agg(code, ',') from app.period");
    struct answer good = plan_data("kbang", "children(kbang)", all, periods);
    cr_expect_eq(cells_of(&good), COUNT(children) * 59 * 20);
    struct answer bad =
        ask("GET",
            text_of("/v1/data?unit=children(kbang),kbang,children(kbang-lo-ku)&indicator=%s&period=%s", all,
                    periods),
            "kbang", NULL);
    cr_expect_eq(bad.status, 413, "%s", bad.text);
    cr_expect_str_eq(at(&bad, "/code"), "query-too-large");
}

/* How callers see the births that Lơ Ku reported, and the district's, before and after their publication. */
struct sight {
    const char *login, *commune, *district;
};

#define HIDDEN_ONE "null null/1 (not_published)"
#define HIDDEN_ALL "null null/14 (not_published)"
#define ONE "60 1/1 provisional"
#define ALL "60 1/14 partial provisional"
static const struct sight callers[] = {
    {"loku", ONE, HIDDEN_ALL},
    {"loku-lead", ONE, HIDDEN_ALL},
    {"loku-culture", ONE, HIDDEN_ALL},
    {"loku-front", ONE, HIDDEN_ALL},
    {"loku-council", ONE, HIDDEN_ALL},
    {"reader", ONE, HIDDEN_ALL},
    {"loku-village", HIDDEN_ONE, HIDDEN_ALL},
    {"konpne", HIDDEN_ONE, HIDDEN_ALL},
    {"sonlang-both", HIDDEN_ONE, HIDDEN_ALL},
    {"kbang", ONE, ALL},
    {"kbang-lead", ONE, ALL},
    {"kbang-viewer", ONE, ALL},
    {"kbang-council", ONE, ALL},
    {"province", ONE, ALL},
    {"admin", HIDDEN_ONE, HIDDEN_ALL},
    {"nobody", HIDDEN_ONE, HIDDEN_ALL},
};

static void expect_seen(const char *login, const char *commune, const char *district)
{
    struct answer cube = plan_data(login, "kbang-lo-ku,kbang", "births", "2022");
    cr_expect_str_eq(cell_of(&cube, 0), commune, "%s: %s", login, cell_of(&cube, 0));
    cr_expect_str_eq(cell_of(&cube, 1), district, "%s: %s", login, cell_of(&cube, 1));
}

Test(data_get, shows_figures_to_their_commune_the_district_and_the_province)
{
    plan_accepted(&lo_ku, "2022", "births=60");
    for (const struct sight *who = callers; who < callers + COUNT(callers); who++)
        expect_seen(who->login, who->commune, who->district);
    publish_2022();
    for (const struct sight *who = callers; who < callers + COUNT(callers); who++)
        expect_seen(who->login, ONE, ALL);
}

Test(data_get, gives_nothing_away_with_a_figure_that_is_not_published)
{
    plan_accepted(&lo_ku, "2022", "births=60 households_poor=215");
    struct answer cube = plan_data("konpne", "kbang-lo-ku", "births,poverty_rate", "2022");
    for (int i = 0; i < 2; i++) {
        cr_expect_str_eq(cell_of(&cube, i), HIDDEN_ONE);
        cr_expect_str_eq(at(&cube, text_of("/cells/%d/numerator", i)), "null");
        cr_expect_str_eq(at(&cube, text_of("/cells/%d/denominator", i)), "null");
        cr_expect_str_eq(at(&cube, text_of("/cells/%d/coverage", i)), "null");
    }
}

Test(data_get, shows_its_own_figures_beside_those_it_may_not_see)
{
    plan_accepted(&lo_ku, "2022", "births=60");
    plan_accepted(&kon_pne, "2022", "births=3");
    struct answer cube = plan_data("konpne", "kbang-lo-ku,kbang-kon-pne,kbang", "births", "2022");
    cr_expect_str_eq(cell_of(&cube, 0), HIDDEN_ONE);
    cr_expect_str_eq(cell_of(&cube, 1), "3 1/1 provisional");
    cr_expect_str_eq(cell_of(&cube, 2), HIDDEN_ALL);
}

Test(data_get, publishes_one_period_and_no_other)
{
    plan_accepted(&lo_ku, "2022", "births=60");
    plan_accepted(&lo_ku, "2022-Q1", "births=10");
    publish_2022();
    struct answer cube = plan_data("konpne", "kbang-lo-ku", "births", "2022,2022-Q1");
    cr_expect_str_eq(cell_of(&cube, 0), ONE);
    cr_expect_str_eq(cell_of(&cube, 1), HIDDEN_ONE);
}

Test(data_get, needs_a_good_token)
{
    static const char *const logins[] = {NULL, "expired", "revoked", "disabled"};
    for (size_t i = 0; i < COUNT(logins); i++)
        cr_expect_eq(ask("GET", "/v1/data?unit=kbang&period=2022", logins[i], NULL).status, 401, "%zu", i);
}
