/* publication_create: POST /v1/publications. */
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>

TestSuite(publication_create, .init = world_open, .fini = world_close, .timeout = 60);

#define YEAR_2022 "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}"

static struct answer create(const char *login, const char *body)
{
    return ask("POST", "/v1/publications", login, body);
}

Test(publication_create, says_who_published_what_and_when)
{
    struct answer made = create("kbang-lead", "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\","
                                              "\"note\":\"Vie\xcc\xa3\xcc\x82t\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/unit"), "kbang");
    cr_expect_str_eq(at(&made, "/form"), "ktxh-nam");
    cr_expect_str_eq(at(&made, "/period"), "2022");
    cr_expect_str_eq(at(&made, "/published_by"), "Tài khoản kbang-lead");
    cr_expect_str_eq(at(&made, "/note"), "Vi\xe1\xbb\x87t");
    cr_expect_str_eq(world_value("select now() - published_at < '1 minute' from app.publication"), "t");
}

Test(publication_create, shows_other_communes_what_was_accepted_and_that_alone)
{
    long accepted = plan_accepted(&lo_ku, "2022", ""), open = plan_submitted(&town, "2022", "");
    long other_period = plan_accepted(&lo_ku, "2022-Q1", "");
    cr_expect_eq(ask("GET", plan_path(accepted, ""), "konpne", NULL).status, 404);
    cr_assert_eq(create("kbang-lead", YEAR_2022).status, 201);
    cr_expect_eq(ask("GET", plan_path(accepted, ""), "konpne", NULL).status, 200);
    cr_expect_eq(ask("GET", plan_path(open, ""), "konpne", NULL).status, 404);
    cr_expect_eq(ask("GET", plan_path(other_period, ""), "konpne", NULL).status, 404);
}

Test(publication_create, shows_what_is_accepted_later_too)
{
    create("kbang-lead", YEAR_2022);
    long id = plan_accepted(&lo_ku, "2022", "");
    cr_expect_eq(ask("GET", plan_path(id, ""), "konpne", NULL).status, 200);
}

Test(publication_create, refuses_a_second_one)
{
    create("kbang-lead", YEAR_2022);
    struct answer again = create("kbang-lead", YEAR_2022);
    cr_expect_eq(again.status, 409);
    cr_expect_str_eq(at(&again, "/code"), "already-exists");
}

Test(publication_create, makes_one_of_the_same_sent_at_once)
{
    const struct wish wish = {"POST", "/v1/publications", "kbang-lead", YEAR_2022, NULL};
    const struct wish wishes[] = {wish, wish, wish, wish};
    int status[COUNT(wishes)];
    ask_together(wishes, COUNT(wishes), status);
    cr_expect_eq(count_of(status, COUNT(wishes), 201), 1);
    cr_expect_eq(count_of(status, COUNT(wishes), 409), (int)COUNT(wishes) - 1);
}

Test(publication_create, tells_all_faults_at_once)
{
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"{}", "/form missing-member\n/period missing-member\n/unit missing-member\n"},
        {"{\"unit\":\"nowhere\",\"form\":\"nothing\",\"period\":\"2031\",\"nte\":\"\"}",
         "/form unknown-form\n/nte unknown-member\n/period unknown-period\n/unit unknown-unit\n"},
        {"{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022-Q1\"}",
         "/period form-not-for-period\n"},
        {"{\"unit\":1,\"form\":\"ktxh-nam\",\"period\":\"2022\"}", "/unit wrong-type\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = create("kbang-lead", cases[i].body);
        cr_expect_eq(bad.status, 422, "%s: %s", cases[i].body, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].body);
    }
    cr_expect_str_eq(world_value("select count(*) from app.publication"), "0");
}

Test(publication_create, is_for_ones_own_district)
{
    static const char *const units[] = {"kbang-lo-ku", "gia-lai", "gia-lai-2025"};
    for (size_t i = 0; i < COUNT(units); i++) {
        const char *body = text_of("{\"unit\":\"%s\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}", units[i]);
        cr_expect_eq(create("kbang-lead", body).status, 403, "%s", units[i]);
    }
}

struct caller {
    const char *login, *code;
    int status;
};

static const struct caller callers[] = {

    {"kbang", "forbidden", 403},         {"kbang-viewer", "forbidden", 403},
    {"kbang-council", "forbidden", 403}, {"loku", "forbidden", 403},
    {"loku-lead", "forbidden", 403},     {"loku-village", "forbidden", 403},
    {"province", "forbidden", 403},      {"admin", "forbidden", 403},
    {"nobody", "forbidden", 403},        {"reader", "insufficient-scope", 403},
    {"expired", "unauthenticated", 401}, {NULL, "unauthenticated", 401},
    {"kbang-lead", "(absent)", 201}, /* last: it leaves something behind */
};

Test(publication_create, is_for_the_leader_of_the_district)
{
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer answer = create(who->login, YEAR_2022);
        cr_expect_eq(answer.status, who->status, "%s: %s", who->login, answer.text);
        cr_expect_str_eq(at(&answer, "/code"), who->code, "%s", who->login);
        cr_expect_str_eq(world_value("select count(*) from app.publication"), who->status == 201 ? "1" : "0");
    }
}
