/* submission_list: GET /v1/submissions. */
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(submission_list, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer list(const char *query, const char *login)
{
    return ask("GET", text_of("/v1/submissions%s", query), login, NULL);
}

/* The numbers of a page, "3 2 1". */
static const char *ids_of(const struct answer *page)
{
    const char *ids = "";
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(page->json, "items"), i, item) ids =
        text_of("%s%s%lld", ids, i ? " " : "", (long long)json_integer_value(json_object_get(item, "id")));
    return ids;
}

static void expect_ids(const char *query, const char *login, const char *ids)
{
    struct answer page = list(query, login);
    cr_expect_eq(page.status, 200, "%s: %s", query, page.text);
    cr_expect_str_eq(ids_of(&page), ids, "%s as %s", query, login);
}

/* 1: Lơ Ku 2022 accepted, 2: Lơ Ku first quarter returned, 3: Kon Pne 2022 submitted, 4: Kon Pne March, a
 * draft */
static void make_four(void)
{
    plan_in_state(&lo_ku, "2022", "accepted");
    plan_in_state(&lo_ku, "2022-Q1", "returned");
    plan_in_state(&kon_pne, "2022", "submitted");
    plan_in_state(&kon_pne, "2022-03", "draft");
}

Test(submission_list, is_empty_before_anything_is_reported)
{
    struct answer page = list("", "kbang");
    cr_expect_eq(page.status, 200);
    cr_expect_str_eq(at(&page, "/items"), "[]");
    cr_expect_str_eq(at(&page, "/next"), "null");
}

Test(submission_list, shows_the_newest_first_without_figures)
{
    make_four();
    struct answer page = list("", "loku");
    cr_expect_str_eq(ids_of(&page), "2 1");
    cr_expect_str_eq(at(&page, "/items/0/period"), "2022-Q1");
    cr_expect_str_eq(at(&page, "/items/0/state"), "returned");
    cr_expect_str_eq(at(&page, "/items/0/allowed_actions"), "[\"edit\"]");
    cr_expect_str_eq(at(&page, "/items/1/allowed_actions"), "[]");
    cr_expect_str_eq(at(&page, "/items/0/values"), "(absent)");
}

Test(submission_list, can_be_narrowed_by_unit_period_form_and_state)
{
    make_four();
    expect_ids("?unit=kbang-kon-pne", "kbang", "3");
    expect_ids("?period=2022", "kbang", "3 1");
    expect_ids("?form=ktxh-quy", "kbang", "2");
    expect_ids("?state=accepted", "kbang", "1");
    expect_ids("?unit=kbang-lo-ku&period=2022&form=ktxh-nam&state=accepted", "kbang", "1");
    expect_ids("?unit=kbang-lo-ku&state=submitted", "kbang", "");
}

Test(submission_list, takes_several_units_and_periods)
{
    make_four();
    expect_ids("?unit=kbang-kon-pne,kbang-lo-ku", "kbang", "3 2 1");
    expect_ids("?period=2022-Q1,2022", "kbang", "3 2 1");
    expect_ids("?unit=kbang-dong,kbang-lo-ku&period=2022-Q1,2022-Q2", "kbang", "2");
}

Test(submission_list, counts_an_accepted_report_of_a_locked_period_as_locked)
{
    make_four();
    world_sql("update app.period set locks_at = now() where code = '2022'");
    expect_ids("?state=locked", "kbang", "1");
    expect_ids("?state=accepted", "kbang", "");
    expect_ids("?state=submitted", "kbang", "3");
}

Test(submission_list, comes_in_pages_that_miss_and_repeat_nothing)
{
    make_four();
    plan_draft(&lo_ku, "2022-04", "");
    struct answer first = list("?limit=2", "loku");
    cr_expect_str_eq(ids_of(&first), "5 2");
    cr_expect_str_neq(at(&first, "/next"), "null");
    plan_draft(&lo_ku, "2022-05", "");
    struct answer second = list(text_of("?limit=2&cursor=%s", at(&first, "/next")), "loku");
    cr_expect_str_eq(ids_of(&second), "1");
    cr_expect_str_eq(at(&second, "/next"), "null");
}

Test(submission_list, knows_the_last_page_when_it_is_full)
{
    make_four();
    struct answer page = list("?limit=2", "loku");
    cr_expect_str_eq(ids_of(&page), "2 1");
    cr_expect_str_eq(at(&page, "/next"), "null");
}

Test(submission_list, refuses_parameters_it_does_not_understand)
{
    static const struct {
        const char *query, *faults;
    } cases[] = {
        {"?cursor=abc", "cursor invalid\n"},
        {"?cursor=99999999999999999999", "cursor invalid\n"},
        {"?limit=0", "limit not-an-integer\n"},
        {"?limit=501", "limit not-an-integer\n"},
        {"?state=done", "state not-a-choice\n"},
        {"?units=kbang", "units unknown-parameter\n"},
        {"?state=draft&state=draft", "state repeated-parameter\n"},
        {"?unit=nowhere,kbang&period=2031&form=nothing",
         "unit unknown-unit\nperiod unknown-period\nform unknown-form\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = list(cases[i].query, "loku");
        cr_expect_eq(bad.status, 400, "%s: %s", cases[i].query, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s: %s", cases[i].query, bad.text);
    }
}

struct sight {
    const char *login, *ids;
    int status;
};

static const struct sight callers[] = {
    {"loku", "2 1", 200},
    {"loku-lead", "2 1", 200},
    {"loku-culture", "2 1", 200},
    {"loku-front", "2 1", 200},
    {"loku-council", "2 1", 200},
    {"reader", "2 1", 200},
    {"loku-village", "", 200},
    {"konpne", "4 3", 200},
    {"konpne-lead", "4 3", 200},
    {"sonlang-both", "", 200},
    {"kbang", "3 2 1", 200},
    {"kbang-lead", "3 2 1", 200},
    {"kbang-viewer", "3 2 1", 200},
    {"kbang-council", "3 2 1", 200},
    {"province", "1", 200},
    {"admin", "", 200},
    {"nobody", "", 200},
    {"expired", "", 401},
    {NULL, "", 401},
};

Test(submission_list, shows_each_caller_what_it_may_see)
{
    make_four();
    for (const struct sight *who = callers; who < callers + COUNT(callers); who++) {
        struct answer page = list("", who->login);
        cr_expect_eq(page.status, who->status, "%s", who->login);
        cr_expect_str_eq(ids_of(&page), who->ids, "%s", who->login);
    }
}

Test(submission_list, shows_other_communes_what_the_district_published)
{
    make_four();
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    expect_ids("", "konpne", "4 3 1");
    expect_ids("", "nobody", "1");
    expect_ids("", "loku", "2 1");
}

Test(submission_list, hides_the_reworking_of_a_returned_report_from_the_district)
{
    make_four();
    ask_with("PATCH", plan_path(2, ""), "loku", "{\"note\":\"đang sửa\"}", plan_if_match(2));
    struct answer own = list("?state=returned", "loku"), district = list("?state=returned", "kbang");
    cr_expect_str_eq(at(&own, "/items/0/note"), "đang sửa");
    cr_expect_str_eq(at(&district, "/items/0/id"), "2");
    cr_expect_str_eq(at(&district, "/items/0/note"), "null");
}
