/* submission_create: POST /v1/submissions.  What is wrong with a body is in submission_faults.c. */
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(submission_create, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer create(const char *login, const char *body)
{
    return ask("POST", "/v1/submissions", login, body);
}

/* Read the submission that Lơ Ku made of these figures of the year. */
static struct answer read_back(const char *figures)
{
    return ask("GET", plan_path(plan_draft(&lo_ku, "2022", figures), ""), "loku", NULL);
}

Test(submission_create, starts_a_draft_that_can_be_read_back)
{
    struct answer made = create("loku", plan_body("kbang-lo-ku", "2022", ""));
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(made.location, "/v1/submissions/1");
    cr_expect_str_eq(made.etag, "\"1-1\"");
    cr_expect_str_eq(at(&made, "/value_count"), "41");

    struct answer read = ask("GET", made.location, "loku", NULL);
    cr_expect_eq(read.status, 200);
    cr_expect_str_eq(read.etag, made.etag);
    cr_expect_str_eq(at(&read, "/form"), "ktxh-nam");
    cr_expect_str_eq(at(&read, "/unit"), "kbang-lo-ku");
    cr_expect_str_eq(at(&read, "/unit_name"), "xã Lơ Ku");
    cr_expect_str_eq(at(&read, "/period"), "2022");
    cr_expect_str_eq(at(&read, "/receiver"), "kbang");
    cr_expect_str_eq(at(&read, "/state"), "draft");
    cr_expect_str_eq(at(&read, "/created_by"), "Tài khoản loku");
    cr_expect_str_eq(at(&read, "/submitted_at"), "null");
    cr_expect_str_eq(at(&read, "/allowed_actions"), "[\"edit\"]");
}

Test(submission_create, needs_no_figures_to_start)
{
    struct answer made =
        create("loku", "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/value_count"), "0");
    struct answer read = ask("GET", made.location, "loku", NULL);
    cr_expect_str_eq(at(&read, "/values"), "[]");
}

Test(submission_create, keeps_the_date_of_the_figures_and_the_note)
{
    struct answer made = create("loku", "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\","
                                        "\"as_of_date\":\"2022-12-14\",\"note\":\"Hạn hán\\nở 2 làng.\"}");
    struct answer read = ask("GET", made.location, "loku", NULL);
    cr_expect_str_eq(at(&read, "/as_of_date"), "2022-12-14");
    cr_expect_str_eq(at(&read, "/note"), "Hạn hán\nở 2 làng.");
}

Test(submission_create, keeps_every_digit_of_a_figure)
{
    static const struct {
        const char *figure, *indicator, *digits;
    } cases[] = {
        {"grain_output=9007.4", "grain_output", "9007.4"},
        {"grain_output=9007.40", "grain_output", "9007.4"},
        {"grain_output=9007.0", "grain_output", "9007"},
        {"grain_output=9.0074e3", "grain_output", "9007.4"},
        {"grain_output=\"9007.4\"", "grain_output", "9007.4"},
        {"grain_output=\"9007.400\"", "grain_output", "9007.4"},
        {"grain_output=0", "grain_output", "0"},
        {"grain_output=0.0", "grain_output", "0"},
        {"grain_output=-0", "grain_output", "0"},
        {"grain_output=0.1", "grain_output", "0.1"},
        {"grain_output=123456789012345.6", "grain_output", "123456789012345.6"},
        {"grain_output=\"123456789012345.6\"", "grain_output", "123456789012345.6"},
        {"grain_output=999999999999999", "grain_output", "999999999999999"},
        {"livestock_cattle=1110", "livestock_cattle", "1110"},
        {"livestock_cattle=\"1110\"", "livestock_cattle", "1110"},
        {"livestock_cattle=1e3", "livestock_cattle", "1000"},
        {"income_per_capita=32.01", "income_per_capita", "32.01"},
        {"land_cert_area=0.10", "land_cert_area", "0.1"},
    };
    long id = plan_draft(&lo_ku, "2022", "grain_output=-");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer done =
            ask_with("PATCH", plan_path(id, ""), "loku", plan_change(cases[i].figure), plan_if_match(id));
        struct answer read = ask("GET", plan_path(id, ""), "loku", NULL);
        cr_expect_eq(done.status, 200, "%s: %s", cases[i].figure, done.text);
        cr_expect_str_eq(digits_of(&read, cases[i].indicator, "value"), cases[i].digits, "%s",
                         cases[i].figure);
    }
}

Test(submission_create, tells_zero_from_no_figure_and_from_no_answer)
{
    struct answer read = read_back("births=0 deaths=!not_collected livestock_pig=-");
    cr_expect_str_eq(figure_of(&read, "births", "value"), "0");
    cr_expect_str_eq(figure_of(&read, "births", "missing_reason"), "null");
    cr_expect_str_eq(figure_of(&read, "deaths", "value"), "null");
    cr_expect_str_eq(figure_of(&read, "deaths", "missing_reason"), "not_collected");
    cr_expect_str_eq(figure_of(&read, "livestock_pig", "value"), "(absent)");
}

Test(submission_create, takes_a_value_of_null_for_no_answer)
{
    struct answer read = read_back("births=null");
    cr_expect_str_eq(figure_of(&read, "births", "value"), "(absent)");
}

Test(submission_create, knows_four_reasons_why_there_is_no_figure)
{
    struct answer read = read_back("births=!not_available deaths=!not_collected grain_output=!not_applicable "
                                   "income_per_capita=!confidential");
    cr_expect_str_eq(figure_of(&read, "births", "missing_reason"), "not_available");
    cr_expect_str_eq(figure_of(&read, "deaths", "missing_reason"), "not_collected");
    cr_expect_str_eq(figure_of(&read, "grain_output", "missing_reason"), "not_applicable");
    cr_expect_str_eq(figure_of(&read, "income_per_capita", "missing_reason"), "confidential");
}

Test(submission_create, keeps_criteria_met_as_a_pair)
{
    struct answer read = read_back("ntm_commune_criteria=13/19");
    cr_expect_str_eq(figure_of(&read, "ntm_commune_criteria", "numerator"), "13");
    cr_expect_str_eq(figure_of(&read, "ntm_commune_criteria", "denominator"), "19");
    cr_expect_str_eq(figure_of(&read, "ntm_commune_criteria", "value"), "13");
}

Test(submission_create, keeps_a_status_as_true_or_false)
{
    struct answer read = read_back("ntm_commune_c01=true ntm_commune_c15=false");
    cr_expect_str_eq(figure_of(&read, "ntm_commune_c01", "value"), "true");
    cr_expect_str_eq(figure_of(&read, "ntm_commune_c15", "value"), "false");
}

Test(submission_create, computes_totals_and_rates_and_says_so)
{
    struct answer read = read_back("");
    cr_expect_str_eq(figure_of(&read, "livestock_total", "value"), "3027");
    cr_expect_str_eq(figure_of(&read, "livestock_total", "computed"), "true");
    cr_expect_str_eq(figure_of(&read, "livestock_pig", "computed"), "false");
    cr_expect_str_eq(figure_of(&read, "grain_per_capita", "value"), "2720");
    cr_expect_str_eq(figure_of(&read, "poverty_rate", "value"), "26.88");
    cr_expect_str_eq(figure_of(&read, "poverty_rate", "numerator"), "215");
    cr_expect_str_eq(figure_of(&read, "poverty_rate", "denominator"), "800");
}

Test(submission_create, lets_a_computed_rate_be_negative)
{
    struct answer read = read_back("births=10 deaths=21");
    cr_expect_str_eq(figure_of(&read, "natural_pop_growth_rate", "value"), "-0.33");
    cr_expect_str_eq(figure_of(&read, "natural_pop_growth_rate", "numerator"), "-11");
}

Test(submission_create, computes_no_total_while_a_part_is_missing)
{
    struct answer read = read_back("livestock_goat=- households_total=!not_available");
    cr_expect_str_eq(figure_of(&read, "livestock_total", "value"), "(absent)");
    cr_expect_str_eq(figure_of(&read, "poverty_rate", "value"), "(absent)");
}

Test(submission_create, takes_a_part_that_does_not_apply_for_none_of_the_total)
{
    struct answer read = read_back("livestock_goat=!not_applicable boarding_school_standard=!not_applicable");
    cr_expect_str_eq(figure_of(&read, "livestock_total", "value"), "2107");
    cr_expect_str_eq(figure_of(&read, "national_standard_maintained", "value"), "2");
    cr_expect_str_eq(figure_of(&read, "national_standard_maintained", "denominator"), "2");
}

Test(submission_create, computes_no_rate_of_nobody)
{
    struct answer read = read_back("children_u5_measured=0 children_u5_malnourished=0");
    cr_expect_str_eq(figure_of(&read, "child_malnutrition_rate", "value"), "null");
    cr_expect_str_eq(figure_of(&read, "child_malnutrition_rate", "denominator"), "0");
}

Test(submission_create, keeps_how_sure_a_figure_is_and_its_note)
{
    struct answer made =
        create("loku", "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",\"values\":["
                       "{\"indicator\":\"births\",\"value\":60,\"status\":\"ESTIMATE\",\"note\":\"ước\"},"
                       "{\"indicator\":\"deaths\",\"value\":21}]}");
    struct answer read = ask("GET", made.location, "loku", NULL);
    cr_expect_str_eq(figure_of(&read, "births", "status"), "ESTIMATE");
    cr_expect_str_eq(figure_of(&read, "births", "note"), "ước");
    cr_expect_str_eq(figure_of(&read, "deaths", "status"), "PROVISIONAL");
    cr_expect_str_eq(figure_of(&read, "deaths", "note"), "null");
}

Test(submission_create, stores_decomposed_vietnamese_composed)
{
    struct answer made =
        create("loku", "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\","
                       "\"note\":\"Vie\xcc\xa3\xcc\x82t\",\"values\":[{\"indicator\":\"births\","
                       "\"value\":60,\"note\":\"e\\u0323\\u0302\"}]}");
    struct answer read = ask("GET", made.location, "loku", NULL);
    cr_expect_str_eq(at(&read, "/note"), "Vi\xe1\xbb\x87t");
    cr_expect_str_eq(figure_of(&read, "births", "note"), "\xe1\xbb\x87");
}

Test(submission_create, marks_what_a_demonstration_account_enters_as_invented)
{
    world_sql("update app.account set demo = true where login = 'konpne'");
    struct answer real = create("loku", plan_body("kbang-lo-ku", "2022", ""));
    struct answer demo = create("konpne", plan_body("kbang-kon-pne", "2022", ""));
    cr_expect_str_eq(at(&real, "/invented"), "false");
    cr_expect_str_eq(at(&demo, "/invented"), "true");
}

Test(submission_create, refuses_a_second_one_and_says_where_the_first_is)
{
    create("loku", plan_body("kbang-lo-ku", "2022", ""));
    struct answer again = create("loku", plan_body("kbang-lo-ku", "2022", "grain_output=1"));
    cr_expect_eq(again.status, 409);
    cr_expect_str_eq(again.type, "application/problem+json");
    cr_expect_str_eq(at(&again, "/code"), "already-exists");
    cr_expect_str_eq(at(&again, "/existing/href"), "/v1/submissions/1");
    cr_expect_str_eq(at(&again, "/existing/etag"), "\"1-1\"");
    cr_expect_str_eq(at(&again, "/existing/state"), "draft");
    cr_expect_str_eq(at(&again, "/allowed_actions"), "[\"edit\"]");

    struct answer read = ask("GET", "/v1/submissions/1", "loku", NULL);
    cr_expect_str_eq(figure_of(&read, "grain_output", "value"), "9007.4",
                     "the second one must change nothing");
}

Test(submission_create, makes_one_of_the_same_report_sent_many_times_at_once)
{
    enum { SENDERS = 8 };
    struct wish wishes[SENDERS];
    int status[SENDERS];
    for (int i = 0; i < SENDERS; i++)
        wishes[i] =
            (struct wish){"POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022", ""), NULL};
    ask_together(wishes, SENDERS, status);
    cr_expect_eq(count_of(status, SENDERS, 201), 1);
    cr_expect_eq(count_of(status, SENDERS, 409), SENDERS - 1);
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "1");
    cr_expect_str_eq(world_value("select count(*) from app.submission_value"), "41");
}

Test(submission_create, is_possible_for_every_form_of_its_own_period)
{
    static const char *const periods[] = {"2022", "2022-H1", "2022-Q1", "2022-03"};
    for (size_t i = 0; i < COUNT(periods); i++)
        cr_expect_eq(create("loku", plan_body("kbang-lo-ku", periods[i], "")).status, 201, "%s", periods[i]);
}

Test(submission_create, comes_too_late_after_the_lock)
{
    world_sql("update app.period set locks_at = now() where code = '2022'");
    struct answer late = create("loku", plan_body("kbang-lo-ku", "2022", ""));
    cr_expect_eq(late.status, 423);
    cr_expect_str_eq(at(&late, "/code"), "locked");
    cr_expect_str_eq(at(&late, "/lock/reason"), "period_locked");
    cr_expect_str_eq(at(&late, "/lock/unlock/href"), "/v1/extensions");
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "0");
}

Test(submission_create, is_for_units_of_ones_own_level)
{
    static const struct {
        const char *login, *unit;
        int status;
    } cases[] = {
        {"loku", "kbang-lo-ku-01", 403}, {"loku-village", "kbang-lo-ku-01", 403},
        {"kbang", "kbang", 404},         {"loku", "kbang", 404},
        {"kbang-lead", "kbang", 404},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *body =
            text_of("{\"form\":\"ktxh-nam\",\"unit\":\"%s\",\"period\":\"2022\"}", cases[i].unit);
        cr_expect_eq(create(cases[i].login, body).status, cases[i].status, "%s: %s", cases[i].login,
                     cases[i].unit);
    }
}

struct caller {
    const char *login, *code;
    int status;
};

static const struct caller callers[] = {
    {"loku-lead", "forbidden", 403},
    {"loku-culture", "forbidden", 403},
    {"loku-front", "forbidden", 403},
    {"loku-council", "forbidden", 403},
    {"reader", "insufficient-scope", 403},
    {"loku-village", "not-found", 404},
    {"konpne", "not-found", 404},
    {"konpne-lead", "not-found", 404},
    {"kbang", "not-found", 404},
    {"kbang-lead", "not-found", 404},
    {"kbang-viewer", "not-found", 404},
    {"province", "not-found", 404},
    {"admin", "not-found", 404},
    {"nobody", "not-found", 404},
    {"expired", "unauthenticated", 401},
    {"revoked", "unauthenticated", 401},
    {"disabled", "unauthenticated", 401},
    {NULL, "unauthenticated", 401},
    {"loku", "(absent)", 201}, /* last: it leaves something behind */
};

Test(submission_create, is_for_the_office_and_statistics_officer_of_the_commune)
{
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer answer = create(who->login, plan_body("kbang-lo-ku", "2022", ""));
        cr_expect_eq(answer.status, who->status, "%s: %s", who->login, answer.text);
        cr_expect_str_eq(at(&answer, "/code"), who->code);
        cr_expect_str_eq(world_value("select count(*) from app.submission"), who->status == 201 ? "1" : "0");
    }
}
