/* dispatch: what every operation has in common, through a real server. */
#include "support/world.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(dispatch, .init = world_open, .fini = world_close, .timeout = 30);

#define TOKEN_BODY "{\"name\":\"thử\",\"scopes\":[\"data:read\"],\"expires_in_days\":30}"

Test(dispatch, answers_that_it_lives)
{
    struct answer live = ask("GET", "/health/live", NULL, NULL);
    cr_expect_eq(live.status, 200);
    cr_expect_str_eq(live.type, "application/json");
    cr_expect_str_eq(at(&live, "/status"), "live");
    cr_expect_str_eq(header_of(&live, "Cache-Control"), "no-store");
    cr_expect_str_eq(header_of(&live, "X-Content-Type-Options"), "nosniff");
}

Test(dispatch, lives_without_a_database_but_is_not_ready)
{
    db_configure("host=/nowhere", NULL, NULL);
    cr_expect_eq(ask("GET", "/health/live", NULL, NULL).status, 200);
    struct answer ready = ask("GET", "/health/ready", NULL, NULL);
    cr_expect_eq(ready.status, 503);
    cr_expect_str_eq(at(&ready, "/code"), "unavailable");
    cr_expect_str_eq(header_of(&ready, "Retry-After"), "5");
}

Test(dispatch, is_ready_when_every_query_fits_the_database)
{
    struct answer ready = ask("GET", "/health/ready", NULL, NULL);
    cr_expect_eq(ready.status, 200, "%s", ready.text);
}

Test(dispatch, is_not_ready_when_a_query_does_not_fit)
{
    world_sql("alter function app.me() rename to me_no_more");
    cr_expect_eq(ask("GET", "/health/ready", NULL, NULL).status, 503);
}

Test(dispatch, serves_its_contract)
{
    struct answer contract = ask("GET", "/openapi.yaml", NULL, NULL);
    cr_expect_eq(contract.status, 200);
    cr_expect_str_eq(contract.type, "application/yaml");
    cr_expect_not_null(strstr(contract.text, "openapi"));
}

/* Methods and paths ------------------------------------------------------------------------------- */

Test(dispatch, knows_no_other_path)
{
    struct answer lost = ask("GET", "/v1/nothing", "loku", NULL);
    cr_expect_eq(lost.status, 404);
    cr_expect_str_eq(lost.type, "application/problem+json");
    cr_expect_str_eq(at(&lost, "/type"), "/problems/not-found");
    cr_expect_str_eq(at(&lost, "/instance"), header_of(&lost, "X-Request-Id"));
}

Test(dispatch, says_which_methods_a_path_allows)
{
    struct answer wrong = ask("DELETE", "/v1/tokens", "loku", NULL);
    cr_expect_eq(wrong.status, 405);
    cr_expect_str_eq(wrong.allow, "GET, HEAD, POST, OPTIONS");
    cr_expect_str_eq(at(&wrong, "/code"), "method-not-allowed");
    cr_expect_eq(ask("BREW", "/health/live", NULL, NULL).status, 405);
}

Test(dispatch, answers_options_and_head_everywhere)
{
    struct answer options = ask("OPTIONS", "/v1/tokens/7", NULL, NULL);
    cr_expect_eq(options.status, 204);
    cr_expect_str_eq(options.allow, "DELETE, OPTIONS");
    cr_expect_eq(ask("OPTIONS", "/v1/nothing", NULL, NULL).status, 404);
    struct answer head = ask("HEAD", "/v1/me", "loku", NULL);
    cr_expect_eq(head.status, 200);
    cr_expect_str_eq(head.text, "");
}

/* Names, languages, representations ---------------------------------------------------------------- */

Test(dispatch, keeps_a_good_request_id_and_replaces_others)
{
    struct answer kept = ask_with("GET", "/health/live", .headers = "X-Request-Id: abc-0123.x");
    struct answer made = ask_with("GET", "/health/live", .headers = "X-Request-Id: short");
    cr_expect_str_eq(header_of(&kept, "X-Request-Id"), "abc-0123.x");
    cr_expect_eq(strlen(header_of(&made, "X-Request-Id")), 32);
}

Test(dispatch, speaks_vietnamese_unless_english_is_preferred)
{
    struct answer usual = ask("GET", "/v1/nothing", NULL, NULL);
    struct answer english =
        ask_with("GET", "/v1/nothing", .headers = "Accept-Language: fr, en;q=0.8, vi;q=0.7");
    cr_expect_str_eq(header_of(&usual, "Content-Language"), "vi");
    cr_expect_str_eq(at(&usual, "/title"), "Không tìm thấy");
    cr_expect_str_eq(header_of(&english, "Content-Language"), "en");
    cr_expect_str_eq(at(&english, "/title"), "Not found");
}

Test(dispatch, refuses_to_answer_in_a_type_it_does_not_have)
{
    struct answer csv = ask_with("GET", "/v1/me", "loku", .headers = "Accept: text/csv");
    cr_expect_eq(csv.status, 406);
    cr_expect_str_eq(at(&csv, "/code"), "not-acceptable");
    cr_expect_eq(ask_with("GET", "/v1/me", "loku", .headers = "Accept: text/html, */*;q=0.1").status, 200);
}

Test(dispatch, explains_each_problem_to_people_and_programs)
{
    struct answer page = ask_with("GET", "/problems/locked", .headers = "Accept: text/html");
    struct answer data = ask_with("GET", "/problems/locked", .headers = "Accept-Language: en");
    cr_expect_str_eq(page.type, "text/html; charset=utf-8");
    cr_expect_not_null(strstr(page.text, "<h1>Kỳ báo cáo đã khóa</h1>"));
    cr_expect_str_eq(at(&data, "/title"), "The period is locked");
    cr_expect_eq(ask("GET", "/problems/of-tomorrow", NULL, NULL).status, 404);
    struct answer list = ask("GET", "/problems", NULL, NULL);
    cr_expect_str_neq(at(&list, "/items/20/advice"), "(absent)");
    struct answer index = ask_with("GET", "/problems", .headers = "Accept: text/html\r\nAccept-Language: en");
    cr_expect_not_null(strstr(index.text, "<a href=\"/problems/locked\">"));
}

/* Messages whose end or meaning is in doubt ------------------------------------------------------- */

struct raw {
    char text[200], header[24], code[24];
};

static const struct raw ambiguous[] = {
    {"GET /health/live HTTP/1.1\r\n\r\n", "", ""},
    {"GET /health/live HTTP/1.0\r\n\r\n", "Host", "missing-header"},
    {"GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "Host", "repeated-header"},
    {"GET /health/live HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", "Host", "repeated-header"},
    {"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
     "Content-Length", "repeated-header"},
    {"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\ncontent-length: 3\r\n\r\n{} ",
     "Content-Length", "repeated-header"},
    {"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
     "Content-Length", "contradicting-header"},
    {"GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n",
     "Authorization", "repeated-header"},
};

static void expect_refused(const struct raw *it)
{
    struct answer refused = ask_raw(it->text);
    cr_expect_eq(refused.status, 400, "%s: %d", it->text, refused.status);
    if (!it->code[0])
        return; /* libmicrohttpd refused it */
    cr_expect_str_eq(at(&refused, "/errors/0/header"), it->header);
    cr_expect_str_eq(at(&refused, "/errors/0/code"), it->code);
    cr_expect_str_eq(header_of(&refused, "Connection"), "close");
}

Test(dispatch, refuses_ambiguous_messages)
{
    for (size_t i = 0; i < COUNT(ambiguous); i++)
        expect_refused(&ambiguous[i]);
}

/* Bodies ------------------------------------------------------------------------------------------ */

Test(dispatch, wants_a_body_with_a_length)
{
    struct answer none = ask("POST", "/v1/sessions", NULL, NULL);
    cr_expect_eq(none.status, 411);
    struct answer empty = ask("POST", "/v1/sessions", NULL, "");
    cr_expect_eq(empty.status, 400);
    cr_expect_str_eq(at(&empty, "/errors/0/code"), "empty");
}

Test(dispatch, reads_bodies_sent_in_chunks)
{
    struct answer chunked =
        ask_with("POST", "/v1/sessions", NULL, "2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked");
    cr_expect_eq(chunked.status, 422, "%s", chunked.text);
}

Test(dispatch, takes_bodies_up_to_the_limit_of_the_operation)
{
    static char body[4 * 1024 + 2];
    memset(body, ' ', sizeof body - 1);
    struct answer longer = ask("POST", "/v1/sessions", NULL, body);
    cr_expect_eq(longer.status, 413);
    cr_expect_not_null(strstr(at(&longer, "/detail"), "4096"));
    memcpy(body, "{}", 2);
    body[4 * 1024] = '\0';
    cr_expect_eq(ask("POST", "/v1/sessions", NULL, body).status, 422);
}

Test(dispatch, survives_a_body_beyond_every_limit)
{
    static char body[2 * 1024 * 1024];
    memset(body, 'x', sizeof body - 1);
    cr_expect_eq(ask("POST", "/v1/sessions", NULL, body).status, 413);
    cr_expect_eq(ask("GET", "/health/live", NULL, NULL).status, 200);
}

Test(dispatch, takes_json_only)
{
    cr_expect_eq(ask_with("POST", "/v1/sessions", NULL, "a=1", "Content-Type: text/plain").status, 415);
    cr_expect_eq(
        ask_with("POST", "/v1/sessions", NULL, "a=1", "Content-Type: application/x-www-form-urlencoded")
            .status,
        415);
    cr_expect_eq(ask_with("POST", "/v1/sessions", NULL, "{}", "Content-Encoding: gzip").status, 415);
    cr_expect_eq(
        ask_with("POST", "/v1/sessions", NULL, "{}", "Content-Type: application/json; charset=utf-8").status,
        422);
}

Test(dispatch, takes_no_body_where_none_is_expected)
{
    struct answer refused = ask("DELETE", "/v1/tokens/1", "loku", "{}");
    cr_expect_eq(refused.status, 400);
    cr_expect_str_eq(at(&refused, "/code"), "unexpected-body");
    cr_expect_eq(ask("GET", "/v1/me", "loku", "{}").status, 200);
}

Test(dispatch, reports_every_fault_of_a_body_at_once)
{
    struct answer bad =
        ask("POST", "/v1/tokens", "loku", "{\"nam\":1,\"scopes\":[\"data:all\"],\"expires_in_days\":0}");
    cr_expect_eq(bad.status, 422, "%s", bad.text);
    cr_expect_str_eq(at(&bad, "/errors/0/pointer"), "/expires_in_days");
    cr_expect_str_eq(at(&bad, "/errors/1/pointer"), "/nam");
    cr_expect_str_eq(at(&bad, "/errors/2/pointer"), "/name");
    cr_expect_str_eq(at(&bad, "/errors/3/pointer"), "/scopes/0");
}

/* If-Match ---------------------------------------------------------------------------------------- */

Test(dispatch, wants_to_know_which_version_is_changed)
{
    struct answer none = ask("PATCH", "/v1/accounts/loku", "admin", "{}");
    cr_expect_eq(none.status, 428);
    struct answer bad = ask_with("PATCH", "/v1/accounts/loku", "admin", "{}", "If-Match: 1-1");
    cr_expect_eq(bad.status, 400);
    cr_expect_str_eq(at(&bad, "/errors/0/header"), "If-Match");
    struct answer stale =
        ask_with("PATCH", "/v1/accounts/loku", "admin", "{\"name\":\"Bà Lơ\"}", "If-Match: \"0-0\"");
    cr_expect_eq(stale.status, 412, "%s", stale.text);
}

/* Tokens and cookies ------------------------------------------------------------------------------ */

struct caller {
    char login[16];
    int status;
};

static const struct caller callers[] = {{"loku", 200},    {"reader", 200},   {"expired", 401},
                                        {"revoked", 401}, {"disabled", 401}, {"ghost", 401},
                                        {"", 401}};

static void expect_let_in(const struct caller *who)
{
    struct answer me = ask("GET", "/v1/me", who->login[0] ? who->login : NULL, NULL);
    cr_expect_eq(me.status, who->status, "%s: %d", who->login, me.status);
    cr_expect_str_eq(header_of(&me, "WWW-Authenticate"), who->status == 401 ? "Bearer" : "");
}

Test(dispatch, lets_in_who_has_a_good_token)
{
    for (size_t i = 0; i < COUNT(callers); i++)
        expect_let_in(&callers[i]);
}

Test(dispatch, holds_a_token_to_its_scopes)
{
    struct answer refused = ask("POST", "/v1/tokens", "reader", TOKEN_BODY);
    cr_expect_eq(refused.status, 403);
    cr_expect_str_eq(at(&refused, "/code"), "insufficient-scope");
}

Test(dispatch, knows_no_other_way_to_sign_in_than_bearer)
{
    cr_expect_eq(ask_with("GET", "/v1/me", .headers = "Authorization: Basic bG9rdTpsb2t1").status, 401);
}

static const char cookie[] = "Cookie: a=b; thidua_session=thidua_loku000000000000000000000000000000000000000";

Test(dispatch, takes_the_token_from_the_cookie_as_well)
{
    cr_expect_eq(ask_with("GET", "/v1/me", .headers = cookie).status, 200);
}

struct origin {
    char header[48];
    int status;
};

static const struct origin origins[] = {
    {"Sec-Fetch-Site: same-origin", 201},
    {"Sec-Fetch-Site: none", 201},
    {"Sec-Fetch-Site: cross-site", 403},
    {"Sec-Fetch-Site: same-site", 403},
    {"Origin: https://thidua.test", 201},
    {"Origin: https://evil.test", 403},
    {"Origin: null", 403},
    {"X-None: 1", 403},
};

static void expect_written(const struct origin *it)
{
    char headers[200];
    snprintf(headers, sizeof headers, "%s\r\n%s", cookie, it->header);
    struct answer made = ask_with("POST", "/v1/tokens", NULL, TOKEN_BODY, headers);
    cr_expect_eq(made.status, it->status, "%s: %s", it->header, made.text);
}

Test(dispatch, writes_by_cookie_from_its_own_pages_only)
{
    for (size_t i = 0; i < COUNT(origins); i++)
        expect_written(&origins[i]);
}
