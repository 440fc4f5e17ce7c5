/* publication_list: GET /v1/publications. */
#include "support/plan.h"
#include <criterion/criterion.h>

TestSuite(publication_list, .init = world_open, .fini = world_close, .timeout = 60);

static void publish(const char *form, const char *period)
{
    const char *body = text_of("{\"unit\":\"kbang\",\"form\":\"%s\",\"period\":\"%s\"}", form, period);
    struct answer made = ask("POST", "/v1/publications", "kbang-lead", body);
    cr_assert_eq(made.status, 201, "%s", made.text);
}

static void publish_three(void)
{
    publish("ktxh-nam", "2022");
    publish("ktxh-quy", "2022-Q1");
    publish("ktxh-quy", "2022-Q2");
}

/* The periods of a page, "2022-Q1 2022". */
static const char *periods_of(const char *query)
{
    struct answer page = ask("GET", text_of("/v1/publications%s", query), "konpne", NULL);
    cr_expect_eq(page.status, 200, "%s: %s", query, page.text);
    const char *periods = "";
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(page.json, "items"), i, item) periods =
        text_of("%s%s%s", periods, i ? " " : "", json_string_value(json_object_get(item, "period")));
    return periods;
}

Test(publication_list, is_empty_before_anything_is_published)
{
    struct answer page = ask("GET", "/v1/publications", "loku", NULL);
    cr_expect_eq(page.status, 200);
    cr_expect_str_eq(at(&page, "/items"), "[]");
    cr_expect_str_eq(at(&page, "/next"), "null");
}

Test(publication_list, shows_the_newest_first)
{
    publish_three();
    cr_expect_str_eq(periods_of(""), "2022-Q2 2022-Q1 2022");
}

Test(publication_list, can_be_narrowed_by_unit_period_and_form)
{
    publish_three();
    cr_expect_str_eq(periods_of("?form=ktxh-quy"), "2022-Q2 2022-Q1");
    cr_expect_str_eq(periods_of("?period=2022-Q1"), "2022-Q1");
    cr_expect_str_eq(periods_of("?period=2022,2022-Q2"), "2022-Q2 2022");
    cr_expect_str_eq(periods_of("?unit=kbang,kbang-dong&form=ktxh-nam"), "2022");
    cr_expect_str_eq(periods_of("?unit=kbang-dong"), "");
}

Test(publication_list, comes_in_pages)
{
    publish_three();
    struct answer first = ask("GET", "/v1/publications?limit=2", "loku", NULL);
    cr_expect_str_eq(at(&first, "/items/1/period"), "2022-Q1");
    cr_expect_str_eq(at(&first, "/items/2"), "(absent)");
    cr_expect_str_eq(periods_of(text_of("?limit=2&cursor=%s", at(&first, "/next"))), "2022");
    struct answer full = ask("GET", "/v1/publications?limit=3", "loku", NULL);
    cr_expect_str_eq(at(&full, "/next"), "null");
}

Test(publication_list, refuses_parameters_it_does_not_understand)
{
    struct answer bad = ask("GET", "/v1/publications?cursor=x", "loku", NULL);
    cr_expect_eq(bad.status, 400);
    cr_expect_str_eq(faults_of(&bad), "cursor invalid\n");
    struct answer codes = ask("GET", "/v1/publications?unit=nowhere&period=2022,2031", "loku", NULL);
    cr_expect_eq(codes.status, 400);
    cr_expect_str_eq(faults_of(&codes), "unit unknown-unit\nperiod unknown-period\n");
    struct answer unknown = ask("GET", "/v1/publications?state=draft", "loku", NULL);
    cr_expect_eq(unknown.status, 400);
    cr_expect_str_eq(faults_of(&unknown), "state unknown-parameter\n");
}

struct caller {
    const char *login, *period;
    int status;
};

static const struct caller callers[] = {
    {"loku", "2022", 200},   {"konpne", "2022", 200},      {"loku-village", "2022", 200},
    {"kbang", "2022", 200},  {"province", "2022", 200},    {"nobody", "2022", 200},
    {"reader", "2022", 200}, {"expired", "(absent)", 401}, {NULL, "(absent)", 401},
};

Test(publication_list, is_for_everybody_who_signed_in)
{
    publish("ktxh-nam", "2022");
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer page = ask("GET", "/v1/publications", who->login, NULL);
        cr_expect_eq(page.status, who->status, "%s", who->login);
        cr_expect_str_eq(at(&page, "/items/0/period"), who->period, "%s", who->login);
    }
}
