/* reopen_request: asking to open a report again, and deciding on it. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(reopen_request, .init = world_open, .fini = world_close, .timeout = 60);

#define UNTIL "\"expires_at\":\"2100-01-01T00:00:00+07:00\""

static struct answer request(long id, const char *login)
{
    return ask("POST", plan_path(id, "/reopen-requests"), login, "{\"reason\":\"Sai số hộ nghèo.\"}");
}

static struct answer decide(const char *request, const char *login, const char *decision, const char *more)
{
    return ask("POST", text_of("/v1/reopen-requests/%s/decision", request), login,
               text_of("{\"decision\":\"%s\",\"reason\":\"Vì thế.\"%s%s}", decision, more ? "," : "",
                       more ? more : ""));
}

static const char *state_of(long id)
{
    return world_value(text_of("select state from app.submission where id = %ld", id));
}

static const char *actions_for(long id, const char *login)
{
    struct answer read = get(plan_path(id, ""), login);
    return at(&read, "/allowed_actions");
}

Test(reopen_request, returns_what_was_accepted_and_takes_it_out_of_the_sum_until_it_is_accepted_again)
{
    long id = plan_accepted(&lo_ku, "2022", "births=60");
    plan_accepted(&kon_pne, "2022", "births=7");
    struct answer asked = request(id, "loku-lead");
    cr_assert_eq(asked.status, 201, "%s", asked.text);
    cr_expect_str_eq(at(&asked, "/decision"), "open");
    cr_expect_str_eq(at(&asked, "/unit"), "kbang-lo-ku");
    cr_expect_str_eq(at(&asked, "/requested_by"), "Tài khoản loku-lead");
    cr_expect_str_eq(state_of(id), "accepted", "asking opens nothing");
    cr_expect_str_eq(actions_for(id, "kbang"), "[\"reopen\"]");
    cr_expect_str_eq(actions_for(id, "loku-lead"), "[]");
    expect_problem(request(id, "loku-lead"), 409, "already-exists");

    struct answer done = decide(at(&asked, "/id"), "kbang", "grant", NULL);
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/decision"), "grant");
    cr_expect_str_eq(at(&done, "/decided_by"), "Tài khoản kbang");
    cr_expect_str_eq(at(&done, "/expires_at"), "null", "it was not locked");
    struct answer read = get(plan_path(id, ""), "loku");
    cr_expect_str_eq(at(&read, "/state"), "returned");
    cr_expect_str_eq(at(&read, "/reason"), "Vì thế.");
    cr_expect_str_eq(at(&read, "/transitions/2/action"), "reopen");
    cr_expect_str_eq(at(&read, "/transitions/2/from"), "accepted");
    cr_expect_eq(get(plan_path(id, ""), "province").status, 404);
    struct answer cube = plan_data("province", "kbang", "births", "2022");
    cr_expect_str_eq(cell_of(&cube, 0), "7 1/14 partial provisional");

    ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=59"), plan_if_match(id));
    cr_expect_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
    cr_expect_eq(plan_step(id, "kbang", "accept", NULL).status, 200);
    cube = plan_data("province", "kbang", "births", "2022");
    cr_expect_str_eq(cell_of(&cube, 0), "66 2/14 partial provisional");
    expect_problem(decide(at(&asked, "/id"), "kbang", "grant", NULL), 409, "illegal-transition");
    cr_expect_eq(request(id, "loku-lead").status, 201, "another time");
}

Test(reopen_request, leaves_everything_as_it_is_when_it_is_refused)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    struct answer asked = request(id, "loku-lead");
    const char *etag = plan_etag(id);
    struct answer done = decide(at(&asked, "/id"), "kbang", "refuse", UNTIL);
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/expires_at"), "null");
    cr_expect_str_eq(state_of(id), "accepted");
    cr_expect_str_eq(plan_etag(id), etag);
    cr_expect_str_eq(world_value("select count(*) from app.extension"), "0");
    cr_expect_str_eq(actions_for(id, "loku-lead"), "[\"request_reopen\"]");
}

Test(reopen_request, opens_what_is_locked_for_that_unit_until_an_instant)
{
    long id = plan_accepted(&lo_ku, "2022", ""), draft = plan_draft(&town, "2022", "");
    long theirs = plan_draft(&kon_pne, "2022", "");
    expect_problem(request(draft, "town-lead"), 409, "illegal-transition");
    world_sql("update app.period set locks_at = now() where code = '2022'");
    cr_expect_str_eq(actions_for(id, "loku-lead"), "[\"request_reopen\"]");
    struct answer one = request(id, "loku-lead"), two = request(draft, "town-lead");
    cr_assert_eq(two.status, 201, "who missed the lock may ask too: %s", two.text);
    cr_expect_str_eq(actions_for(id, "kbang"), "[\"reopen\"]");
    expect_fault(decide(at(&one, "/id"), "kbang", "grant", NULL), 422, "invalid-content",
                 "/expires_at missing-member");
    expect_fault(decide(at(&one, "/id"), "kbang", "grant", "\"expires_at\":\"2022-12-31T00:00:00Z\""), 422,
                 "invalid-content", "/expires_at not-in-future");
    cr_expect_eq(decide(at(&one, "/id"), "kbang", "grant", UNTIL).status, 200);
    struct answer done = decide(at(&two, "/id"), "kbang", "grant", UNTIL);
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/expires_at"), "2100-01-01T00:00:00+07:00");
    cr_expect_str_eq(state_of(id), "returned");
    cr_expect_str_eq(state_of(draft), "draft");
    cr_expect_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
    cr_expect_eq(plan_step(draft, "town-lead", "submit", NULL).status, 200);
    expect_problem(plan_step(theirs, "konpne-lead", "submit", NULL), 423, "locked");
    struct answer list = get("/v1/extensions", "kbang");
    cr_expect_str_eq(column_of(&list, "reason"), "Vì thế. Vì thế.");
}

static void expect_of_callers(long id)
{
    static const struct {
        const char *login;
        int asks, decides;
    } callers[] = {
        {"loku", 403, 403},         {"loku-culture", 403, 403},
        {"loku-front", 403, 403},   {"loku-council", 403, 403},
        {"loku-lead", 409, 403},    {"loku-village", 404, 404},
        {"konpne-lead", 404, 404},  {"kbang-lead", 403, 403},
        {"kbang-viewer", 403, 403}, {"kbang-council", 403, 403},
        {"province", 403, 404},     {"admin", 404, 404},
        {"nobody", 404, 404},       {"reader", 403, 403},
        {"expired", 401, 401},      {NULL, 401, 401},
        {"kbang", 403, 200},
    };
    for (size_t i = 0; i < COUNT(callers); i++) {
        struct answer one = request(id, callers[i].login),
                      two = decide("1", callers[i].login, "refuse", NULL);
        cr_expect_eq(one.status, callers[i].asks, "%s: %s", callers[i].login, one.text);
        cr_expect_eq(two.status, callers[i].decides, "%s: %s", callers[i].login, two.text);
    }
}

Test(reopen_request, is_asked_by_the_leader_and_decided_by_the_district)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    request(id, "loku-lead");
    expect_of_callers(id);
    static const struct {
        const char *login, *units;
    } readers[] = {{"loku", "kbang-lo-ku"}, {"kbang", "kbang-lo-ku"}, {"kbang-viewer", "kbang-lo-ku"},
                   {"konpne-lead", ""},     {"province", ""},         {"admin", ""}};
    for (size_t i = 0; i < COUNT(readers); i++) {
        struct answer list =
            get("/v1/reopen-requests?unit=kbang-lo-ku&period=2022&form=ktxh-nam", readers[i].login);
        cr_expect_str_eq(column_of(&list, "unit"), readers[i].units, "%s", readers[i].login);
    }
    request(id, "loku-lead");
    struct answer open = get("/v1/reopen-requests?decision=open", "kbang"),
                  refused = get("/v1/reopen-requests?decision=refuse", "kbang");
    cr_expect_str_eq(column_of(&open, "decision"), "open");
    cr_expect_str_eq(column_of(&refused, "decision"), "refuse");
    cr_expect_str_eq(column_of_pages("/v1/reopen-requests?", "loku", "decision", 1), "open refuse");
}

Test(reopen_request, is_decided_once_by_two_at_once)
{
    long id = plan_accepted(&lo_ku, "2022", "");
    struct answer asked = request(id, "loku-lead");
    const char *path = text_of("/v1/reopen-requests/%s/decision", at(&asked, "/id"));
    const struct wish wishes[] = {
        {"POST", path, "kbang", "{\"decision\":\"grant\",\"reason\":\"a\"}", NULL},
        {"POST", path, "kbang", "{\"decision\":\"refuse\",\"reason\":\"b\"}", NULL}};
    int status[COUNT(wishes)];
    ask_together(wishes, COUNT(wishes), status);
    cr_expect_eq(count_of(status, COUNT(wishes), 200), 1, "%d %d", status[0], status[1]);
    cr_expect_eq(count_of(status, COUNT(wishes), 409), 1, "%d %d", status[0], status[1]);
    cr_expect_str_eq(state_of(id), status[0] == 200 ? "returned" : "accepted");
}

Test(reopen_request, tells_all_faults_at_once)
{
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"{}", "/decision missing-member\n/reason missing-member\n"},
        {"{\"decision\":\"open\",\"reason\":\" \",\"expires_at\":\"soon\"}",
         "/decision not-a-choice\n/expires_at not-an-instant\n/reason too-short\n"},
    };
    long id = plan_accepted(&lo_ku, "2022", "");
    expect_fault(ask("POST", plan_path(id, "/reopen-requests"), "loku-lead", "{\"reason\":\"\\n\"}"), 422,
                 "invalid-content", "/reason too-short");
    expect_fault(ask("POST", plan_path(id, "/reopen-requests"), "loku-lead", "{}"), 422, "invalid-content",
                 "/reason missing-member");
    request(id, "loku-lead");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = ask("POST", "/v1/reopen-requests/1/decision", "kbang", cases[i].body);
        cr_expect_eq(bad.status, 422, "%s: %s", cases[i].body, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].body);
    }
    cr_expect_str_eq(state_of(id), "accepted");
}
