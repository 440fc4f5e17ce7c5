/* submission_transition_list: GET /v1/submissions/{id}/transitions. */
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(submission_transition_list, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer steps_of(long id, const char *login)
{
    return ask("GET", plan_path(id, "/transitions"), login, NULL);
}

/* What a step of the list says of an indicator; "(absent)" when nothing. */
static const char *submitted_figure(const struct answer *steps, int nth, const char *indicator,
                                    const char *member)
{
    for (int i = 0;; i++) {
        const char *name = at(steps, text_of("/items/%d/content/%d/indicator", nth, i));
        if (strcmp(name, "(absent)") == 0 || strcmp(name, indicator) == 0)
            return at(steps, text_of("/items/%d/content/%d/%s", nth, i, member));
    }
}

Test(submission_transition_list, is_empty_for_a_draft)
{
    struct answer steps = steps_of(plan_draft(&lo_ku, "2022", ""), "loku");
    cr_expect_eq(steps.status, 200);
    cr_expect_str_eq(at(&steps, "/items"), "[]");
    cr_expect_str_eq(at(&steps, "/next"), "null");
}

Test(submission_transition_list, tells_who_did_what_when_and_why_oldest_first)
{
    long id = plan_in_state(&lo_ku, "2022", "returned");
    struct answer steps = steps_of(id, "loku");
    cr_expect_str_eq(at(&steps, "/items/0/action"), "submit");
    cr_expect_str_eq(at(&steps, "/items/0/from"), "draft");
    cr_expect_str_eq(at(&steps, "/items/0/to"), "submitted");
    cr_expect_str_eq(at(&steps, "/items/0/by"), "Tài khoản loku-lead");
    cr_expect_str_eq(at(&steps, "/items/0/role"), "COMMUNE_LEADER");
    cr_expect_str_eq(at(&steps, "/items/1/action"), "return");
    cr_expect_str_eq(at(&steps, "/items/1/by"), "Tài khoản kbang");
    cr_expect_str_eq(at(&steps, "/items/1/role"), "DISTRICT_HOME_AFFAIRS");
    cr_expect_str_eq(at(&steps, "/items/1/reason"), "Kiểm tra lại số hộ nghèo.");
    cr_expect_str_eq(at(&steps, "/items/1/content"), "null");
    cr_expect(strstr(at(&steps, "/items/1/at"), "+07:00"));
}

Test(submission_transition_list, keeps_a_returned_report_as_it_was_submitted)
{
    long id = plan_in_state(&lo_ku, "2022", "returned");
    ask_with("PATCH", plan_path(id, ""), "loku", plan_change("households_poor=99 births=!not_available"),
             plan_if_match(id));
    struct answer steps = steps_of(id, "kbang");
    cr_expect_str_eq(submitted_figure(&steps, 0, "households_poor", "value"), "215");
    cr_expect_str_eq(submitted_figure(&steps, 0, "births", "value"), "60");
    cr_expect_str_eq(submitted_figure(&steps, 0, "ntm_commune_criteria", "numerator"), "13");
    cr_expect_str_eq(submitted_figure(&steps, 0, "ntm_commune_criteria", "denominator"), "19");
    cr_expect_str_eq(submitted_figure(&steps, 0, "poverty_rate", "value"), "(absent)");

    plan_step(id, "loku-lead", "submit", NULL);
    struct answer again = steps_of(id, "kbang");
    cr_expect_str_eq(submitted_figure(&again, 0, "households_poor", "value"), "215");
    cr_expect_str_eq(submitted_figure(&again, 2, "households_poor", "value"), "99");
    cr_expect_str_eq(submitted_figure(&again, 2, "births", "missing_reason"), "not_available");
}

Test(submission_transition_list, keeps_every_digit_of_what_was_submitted)
{
    long id = plan_submitted(&lo_ku, "2022", "grain_output=123456789012345.6");
    struct answer steps = steps_of(id, "loku");
    cr_expect(strstr(steps.text, "123456789012345.6"), "%s", steps.text);
}

Test(submission_transition_list, keeps_the_name_of_whoever_took_a_step)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    world_sql("update app.account set name = 'Chủ tịch mới' where login = 'loku-lead'");
    struct answer steps = steps_of(id, "loku");
    cr_expect_str_eq(at(&steps, "/items/0/by"), "Tài khoản loku-lead");
}

Test(submission_transition_list, comes_in_pages)
{
    long id = plan_in_state(&lo_ku, "2022", "returned");
    struct answer first = ask("GET", plan_path(id, "/transitions?limit=1"), "loku", NULL);
    cr_expect_str_eq(at(&first, "/items/0/action"), "submit");
    cr_expect_str_eq(at(&first, "/items/1"), "(absent)");
    const char *rest = text_of("/transitions?limit=1&cursor=%s", at(&first, "/next"));
    struct answer second = ask("GET", plan_path(id, rest), "loku", NULL);
    cr_expect_str_eq(at(&second, "/items/0/action"), "return");
    cr_expect_str_eq(at(&second, "/next"), "null");
}

Test(submission_transition_list, refuses_a_cursor_that_no_page_gave)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer bad = ask("GET", plan_path(id, "/transitions?cursor=abc"), "loku", NULL);
    cr_expect_eq(bad.status, 400);
    cr_expect_str_eq(faults_of(&bad), "cursor invalid\n");
}

Test(submission_transition_list, tells_a_withdrawal_to_the_commune_alone)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    plan_step(id, "loku-lead", "withdraw", "Gửi nhầm.");
    struct answer own = steps_of(id, "loku");
    cr_expect_str_eq(at(&own, "/items/1/action"), "withdraw");
    cr_expect_str_eq(at(&own, "/items/1/reason"), "Gửi nhầm.");
    cr_expect_eq(steps_of(id, "kbang").status, 404);
}

struct caller {
    const char *login, *first;
    int status;
};

/* Of an accepted report that is not published. */
static const struct caller callers[] = {
    {"loku", "submit", 200},     {"loku-front", "submit", 200},     {"reader", "submit", 200},
    {"kbang", "submit", 200},    {"kbang-viewer", "submit", 200},   {"province", "(absent)", 200},
    {"konpne", "(absent)", 404}, {"loku-village", "(absent)", 404}, {"admin", "(absent)", 404},
    {"nobody", "(absent)", 404}, {"expired", "(absent)", 401},      {NULL, "(absent)", 401},
};

Test(submission_transition_list, shows_steps_to_the_commune_and_the_district)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer steps = steps_of(id, who->login);
        cr_expect_eq(steps.status, who->status, "%s: %s", who->login, steps.text);
        cr_expect_str_eq(at(&steps, "/items/0/action"), who->first, "%s", who->login);
    }
}
