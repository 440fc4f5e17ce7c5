/* period_create: POST /v1/periods. */
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>

TestSuite(period_create, .init = world_open, .fini = world_close, .timeout = 60);

#define YEAR_2021 "{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\"}"

static struct answer create(const char *login, const char *body)
{
    return ask("POST", "/v1/periods", login, body);
}

Test(period_create, defines_a_period_that_can_be_read_back)
{
    struct answer made =
        create("kbang", "{\"code\":\"2023-Q1\",\"starts_on\":\"2022-12-15\",\"ends_on\":\"2023-03-14\","
                        "\"due_at\":\"2023-03-16T17:00:00+07:00\",\"grace_until\":\"2023-03-21T10:00:00Z\","
                        "\"locks_at\":\"2099-01-01T00:00:00+07:00\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(made.location, "/v1/periods/2023-Q1");
    struct answer read = ask("GET", made.location, "loku", NULL);
    cr_expect_eq(read.status, 200);
    cr_expect_str_eq(read.etag, made.etag);
    cr_expect_str_eq(at(&read, "/frequency"), "quarter");
    cr_expect_str_eq(at(&read, "/year"), "2023");
    cr_expect_str_eq(at(&read, "/starts_on"), "2022-12-15");
    cr_expect_str_eq(at(&read, "/ends_on"), "2023-03-14");
    cr_expect_str_eq(at(&read, "/due_at"), "2023-03-16T17:00:00+07:00");
    cr_expect_str_eq(at(&read, "/grace_until"), "2023-03-21T17:00:00+07:00");
    cr_expect_str_eq(at(&read, "/locks_at"), "2099-01-01T00:00:00+07:00");
    cr_expect_str_eq(at(&read, "/locked"), "false");
}

Test(period_create, needs_no_times_but_its_days)
{
    struct answer made = create("kbang", YEAR_2021);
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/due_at"), "null");
    cr_expect_str_eq(at(&made, "/locks_at"), "null");
    cr_expect_str_eq(at(&made, "/locked"), "false");
}

Test(period_create, reads_the_length_of_a_period_off_its_code)
{
    static const struct {
        const char *code, *frequency;
    } cases[] = {{"2023", "year"},
                 {"2023-H2", "half"},
                 {"2023-Q4", "quarter"},
                 {"2023-9M", "nine_months"},
                 {"2023-12", "month"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer made =
            create("kbang", text_of("{\"code\":\"%s\",\"starts_on\":\"2022-12-15\",\"ends_on\":"
                                    "\"2023-03-14\"}",
                                    cases[i].code));
        cr_expect_eq(made.status, 201, "%s", made.text);
        cr_expect_str_eq(at(&made, "/frequency"), cases[i].frequency);
    }
}

Test(period_create, may_be_locked_from_the_start)
{
    struct answer made =
        create("kbang", "{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\","
                        "\"locks_at\":\"2022-01-15T00:00:00+07:00\"}");
    cr_expect_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/locked"), "true");
}

Test(period_create, refuses_a_second_one)
{
    create("kbang", YEAR_2021);
    struct answer again = create("kbang", YEAR_2021);
    cr_expect_eq(again.status, 409);
    cr_expect_str_eq(at(&again, "/code"), "already-exists");
    cr_expect_eq(
        create("kbang", "{\"code\":\"2022\",\"starts_on\":\"2021-12-15\",\"ends_on\":\"2022-12-14\"}").status,
        409);
}

Test(period_create, makes_one_of_the_same_sent_at_once)
{
    enum { SENDERS = 4 };
    struct wish wishes[SENDERS];
    int status[SENDERS];
    for (int i = 0; i < SENDERS; i++)
        wishes[i] = (struct wish){"POST", "/v1/periods", "kbang", YEAR_2021, NULL};
    ask_together(wishes, SENDERS, status);
    cr_expect_eq(count_of(status, SENDERS, 201), 1);
    cr_expect_eq(count_of(status, SENDERS, 409), SENDERS - 1);
}

Test(period_create, tells_all_faults_at_once)
{
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"{}", "/code missing-member\n/ends_on missing-member\n/starts_on missing-member\n"},
        {"{\"code\":\"2021-Q5\",\"starts_on\":\"2021-01-01\",\"ends_on\":\"2020-01-01\"}",
         "/code not-a-period-code\n/ends_on before-start\n"},
        {"{\"code\":\"1989\",\"starts_on\":\"1989-01-01\",\"ends_on\":\"1989-12-31\"}",
         "/code not-a-period-code\n"},
        {"{\"code\":\"2021-13\",\"starts_on\":\"14/12/2021\",\"ends_on\":\"2021-02-29\"}",
         "/code not-a-period-code\n/ends_on not-a-date\n/starts_on not-a-date\n"},
        {"{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\",\"due_at\":\"2021-12-16\","
         "\"locks_at\":\"2021-12-16T17:00:00\",\"lock_at\":null}",
         "/due_at not-an-instant\n/lock_at unknown-member\n/locks_at not-an-instant\n"},
        {"{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\",\"due_at\":"
         "\"2021-12-14T00:00:00+07:00\",\"grace_until\":\"2021-12-13T00:00:00+07:00\",\"locks_at\":"
         "\"2021-12-12T00:00:00+07:00\"}",
         "/due_at due-before-end\n/grace_until grace-before-due\n/locks_at lock-before-due\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = create("kbang", cases[i].body);
        cr_expect_eq(bad.status, 422, "%s: %s", cases[i].body, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].body);
    }
    cr_expect_str_eq(world_value("select count(*) from app.period where year <> 2022"), "0");
}

/* Midnight in Hà Nội is five in the afternoon before in London. */
Test(period_create, judges_days_by_the_clock_of_vietnam)
{
    struct answer early =
        create("kbang", "{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\","
                        "\"due_at\":\"2021-12-13T17:00:00Z\"}");
    cr_expect_str_eq(faults_of(&early), "/due_at due-before-end\n");
    struct answer good =
        create("kbang", "{\"code\":\"2021\",\"starts_on\":\"2020-12-15\",\"ends_on\":\"2021-12-14\","
                        "\"due_at\":\"2021-12-13T17:00:01Z\"}");
    cr_expect_eq(good.status, 201, "%s", good.text);
    cr_expect_str_eq(at(&good, "/due_at"), "2021-12-14T00:00:01+07:00");
}

struct caller {
    const char *login, *code;
    int status;
};

static const struct caller callers[] = {

    {"kbang-lead", "forbidden", 403},    {"kbang-viewer", "forbidden", 403},
    {"kbang-council", "forbidden", 403}, {"loku", "forbidden", 403},
    {"loku-lead", "forbidden", 403},     {"loku-village", "forbidden", 403},
    {"province", "forbidden", 403},      {"admin", "forbidden", 403},
    {"nobody", "forbidden", 403},        {"reader", "insufficient-scope", 403},
    {"expired", "unauthenticated", 401}, {"revoked", "unauthenticated", 401},
    {NULL, "unauthenticated", 401},      {"kbang", "2021", 201}, /* last: it leaves something behind */
};

Test(period_create, is_for_the_home_affairs_office_of_the_district)
{
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer answer = create(who->login, YEAR_2021);
        cr_expect_eq(answer.status, who->status, "%s: %s", who->login, answer.text);
        cr_expect_str_eq(at(&answer, "/code"), who->code, "%s", who->login);
        cr_expect_str_eq(world_value("select count(*) from app.period where code = '2021'"),
                         who->status == 201 ? "1" : "0");
    }
}
