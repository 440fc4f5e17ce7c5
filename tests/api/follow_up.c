/* follow_up_create, follow_up_list, follow_up_close: marks for what somebody has to look after. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(follow_up, .init = world_open, .fini = world_close, .timeout = 120);

#define BODY(owner) "{\"text\":\"Đếm lại.\",\"due_on\":\"2100-01-01\",\"owner\":\"" owner "\"}"

static struct answer mark(long id, const char *login, const char *body)
{
    return ask("POST", plan_path(id, "/follow-ups"), login, body);
}

/* The number of a new mark. */
static const char *marked(long id, const char *login, const char *body)
{
    struct answer made = mark(id, login, body);
    cr_assert_eq(made.status, 201, "%s", made.text);
    return at(&made, "/id");
}

static struct answer close_mark(const char *number, const char *login)
{
    return ask("POST", text_of("/v1/follow-ups/%s/closing", number), login, "{\"text\":\" Đã xong. \"}");
}

/* The numbers of the marks that a login sees. */
static const char *seen(const char *login, const char *parameters)
{
    struct answer list = get(text_of("/v1/follow-ups?%s", parameters), login);
    cr_assert_eq(list.status, 200, "%s", list.text);
    return column_of(&list, "id");
}

/* How many tasks of following up a login has. */
static int tasks_of(const char *login)
{
    struct answer list = get("/v1/tasks?limit=500", login);
    int count = 0;
    for (const char *p = list.text; (p = strstr(p, "\"follow_up\"")); p++)
        count++;
    return count;
}

Test(follow_up, tells_who_wants_what_of_whom_until_when)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer made =
        mark(id, "kbang",
             "{\"indicator\":\"livestock_total\",\"text\":\" Xem lại đàn bò. \",\"owner\":\"loku\","
             "\"due_on\":\"2100-01-31\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    static const char *const members[][2] = {
        {"unit", "kbang-lo-ku"},
        {"form", "ktxh-nam"},
        {"period", "2022"},
        {"owner", "loku"},
        {"text", "Xem lại đàn bò."},
        {"indicator", "livestock_total"},
        {"due_on", "2100-01-31"},
        {"state", "open"},
        {"overdue", "false"},
        {"side", "receiver"},
        {"closed_at", "null"},
        {"opened_by", "Tài khoản kbang"},
        {"owner_name", "Tài khoản loku"},
        {"role", "DISTRICT_HOME_AFFAIRS"},
    };
    for (size_t i = 0; i < COUNT(members); i++)
        cr_expect_str_eq(at(&made, text_of("/%s", members[i][0])), members[i][1], "%s", members[i][0]);
    struct answer list = get("/v1/tasks", "loku");
    cr_expect_str_eq(of_item(&list, "kind", "follow_up", "submission"), text_of("%ld", id));
    cr_expect_str_eq(of_item(&list, "kind", "follow_up", "late"), "false");
    cr_expect_str_eq(of_item(&list, "kind", "follow_up", "href"), "/v1/follow-ups/1/closing");
    cr_expect_str_eq(world_value("select app.day_end('2100-01-31') = '2100-01-31T17:00:00Z'"), "t");
    cr_expect_eq(tasks_of("kbang"), 0, "whoever opened it has not to do it");
    cr_expect_str_eq(plan_etag(id), text_of("\"%ld-2\"", id), "a mark makes nobody's version stale");
    cr_expect_str_eq(
        world_value(
            "select string_agg(a.action || ' ' || a.chain, ',') from app.audit a where a.table_name = 'follow_up'"),
        "insert unit:kbang-lo-ku");
}

Test(follow_up, is_seen_by_both_sides_once_the_report_is_submitted)
{
    long id = plan_draft(&lo_ku, "2022", "");
    const char *first = marked(id, "loku-lead", BODY("loku"));
    cr_expect_str_eq(seen("loku-front", ""), first);
    cr_expect_str_eq(seen("kbang", ""), "", "a draft is the unit's own");
    plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_str_eq(seen("kbang", ""), first);
    const char *second = marked(id, "kbang", BODY("kbang-lead")), *both = text_of("%s %s", second, first);
    static const char *const logins[] = {"loku", "loku-culture", "kbang", "kbang-lead", "kbang-viewer"};
    for (size_t i = 0; i < COUNT(logins); i++)
        cr_expect_str_eq(seen(logins[i], ""), both, "%s", logins[i]);
    plan_step(id, "kbang", "accept", NULL);
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    static const char *const others[] = {"konpne", "province", "loku-village", "admin", "nobody"};
    for (size_t i = 0; i < COUNT(others); i++)
        cr_expect_str_eq(seen(others[i], ""), "", "%s", others[i]);
    cr_expect_eq(tasks_of("kbang-lead"), 1);
}

Test(follow_up, goes_with_what_the_receiver_sees_of_the_report)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    const char *number = marked(id, "kbang", BODY("kbang"));
    plan_step(id, "loku-lead", "withdraw", NULL);
    cr_expect_str_eq(seen("kbang", ""), "");
    cr_expect_eq(tasks_of("kbang"), 0);
    cr_expect_eq(close_mark(number, "kbang").status, 404);
    cr_expect_str_eq(seen("loku", ""), number);
    plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_eq(tasks_of("kbang"), 1);
}

struct caller {
    const char *login;
    int draft, submitted;
};

static const struct caller callers[] = {
    {"loku", 201, 201},         {"loku-lead", 201, 201},     {"loku-culture", 201, 201},
    {"loku-front", 403, 403},   {"loku-council", 403, 403},  {"loku-village", 404, 404},
    {"konpne", 404, 404},       {"kbang", 404, 201},         {"kbang-lead", 404, 403},
    {"kbang-viewer", 404, 403}, {"kbang-council", 404, 403}, {"province", 404, 404},
    {"admin", 404, 404},        {"nobody", 404, 404},
};

Test(follow_up, is_opened_by_whoever_works_on_the_report)
{
    long draft = plan_draft(&lo_ku, "2022", ""), submitted = plan_submitted(&lo_ku, "2022-Q1", "");
    for (size_t i = 0; i < COUNT(callers); i++) {
        cr_expect_eq(mark(draft, callers[i].login, BODY("loku")).status, callers[i].draft, "%s",
                     callers[i].login);
        cr_expect_eq(mark(submitted, callers[i].login, BODY("loku")).status, callers[i].submitted, "%s",
                     callers[i].login);
    }
    expect_problem(mark(draft, "reader", BODY("loku")), 403, "insufficient-scope");
    world_sql("update app.period set locks_at = now() where code = '2022'");
    cr_expect_eq(mark(draft, "loku", BODY("loku")).status, 201, "the lock is for figures");
}

static void expect_owner_refused(long id, const char *login, const char *owner)
{
    struct answer no =
        mark(id, login, text_of("{\"text\":\"a\",\"due_on\":\"2100-01-01\",\"owner\":\"%s\"}", owner));
    expect_fault(no, 422, "invalid-content", "/owner owner-not-of-report");
}

Test(follow_up, has_an_owner_who_sees_the_report)
{
    static const char *const others[] = {"konpne", "province", "loku-village", "disabled",
                                         "admin",  "nobody",   "no-one"};
    long id = plan_draft(&lo_ku, "2022", "");
    expect_owner_refused(id, "loku", "kbang");
    for (size_t i = 0; i < COUNT(others); i++)
        expect_owner_refused(id, "loku", others[i]);
    marked(id, "loku", BODY("loku-front"));
    plan_step(id, "loku-lead", "submit", NULL);
    for (size_t i = 0; i < COUNT(others); i++)
        expect_owner_refused(id, "kbang", others[i]);
    marked(id, "loku", BODY("kbang-viewer"));
    marked(id, "kbang", BODY("loku-lead"));
}

Test(follow_up, is_refused_with_all_its_faults)
{
    long id = plan_draft(&lo_ku, "2022-Q1", "");
    struct answer no =
        mark(id, "loku",
             "{\"indicator\":\"nothing\",\"text\":\" \",\"due_on\":\"2022-01-01\",\"owner\":\"konpne\"}");
    cr_expect_eq(no.status, 422);
    cr_expect_str_eq(
        faults_of(&no),
        "/due_on day-passed\n/indicator unknown-indicator\n/owner owner-not-of-report\n/text too-short\n");
    expect_fault(
        mark(
            id, "loku",
            "{\"indicator\":\"conscripts_delivered\",\"text\":\"a\",\"due_on\":\"2100-01-01\",\"owner\":\"loku\"}"),
        422, "invalid-content", "/indicator indicator-not-in-form");
    expect_fault(mark(id, "loku", "{\"text\":\"a\",\"due_on\":\"1/2/2100\",\"owner\":\"loku\"}"), 422,
                 "invalid-content", "/due_on not-a-date");
    const char *today = world_value("select (now() at time zone 'Asia/Ho_Chi_Minh')::date");
    marked(id, "loku", text_of("{\"text\":\"a\",\"due_on\":\"%s\",\"owner\":\"loku\"}", today));
    cr_expect_eq(get("/v1/follow-ups?unit=nowhere", "loku").status, 400);
    cr_expect_eq(get("/v1/follow-ups?mark=done", "loku").status, 400);
}

Test(follow_up, is_closed_once_by_its_owner_or_who_opened_it)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    const char *first = marked(id, "kbang", BODY("loku")),
               *second = marked(id, "loku-lead", BODY("kbang-viewer"));
    cr_expect_eq(tasks_of("loku"), 1);
    static const char *const others[] = {"loku-lead", "loku-front", "kbang-lead"};
    for (size_t i = 0; i < COUNT(others); i++)
        expect_problem(close_mark(first, others[i]), 403, "forbidden");
    expect_problem(close_mark(first, "konpne"), 404, "not-found");
    expect_problem(close_mark("999999", "loku"), 404, "not-found");
    expect_fault(ask("POST", text_of("/v1/follow-ups/%s/closing", first), "loku", "{\"text\":\" \"}"), 422,
                 "invalid-content", "/text too-short");
    struct answer closed = close_mark(first, "loku");
    cr_assert_eq(closed.status, 200, "%s", closed.text);
    cr_expect_str_eq(at(&closed, "/closing_text"), "Đã xong.");
    cr_expect_str_eq(at(&closed, "/closed_by"), "Tài khoản loku");
    cr_expect_str_eq(at(&closed, "/state"), "closed");
    expect_problem(close_mark(first, "kbang"), 409, "illegal-transition");
    expect_problem(close_mark(first, "loku-lead"), 403, "forbidden");
    cr_expect_eq(tasks_of("loku"), 0);
    cr_expect_eq(close_mark(second, "loku-lead").status, 200, "by who opened it");
}

Test(follow_up, is_listed_by_unit_owner_and_state)
{
    long id = plan_submitted(&lo_ku, "2022", ""), other = plan_submitted(&kon_pne, "2022", "");
    for (int i = 0; i < 3; i++)
        marked(id, "kbang", BODY("loku"));
    marked(other, "kbang", BODY("kbang"));
    close_mark("1", "loku");
    world_sql(
        "set session_replication_role = replica; update app.follow_up set due_on = app.today() - 1 where id in (1, 2); "
        "update app.follow_up set due_on = app.today() where id = 3; reset session_replication_role");
    cr_expect_str_eq(seen("kbang", ""), "4 3 2 1");
    cr_expect_str_eq(seen("kbang", "unit=kbang-lo-ku"), "3 2 1");
    cr_expect_str_eq(seen("kbang", "owner=kbang"), "4");
    cr_expect_str_eq(seen("kbang", "owner=no-one"), "");
    cr_expect_str_eq(seen("kbang", "mark=open"), "4 3 2");
    cr_expect_str_eq(seen("kbang", "mark=closed"), "1");
    cr_expect_str_eq(seen("kbang", "mark=overdue"), "2", "today is in time");
    cr_expect_str_eq(seen("loku", "mark=overdue&unit=kbang-lo-ku&owner=loku"), "2");
    cr_expect_str_eq(column_of_pages("/v1/follow-ups?", "kbang", "id", 3), "4 3 2 1");
    struct answer list = get("/v1/tasks?limit=500", "loku");
    cr_expect_str_eq(of_item(&list, "href", "/v1/follow-ups/2/closing", "late"), "true");
    cr_expect_str_eq(of_item(&list, "href", "/v1/follow-ups/3/closing", "late"), "false");
}

/* Whatever the statement. */
Test(follow_up, is_guarded_by_the_database)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    marked(id, "kbang", BODY("loku"));
    const struct {
        const char *login, *owner, *result;
    } tries[] = {
        {"loku", "'loku-lead'", "unitOFFICE_STAT_OFFICER"},
        {"loku", "'konpne'", "!TD403"},
        {"loku-front", "'loku'", "!TD403"},
        {"kbang", "'loku'", "receiverDISTRICT_HOME_AFFAIRS"},
    };
    for (size_t i = 0; i < COUNT(tries); i++)
        cr_expect_str_eq(
            service_tries(
                tries[i].login,
                text_of("insert into app.follow_up (submission_id, unit_id, text, due_on, owner_login) "
                        "select id, unit_id, 'x', '2100-01-01', %s from app.submission "
                        "returning side || opener_role",
                        tries[i].owner)),
            tries[i].result, "%s %s", tries[i].login, tries[i].owner);
    cr_expect_str_eq(service_tries("loku-lead", "update app.follow_up set closing_text = 'x'"), "0");
    cr_expect_str_eq(service_tries("loku", "update app.follow_up set closing_text = 'x'"), "1");
    cr_expect_str_eq(service_tries("loku", "update app.follow_up set owner_id = 1"), "!42501");
    cr_expect_str_eq(service_tries("loku", "delete from app.follow_up"), "!42501");
    cr_expect_str_eq(service_tries(NULL, "select count(*) from app.follow_up"), "0");
}
