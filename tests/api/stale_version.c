/* 412: nobody overwrites unseen, and is told what the other one wrote: yours, current, by whom, when. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(stale_version, .init = world_open, .fini = world_close, .timeout = 60);

#define STALE "If-Match: \"0-0\""

/* "pointer yours → current by" of each difference. */
static const char *differences(const struct answer *answer)
{
    buf_auto_t text = {0};
    size_t i;
    json_t *d;
    json_array_foreach(json_object_get(answer->json, "changed"), i, d)
    {
        str_auto_t *yours = json_dumps(json_object_get(d, "yours"), JSON_ENCODE_ANY | JSON_COMPACT),
                   *current = json_dumps(json_object_get(d, "current"), JSON_ENCODE_ANY | JSON_COMPACT);
        const char *by = json_string_value(json_object_get(d, "by"));
        buf_addf(&text, "%s%s %s → %s by %s", i ? "; " : "", json_string_value(json_object_get(d, "pointer")),
                 yours, current, by ? by : "nobody");
    }
    return text_of("%s", text.text ? text.text : "");
}

static void expect_stale(struct answer answer, const char *etag, const char *changed)
{
    expect_problem(answer, 412, "stale-version");
    cr_expect_str_eq(at(&answer, "/current_etag"), etag);
    cr_expect_str_eq(differences(&answer), changed);
}

Test(stale_version, tells_of_figures_that_somebody_else_entered)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "grain_output=9007.4 births=-");
    const char *opened = plan_if_match(id);
    struct answer theirs =
        ask_with("PATCH", plan_path(id, ""), "loku",
                 "{\"note\":\"mưa\",\"values\":[{\"indicator\":\"grain_output\",\"value\":8000},"
                 "{\"indicator\":\"births\",\"missing_reason\":\"not_collected\"}]}",
                 opened);
    cr_assert_eq(theirs.status, 200, "%s", theirs.text);
    struct answer mine = ask_with("PATCH", plan_path(id, ""), "loku",
                                  "{\"note\":\"nắng\",\"values\":[{\"indicator\":\"births\",\"value\":7},"
                                  "{\"indicator\":\"deaths\",\"value\":null},"
                                  "{\"indicator\":\"grain_output\",\"value\":\"9100.50\"}]}",
                                  opened);
    const char *name = world_value("select name from app.account where login = 'loku'");
    const char *deaths = world_value(
        "select trim_scale(v.value) from app.submission_value v join app.indicator i on i.id = v.indicator_id where i.code = 'deaths'");
    expect_stale(
        mine, theirs.etag,
        text_of(
            "/note \"nắng\" → \"mưa\" by %s; "
            "/values/0 {\"value\":7} → {\"status\":\"PROVISIONAL\",\"missing_reason\":\"not_collected\"} by %s; "
            "/values/1 {\"value\":null} → {\"value\":%s,\"status\":\"PROVISIONAL\"} by %s; "
            "/values/2 {\"value\":\"9100.50\"} → {\"value\":8000,\"status\":\"PROVISIONAL\"} by %s",
            name, name, deaths, name, name));
    cr_expect_str_neq(at(&mine, "/changed/0/at"), "(absent)");
}

Test(stale_version, finds_no_difference_in_what_both_wrote)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "grain_output=9007.4");
    struct answer mine =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("grain_output=\"9007.40\""), STALE);
    expect_stale(mine, plan_etag(id), "");
}

Test(stale_version, tells_where_a_step_was_taken_already)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "");
    struct answer mine =
        ask_with("POST", plan_path(id, "/actions"), "loku-lead", "{\"action\":\"submit\"}", STALE);
    expect_stale(mine, plan_etag(id),
                 text_of("/action \"submit\" → \"draft\" by %s",
                         world_value("select name from app.account where login = 'loku'")));
}

Test(stale_version, tells_of_a_period_and_an_account)
{
    struct answer period = get("/v1/periods/2022-12", "kbang");
    struct answer later =
        ask_with("PATCH", "/v1/periods/2022-12", "kbang", "{\"locks_at\":\"2023-01-05T10:00:00Z\"}",
                 text_of("If-Match: %s", period.etag));
    cr_assert_eq(later.status, 200, "%s", later.text);
    struct answer mine = ask_with(
        "PATCH", "/v1/periods/2022-12", "kbang",
        "{\"locks_at\":\"2023-01-05T17:00:00+07:00\",\"due_at\":\"2022-12-17T17:00:00+07:00\"}", STALE);
    expect_stale(mine, later.etag,
                 text_of("/due_at \"2022-12-17T17:00:00+07:00\" → \"2022-12-16T17:00:00+07:00\" by %s",
                         world_value("select name from app.account where login = 'kbang'")));
    struct answer account =
        ask_with("PATCH", "/v1/accounts/loku", "admin",
                 "{\"name\":\"Khác\",\"disabled\":false,\"password\":\"a new password\"}", STALE);
    expect_stale(account, get("/v1/accounts/loku", "admin").etag,
                 text_of("/name \"Khác\" → \"%s\" by nobody",
                         world_value("select name from app.account where login = 'loku'")));
}

/* Who loses a race is told as well, with the version that won. */
Test(stale_version, lets_one_of_many_win)
{
    enum { MANY = 8 };
    long id = plan_draft(&lo_ku, "2022-Q2", "");
    struct wish wishes[MANY];
    int status[MANY];
    for (int i = 0; i < MANY; i++)
        wishes[i] = (struct wish){"PATCH", plan_path(id, ""), "loku",
                                  plan_change(text_of("grain_output=%d", i)), plan_if_match(id)};
    ask_together(wishes, MANY, status);
    cr_expect_eq(count_of(status, MANY, 200), 1);
    cr_expect_eq(count_of(status, MANY, 412), MANY - 1);
    for (int i = 0; i < MANY; i++)
        wishes[i] = (struct wish){"PATCH", "/v1/accounts/loku", "admin", text_of("{\"name\":\"Tên %d\"}", i),
                                  text_of("If-Match: %s", get("/v1/accounts/loku", "admin").etag)};
    ask_together(wishes, MANY, status);
    cr_expect_eq(count_of(status, MANY, 200), 1);
    cr_expect_eq(count_of(status, MANY, 412), MANY - 1);
}
