/* village_proposal_create, village_proposal_list: /v1/village-proposals, and what becomes of them. */
#include "support/expect.h"
#include "support/service.h"
#include "support/villages.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(village_proposals, .init = world_open, .fini = world_close, .timeout = 120);

static struct answer propose(const char *login, const char *village, const char *values)
{
    return ask("POST", "/v1/village-proposals", login,
               text_of("{\"village\":\"%s\",\"period\":\"2022\",\"values\":[%s]}", village, values));
}

static struct answer decide(long id, long proposal, const char *decision)
{
    return ask_with("PATCH", villages_path(id), "loku",
                    text_of("{\"proposals\":[{\"id\":%ld,%s}]}", proposal, decision), plan_if_match(id));
}

static const char *outcome(const char *login, int nth, const char *member)
{
    struct answer list = get("/v1/village-proposals", login);
    return at(&list, text_of("/items/%d/%s", nth, member));
}

Test(village_proposals, become_the_villages_figure_when_taken)
{
    long id = plan_draft(&lo_ku, "2022", "births=-"), proposal = villages_propose("births", "4");
    struct answer before = villages_enter(id, "loku", "births", "_ 1 1 1 1 1 1 1 1");
    cr_expect_str_eq(at(&before, "/sums/0/value"), "null", "a proposal is no figure");
    struct answer sheet = get(villages_path(id), "loku");
    cr_expect_str_eq(villages_figure(&sheet, "births", "proposals/0/value"), "4");
    cr_expect_str_eq(villages_figure(&sheet, "births", "proposals/0/by"), "Tài khoản loku-village");
    struct answer taken = decide(id, proposal, "\"decision\":\"take\"");
    cr_assert_eq(taken.status, 200, "%s", taken.text);
    cr_expect_str_eq(at(&taken, "/sums/0/value"), "12");
    cr_expect_str_eq(at(&taken, "/changed"), "1");
    cr_expect_str_eq(outcome("loku-village", 0, "outcome"), "taken");
    cr_expect_str_eq(outcome("loku-village", 0, "decided_by"), "Tài khoản loku");
    sheet = get(villages_path(id), "loku");
    cr_expect_str_eq(villages_figure(&sheet, "births", "proposals"), "[]");
    cr_expect_str_eq(villages_figure(&sheet, "births", "values/0/proposal"), text_of("%ld", proposal));
    expect_fault(decide(id, proposal, "\"decision\":\"take\""), 422, "invalid-content",
                 "/proposals/0/id proposal-not-open");
    villages_enter(id, "loku", "births", "5");
    sheet = get(villages_path(id), "loku");
    cr_expect_str_eq(villages_figure(&sheet, "births", "values/0/proposal"), "null",
                     "now it is the officer's own");
}

Test(village_proposals, are_refused_with_a_reason)
{
    long id = plan_draft(&lo_ku, "2022", ""), proposal = villages_propose("births", "400");
    expect_fault(decide(id, proposal, "\"decision\":\"refuse\",\"reason\":\" \""), 422, "invalid-content",
                 "/proposals/0/reason missing-member");
    struct answer refused = decide(id, proposal, "\"decision\":\"refuse\",\"reason\":\"Nhầm đơn vị.\"");
    cr_assert_eq(refused.status, 200, "%s", refused.text);
    cr_expect_str_eq(at(&refused, "/changed"), "0");
    cr_expect_str_eq(outcome("loku-village", 0, "outcome"), "refused");
    cr_expect_str_eq(outcome("loku-village", 0, "reason"), "Nhầm đơn vị.");
    cr_expect_str_eq(world_value("select count(*) from app.village_value"), "0");
}

Test(village_proposals, are_superseded_by_a_later_one)
{
    long id = plan_draft(&lo_ku, "2022", ""), first = villages_propose("births", "4"),
         second = villages_propose("births", "5");
    villages_propose("deaths", "1");
    struct answer open = get("/v1/village-proposals?outcome=open&indicator=births", "loku");
    cr_expect_str_eq(column_of(&open, "id"), text_of("%ld", second));
    struct answer superseded = get("/v1/village-proposals?outcome=superseded&unit=kbang-lo-ku-01", "loku");
    cr_expect_str_eq(column_of(&superseded, "id"), text_of("%ld", first));
    expect_fault(decide(id, first, "\"decision\":\"take\""), 422, "invalid-content",
                 "/proposals/0/id proposal-not-open");
    struct answer both = ask_with(
        "PATCH", villages_path(id), "loku",
        text_of("{\"values\":[{\"village\":\"kbang-lo-ku-01\",\"indicator\":\"births\",\"value\":6}],"
                "\"proposals\":[{\"id\":%ld,\"decision\":\"take\"}]}",
                second),
        plan_if_match(id));
    expect_fault(both, 422, "invalid-content", "/proposals/0/id proposal-and-value");
    cr_expect_eq(decide(id, second, "\"decision\":\"take\"").status, 200);
    cr_expect_str_eq(column_of_pages("/v1/village-proposals?", "loku", "indicator", 1),
                     "deaths births births");
}

Test(village_proposals, are_for_the_own_village_only)
{
    const char *value = "{\"indicator\":\"births\",\"value\":4}";
    expect_problem(propose("loku-village", "kbang-lo-ku-02", value), 404, "not-found");
    expect_problem(propose("loku-village", "kbang-lo-ku", value), 404, "not-found");
    expect_problem(propose("loku-village", "nowhere", value), 404, "not-found");
    expect_problem(propose("konpne", "kbang-lo-ku-01", value), 404, "not-found");
    expect_problem(propose("loku", "kbang-lo-ku-01", value), 403, "forbidden");
    cr_expect_eq(propose("loku-village", "kbang-lo-ku-01", value).status, 201);
    static const char *const others[] = {"konpne", "kbang", "kbang-lead", "province", "town", "nobody"};
    for (size_t i = 0; i < COUNT(others); i++)
        cr_expect_str_eq(outcome(others[i], 0, "id"), "(absent)", "%s", others[i]);
    cr_expect_str_eq(outcome("loku", 0, "village"), "kbang-lo-ku-01");
}

Test(village_proposals, are_judged_like_every_figure)
{
    struct answer wrong =
        propose("loku-village", "kbang-lo-ku-01",
                "{\"indicator\":\"births\",\"value\":-4},"
                "{\"indicator\":\"births\",\"value\":\"9.007,4\"},"
                "{\"indicator\":\"poverty_rate\",\"value\":4},"
                "{\"indicator\":\"ntm_commune_criteria\",\"value\":4},{\"indicator\":\"rice\",\"value\":4},"
                "{\"indicator\":\"deaths\"}");
    expect_problem(wrong, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&wrong), "/values/0/value below-minimum\n"
                                        "/values/1/indicator duplicate-indicator\n"
                                        "/values/1/value not-a-number\n"
                                        "/values/2/indicator not-by-village\n"
                                        "/values/2/value computed-indicator\n"
                                        "/values/3/indicator not-by-village\n"
                                        "/values/3/value pair-expected\n"
                                        "/values/4/indicator unknown-indicator\n"
                                        "/values/5 one-of-value\n");
    expect_fault(
        ask("POST", "/v1/village-proposals", "loku-village",
            "{\"village\":\"kbang-lo-ku-01\",\"period\":\"2022-13\",\"values\":[{\"indicator\":\"births\",\"value\":4}]}"),
        422, "invalid-content", "/period unknown-period");
    cr_expect_str_eq(world_value("select count(*) from app.village_proposal"), "0");
}

Test(village_proposals, say_why_a_unit_that_is_no_village_cannot)
{
    world_sql("insert into app.account_role select a.id, 'VILLAGE_HEAD', u.id from app.account a, app.unit u "
              "where a.login = 'loku-village' and u.code = 'kbang-lo-ku'");
    struct answer commune = propose("loku-village", "kbang-lo-ku", "{\"indicator\":\"births\",\"value\":4}");
    expect_problem(commune, 422, "invalid-content");
    cr_expect_not_null(strstr(faults_of(&commune), "/village not-a-village"), "%s", commune.text);
}

Test(village_proposals, of_a_village_that_was_not_there_are_refused)
{
    world_sql("update app.unit set valid = daterange(null, '2022-06-30') where code = 'kbang-lo-ku-01'");
    struct answer late = propose("loku-village", "kbang-lo-ku-01", "{\"indicator\":\"births\",\"value\":4}");
    expect_problem(late, 422, "invalid-content");
    cr_expect_not_null(strstr(faults_of(&late), "/period period-outside-unit-life"), "%s", late.text);
}

Test(village_proposals, come_before_the_lock)
{
    long id = plan_draft(&lo_ku, "2022", ""), proposal = villages_propose("births", "4");
    world_sql("update app.period set locks_at = now() where code = '2022'");
    expect_problem(propose("loku-village", "kbang-lo-ku-01", "{\"indicator\":\"births\",\"value\":5}"), 423,
                   "locked");
    expect_problem(decide(id, proposal, "\"decision\":\"take\""), 423, "locked");
}
