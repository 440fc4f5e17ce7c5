/* village_value_get, village_value_update: GET and PATCH /v1/submissions/{id}/village-values. */
#include "support/expect.h"
#include "support/service.h"
#include "support/villages.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(village_values, .init = world_open, .fini = world_close, .timeout = 120);

/* Enter parts of the report's births, which must be possible. */
static struct answer enter(long id, const char *parts)
{
    struct answer done = villages_enter(id, "loku", "births", parts);
    cr_assert_eq(done.status, 200, "%s", done.text);
    return done;
}

/* What the report says of births: "61", "null", "(absent)". */
static const char *births(long id, const char *member)
{
    struct answer report = get(plan_path(id, ""), "loku");
    return figure_of(&report, "births", member);
}

Test(village_values, make_the_figure_once_every_village_has_one)
{
    long id = plan_draft(&lo_ku, "2022", "births=60");
    struct answer some = enter(id, "4 0 7.0 2 1 3 5 9");
    cr_expect_str_eq(at(&some, "/changed"), "8");
    cr_expect_str_eq(at(&some, "/sums/0/villages"), "9");
    cr_expect_str_eq(at(&some, "/sums/0/answered"), "8");
    cr_expect_str_eq(at(&some, "/sums/0/value"), "null");
    cr_expect_str_eq(births(id, "value"), "(absent)", "missing is not zero, and 60 is no longer said");
    struct answer all = enter(id, "_ _ _ _ _ _ _ _ 20");
    cr_expect_str_eq(at(&all, "/sums/0/value"), "51");
    cr_expect_str_eq(births(id, "value"), "51");
    cr_expect_str_eq(births(id, "status"), "PROVISIONAL");
    cr_expect_str_eq(all.etag, plan_etag(id));
    struct answer less = enter(id, "0 _ _ _ _ _ _ _ _");
    cr_expect_str_eq(at(&less, "/sums/0/value"), "47", "zero is a figure");
    enter(id, "_ _ - _ _ _ _ _ _");
    cr_expect_str_eq(births(id, "value"), "(absent)", "a part was taken back");
    struct answer none = enter(id, "- - - - - - - - -");
    cr_expect_str_eq(at(&none, "/sums"), "[]", "there are no parts any more");
    struct answer total =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=60"), plan_if_match(id));
    cr_expect_eq(total.status, 200, "%s", total.text);
    cr_expect_str_eq(births(id, "value"), "60");
}

Test(village_values, count_what_a_village_does_not_have_as_answered)
{
    long id = plan_draft(&lo_ku, "2022", "births=-");
    enter(id, "x x x x x x x x 3");
    cr_expect_str_eq(births(id, "value"), "3");
    enter(id, "_ _ _ _ _ _ _ _ x");
    cr_expect_str_eq(births(id, "missing_reason"), "not_applicable");
    cr_expect_str_eq(births(id, "value"), "null");
}

Test(village_values, are_shown_beside_the_figure)
{
    long id = plan_draft(&lo_ku, "2022", "");
    enter(id, "4 x");
    struct answer sheet = get(villages_path(id), "loku");
    cr_assert_eq(sheet.status, 200, "%s", sheet.text);
    cr_expect_str_eq(sheet.etag, plan_etag(id));
    cr_expect_str_eq(at(&sheet, "/villages/8/code"), "kbang-lo-ku-09");
    cr_expect_str_eq(at(&sheet, "/villages/9/code"), "(absent)");
    cr_expect_str_eq(villages_figure(&sheet, "births", "by_village"), "true");
    cr_expect_str_eq(villages_figure(&sheet, "births", "answered"), "2");
    cr_expect_str_eq(villages_figure(&sheet, "births", "values/0/value"), "4");
    cr_expect_str_eq(villages_figure(&sheet, "births", "values/1/missing_reason"), "not_applicable");
    cr_expect_str_eq(villages_figure(&sheet, "births", "values/0/by"), "Tài khoản loku");
    cr_expect_str_eq(villages_figure(&sheet, "deaths", "by_village"), "false");
    cr_expect_str_eq(villages_figure(&sheet, "deaths", "value"), "21");
    static const char *const others[] = {"income_per_capita", "ntm_commune_criteria", "livestock_total",
                                         "health_station_standard"};
    for (size_t i = 0; i < COUNT(others); i++)
        cr_expect_str_eq(villages_figure(&sheet, others[i], "value"), "(absent)", "%s does not add up",
                         others[i]);
    expect_problem(get(villages_path(id), "konpne"), 404, "not-found");
    expect_problem(get(villages_path(id), "loku-village"), 404, "not-found");
    expect_problem(get(villages_path(id), "kbang"), 404, "not-found");
}

Test(village_values, let_nobody_type_another_total)
{
    long id = plan_draft(&lo_ku, "2022", "");
    enter(id, "1 1 1 1 1 1 1 1 1");
    struct answer other =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=60 deaths=3"), plan_if_match(id));
    expect_fault(other, 422, "invalid-content", "/values/0/value entered-by-village");
    cr_expect_str_eq(at(&other, "/errors/0/params/total"), "9");
    struct answer why =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=!not_collected"), plan_if_match(id));
    expect_fault(why, 422, "invalid-content", "/values/0/missing_reason entered-by-village");
    struct answer none =
        ask_with("PATCH", plan_path(id, ""), "loku",
                 "{\"values\":[{\"indicator\":\"births\",\"value\":null}]}", plan_if_match(id));
    expect_fault(none, 422, "invalid-content", "/values/0/value entered-by-village");
    cr_expect_str_eq(births(id, "value"), "9");
    struct answer same = ask_with(
        "PATCH", plan_path(id, ""), "loku",
        "{\"values\":[{\"indicator\":\"births\",\"value\":9,\"status\":\"OFFICIAL\"}]}", plan_if_match(id));
    cr_expect_eq(same.status, 200, "the sum itself is no other total: %s", same.text);
    cr_expect_str_eq(births(id, "status"), "OFFICIAL");
    enter(id, "2");
    cr_expect_str_eq(births(id, "status"), "OFFICIAL", "the status is the officer's to say");
    cr_expect_str_eq(births(id, "value"), "10");
}

Test(village_values, hold_in_the_database_whoever_writes)
{
    long id = plan_draft(&lo_ku, "2022", "");
    enter(id, "1 1 1 1 1 1 1 1 1");
    static const char *const attempts[] = {
        "update app.submission_value v set value = 10 from app.indicator i where i.id = v.indicator_id and i.code = 'births'",
        "delete from app.submission_value v using app.indicator i where i.id = v.indicator_id and i.code = 'births'",
        "update app.submission_value v set value = null, missing_reason = 'not_collected' from app.indicator i where i.id = v.indicator_id and i.code = 'births'",
        "update app.village_value set village_id = (select id from app.unit where code = 'kbang-town') where value = 1",
    };
    for (size_t i = 0; i < COUNT(attempts); i++)
        cr_expect_str_eq(
            world_value(text_of(
                "create or replace function pg_temp.attempt() returns text language plpgsql as $$ begin %s; "
                "return 'done'; exception when others then return 'refused'; end $$; select pg_temp.attempt()",
                attempts[i])),
            "refused", "%s", attempts[i]);
    cr_expect_str_eq(births(id, "value"), "9");
}

Test(village_values, tell_all_that_is_wrong_at_once)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer wrong = ask_with(
        "PATCH", villages_path(id), "loku",
        "{\"values\":[{\"village\":\"kbang-kon-pne\",\"indicator\":\"births\",\"value\":1},"
        "{\"village\":\"kbang-lo-ku-01\",\"indicator\":\"births\",\"value\":-1},"
        "{\"village\":\"kbang-lo-ku-01\",\"indicator\":\"births\",\"value\":1.5},"
        "{\"village\":\"kbang-lo-ku-02\",\"indicator\":\"ntm_commune_criteria\",\"value\":1},"
        "{\"village\":\"kbang-lo-ku-02\",\"indicator\":\"poverty_rate\",\"value\":1},"
        "{\"village\":\"kbang-lo-ku-02\",\"indicator\":\"rice\",\"value\":1},"
        "{\"village\":\"kbang-lo-ku-03\",\"indicator\":\"births\"},"
        "{\"village\":\"kbang-lo-ku-04\",\"indicator\":\"births\",\"value\":1,\"missing_reason\":\"not_applicable\"}],"
        "\"proposals\":[{\"id\":7,\"decision\":\"take\"},{\"id\":7,\"decision\":\"refuse\"}]}",
        plan_if_match(id));
    expect_problem(wrong, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&wrong), "/proposals/0/id unknown-proposal\n"
                                        "/proposals/1/id duplicate-proposal\n"
                                        "/proposals/1/id unknown-proposal\n"
                                        "/proposals/1/reason missing-member\n"
                                        "/values/0/village not-your-village\n"
                                        "/values/1/value below-minimum\n"
                                        "/values/2/indicator duplicate-indicator\n"
                                        "/values/2/value too-many-decimals\n"
                                        "/values/3/indicator not-by-village\n"
                                        "/values/3/value pair-expected\n"
                                        "/values/4/indicator not-by-village\n"
                                        "/values/4/value computed-indicator\n"
                                        "/values/5/indicator unknown-indicator\n"
                                        "/values/6 one-of-value\n"
                                        "/values/7 one-of-value\n");
    cr_expect_str_eq(world_value("select count(*) from app.village_value"), "0");
}

Test(village_values, are_written_by_the_communes_officers_alone)
{
    long id = plan_draft(&lo_ku, "2022", "");
    expect_problem(villages_enter(id, "loku-lead", "births", "1"), 403, "forbidden");
    expect_problem(villages_enter(id, "loku-village", "births", "1"), 404, "not-found");
    expect_problem(villages_enter(id, "konpne", "births", "1"), 404, "not-found");
    expect_problem(villages_enter(id, "kbang", "births", "1"), 404, "not-found");
    expect_fault(villages_enter(id, "loku-culture", "births", "1"), 422, "invalid-content",
                 "/values/0/indicator not-your-field");
    struct answer culture =
        villages_enter(id, "loku-culture", "families_cultural", "40 40 40 40 40 40 40 40 40");
    cr_expect_eq(culture.status, 200, "%s", culture.text);
    cr_expect_str_eq(at(&culture, "/sums/0/value"), "360");
}

Test(village_values, tell_the_difference_to_whoever_comes_late)
{
    long id = plan_draft(&lo_ku, "2022", "");
    const char *stale = plan_if_match(id);
    enter(id, "4 5");
    struct answer late =
        ask_with("PATCH", villages_path(id), "loku", villages_change("births", "6 5 7"), stale);
    expect_problem(late, 412, "stale-version");
    cr_expect_str_eq(at(&late, "/changed/0/pointer"), "/values/0");
    cr_expect_str_eq(at(&late, "/changed/0/yours/value"), "6");
    cr_expect_str_eq(at(&late, "/changed/0/current/value"), "4");
    cr_expect_str_eq(at(&late, "/changed/0/by"), "Tài khoản loku");
    cr_expect_str_eq(at(&late, "/changed/1/pointer"), "/values/2");
    cr_expect_str_eq(at(&late, "/changed/2"), "(absent)");
    expect_problem(ask("PATCH", villages_path(id), "loku", villages_change("births", "1")), 428,
                   "precondition-required");
}

Test(village_values, are_complete_in_what_is_submitted)
{
    long id = plan_draft(&lo_ku, "2022", "births=-");
    enter(id, "1 1 1 1 1 1 1");
    struct answer early = plan_step(id, "loku-lead", "submit", NULL);
    expect_problem(early, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&early), "/values not-answered\n/values villages-missing\n");
    cr_expect_not_null(strstr(at(&early, "/errors/1/params/villages"), "8"), "%s", early.text);
    struct answer said = get(plan_path(id, "/validation"), "loku");
    cr_expect_str_eq(faults_of(&said), faults_of(&early));
    enter(id, "_ _ _ _ _ _ _ 30 x");
    cr_assert_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
    struct answer seen = get(villages_path(id), "kbang");
    cr_expect_str_eq(villages_figure(&seen, "births", "values/7/value"), "30",
                     "the district sees what was submitted");
    expect_problem(villages_enter(id, "loku", "births", "2"), 409, "illegal-transition");
    cr_assert_eq(plan_step(id, "kbang", "return", "Xem lại số sinh.").status, 200);
    enter(id, "_ _ _ _ _ _ _ 40 _");
    struct answer reworked = get(villages_path(id), "kbang");
    cr_expect_str_eq(at(&reworked, "/indicators"), "[]", "and not what is being reworked");
    struct answer steps = get(plan_path(id, "/transitions"), "kbang");
    cr_expect_not_null(strstr(steps.text, "{\"value\": 30, \"village\": \"kbang-lo-ku-08\"}"), "%s",
                       steps.text);
    cr_expect_null(strstr(steps.text, "{\"value\": 40, \"village\""), "%s", steps.text);
}

Test(village_values, name_who_entered_a_part_as_a_writer)
{
    long id = plan_draft(&lo_ku, "2022", "");
    world_sql(
        "insert into app.account_role select a.id, 'COMMUNE_LEADER', u.id from app.account a, app.unit u "
        "where a.login = 'loku-culture' and u.code = 'kbang-lo-ku'");
    struct answer one = villages_enter(id, "loku-culture", "families_cultural", "1");
    cr_assert_eq(one.status, 200, "%s", one.text);
    expect_problem(plan_step(id, "loku-culture", "submit", NULL), 403, "four-eyes");
}

Test(village_values, stand_still_after_the_lock)
{
    long id = plan_draft(&lo_ku, "2022", "");
    world_sql("update app.period set locks_at = now() where code = '2022'");
    expect_problem(villages_enter(id, "loku", "births", "1"), 423, "locked");
}

Test(village_values, are_of_the_villages_on_the_last_day_of_the_period)
{
    world_sql("update app.unit_parent set valid = daterange(lower(valid), '2022-06-30') where unit_id = "
              "(select id from app.unit where code = 'kbang-lo-ku-09')");
    long id = plan_draft(&lo_ku, "2022", "");
    expect_fault(villages_enter(id, "loku", "births", "1 1 1 1 1 1 1 1 1"), 422, "invalid-content",
                 "/values/8/village not-your-village");
    struct answer done = enter(id, "1 1 1 1 1 1 1 1");
    cr_expect_str_eq(at(&done, "/sums/0/value"), "8");
}

Test(village_values, are_not_overruled_by_a_file)
{
    long id = plan_draft(&lo_ku, "2022", "");
    enter(id, "1 1 1 1 1 1 1 1 1");
    static const char file[] = "indicator,value\nbirths,60\ndeaths,20\n";
    const char *path = "/v1/imports?unit=kbang-lo-ku&period=2022&mode=partial",
               *csv = "Content-Type: text/csv";
    struct answer other = ask_with("POST", path, "loku", file, csv);
    cr_expect_eq(other.status, 201, "%s", other.text);
    cr_expect_str_eq(at(&other, "/errors/0/cell"), "B2");
    cr_expect_str_eq(at(&other, "/errors/0/code"), "entered-by-village");
    cr_expect_str_eq(at(&other, "/rows/updated"), "1");
    cr_expect_str_eq(births(id, "value"), "9");
    struct answer same = ask_with("POST", path, "loku", "indicator,value\nbirths,9\n", csv);
    cr_expect_str_eq(at(&same, "/rows/unchanged"), "1", "%s", same.text);
}
