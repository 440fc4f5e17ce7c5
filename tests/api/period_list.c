/* period_list: GET /v1/periods.  Who may is in period_get.c. */
#include "support/plan.h"
#include <criterion/criterion.h>

TestSuite(period_list, .init = world_open, .fini = world_close, .timeout = 60);

/* The codes of a page, "2022 2022-01". */
static const char *codes_of(const char *query)
{
    struct answer page = ask("GET", text_of("/v1/periods%s", query), "loku", NULL);
    cr_expect_eq(page.status, 200, "%s: %s", query, page.text);
    const char *codes = "";
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(page.json, "items"), i, item) codes =
        text_of("%s%s%s", codes, i ? " " : "", json_string_value(json_object_get(item, "code")));
    return codes;
}

Test(period_list, has_the_periods_of_2022_in_the_order_of_their_codes)
{
    cr_expect_str_eq(codes_of(""),
                     "2022 2022-01 2022-02 2022-03 2022-04 2022-05 2022-06 2022-07 2022-08 2022-09"
                     " 2022-10 2022-11 2022-12 2022-9M 2022-H1 2022-H2 2022-Q1 2022-Q2 2022-Q3 2022-Q4");
}

Test(period_list, can_be_narrowed_by_year_and_frequency)
{
    ask("POST", "/v1/periods", "kbang",
        "{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\"}");
    cr_expect_str_eq(codes_of("?frequency=year"), "2021 2022");
    cr_expect_str_eq(codes_of("?year=2021"), "2021");
    cr_expect_str_eq(codes_of("?year=2022&frequency=half"), "2022-H1 2022-H2");
    cr_expect_str_eq(codes_of("?year=2023"), "");
}

Test(period_list, comes_in_pages)
{
    struct answer first = ask("GET", "/v1/periods?frequency=quarter&limit=3", "loku", NULL);
    cr_expect_str_eq(at(&first, "/items/2/code"), "2022-Q3");
    cr_expect_str_eq(at(&first, "/items/3"), "(absent)");
    const char *rest = text_of("?frequency=quarter&limit=3&cursor=%s", at(&first, "/next"));
    cr_expect_str_eq(codes_of(rest), "2022-Q4");
    struct answer full = ask("GET", "/v1/periods?frequency=quarter&limit=4", "loku", NULL);
    cr_expect_str_eq(at(&full, "/next"), "null");
}

Test(period_list, refuses_parameters_it_does_not_understand)
{
    static const struct {
        const char *query, *faults;
    } cases[] = {
        {"?frequency=weekly", "frequency not-a-choice\n"},
        {"?year=22", "year not-an-integer\n"},
        {"?quarter=1&year=x", "quarter unknown-parameter\nyear not-an-integer\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = ask("GET", text_of("/v1/periods%s", cases[i].query), "loku", NULL);
        cr_expect_eq(bad.status, 400, "%s", cases[i].query);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults);
    }
}
