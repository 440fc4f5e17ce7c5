/* form_list: GET /v1/forms. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(form_list, .init = world_open, .fini = world_close, .timeout = 30);

Test(form_list, shows_a_form_for_each_frequency)
{
    struct answer list = get("/v1/forms", "loku");
    cr_expect_eq(list.status, 200);
    cr_expect_str_eq(column_of(&list, "code"), "ktxh-6-thang ktxh-nam ktxh-quy ktxh-thang");
    cr_expect_str_eq(column_of(&list, "frequency"), "half year quarter month");
    cr_expect_str_eq(column_of(&list, "level"), "commune commune commune commune");
    cr_expect_str_eq(of_item(&list, "code", "ktxh-thang", "indicator_count"), "7");
    cr_expect_str_eq(of_item(&list, "code", "ktxh-thang", "four_eyes"), "true");
}

Test(form_list, goes_page_by_page_to_the_end)
{
    cr_expect_str_eq(column_of_pages("/v1/forms?", "loku", "code", 1),
                     "ktxh-6-thang ktxh-nam ktxh-quy ktxh-thang");
    cr_expect_str_eq(column_of_pages("/v1/forms?", "loku", "code", 4),
                     "ktxh-6-thang ktxh-nam ktxh-quy ktxh-thang");
}

Test(form_list, is_for_nobody_without_a_token)
{
    expect_problem(get("/v1/forms", NULL), 401, "unauthenticated");
}
