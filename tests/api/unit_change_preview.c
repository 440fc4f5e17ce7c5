/* unit_change_preview: POST /v1/unit-changes?dry_run=true: what a reorganisation would touch. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(unit_change_preview, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

static struct answer preview(const char *login, const char *plan)
{
    return ask("POST", "/v1/unit-changes?dry_run=true", login, plan);
}

#define SPLIT \
    "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"PARTIAL_TRANSFER\",\"from\":\"kbang-lo-ku\",\"to\":\"kbang-kon-pne\"," \
    "\"population\":250,\"population_of\":1000},{\"kind\":\"MERGE\",\"from\":\"kbang-lo-ku\",\"to\":\"kbang-moi\",\"population\":750," \
    "\"population_of\":1000}],\"new_units\":[{\"code\":\"kbang-moi\",\"kind\":\"COMMUNE\",\"name\":\"xã Mới\",\"parent\":\"kbang\"}]}"

Test(unit_change_preview, shows_units_with_their_successors)
{
    struct answer answer = preview("kbang", SPLIT);
    cr_assert_eq(answer.status, 200, "%s", answer.text);
    cr_expect_str_eq(at(&answer, "/effective_on"), "2022-07-01");
    cr_expect_str_eq(at(&answer, "/units/0/code"), "kbang-lo-ku");
    cr_expect_str_eq(at(&answer, "/units/0/change"), "ends");
    cr_expect_str_eq(at(&answer, "/units/0/successors/0/code"), "kbang-kon-pne");
    cr_expect_str_eq(at(&answer, "/units/0/successors/0/share"), "0.25");
    cr_expect_str_eq(at(&answer, "/units/0/successors/1/share"), "0.75");
    cr_expect_str_eq(at(&answer, "/units/1/code"), "kbang-kon-pne");
    cr_expect_str_eq(at(&answer, "/units/1/change"), "takes");
    cr_expect_str_eq(at(&answer, "/units/2/code"), "kbang-moi");
    cr_expect_str_eq(at(&answer, "/units/2/change"), "begins");
    cr_expect_str_eq(at(&answer, "/below/count"), "9");
    cr_expect_str_eq(at(&answer, "/below/items/0/code"), "kbang-lo-ku-01");
}

Test(unit_change_preview, shows_open_reports_and_those_of_later_periods)
{
    plan_in_state(&lo_ku, "2022-03", "submitted");
    plan_accepted(&lo_ku, "2022-02", "");
    plan_accepted(&lo_ku, "2022", "");
    plan_draft(&lo_ku, "2022-04", "");
    struct answer answer = preview("kbang", SPLIT);
    cr_expect_str_eq(at(&answer, "/submissions/count"), "2",
                     "not the draft, not what was accepted before: %s", answer.text);
    cr_expect_str_eq(at(&answer, "/submissions/items/0/period"), "2022-03");
    cr_expect_str_eq(at(&answer, "/submissions/items/0/ends_after"), "false");
    cr_expect_str_eq(at(&answer, "/submissions/items/1/period"), "2022");
    cr_expect_str_eq(at(&answer, "/submissions/items/1/ends_after"), "true");
    struct answer own = preview("loku", SPLIT);
    cr_expect_str_eq(at(&own, "/submissions/count"), "3", "its own draft too");
    struct answer neighbour = preview("konpne", SPLIT);
    cr_expect_str_eq(at(&neighbour, "/submissions/count"), "0");
}

Test(unit_change_preview, shows_targets_and_groups_and_what_is_expected_no_more)
{
    struct answer answer = preview("kbang", SPLIT);
    cr_expect_str_eq(
        at(&answer, "/targets/count"),
        world_value(
            "select count(*) from app.target t join app.unit u on u.id = t.unit_id where u.code = 'kbang-lo-ku'"));
    cr_expect_str_eq(at(&answer, "/targets/items/0/unit"), "kbang-lo-ku");
    cr_expect_str_eq(
        at(&answer, "/expected_reports"),
        world_value(
            "select count(*) from app.period p join app.form f on f.frequency = p.frequency and f.level = 'commune' and "
            "f.valid @> p.ends_on where p.ends_on between '2022-07-01' and '2025-06-30'"));
    struct answer group = preview(
        "kbang", "{\"effective_on\":\"2023-01-01\",\"links\":[{\"kind\":\"ABOLISH\",\"from\":\"kbang\"}]}");
    cr_expect_str_eq(
        at(&group, "/groups/count"),
        world_value("select count(*) from app.unit_group_member m join app.unit u on u.id = m.unit_id "
                    "where u.code = 'kbang' and m.valid @> date '2022-12-31'"));
}

Test(unit_change_preview, tells_accounts_to_administrators_alone)
{
    struct answer district = preview("kbang", SPLIT);
    cr_expect_str_eq(at(&district, "/accounts"), "null");
    struct answer admin = preview("admin", SPLIT);
    cr_assert_eq(admin.status, 200, "%s", admin.text);
    cr_expect_str_eq(
        at(&admin, "/accounts/count"),
        world_value(
            "select count(*) from app.account_role r join app.account a on a.id = r.account_id join app.unit u on u.id = r.unit_id where a.disabled_at is null and u.code like 'kbang-lo-ku%'"));
    cr_expect_not_null(strstr(at(&admin, "/accounts"), "loku-lead"));
    cr_expect_str_eq(at(&admin, "/submissions/count"), "0");
}

Test(unit_change_preview, lets_a_unit_move_or_be_recoded_and_live_on)
{
    struct answer answer = preview(
        "kbang",
        "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"UNCHANGED_NEW_PARENT\",\"from\":\"kbang-krong\",\"to\":\"kbang-krong\","
        "\"parent\":\"gia-lai\"},{\"kind\":\"RECODE\",\"from\":\"kbang-dong\",\"to\":\"kbang-dong\"},"
        "{\"kind\":\"MERGE\",\"from\":\"kbang-krong\",\"to\":\"kbang-dong\",\"whole\":true}]}");
    cr_assert_eq(answer.status, 200, "%s", answer.text);
    cr_expect_str_eq(at(&answer, "/units/0/change"), "recoded");
    cr_expect_str_eq(at(&answer, "/units/1/change"), "moves");
    cr_expect_str_eq(at(&answer, "/expected_reports"), "0");
}

Test(unit_change_preview, writes_nothing)
{
    const char *before = world_value(
        "select (select count(*) from app.unit) || ' ' || (select count(*) from app.audit) || ' ' || (select count(*) from app.receipt)");
    cr_expect_eq(ask_with("POST", "/v1/unit-changes?dry_run=true", "reader", SPLIT, NO_KEY).status, 200);
    cr_expect_str_eq(
        world_value(
            "select (select count(*) from app.unit) || ' ' || (select count(*) from app.audit) || ' ' || (select count(*) from app.receipt)"),
        before);
}

Test(unit_change_preview, is_a_preview_alone)
{
    expect_fault(ask("POST", "/v1/unit-changes?dry_run=false", "kbang", SPLIT), 400, "invalid-parameters",
                 "dry_run only-dry-run");
    expect_problem(ask("POST", "/v1/unit-changes", "kbang", SPLIT), 400, "missing-parameter");
    expect_problem(preview(NULL, SPLIT), 401, "unauthenticated");
}

Test(unit_change_preview, tells_all_faults_at_once)
{
    struct answer answer = preview(
        "kbang",
        "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"MERGE\",\"from\":\"nowhere\",\"to\":\"kbang-kon-pne\"},"
        "{\"kind\":\"MERGE\",\"from\":\"gia-lai-2025-kbang\",\"to\":\"kbang-kon-pne\"},"
        "{\"kind\":\"MERGE\",\"from\":\"kbang-dong\"},{\"kind\":\"ABOLISH\",\"from\":\"kbang-dong\",\"to\":\"kbang-krong\"},"
        "{\"kind\":\"PARTIAL_TRANSFER\",\"from\":\"kbang-lo-ku\",\"to\":\"kbang-krong\",\"population\":5,\"population_of\":10},"
        "{\"kind\":\"MERGE\",\"from\":\"kbang-lo-ku\",\"to\":\"kbang-dong\",\"population\":4,\"population_of\":10},"
        "{\"kind\":\"MERGE\",\"from\":\"kbang-lo-ku\",\"to\":\"kbang-dong\",\"whole\":false}],"
        "\"new_units\":[{\"code\":\"kbang-krong\",\"kind\":\"COMMUNE\",\"name\":\"x\",\"parent\":\"none\"}]}");
    expect_problem(answer, 422, "invalid-content");
    cr_expect_str_eq(
        faults_of(&answer),
        "/links/0/from unknown-unit\n/links/1/from unit-not-alive\n/links/2/to missing-member\n/links/3/to has-no-successor\n"
        "/links/4/population parts-do-not-add-up\n/links/6 duplicate-link\n/links/6/population missing-member\n"
        "/links/6/population_of missing-member\n/new_units/0/code unit-exists\n/new_units/0/parent unknown-unit\n");
}
