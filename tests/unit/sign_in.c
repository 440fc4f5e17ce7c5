/* signing in: sessions, their tokens and cookies. */
#include "support/world.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(sign_in, .init = world_open, .fini = world_close, .timeout = 60);

#define GOOD "{\"login\":\"loku\",\"password\":\"correct horse battery\"}"
#define WRONG "{\"login\":\"loku\",\"password\":\"wrong\"}"

static struct answer me_with(const char *header, const char *value)
{
    char headers[200];
    snprintf(headers, sizeof headers, "%s%s", header, value);
    return ask_with("GET", "/v1/me", .headers = headers);
}

Test(sign_in, gives_a_token_that_is_good_until_the_session_is_ended)
{
    struct answer made = ask("POST", "/v1/sessions", NULL, GOOD);
    cr_assert_eq(made.status, 201, "%s", made.text);
    const char *token = at(&made, "/token");
    cr_expect_eq(strlen(token), 50);
    struct answer me = me_with("Authorization: Bearer ", token);
    cr_expect_str_eq(at(&me, "/login"), "loku");

    char headers[100];
    snprintf(headers, sizeof headers, "Authorization: Bearer %s", token);
    cr_expect_eq(ask_with("DELETE", "/v1/sessions/current", .headers = headers).status, 204);
    cr_expect_eq(me_with("Authorization: Bearer ", token).status, 401);
}

Test(sign_in, gives_a_cookie_to_browsers)
{
    struct answer made =
        ask_with("POST", "/v1/sessions", NULL,
                 "{\"login\":\"loku\",\"password\":\"correct horse battery\",\"as\":\"cookie\"}",
                 "X-Forwarded-Proto: https");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/token"), "(absent)");
    const char *cookie = header_of(&made, "Set-Cookie");
    cr_expect_not_null(strstr(cookie, "; Path=/; HttpOnly; SameSite=Strict; Secure"));
    char value[80];
    snprintf(value, sizeof value, "%.*s", (int)strcspn(cookie, ";"), cookie);
    struct answer me = me_with("Cookie: ", value);
    cr_expect_str_eq(at(&me, "/login"), "loku");
}

Test(sign_in, ends_the_cookie_with_the_session)
{
    char headers[200];
    struct answer made = ask("POST", "/v1/sessions", NULL, GOOD);
    snprintf(headers, sizeof headers, "Cookie: thidua_session=%s\r\nSec-Fetch-Site: same-origin",
             at(&made, "/token"));
    struct answer ended = ask_with("DELETE", "/v1/sessions/current", .headers = headers);
    cr_expect_eq(ended.status, 204, "%s", ended.text);
    cr_expect_not_null(strstr(header_of(&ended, "Set-Cookie"), "Max-Age=0"));
}

Test(sign_in, does_not_tell_a_wrong_password_from_an_unknown_login)
{
    struct answer wrong = ask("POST", "/v1/sessions", NULL, WRONG);
    struct answer unknown = ask("POST", "/v1/sessions", NULL, "{\"login\":\"ghost\",\"password\":\"wrong\"}");
    struct answer disabled =
        ask("POST", "/v1/sessions", NULL, "{\"login\":\"disabled\",\"password\":\"correct horse battery\"}");
    cr_expect_eq(wrong.status, 401);
    cr_expect_str_eq(at(&wrong, "/code"), "wrong-credentials");
    cr_expect_eq(unknown.status, 401);
    cr_expect_str_eq(at(&unknown, "/code"), "wrong-credentials");
    cr_expect_eq(disabled.status, 401);
}

Test(sign_in, slows_guessing_down)
{
    for (int i = 0; i < 10; i++)
        cr_expect_eq(ask("POST", "/v1/sessions", NULL, WRONG).status, 401);
    struct answer stopped = ask("POST", "/v1/sessions", NULL, GOOD);
    cr_expect_eq(stopped.status, 429);
    cr_expect_str_eq(header_of(&stopped, "Retry-After"), "900");
    cr_expect_str_eq(at(&stopped, "/retryable"), "true");
}

Test(sign_in, refuses_a_body_of_the_wrong_shape)
{
    struct answer bad = ask("POST", "/v1/sessions", NULL, "{\"login\":7,\"pasword\":\"x\"}");
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(at(&bad, "/errors/1/params/did_you_mean"), "password");
    cr_expect_str_eq(at(&bad, "/errors/2/pointer"), "/password");
}

/* The bodies of answers are written by us, not by Jansson: what is appended must leave them JSON. */
Test(sign_in, shows_a_new_token_once)
{
    struct answer made = ask("POST", "/v1/tokens", "loku",
                             "{\"name\":\"máy\",\"scopes\":[\"data:read\"],\"expires_in_days\":30}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    struct answer me = me_with("Authorization: Bearer ", at(&made, "/token"));
    cr_expect_eq(me.status, 200);
    struct answer list = ask("GET", "/v1/tokens", "loku", NULL);
    cr_expect_null(strstr(list.text, at(&made, "/token")));
}

Test(sign_in, takes_the_password_made_for_a_new_account)
{
    struct answer made =
        ask("POST", "/v1/accounts", "admin", "{\"login\":\"moi\",\"name\":\"Người mới\",\"roles\":[]}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    char body[120];
    snprintf(body, sizeof body, "{\"login\":\"moi\",\"password\":\"%s\"}", at(&made, "/password"));
    cr_expect_eq(ask("POST", "/v1/sessions", NULL, body).status, 201);
}
