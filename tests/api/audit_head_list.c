/* audit_head_list: GET /v1/audit/head. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(audit_head_list, .init = world_open, .fini = world_close, .timeout = 60);

#define HEADS "/v1/audit/head?limit=500"

static const char *own_chain(const char *login)
{
    return world_value(text_of("select 'account:' || id from app.account where login = '%s'", login));
}

Test(audit_head_list, tells_where_the_chain_of_a_unit_ends)
{
    plan_draft(&lo_ku, "2022-03", "");
    struct answer list = get("/v1/audit/head?unit=kbang-lo-ku", "loku");
    cr_expect_eq(list.status, 200, "%s", list.text);
    cr_expect_str_eq(at(&list, "/items/0/chain"), "unit:kbang-lo-ku");
    cr_expect_str_eq(at(&list, "/items/0/unit"), "kbang-lo-ku");
    cr_expect_str_eq(at(&list, "/items/0/unit_name"), "xã Lơ Ku");
    const char *last = world_value(
        "select seq || ' ' || encode(hash, 'hex') from app.audit where chain = 'unit:kbang-lo-ku' order by seq desc limit 1");
    cr_expect_str_eq(text_of("%s %s", at(&list, "/items/0/seq"), at(&list, "/items/0/hash")), last);
    cr_expect_str_eq(at(&list, "/next"), "null");
}

Test(audit_head_list, moves_with_every_change_and_with_no_other)
{
    long id = plan_draft(&lo_ku, "2022-03", "livestock_pig=780");
    struct answer before = get(HEADS, "loku");
    plan_draft(&kon_pne, "2022-03", "");
    struct answer after = get(HEADS, "loku");
    cr_expect_str_eq(after.text, before.text, "a neighbour's work does not show");
    cr_assert_eq(
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("livestock_pig=781"), plan_if_match(id))
            .status,
        200);
    struct answer moved = get(HEADS, "loku");
    cr_expect_str_neq(of_item(&moved, "unit", "kbang-lo-ku", "hash"),
                      of_item(&before, "unit", "kbang-lo-ku", "hash"));
}

struct caller {
    const char *login, *sees, *not ;
};

/* Each has a chain of the own account; units of the world's accounts have chains of their roles. */
static const struct caller callers[] = {
    {"loku", "kbang-lo-ku", "kbang-kon-pne"},
    {"loku-lead", "kbang-lo-ku", "kbang"},
    {"loku-council", "kbang-lo-ku", "kbang"},
    {"loku-village", "kbang-lo-ku-01", "kbang-lo-ku"},
    {"konpne", "kbang-kon-pne", "kbang-lo-ku"},
    {"reader", "kbang-lo-ku", "kbang-kon-pne"},
    {"kbang", "kbang", "gia-lai"},
    {"kbang", "kbang-lo-ku", "gia-lai"},
    {"kbang-viewer", "kbang-lo-ku", "gia-lai"},
    {"kbang-council", "kbang-kon-pne", "gia-lai"},
    {"province", "kbang-kon-pne", "nowhere"},
    {"admin", "gia-lai", "nowhere"},
    {"admin", "kbang-lo-ku", "nowhere"},
};

Test(audit_head_list, shows_each_the_units_whose_data_they_may_see)
{
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer list = get(HEADS, who->login);
        cr_expect_eq(list.status, 200, "%s: %s", who->login, list.text);
        cr_expect_not_null(item_with(&list, "unit", who->sees), "%s does not see %s", who->login, who->sees);
        cr_expect_null(item_with(&list, "unit", who->not ), "%s sees %s", who->login, who->not );
    }
}

Test(audit_head_list, shows_an_account_its_own_chain_and_no_other)
{
    static const char *const logins[] = {"loku", "kbang", "province", "nobody"};
    for (size_t i = 0; i < COUNT(logins); i++) {
        struct answer list = get(HEADS, logins[i]);
        cr_expect_not_null(item_with(&list, "chain", own_chain(logins[i])), "%s: %s", logins[i], list.text);
        cr_expect_null(item_with(&list, "chain", own_chain("konpne")), "%s", logins[i]);
        cr_expect_null(strstr(list.text, "table:"), "%s", logins[i]);
    }
    struct answer none = get(HEADS, "nobody");
    cr_expect_str_eq(column_of(&none, "chain"), own_chain("nobody"));
}

Test(audit_head_list, shows_an_administrator_every_chain)
{
    cr_expect_str_eq(column_of_pages("/v1/audit/head?", "admin", "chain", 7),
                     world_value("select string_agg(chain, ' ' order by id) from app.audit_head"));
    struct answer list = get(HEADS, "admin");
    cr_expect_not_null(item_with(&list, "chain", "table:unit"), "%s", list.text);
}

Test(audit_head_list, can_be_narrowed_to_units_and_comes_in_pages)
{
    struct answer list = get("/v1/audit/head?unit=kbang-lo-ku,kbang-kon-pne", "kbang");
    cr_expect_str_eq(column_of(&list, "unit"), "kbang-kon-pne kbang-lo-ku");
    struct answer neighbour = get("/v1/audit/head?unit=kbang-kon-pne", "loku");
    cr_expect_str_eq(at(&neighbour, "/items"), "[]");
    struct answer whole = get(HEADS, "kbang");
    cr_expect_str_eq(column_of_pages("/v1/audit/head?", "kbang", "hash", 2), column_of(&whole, "hash"));
}

Test(audit_head_list, refuses_parameters_it_does_not_understand)
{
    struct answer bad = get("/v1/audit/head?cursor=x", "loku");
    cr_expect_eq(bad.status, 400);
    cr_expect_str_eq(faults_of(&bad), "cursor invalid\n");
    expect_fault(get("/v1/audit/head?unit=nowhere", "loku"), 400, "invalid-parameters", "unit unknown-unit");
}

Test(audit_head_list, is_for_who_signed_in_and_may_read)
{
    expect_problem(get("/v1/audit/head", NULL), 401, "unauthenticated");
    expect_problem(get("/v1/audit/head", "expired"), 401, "unauthenticated");
    world_sql(
        "update app.token set scopes = '{workflow}' where account_id = (select id from app.account where login = 'loku')");
    expect_problem(get("/v1/audit/head", "loku"), 403, "insufficient-scope");
    cr_expect_eq(ask_with("GET", "/v1/audit/head", "konpne", NULL, "Accept: text/html").status, 406);
}
