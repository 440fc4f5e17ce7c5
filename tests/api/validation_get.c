/* validation_get, justification_create: GET /v1/submissions/{id}/validation, POST …/justifications; and what
 * rules keep from being submitted. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(validation_get, .init = world_open, .fini = world_close, .timeout = 120);
TestSuite(justification_create, .init = world_open, .fini = world_close, .timeout = 120);

static struct answer validation(long id, const char *login)
{
    return get(plan_path(id, "/validation"), login);
}

/* A member of what a rule says; "(none)" when it says nothing of this report. */
static const char *finding(const struct answer *validation, const char *rule, const char *member)
{
    for (int i = 0;; i++) {
        const char *code = at(validation, text_of("/findings/%d/rule", i));
        if (strcmp(code, "(absent)") == 0)
            return "(none)";
        if (strcmp(code, rule) == 0)
            return at(validation, text_of("/findings/%d/%s", i, member));
    }
}

static const char *outcome(long id, const char *rule)
{
    struct answer v = validation(id, "loku");
    return finding(&v, rule, "outcome");
}

static struct answer justify(long id, const char *login, const char *rule, const char *text)
{
    return ask("POST", plan_path(id, "/justifications"), login,
               text_of("{\"rule\":\"%s\",\"text\":\"%s\"}", rule, text));
}

static void change(long id, const char *figures)
{
    struct answer done =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change(figures), plan_if_match(id));
    cr_assert_eq(done.status, 200, "%s", done.text);
}

/* The rules for which a problem refuses. */
static const char *rules_of(const struct answer *problem)
{
    const char *rules = "";
    for (int i = 0;; i++) {
        const char *code = at(problem, text_of("/errors/%d/code", i));
        if (strcmp(code, "(absent)") == 0)
            return rules;
        rules = text_of("%s%s %s\n", rules, code, at(problem, text_of("/errors/%d/params/rule", i)));
    }
}

Test(validation_get, passes_a_report_in_order)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer v = validation(id, "loku");
    cr_assert_eq(v.status, 200, "%s", v.text);
    cr_expect_str_eq(at(&v, "/passes"), "true");
    cr_expect_str_eq(at(&v, "/errors"), "[]");
    cr_expect_str_eq(at(&v, "/state"), "draft");
    cr_expect_str_eq(finding(&v, "poor-households", "outcome"), "passed");
    cr_expect_str_eq(finding(&v, "poor-households", "figure"), "215");
    cr_expect_str_eq(finding(&v, "poor-households", "high"), "800");
    cr_expect_str_eq(finding(&v, "poor-households", "low"), "null");
    cr_expect_str_eq(finding(&v, "poor-households", "indicators"),
                     "[\"households_poor\",\"households_total\"]");
    cr_expect_str_eq(finding(&v, "poor-and-near-poor-households", "outcome"), "not_judged",
                     "without near-poor households nothing can be said");
    cr_expect_str_eq(finding(&v, "population-by-grain", "low"), "3147.123943");
    cr_expect_str_eq(finding(&v, "criteria-kept", "outcome"), "not_judged", "there is nothing before");
    cr_expect_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
}

/* Do both texts have the same lines, in whatever order? */
static bool same_lines(const char *one, const char *other)
{
    bool same = strlen(one) == strlen(other);
    for (size_t length; same && *one; one += length) {
        length = strcspn(one, "\n") + 1;
        same = strstr(other, text_of("%.*s", (int)length, one)) != NULL;
    }
    return same;
}

Test(validation_get, says_what_a_submit_says)
{
    static const char *const changes[] = {
        "households_poor=801",
        "households_bhyt=801 sec_safe_schools=3 ntm_commune_criteria=1/19",
        "population_avg=2000 income_per_capita=32500",
        "children_u5_malnourished=301 villages_cultural=10",
        "households_total=0 households_poor=5",
    };
    long id = plan_draft(&lo_ku, "2022", "births=- deaths=-");
    for (size_t i = 0; i < COUNT(changes); i++) {
        change(id, changes[i]);
        struct answer v = validation(id, "loku-lead"), refused = plan_step(id, "loku-lead", "submit", NULL);
        cr_expect_eq(refused.status, 422, "%s: %s", changes[i], refused.text);
        cr_expect_str_eq(at(&v, "/passes"), "false");
        cr_expect(same_lines(faults_of(&v), faults_of(&refused)), "%s: %s", changes[i], faults_of(&refused));
        cr_expect(same_lines(rules_of(&v), rules_of(&refused)), "%s: %s", changes[i], rules_of(&refused));
    }
}

Test(validation_get, blocks_what_cannot_be)
{
    static const struct {
        const char *figures, *rules;
    } cases[] = {
        {"households_poor=800", ""},
        {"households_poor=801", "rule-broken poor-households\n"},
        {"households_poor=500 households_near_poor=301", "rule-broken poor-and-near-poor-households\n"},
        {"households_poor=500 households_near_poor=300", ""},
        {"households_grid=801", "rule-broken grid-households\n"},
        {"children_u5_malnourished=301", "rule-broken malnourished-children\n"},
        {"children_u5_measured=0 children_u5_malnourished=1", "rule-broken malnourished-children\n"},
        {"children_u5_measured=0 children_u5_malnourished=0", ""},
        {"sec_safe_agencies=5", "rule-broken safe-agencies\n"},
        {"ntm_commune_criteria=1/19", "rule-broken commune-criteria\n"},
        {"ntm_commune_criteria=1/19 ntm_commune_c15=false", ""},
        {"households_bhyt=!not_available", ""},
        {"households_total=!not_collected", ""},
    };
    long id = plan_draft(&lo_ku, "2022", "");
    for (size_t i = 0; i < COUNT(cases); i++) {
        change(id, cases[i].figures);
        struct answer v = validation(id, "loku");
        cr_expect_str_eq(rules_of(&v), cases[i].rules, "%s", cases[i].figures);
        change(id,
               "households_poor=215 households_near_poor=- households_grid=800 children_u5_malnourished=62 "
               "children_u5_measured=300 sec_safe_agencies=4 ntm_commune_criteria=13/19 "
               "ntm_commune_c15=true households_bhyt=770");
    }
}

Test(validation_get, warns_of_what_is_unusual_until_it_is_justified)
{
    long id = plan_draft(&lo_ku, "2022", "population_avg=3000");
    struct answer refused = plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_eq(refused.status, 422);
    cr_expect_str_eq(rules_of(&refused), "justification-missing population-by-grain\n");
    cr_expect(strstr(at(&refused, "/errors/0/detail"), "3147.123943 – 3478.400147"), "%s", refused.text);
    struct answer made = justify(id, "loku", "population-by-grain", " Số dân theo tổng\\nđiều tra. ");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/figure"), "3000");
    cr_expect_str_eq(at(&made, "/role"), "OFFICE_STAT_OFFICER");
    cr_expect_str_eq(at(&made, "/text"), "Số dân theo tổng\nđiều tra.");
    cr_expect_str_eq(outcome(id, "population-by-grain"), "justified");

    change(id, "population_avg=2900");
    cr_expect_str_eq(outcome(id, "population-by-grain"), "failed", "it was written for other figures");
    change(id, "population_avg=3000");
    cr_expect_str_eq(outcome(id, "population-by-grain"), "justified");
    struct answer v = validation(id, "kbang");
    cr_expect_eq(v.status, 404, "a draft");
    cr_assert_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
    v = validation(id, "kbang");
    cr_expect_str_eq(finding(&v, "population-by-grain", "outcome"), "justified", "the reviewer sees it");
    cr_expect_str_eq(finding(&v, "population-by-grain", "justification/by"), "Tài khoản loku");
    struct answer shown = get(plan_path(id, ""), "kbang");
    cr_expect_str_eq(at(&shown, "/justifications/0/rule"), "population-by-grain");
    cr_expect_str_eq(at(&shown, "/justifications/0/figure"), "3000");
}

Test(validation_get, does_not_let_what_was_reported_fall_unexplained)
{
    plan_accepted(&lo_ku, "2022-Q1", "births=20 grain_output=100");
    plan_submitted(&lo_ku, "2022-Q2", "births=30 grain_output=50");
    long half = plan_draft(&lo_ku, "2022-H1", "births=49 grain_output=150");
    struct answer v = validation(half, "loku");
    cr_expect_str_eq(finding(&v, "births-cumulative", "outcome"), "failed");
    cr_expect_str_eq(finding(&v, "births-cumulative", "low"), "50");
    cr_expect_str_eq(finding(&v, "grain-output-cumulative", "outcome"), "passed");
    long later = plan_draft(&lo_ku, "2022-Q3", "births=1 grain_output=1");
    v = validation(later, "loku");
    cr_expect_str_eq(finding(&v, "births-cumulative", "outcome"), "not_judged",
                     "a quarter's births are its own: they may be fewer than the last one's");
    plan_draft(&lo_ku, "2022-03", "");
    cr_expect_str_eq(outcome(half, "new-forest-area-cumulative"), "failed", "Q1 and Q2 say 80");
    cr_expect_str_eq(finding(&v, "new-forest-area-cumulative", "outcome"), "not_judged",
                     "a draft of March says nothing yet");
}

Test(validation_get, compares_with_the_period_before_that_was_submitted)
{
    world_sql(
        "insert into app.period (code, frequency, year, ordinal, starts_on, ends_on)"
        " values ('2021', 'year', 2021, 1, '2020-12-15', '2021-12-14'), ('2020', 'year', 2020, 1, '2019-12-15', '2020-12-14')");
    world_sql("update app.form set valid = '[2019-01-01,)' where code = 'ktxh-nam';"
              "update app.indicator_version set valid = '[2019-01-01,)' where lower(valid) = '2021-01-01'");
    plan_submitted(&lo_ku, "2020", "ntm_commune_criteria=14/19");
    long before = plan_draft(&lo_ku, "2021", "ntm_commune_criteria=15/19");
    long id = plan_draft(&lo_ku, "2022", "population_end=3400");
    struct answer v = validation(id, "loku");
    cr_expect_str_eq(finding(&v, "criteria-kept", "low"), "14", "of 2020: 2021 is still a draft");
    plan_step(before, "loku-lead", "submit", NULL);
    v = validation(id, "loku");
    cr_expect_str_eq(finding(&v, "criteria-kept", "low"), "15");
    cr_expect_str_eq(finding(&v, "criteria-kept", "outcome"), "failed");
    cr_expect_str_eq(finding(&v, "population-over-the-year", "outcome"), "not_judged");
}

struct seer {
    const char *login;
    int draft, submitted;
};

static const struct seer seers[] = {
    {"loku", 200, 200},       {"loku-lead", 200, 200},    {"loku-culture", 200, 200},
    {"loku-front", 200, 200}, {"loku-village", 404, 404}, {"konpne", 404, 404},
    {"kbang", 404, 200},      {"kbang-viewer", 404, 200}, {"province", 404, 404},
    {"admin", 404, 404},      {"nobody", 404, 404},       {"reader", 200, 200},
    {"expired", 401, 401},    {NULL, 401, 401},
};

Test(validation_get, is_for_who_sees_the_report)
{
    long draft = plan_draft(&lo_ku, "2022", ""), submitted = plan_submitted(&lo_ku, "2022-H1", "");
    for (const struct seer *who = seers; who < seers + COUNT(seers); who++) {
        cr_expect_eq(validation(draft, who->login).status, who->draft, "%s", who->login);
        cr_expect_eq(validation(submitted, who->login).status, who->submitted, "%s", who->login);
    }
}

Test(validation_get, keeps_what_is_being_reworked_from_the_district)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    plan_step(id, "kbang", "return", "Xem lại.");
    change(id, "population_avg=3000");
    cr_assert_eq(justify(id, "loku-lead", "population-by-grain", "Đã đối chiếu.").status, 201);
    struct answer v = validation(id, "kbang");
    cr_expect_str_eq(at(&v, "/findings"), "[]");
    cr_expect_str_eq(at(&v, "/errors"), "[]");
    cr_expect_str_eq(at(&v, "/passes"), "false");
    struct answer shown = get(plan_path(id, ""), "kbang");
    cr_expect_str_eq(at(&shown, "/justifications"), "[]");
    cr_expect_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
    shown = get(plan_path(id, ""), "kbang");
    cr_expect_str_eq(at(&shown, "/justifications/0/text"), "Đã đối chiếu.");
    shown = get(plan_path(id, ""), "province");
    cr_expect_eq(shown.status, 404);
}

Test(validation_get, holds_whoever_writes)
{
    long id = plan_draft(&lo_ku, "2022", "households_poor=801 population_avg=3000");
    const char *submit = text_of("update app.submission set state = 'submitted' where id = %ld", id);
    cr_expect_str_eq(service_tries("loku-lead", submit), "!TD422", "the trigger refuses it too");
    change(id, "households_poor=215 population_avg=3312");
    cr_expect_str_eq(service_tries("loku-lead", submit), "1");
    const char *lie = text_of("insert into app.justification (submission_id, unit_id, rule_id, figure, text) "
                              "select s.id, s.unit_id, r.id, 1, 'x' from app.submission s, app.rule r "
                              "where s.id = %ld and r.code = 'population-by-grain'",
                              id);
    cr_expect_str_eq(service_tries("loku", lie), "!TD403", "nothing to justify");
    cr_expect_str_eq(service_tries("loku", "update app.justification set text = 'x'"), "!42501");
    cr_expect_str_eq(service_tries("admin", "update app.rule set severity = 'info'"), "!42501");
}

Test(justification_create, tells_all_faults_at_once)
{
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"{}", "/rule missing-member\n/text missing-member\n"},
        {"{\"rule\":\"nothing\",\"text\":\" \"}", "/rule unknown-rule\n/text too-short\n"},
        {"{\"rule\":\"population-by-grain\",\"text\":1,\"by\":\"x\"}",
         "/by unknown-member\n/text wrong-type\n"},
        {"{\"rule\":\"household-size\",\"text\":\"x\"}", "/rule nothing-to-justify\n"},
        {"{\"rule\":\"poor-households\",\"text\":\"x\"}", "/rule nothing-to-justify\n"},
        {"{\"rule\":\"criteria-kept\",\"text\":\"x\"}", "/rule nothing-to-justify\n"},
    };
    long id = plan_draft(&lo_ku, "2022", "population_avg=3000 households_poor=801");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = ask("POST", plan_path(id, "/justifications"), "loku", cases[i].body);
        cr_expect_eq(bad.status, 422, "%s: %s", cases[i].body, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].body);
    }
    cr_expect_str_eq(world_value("select count(*) from app.justification"), "0");
}

struct caller {
    const char *login;
    int status;
};

static const struct caller callers[] = {
    {"loku", 201},         {"loku-lead", 201}, {"loku-culture", 403}, {"loku-front", 403},
    {"loku-council", 403}, {"konpne", 404},    {"kbang", 404},        {"province", 404},
    {"reader", 403},       {"expired", 401},   {NULL, 401},
};

Test(justification_create, is_the_units_own_while_it_works_on_the_report)
{
    long id = plan_draft(&lo_ku, "2022", "population_avg=3000");
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++)
        cr_expect_eq(justify(id, who->login, "population-by-grain", "x").status, who->status, "%s",
                     who->login);
    plan_step(id, "loku-lead", "submit", NULL);
    expect_problem(justify(id, "loku", "population-by-grain", "x"), 409, "illegal-transition");
    expect_problem(justify(id, "kbang", "population-by-grain", "x"), 403, "forbidden");
    plan_step(id, "kbang", "return", "Xem lại.");
    cr_expect_eq(justify(id, "loku", "population-by-grain", "x").status, 201);
    world_sql("update app.period set locks_at = now() where code = '2022'");
    expect_problem(justify(id, "loku", "population-by-grain", "x"), 423, "locked");
    cr_expect_str_eq(world_value("select count(*) from app.justification"), "3");
}
