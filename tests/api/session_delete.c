/* session_delete: DELETE /v1/sessions/current: signing out; and what a cookie may do. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(session_delete, .init = world_open, .fini = world_close, .timeout = 30);

#define CURRENT "/v1/sessions/current"

static int status_of_me(const char *header)
{
    return ask_with("GET", "/v1/me", NULL, NULL, header).status;
}

Test(session_delete, ends_just_the_session_that_asks)
{
    const char *office = bearer_of("loku", "office"), *home = bearer_of("loku", "home");
    const char *other = bearer_of("konpne", "office");
    struct answer out = ask_with("DELETE", CURRENT, NULL, NULL, office);
    cr_expect_eq(out.status, 204, "%s", out.text);
    cr_expect_str_eq(out.text, "");
    cr_expect_eq(status_of_me(office), 401);
    cr_expect_eq(status_of_me(home), 200);
    cr_expect_eq(status_of_me(other), 200);
    cr_expect_eq(get("/v1/me", "loku").status, 200, "the account's tokens stay good");
}

Test(session_delete, removes_the_cookie_it_came_with)
{
    const char *cookie = text_of("%s\r\nSec-Fetch-Site: same-origin", cookie_of("loku", "browser"));
    struct answer out = ask_with("DELETE", CURRENT, NULL, NULL, cookie);
    cr_expect_eq(out.status, 204, "%s", out.text);
    cr_expect_not_null(strstr(header_of(&out, "Set-Cookie"), "thidua_session=;"), "%s", out.headers);
    cr_expect_not_null(strstr(header_of(&out, "Set-Cookie"), "Max-Age=0"), "%s", out.headers);
    cr_expect_eq(status_of_me(cookie), 401);
}

Test(session_delete, leaves_the_cookie_of_others_alone_when_a_bearer_signs_out)
{
    struct answer out = ask_with("DELETE", CURRENT, NULL, NULL, bearer_of("loku", "machine"));
    cr_expect_eq(out.status, 204);
    cr_expect_str_eq(header_of(&out, "Set-Cookie"), "");
}

Test(session_delete, does_not_revoke_a_token_which_is_no_session)
{
    expect_problem(ask("DELETE", CURRENT, "loku", NULL), 404, "not-found");
    cr_expect_eq(get("/v1/me", "loku").status, 200);
}

Test(session_delete, cannot_be_done_twice)
{
    const char *session = bearer_of("loku", "office");
    ask_with("DELETE", CURRENT, NULL, NULL, session);
    expect_problem(ask_with("DELETE", CURRENT, NULL, NULL, session), 401, "unauthenticated");
}

Test(session_delete, needs_somebody_signed_in)
{
    expect_problem(ask("DELETE", CURRENT, NULL, NULL), 401, "unauthenticated");
}

Test(session_delete, takes_no_body)
{
    const char *session = bearer_of("loku", "office");
    expect_problem(ask_with("DELETE", CURRENT, NULL, "{}", session), 400, "unexpected-body");
    cr_expect_eq(status_of_me(session), 200, "a refused request does nothing");
}

Test(session_delete, lets_an_expired_session_do_nothing)
{
    const char *session = bearer_of("loku", "office");
    world_sql("update app.session set expires_at = now() - interval '1 second'");
    struct answer me = ask_with("GET", "/v1/me", NULL, NULL, session);
    expect_problem(me, 401, "unauthenticated");
    cr_expect_str_eq(header_of(&me, "WWW-Authenticate"), "Bearer");
}

Test(session_delete, leaves_no_session_to_an_account_that_is_disabled)
{
    const char *session = bearer_of("loku", "office");
    world_sql("update app.account set disabled_at = now() where login = 'loku'");
    cr_expect_eq(status_of_me(session), 401);
}

Test(session_delete, does_not_take_a_token_of_the_query_or_of_basic_authorization)
{
    const char *token = bearer_of("loku", "office") + strlen("Authorization: Bearer ");
    cr_expect_eq(status_of_me(text_of("Authorization: Basic %s", token)), 401);
    cr_expect_eq(get(text_of("/v1/me?access_token=%s", token), NULL).status, 401);
    cr_expect_eq(status_of_me(text_of("Cookie: thidua=%s", token)), 401);
    cr_expect_eq(status_of_me(text_of("Cookie: x%s", cookie_of("loku", "x") + strlen("Cookie: "))), 401);
}

struct page {
    char headers[80];
    bool ours;
};

static const struct page pages[] = {
    {"Sec-Fetch-Site: same-origin", true},
    {"Sec-Fetch-Site: none", true},
    {"Origin: http://thidua.test", true},
    {"Origin: https://thidua.test", true},
    {"X-Nothing: 1", false},
    {"Sec-Fetch-Site: cross-site", false},
    {"Sec-Fetch-Site: same-site", false},
    {"Sec-Fetch-Site: same-origin, cross-site", false},
    {"Sec-Fetch-Site: cross-site\r\nOrigin: http://thidua.test", false},
    {"Origin: null", false},
    {"Origin: http://evil.test", false},
    {"Origin: http://thidua.test.evil.test", false},
    {"Origin: http://evil.test/thidua.test", false},
    {"Referer: http://thidua.test/", false},
};

static void expect_from(const struct page *of)
{
    const char *cookie = cookie_of("loku", "browser");
    const char *headers = text_of("%s\r\n%s", cookie, of->headers);
    struct answer out = ask_with("DELETE", CURRENT, NULL, NULL, headers);
    cr_expect_eq(out.status, of->ours ? 204 : 403, "%s: %s", of->headers, out.text);
    if (!of->ours)
        expect_problem(out, 403, "cross-site");
    cr_expect_eq(status_of_me(cookie), of->ours ? 401 : 200, "%s", of->headers);
}

Test(session_delete, lets_a_cookie_write_for_pages_of_this_site_alone)
{
    for (size_t i = 0; i < COUNT(pages); i++)
        expect_from(&pages[i]);
}

Test(session_delete, reads_by_cookie_from_anywhere_for_that_changes_nothing)
{
    const char *headers = text_of("%s\r\nSec-Fetch-Site: cross-site", cookie_of("loku", "browser"));
    cr_expect_eq(status_of_me(headers), 200);
}

Test(session_delete, prefers_the_bearer_to_the_cookie)
{
    const char *both = text_of("%s\r\n%s", cookie_of("konpne", "browser"), bearer_of("loku", "machine"));
    struct answer me = ask_with("GET", "/v1/me", NULL, NULL, both);
    cr_expect_str_eq(at(&me, "/login"), "loku");
}
