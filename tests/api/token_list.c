/* token_list: GET /v1/tokens: the caller's own tokens. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(token_list, .init = world_open, .fini = world_close, .timeout = 30);

static void tokens_of(const char *login, int count)
{
    world_sql(text_of(
        "insert into app.token (account_id, name, hash, scopes, expires_at) "
        "select a.id, 'máy ' || n, sha256(convert_to(a.login || n, 'UTF8')), '{data:read}', now() + interval '1 day' "
        "from app.account a, generate_series(1, %d) n where a.login = '%s' order by n",
        count, login));
}

Test(token_list, shows_what_a_token_may_and_until_when)
{
    struct answer list = get("/v1/tokens", "reader");
    cr_expect_eq(list.status, 200);
    cr_expect_str_eq(at(&list, "/items/0/name"), "thử");
    cr_expect_str_eq(at(&list, "/items/0/scopes"), "[\"data:read\"]");
    cr_expect_str_eq(at(&list, "/items/0/revoked_at"), "null");
    cr_expect_str_eq(at(&list, "/next"), "null");
    const char *until =
        text_of("select '%s'::timestamptz > now() + interval '20 days'", at(&list, "/items/0/expires_at"));
    cr_expect_str_eq(world_value(until), "t");
}

Test(token_list, shows_no_secret_and_no_hash)
{
    struct answer list = get("/v1/tokens", "loku");
    cr_expect_eq(json_object_size(json_array_get(json_object_get(list.json, "items"), 0)), 6u, "%s",
                 list.text);
    cr_expect_null(strstr(list.text, "thidua_"));
    cr_expect_null(strstr(
        list.text,
        world_value(
            "select encode(hash, 'hex') from app.token t join app.account a on a.id = t.account_id and a.login = 'loku'")));
}

static const char *const logins[] = {"loku", "loku-lead", "konpne", "kbang", "admin", "province", "nobody"};

static void expect_own(const char *login)
{
    struct answer list = get("/v1/tokens?limit=500", login);
    const char *own = text_of(
        "select string_agg(t.id::text, ' ' order by t.id) from app.token t join app.account a on a.id = t.account_id"
        " where a.login = '%s'",
        login);
    cr_expect_str_eq(column_of(&list, "id"), world_value(own));
}

Test(token_list, shows_nobody_the_tokens_of_others)
{
    for (size_t i = 0; i < COUNT(logins); i++)
        expect_own(logins[i]);
}

Test(token_list, keeps_showing_a_token_that_was_revoked_or_is_past)
{
    tokens_of("loku", 2);
    world_sql("update app.token set revoked_at = now() where name = 'máy 1'");
    world_sql("update app.token set expires_at = now() - interval '1 hour' where name = 'máy 2'");
    struct answer list = get("/v1/tokens", "loku");
    cr_expect_str_eq(column_of(&list, "name"), "thử máy 1 máy 2");
    cr_expect_str_neq(of_item(&list, "name", "máy 1", "revoked_at"), "null");
}

Test(token_list, goes_page_by_page_to_the_end)
{
    tokens_of("loku", 6);
    cr_expect_str_eq(column_of_pages("/v1/tokens?", "loku", "name", 3),
                     "thử máy 1 máy 2 máy 3 máy 4 máy 5 máy 6");
    cr_expect_str_eq(column_of_pages("/v1/tokens?", "loku", "name", 7),
                     "thử máy 1 máy 2 máy 3 máy 4 máy 5 máy 6");
}

Test(token_list, gives_fifty_unless_told_otherwise)
{
    tokens_of("loku", 60);
    struct answer list = get("/v1/tokens", "loku");
    cr_expect_eq(json_array_size(json_object_get(list.json, "items")), 50u);
    cr_expect_str_neq(at(&list, "/next"), "null");
}

Test(token_list, refuses_a_cursor_it_never_gave)
{
    expect_fault(get("/v1/tokens?cursor=abc", "loku"), 400, "malformed-parameter", "cursor invalid");
    expect_fault(get("/v1/tokens?cursor=99999999999999999999", "loku"), 400, "malformed-parameter",
                 "cursor invalid");
}
