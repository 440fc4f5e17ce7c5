/* unit_change_list: GET /v1/unit-changes: reorganisations. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(unit_change_list, .init = world_open, .fini = world_close, .timeout = 30);

#define ALL "1195-nq-ubtvqh15 1664-nq-ubtvqh15 202-2025-qh15 60-nq-tw"

Test(unit_change_list, shows_the_events_in_the_order_of_time)
{
    struct answer list = get("/v1/unit-changes", "loku");
    cr_expect_eq(list.status, 200);
    cr_expect_str_eq(column_of(&list, "code"), ALL);
    cr_expect_str_eq(column_of(&list, "effective_on"), "2024-11-01 2025-07-01 2025-07-01 2025-07-01");
    cr_expect_not_null(strstr(at(&list, "/items/0/legal_basis"), "1195/NQ-UBTVQH15"));
}

Test(unit_change_list, shows_what_of_a_unit_went_where)
{
    struct answer list = get("/v1/unit-changes?limit=1", "loku");
    cr_expect_str_eq(at(&list, "/items/0/links/0/kind"), "PARTIAL_TRANSFER");
    cr_expect_str_eq(at(&list, "/items/0/links/0/from"), "kbang-dak-hlo");
    cr_expect_str_eq(at(&list, "/items/0/links/0/to"), "kbang-nghia-an");
    cr_expect_str_eq(at(&list, "/items/0/links/0/population"), "284");
    cr_expect_str_eq(at(&list, "/items/0/links/0/area_km2"), "6.217");
    cr_expect_str_eq(at(&list, "/items/0/links/2/kind"), "RECODE");
    cr_expect_str_eq(at(&list, "/items/0/links/2/whole"), "true");
}

Test(unit_change_list, shows_an_end_without_a_successor)
{
    struct answer list = get("/v1/unit-changes", "loku");
    cr_expect_str_eq(at(&list, "/items/3/links/0/kind"), "ABOLISH");
    cr_expect_str_eq(at(&list, "/items/3/links/0/from"), "kbang");
    cr_expect_str_eq(at(&list, "/items/3/links/0/to"), "null");
}

Test(unit_change_list, goes_page_by_page_through_events_of_one_day)
{
    cr_expect_str_eq(column_of_pages("/v1/unit-changes?", "loku", "code", 1), ALL);
    cr_expect_str_eq(column_of_pages("/v1/unit-changes?", "loku", "code", 3), ALL);
}

Test(unit_change_list, does_not_take_an_unknown_cursor_for_the_end)
{
    expect_fault(get("/v1/unit-changes?cursor=nosuch", "loku"), 400, "malformed-parameter", "cursor invalid");
}
