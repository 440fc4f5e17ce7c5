/* data_get: selectors, what is asked of a figure, what is made one, as of when, and from what. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(data_selectors, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

static struct answer query(const char *login, const char *parameters)
{
    return get(text_of("/v1/data?%s", parameters), login);
}

/* The codes of a dimension's items, blanks between. */
static const char *items_of(const struct answer *cube, int dimension)
{
    const char *codes = "";
    for (int i = 0;; i++) {
        const char *code = at(cube, text_of("/dims/%d/items/%d/code", dimension, i));
        if (strcmp(code, "(absent)") == 0)
            return codes;
        codes = text_of("%s%s%s", codes, i ? " " : "", code);
    }
}

static void expect_items(const char *parameters, int dimension, const char *codes)
{
    struct answer cube = query("kbang", parameters);
    cr_assert_eq(cube.status, 200, "%s: %s", parameters, cube.text);
    cr_expect_str_eq(items_of(&cube, dimension), codes, "%s: %s", parameters, items_of(&cube, dimension));
}

static void accept_months(const struct commune *commune, int from, int to, const char *figures)
{
    for (int m = from; m <= to; m++)
        plan_accepted(commune, text_of("2022-%02d", m), figures);
}

Test(data_selectors, takes_selectors_of_units)
{
    expect_items("unit=descendants(gia-lai,district)&indicator=births&period=2022", 0, "kbang");
    expect_items("unit=descendants(kbang,village)&indicator=births&period=2022", 0,
                 "kbang-lo-ku-01 kbang-lo-ku-02 kbang-lo-ku-03 kbang-lo-ku-04 kbang-lo-ku-05 kbang-lo-ku-06 "
                 "kbang-lo-ku-07 kbang-lo-ku-08 kbang-lo-ku-09");
    expect_items(
        "unit=kbang-town,group(kbang-cu),children(kbang-lo-ku),kbang-town&indicator=births&period=2022", 0,
        "kbang-town kbang-cu kbang-lo-ku-01 kbang-lo-ku-02 kbang-lo-ku-03 kbang-lo-ku-04 "
        "kbang-lo-ku-05 kbang-lo-ku-06 kbang-lo-ku-07 kbang-lo-ku-08 kbang-lo-ku-09");
    struct answer communes =
                      query("kbang", "unit=descendants(gia-lai,%20commune)&indicator=births&period=2022"),
                  children = query("kbang", "unit=children(kbang)&indicator=births&period=2022");
    cr_expect_str_eq(items_of(&communes, 0), items_of(&children, 0));
}

Test(data_selectors, takes_selectors_of_indicators)
{
    expect_items("unit=kbang&indicator=children(livestock_total)&period=2022", 1,
                 "livestock_pig livestock_cattle livestock_buffalo livestock_goat");
    expect_items("unit=kbang&indicator=section(quoc_phong_an_ninh)&period=2022", 1,
                 "security_safe_unit_rate conscripts_delivered");
    expect_items("unit=kbang&indicator=births.rank,births,births.rank,births.coverage&period=2022", 1,
                 "births births births");
    struct answer form = query("kbang", "unit=kbang&indicator=form(ktxh-nam)&period=2022");
    cr_expect_eq(json_array_size(json_object_get(form.json, "cells")), 46);
}

Test(data_selectors, takes_selectors_of_periods)
{
    expect_items("unit=kbang&indicator=births&period=2022-11..2022-12,2022", 2, "2022-11 2022-12 2022");
    expect_items("unit=kbang&indicator=births&period=2022-Q1..2022-Q3", 2, "2022-Q1 2022-Q2 2022-Q3");
    expect_items("unit=kbang&indicator=births&period=last(3,month)", 2, "2022-10 2022-11 2022-12");
    expect_items("unit=kbang&indicator=births&period=last(2,quarter)&as_of=2022-08-01", 2, "2022-Q1 2022-Q2");
    expect_items("unit=kbang&indicator=births&period=ytd(2022-06)", 2, "ytd(2022-06)");
}

Test(data_selectors, refuses_selectors_that_name_nothing)
{
    static const struct {
        const char *parameters, *faults;
    } cases[] = {
        {"unit=group(nowhere)&period=2022", "unit unknown-group\n"},
        {"unit=descendants(kbang,hamlet)&period=2022", "unit unknown-level\n"},
        {"unit=descendants(kbang)&period=2022", "unit unknown-level\n"},
        {"unit=descendants(nowhere,commune)&period=2022", "unit unknown-unit\n"},
        {"unit=siblings(kbang)&period=2022", "unit unknown-unit\n"},
        {"unit=kbang&indicator=births.mean&period=2022", "indicator unknown-suffix\n"},
        {"unit=kbang&indicator=children(nothing),section(x)&period=2022",
         "indicator unknown-indicator\nindicator unknown-indicator\n"},
        {"unit=kbang&period=2022..2022-12", "period unknown-period\n"},
        {"unit=kbang&period=2022-12..2022-01", "period unknown-period\n"},
        {"unit=kbang&period=ytd(x),last(0,month)", "period unknown-period\nperiod no-period-yet\n"},
        {"unit=kbang&period=last(3,day)", "period unknown-period\n"},
        {"unit=kbang&period=2022&collapse=indicator", "collapse not-a-choice\n"},
        {"unit=kbang&period=2022,2022-01&collapse=period", "period periods-not-adjacent\n"},
        {"unit=kbang&period=2022-01,2022-03&collapse=period", "period periods-not-adjacent\n"},
        {"unit=kbang&period=2022&as_of=2999-01-01", "as_of in-future\n"},
        {"unit=kbang&period=2022&as_of=2999-01-01T00:00:00Z", "as_of in-future\n"},
        {"unit=kbang&period=2022&as_of=2022-12-31&status=submitted", "status not-as-of\n"},
        {"unit=kbang&period=2022&as_of=yesterday", "as_of not-a-moment\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer no = query("kbang", cases[i].parameters);
        expect_problem(no, 400,
                       strstr(cases[i].faults, "moment") ? "malformed-parameter" : "invalid-parameters");
        cr_expect_str_eq(faults_of(&no), cases[i].faults, "%s: %s", cases[i].parameters, faults_of(&no));
    }
    expect_problem(query("kbang", "unit=children(kbang)&indicator=form(ktxh-nam)&period=2022&explain=true"),
                   413, "query-too-large");
}

Test(data_selectors, adds_flows_from_the_first_day_of_the_year)
{
    accept_months(&lo_ku, 1, 6, "livestock_pig=100 local_budget_revenue=10.5");
    plan_accepted(&lo_ku, "2022-07", "livestock_pig=90 local_budget_revenue=1000");
    struct answer cube = query(
        "kbang",
        "unit=kbang-lo-ku&indicator=local_budget_revenue,livestock_pig&period=ytd(2022-06),ytd(2022-02),ytd(2022-08)");
    cr_expect_str_eq(cell_of(&cube, 0), "63 1/1 provisional accumulated");
    cr_expect_str_eq(cell_of(&cube, 1), "21 1/1 provisional accumulated");
    cr_expect_str_eq(cell_of(&cube, 2), "null 0/1 (not_reported)",
                     "August is missing, and missing is not zero");
    cr_expect_str_eq(cell_of(&cube, 3), "100 1/1 provisional",
                     "a stock is that of the last month, never added");
}

Test(data_selectors, makes_one_of_periods_and_of_units)
{
    accept_months(&lo_ku, 1, 3, "livestock_pig=100 local_budget_revenue=10.5");
    accept_months(&kon_pne, 1, 3, "livestock_pig=30 local_budget_revenue=1");
    struct answer periods =
        query("kbang", "unit=kbang-lo-ku,kbang-kon-pne&indicator=local_budget_revenue,livestock_pig&"
                       "period=2022-01..2022-03&collapse=period");
    cr_expect_str_eq(items_of(&periods, 2), "2022-01..2022-03");
    cr_expect_str_eq(cell_of(&periods, 0), "31.5 1/1 provisional accumulated");
    cr_expect_str_eq(cell_of(&periods, 1), "100 1/1 provisional");
    cr_expect_str_eq(cell_of(&periods, 2), "3 1/1 provisional accumulated");
    struct answer both = query(
        "kbang", "unit=kbang-lo-ku,kbang-kon-pne,kbang-lo-ku&indicator=local_budget_revenue,livestock_pig&"
                 "period=2022-01..2022-03&collapse=unit,period");
    cr_expect_str_eq(items_of(&both, 0), "*");
    cr_expect_str_eq(cell_of(&both, 0), "34.5 2/2 provisional accumulated");
    cr_expect_str_eq(cell_of(&both, 1), "130 2/2 provisional");
    struct answer rates = query("kbang", "unit=kbang-lo-ku&indicator=poverty_rate&period=2022&collapse=unit");
    cr_expect_str_eq(cell_of(&rates, 0), "null 0/1 (not_reported)");
}

Test(data_selectors, keeps_the_land_of_a_district_that_has_ended)
{
    world_sql("insert into app.period (code, frequency, year, ordinal, starts_on, ends_on) values "
              "('2026', 'year', 2026, 1, '2025-12-15', '2026-12-14')");
    plan_accepted(&lo_ku, "2022", "births=60");
    plan_accepted(&kon_pne, "2022", "births=3");
    struct answer cube = query("kbang", "unit=kbang,group(kbang-cu)&indicator=births&period=2022,2026");
    cr_expect_str_eq(cell_of(&cube, 0), "63 2/14 partial provisional");
    cr_expect_str_eq(cell_of(&cube, 1), "null 0/0 (not_expected)", "the district is no more");
    cr_expect_str_eq(cell_of(&cube, 2), "63 2/14 partial provisional");
    cr_expect_str_eq(at(&cube, "/cells/3/expected"), "6", "six communes are on its land");
    struct answer members = query("kbang", "unit=children(kbang-cu)&indicator=births&period=2026");
    cr_expect_str_eq(items_of(&members, 0), "", "the members are communes: nothing is below them");
}

Test(data_selectors, asks_more_of_a_figure)
{
    plan_accepted(&lo_ku, "2022", "income_per_capita=33 households_poor=215 births=60");
    plan_accepted(&kon_pne, "2022", "income_per_capita=40 households_poor=400 births=60");
    plan_accepted(&town, "2022", "income_per_capita=35 births=!not_collected");
    struct answer cube = query(
        "kbang",
        "unit=kbang-lo-ku,kbang-kon-pne,kbang-town&period=2022&indicator=income_per_capita.target,"
        "income_per_capita.achievement,poverty_rate.achievement,births.rank,poverty_rate.rank,births.coverage");
    cr_expect_str_eq(cell_of(&cube, 0), "32 1/1", "the plan's level");
    cr_expect_str_eq(cell_of(&cube, 1), "103.13 1/1 provisional met");
    cr_expect_str_eq(at(&cube, "/cells/2/value"), "null", "lower is better: no percent of plan");
    cr_expect_str_eq(at(&cube, "/cells/2/why"), "no_ratio");
    cr_expect_str_eq(at(&cube, "/cells/3/value"), "1", "births: the same");
    cr_expect_str_eq(at(&cube, "/cells/9/value"), "1");
    cr_expect_str_eq(at(&cube, "/cells/15/why"), "not_reported", "what is not there has no rank");
    cr_expect_str_eq(at(&cube, "/cells/4/value"), "1", "fewer poor households are better");
    cr_expect_str_eq(at(&cube, "/cells/10/value"), "3");
    cr_expect_str_eq(at(&cube, "/cells/5/value"), "1");
    cr_expect_str_eq(at(&cube, "/cells/17/value"), "0");
    cr_expect_str_eq(at(&cube, "/cells/6/why"), "no_target", "the plan is Lơ Ku's");
    cr_expect_str_eq(cell_of(&cube, 7), "null 1/1 provisional (no_target)",
                     "without a target there is no verdict");
    cr_expect_str_eq(at(&cube, "/dims/1/items/1/measure"), "achievement");
    cr_expect_str_eq(at(&cube, "/dims/1/items/1/unit_of_measure"), "%");
}

Test(data_selectors, previews_what_is_submitted)
{
    plan_accepted(&lo_ku, "2022", "births=60");
    plan_submitted(&kon_pne, "2022", "births=3");
    plan_draft(&town, "2022", "births=1000");
    const char *parameters = "unit=kbang&indicator=births&period=2022";
    struct answer accepted = query("kbang", parameters),
                  preview = query("kbang", text_of("%s&status=submitted", parameters)),
                  commune = query("loku", "unit=kbang-kon-pne&indicator=births&period=2022&status=submitted");
    cr_expect_str_eq(cell_of(&accepted, 0), "60 1/14 partial provisional");
    cr_expect_str_eq(cell_of(&preview, 0), "63 2/14 partial provisional");
    cr_expect_str_eq(at(&preview, "/meta/status"), "submitted");
    cr_expect_str_eq(at(&commune, "/cells/0/why"), "not_published", "not the neighbour's to see");
}

/* Now, by the database's clock, as a parameter. */
static const char *instant(void)
{
    return world_value(
        "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
}

static void reopen(long id, const char *figures)
{
    static int requests;
    struct answer asked =
        ask("POST", plan_path(id, "/reopen-requests"), "loku-lead", "{\"reason\":\"Sai số.\"}");
    cr_assert_eq(asked.status, 201, "%s", asked.text);
    struct answer granted = ask("POST", text_of("/v1/reopen-requests/%d/decision", ++requests), "kbang",
                                "{\"decision\":\"grant\",\"reason\":\"Đồng ý.\"}");
    cr_assert_eq(granted.status, 200, "%s", granted.text);
    struct answer changed =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change(figures), plan_if_match(id));
    cr_assert_eq(changed.status, 200, "%s", changed.text);
}

static void accept_again(long id)
{
    cr_assert_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
    cr_assert_eq(plan_step(id, "kbang", "accept", NULL).status, 200);
}

Test(data_selectors, gives_the_digits_of_an_earlier_moment)
{
    const char *before = instant();
    long id = plan_accepted(&lo_ku, "2022", "births=60 households_poor=215");
    const char *first = instant();
    reopen(id, "births=61 households_poor=200");
    const char *open = instant();
    accept_again(id);
    const char *last = instant();
    static const char *const viewers[] = {"kbang", "province", "loku"};
    const struct {
        const char *at, *births, *rate;
    } moments[] = {
        {before, "null 0/1 (not_reported)", "null 0/1 (not_reported)"},
        {first, "60 1/1 provisional", "26.88 1/1 provisional"},
        {open, "null 0/1 (not_reported)", "null 0/1 (not_reported)"},
        {last, "61 1/1 provisional", "25 1/1 provisional"},
    };
    for (size_t v = 0; v < COUNT(viewers); v++)
        for (size_t i = 0; i < COUNT(moments); i++) {
            struct answer cube = query(
                viewers[v], text_of("unit=kbang-lo-ku&indicator=births,poverty_rate&period=2022&as_of=%s",
                                    moments[i].at));
            cr_assert_eq(cube.status, 200, "%s", cube.text);
            cr_expect_str_eq(cell_of(&cube, 0), moments[i].births, "%s, moment %zu", viewers[v], i);
            cr_expect_str_eq(cell_of(&cube, 1), moments[i].rate, "%s, moment %zu", viewers[v], i);
        }
    struct answer today =
        query("kbang", text_of("unit=kbang-lo-ku&indicator=births&period=2022&as_of=%.10s",
                               world_value("select now() at time zone 'Asia/Ho_Chi_Minh'")));
    cr_expect_str_eq(cell_of(&today, 0), "61 1/1 provisional", "of today: now");
    struct answer neighbour =
        query("konpne", text_of("unit=kbang-lo-ku&indicator=births&period=2022&as_of=%s", first));
    cr_expect_str_eq(at(&neighbour, "/cells/0/why"), "not_published");
}

Test(data_selectors, says_from_what_a_figure_was_made)
{
    plan_accepted(&lo_ku, "2022", "households_poor=215 households_total=800");
    plan_accepted(&kon_pne, "2022", "households_poor=!not_collected households_total=300");
    struct answer cube = query("kbang", "unit=kbang&indicator=poverty_rate&period=2022&explain=true");
    cr_assert_eq(cube.status, 200, "%s", cube.text);
    cr_expect_str_eq(cell_of(&cube, 0), "26.88 1/14 partial provisional");
    cr_expect_str_eq(at(&cube, "/cells/0/formula/aggregation"), "ratio_of_sums");
    const char *lo_kus = NULL, *kon_pnes = NULL;
    for (int i = 0; i < 14; i++) {
        const char *unit = at(&cube, text_of("/cells/0/inputs/%d/unit", i)),
                   *place = text_of("/cells/0/inputs/%d", i);
        lo_kus = strcmp(unit, "kbang-lo-ku") == 0 ? place : lo_kus;
        kon_pnes = strcmp(unit, "kbang-kon-pne") == 0 ? place : kon_pnes;
    }
    cr_assert(lo_kus && kon_pnes, "%s", cube.text);
    cr_expect_str_eq(at(&cube, text_of("%s/numerator", lo_kus)), "215");
    cr_expect_str_eq(at(&cube, text_of("%s/denominator", lo_kus)), "800");
    cr_expect_str_eq(at(&cube, text_of("%s/counted", lo_kus)), "true");
    cr_expect_str_eq(at(&cube, text_of("%s/counted", kon_pnes)), "false");
    cr_expect_str_eq(at(&cube, text_of("%s/expected", kon_pnes)), "true");
    cr_expect_str_eq(at(&cube, text_of("%s/sources/1/reports/0/missing_reason", kon_pnes)), "not_collected");
    cr_expect_str_eq(at(&cube, text_of("%s/sources/0/reports/0/form", lo_kus)), "ktxh-nam");
    struct answer hidden = query("konpne", "unit=kbang&indicator=poverty_rate&period=2022&explain=true");
    cr_expect_str_eq(at(&hidden, "/cells/0/inputs"), "null", "%s", hidden.text);
}
