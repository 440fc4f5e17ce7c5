/* account_list: GET /v1/accounts: all for an administrator, for others their own. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(account_list, .init = world_open, .fini = world_close, .timeout = 30);

#define ALL_LOGINS "select string_agg(login, ' ' order by login) from app.account"

Test(account_list, shows_an_administrator_all_accounts)
{
    struct answer list = get("/v1/accounts", "admin");
    cr_expect_eq(list.status, 200);
    cr_expect_str_eq(column_of(&list, "login"), world_value(ALL_LOGINS));
    cr_expect_str_eq(of_item(&list, "login", "loku", "name"), "Tài khoản loku");
    cr_expect_str_eq(of_item(&list, "login", "loku", "roles"),
                     "[{\"role\":\"OFFICE_STAT_OFFICER\",\"unit\":\"kbang-lo-ku\"}]");
    cr_expect_str_eq(of_item(&list, "login", "loku", "disabled"), "false");
    cr_expect_str_eq(of_item(&list, "login", "disabled", "disabled"), "true");
}

static const char *const logins[] = {"loku",       "loku-lead",    "konpne",   "kbang",
                                     "kbang-lead", "kbang-viewer", "province", "nobody"};

static void expect_own(const char *login)
{
    struct answer list = get("/v1/accounts", login);
    cr_expect_eq(list.status, 200);
    cr_expect_str_eq(column_of(&list, "login"), login);
}

Test(account_list, shows_everybody_else_their_own_alone)
{
    for (size_t i = 0; i < COUNT(logins); i++)
        expect_own(logins[i]);
}

Test(account_list, shows_no_passwords)
{
    struct answer list = get("/v1/accounts", "admin");
    cr_expect_eq(json_object_size(item_with(&list, "login", "loku")), 6u, "%s", list.text);
    cr_expect_null(strstr(list.text, "password"));
    cr_expect_null(strstr(list.text, "d44682320add37cf"), "the verifier");
}

Test(account_list, can_be_of_one_unit)
{
    struct answer list = get("/v1/accounts?unit=kbang-kon-pne", "admin");
    cr_expect_str_eq(column_of(&list, "login"), "konpne konpne-lead");
    struct answer own = get("/v1/accounts?unit=kbang-kon-pne", "loku");
    cr_expect_str_eq(column_of(&own, "login"), "");
}

Test(account_list, goes_page_by_page_to_the_end)
{
    cr_expect_str_eq(column_of_pages("/v1/accounts?", "admin", "login", 4), world_value(ALL_LOGINS));
    cr_expect_str_eq(column_of_pages("/v1/accounts?", "admin", "login", 500), world_value(ALL_LOGINS));
    cr_expect_str_eq(column_of_pages("/v1/accounts?unit=kbang-lo-ku&", "admin", "login", 1),
                     "disabled expired loku loku-council loku-culture loku-front loku-lead reader revoked");
}

Test(account_list, is_for_nobody_without_a_token)
{
    expect_problem(get("/v1/accounts", NULL), 401, "unauthenticated");
}
