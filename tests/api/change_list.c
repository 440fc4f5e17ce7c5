/* change_list: GET /v1/changes. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/replica.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

TestSuite(change_list, .init = world_open, .fini = world_close, .timeout = 120);

static const char *key_of(long id)
{
    return text_of("%ld", id);
}

static const char *state_in(const struct replica *replica, long id)
{
    const json_t *thing = replica_thing(replica, "submission", key_of(id));
    return thing ? json_string_value(json_object_get(thing, "state")) : "(none)";
}

/* Pull, and say how the submission stands in the replica. */
static const char *pulled(struct replica *replica, long id)
{
    replica_pull(replica, 50);
    return state_in(replica, id);
}

Test(change_list, starts_with_all_there_is)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct replica district = replica_new("kbang");
    replica_pull(&district, 7);
    cr_expect_gt(district.pages, 5, "page by page");
    cr_expect_not_null(replica_thing(&district, "unit", "kbang-lo-ku"));
    cr_expect_str_eq(state_in(&district, id), "submitted");
    const json_t *values = json_object_get(replica_thing(&district, "submission", key_of(id)), "values");
    cr_expect_eq(json_array_size(values), 41);
    cr_expect_str_eq(
        text_of("%zu", json_object_size(district.things)),
        world_value("select (select count(*) from app.unit) + (select count(*) from app.target) + 1"));
    cr_expect_null(replica_difference(&district));
    replica_release(&district);
}

Test(change_list, tells_each_viewer_what_appears_and_what_is_lost)
{
    struct replica unit = replica_new("loku"), district = replica_new("kbang"),
                   province = replica_new("province"), neighbour = replica_new("konpne");
    struct replica *all[] = {&unit, &district, &province, &neighbour};
    for (size_t i = 0; i < COUNT(all); i++)
        replica_pull(all[i], 500);
    long id = plan_draft(&lo_ku, "2022", "");
    static const struct {
        const char *login, *action, *reason, *unit, *district, *province, *neighbour;
    } steps[] = {
        {NULL, NULL, NULL, "draft", "(none)", "(none)", "(none)"},
        {"loku-lead", "submit", NULL, "submitted", "submitted", "(none)", "(none)"},
        {"loku-lead", "withdraw", NULL, "draft", "(none)", "(none)", "(none)"},
        {"loku-lead", "submit", NULL, "submitted", "submitted", "(none)", "(none)"},
        {"kbang", "return", "Xem lại.", "returned", "returned", "(none)", "(none)"},
        {"loku-lead", "submit", NULL, "submitted", "submitted", "(none)", "(none)"},
        {"kbang", "accept", NULL, "accepted", "accepted", "accepted", "(none)"},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (steps[i].login)
            cr_assert_eq(plan_step(id, steps[i].login, steps[i].action, steps[i].reason).status, 200);
        cr_expect_str_eq(pulled(&unit, id), steps[i].unit, "step %zu", i);
        cr_expect_str_eq(pulled(&district, id), steps[i].district, "step %zu", i);
        cr_expect_str_eq(pulled(&province, id), steps[i].province, "step %zu", i);
        cr_expect_str_eq(pulled(&neighbour, id), steps[i].neighbour, "step %zu", i);
    }
    cr_expect_eq(neighbour.deletes, 0, "a neighbour does not even learn that there was a draft");
    cr_expect_eq(province.deletes, 0);
    for (size_t i = 0; i < COUNT(all); i++)
        replica_release(all[i]);
}

Test(change_list, tells_what_publishing_and_opening_again_change)
{
    struct replica district = replica_new("kbang"), province = replica_new("province"),
                   neighbour = replica_new("konpne");
    struct replica *all[] = {&district, &province, &neighbour};
    long id = plan_accepted(&lo_ku, "2022", "");
    cr_expect_str_eq(pulled(&neighbour, id), "(none)");
    cr_expect_str_eq(pulled(&province, id), "accepted");
    struct answer published = ask("POST", "/v1/publications", "kbang-lead",
                                  "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    cr_assert_eq(published.status, 201, "%s", published.text);
    cr_expect_str_eq(pulled(&neighbour, id), "accepted", "what is published everybody sees");
    struct answer asked =
        ask("POST", plan_path(id, "/reopen-requests"), "loku-lead", "{\"reason\":\"Sai số.\"}");
    cr_assert_eq(asked.status, 201, "%s", asked.text);
    struct answer granted = ask("POST", "/v1/reopen-requests/1/decision", "kbang",
                                "{\"decision\":\"grant\",\"reason\":\"Đồng ý.\"}");
    cr_assert_eq(granted.status, 200, "%s", granted.text);
    cr_expect_str_eq(pulled(&neighbour, id), "(none)", "it is no longer accepted, so nobody else sees it");
    cr_expect_str_eq(pulled(&province, id), "(none)");
    cr_expect_eq(neighbour.deletes, 1);
    cr_expect_str_eq(pulled(&district, id), "returned");
    for (size_t i = 0; i < COUNT(all); i++) {
        replica_pull(all[i], 500);
        cr_expect_null(replica_difference(all[i]), "%s: %s", all[i]->login, replica_difference(all[i]));
        replica_release(all[i]);
    }
}

Test(change_list, tells_of_figures_targets_and_units)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct replica unit = replica_new("loku");
    replica_pull(&unit, 500);
    struct answer changed =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=61"), plan_if_match(id));
    cr_assert_eq(changed.status, 200);
    world_sql(
        "update app.target set value = 33 where indicator_id = (select id from app.indicator where code = 'income_per_capita')");
    world_sql(
        "update app.unit_name set name = 'Xã Lơ Ku mới' where unit_id = (select id from app.unit where code = 'kbang-lo-ku')");
    world_sql(
        "delete from app.submission_value where indicator_id = (select id from app.indicator where code = 'deaths')");
    int before = unit.upserts;
    replica_pull(&unit, 500);
    cr_expect_eq(unit.upserts - before, 3, "a submission, a target and a unit, not %d",
                 unit.upserts - before);
    cr_expect_null(replica_difference(&unit), "%s", replica_difference(&unit));
    world_sql(
        "delete from app.target where indicator_id = (select id from app.indicator where code = 'income_per_capita')");
    replica_pull(&unit, 500);
    cr_expect_eq(unit.deletes, 1);
    cr_expect_null(replica_difference(&unit), "%s", replica_difference(&unit));
    replica_release(&unit);
}

/* A transaction that began early and ends late must neither be missed nor hold up the others. */
Test(change_list, misses_nothing_of_transactions_that_overlap)
{
    world_sql("insert into app.account_role select a.id, 'MASS_ORG', u.id from app.account a, app.unit u "
              "where a.login = 'nobody' and u.code in ('kbang-lo-ku', 'kbang-kon-pne')");
    long first = plan_draft(&lo_ku, "2022", ""), second = plan_draft(&kon_pne, "2022", "");
    struct replica both = replica_new("nobody");
    replica_pull(&both, 500);
    PGconn *slow = PQconnectdb(world_conninfo());
    PQclear(PQexec(slow, "begin"));
    PQclear(PQexec(slow, text_of("update app.submission_value set value = 77 where submission_id = %ld and "
                                 "indicator_id = (select id from app.indicator where code = 'births')",
                                 first)));
    struct answer quick =
        ask_with("PATCH", plan_path(second, ""), "konpne", plan_change("births=5"), plan_if_match(second));
    cr_assert_eq(quick.status, 200, "%s", quick.text);
    int before = both.upserts;
    replica_pull(&both, 500);
    cr_expect_eq(both.upserts - before, 1, "the quick one is told at once");
    PQclear(PQexec(slow, "commit"));
    PQfinish(slow);
    replica_pull(&both, 500);
    cr_expect_eq(both.upserts - before, 2, "and the slow one later");
    cr_expect_null(replica_difference(&both), "%s", replica_difference(&both));
    replica_release(&both);
}

Test(change_list, waits_for_a_change)
{
    struct answer start = get("/v1/changes?limit=500", "kbang");
    while (strcmp(at(&start, "/more"), "true") == 0)
        start = get(text_of("/v1/changes?limit=500&cursor=%s", at(&start, "/next")), "kbang");
    const char *path = text_of("/v1/changes?wait=1&cursor=%s", at(&start, "/next"));
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    struct answer nothing = get(path, "kbang");
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_expect_str_eq(at(&nothing, "/items"), "[]");
    long waited = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    cr_expect_geq(waited, 1000, "it waited %ld ms", waited);
    plan_submitted(&lo_ku, "2022", "");
    struct answer something = get(path, "kbang");
    cr_expect_str_eq(at(&something, "/items/0/kind"), "submission", "%s", something.text);
}

/* A cursor as the service writes it, from the parts of another one. */
static const char *altered(const char *cursor, const char *set)
{
    return world_value(text_of(
        "with c as (select (p.f).* from (select app.cursor_read('%s')::app.feed_place as f) p) "
        "select app.cursor_write(row(phase, since, upto, last_xid, last_id, last_kind, %s)::app.feed_place::text) from c",
        cursor, set));
}

Test(change_list, refuses_cursors_that_are_not_its_own)
{
    struct answer page = get("/v1/changes?limit=3", "kbang"), list = get("/v1/units?limit=3", "kbang");
    const char *cursor = at(&page, "/next");
    const char *const wrong[] = {"x",
                                 "1",
                                 at(&list, "/next"),
                                 text_of("A%s", cursor),
                                 text_of("%.*s", 30, cursor),
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_problem(get(text_of("/v1/changes?cursor=%s", wrong[i]), "kbang"), 400, "malformed-parameter");
    expect_problem(get(text_of("/v1/changes?cursor=%s", cursor), "kbang-lead"), 410, "cursor-expired");
    const char *old = altered(cursor, "told_at - interval '91 days', sight");
    expect_problem(get(text_of("/v1/changes?cursor=%s", old), "kbang"), 410, "cursor-expired");
    cr_expect_eq(
        get(text_of("/v1/changes?cursor=%s", altered(cursor, "told_at - interval '89 days', sight")), "kbang")
            .status,
        200);
    expect_problem(
        get(text_of("/v1/changes?cursor=%s", world_value("select app.cursor_write('(rubbish')")), "kbang"),
        400, "malformed-parameter");
}

Test(change_list, starts_anew_when_rights_change)
{
    struct replica neighbour = replica_new("konpne");
    replica_pull(&neighbour, 500);
    world_sql("insert into app.account_role select a.id, 'MASS_ORG', u.id from app.account a, app.unit u "
              "where a.login = 'konpne' and u.code = 'kbang-town'");
    expect_problem(get(text_of("/v1/changes?cursor=%s", neighbour.cursor), "konpne"), 410, "cursor-expired");
    replica_release(&neighbour);
}

Test(change_list, forgets_what_is_old)
{
    plan_draft(&lo_ku, "2022", "");
    world_sql("update app.change set at = now() - interval '92 days'");
    const char *count = world_value("select count(*) from app.change");
    plan_draft(&lo_ku, "2022-03", "");
    cr_expect_str_eq(
        world_value(
            text_of("select %s - count(*) from app.change where at < now() - interval '91 days'", count)),
        "2");
}
