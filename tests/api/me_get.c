/* me_get: GET /v1/me: who is calling. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(me_get, .init = world_open, .fini = world_close, .timeout = 30);

Test(me_get, tells_the_caller_their_account)
{
    struct answer me = get("/v1/me", "kbang");
    cr_expect_eq(me.status, 200);
    cr_expect_str_eq(at(&me, "/login"), "kbang");
    cr_expect_str_eq(at(&me, "/name"), "Tài khoản kbang");
    cr_expect_str_eq(at(&me, "/demo"), "false");
    cr_expect_str_eq(
        at(&me, "/roles"),
        "[{\"role\":\"DISTRICT_HOME_AFFAIRS\",\"unit\":\"kbang\",\"unit_name\":\"huyện Kbang\"}]");
}

Test(me_get, tells_all_roles_of_one_person)
{
    struct answer me = get("/v1/me", "sonlang-both");
    cr_expect_str_eq(at(&me, "/roles/0/role"), "COMMUNE_LEADER");
    cr_expect_str_eq(at(&me, "/roles/1/role"), "OFFICE_STAT_OFFICER");
    cr_expect_str_eq(at(&me, "/roles/1/unit_name"), "xã Sơn Lang");
    cr_expect_str_eq(at(&me, "/roles/2"), "(absent)");
}

Test(me_get, knows_an_account_without_any_role)
{
    struct answer me = get("/v1/me", "nobody");
    cr_expect_eq(me.status, 200);
    cr_expect_str_eq(at(&me, "/roles"), "[]");
}

Test(me_get, is_open_to_a_token_of_any_scope)
{
    cr_expect_eq(get("/v1/me", "reader").status, 200);
}

Test(me_get, shows_nothing_secret)
{
    struct answer me = get("/v1/me", "loku");
    cr_expect_eq(json_object_size(me.json), 5u, "%s", me.text);
    cr_expect_null(strstr(me.text, "password"));
}

Test(me_get, shows_a_change_of_roles_at_once)
{
    get("/v1/me", "loku");
    world_sql(
        "delete from app.account_role r using app.account a where a.id = r.account_id and a.login = 'loku'");
    struct answer me = get("/v1/me", "loku");
    cr_expect_str_eq(at(&me, "/roles"), "[]");
}

struct header {
    char text[80];
};

static const struct header headers[] = {
    {"X-No: token"},
    {"Authorization: Bearer"},
    {"Authorization: Bearer "},
    {"Authorization: Bearer thidua_"},
    {"Authorization: Bearer thidua_expired000000000000000000000000000000000000"},
    {"Authorization: Bearer thidua_revoked000000000000000000000000000000000000"},
    {"Authorization: Bearer thidua_disabled00000000000000000000000000000000000"},
    {"Authorization: Bearer thidua_nosuch0000000000000000000000000000000000000"},
    {"Authorization: Bearer THIDUA_loku000000000000000000000000000000000000000"},
    {"Authorization: Bearer loku000000000000000000000000000000000000000"},
    {"Authorization: Bearer thidua_loku000000000000000000000000000000000000000 x"},
    {"Authorization: thidua_loku000000000000000000000000000000000000000"},
    {"Authorization: Basic bG9rdTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk="},
    {"Cookie: thidua_session="},
    {"Cookie: thidua_session=\"thidua_loku000000000000000000000000000000000000000\""},
};

static void expect_nobody(const struct header *of)
{
    struct answer me = ask_with("GET", "/v1/me", NULL, NULL, of->text);
    cr_expect_eq(me.status, 401, "%s: %s", of->text, me.text);
    expect_problem(me, 401, "unauthenticated");
    cr_expect_str_eq(header_of(&me, "WWW-Authenticate"), "Bearer");
    cr_expect_null(strstr(me.text, "thidua_"), "the token is not to be repeated");
}

Test(me_get, wants_a_token_that_is_good)
{
    for (size_t i = 0; i < COUNT(headers); i++)
        expect_nobody(&headers[i]);
}

Test(me_get, reads_the_scheme_in_any_case)
{
    struct answer me = ask_with("GET", "/v1/me", NULL, NULL,
                                "Authorization: bEARER thidua_loku000000000000000000000000000000000000000");
    cr_expect_eq(me.status, 200);
}

Test(me_get, does_not_choose_between_two_tokens)
{
    const char *two = text_of("%s\r\n%s", bearer_of("loku", "a"), bearer_of("konpne", "b"));
    struct answer me = ask_with("GET", "/v1/me", NULL, NULL, two);
    expect_fault(me, 400, "bad-request", "? repeated-header");
}

Test(me_get, names_problems_in_the_callers_language)
{
    struct answer vi = get("/v1/me", NULL),
                  en = ask_with("GET", "/v1/me", NULL, NULL, "Accept-Language: en-GB, vi;q=0.3");
    cr_expect_str_eq(at(&vi, "/title"), "Cần đăng nhập");
    cr_expect_str_eq(header_of(&vi, "Content-Language"), "vi");
    cr_expect_str_eq(at(&en, "/title"), "Sign in first");
    cr_expect_str_eq(header_of(&en, "Content-Language"), "en");
}
