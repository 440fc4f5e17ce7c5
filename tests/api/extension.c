/* extension: POST and GET /v1/extensions: more time for some units, given by their district. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(extension, .init = world_open, .fini = world_close, .timeout = 60);

#define LATER "\"expires_at\":\"2100-01-01T00:00:00+07:00\""

static struct answer extend(const char *login, const char *units, const char *more)
{
    return ask(
        "POST", "/v1/extensions", login,
        text_of("{\"unit\":\"kbang\",\"period\":\"2022\",\"units\":[%s],\"reason\":\"Sạt lở đường.\",%s}",
                units, more));
}

static void lock(const char *when)
{
    world_sql(text_of("update app.period set locks_at = %s where code = '2022'", when));
}

static int edit(long id, const char *officer)
{
    return ask_with("PATCH", plan_path(id, ""), officer, plan_change(text_of("births=%ld", random() % 100)),
                    plan_if_match(id))
        .status;
}

Test(extension, opens_the_named_units_alone_until_it_expires)
{
    long ours = plan_draft(&lo_ku, "2022", ""), theirs = plan_draft(&kon_pne, "2022", "");
    lock("now()");
    cr_expect_eq(edit(ours, "loku"), 423);
    struct answer made = extend("kbang", "\"kbang-kon-pne\",\"kbang-town\"", LATER);
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/units"), "[\"kbang-kon-pne\",\"kbang-town\"]");
    cr_expect_str_eq(at(&made, "/created_by"), "Tài khoản kbang");
    cr_expect_str_eq(at(&made, "/form"), "null");
    cr_expect_eq(edit(ours, "loku"), 423, "a neighbour's time is not ours");
    cr_expect_eq(edit(theirs, "konpne"), 200);
    struct answer shown = get(plan_path(theirs, ""), "konpne");
    cr_expect_str_eq(at(&shown, "/locks_at"), "2100-01-01T00:00:00+07:00");
    cr_expect_eq(plan_step(theirs, "konpne-lead", "submit", NULL).status, 200);
    struct answer new = ask("POST", "/v1/submissions", "town", plan_body("kbang-town", "2022", ""));
    cr_expect_eq(new.status, 201, "also who has not started: %s", new.text);
    cr_expect_eq(plan_step(theirs, "kbang", "accept", NULL).status, 200, "the district too goes on with it");
    cr_expect_str_eq(
        world_value(text_of("select app.shown_state(s) from app.submission s where id = %ld", theirs)),
        "locked", "nobody has signed in here, so nobody sees more time");
    shown = get(plan_path(theirs, ""), "province");
    cr_expect_str_eq(at(&shown, "/state"), "accepted", "whoever looks");

    made = extend(
        "kbang", "\"kbang-kon-pne\"",
        text_of("\"expires_at\":\"%s\"",
                world_value(
                    "select to_char(now() + interval '1 second', 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')")));
    cr_assert_eq(made.status, 201, "%s", made.text);
    world_sql("select pg_sleep(1.1)");
    shown = get(plan_path(theirs, ""), "province");
    cr_expect_str_eq(at(&shown, "/state"), "locked", "the last one counts, and is over");
    cr_expect_str_eq(at(&shown, "/locks_at"), at(&made, "/expires_at"));
    struct answer late = plan_step(theirs, "kbang", "return", "x");
    expect_problem(late, 423, "locked");
    cr_expect_str_eq(at(&late, "/lock/since"), at(&made, "/expires_at"));
    cr_expect_str_eq(at(&late, "/lock/unlock/href"), "/v1/extensions");
}

static struct answer import(void)
{
    return ask_with("POST", "/v1/imports?locale=vi", "loku",
                    "unit;period;indicator;value\nkbang-lo-ku;2022;births;61\n", "Content-Type: text/csv");
}

Test(extension, opens_for_files_too)
{
    lock("now()");
    struct answer closed = import();
    cr_expect_str_eq(at(&closed, "/errors/0/code"), "period-locked", "%s", closed.text);
    cr_expect_eq(extend("kbang", "\"kbang-kon-pne\"", LATER).status, 201);
    closed = import();
    cr_expect_str_eq(at(&closed, "/errors/0/code"), "period-locked", "%s", closed.text);
    cr_expect_eq(extend("kbang", "\"kbang-lo-ku\"", LATER).status, 201);
    struct answer open = import();
    cr_expect_eq(open.status, 201, "%s", open.text);
}

Test(extension, is_for_one_form_or_for_all)
{
    long id = plan_draft(&lo_ku, "2022", "");
    lock("now()");
    world_sql(
        "insert into app.form (code, name_vi, name_en, level, frequency, valid, four_eyes) "
        "select 'khac-nam', name_vi, name_en, level, frequency, valid, four_eyes from app.form where code = 'ktxh-nam'");
    cr_expect_eq(extend("kbang", "\"kbang-lo-ku\"", "\"form\":\"khac-nam\"," LATER).status, 201);
    cr_expect_eq(edit(id, "loku"), 423);
    cr_expect_eq(extend("kbang", "\"kbang-lo-ku\"", "\"form\":\"ktxh-nam\"," LATER).status, 201);
    cr_expect_eq(edit(id, "loku"), 200);
    struct answer list = get("/v1/extensions?form=ktxh-nam", "loku");
    cr_expect_str_eq(column_of(&list, "form"), "ktxh-nam");
}

Test(extension, moves_the_due_time_that_lateness_is_judged_by)
{
    long ours = plan_submitted(&lo_ku, "2022", ""), theirs = plan_submitted(&kon_pne, "2022", "");
    struct answer shown = get(plan_path(ours, ""), "loku");
    cr_expect_str_eq(at(&shown, "/late"), "true");
    struct answer made =
        extend("kbang", "\"kbang-lo-ku\"", "\"due_at\":\"2099-01-01T00:00:00+07:00\"," LATER);
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_eq(extend("kbang", "\"kbang-lo-ku\"", LATER).status, 201, "one that says nothing of it");
    shown = get(plan_path(ours, ""), "kbang");
    cr_expect_str_eq(at(&shown, "/late"), "false");
    cr_expect_str_eq(at(&shown, "/due_at"), "2099-01-01T00:00:00+07:00");
    shown = get(plan_path(theirs, ""), "kbang");
    cr_expect_str_eq(at(&shown, "/late"), "true");
}

Test(extension, takes_all_children_at_once)
{
    struct answer made = extend("kbang", "\"children(kbang)\",\"kbang-lo-ku\"", LATER);
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(world_value("select count(*) from app.extension_unit"), "14");
    struct answer list = get("/v1/extensions?period=2022&unit=kbang-lo-ku", "kbang-viewer");
    cr_expect_eq(
        json_array_size(json_object_get(json_array_get(json_object_get(list.json, "items"), 0), "units")),
        14);
    list = get("/v1/extensions", "loku");
    cr_expect_str_eq(at(&list, "/items/0/units"), "[\"kbang-lo-ku\"]", "a commune sees itself in it");
    extend("kbang", "\"kbang-kon-pne\"", LATER);
    cr_expect_str_eq(column_of_pages("/v1/extensions?", "kbang", "id", 1), "2 1");
    cr_expect_str_eq(column_of_pages("/v1/extensions?", "loku", "id", 1), "1");
    static const char *const others[] = {"province", "admin", "nobody"};
    for (size_t i = 0; i < COUNT(others); i++) {
        list = get("/v1/extensions", others[i]);
        cr_expect_str_eq(column_of(&list, "id"), "", "%s", others[i]);
    }
    cr_expect_eq(get("/v1/extensions?unit=nowhere", "kbang").status, 400);
}

/* user-pain 33: anyone could add exceptions outside their area. */
Test(extension, is_given_by_the_district_to_its_own_units_alone)
{
    static const struct {
        const char *login;
        int status;
    } callers[] = {
        {"loku", 403},          {"loku-lead", 403},    {"loku-culture", 403}, {"loku-front", 403},
        {"loku-council", 403},  {"loku-village", 403}, {"kbang-lead", 403},   {"kbang-viewer", 403},
        {"kbang-council", 403}, {"province", 403},     {"admin", 403},        {"nobody", 403},
        {"reader", 403},        {"expired", 401},      {NULL, 401},
    };
    for (size_t i = 0; i < COUNT(callers); i++) {
        struct answer no = extend(callers[i].login, "\"kbang-lo-ku\"", LATER);
        cr_expect_eq(no.status, callers[i].status, "%s: %s", callers[i].login, no.text);
    }
    expect_problem(
        ask("POST", "/v1/extensions", "kbang",
            "{\"unit\":\"gia-lai\",\"period\":\"2022\",\"units\":[\"kbang\"],\"reason\":\"x\"," LATER "}"),
        403, "forbidden");
    expect_fault(extend("kbang", "\"kbang-lo-ku\",\"kbang\"", LATER), 422, "invalid-content",
                 "/units/1 unit-not-below");
    expect_fault(extend("kbang", "\"kbang-lo-ku-01\"", LATER), 422, "invalid-content",
                 "/units/0 unit-not-below");
    expect_fault(extend("kbang", "\"children(gia-lai)\"", LATER), 422, "invalid-content",
                 "/units/0 unknown-unit");
    cr_expect_str_eq(world_value("select count(*) from app.extension"), "0");
}

Test(extension, tells_all_faults_at_once)
{
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"{}",
         "/expires_at missing-member\n/period missing-member\n/reason missing-member\n/unit missing-member\n"
         "/units missing-member\n"},
        {"{\"unit\":\"kbang\",\"period\":\"2022\",\"units\":[],\"expires_at\":\"2022-01-01T00:00:00Z\",\"reason\":\" \"}",
         "/expires_at not-in-future\n/reason too-short\n/units too-few\n"},
        {"{\"unit\":\"nowhere\",\"period\":\"2031\",\"form\":\"nothing\",\"units\":[\"nobody\",7],\"expires_at\":\"soon\","
         "\"due_at\":null,\"reason\":\"x\"}",
         "/expires_at not-an-instant\n/form unknown-form\n/period unknown-period\n/unit unknown-unit\n"
         "/units/0 unknown-unit\n/units/1 wrong-type\n"},
        {"{\"unit\":\"kbang\",\"period\":\"2022-Q1\",\"form\":\"ktxh-nam\",\"units\":[\"kbang-lo-ku\"],"
         "\"due_at\":\"2100-01-02T00:00:00Z\",\"reason\":\"x\"," LATER "}",
         "/due_at due-after-expiry\n/form form-not-for-period\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = ask("POST", "/v1/extensions", "kbang", cases[i].body);
        cr_expect_eq(bad.status, 422, "%s: %s", cases[i].body, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].body);
    }
}
