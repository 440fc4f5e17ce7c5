/* submission_act: POST /v1/submissions/{id}/actions.  Who may do what in which state is in
 * submission_matrix.c. */
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(submission_act, .init = world_open, .fini = world_close, .timeout = 60);

static const char *actions_for(long id, const char *login)
{
    struct answer read = ask("GET", plan_path(id, ""), login, NULL);
    return read.status == 200 ? at(&read, "/allowed_actions") : "(not seen)";
}

static void expect_actions(long id, const char *officer, const char *leader, const char *district)
{
    cr_expect_str_eq(actions_for(id, "loku"), officer);
    cr_expect_str_eq(actions_for(id, "loku-lead"), leader);
    cr_expect_str_eq(actions_for(id, "kbang"), district);
}

Test(submission_act, leads_from_a_draft_through_a_return_to_acceptance_and_the_lock)
{
    long id = plan_draft(&lo_ku, "2022", "");
    expect_actions(id, "[\"edit\"]", "[\"submit\"]", "(not seen)");

    struct answer done = plan_step(id, "loku-lead", "submit", NULL);
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/state"), "submitted");
    cr_expect_str_eq(at(&done, "/allowed_actions"), "[\"withdraw\"]");
    expect_actions(id, "[]", "[\"withdraw\"]", "[\"accept\",\"return\"]");

    done = plan_step(id, "kbang", "return", "Số hộ nghèo chưa khớp.");
    cr_expect_str_eq(at(&done, "/state"), "returned");
    expect_actions(id, "[\"edit\"]", "[\"submit\"]", "[]");

    ask_with("PATCH", plan_path(id, ""), "loku", plan_change("households_poor=214"), plan_if_match(id));
    done = plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_str_eq(at(&done, "/state"), "submitted");
    cr_expect_str_eq(at(&done, "/reason"), "null", "the reason of the return is not that of this step");

    done = plan_step(id, "kbang", "accept", NULL);
    cr_expect_str_eq(at(&done, "/state"), "accepted");
    expect_actions(id, "[]", "[\"request_reopen\"]", "[]");

    world_sql("update app.period set locks_at = now() where code = '2022'");
    struct answer read = ask("GET", plan_path(id, ""), "kbang-viewer", NULL);
    cr_expect_str_eq(at(&read, "/state"), "locked");
}

Test(submission_act, stamps_each_step_by_the_servers_clock)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    cr_expect_str_eq(
        world_value("select now() - submitted_at between '0' and '1 minute' and decided_at >= submitted_at"
                    " from app.submission"),
        "t");
    struct answer read = ask("GET", plan_path(id, ""), "loku", NULL);
    cr_expect(strstr(at(&read, "/decided_at"), "+07:00"), "%s", at(&read, "/decided_at"));
}

Test(submission_act, gives_a_new_etag_with_each_step)
{
    long id = plan_draft(&lo_ku, "2022", "");
    cr_expect_str_eq(plan_step(id, "loku-lead", "submit", NULL).etag, "\"1-2\"");
    cr_expect_str_eq(plan_step(id, "kbang", "accept", NULL).etag, "\"1-3\"");
}

Test(submission_act, lets_the_leader_withdraw_before_the_district_decides)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer done = plan_step(id, "loku-lead", "withdraw", "Gửi nhầm.");
    cr_expect_eq(done.status, 200);
    cr_expect_str_eq(at(&done, "/state"), "draft");
    cr_expect_eq(ask("GET", plan_path(id, ""), "kbang", NULL).status, 404);
    expect_actions(id, "[\"edit\"]", "[\"submit\"]", "(not seen)");
}

Test(submission_act, lets_nobody_withdraw_what_was_accepted)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    struct answer late = plan_step(id, "loku-lead", "withdraw", NULL);
    cr_expect_eq(late.status, 409);
    cr_expect_str_eq(at(&late, "/code"), "illegal-transition");
    cr_expect_str_eq(at(&late, "/allowed_actions"), "[\"request_reopen\"]");
}

Test(submission_act, tells_what_is_possible_instead_of_an_illegal_step)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer leader = plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_eq(leader.status, 409);
    cr_expect_str_eq(at(&leader, "/allowed_actions"), "[\"withdraw\"]");
    struct answer district = plan_step(id, "kbang", "withdraw", NULL);
    cr_expect_eq(district.status, 403);
    cr_expect_str_eq(at(&district, "/allowed_actions"), "[\"accept\",\"return\"]");
}

Test(submission_act, lists_every_question_that_is_not_answered)
{
    long id = plan_draft(&lo_ku, "2022",
                         "births=- deaths=null grain_output=- ntm_commune_c01=- sown_area=0 "
                         "land_cert_area=!not_available");
    struct answer bad = plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/values not-answered\n/values not-answered\n/values not-answered\n"
                                      "/values not-answered\n");
    static const char *const open[] = {"grain_output", "ntm_commune_c01", "births", "deaths"};
    for (size_t i = 0; i < COUNT(open); i++)
        cr_expect(strstr(bad.text, text_of("\"%s\"", open[i])), "%s", open[i]);
    cr_expect_str_eq(world_value("select state from app.submission"), "draft");
}

Test(submission_act, asks_an_empty_draft_for_all_that_its_form_requires)
{
    ask("POST", "/v1/submissions", "loku",
        "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\"}");
    struct answer bad = plan_step(1, "loku-lead", "submit", NULL);
    cr_expect_eq(json_array_size(json_object_get(bad.json, "errors")), 41);
}

Test(submission_act, asks_a_town_for_no_criteria_of_new_rural_communes)
{
    long id = plan_draft(&town, "2022", "");
    cr_expect_eq(plan_step(id, "town-lead", "submit", NULL).status, 200);
}

Test(submission_act, needs_a_reason_for_a_return)
{
    static const char *const reasons[] = {NULL, "", "  ", "\n\t"};
    long id = plan_submitted(&lo_ku, "2022", "");
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct answer bad = plan_step(id, "kbang", "return", reasons[i]);
        cr_expect_eq(bad.status, 422, "%zu: %s", i, bad.text);
        cr_expect_str_eq(faults_of(&bad), "/reason comment-required\n", "%zu", i);
    }
    cr_expect_str_eq(world_value("select state from app.submission"), "submitted");
}

/* The table itself says so, whatever statement comes. */
Test(submission_act, needs_a_reason_for_a_return_by_whatever_way)
{
    plan_submitted(&lo_ku, "2022", "");
    world_sql("alter table app.submission disable trigger user;"
              "do $$ declare empty text; begin foreach empty in array array[null, '', E' \\n'] loop begin"
              " update app.submission set state = 'returned', decided_at = now(), reason = empty;"
              " raise exception 'kept'; exception when check_violation then null; end; end loop; end $$");
    cr_expect_str_eq(world_value("select state from app.submission"), "submitted");
}

Test(submission_act, keeps_the_reason_composed)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer done = plan_step(id, "kbang", "return", "Kie\xcc\x82\xcc\x89m tra");
    cr_expect_str_eq(at(&done, "/reason"), "Ki\xe1\xbb\x83m tra");
}

Test(submission_act, knows_four_steps)
{
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"{\"action\":\"approve\"}", "/action not-a-choice\n"},
        {"{\"action\":\"edit\"}", "/action not-a-choice\n"},
        {"{\"action\":null}", "/action wrong-type\n"},
        {"{\"acton\":\"submit\",\"reason\":1}",
         "/action missing-member\n/acton unknown-member\n/reason wrong-type\n"},
    };
    long id = plan_draft(&lo_ku, "2022", "");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad =
            ask_with("POST", plan_path(id, "/actions"), "loku-lead", cases[i].body, plan_if_match(id));
        cr_expect_eq(bad.status, 422, "%s", cases[i].body);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].body);
    }
}

Test(submission_act, lets_nobody_submit_what_he_entered)
{
    long id = plan_draft(&(struct commune){"kbang-son-lang", "sonlang-both", NULL}, "2022", "");
    struct answer alone = plan_step(id, "sonlang-both", "submit", NULL);
    cr_expect_eq(alone.status, 403);
    cr_expect_str_eq(at(&alone, "/code"), "four-eyes");
    cr_expect_str_eq(at(&alone, "/allowed_actions"), "[\"edit\"]");
    cr_expect_str_eq(world_value("select state from app.submission"), "draft");

    struct commune others = commune_staffed("kbang-son-lang");
    cr_expect_eq(plan_step(id, others.leader, "submit", NULL).status, 200);
}

Test(submission_act, lets_a_leader_who_is_also_an_officer_submit_what_another_entered)
{
    struct commune others = commune_staffed("kbang-son-lang");
    long id = plan_draft(&others, "2022", "");
    cr_expect_eq(plan_step(id, "sonlang-both", "submit", NULL).status, 200);
}

Test(submission_act, lets_nobody_submit_a_report_in_which_one_figure_is_his)
{
    struct commune others = commune_staffed("kbang-son-lang");
    long id = plan_draft(&others, "2022", "");
    ask_with("PATCH", plan_path(id, ""), "sonlang-both", plan_change("births=61"), plan_if_match(id));
    struct answer alone = plan_step(id, "sonlang-both", "submit", NULL);
    cr_expect_eq(alone.status, 403);
    cr_expect_str_eq(at(&alone, "/code"), "four-eyes");
}

Test(submission_act, needs_if_match)
{
    plan_draft(&lo_ku, "2022", "");
    struct answer bare = ask("POST", "/v1/submissions/1/actions", "loku-lead", "{\"action\":\"submit\"}");
    cr_expect_eq(bare.status, 428);
}

Test(submission_act, submits_no_figures_that_changed_since_the_leader_read_them)
{
    long id = plan_draft(&lo_ku, "2022", "");
    ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=99"), plan_if_match(id));
    struct answer stale = ask_with("POST", plan_path(id, "/actions"), "loku-lead", "{\"action\":\"submit\"}",
                                   "If-Match: \"1-1\"");
    cr_expect_eq(stale.status, 412);
    cr_expect_str_eq(at(&stale, "/current_etag"), "\"1-2\"");
    cr_expect_str_eq(world_value("select state from app.submission"), "draft");
}

Test(submission_act, lets_one_of_two_that_decide_at_once_win)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    const char *path = plan_path(id, "/actions"), *now = plan_if_match(id);
    const struct wish wishes[] = {
        {"POST", path, "kbang", "{\"action\":\"accept\"}", now},
        {"POST", path, "kbang", "{\"action\":\"return\",\"reason\":\"Sai.\"}", now},
        {"POST", path, "loku-lead", "{\"action\":\"withdraw\"}", now},
    };
    int status[COUNT(wishes)];
    ask_together(wishes, COUNT(wishes), status);
    cr_expect_eq(count_of(status, COUNT(wishes), 200), 1);
    int refused = count_of(status, COUNT(wishes), 409) + count_of(status, COUNT(wishes), 412);
    if (status[2] == 200) /* withdrawn, it is nothing the district sees */
        refused += count_of(status, COUNT(wishes), 404);
    cr_expect_eq(refused, 2, "%d %d %d", status[0], status[1], status[2]);
    cr_expect_str_eq(world_value("select count(*) from app.submission_transition"), "2");
}

Test(submission_act, lets_a_change_and_a_submission_at_once_not_both_pass)
{
    long id = plan_draft(&lo_ku, "2022", "");
    const char *now = plan_if_match(id);
    const struct wish wishes[] = {
        {"POST", plan_path(id, "/actions"), "loku-lead", "{\"action\":\"submit\"}", now},
        {"PATCH", plan_path(id, ""), "loku", plan_change("births=99"), now},
    };
    int status[COUNT(wishes)];
    ask_together(wishes, COUNT(wishes), status);
    cr_expect_eq(count_of(status, COUNT(wishes), 200), 1, "%d %d", status[0], status[1]);
    const char *births = world_value("select value from app.submission_value v join app.indicator i on"
                                     " i.id = v.indicator_id where i.code = 'births'");
    cr_expect_str_eq(births, status[1] == 200 ? "99" : "60");
}

Test(submission_act, is_stopped_by_the_lock_and_goes_on_when_the_district_unlocks)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer period = ask("GET", "/v1/periods/2022", "kbang", NULL);
    struct answer locked =
        ask_with("PATCH", "/v1/periods/2022", "kbang", "{\"locks_at\":\"2022-12-31T17:00:00+07:00\"}",
                 text_of("If-Match: %s", period.etag));
    cr_assert_eq(locked.status, 200, "%s", locked.text);
    struct answer late = plan_step(id, "kbang", "accept", NULL);
    cr_expect_eq(late.status, 423);
    cr_expect_str_eq(at(&late, "/lock/since"), "2022-12-31T17:00:00+07:00");

    struct answer unlocked = ask_with("PATCH", "/v1/periods/2022", "kbang", "{\"locks_at\":null}",
                                      text_of("If-Match: %s", locked.etag));
    cr_assert_eq(unlocked.status, 200, "%s", unlocked.text);
    cr_expect_eq(plan_step(id, "kbang", "accept", NULL).status, 200);
}
