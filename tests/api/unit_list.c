/* unit_list: GET /v1/units: units through time, found by any spelling. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(unit_list, .init = world_open, .fini = world_close, .timeout = 30);

#define COMMUNES_OF_2022 \
    "kbang-dak-hlo kbang-dak-rong kbang-dak-smar kbang-dong kbang-kon-pne kbang-kong-bo-la " \
    "kbang-kong-long-khong kbang-krong kbang-lo-ku kbang-nghia-an kbang-so-pai kbang-son-lang " \
    "kbang-to-tung kbang-town"

static const char *codes(const char *query)
{
    struct answer list = get(text_of("/v1/units?%s", query), "loku");
    cr_assert_eq(list.status, 200, "%s: %s", query, list.text);
    return column_of(&list, "code");
}

Test(unit_list, shows_a_unit_with_its_name_code_and_parent)
{
    struct answer list = get("/v1/units?as_of=2022-06-30&q=kbang-lo-ku", "loku");
    cr_expect_eq(list.status, 200);
    cr_expect_str_eq(
        at(&list, "/items/0"),
        "{\"code\":\"kbang-lo-ku\",\"kind\":\"COMMUNE\",\"level\":\"commune\",\"name\":\"xã Lơ Ku\",\"official_code\":\"23656\","
        "\"parent\":\"kbang\",\"valid_from\":\"1984-12-28\",\"valid_to\":\"2025-06-30\"}");
}

struct reuse {
    char official[8], day[16], code[32], name[40];
};

static const struct reuse reuses[] = {
    {"23674", "2022-06-30", "kbang-dak-hlo", "xã Đăk Hlơ"},
    {"23674", "2024-10-31", "kbang-dak-hlo", "xã Đăk Hlơ"},
    {"23674", "2024-11-01", "kbang-kong-bo-la", "xã Kông Bơ La"},
    {"23674", "2024-12-01", "kbang-kong-bo-la", "xã Kông Bơ La"},
    {"23674", "2025-06-30", "kbang-kong-bo-la", "xã Kông Bơ La"},
    {"23674", "2025-07-01", "gia-lai-2025-kong-bo-la", "xã Kông Bơ La"},
    {"23674", "2025-08-01", "gia-lai-2025-kong-bo-la", "xã Kông Bơ La"},
    {"23671", "2022-06-30", "kbang-kong-bo-la", "xã Kông Bơ La"},
    {"23671", "2024-12-01", "(absent)", "(absent)"},
    {"52", "2022-06-30", "binh-dinh", "tỉnh Bình Định"},
    {"52", "2025-08-01", "gia-lai-2025", "tỉnh Gia Lai"},
    {"64", "2022-06-30", "gia-lai", "tỉnh Gia Lai"},
    {"64", "2025-08-01", "(absent)", "(absent)"},
    {"23650", "2025-08-01", "kbang-krong", "xã Krong"},
};

static void expect_meaning(const struct reuse *of)
{
    struct answer list = get(text_of("/v1/units?limit=500&as_of=%s", of->day), "loku");
    cr_expect_str_eq(of_item(&list, "official_code", of->official, "code"), of->code, "%s on %s",
                     of->official, of->day);
    cr_expect_str_eq(of_item(&list, "official_code", of->official, "name"), of->name, "%s on %s",
                     of->official, of->day);
}

Test(unit_list, tells_what_an_official_code_meant_on_a_day)
{
    for (size_t i = 0; i < COUNT(reuses); i++)
        expect_meaning(&reuses[i]);
}

struct ask {
    char query[80], codes[400];
};

static const struct ask choices[] = {
    {"within=kbang&level=commune&as_of=2022-06-30", COMMUNES_OF_2022},
    {"within=gia-lai&level=commune&as_of=2022-06-30", COMMUNES_OF_2022},
    {"within=gia-lai&level=district", "kbang"},
    {"level=province&as_of=2022-06-30", "binh-dinh gia-lai"},
    {"level=province", "binh-dinh gia-lai gia-lai-2025"},
    {"within=gia-lai-2025&as_of=2025-08-01",
     "gia-lai-2025-dak-rong gia-lai-2025-kbang gia-lai-2025-kong-bo-la gia-lai-2025-son-lang "
     "gia-lai-2025-to-tung kbang-krong"},
    {"within=kbang&as_of=2025-08-01", ""},
    {"level=district&as_of=2025-07-01", ""},
    {"level=district&as_of=2025-06-30", "kbang"},
    {"within=kbang-lo-ku&level=village&as_of=2022-06-30",
     "kbang-lo-ku-01 kbang-lo-ku-02 kbang-lo-ku-03 kbang-lo-ku-04 kbang-lo-ku-05 kbang-lo-ku-06 kbang-lo-ku-07 kbang-lo-ku-08 kbang-lo-ku-09"},
    {"within=kbang-lo-ku-01", ""},
    {"within=kbang&level=commune&as_of=2024-12-01&q=dak", "kbang-dak-rong kbang-dak-smar"},
    {"within=kbang&level=commune&as_of=1980-01-01&q=lo+ku", ""},
};

static void expect_codes(const struct ask *of)
{
    cr_expect_str_eq(codes(of->query), of->codes, "%s", of->query);
}

Test(unit_list, chooses_by_place_level_and_day)
{
    for (size_t i = 0; i < COUNT(choices); i++)
        expect_codes(&choices[i]);
}

static const struct ask spellings[] = {
    {"q=lo%20ku&level=commune", "kbang-lo-ku"},
    {"q=LO+KU&level=commune", "kbang-lo-ku"},
    {"q=L%C6%A1%20Ku&level=commune", "kbang-lo-ku"},
    {"q=Lo%CC%9B%20Ku&level=commune", "kbang-lo-ku"},
    {"q=dak%20hlo", "kbang-dak-hlo"},
    {"q=%C4%90%C4%83k%20Hl%C6%A1", "kbang-dak-hlo"},
    {"q=%C4%90a%CC%86k%20Hlo%CC%9B", "kbang-dak-hlo"},
    {"q=%C4%90%C4%82K&as_of=2022-06-30", "kbang-dak-hlo kbang-dak-rong kbang-dak-smar"},
    {"q=dak&as_of=2022-06-30", "kbang-dak-hlo kbang-dak-rong kbang-dak-smar"},
    {"q=kong%20pla&as_of=2022-06-30", "kbang-kong-bo-la"},
    {"q=x%C3%A3%20%C4%91%C3%B4ng&as_of=2022-06-30", "kbang-dong"},
    {"q=khong&as_of=2022-06-30", "kbang-kong-long-khong"},
    {"q=kbang-krong", "kbang-krong"},
    {"q=%25", ""},
    {"q=_", ""},
    {"q=%27%20or%201=1--", ""},
};

static void expect_found(const struct ask *of)
{
    cr_expect_str_eq(codes(of->query), of->codes, "%s", of->query);
}

Test(unit_list, finds_a_name_in_any_spelling)
{
    for (size_t i = 0; i < COUNT(spellings); i++)
        expect_found(&spellings[i]);
}

static const int limits[] = {1, 7, 32, 33, 500};

static void expect_all(int limit)
{
    const char *all = world_value("select string_agg(code, ' ' order by code) from app.unit");
    cr_expect_str_eq(column_of_pages("/v1/units?", "loku", "code", limit), all);
    cr_expect_str_eq(
        column_of_pages("/v1/units?within=kbang&level=commune&as_of=2022-06-30&", "loku", "code", limit),
        COMMUNES_OF_2022);
}

Test(unit_list, goes_page_by_page_without_repeats_or_gaps)
{
    for (size_t i = 0; i < COUNT(limits); i++)
        expect_all(limits[i]);
}

Test(unit_list, is_the_same_for_everybody_who_may_read)
{
    static const char *const logins[] = {"reader", "konpne", "kbang", "province", "admin", "nobody"};
    const char *all = get("/v1/units?limit=500", "loku").text;
    for (size_t i = 0; i < COUNT(logins); i++)
        cr_expect_str_eq(get("/v1/units?limit=500", logins[i]).text, all, "%s", logins[i]);
    expect_problem(get("/v1/units", NULL), 401, "unauthenticated");
}

struct refusal {
    char query[64], slug[24], fault[64];
};

static const struct refusal refusals[] = {
    {"within=kbang-x", "invalid-parameters", "within unknown-unit"},
    {"within=", "malformed-parameter", "within not-a-code"},
    {"level=xa", "malformed-parameter", "level not-a-choice"},
    {"as_of=2022-02-30", "malformed-parameter", "as_of not-a-moment"},
    {"as_of=30/06/2022", "malformed-parameter", "as_of not-a-moment"},
    {"q=", "malformed-parameter", "q too-short"},
    {"q=%C6", "malformed-parameter", "q malformed-encoding"},
    {"limit=0", "malformed-parameter", "limit not-an-integer"},
    {"limit=501", "malformed-parameter", "limit not-an-integer"},
    {"asof=2022-06-30", "unknown-parameter", "asof unknown-parameter"},
    {"q=a&q=b", "repeated-parameter", "q repeated-parameter"},
};

static void expect_refused(const struct refusal *of)
{
    expect_fault(get(text_of("/v1/units?%s", of->query), "loku"), 400, of->slug, of->fault);
}

Test(unit_list, says_what_is_wrong_with_a_query)
{
    for (size_t i = 0; i < COUNT(refusals); i++)
        expect_refused(&refusals[i]);
}

Test(unit_list, says_all_that_is_wrong_at_once)
{
    struct answer no = get("/v1/units?level=xa&as_of=x&limit=0&asof=1&q=a&q=b", "loku");
    expect_problem(no, 400, "invalid-parameters");
    cr_expect_str_eq(
        faults_of(&no),
        "level not-a-choice\nas_of not-a-moment\nlimit not-an-integer\nasof unknown-parameter\nq repeated-parameter\n");
    cr_expect_str_eq(at(&no, "/errors/3/params/did_you_mean"), "as_of");
}
