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
        "\"parent\":\"gia-lai\"},{\"kind\":\"RECODE\",\"from\":\"kbang-dong\",\"to\":\"kbang-dong\"}]}");
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
        "/links/0/from unknown-unit\n/links/1/from unit-not-alive\n/links/2/to missing-member\n/links/3 nothing-left\n"
        "/links/3/to has-no-successor\n/links/4/population parts-do-not-add-up\n/links/5/to unit-not-alive\n"
        "/links/6 duplicate-link\n/links/6/population missing-member\n/links/6/population_of missing-member\n"
        "/links/6/to unit-not-alive\n/new_units/0/code unit-exists\n/new_units/0/parent unknown-unit\n");
}

/* Faults of the links alone, on a day when all communes of the district are there. */
static void expect_link_faults(const char *links, const char *faults)
{
    struct answer answer = preview(
        "kbang", text_of("{\"effective_on\":\"2022-07-01\",\"links\":[%s],\"new_units\":["
                         "{\"code\":\"moi\",\"kind\":\"COMMUNE\",\"name\":\"x\",\"parent\":\"kbang\"}]}",
                         links));
    cr_expect_eq(answer.status, faults[0] ? 422 : 200, "%s: %s", links, answer.text);
    if (faults[0])
        cr_expect_str_eq(faults_of(&answer), faults, "%s", links);
}

#define LINK(kind, from, more) "{\"kind\":\"" kind "\",\"from\":\"kbang-" from "\"" more "}"
#define TO(unit) ",\"to\":\"" unit "\""
#define PART(people) ",\"population\":" people ",\"population_of\":100"

Test(unit_change_preview, gives_away_no_more_than_there_is)
{
    expect_link_faults(LINK("MERGE", "dong", TO("kbang-krong")) "," LINK("MERGE", "dong", TO("moi")),
                       "/links/1 nothing-left\n");
    expect_link_faults(LINK("ABOLISH", "dong", "") "," LINK("MERGE", "dong", TO("moi") PART("100")),
                       "/links/1 nothing-left\n");
    expect_link_faults(LINK("RECODE", "dong", TO("kbang-dong")) "," LINK("MERGE", "dong", TO("moi")),
                       "/links/0 nothing-left\n");
    expect_link_faults(LINK("PARTIAL_TRANSFER", "dong", TO("moi") PART("101")),
                       "/links/0/population parts-do-not-add-up\n");
    expect_link_faults(LINK("PARTIAL_TRANSFER", "dong", TO("moi") PART("60")) "," LINK(
                           "PARTIAL_TRANSFER", "dong", TO("kbang-krong") PART("50")),
                       "/links/0/population parts-do-not-add-up\n");
    expect_link_faults(LINK("PARTIAL_TRANSFER", "dong", TO("moi")),
                       "/links/0/population missing-member\n/links/0/population_of missing-member\n");
    expect_link_faults(LINK("PARTIAL_TRANSFER", "dong", TO("moi") ",\"whole\":true" PART("50")),
                       "/links/0/whole part-not-whole\n");
    expect_link_faults(LINK("ABOLISH", "dong", PART("40")) "," LINK("MERGE", "dong", TO("moi") PART("60")),
                       "/links/1 nothing-left\n/links/1/population parts-do-not-add-up\n");
}

Test(unit_change_preview, lets_a_unit_go_on_that_gives_away_a_part)
{
    expect_link_faults(LINK("PARTIAL_TRANSFER", "dong", TO("moi") PART("60")), "");
    expect_link_faults(LINK("MERGE", "dong", TO("moi") PART("60")),
                       "/links/0/population parts-do-not-add-up\n");
}

Test(unit_change_preview, leaves_nothing_to_units_that_end_themselves)
{
    expect_link_faults(LINK("MERGE", "dong", TO("kbang-krong")) "," LINK("MERGE", "krong", TO("kbang-dong")),
                       "/links/0/to unit-not-alive\n/links/1/to unit-not-alive\n");
    struct answer answer = preview(
        "kbang",
        "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"ABOLISH\",\"from\":\"kbang\"}],\"new_units\":["
        "{\"code\":\"moi\",\"kind\":\"COMMUNE\",\"name\":\"x\",\"parent\":\"kbang\"}]}");
    cr_expect_str_eq(faults_of(&answer), "/new_units/0/parent unit-not-alive\n");
}

/* Neither does it leave anything to those that end with the unit above them. */
Test(unit_change_preview, leaves_nothing_to_units_left_behind)
{
    static const char *const plans[][2] = {
        {LINK("MERGE", "dong", TO("kbang-krong")), "/links/1/to unit-not-alive\n"},
        {LINK("PARTIAL_TRANSFER", "dong", TO("gia-lai-la") PART("50")),
         "/links/1/parent missing-member\n/links/1/to unknown-unit\n"},
        {LINK("UNCHANGED_NEW_PARENT", "lo-ku-01", TO("kbang-lo-ku-01") ",\"parent\":\"kbang-dong\""),
         "/links/1/parent unit-not-alive\n"}};
    for (size_t i = 0; i < COUNT(plans); i++) {
        struct answer answer = preview(
            "kbang",
            text_of(
                "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"ABOLISH\",\"from\":\"kbang\"},%s]}",
                plans[i][0]));
        cr_expect_str_eq(faults_of(&answer), plans[i][1], "%s", answer.text);
    }
}

Test(unit_change_preview, takes_a_new_province)
{
    struct answer answer = preview(
        "kbang",
        "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"MERGE\",\"from\":\"gia-lai\",\"to\":\"moi\"},"
        "{\"kind\":\"UNCHANGED_NEW_PARENT\",\"from\":\"kbang\",\"to\":\"kbang\",\"parent\":\"moi\"}],"
        "\"new_units\":[{\"code\":\"moi\",\"kind\":\"PROVINCE\",\"name\":\"x\"}]}");
    cr_expect_eq(answer.status, 200, "%s", answer.text);
    cr_expect_str_eq(at(&answer, "/below/count"), "0", "the district goes on below the new one");
    answer = preview(
        "kbang",
        "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"RECODE\",\"from\":\"kbang\",\"to\":\"kbang\"}],"
        "\"new_units\":[{\"code\":\"moi\",\"kind\":\"COMMUNE\",\"name\":\"x\"}]}");
    cr_expect_str_eq(faults_of(&answer), "/new_units/0/parent missing-member\n");
}

Test(unit_change_preview, keeps_the_tree_a_tree)
{
    expect_link_faults(LINK("MERGE", "dong", TO("kbang-lo-ku-01")), "/links/0/to other-level\n");
    expect_link_faults(LINK("RECODE", "dong", TO("kbang-krong")), "/links/0/to not-itself\n");
    expect_link_faults(LINK("UNCHANGED_NEW_PARENT", "dong", TO("kbang-dong")),
                       "/links/0/parent missing-member\n");
    expect_link_faults(
        LINK("UNCHANGED_NEW_PARENT", "dong", TO("kbang-dong") ",\"parent\":\"kbang-lo-ku-01\""),
        "/links/0/parent not-above\n");
    struct answer answer = preview(
        "kbang",
        "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"MERGE\",\"from\":\"kbang-dong\",\"to\":\"a\"}],"
        "\"new_units\":[{\"code\":\"a\",\"kind\":\"COMMUNE\",\"name\":\"x\",\"parent\":\"b\"},"
        "{\"code\":\"b\",\"kind\":\"COMMUNE\",\"name\":\"x\",\"parent\":\"a\"}]}");
    cr_expect_str_eq(faults_of(&answer), "/new_units/0/parent not-above\n/new_units/1/parent not-above\n");
}

/* The district ends; of its communes one goes on under the province, with its villages. */
Test(unit_change_preview, counts_whatever_ends_alike)
{
    plan_draft(&lo_ku, "2022-04", "");
    plan_draft(&kon_pne, "2022-04", "");
    const char *plan =
        "{\"effective_on\":\"2022-07-01\",\"links\":[{\"kind\":\"ABOLISH\",\"from\":\"kbang\"},"
        "{\"kind\":\"UNCHANGED_NEW_PARENT\",\"from\":\"kbang-lo-ku\",\"to\":\"kbang-lo-ku\",\"parent\":\"gia-lai\"}]}";
    struct answer answer = preview("kbang", plan), own = preview("loku", plan),
                  other = preview("konpne", plan);
    cr_assert_eq(answer.status, 200, "%s", answer.text);
    cr_expect_str_eq(at(&answer, "/below/count"), "13", "%s", answer.text);
    cr_expect_null(strstr(at(&answer, "/below"), "kbang-lo-ku"), "it goes on, and so do its villages");
    cr_expect_str_eq(at(&answer, "/targets/count"), "0", "all there are, are those of Lơ Ku");
    cr_expect_str_eq(at(&own, "/submissions/count"), "1", "open while it moves: %s", own.text);
    cr_expect_str_eq(at(&other, "/submissions/count"), "1", "of a unit below one that ends");
    cr_expect_str_eq(
        at(&answer, "/expected_reports"),
        world_value(
            "select 13 * count(*) from app.period p join app.form f on f.frequency = p.frequency and "
            "f.level = 'commune' and f.valid @> p.ends_on where p.ends_on between '2022-07-01' and '2025-06-30'"));
}

Test(unit_change_preview, says_locked_where_lists_do)
{
    plan_accepted(&lo_ku, "2022", "");
    world_sql("update app.period set locks_at = now() where code = '2022'");
    struct answer answer = preview("kbang", SPLIT);
    cr_expect_str_eq(at(&answer, "/submissions/items/0/state"), "locked", "%s", answer.text);
}

/* What was decided in 2024 and 2025 can be asked for. */
Test(unit_change_preview, takes_every_reorganisation_known)
{
    static const char *const known[] = {"1195-nq-ubtvqh15", "202-2025-qh15", "60-nq-tw", "1664-nq-ubtvqh15"};
    for (size_t i = 0; i < COUNT(known); i++) {
        const char *plan = world_value(text_of(
            "select json_build_object('effective_on', c.effective_on, 'links', json_agg(json_strip_nulls(json_build_object("
            "'kind', l.kind, 'from', f.code, 'to', t.code, 'whole', l.whole, 'population', l.population, 'population_of', l.population_of, "
            "'parent', case when l.kind = 'UNCHANGED_NEW_PARENT' then (select u.code from app.unit u where u.id = app.unit_parent_on(t.id, c.effective_on)) end)))) "
            "from app.unit_change c join app.unit_change_link l on l.change_id = c.id join app.unit f on f.id = l.from_unit_id "
            "left join app.unit t on t.id = l.to_unit_id where c.code = '%s' group by c.id",
            known[i]));
        struct answer answer = preview("admin", plan);
        cr_expect_eq(answer.status, 200, "%s: %s", plan, answer.text);
    }
}
