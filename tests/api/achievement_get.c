/* achievement_get: GET /v1/units/{code}/achievement: the plan's own table.  Verdicts are in
 * achievement_verdicts.c. */
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(achievement_get, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer achievement(const char *login, const char *unit, const char *period)
{
    return ask("GET", text_of("/v1/units/%s/achievement?period=%s", unit, period), login, NULL);
}

static struct answer lo_ku_2022(void)
{
    struct answer table = achievement("loku", "kbang-lo-ku", "2022");
    cr_assert_eq(table.status, 200, "%s", table.text);
    return table;
}

static void expect_summary(const struct answer *table, int met, int exceeded, int not_met, int not_reported)
{
    cr_expect_str_eq(at(table, "/summary/met"), text_of("%d", met));
    cr_expect_str_eq(at(table, "/summary/exceeded"), text_of("%d", exceeded));
    cr_expect_str_eq(at(table, "/summary/not_met"), text_of("%d", not_met));
    cr_expect_str_eq(at(table, "/summary/not_reported"), text_of("%d", not_reported));
    cr_expect_str_eq(at(table, "/summary/targets"), text_of("%d", met + exceeded + not_met + not_reported));
}

static size_t lines_of(const struct answer *table)
{
    return json_array_size(json_object_get(table->json, "items"));
}

Test(achievement_get, names_the_unit_and_the_period)
{
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(at(&table, "/unit"), "kbang-lo-ku");
    cr_expect_str_eq(at(&table, "/unit_name"), "xã Lơ Ku");
    cr_expect_str_eq(at(&table, "/period"), "2022");
    cr_expect_str_eq(at(&table, "/invented"), "false");
}

Test(achievement_get, has_the_lines_of_the_plan_in_its_order)
{
    struct answer table = lo_ku_2022();
    static const struct {
        int line;
        const char *indicator, *section;
    } lines[] = {
        {0, "grain_output", "kinh_te_xa_hoi"},
        {4, "income_per_capita", "kinh_te_xa_hoi"},
        {5, "livestock_total", "kinh_te_xa_hoi"},
        {6, "livestock_pig", "kinh_te_xa_hoi"},
        {32, "security_safe_unit_rate", "quoc_phong_an_ninh"},
        {33, "conscripts_delivered", "quoc_phong_an_ninh"},
    };
    cr_expect_eq(lines_of(&table), 34, "23 lines and 11 components");
    for (size_t i = 0; i < COUNT(lines); i++) {
        const char *place = text_of("/items/%d", lines[i].line);
        cr_expect_str_eq(at(&table, text_of("%s/indicator", place)), lines[i].indicator);
        cr_expect_str_eq(at(&table, text_of("%s/section", place)), lines[i].section);
    }
    cr_expect_str_eq(figure_of(&table, "livestock_pig", "parent"), "livestock_total");
    cr_expect_str_eq(figure_of(&table, "livestock_total", "parent"), "null");
}

Test(achievement_get, quotes_each_target_as_issued)
{
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(figure_of(&table, "grain_output", "target/text_as_issued"),
                     "Tổng sản lượng lương thực: 9.007,4 tấn.");
    cr_expect_str_eq(figure_of(&table, "grain_output", "target/value"), "9007.4");
    cr_expect_str_eq(figure_of(&table, "grain_output", "target/comparator"), "GE");
    cr_expect_str_eq(figure_of(&table, "grain_output", "target/comparator_implied"), "true");
    cr_expect_str_eq(figure_of(&table, "grain_output", "target/document"), "kh-43-ubnd-lo-ku-2022");
    cr_expect_str_eq(figure_of(&table, "grain_output", "unit_of_measure"), "tấn");
    cr_expect_str_eq(figure_of(&table, "income_per_capita", "target/text_as_issued"),
                     "Thu nhập bình quân đầu người/ năm : >32 triệu đồng.");
    cr_expect_str_eq(figure_of(&table, "income_per_capita", "target/comparator"), "GT");
    cr_expect_str_eq(figure_of(&table, "income_per_capita", "target/comparator_implied"), "false");
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "target/comparator"), "LT");
    cr_expect_str_eq(figure_of(&table, "conscripts_delivered", "target/comparator"), "EQ");
    cr_expect_str_eq(figure_of(&table, "ntm_commune_criteria", "target/text_as_issued"),
                     "Hoàn thành tiêu chí số 1 và số 15 về xây dựng nông thôn mới (đạt 13/19 tiêu chí)");
}

Test(achievement_get, has_no_baseline_the_plan_does_not_give)
{
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "baseline"), "null");
    world_sql("update app.target t set baseline_value = 29.5, baseline_year = 2021 from app.indicator i"
              " where i.id = t.indicator_id and i.code = 'poverty_rate'");
    struct answer given = lo_ku_2022();
    cr_expect_str_eq(figure_of(&given, "poverty_rate", "baseline/value"), "29.5");
    cr_expect_str_eq(figure_of(&given, "poverty_rate", "baseline/year"), "2021");
}

Test(achievement_get, calls_everything_not_reported_before_a_report_is_accepted)
{
    struct answer nothing = lo_ku_2022();
    expect_summary(&nothing, 0, 0, 0, 34);
    plan_in_state(&lo_ku, "2022", "submitted");
    struct answer submitted = lo_ku_2022();
    expect_summary(&submitted, 0, 0, 0, 34);
    cr_expect_str_eq(figure_of(&submitted, "grain_output", "verdict"), "not_reported");
    cr_expect_str_eq(figure_of(&submitted, "grain_output", "result"), "null");
    cr_expect_str_eq(figure_of(&submitted, "grain_output", "why"), "not_reported");
    cr_expect_str_eq(figure_of(&submitted, "grain_output", "plan_ratio"), "null");
}

Test(achievement_get, sums_up_how_many_targets_were_met)
{
    plan_accepted(&lo_ku, "2022",
                  "conscripts_delivered=9 income_per_capita=32 households_grid=799 "
                  "new_forest_area=!not_available");
    struct answer table = lo_ku_2022();
    expect_summary(&table, 25, 5, 3, 1);
}

Test(achievement_get, gives_results_to_the_digit_with_both_sides_of_a_rate)
{
    plan_accepted(&lo_ku, "2022", "");
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(digits_of(&table, "grain_output", "result"), "9007.4");
    cr_expect_str_eq(figure_of(&table, "livestock_total", "result"), "3027");
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "result"), "26.88");
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "numerator"), "215");
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "denominator"), "800");
    cr_expect_str_eq(figure_of(&table, "grain_output", "n"), "1");
    cr_expect_str_eq(figure_of(&table, "grain_output", "expected"), "1");
}

Test(achievement_get, has_percent_of_the_plan_only_where_more_is_better)
{
    plan_accepted(&lo_ku, "2022", "grain_output=9107.4 vocational_trained=20");
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(figure_of(&table, "grain_output", "plan_ratio"), "101.11");
    cr_expect_str_eq(figure_of(&table, "vocational_trained", "plan_ratio"), "80");
    cr_expect_str_eq(figure_of(&table, "livestock_total", "plan_ratio"), "100");
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "plan_ratio"), "null");
    cr_expect_str_eq(figure_of(&table, "ntm_commune_c01", "plan_ratio"), "null");
}

Test(achievement_get, compares_with_the_same_period_of_last_year)
{
    struct answer made = ask("POST", "/v1/periods", "kbang",
                             "{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    plan_accepted(&lo_ku, "2021",
                  "grain_output=8000.4 households_poor=240 ntm_commune_criteria=11/19 births=!not_available "
                  "vocational_trained=0");
    plan_accepted(&lo_ku, "2022", "");
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(figure_of(&table, "grain_output", "last_year"), "8000.4");
    cr_expect_str_eq(figure_of(&table, "grain_output", "yoy_change"), "1007");
    cr_expect_str_eq(figure_of(&table, "grain_output", "yoy_ratio"), "112.6");
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "last_year"), "30");
    cr_expect_str_eq(figure_of(&table, "poverty_rate", "yoy_change"), "-3.12");
    cr_expect_str_eq(figure_of(&table, "ntm_commune_criteria", "yoy_change"), "2");
    cr_expect_str_eq(figure_of(&table, "natural_pop_growth_rate", "last_year"), "null");
    cr_expect_str_eq(figure_of(&table, "natural_pop_growth_rate", "yoy_change"), "null");
    cr_expect_str_eq(figure_of(&table, "vocational_trained", "last_year"), "0");
    cr_expect_str_eq(figure_of(&table, "vocational_trained", "yoy_change"), "25");
    cr_expect_str_eq(figure_of(&table, "vocational_trained", "yoy_ratio"), "null",
                     "nothing can be a percentage of 0");
}

Test(achievement_get, has_nothing_to_compare_with_when_there_was_no_period)
{
    plan_accepted(&lo_ku, "2022", "");
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(figure_of(&table, "grain_output", "last_year"), "null");
    cr_expect_str_eq(figure_of(&table, "grain_output", "yoy_change"), "null");
    cr_expect_str_eq(figure_of(&table, "grain_output", "yoy_ratio"), "null");
}

Test(achievement_get, goes_by_the_highest_revision_and_by_every_document)
{
    world_sql(
        "insert into app.target (unit_id, indicator_id, year, document_id, revision, comparator, value, text_as_issued)"
        " select unit_id, indicator_id, year, document_id, 2, comparator, 9100, 'Điều chỉnh: 9.100 tấn.' from app.target t"
        " where indicator_id = (select id from app.indicator where code = 'grain_output');"
        "insert into app.target (unit_id, indicator_id, year, document_id, comparator, value, text_as_issued)"
        " select unit_id, indicator_id, year, (select min(id) from app.document d where d.id <> t.document_id), 'GE', 9000, '9.000 tấn'"
        " from app.target t where revision = 2");
    plan_accepted(&lo_ku, "2022", "grain_output=9050");
    struct answer table = lo_ku_2022();
    cr_expect_eq(lines_of(&table), 35);
    const char *first = at(&table, "/items/0/target/value"), *second = at(&table, "/items/1/target/value");
    bool is_both = (strcmp(first, "9100") == 0 && strcmp(second, "9000") == 0)
                   || (strcmp(first, "9000") == 0 && strcmp(second, "9100") == 0);
    cr_expect(is_both, "%s %s", first, second);
    for (int i = 0; i < 2; i++) {
        bool is_revised = strcmp(at(&table, text_of("/items/%d/target/value", i)), "9100") == 0;
        cr_expect_str_eq(at(&table, text_of("/items/%d/verdict", i)), is_revised ? "not_met" : "exceeded");
        cr_expect_str_eq(at(&table, text_of("/items/%d/target/revision", i)), is_revised ? "2" : "1");
    }
}

Test(achievement_get, asks_a_town_for_no_criteria_of_new_rural_communes)
{
    plan_accepted(&town, "2022", "");
    struct answer table = achievement("town", "kbang-town", "2022");
    cr_expect_str_eq(figure_of(&table, "ntm_commune_criteria", "verdict"), "(absent)");
    cr_expect_str_eq(figure_of(&table, "grain_output", "verdict"), "no_target");
    cr_expect_str_eq(figure_of(&table, "grain_output", "target"), "null");
    cr_expect_str_eq(at(&table, "/summary/targets"), "0");
}

Test(achievement_get, has_the_district_with_how_many_communes_reported)
{
    plan_accepted(&lo_ku, "2022", "");
    struct answer table = achievement("kbang", "kbang", "2022");
    cr_expect_str_eq(digits_of(&table, "grain_output", "result"), "9007.4");
    cr_expect_str_eq(figure_of(&table, "grain_output", "n"), "1");
    cr_expect_str_eq(figure_of(&table, "grain_output", "expected"), "14");
    cr_expect_str_eq(figure_of(&table, "grain_output", "flags"), "[\"partial\",\"provisional\"]");
    cr_expect_str_eq(figure_of(&table, "ntm_commune_criteria", "expected"), "13");
}

Test(achievement_get, marks_what_is_invented)
{
    world_sql("update app.account set demo = true where login = 'loku'");
    plan_accepted(&lo_ku, "2022", "");
    struct answer table = lo_ku_2022();
    cr_expect_str_eq(at(&table, "/invented"), "true");
    cr_expect_str_eq(figure_of(&table, "births", "flags"), "(absent)",
                     "a base variable is no line of the plan");
    cr_expect_str_eq(figure_of(&table, "grain_output", "flags"), "[\"provisional\",\"invented\"]");
}

Test(achievement_get, is_of_one_known_period_and_one_known_unit)
{
    static const struct {
        const char *path, *faults;
        int status;
    } cases[] = {
        {"/v1/units/kbang-lo-ku/achievement", "period missing-parameter\n", 400},
        {"/v1/units/kbang-lo-ku/achievement?period=2031", "period unknown-period\n", 400},
        {"/v1/units/kbang-lo-ku/achievement?period=2022,2022-Q1", "period only-one\n", 400},
        {"/v1/units/kbang-lo-ku/achievement?period=2022&unit=kbang", "unit unknown-parameter\n", 400},
        {"/v1/units/nowhere/achievement?period=2022", "", 404},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = ask("GET", cases[i].path, "loku", NULL);
        cr_expect_eq(bad.status, cases[i].status, "%s: %s", cases[i].path, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].path);
    }
}

/* What callers see of Lơ Ku's accepted figures and of its targets before and after the publication. */
struct sight {
    const char *login, *result, *target;
};

static const struct sight callers[] = {
    {"loku", "3027", "3027"},   {"loku-front", "3027", "3027"},   {"reader", "3027", "3027"},
    {"kbang", "3027", "3027"},  {"kbang-viewer", "3027", "3027"}, {"province", "3027", "3027"},
    {"konpne", "null", "null"}, {"loku-village", "null", "null"}, {"admin", "null", "null"},
    {"nobody", "null", "null"},
};

static void expect_seen(const struct sight *who, bool is_published)
{
    struct answer table = achievement(who->login, "kbang-lo-ku", "2022");
    const char *result = is_published ? "3027" : who->result;
    const char *target = figure_of(&table, "livestock_total", "target/value");
    const char *why = figure_of(&table, "livestock_total", "why");
    cr_expect_str_eq(figure_of(&table, "livestock_total", "result"), result, "%s", who->login);
    cr_expect_str_eq(strcmp(target, "(absent)") == 0 ? "null" : target, who->target, "%s", who->login);
    cr_expect_str_eq(why, strcmp(result, "null") == 0 ? "not_published" : "null", "%s", who->login);
}

Test(achievement_get, is_for_the_commune_and_those_above_it)
{
    plan_accepted(&lo_ku, "2022", "");
    for (const struct sight *who = callers; who < callers + COUNT(callers); who++)
        expect_seen(who, false);
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    for (const struct sight *who = callers; who < callers + COUNT(callers); who++)
        expect_seen(who, true);
}

Test(achievement_get, needs_a_good_token)
{
    cr_expect_eq(achievement(NULL, "kbang-lo-ku", "2022").status, 401);
    cr_expect_eq(achievement("expired", "kbang-lo-ku", "2022").status, 401);
}
