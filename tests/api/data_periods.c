/* data_get: periods made of shorter ones.  Flows add up, stocks and statuses are those of the last one, and a
 * period that has reports of its own goes by them. */
#include "support/plan.h"
#include <criterion/criterion.h>

TestSuite(data_periods, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

static void expect_cell(const char *unit, const char *indicator, const char *period, const char *cell)
{
    struct answer cube = plan_data("kbang", unit, indicator, period);
    cr_expect_str_eq(cell_of(&cube, 0), cell, "%s %s %s", unit, indicator, period);
}

/* Forests are asked about by the month and no more by the quarter. */
static void ask_for_forests_by_the_month(void)
{
    world_sql("delete from app.form_indicator using app.form f, app.indicator i where f.id = form_id"
              " and f.code = 'ktxh-quy' and i.id = indicator_id"
              " and i.code in ('new_forest_area', 'livestock_pig', 'vocational_trained')");
}

Test(data_periods, adds_flows_of_months_up_to_a_quarter)
{
    ask_for_forests_by_the_month();
    plan_accepted(&lo_ku, "2022-01", "new_forest_area=0.1");
    plan_accepted(&lo_ku, "2022-02", "new_forest_area=0.2");
    plan_accepted(&lo_ku, "2022-03", "new_forest_area=10");
    expect_cell("kbang-lo-ku", "new_forest_area", "2022-Q1", "10.3 1/1 provisional accumulated");
    expect_cell("kbang", "new_forest_area", "2022-Q1", "10.3 1/14 partial provisional accumulated");
    expect_cell("kbang-lo-ku", "new_forest_area", "2022-02", "0.2 1/1 provisional");
}

Test(data_periods, takes_stocks_from_the_last_month_and_never_adds_them)
{
    ask_for_forests_by_the_month();
    plan_accepted(&lo_ku, "2022-01", "livestock_pig=700");
    plan_accepted(&lo_ku, "2022-02", "livestock_pig=750");
    expect_cell("kbang-lo-ku", "livestock_pig", "2022-Q1", "null 0/1 (not_reported)");
    plan_accepted(&lo_ku, "2022-03", "livestock_pig=780");
    expect_cell("kbang-lo-ku", "livestock_pig", "2022-Q1", "780 1/1 provisional");
}

Test(data_periods, takes_a_stock_of_the_last_month_without_those_before)
{
    ask_for_forests_by_the_month();
    plan_accepted(&lo_ku, "2022-03", "livestock_pig=780");
    expect_cell("kbang-lo-ku", "livestock_pig", "2022-Q1", "780 1/1 provisional");
}

Test(data_periods, has_no_flow_of_a_quarter_with_a_month_missing)
{
    ask_for_forests_by_the_month();
    plan_accepted(&lo_ku, "2022-01", "new_forest_area=1 vocational_trained=1");
    plan_accepted(&lo_ku, "2022-03", "new_forest_area=2 vocational_trained=2");
    expect_cell("kbang-lo-ku", "new_forest_area", "2022-Q1", "null 0/1 (not_reported)");
    plan_accepted(&lo_ku, "2022-02", "new_forest_area=!not_available vocational_trained=!not_applicable");
    expect_cell("kbang-lo-ku", "new_forest_area", "2022-Q1", "null 0/1 (not_reported)");
    expect_cell("kbang-lo-ku", "vocational_trained", "2022-Q1", "3 1/1 provisional accumulated");
}

Test(data_periods, takes_a_report_of_the_quarter_itself_before_its_months)
{
    plan_accepted(&lo_ku, "2022-01", "new_forest_area=1");
    plan_accepted(&lo_ku, "2022-02", "new_forest_area=2");
    plan_accepted(&lo_ku, "2022-03", "new_forest_area=3");
    plan_accepted(&lo_ku, "2022-Q1", "new_forest_area=6.5");
    expect_cell("kbang-lo-ku", "new_forest_area", "2022-Q1", "6.5 1/1 provisional");
}

Test(data_periods, makes_nine_months_of_three_quarters)
{
    plan_accepted(&lo_ku, "2022-Q1", "births=10 households_total=801 households_poor=216");
    plan_accepted(&lo_ku, "2022-Q2", "births=20 households_total=802 households_poor=215");
    expect_cell("kbang-lo-ku", "births", "2022-9M", "null 0/1 (not_reported)");
    plan_accepted(&lo_ku, "2022-Q3", "births=30 households_total=800 households_poor=200");
    expect_cell("kbang-lo-ku", "births", "2022-9M", "60 1/1 provisional accumulated");
    expect_cell("kbang-lo-ku", "households_total", "2022-9M", "800 1/1 provisional");
    expect_cell("kbang-lo-ku", "poverty_rate", "2022-9M", "25 1/1 provisional");
}

Test(data_periods, takes_the_year_from_its_own_report_and_not_from_the_quarters)
{
    plan_accepted(&lo_ku, "2022-Q1", "births=10");
    plan_accepted(&lo_ku, "2022", "births=60");
    struct answer cube = plan_data("kbang", "kbang-lo-ku", "births", "2022,2022-Q1,2022-H1");
    cr_expect_str_eq(cell_of(&cube, 0), "60 1/1 provisional");
    cr_expect_str_eq(cell_of(&cube, 1), "10 1/1 provisional");
    cr_expect_str_eq(cell_of(&cube, 2), "null 0/1 (not_reported)");
}

Test(data_periods, expects_nothing_that_no_form_of_the_period_asks_for)
{
    plan_accepted(&lo_ku, "2022-03", "");
    expect_cell("kbang-lo-ku", "income_per_capita", "2022-03", "null 0/0 (not_expected)");
    expect_cell("kbang", "ntm_commune_criteria", "2022-Q1", "null 0/0 (not_expected)");
    expect_cell("kbang-lo-ku", "grain_per_capita", "2022-Q1", "null 0/0 (not_expected)");
    expect_cell("kbang-lo-ku", "livestock_total", "2022-03", "3027 1/1 provisional");
}
