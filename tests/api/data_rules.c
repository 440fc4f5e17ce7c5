/* data_get: how the figures of communes become those of their district.  What may be asked is in
 * data_get.c, periods made of others in data_periods.c. */
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(data_rules, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

/* The district's cell of one indicator in 2022. */
static struct answer district(const char *indicator)
{
    return plan_data("kbang", "kbang", indicator, "2022");
}

static void expect_district(const char *indicator, const char *cell)
{
    struct answer cube = district(indicator);
    cr_expect_str_eq(cell_of(&cube, 0), cell, "%s: %s", indicator, cube.text);
}

static void expect_commune(const char *unit, const char *indicator, const char *cell)
{
    struct answer cube = plan_data("kbang", unit, indicator, "2022");
    cr_expect_str_eq(cell_of(&cube, 0), cell, "%s: %s", indicator, cube.text);
}

static void expect_fraction(const char *indicator, const char *numerator, const char *denominator)
{
    struct answer cube = district(indicator);
    cr_expect_str_eq(at(&cube, "/cells/0/numerator"), numerator, "%s", indicator);
    cr_expect_str_eq(at(&cube, "/cells/0/denominator"), denominator, "%s", indicator);
}

Test(data_rules, sums_flows_and_stocks_over_communes)
{
    plan_accepted(&lo_ku, "2022", "");
    plan_accepted(&kon_pne, "2022", "grain_output=100.1 livestock_pig=20");
    expect_district("grain_output", "9107.5 2/14 partial provisional");
    expect_district("livestock_pig", "800 2/14 partial provisional");
}

Test(data_rules, sums_exactly_what_no_binary_fraction_can_hold)
{
    plan_accepted(&lo_ku, "2022", "grain_output=123456789012345.6 land_cert_area=0.1");
    plan_accepted(&kon_pne, "2022", "grain_output=0.1 land_cert_area=0.2");
    struct answer cube = district("grain_output");
    cr_expect(strstr(cube.text, "123456789012345.7"), "%s", cube.text);
    expect_district("land_cert_area", "0.3 2/14 partial provisional");
}

/* 780 + 1,110 + 217 + 920 = 3,027 head (the plan's own total) */
Test(data_rules, sums_a_total_from_its_parts)
{
    plan_accepted(&lo_ku, "2022", "");
    expect_commune("kbang-lo-ku", "livestock_total", "3027 1/1 provisional");
    plan_accepted(&kon_pne, "2022",
                  "livestock_pig=1 livestock_cattle=2 livestock_buffalo=3 livestock_goat=4");
    expect_district("livestock_total", "3037 2/14 partial provisional");
}

/* The mean of 26.88 % and 90 % would be 58.44 %. */
Test(data_rules, divides_sums_and_never_takes_a_mean_of_rates)
{
    plan_accepted(&lo_ku, "2022", "households_total=800 households_poor=215");
    plan_accepted(&kon_pne, "2022", "households_total=10 households_poor=9");
    expect_commune("kbang-kon-pne", "poverty_rate", "90 1/1 provisional");
    expect_district("poverty_rate", "27.65 2/14 partial provisional");
    expect_fraction("poverty_rate", "224", "810");
}

Test(data_rules, computes_grain_per_head_from_tonnes_and_people)
{
    plan_accepted(&lo_ku, "2022", "grain_output=9007.4 population_avg=3312");
    plan_accepted(&kon_pne, "2022", "grain_output=100 population_avg=100");
    expect_commune("kbang-lo-ku", "grain_per_capita", "2720 1/1 provisional");
    expect_district("grain_per_capita", "2669 2/14 partial provisional");
    expect_fraction("grain_per_capita", "9107400", "3412");
}

Test(data_rules, lets_deaths_outnumber_births)
{
    plan_accepted(&lo_ku, "2022", "births=10 deaths=21 population_avg=1000");
    plan_accepted(&kon_pne, "2022", "births=0 deaths=1 population_avg=200");
    expect_district("natural_pop_growth_rate", "-1 2/14 partial provisional");
    expect_fraction("natural_pop_growth_rate", "-12", "1200");
}

/* (32.5 × 3,312 + 20 × 100) / 3,412; the mean would be 26.25 */
Test(data_rules, weighs_income_by_population_and_calls_it_an_estimate)
{
    plan_accepted(&lo_ku, "2022", "income_per_capita=32.5 population_avg=3312");
    plan_accepted(&kon_pne, "2022", "income_per_capita=20 population_avg=100");
    expect_district("income_per_capita", "32.13 2/14 partial estimate provisional");
    expect_fraction("income_per_capita", "109640", "3412");
    expect_commune("kbang-lo-ku", "income_per_capita", "32.5 1/1 provisional");
}

Test(data_rules, counts_an_income_without_its_population_for_the_commune_alone)
{
    plan_accepted(&lo_ku, "2022", "income_per_capita=32.5 population_avg=3312");
    plan_accepted(&kon_pne, "2022", "income_per_capita=20 population_avg=!not_available");
    expect_commune("kbang-kon-pne", "income_per_capita", "20 1/1 provisional");
    expect_district("income_per_capita", "32.5 1/14 partial estimate provisional");
}

Test(data_rules, counts_communes_with_a_status)
{
    plan_accepted(&lo_ku, "2022", "ntm_commune_c01=true");
    plan_accepted(&kon_pne, "2022", "ntm_commune_c01=false");
    expect_district("ntm_commune_c01", "1 2/13 partial provisional");
    expect_fraction("ntm_commune_c01", "1", "2");
    expect_commune("kbang-kon-pne", "ntm_commune_c01", "0 1/1 provisional");
}

Test(data_rules, counts_communes_that_meet_all_criteria)
{
    plan_accepted(&lo_ku, "2022", "ntm_commune_criteria=13/19");
    plan_accepted(&kon_pne, "2022", "ntm_commune_criteria=19/19");
    expect_district("ntm_commune_criteria", "1 2/13 partial provisional");
    expect_commune("kbang-lo-ku", "ntm_commune_criteria", "13 1/1 provisional");
}

Test(data_rules, adds_up_facilities_that_keep_their_standard)
{
    plan_accepted(&lo_ku, "2022", "");
    plan_accepted(&kon_pne, "2022", "boarding_school_standard=!not_applicable kindergarten_standard=false");
    expect_commune("kbang-kon-pne", "national_standard_maintained", "1 1/1 provisional");
    expect_district("national_standard_maintained", "4 2/14 partial provisional");
    expect_fraction("national_standard_maintained", "4", "5");
}

Test(data_rules, is_partial_no_more_when_everybody_reported)
{
    static const char *const others[] = {"kbang-dak-rong",   "kbang-son-lang", "kbang-krong",
                                         "kbang-so-pai",     "kbang-dong",     "kbang-dak-smar",
                                         "kbang-nghia-an",   "kbang-to-tung",  "kbang-kong-long-khong",
                                         "kbang-kong-bo-la", "kbang-dak-hlo"};
    for (size_t i = 0; i < COUNT(others); i++) {
        struct commune commune = commune_staffed(others[i]);
        plan_accepted(&commune, "2022", "births=1");
    }
    plan_accepted(&town, "2022", "births=100");
    plan_accepted(&kon_pne, "2022", "births=0");
    expect_district("births", "111 13/14 partial provisional");
    plan_accepted(&lo_ku, "2022", "births=60");
    expect_district("births", "171 14/14 provisional");
    expect_district("ntm_commune_c15", "13 13/13 provisional");
    struct answer cube = district("births");
    cr_expect_str_eq(at(&cube, "/cells/0/coverage"), "1");
}

Test(data_rules, says_how_much_is_covered)
{
    plan_accepted(&lo_ku, "2022", "");
    struct answer one = district("births");
    cr_expect_str_eq(at(&one, "/cells/0/coverage"), "0.071");
    plan_accepted(&kon_pne, "2022", "");
    struct answer two = district("births");
    cr_expect_str_eq(at(&two, "/cells/0/coverage"), "0.143");
}

Test(data_rules, tells_zero_from_missing)
{
    plan_accepted(&lo_ku, "2022", "births=0 deaths=!not_available");
    plan_accepted(&kon_pne, "2022", "births=!not_collected deaths=!confidential");
    expect_district("births", "0 1/14 partial provisional");
    expect_district("deaths", "null 0/14 (not_reported)");
    expect_commune("kbang-lo-ku", "births", "0 1/1 provisional");
    expect_commune("kbang-lo-ku", "deaths", "null 0/1 (not_reported)");
}

Test(data_rules, counts_a_rate_only_with_both_its_sides)
{
    plan_accepted(&lo_ku, "2022", "households_poor=!not_available");
    plan_accepted(&kon_pne, "2022", "households_poor=9 households_total=10");
    expect_district("poverty_rate", "90 1/14 partial provisional");
    expect_district("households_total", "810 2/14 partial provisional");
}

Test(data_rules, counts_a_total_only_with_all_its_parts)
{
    plan_accepted(&lo_ku, "2022", "");
    plan_accepted(&kon_pne, "2022", "livestock_goat=!not_collected");
    expect_district("livestock_total", "3027 1/14 partial provisional");
    expect_district("livestock_pig", "1560 2/14 partial provisional");
}

Test(data_rules, expects_nothing_where_a_figure_does_not_apply)
{
    plan_accepted(&lo_ku, "2022", "births=60");
    plan_accepted(&kon_pne, "2022", "births=!not_applicable");
    expect_district("births", "60 1/13 partial provisional");
    expect_commune("kbang-kon-pne", "births", "null 0/0 (not_expected)");
}

Test(data_rules, expects_no_criteria_of_new_rural_communes_of_a_town)
{
    plan_accepted(&town, "2022", "");
    expect_commune("kbang-town", "ntm_commune_criteria", "null 0/0 (not_expected)");
    expect_district("ntm_commune_criteria", "null 0/13 (not_reported)");
}

Test(data_rules, has_no_rate_of_nobody)
{
    plan_accepted(&lo_ku, "2022", "children_u5_measured=0 children_u5_malnourished=0");
    expect_commune("kbang-lo-ku", "child_malnutrition_rate", "null 1/1 provisional (zero_denominator)");
    plan_accepted(&kon_pne, "2022", "children_u5_measured=50 children_u5_malnourished=10");
    expect_district("child_malnutrition_rate", "20 2/14 partial provisional");
}

Test(data_rules, counts_accepted_reports_alone)
{
    plan_in_state(&lo_ku, "2022", "submitted");
    plan_in_state(&kon_pne, "2022", "returned");
    plan_in_state(&town, "2022", "draft");
    expect_district("births", "null 0/14 (not_reported)");
    plan_step(1, "kbang", "accept", NULL);
    expect_district("births", "60 1/14 partial provisional");
}

Test(data_rules, says_how_sure_figures_are)
{
    static const char body[] = "{\"values\":[{\"indicator\":\"births\",\"value\":60,\"status\":\"OFFICIAL\"},"
                               "{\"indicator\":\"deaths\",\"value\":21,\"status\":\"ESTIMATE\"}]}";
    long id = plan_draft(&lo_ku, "2022", "");
    ask_with("PATCH", plan_path(id, ""), "loku", body, plan_if_match(id));
    plan_step(id, "loku-lead", "submit", NULL);
    plan_step(id, "kbang", "accept", NULL);
    expect_commune("kbang-lo-ku", "births", "60 1/1");
    expect_commune("kbang-lo-ku", "deaths", "21 1/1 estimate provisional");
    expect_commune("kbang-lo-ku", "sown_area", "3994 1/1 provisional");
    expect_commune("kbang-lo-ku", "natural_pop_growth_rate", "1.18 1/1 estimate provisional");
}

Test(data_rules, marks_whatever_an_invented_figure_went_into)
{
    world_sql("update app.account set demo = true where login = 'konpne'");
    plan_accepted(&lo_ku, "2022", "");
    struct answer real = district("births");
    cr_expect_str_eq(at(&real, "/meta/invented"), "false");
    plan_accepted(&kon_pne, "2022", "");
    expect_district("births", "120 2/14 partial provisional invented");
    expect_commune("kbang-lo-ku", "births", "60 1/1 provisional");
    struct answer mixed = district("births");
    cr_expect_str_eq(at(&mixed, "/meta/invented"), "true");
}

Test(data_rules, adds_districts_up_to_the_province)
{
    plan_accepted(&lo_ku, "2022", "");
    plan_accepted(&kon_pne, "2022", "households_total=10 households_poor=9");
    struct answer cube = plan_data("province", "gia-lai,kbang", "poverty_rate,births", "2022");
    cr_expect_str_eq(cell_of(&cube, 0), "27.65 2/14 partial provisional");
    cr_expect_str_eq(cell_of(&cube, 1), "120 2/14 partial provisional");
    cr_expect_str_eq(cell_of(&cube, 2), cell_of(&cube, 0));
    cr_expect_str_eq(cell_of(&cube, 3), cell_of(&cube, 1));
}

Test(data_rules, expects_only_communes_that_exist_on_the_last_day)
{
    ask("POST", "/v1/periods", "kbang",
        "{\"code\":\"2024\",\"starts_on\":\"2023-12-15\",\"ends_on\":\"2024-12-14\"}");
    struct answer cube = plan_data("kbang", "kbang,kbang-dak-hlo", "births", "2022,2024");
    cr_expect_str_eq(cell_of(&cube, 0), "null 0/14 (not_reported)");
    cr_expect_str_eq(cell_of(&cube, 1), "null 0/13 (not_reported)", "Đăk Hlơ ended in 2024");
    cr_expect_str_eq(cell_of(&cube, 2), "null 0/1 (not_reported)");
    cr_expect_str_eq(cell_of(&cube, 3), "null 0/0 (not_expected)");
}
