/* session_create: POST /v1/sessions: signing in. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

TestSuite(session_create, .init = world_open, .fini = world_close, .timeout = 30);

#define PASSWORD "correct horse battery"

static struct answer sign_in(const char *login, const char *password, const char *as)
{
    json_auto_t *body = json_pack("{s:s, s:s, s:s*}", "login", login, "password", password, "as", as);
    str_auto_t *text = json_dumps(body, JSON_COMPACT);
    return ask("POST", "/v1/sessions", NULL, text);
}

static void fail_before(int times, const char *login, const char *address, const char *ago)
{
    world_sql(text_of(
        "insert into app.sign_in_failure (login, address, at) "
        "select replace('%s', '#', n::text), '%s', now() - interval '%s' from generate_series(1, %d) n",
        login, address, ago, times));
}

Test(session_create, opens_a_session_whose_token_is_good_for_the_account)
{
    struct answer made = sign_in("loku", PASSWORD, NULL);
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/login"), "loku");
    cr_expect_str_eq(at(&made, "/name"), "Tài khoản loku");
    cr_expect_eq(strlen(at(&made, "/token")), (size_t)TOKEN_SIZE - 1);
    cr_expect_eq(strncmp(at(&made, "/token"), "thidua_", 7), 0);

    struct answer me =
        ask_with("GET", "/v1/me", NULL, NULL, text_of("Authorization: Bearer %s", at(&made, "/token")));
    cr_expect_eq(me.status, 200);
    cr_expect_str_eq(at(&me, "/login"), "loku");
}

Test(session_create, opens_it_for_a_working_day)
{
    struct answer made = sign_in("loku", PASSWORD, "bearer");
    const char *hours = text_of("select round(extract(epoch from '%s'::timestamptz - now()) / 3600)",
                                at(&made, "/expires_at"));
    cr_expect_str_eq(world_value(hours), "12");
}

Test(session_create, gives_a_bearer_no_cookie)
{
    struct answer made = sign_in("loku", PASSWORD, "bearer");
    cr_expect_eq(made.status, 201);
    cr_expect_str_eq(header_of(&made, "Set-Cookie"), "");
}

Test(session_create, gives_a_browser_the_token_in_a_cookie_that_scripts_and_other_sites_cannot_use)
{
    struct answer made = sign_in("loku", PASSWORD, "cookie");
    const char *cookie = header_of(&made, "Set-Cookie");
    cr_assert_eq(made.status, 201);
    cr_expect_str_eq(at(&made, "/token"), "(absent)");
    cr_expect_eq(strncmp(cookie, "thidua_session=thidua_", 22), 0, "%s", cookie);
    cr_expect_not_null(strstr(cookie, "; HttpOnly"));
    cr_expect_not_null(strstr(cookie, "; SameSite=Strict"));
    cr_expect_not_null(strstr(cookie, "; Path=/"));
    cr_expect_null(strstr(cookie, "Secure"), "over plain HTTP it would be lost");

    const char *sent = text_of("Cookie: a=b; %.*s", (int)strcspn(cookie, ";"), cookie);
    struct answer me = ask_with("GET", "/v1/me", NULL, NULL, sent);
    cr_expect_str_eq(at(&me, "/login"), "loku");
}

Test(session_create, keeps_the_cookie_to_tls_when_it_came_by_tls)
{
    struct answer made = ask_with("POST", "/v1/sessions", NULL,
                                  "{\"login\":\"loku\",\"password\":\"" PASSWORD "\",\"as\":\"cookie\"}",
                                  "X-Forwarded-Proto: https");
    cr_expect_not_null(strstr(header_of(&made, "Set-Cookie"), "; Secure"), "%s", made.headers);
}

Test(session_create, keeps_neither_token_nor_password)
{
    struct answer made = sign_in("loku", PASSWORD, NULL);
    const char *token = at(&made, "/token");
    cr_assert_eq(made.status, 201);
    cr_expect_eq(database_holds(token), 0);
    cr_expect_eq(database_holds(token + 7), 0, "not even without its prefix");
    cr_expect_eq(database_holds(PASSWORD), 0);
    cr_expect_str_eq(
        world_value(text_of("select count(*) from app.session where hash = sha256('%s')", token)), "1");
}

struct attempt {
    char login[32], password[32];
};

static const struct attempt attempts[] = {
    {"loku", "wrong horse battery"},     {"loku", PASSWORD " "},
    {"loku", "Correct horse battery"},   {"LOKU", PASSWORD},
    {"nobody-has-this-login", PASSWORD}, {"disabled", PASSWORD},
    {"Lơ Ku' or ''='", PASSWORD},
};

static void expect_wrong(const struct attempt *of)
{
    struct answer no = sign_in(of->login, of->password, NULL), usual = sign_in("konpne", "x", NULL);
    expect_problem(no, 401, "wrong-credentials");
    cr_expect_str_eq(header_of(&no, "WWW-Authenticate"), "Bearer");
    cr_expect_str_eq(at(&no, "/title"), at(&usual, "/title"));
    cr_expect_str_eq(at(&no, "/detail"), at(&usual, "/detail"));
    cr_expect_eq(json_object_size(no.json), json_object_size(usual.json));
    cr_expect_str_eq(world_value("select count(*) from app.session"), "0");
}

Test(session_create, answers_every_wrong_attempt_alike)
{
    for (size_t i = 0; i < COUNT(attempts); i++)
        expect_wrong(&attempts[i]);
}

Test(session_create, asks_as_much_work_for_a_login_that_does_not_exist)
{
    const char *cost =
        "select string_agg(distinct opslimit || ' ' || memlimit || ' ' || length(salt), ',') from "
        "unnest('{loku,ghost,other-ghost}'::text[]) login, app.sign_in_find(login, 'x')";
    cr_expect_str_eq(world_value(cost), "2 67108864 16");
    cr_expect_str_eq(
        world_value("select a.salt = b.salt and a.salt <> c.salt from app.sign_in_find('ghost', 'x') a,"
                    " app.sign_in_find('ghost', 'y') b, app.sign_in_find('other-ghost', 'x') c"),
        "t", "a salt that changes would tell that there is no account");
}

Test(session_create, counts_a_failure_with_the_address_nginx_saw)
{
    ask_with("POST", "/v1/sessions", NULL, "{\"login\":\"loku\",\"password\":\"x\"}", "X-Real-IP: 10.1.2.3");
    cr_expect_str_eq(world_value("select string_agg(login || ' ' || address, ',') from app.sign_in_failure"),
                     "loku 10.1.2.3");
}

Test(session_create, counts_no_failure_when_it_succeeds)
{
    cr_expect_eq(sign_in("loku", PASSWORD, NULL).status, 201);
    cr_expect_str_eq(world_value("select count(*) from app.sign_in_failure"), "0");
}

struct failures {
    int times;
    char login[16], address[16], ago[16];
    int status;
};

ParameterizedTestParameters(session_create, slows_guessing_down)
{
    static struct failures failures[] = {
        {9, "loku", "elsewhere", "1 minute", 201},    {10, "loku", "elsewhere", "1 minute", 429},
        {10, "loku", "elsewhere", "14 minutes", 429}, {10, "loku", "elsewhere", "16 minutes", 201},
        {10, "konpne", "elsewhere", "1 minute", 201}, {39, "guess-#", "local", "1 minute", 201},
        {40, "guess-#", "local", "1 minute", 429},
    };
    return cr_make_param_array(struct failures, failures, COUNT(failures));
}

ParameterizedTest(struct failures *of, session_create, slows_guessing_down)
{
    fail_before(of->times, of->login, of->address, of->ago);
    struct answer answer = sign_in("loku", PASSWORD, NULL);
    cr_expect_eq(answer.status, of->status, "after %d of %s at %s, %s ago: %s", of->times, of->login,
                 of->address, of->ago, answer.text);
}

Test(session_create, says_when_to_try_again)
{
    fail_before(10, "loku", "elsewhere", "1 minute");
    struct answer slow = sign_in("loku", PASSWORD, NULL);
    expect_problem(slow, 429, "too-many-attempts");
    cr_expect_str_eq(header_of(&slow, "Retry-After"), "900");
    cr_expect_str_eq(at(&slow, "/retryable"), "true");
}

Test(session_create, slows_down_a_login_nobody_has_just_so)
{
    fail_before(10, "ghost", "elsewhere", "1 minute");
    struct answer slow = sign_in("ghost", PASSWORD, NULL);
    expect_problem(slow, 429, "too-many-attempts");
}

Test(session_create, forgets_failures_after_a_day)
{
    fail_before(3, "loku", "elsewhere", "25 hours");
    fail_before(1, "town", "elsewhere", "23 hours");
    sign_in("loku", PASSWORD, NULL);
    cr_expect_str_eq(world_value("select string_agg(login, ',') from app.sign_in_failure"), "town");
}

Test(session_create, clears_away_what_expired_of_the_account)
{
    bearer_of("loku", "old");
    bearer_of("town", "old");
    world_sql("update app.session set expires_at = now() - interval '1 second'");
    sign_in("loku", PASSWORD, NULL);
    cr_expect_str_eq(
        world_value(
            "select string_agg(a.login, ',' order by a.login) from app.session s join app.account a on a.id = s.account_id"),
        "loku,town");
    cr_expect_str_eq(world_value("select count(*) from app.session where expires_at < now()"), "1");
}

Test(session_create, reports_every_fault_of_the_body_at_once)
{
    struct answer bad =
        ask("POST", "/v1/sessions", NULL, "{\"login\":\"\",\"pasword\":\"x\",\"as\":\"cokie\"}");
    expect_problem(bad, 422, "invalid-content");
    cr_expect_str_eq(
        faults_of(&bad),
        "/login too-short\n/pasword unknown-member\n/as not-a-choice\n/password missing-member\n");
    cr_expect_str_eq(world_value("select count(*) from app.sign_in_failure"), "0");
}
