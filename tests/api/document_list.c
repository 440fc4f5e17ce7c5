/* document_list: GET /v1/documents. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(document_list, .init = world_open, .fini = world_close, .timeout = 30);

#define ALL "select string_agg(code, ' ' order by code) from app.document"

Test(document_list, shows_the_documents_the_plan_cites)
{
    struct answer list = get("/v1/documents", "loku");
    cr_expect_eq(list.status, 200);
    cr_expect_str_eq(column_of(&list, "code"), world_value(ALL));
    cr_expect_str_eq(of_item(&list, "code", "kh-43-ubnd-lo-ku-2022", "number"), "43");
    cr_expect_str_eq(of_item(&list, "code", "kh-43-ubnd-lo-ku-2022", "symbol"), "KH-UBND");
    cr_expect_str_eq(of_item(&list, "code", "kh-43-ubnd-lo-ku-2022", "issued_on"), "2022-03-07");
    cr_expect_str_eq(of_item(&list, "code", "kh-43-ubnd-lo-ku-2022", "verified"), "true");
    cr_expect_str_eq(of_item(&list, "code", "nq-30-hdnd-lo-ku-2021", "verified"), "false",
                     "only cited, never seen");
}

Test(document_list, tells_the_two_documents_numbered_19_apart)
{
    struct answer list = get("/v1/documents", "loku");
    cr_expect_str_eq(of_item(&list, "code", "ct-19-ttg-2021", "issuer"), "Thủ tướng Chính phủ");
    cr_expect_str_eq(of_item(&list, "code", "ct-19-tu-gia-lai-2014", "issuer"),
                     "Ban Thường vụ Tỉnh ủy Gia Lai");
}

struct ask {
    char query[48], codes[120];
};

static const struct ask choices[] = {
    {"kind=KH", "kh-1426-ubnd-kbang-2021 kh-262-ubnd-kbang-2022 kh-43-ubnd-lo-ku-2022"},
    {"unit=kbang-lo-ku", "kh-43-ubnd-lo-ku-2022 nq-30-hdnd-lo-ku-2021"},
    {"unit=kbang-lo-ku&kind=NQ", "nq-30-hdnd-lo-ku-2021"},
    {"unit=kbang-kon-pne", ""},
    {"kind=LKG", "lkg-thi-dua-ai-quoc"},
};

static void expect_codes(const struct ask *of)
{
    struct answer list = get(text_of("/v1/documents?%s", of->query), "loku");
    cr_expect_str_eq(column_of(&list, "code"), of->codes, "%s: %s", of->query, list.text);
}

Test(document_list, chooses_by_kind_and_issuer)
{
    for (size_t i = 0; i < COUNT(choices); i++)
        expect_codes(&choices[i]);
}

Test(document_list, goes_page_by_page_to_the_end)
{
    cr_expect_str_eq(column_of_pages("/v1/documents?", "loku", "code", 5), world_value(ALL));
    cr_expect_str_eq(column_of_pages("/v1/documents?", "loku", "code", 12), world_value(ALL));
}

Test(document_list, is_for_nobody_without_a_token)
{
    expect_problem(get("/v1/documents", NULL), 401, "unauthenticated");
}
