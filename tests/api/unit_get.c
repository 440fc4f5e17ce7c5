/* unit_get: GET /v1/units/{code}: one unit with everything dated. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(unit_get, .init = world_open, .fini = world_close, .timeout = 30);

Test(unit_get, shows_the_commune_of_the_plan)
{
    struct answer unit = get("/v1/units/kbang-lo-ku", "loku");
    cr_expect_eq(unit.status, 200);
    cr_expect_str_eq(at(&unit, "/name"), "xã Lơ Ku");
    cr_expect_str_eq(at(&unit, "/official_code"), "23656");
    cr_expect_str_eq(at(&unit, "/parent"), "kbang");
    cr_expect_str_eq(at(&unit, "/names/0/variants"), "[\"Lơ Ku\"]");
}

Test(unit_get, shows_a_closed_unit_with_its_successors)
{
    struct answer closed = get("/v1/units/kbang-dak-hlo", "loku");
    cr_expect_eq(closed.status, 200);
    cr_expect_str_eq(at(&closed, "/valid_to"), "2024-10-31");
    cr_expect_str_eq(at(&closed, "/successors/0/unit"), "kbang-kong-bo-la");
    cr_expect_str_eq(at(&closed, "/successors/0/kind"), "MERGE");
    cr_expect_str_eq(at(&closed, "/successors/1/unit"), "kbang-nghia-an");
    cr_expect_str_eq(at(&closed, "/successors/1/population"), "284");
    cr_expect_str_eq(at(&closed, "/successors/1/population_of"), "2881");
    cr_expect_str_eq(at(&closed, "/successors/1/whole"), "false");
    cr_expect_str_eq(at(&closed, "/successors/1/effective_on"), "2024-11-01");
}

Test(unit_get, shows_a_district_that_ended_without_a_successor)
{
    struct answer kbang = get("/v1/units/kbang", "loku");
    cr_expect_eq(kbang.status, 200);
    cr_expect_str_eq(at(&kbang, "/valid_to"), "2025-06-30");
    cr_expect_str_eq(at(&kbang, "/successors"), "[]");
}

Test(unit_get, shows_what_a_new_unit_came_from)
{
    struct answer made = get("/v1/units/gia-lai-2025-kbang", "loku");
    cr_expect_str_eq(at(&made, "/predecessors/0/unit"), "kbang-dak-smar");
    cr_expect_str_eq(at(&made, "/predecessors/1/unit"), "kbang-lo-ku");
    cr_expect_str_eq(at(&made, "/predecessors/2/unit"), "kbang-town");
    cr_expect_str_eq(at(&made, "/predecessors/3"), "(absent)");
    struct answer lo_ku_now = get("/v1/units/kbang-lo-ku", "loku");
    cr_expect_str_eq(at(&lo_ku_now, "/successors/0/unit"), "gia-lai-2025-kbang");
}

struct day {
    char code[32], day[16], name[32], official[8], parent[16], alive[8];
};

static const struct day days[] = {
    {"kbang-dak-hlo", "2022-06-30", "xã Đăk Hlơ", "23674", "kbang", "true"},
    {"kbang-dak-hlo", "2024-10-31", "xã Đăk Hlơ", "23674", "kbang", "true"},
    {"kbang-dak-hlo", "2024-11-01", "xã Đăk Hlơ", "null", "null", "false"},
    {"kbang-kong-bo-la", "2022-06-30", "xã Kông Bơ La", "23671", "kbang", "true"},
    {"kbang-kong-bo-la", "2024-12-01", "xã Kông Bơ La", "23674", "kbang", "true"},
    {"kbang-kong-bo-la", "2025-08-01", "xã Kông Bơ La", "null", "null", "false"},
    {"gia-lai-2025-kong-bo-la", "2025-08-01", "xã Kông Bơ La", "23674", "gia-lai-2025", "true"},
    {"gia-lai-2025-kong-bo-la", "2022-06-30", "xã Kông Bơ La", "null", "null", "false"},
    {"binh-dinh", "2022-06-30", "tỉnh Bình Định", "52", "null", "true"},
    {"gia-lai-2025", "2025-08-01", "tỉnh Gia Lai", "52", "null", "true"},
    {"kbang-krong", "2025-06-30", "xã Krong", "23650", "kbang", "true"},
    {"kbang-krong", "2025-07-01", "xã Krong", "23650", "gia-lai-2025", "true"},
};

static void expect_day(const struct day *of)
{
    struct answer unit = get(text_of("/v1/units/%s?as_of=%s", of->code, of->day), "loku");
    cr_assert_eq(unit.status, 200, "%s", unit.text);
    cr_expect_str_eq(at(&unit, "/name"), of->name);
    cr_expect_str_eq(at(&unit, "/official_code"), of->official);
    cr_expect_str_eq(at(&unit, "/parent"), of->parent);
    cr_expect_str_eq(at(&unit, "/alive"), of->alive);
    cr_expect_str_eq(at(&unit, "/as_of"), of->day);
}

Test(unit_get, shows_a_unit_as_it_was_on_a_day)
{
    for (size_t i = 0; i < COUNT(days); i++)
        expect_day(&days[i]);
}

Test(unit_get, shows_all_codes_a_unit_ever_had)
{
    struct answer unit = get("/v1/units/kbang-kong-bo-la", "loku");
    cr_expect_str_eq(at(&unit, "/official_codes/0/code"), "23671");
    cr_expect_str_eq(at(&unit, "/official_codes/0/valid_to"), "2024-10-31");
    cr_expect_str_eq(at(&unit, "/official_codes/1/code"), "23674");
    cr_expect_str_eq(at(&unit, "/official_codes/1/valid_from"), "2024-11-01");
    cr_expect_str_eq(at(&unit, "/official_codes/2"), "(absent)");
}

static const char *const codes[] = {
    "kbang-x",    "23674",  "KBANG",
    "l%C6%A1-ku", "kbang/", "-1",
    "'",          "x.y",    "a234567890123456789012345678901234567890123456789012345678901234567"};

static void expect_none(const char *code)
{
    expect_problem(get(text_of("/v1/units/%s", code), "loku"), 404, "not-found");
}

Test(unit_get, finds_nothing_under_what_is_no_code)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        expect_none(codes[i]);
}

Test(unit_get, wants_a_day_of_the_calendar)
{
    expect_fault(get("/v1/units/kbang?as_of=2025-06-31", "loku"), 400, "malformed-parameter",
                 "as_of not-a-moment");
}

Test(unit_get, is_open_to_everybody_signed_in_and_to_nobody_else)
{
    cr_expect_eq(get("/v1/units/kbang-kon-pne", "loku").status, 200);
    cr_expect_eq(get("/v1/units/kbang-kon-pne", "nobody").status, 200);
    expect_problem(get("/v1/units/kbang-kon-pne", NULL), 401, "unauthenticated");
}

Test(unit_get, answers_head_like_get_without_the_body)
{
    struct answer head = ask("HEAD", "/v1/units/kbang", "loku", NULL);
    cr_expect_eq(head.status, 200);
    cr_expect_str_eq(head.type, "application/json");
    cr_expect_str_eq(head.text, "");
}
