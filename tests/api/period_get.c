/* period_get and period_list: GET /v1/periods/{code} and /v1/periods. */
#include "support/plan.h"
#include <criterion/criterion.h>

TestSuite(period_get, .init = world_open, .fini = world_close, .timeout = 60);

/* Windows run from the 15th to the 14th (Decree 09/2019/NĐ-CP). */
Test(period_get, has_the_window_of_its_row_and_not_of_the_calendar)
{
    struct answer march = ask("GET", "/v1/periods/2022-03", "loku", NULL);
    cr_expect_eq(march.status, 200);
    cr_expect_str_eq(at(&march, "/code"), "2022-03");
    cr_expect_str_eq(at(&march, "/frequency"), "month");
    cr_expect_str_eq(at(&march, "/starts_on"), "2022-02-15");
    cr_expect_str_eq(at(&march, "/ends_on"), "2022-03-14");
    cr_expect_str_eq(at(&march, "/due_at"), "2022-03-16T17:00:00+07:00");
    cr_expect_str_eq(at(&march, "/grace_until"), "2022-03-21T17:00:00+07:00");
    cr_expect_str_eq(at(&march, "/locks_at"), "null");
    cr_expect_str_eq(at(&march, "/locked"), "false");
}

Test(period_get, says_that_it_is_locked_from_the_lock_on)
{
    world_sql("update app.period set locks_at = now() + interval '1 hour' where code = '2022-03'");
    struct answer before = ask("GET", "/v1/periods/2022-03", "loku", NULL);
    world_sql("update app.period set locks_at = now() where code = '2022-03'");
    struct answer after = ask("GET", "/v1/periods/2022-03", "loku", NULL);
    cr_expect_str_eq(at(&before, "/locked"), "false");
    cr_expect_str_eq(at(&after, "/locked"), "true");
}

Test(period_get, does_not_find_what_is_no_period)
{
    static const char *const paths[] = {"/v1/periods/2031", "/v1/periods/2022-13", "/v1/periods/2022-q1",
                                        "/v1/periods/x"};
    for (size_t i = 0; i < COUNT(paths); i++)
        cr_expect_eq(ask("GET", paths[i], "loku", NULL).status, 404, "%s", paths[i]);
}

struct caller {
    const char *login;
    int status;
};

static const struct caller callers[] = {
    {"loku", 200},   {"loku-village", 200}, {"kbang", 200},   {"province", 200}, {"admin", 200},
    {"nobody", 200}, {"reader", 200},       {"expired", 401}, {"disabled", 401}, {NULL, 401},
};

Test(period_get, is_for_everybody_who_signed_in)
{
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        cr_expect_eq(ask("GET", "/v1/periods/2022", who->login, NULL).status, who->status, "%s", who->login);
        cr_expect_eq(ask("GET", "/v1/periods", who->login, NULL).status, who->status, "%s", who->login);
    }
}
