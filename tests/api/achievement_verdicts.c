/* achievement_get: is a target met?  Judged on the exact fraction, never on the figure as it prints. */
#include "support/plan.h"
#include <criterion/criterion.h>

TestSuite(achievement_verdicts, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

struct verdict_case {
    const char *figures, *indicator, *result, *verdict;
};

/* Report the figures for Lơ Ku, and look at its table; each case is a report of its own. */
static void judges_each(const struct verdict_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        long id = plan_accepted(&lo_ku, "2022", cases[i].figures);
        struct answer table = ask("GET", "/v1/units/kbang-lo-ku/achievement?period=2022", "loku", NULL);
        cr_expect_str_eq(digits_of(&table, cases[i].indicator, "result"), cases[i].result, "%s",
                         cases[i].figures);
        cr_expect_str_eq(figure_of(&table, cases[i].indicator, "verdict"), cases[i].verdict, "%s",
                         cases[i].figures);
        world_sql(text_of(
            "alter table app.submission_value disable trigger user;"
            "delete from app.acceptance where submission_id = %ld;delete from app.submission_transition where submission_id = %ld;"
            "delete from app.submission_value where submission_id = %ld;"
            "delete from app.submission where id = %ld;"
            "alter table app.submission_value enable trigger user",
            id, id, id, id));
    }
}

Test(achievement_verdicts, more_than_32_is_not_met_by_exactly_32)
{
    static const struct verdict_case cases[] = {
        {"income_per_capita=32", "income_per_capita", "32", "not_met"},
        {"income_per_capita=32.01", "income_per_capita", "32.01", "met"},
        {"income_per_capita=31.99", "income_per_capita", "31.99", "not_met"},
        {"income_per_capita=0", "income_per_capita", "0", "not_met"},
    };
    judges_each(cases, COUNT(cases));
}

Test(achievement_verdicts, a_hundred_percent_is_all_of_them)
{
    static const struct verdict_case cases[] = {
        {"households_total=830 households_grid=830", "grid_power_hh_rate", "100", "met"},
        {"households_total=830 households_grid=829", "grid_power_hh_rate", "99.9", "not_met"},
        {"households_total=99999 households_grid=99998", "grid_power_hh_rate", "100", "not_met"},
        {"villages_total=9 villages_cultural=9", "cultural_village_rate", "100", "met"},
        {"villages_total=9 villages_cultural=8", "cultural_village_rate", "88.9", "not_met"},
        {"sec_safe_schools=2", "security_safe_unit_rate", "100", "met"},
        {"sec_safe_schools=1", "security_safe_unit_rate", "93.3", "not_met"},
    };
    judges_each(cases, COUNT(cases));
}

Test(achievement_verdicts, less_than_27_is_judged_on_the_exact_fraction)
{
    static const struct verdict_case cases[] = {
        {"households_total=800 households_poor=216", "poverty_rate", "27", "not_met"},
        {"households_total=800 households_poor=215", "poverty_rate", "26.88", "met"},
        {"households_total=100000 households_poor=26999", "poverty_rate", "27", "met"},
        {"households_total=100000 households_poor=27001", "poverty_rate", "27", "not_met"},
        {"households_total=3 households_poor=1", "poverty_rate", "33.33", "not_met"},
        {"households_total=800 households_poor=0", "poverty_rate", "0", "met"},
    };
    judges_each(cases, COUNT(cases));
}

Test(achievement_verdicts, other_strict_bounds_are_strict_too)
{
    static const struct verdict_case cases[] = {
        {"births=20 deaths=8 population_avg=1000", "natural_pop_growth_rate", "1.2", "not_met"},
        {"births=19 deaths=8 population_avg=1000", "natural_pop_growth_rate", "1.1", "met"},
        {"births=0 deaths=8 population_avg=1000", "natural_pop_growth_rate", "-0.8", "met"},
        {"children_u5_measured=100 children_u5_malnourished=21", "child_malnutrition_rate", "21", "not_met"},
        {"children_u5_measured=100 children_u5_malnourished=20", "child_malnutrition_rate", "20", "met"},
    };
    judges_each(cases, COUNT(cases));
}

Test(achievement_verdicts, a_plan_figure_is_met_when_reached_and_exceeded_beyond)
{
    static const struct verdict_case cases[] = {
        {"grain_output=9007.4", "grain_output", "9007.4", "met"},
        {"grain_output=9007.5", "grain_output", "9007.5", "exceeded"},
        {"grain_output=9007.3", "grain_output", "9007.3", "not_met"},
        {"livestock_goat=920", "livestock_total", "3027", "met"},
        {"livestock_goat=919", "livestock_total", "3026", "not_met"},
        {"livestock_goat=921", "livestock_total", "3028", "exceeded"},
        {"households_total=100 households_water=99", "clean_water_hh_rate", "99", "met"},
        {"population_avg=3312", "grain_per_capita", "2720", "exceeded"},
        {"population_avg=3313", "grain_per_capita", "2719", "not_met"}, /* 2,718.8… */
    };
    judges_each(cases, COUNT(cases));
}

Test(achievement_verdicts, a_quota_of_conscripts_is_met_by_just_as_many)
{
    static const struct verdict_case cases[] = {
        {"conscripts_delivered=8", "conscripts_delivered", "8", "met"},
        {"conscripts_delivered=9", "conscripts_delivered", "9", "not_met"},
        {"conscripts_delivered=7", "conscripts_delivered", "7", "not_met"},
        {"conscripts_delivered=0", "conscripts_delivered", "0", "not_met"},
    };
    judges_each(cases, COUNT(cases));
}

Test(achievement_verdicts, criteria_and_standards_are_counted)
{
    static const struct verdict_case cases[] = {
        {"ntm_commune_criteria=13/19", "ntm_commune_criteria", "13", "met"},
        {"ntm_commune_criteria=12/19", "ntm_commune_criteria", "12", "not_met"},
        {"ntm_commune_criteria=14/19", "ntm_commune_criteria", "14", "exceeded"},
        {"ntm_commune_c01=true", "ntm_commune_c01", "1", "met"},
        {"ntm_commune_c01=false", "ntm_commune_c01", "0", "not_met"},
        {"kindergarten_standard=true", "national_standard_maintained", "3", "met"},
        {"kindergarten_standard=false", "national_standard_maintained", "2", "not_met"},
    };
    judges_each(cases, COUNT(cases));
}

Test(achievement_verdicts, without_a_figure_nothing_is_judged)
{
    static const struct verdict_case cases[] = {
        {"conscripts_delivered=!not_available", "conscripts_delivered", "null", "not_reported"},
        {"households_poor=!not_collected", "poverty_rate", "null", "not_reported"},
        {"livestock_goat=!not_available", "livestock_total", "null", "not_reported"},
        {"children_u5_measured=0 children_u5_malnourished=0", "child_malnutrition_rate", "null",
         "not_reported"},
    };
    judges_each(cases, COUNT(cases));
}
