/* account_get: GET /v1/accounts/{login}. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(account_get, .init = world_open, .fini = world_close, .timeout = 30);

struct look {
    char login[16], at[16];
    int status;
};

static const struct look looks[] = {
    {"admin", "loku", 200},      {"admin", "admin", 200},       {"admin", "disabled", 200},
    {"admin", "nosuch", 404},    {"loku", "loku", 200},         {"loku", "konpne", 404},
    {"loku", "loku-lead", 404},  {"loku", "nosuch", 404},       {"loku-lead", "loku", 404},
    {"kbang", "loku", 404},      {"kbang-lead", "kbang", 404},  {"province", "admin", 404},
    {"nobody", "nobody", 200},   {"nobody", "loku", 404},       {"expired", "expired", 401},
    {"revoked", "revoked", 401}, {"disabled", "disabled", 401}, {"", "loku", 401},
};

static void expect_look(const struct look *of)
{
    struct answer seen = get(text_of("/v1/accounts/%s", of->at), of->login[0] ? of->login : NULL);
    cr_expect_eq(seen.status, of->status, "%s at %s: %s", of->login, of->at, seen.text);
    if (seen.status == 200)
        cr_expect_str_eq(at(&seen, "/login"), of->at);
    else
        cr_expect_null(strstr(seen.text, "Tài khoản"), "%s", seen.text);
}

Test(account_get, shows_others_to_administrators_alone)
{
    for (size_t i = 0; i < COUNT(looks); i++)
        expect_look(&looks[i]);
}

Test(account_get, tells_another_account_from_none_in_no_way)
{
    struct answer another = get("/v1/accounts/konpne", "loku"), none = get("/v1/accounts/nosuch", "loku");
    expect_problem(another, 404, "not-found");
    cr_expect_str_eq(at(&another, "/detail"), at(&none, "/detail"));
    cr_expect_eq(strlen(another.text), strlen(none.text));
}

Test(account_get, shows_no_password)
{
    struct answer seen = get("/v1/accounts/loku", "admin");
    cr_expect_eq(json_object_size(seen.json), 6u, "%s", seen.text);
    cr_expect_null(strstr(seen.text, "password"));
}

Test(account_get, gives_the_etag_that_account_update_wants)
{
    struct answer seen = get("/v1/accounts/loku", "admin");
    cr_expect_str_eq(seen.etag,
                     world_value("select format('\"%s-1\"', id) from app.account where login = 'loku'"));
    struct answer done = ask_with("PATCH", "/v1/accounts/loku", "admin", "{\"name\":\"Khác\"}",
                                  text_of("If-Match: %s", seen.etag));
    cr_expect_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(get("/v1/accounts/loku", "admin").etag, done.etag);
}

static const char *const logins[] = {"LOKU", ".loku", "lo%6Bu", "loku/", "a'or'1", "l\xc6\xa1ku"};

static void expect_none(const char *login)
{
    expect_problem(get(text_of("/v1/accounts/%s", login), "admin"), 404, "not-found");
}

Test(account_get, finds_nothing_under_what_is_no_login)
{
    for (size_t i = 0; i < COUNT(logins); i++)
        expect_none(logins[i]);
}
