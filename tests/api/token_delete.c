/* token_delete: DELETE /v1/tokens/{id}: revoking a token. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(token_delete, .init = world_open, .fini = world_close, .timeout = 30);

static const char *path_of_token(const char *login)
{
    return text_of(
        "/v1/tokens/%s",
        world_value(text_of(
            "select t.id from app.token t join app.account a on a.id = t.account_id where a.login = '%s'",
            login)));
}

Test(token_delete, makes_the_token_useless_at_once)
{
    const char *session = bearer_of("loku", "office");
    cr_expect_eq(get("/v1/me", "loku").status, 200);
    struct answer gone = ask_with("DELETE", path_of_token("loku"), NULL, NULL, session);
    cr_expect_eq(gone.status, 204, "%s", gone.text);
    cr_expect_str_eq(gone.text, "");
    expect_problem(get("/v1/me", "loku"), 401, "unauthenticated");
    cr_expect_eq(ask_with("GET", "/v1/me", NULL, NULL, session).status, 200, "the session goes on");
}

Test(token_delete, may_be_done_with_the_token_itself)
{
    cr_expect_eq(ask("DELETE", path_of_token("reader"), "reader", NULL).status, 204);
    cr_expect_eq(get("/v1/me", "reader").status, 401);
}

Test(token_delete, keeps_the_row_with_when)
{
    ask("DELETE", path_of_token("loku"), "loku", NULL);
    cr_expect_str_eq(
        world_value("select t.revoked_at between now() - interval '1 minute' and now() from app.token t"
                    " join app.account a on a.id = t.account_id where a.login = 'loku'"),
        "t");
}

Test(token_delete, cannot_be_done_twice)
{
    const char *session = bearer_of("loku", "office"), *path = path_of_token("loku");
    ask_with("DELETE", path, NULL, NULL, session);
    const char *when = world_value("select max(revoked_at) from app.token");
    expect_problem(ask_with("DELETE", path, NULL, NULL, session), 404, "not-found");
    cr_expect_str_eq(world_value("select max(revoked_at) from app.token"), when);
}

static const char *const logins[] = {"loku",  "konpne-lead", "kbang", "kbang-lead",
                                     "admin", "province",    "nobody"};

static void expect_not_found(const char *login)
{
    expect_problem(ask("DELETE", path_of_token("konpne"), login, NULL), 404, "not-found");
    cr_expect_eq(get("/v1/me", "konpne").status, 200);
}

Test(token_delete, finds_no_token_of_somebody_else)
{
    for (size_t i = 0; i < COUNT(logins); i++)
        expect_not_found(logins[i]);
}

static const char *const ids[] = {
    "0", "999999999999999999", "9223372036854775808", "-1", "1.0", "abc", "1%20", "%31"};

static void expect_none(const char *id)
{
    expect_problem(ask("DELETE", text_of("/v1/tokens/%s", id), "loku", NULL), 404, "not-found");
}

Test(token_delete, finds_nothing_under_a_number_that_is_none)
{
    for (size_t i = 0; i < COUNT(ids); i++)
        expect_none(ids[i]);
}

Test(token_delete, is_possible_for_nobody_without_a_token)
{
    expect_problem(ask("DELETE", path_of_token("loku"), NULL, NULL), 401, "unauthenticated");
}

Test(token_delete, is_the_only_thing_to_be_done_with_one_token)
{
    struct answer no = get(path_of_token("loku"), "loku");
    expect_problem(no, 405, "method-not-allowed");
    cr_expect_str_eq(no.allow, "DELETE, OPTIONS");
}
