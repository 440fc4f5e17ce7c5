/* expected_report_list, reporting_rate_list, task_list: who owes what. */
#include "support/expect.h"
#include "support/villages.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(duties, .init = world_open, .fini = world_close, .timeout = 120);

static struct answer rates(const char *login, const char *parameters)
{
    struct answer list = get(text_of("/v1/reporting-rates?%s", parameters), login);
    cr_assert_eq(list.status, 200, "%s", list.text);
    return list;
}

/* "14 2 1 1 0.143 0.071": expected, submitted, on time, accepted, completeness, timeliness. */
static const char *rate_of(const struct answer *list, int nth)
{
    static const char *const members[] = {"expected", "submitted",    "on_time",
                                          "accepted", "completeness", "timeliness"};
    const char *said = "";
    for (size_t i = 0; i < COUNT(members); i++)
        said = text_of("%s%s%s", said, i ? " " : "", at(list, text_of("/items/%d/%s", nth, members[i])));
    return said;
}

Test(duties, are_all_units_forms_and_periods_that_fit)
{
    plan_accepted(&lo_ku, "2022", "");
    plan_draft(&kon_pne, "2022", "");
    struct answer year = get("/v1/expected-reports?period=2022", "kbang");
    cr_assert_eq(year.status, 200, "%s", year.text);
    cr_expect_eq(json_array_size(json_object_get(year.json, "items")), 14);
    cr_expect_str_eq(of_item(&year, "unit", "kbang-lo-ku", "state"), "accepted");
    cr_expect_str_eq(of_item(&year, "unit", "kbang-kon-pne", "state"), "null",
                     "a draft is nothing to the district");
    cr_expect_str_eq(of_item(&year, "unit", "kbang-kon-pne", "submission"), "null");
    struct answer own = get("/v1/expected-reports?period=2022&unit=children(kbang)", "konpne");
    cr_expect_str_eq(column_of(&own, "unit"), "kbang-kon-pne", "others are left out");
    cr_expect_str_eq(of_item(&own, "unit", "kbang-kon-pne", "state"), "draft");
    struct answer two = get("/v1/expected-reports?period=2022-01..2022-02&unit=kbang-lo-ku", "kbang");
    cr_expect_str_eq(column_of(&two, "period"), "2022-01 2022-02");
    cr_expect_str_eq(column_of(&two, "form"), "ktxh-thang ktxh-thang");
    const char *paged = column_of_pages("/v1/expected-reports?period=2022,2022-Q1&", "kbang", "unit", 5);
    struct answer whole = get("/v1/expected-reports?period=2022,2022-Q1&limit=500", "kbang");
    cr_expect_str_eq(paged, column_of(&whole, "unit"));
}

Test(duties, end_with_the_life_of_a_unit)
{
    world_sql(
        "insert into app.period (code, frequency, year, ordinal, starts_on, ends_on) values "
        "('2024', 'year', 2024, 1, '2023-12-15', '2024-12-14'), ('2026', 'year', 2026, 1, '2025-12-15', '2026-12-14')");
    struct answer after =
        rates("kbang", "unit=kbang,kbang-dak-hlo,group(kbang-cu)&form=ktxh-nam&period=2022,2024,2026");
    cr_expect_str_eq(column_of(&after, "unit"), "kbang kbang kbang-dak-hlo kbang-cu kbang-cu kbang-cu",
                     "nothing is expected of what is no more");
    cr_expect_str_eq(column_of(&after, "expected"), "14 13 1 14 13 6");
}

Test(duties, are_counted_and_never_above_all)
{
    world_sql("update app.period set grace_until = null, due_at = now() + interval '1 day' "
              "where code = '2022'");
    plan_accepted(&lo_ku, "2022", "");
    plan_submitted(&kon_pne, "2022", "");
    long late = plan_submitted(&town, "2022", "");
    world_sql(text_of(
        "alter table app.submission disable trigger user; update app.submission set submitted_at = now() + interval '2 days' "
        "where id = %ld; alter table app.submission enable trigger user",
        late));
    struct answer district = rates("kbang", "unit=kbang,kbang-lo-ku,kbang-krong&form=ktxh-nam&period=2022");
    cr_expect_str_eq(rate_of(&district, 0), "14 3 2 1 0.214 0.143");
    cr_expect_str_eq(rate_of(&district, 1), "1 1 1 1 1 1");
    cr_expect_str_eq(rate_of(&district, 2), "1 0 0 0 0 0");
    struct answer province = rates("province", "unit=gia-lai&form=ktxh-nam&period=2022");
    cr_expect_str_eq(rate_of(&province, 0), "14 1 1 1 0.071 0.071", "it sees what is accepted");
    struct answer commune = rates("konpne", "unit=kbang,kbang-kon-pne&form=ktxh-nam&period=2022");
    cr_expect_str_eq(rate_of(&commune, 0), "14 null null null null null", "not the commune's to see");
    cr_expect_str_eq(rate_of(&commune, 1), "1 1 1 0 1 1");
    struct answer state = get("/v1/expected-reports?period=2022&form=ktxh-nam", "kbang");
    cr_expect_str_eq(of_item(&state, "unit", "kbang-town", "late"), "true");
    cr_expect_str_eq(of_item(&state, "unit", "kbang-krong", "late"), "false", "not due yet");
    expect_problem(get("/v1/reporting-rates?unit=kbang&period=2031", "kbang"), 400, "invalid-parameters");
    expect_problem(get("/v1/expected-reports?unit=nowhere&period=2022", "kbang"), 400, "invalid-parameters");
}

/* The caller's tasks of a period, "start complete". */
static const char *tasks_of(const char *login, const char *period)
{
    struct answer list = get("/v1/tasks?limit=500", login);
    cr_assert_eq(list.status, 200, "%s", list.text);
    const char *kinds = "";
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(list.json, "items"), i, item)
    {
        if (strcmp(json_string_value(json_object_get(item, "period")), period) == 0)
            kinds =
                text_of("%s%s%s", kinds, *kinds ? " " : "", json_string_value(json_object_get(item, "kind")));
    }
    return kinds;
}

Test(duties, are_tasks_of_whoever_holds_the_role)
{
    cr_expect_str_eq(tasks_of("loku", "2022"), "start");
    cr_expect_str_eq(tasks_of("loku-lead", "2022"), "");
    long id = plan_draft(&lo_ku, "2022", "");
    villages_propose("births", "4");
    cr_expect_str_eq(tasks_of("loku", "2022"), "complete decide_proposals");
    cr_expect_str_eq(tasks_of("loku-lead", "2022"), "submit");
    cr_expect_str_eq(tasks_of("kbang", "2022"), "");
    plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_str_eq(tasks_of("loku", "2022"), "");
    cr_expect_str_eq(tasks_of("kbang", "2022"), "review");
    cr_expect_str_eq(tasks_of("kbang-lead", "2022"), "", "the leader does not review");
    plan_step(id, "kbang", "return", "Xem lại.");
    cr_expect_str_eq(tasks_of("loku", "2022"), "decide_proposals rework");
    plan_step(id, "loku-lead", "submit", NULL);
    plan_step(id, "kbang", "accept", NULL);
    ask("POST", plan_path(id, "/reopen-requests"), "loku-lead", "{\"reason\":\"Sai số.\"}");
    cr_expect_str_eq(tasks_of("kbang", "2022"), "decide_reopening");
    cr_expect_str_eq(tasks_of("province", "2022"), "");
    cr_expect_str_eq(tasks_of("konpne", "2022"), "start");
}

Test(duties, are_told_by_lock_time_and_end_with_the_lock)
{
    world_sql("update app.period set locks_at = now() + interval '2 days' where code = '2022'");
    world_sql("update app.period set locks_at = now() + interval '1 day' where code = '2022-03'");
    world_sql("update app.period set locks_at = now() where code = '2022-04'");
    struct answer list = get("/v1/tasks?limit=2", "loku");
    cr_expect_str_eq(column_of(&list, "period"), "2022-03 2022");
    cr_expect_str_eq(at(&list, "/items/0/href"), "/v1/submissions");
    cr_expect_str_eq(tasks_of("loku", "2022-04"), "");
    struct answer all = get("/v1/tasks?limit=500", "loku");
    cr_expect_str_eq(column_of_pages("/v1/tasks?", "loku", "period", 3), column_of(&all, "period"));
}

Test(duties, of_a_district_end_with_publishing)
{
    world_sql(
        "update app.unit_parent set valid = daterange(null, '2000-01-01') where parent_id = (select id from app.unit where code = 'kbang') "
        "and unit_id not in (select id from app.unit where code in ('kbang-lo-ku', 'kbang-kon-pne'))");
    plan_accepted(&lo_ku, "2022", "");
    cr_expect_str_eq(tasks_of("kbang-lead", "2022"), "", "Kon Pne is missing");
    plan_accepted(&kon_pne, "2022", "");
    cr_expect_str_eq(tasks_of("kbang-lead", "2022"), "publish");
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    cr_expect_str_eq(tasks_of("kbang-lead", "2022"), "");
}
