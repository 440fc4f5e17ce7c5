/* account_update: PATCH /v1/accounts/{login}; administrators alone. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(account_update, .init = world_open, .fini = world_close, .timeout = 30);

#define LEADER "{\"role\":\"COMMUNE_LEADER\",\"unit\":\"kbang-lo-ku\"}"
#define LOKU "/v1/accounts/loku"

static const char *current(void)
{
    return text_of(
        "If-Match: %s",
        world_value("select format('\"%s-%s\"', id, version) from app.account where login = 'loku'"));
}

static struct answer change(const char *body)
{
    return ask_with("PATCH", LOKU, "admin", body, current());
}

static int status_of_sign_in(const char *password)
{
    return ask("POST", "/v1/sessions", NULL, text_of("{\"login\":\"loku\",\"password\":\"%s\"}", password))
        .status;
}

Test(account_update, changes_the_name_and_nothing_else)
{
    struct answer done = change("{\"name\":\"Trần Thị B\"}");
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/name"), "Trần Thị B");
    cr_expect_str_eq(at(&done, "/disabled"), "false");
    cr_expect_str_eq(at(&done, "/roles"), "[{\"role\":\"OFFICE_STAT_OFFICER\",\"unit\":\"kbang-lo-ku\"}]");
    cr_expect_eq(get("/v1/me", "loku").status, 200);
    cr_expect_eq(status_of_sign_in("correct horse battery"), 201);
}

Test(account_update, replaces_the_roles_by_those_sent)
{
    struct answer done = change("{\"roles\":[" LEADER "]}"), me = get("/v1/me", "loku");
    cr_expect_str_eq(at(&done, "/roles"), "[" LEADER "]");
    cr_expect_str_eq(at(&me, "/roles/0/role"), "COMMUNE_LEADER");
    cr_expect_str_eq(at(&me, "/roles/1"), "(absent)");
}

Test(account_update, takes_the_rights_away_with_the_roles)
{
    change("{\"roles\":[]}");
    struct answer no = ask("POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022", ""));
    expect_problem(no, 404, "not-found");
}

Test(account_update, sets_a_new_password_and_the_old_one_is_gone)
{
    struct answer done = change("{\"password\":\"mat khau moi dai\"}");
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_null(strstr(done.text, "mat khau moi dai"));
    cr_expect_eq(database_holds("mat khau moi dai"), 0);
    cr_expect_eq(status_of_sign_in("mat khau moi dai"), 201);
    cr_expect_eq(status_of_sign_in("correct horse battery"), 401);
}

Test(account_update, ends_all_access_at_once_when_it_disables)
{
    const char *session = bearer_of("loku", "office");
    struct answer done = change("{\"disabled\":true}");
    cr_expect_str_eq(at(&done, "/disabled"), "true");
    cr_expect_eq(get("/v1/me", "loku").status, 401);
    cr_expect_eq(ask_with("GET", "/v1/me", NULL, NULL, session).status, 401);
    cr_expect_eq(status_of_sign_in("correct horse battery"), 401);
}

Test(account_update, gives_access_back_when_it_enables)
{
    change("{\"disabled\":true}");
    struct answer done = change("{\"disabled\":false}");
    cr_expect_str_eq(at(&done, "/disabled"), "false");
    cr_expect_eq(get("/v1/me", "loku").status, 200);
}

Test(account_update, keeps_since_when_an_account_is_disabled)
{
    const char *since = "select disabled_at from app.account where login = 'loku'";
    change("{\"disabled\":true}");
    const char *first = world_value(since);
    change("{\"disabled\":true}");
    cr_expect_str_eq(world_value(since), first);
    change("{\"name\":\"C\"}");
    cr_expect_str_eq(world_value(since), first);
}

Test(account_update, gives_a_new_etag_with_every_change)
{
    struct answer one = change("{\"name\":\"Một\"}"), two = change("{\"name\":\"Hai\"}");
    cr_expect_str_neq(one.etag, two.etag);
    cr_expect_str_eq(get(LOKU, "admin").etag, two.etag);
}

Test(account_update, wants_to_know_what_was_seen)
{
    expect_problem(ask("PATCH", LOKU, "admin", "{\"name\":\"X\"}"), 428, "precondition-required");
}

Test(account_update, refuses_to_overwrite_what_somebody_changed_meanwhile)
{
    const char *seen = current();
    change("{\"name\":\"Người khác\"}");
    struct answer stale = ask_with("PATCH", LOKU, "admin", "{\"name\":\"X\"}", seen);
    expect_problem(stale, 412, "stale-version");
    cr_expect_str_eq(at(&stale, "/current_etag"), get(LOKU, "admin").etag);
    struct answer read = get(LOKU, "admin");
    cr_expect_str_eq(at(&read, "/name"), "Người khác");
}

Test(account_update, refuses_an_etag_of_another_account)
{
    const char *of_admin = text_of("If-Match: %s", get("/v1/accounts/admin", "admin").etag);
    expect_problem(ask_with("PATCH", LOKU, "admin", "{\"name\":\"X\"}", of_admin), 412, "stale-version");
}

Test(account_update, says_what_is_no_etag)
{
    struct answer no = ask_with("PATCH", LOKU, "admin", "{\"name\":\"X\"}", "If-Match: 1-1");
    expect_fault(no, 400, "bad-request", "? malformed-etag");
}

struct caller {
    char login[16];
    int status;
};

/* The one who may comes last. */
static const struct caller callers[] = {
    {"loku", 403},     {"loku-lead", 403}, {"konpne", 403}, {"kbang", 403},   {"kbang-lead", 403},
    {"province", 403}, {"nobody", 403},    {"reader", 403}, {"expired", 401}, {"revoked", 401},
    {"disabled", 401}, {"", 401},          {"admin", 200},
};

static void expect_caller(const struct caller *who)
{
    const char *body = "{\"roles\":[{\"role\":\"ADMIN\",\"unit\":\"gia-lai\"}]}";
    struct answer done = ask_with("PATCH", LOKU, who->login[0] ? who->login : NULL, body, current());
    cr_expect_eq(done.status, who->status, "%s: %s", who->login, done.text);
    cr_expect_str_eq(
        world_value(
            "select count(*) from app.account_role r join app.account a on a.id = r.account_id and a.login = 'loku'"
            " where r.role = 'ADMIN'"),
        who->status == 200 ? "1" : "0");
}

Test(account_update, is_for_administrators_alone)
{
    for (size_t i = 0; i < COUNT(callers); i++)
        expect_caller(&callers[i]);
}

Test(account_update, finds_no_account_that_is_not_there)
{
    const char *body = "{\"name\":\"X\"}", *seen = "If-Match: \"1-1\"";
    expect_problem(ask_with("PATCH", "/v1/accounts/nosuch", "admin", body, seen), 404, "not-found");
    struct answer none = ask_with("PATCH", "/v1/accounts/nosuch", "loku", body, seen);
    struct answer other = ask_with("PATCH", "/v1/accounts/konpne", "loku", body, seen);
    expect_problem(none, 403, "forbidden");
    cr_expect_str_eq(at(&other, "/detail"), at(&none, "/detail"),
                     "who may not hears not whether there is one");
}

struct fault {
    char body[160], faults[120];
};

static const struct fault faults[] = {
    {"{\"name\":\"X\",\"roles\":[{\"role\":\"KING\",\"unit\":\"kbang\"}]}", "/roles/0/role unknown-role\n"},
    {"{\"name\":\"X\",\"roles\":[{\"role\":\"ADMIN\",\"unit\":\"kbang-krong\"}]}",
     "/roles/0/unit role-not-at-level\n"},
    {"{\"name\":\"X\",\"roles\":null}", "/roles wrong-type\n"},
    {"{\"name\":\"X\",\"password\":\"short\"}", "/password too-short\n"},
    {"{\"name\":\"X\",\"disabled\":\"yes\"}", "/disabled wrong-type\n"},
    {"{\"name\":\"X\",\"login\":\"x2\"}", "/login unknown-member\n"},
    {"{\"name\":null,\"demo\":true}", "/demo unknown-member\n/name wrong-type\n"},
};

static void expect_faults(const struct fault *of)
{
    const char *before = database_digest(NULL);
    struct answer no = change(of->body);
    expect_problem(no, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&no), of->faults, "%s", no.text);
    cr_expect_str_eq(database_digest(NULL), before);
}

Test(account_update, keeps_nothing_of_a_body_with_faults)
{
    for (size_t i = 0; i < COUNT(faults); i++)
        expect_faults(&faults[i]);
}
