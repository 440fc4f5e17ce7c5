/* period_update: PATCH /v1/periods/{code}. */
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(period_update, .init = world_open, .fini = world_close, .timeout = 60);

static const char *present(const char *path)
{
    struct answer read = ask("GET", path, "kbang", NULL);
    return text_of("If-Match: %s", read.etag);
}

static struct answer patch(const char *login, const char *body)
{
    return ask_with("PATCH", "/v1/periods/2022", login, body, present("/v1/periods/2022"));
}

Test(period_update, moves_the_times_it_names_and_no_others)
{
    struct answer done =
        patch("kbang",
              "{\"grace_until\":\"2022-12-31T17:00:00+07:00\",\"locks_at\":\"2099-01-15T00:00:00+07:00\"}");
    cr_assert_eq(done.status, 200, "%s", done.text);
    struct answer read = ask("GET", "/v1/periods/2022", "loku", NULL);
    cr_expect_str_eq(at(&read, "/due_at"), "2022-12-16T17:00:00+07:00");
    cr_expect_str_eq(at(&read, "/grace_until"), "2022-12-31T17:00:00+07:00");
    cr_expect_str_eq(at(&read, "/locks_at"), "2099-01-15T00:00:00+07:00");
    cr_expect_str_eq(at(&read, "/locked"), "false");
    cr_expect_str_eq(read.etag, done.etag);
}

Test(period_update, locks_and_unlocks)
{
    struct answer locked = patch("kbang", "{\"locks_at\":\"2022-12-31T17:00:00+07:00\"}");
    cr_expect_str_eq(at(&locked, "/locked"), "true");
    struct answer later = patch("kbang", "{\"locks_at\":\"2099-12-31T17:00:00+07:00\"}");
    cr_expect_str_eq(at(&later, "/locked"), "false");
    struct answer never = patch("kbang", "{\"locks_at\":null}");
    cr_expect_str_eq(at(&never, "/locks_at"), "null");
    cr_expect_str_eq(at(&never, "/locked"), "false");
}

Test(period_update, locks_reports_from_the_moment_it_says_and_not_before)
{
    plan_draft(&lo_ku, "2022", "");
    world_sql("update app.period set locks_at = now() + interval '1 minute' where code = '2022'");
    struct answer before =
        ask_with("PATCH", "/v1/submissions/1", "loku", plan_change("births=61"), plan_if_match(1));
    world_sql("update app.period set locks_at = now() where code = '2022'");
    struct answer after =
        ask_with("PATCH", "/v1/submissions/1", "loku", plan_change("births=62"), plan_if_match(1));
    cr_expect_eq(before.status, 200, "%s", before.text);
    cr_expect_eq(after.status, 423, "%s", after.text);
}

Test(period_update, changes_neither_days_nor_code)
{
    struct answer bad =
        patch("kbang", "{\"starts_on\":\"2022-01-01\",\"ends_on\":\"2022-12-31\",\"code\":\"2023\"}");
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad),
                     "/code unknown-member\n/ends_on unknown-member\n/starts_on unknown-member\n");
}

Test(period_update, holds_what_changes_against_what_stays)
{
    struct answer lock = patch("kbang", "{\"locks_at\":\"2022-12-20T00:00:00+07:00\"}");
    cr_expect_eq(lock.status, 422);
    cr_expect_str_eq(faults_of(&lock), "/locks_at lock-before-due\n", "the grace ends on 21 December");
    struct answer due = patch("kbang", "{\"due_at\":\"2022-12-14T00:00:00+07:00\"}");
    cr_expect_str_eq(faults_of(&due), "/due_at due-before-end\n");
    struct answer grace = patch("kbang", "{\"grace_until\":\"yesterday\",\"locked\":true}");
    cr_expect_str_eq(faults_of(&grace), "/grace_until not-an-instant\n/locked unknown-member\n");
    cr_expect_str_eq(world_value("select version from app.period where code = '2022'"), "1");
}

Test(period_update, needs_if_match)
{
    cr_expect_eq(ask("PATCH", "/v1/periods/2022", "kbang", "{\"locks_at\":null}").status, 428);
}

Test(period_update, refuses_a_stale_version_and_names_the_present_one)
{
    const char *old = present("/v1/periods/2022");
    struct answer first = patch("kbang", "{\"locks_at\":\"2099-01-01T00:00:00+07:00\"}");
    struct answer stale = ask_with("PATCH", "/v1/periods/2022", "kbang", "{\"locks_at\":null}", old);
    cr_expect_eq(stale.status, 412);
    cr_expect_str_eq(at(&stale, "/current_etag"), first.etag);
    cr_expect_str_neq(world_value("select locks_at from app.period where code = '2022'"), "(null)");
}

Test(period_update, lets_exactly_one_of_many_writers_of_the_same_version_win)
{
    enum { WRITERS = 8 };
    struct wish wishes[WRITERS];
    int status[WRITERS];
    const char *now = present("/v1/periods/2022");
    for (int i = 0; i < WRITERS; i++)
        wishes[i] = (struct wish){"PATCH", "/v1/periods/2022", "kbang",
                                  text_of("{\"locks_at\":\"20%d-01-01T00:00:00+07:00\"}", 90 + i), now};
    ask_together(wishes, WRITERS, status);
    cr_expect_eq(count_of(status, WRITERS, 200), 1);
    cr_expect_eq(count_of(status, WRITERS, 412), WRITERS - 1);
}

Test(period_update, answers_412_when_another_change_came_while_it_waited)
{
    const char *now = present("/v1/periods/2022");
    world_sql("create function pg_temp_slow() returns trigger language plpgsql as "
              "$$ begin perform pg_sleep(0.3); return new; end $$;"
              "create trigger slow before update on app.period for each row execute function pg_temp_slow()");
    const struct wish wishes[] = {
        {"PATCH", "/v1/periods/2022", "kbang", "{\"locks_at\":\"2098-01-01T00:00:00+07:00\"}", now},
        {"PATCH", "/v1/periods/2022", "kbang", "{\"locks_at\":\"2099-01-01T00:00:00+07:00\"}", now},
    };
    int status[COUNT(wishes)];
    ask_together(wishes, COUNT(wishes), status);
    cr_expect_eq(count_of(status, COUNT(wishes), 200), 1, "%d %d", status[0], status[1]);
    cr_expect_eq(count_of(status, COUNT(wishes), 412), 1, "%d %d", status[0], status[1]);
}

Test(period_update, does_not_find_a_period_that_is_not_there)
{
    cr_expect_eq(
        ask_with("PATCH", "/v1/periods/2031", "kbang", "{\"locks_at\":null}", "If-Match: \"1-1\"").status,
        404);
}

struct caller {
    const char *login;
    int status;
};

static const struct caller callers[] = {
    {"kbang-lead", 403},   {"kbang-viewer", 403}, {"kbang-council", 403}, {"loku", 403},   {"loku-lead", 403},
    {"loku-village", 403}, {"province", 403},     {"admin", 403},         {"nobody", 403}, {"reader", 403},
    {"expired", 401},      {NULL, 401},           {"kbang", 200}, /* last: it leaves something behind */
};

Test(period_update, is_for_the_home_affairs_office_of_the_district)
{
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer answer = patch(who->login, "{\"locks_at\":\"2099-01-01T00:00:00+07:00\"}");
        cr_expect_eq(answer.status, who->status, "%s: %s", who->login, answer.text);
        const char *is_open = world_value("select locks_at is null from app.period where code = '2022'");
        cr_expect_str_eq(is_open, who->status == 200 ? "f" : "t", "%s", who->login);
    }
}
