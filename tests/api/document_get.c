/* document_get: GET /v1/documents/{code}. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(document_get, .init = world_open, .fini = world_close, .timeout = 30);

#define PLAN "/v1/documents/kh-43-ubnd-lo-ku-2022"

/* "RELATION document" of each link, commas between. */
static const char *links(const struct answer *document, const char *member)
{
    const char *text = "";
    size_t i;
    json_t *link;
    json_array_foreach(json_object_get(document->json, member), i, link) text =
        text_of("%s%s%s %s", text, i ? ", " : "", json_string_value(json_object_get(link, "relation")),
                json_string_value(json_object_get(link, "document")));
    return text;
}

Test(document_get, shows_the_plan_as_it_was_signed)
{
    struct answer plan = get(PLAN, "loku");
    cr_expect_eq(plan.status, 200);
    cr_expect_str_eq(at(&plan, "/issuer"), "Ủy ban nhân dân xã Lơ Ku");
    cr_expect_str_eq(at(&plan, "/issuer_unit"), "kbang-lo-ku");
    cr_expect_str_eq(at(&plan, "/issue_place"), "Lơ Ku");
    cr_expect_str_eq(at(&plan, "/signer_title"), "TM. ỦY BAN NHÂN DÂN XÃ, CHỦ TỊCH");
    cr_expect_str_eq(at(&plan, "/signer_name"), "Hồ Xuân Dương");
}

Test(document_get, shows_what_the_plan_rests_on)
{
    struct answer plan = get(PLAN, "loku");
    cr_expect_str_eq(
        links(&plan, "links"),
        "BASED_ON nq-30-hdnd-lo-ku-2021, CONTINUES ct-19-tu-gia-lai-2014, CONTINUES ct-34-tw-2014, "
        "CONTINUES lkg-thi-dua-ai-quoc, IMPLEMENTS ct-02-ubnd-gia-lai-2022, IMPLEMENTS kh-262-ubnd-kbang-2022, "
        "TIED_TO ct-05-tw-2016, TIED_TO kh-1426-ubnd-kbang-2021, TIED_TO nq-dang-bo-kbang-ix");
    cr_expect_str_eq(links(&plan, "linked_from"), "");
}

Test(document_get, shows_where_a_document_is_cited)
{
    struct answer directive = get("/v1/documents/ct-02-ubnd-gia-lai-2022", "loku");
    cr_expect_str_eq(links(&directive, "linked_from"),
                     "IMPLEMENTS kh-262-ubnd-kbang-2022, IMPLEMENTS kh-43-ubnd-lo-ku-2022");
    cr_expect_str_eq(links(&directive, "links"), "");
}

Test(document_get, keeps_the_wording_as_issued_beside_the_corrected_one)
{
    struct answer directive = get("/v1/documents/ct-02-ubnd-gia-lai-2022", "loku");
    cr_expect_not_null(strstr(at(&directive, "/title"), "(24/5/1932 - 24/5/2022)"));
    cr_expect_not_null(strstr(at(&directive, "/title_as_issued"), "(24/5/1932- 24/5/2022)"));
}

static const char *const codes[] = {"43", "KH-43-UBND-LO-KU-2022", "kh-43-ubnd-lo-ku", "kh-43%2Fubnd",
                                    "43/KH-UBND"};

static void expect_none(const char *code)
{
    expect_problem(get(text_of("/v1/documents/%s", code), "loku"), 404, "not-found");
}

Test(document_get, finds_nothing_under_another_code)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        expect_none(codes[i]);
}

Test(document_get, is_for_nobody_without_a_token)
{
    expect_problem(get(PLAN, NULL), 401, "unauthenticated");
}
