/* submission_get: GET /v1/submissions/{id}. */
#include "support/plan.h"
#include <criterion/criterion.h>

TestSuite(submission_get, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer get(long id, const char *login)
{
    return ask("GET", plan_path(id, ""), login, NULL);
}

static void publish_2022(void)
{
    struct answer made = ask("POST", "/v1/publications", "kbang-lead",
                             "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
}

Test(submission_get, names_each_figure_and_its_unit_of_measure)
{
    struct answer read = get(plan_draft(&lo_ku, "2022", ""), "loku");
    cr_expect_str_eq(figure_of(&read, "grain_output", "name"), "Tổng sản lượng lương thực");
    cr_expect_str_eq(figure_of(&read, "grain_output", "unit_of_measure"), "tấn");
    cr_expect_str_eq(digits_of(&read, "grain_output", "value"), "9007.4");
}

Test(submission_get, puts_figures_in_the_order_of_the_plan)
{
    struct answer read = get(plan_draft(&lo_ku, "2022", ""), "loku");
    static const char *const first[] = {"grain_output",    "grain_per_capita",  "sown_area",
                                        "new_forest_area", "income_per_capita", "livestock_total",
                                        "livestock_pig"};
    for (size_t i = 0; i < COUNT(first); i++)
        cr_expect_str_eq(at(&read, text_of("/values/%zu/indicator", i)), first[i]);
}

Test(submission_get, tells_every_step_and_who_took_it)
{
    struct answer read = get(plan_in_state(&lo_ku, "2022", "returned"), "loku");
    cr_expect_str_eq(at(&read, "/state"), "returned");
    cr_expect_str_eq(at(&read, "/reason"), "Kiểm tra lại số hộ nghèo.");
    cr_expect_str_eq(at(&read, "/transitions/0/action"), "submit");
    cr_expect_str_eq(at(&read, "/transitions/0/by"), "Tài khoản loku-lead");
    cr_expect_str_eq(at(&read, "/transitions/0/role"), "COMMUNE_LEADER");
    cr_expect_str_eq(at(&read, "/transitions/1/action"), "return");
    cr_expect_str_eq(at(&read, "/transitions/1/from"), "submitted");
    cr_expect_str_eq(at(&read, "/transitions/1/to"), "returned");
    cr_expect_str_eq(at(&read, "/transitions/1/by"), "Tài khoản kbang");
    cr_expect_str_eq(at(&read, "/transitions/1/reason"), "Kiểm tra lại số hộ nghèo.");
    cr_expect_str_eq(at(&read, "/transitions/2"), "(absent)");
}

Test(submission_get, calls_a_report_late_that_came_after_its_due_time)
{
    long late = plan_submitted(&lo_ku, "2022", "");
    world_sql(
        "update app.period set due_at = now() + interval '1 day', grace_until = null where code = '2022-Q1'");
    long early = plan_submitted(&lo_ku, "2022-Q1", "");
    world_sql("update app.period set due_at = now(), grace_until = null where code = '2022-Q1'");
    struct answer one = get(late, "loku"), other = get(early, "loku");
    cr_expect_str_eq(at(&one, "/late"), "true");
    cr_expect_str_eq(at(&other, "/late"), "false", "its submission was in time, whatever the hour is now");
}

Test(submission_get, shows_an_accepted_report_as_locked_from_the_lock_on)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    struct answer before = get(id, "loku");
    world_sql("update app.period set locks_at = now() where code = '2022'");
    struct answer after = get(id, "loku");
    cr_expect_str_eq(at(&before, "/state"), "accepted");
    cr_expect_str_eq(at(&after, "/state"), "locked");
    cr_expect_str_eq(at(&after, "/allowed_actions"), "[]");
    cr_expect_str_eq(after.etag, before.etag, "nothing was changed");
}

Test(submission_get, hides_the_reworking_of_a_returned_report_from_the_district)
{
    long id = plan_in_state(&lo_ku, "2022", "returned");
    ask_with(
        "PATCH", plan_path(id, ""), "loku",
        "{\"note\":\"đang sửa\",\"as_of_date\":\"2022-12-01\",\"values\":[{\"indicator\":\"households_poor\",\"value\":99}]}",
        plan_if_match(id));
    struct answer own = get(id, "loku"), district = get(id, "kbang");
    cr_expect_str_eq(figure_of(&own, "households_poor", "value"), "99");
    cr_expect_str_eq(at(&own, "/note"), "đang sửa");
    cr_expect_eq(district.status, 200);
    cr_expect_str_eq(at(&district, "/values"), "[]");
    cr_expect_str_eq(at(&district, "/note"), "null");
    cr_expect_str_eq(at(&district, "/as_of_date"), "null");
}

Test(submission_get, shows_the_district_what_was_reworked_once_it_is_submitted_again)
{
    long id = plan_in_state(&lo_ku, "2022", "returned");
    ask_with("PATCH", plan_path(id, ""), "loku", plan_change("households_poor=99"), plan_if_match(id));
    plan_step(id, "loku-lead", "submit", NULL);
    struct answer district = get(id, "kbang");
    cr_expect_str_eq(figure_of(&district, "households_poor", "value"), "99");
}

Test(submission_get, does_not_find_what_is_no_number_of_a_submission)
{
    plan_draft(&lo_ku, "2022", "");
    static const char *const paths[] = {"/v1/submissions/2",
                                        "/v1/submissions/0",
                                        "/v1/submissions/-1",
                                        "/v1/submissions/x",
                                        "/v1/submissions/1.0",
                                        "/v1/submissions/999999999999999999",
                                        "/v1/submissions/9999999999999999999"};
    for (size_t i = 0; i < COUNT(paths); i++)
        cr_expect_eq(ask("GET", paths[i], "loku", NULL).status, 404, "%s", paths[i]);
}

/* Who sees a report of Lơ Ku in each state, and after its publication. */
enum { DRAFT, SUBMITTED, RETURNED, ACCEPTED, PUBLISHED, STATES };

struct sight {
    const char *login;
    int status[STATES];
};

static const struct sight callers[] = {
    {"loku", {200, 200, 200, 200, 200}},         {"loku-lead", {200, 200, 200, 200, 200}},
    {"loku-culture", {200, 200, 200, 200, 200}}, {"loku-front", {200, 200, 200, 200, 200}},
    {"loku-council", {200, 200, 200, 200, 200}}, {"reader", {200, 200, 200, 200, 200}},
    {"loku-village", {404, 404, 404, 404, 200}}, {"konpne", {404, 404, 404, 404, 200}},
    {"konpne-lead", {404, 404, 404, 404, 200}},  {"sonlang-both", {404, 404, 404, 404, 200}},
    {"kbang", {404, 200, 200, 200, 200}},        {"kbang-lead", {404, 200, 200, 200, 200}},
    {"kbang-viewer", {404, 200, 200, 200, 200}}, {"kbang-council", {404, 200, 200, 200, 200}},
    {"province", {404, 404, 404, 200, 200}},     {"admin", {404, 404, 404, 404, 200}},
    {"nobody", {404, 404, 404, 404, 200}},       {"expired", {401, 401, 401, 401, 401}},
    {"revoked", {401, 401, 401, 401, 401}},      {"disabled", {401, 401, 401, 401, 401}},
};

static void expect_seen(long id, int state)
{
    for (const struct sight *who = callers; who < callers + COUNT(callers); who++)
        cr_expect_eq(get(id, who->login).status, who->status[state], "%s, state %d", who->login, state);
}

Test(submission_get, is_for_its_own_commune_then_the_district_then_the_province)
{
    long id = plan_draft(&lo_ku, "2022", "");
    expect_seen(id, DRAFT);
    plan_step(id, "loku-lead", "submit", NULL);
    expect_seen(id, SUBMITTED);
    plan_step(id, "kbang", "return", "Sai.");
    expect_seen(id, RETURNED);
    plan_step(id, "loku-lead", "submit", NULL);
    plan_step(id, "kbang", "accept", NULL);
    expect_seen(id, ACCEPTED);
    publish_2022();
    expect_seen(id, PUBLISHED);
}

Test(submission_get, changes_nothing_whoever_reads_what)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    const char *before = world_value("select count(*) from app.audit");
    const char *const paths[] = {plan_path(id, ""),
                                 plan_path(id, "/transitions"),
                                 "/v1/submissions",
                                 "/v1/data?unit=kbang&period=2022",
                                 "/v1/units/kbang-lo-ku/achievement?period=2022",
                                 "/v1/periods",
                                 "/v1/periods/2022",
                                 "/v1/publications"};
    for (size_t i = 0; i < COUNT(paths); i++)
        cr_expect_eq(ask("GET", paths[i], "kbang", NULL).status, 200, "%s", paths[i]);
    cr_expect_str_eq(world_value("select count(*) from app.audit"), before);
    cr_expect_str_eq(plan_etag(id), "\"1-3\"");
}

Test(submission_get, needs_a_token)
{
    cr_expect_eq(get(plan_draft(&lo_ku, "2022", ""), NULL).status, 401);
}

Test(submission_get, shows_other_communes_the_figures_of_a_published_report_and_no_steps)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    publish_2022();
    struct answer other = get(id, "konpne");
    cr_expect_str_eq(figure_of(&other, "grain_output", "value"), "9007.4");
    cr_expect_str_eq(at(&other, "/transitions"), "[]");
    cr_expect_str_eq(at(&other, "/allowed_actions"), "[]");
}

Test(submission_get, publishes_nothing_of_the_period_that_is_not_accepted)
{
    long id = plan_in_state(&lo_ku, "2022", "returned");
    publish_2022();
    cr_expect_eq(get(id, "konpne").status, 404);
    cr_expect_eq(get(id, "province").status, 404);
}
