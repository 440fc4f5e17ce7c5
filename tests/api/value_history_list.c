/* value_history_list: GET /v1/submissions/{id}/values/{code}/history, and the status that only rises. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(value_history_list, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer history(long id, const char *indicator, const char *login)
{
    return get(plan_path(id, text_of("/values/%s/history", indicator)), login);
}

/* "entered 60/PROVISIONAL, submitted …": what each entry came to. */
static const char *seen(long id, const char *indicator, const char *login)
{
    struct answer list = history(id, indicator, login);
    buf_auto_t text = {0};
    for (size_t i = 0; list.status == 200 && i < json_array_size(json_object_get(list.json, "items")); i++)
        buf_addf(&text, "%s%s %s→%s/%s", i ? ", " : "", at(&list, text_of("/items/%zu/event", i)),
                 at(&list, text_of("/items/%zu/from/value", i)), at(&list, text_of("/items/%zu/to/value", i)),
                 at(&list, text_of("/items/%zu/to/status", i)));
    return list.status == 200 ? text_of("%s", text.text ? text.text : "") : "(not seen)";
}

static void change(long id, const char *value)
{
    const char *body = text_of("{\"values\":[{\"indicator\":\"births\",%s}]}", value);
    struct answer done = ask_with("PATCH", plan_path(id, ""), "loku", body, plan_if_match(id));
    cr_assert_eq(done.status, 200, "%s", done.text);
}

Test(value_history_list, tells_each_change_to_the_unit_and_what_was_submitted_to_the_district)
{
    long id = plan_draft(&lo_ku, "2022", "births=60");
    change(id, "\"value\":61");
    change(id, "\"value\":null");
    change(id, "\"value\":62,\"status\":\"ESTIMATE\"");
    cr_expect_str_eq(seen(id, "births", "kbang"), "(not seen)");
    plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_str_eq(seen(id, "births", "kbang"), "submitted (absent)→62/ESTIMATE");
    plan_step(id, "kbang", "return", "Kiểm tra.");
    change(id, "\"value\":63");
    cr_expect_str_eq(seen(id, "births", "kbang"), "submitted (absent)→62/ESTIMATE",
                     "what is reworked is the unit's own");
    plan_step(id, "loku-lead", "submit", NULL);
    plan_step(id, "kbang", "accept", NULL);
    cr_expect_str_eq(seen(id, "births", "kbang-viewer"),
                     "submitted (absent)→62/ESTIMATE, submitted 62→63/ESTIMATE, "
                     "accepted (absent)→63/ESTIMATE");
    cr_expect_str_eq(seen(id, "births", "province"), "accepted (absent)→63/ESTIMATE");
    cr_expect_str_eq(
        seen(id, "births", "loku-front"),
        "entered (absent)→60/PROVISIONAL, entered 60→61/PROVISIONAL, entered 61→(absent)/(absent), "
        "entered (absent)→62/ESTIMATE, submitted (absent)→62/ESTIMATE, entered 62→63/ESTIMATE, "
        "submitted 62→63/ESTIMATE, accepted (absent)→63/ESTIMATE");
    struct answer list = history(id, "births", "loku");
    cr_expect_str_eq(at(&list, "/items/0/by"), "Tài khoản loku");
    cr_expect_str_eq(at(&list, "/items/4/by"), "Tài khoản loku-lead");
    cr_expect_str_eq(at(&list, "/items/7/by"), "Tài khoản kbang");
    cr_expect_str_eq(at(&list, "/items/0/import_id"), "null");
    cr_expect_str_eq(column_of_pages(plan_path(id, "/values/births/history?"), "kbang", "event", 1),
                     "submitted submitted accepted");
}

Test(value_history_list, shows_pairs_statuses_reasons_and_what_is_there_for_none)
{
    long id = plan_accepted(&lo_ku, "2022", "ntm_commune_criteria=12/19 deaths=!not_collected");
    struct answer pair = history(id, "ntm_commune_criteria", "kbang");
    cr_expect_str_eq(at(&pair, "/items/0/to/numerator"), "12");
    cr_expect_str_eq(at(&pair, "/items/0/to/denominator"), "19");
    struct answer none = history(id, "deaths", "kbang");
    cr_expect_str_eq(at(&none, "/items/0/to/missing_reason"), "not_collected");
    cr_expect_str_eq(seen(id, "livestock_total", "loku"), "", "a total has no history of its own");
    cr_expect_eq(history(id, "nothing", "loku").status, 404);
    cr_expect_eq(history(id, "births", "konpne").status, 404);
    cr_expect_eq(history(id, "births", "admin").status, 404);
    cr_expect_eq(history(id, "births", NULL).status, 401);
}

/* An import writes with its file and row; what is entered by hand after it has none. */
Test(value_history_list, names_the_file_and_the_row)
{
    long id = plan_draft(&lo_ku, "2022", "births=60");
    change(id, "\"value\":60,\"status\":\"OFFICIAL\"");
    struct answer file =
        ask_with("POST", "/v1/imports?locale=vi&on_existing=update", "loku",
                 "unit;period;indicator;value\nkbang-lo-ku;2022;deaths;9\nkbang-lo-ku;2022;births;61\n",
                 "Content-Type: text/csv");
    cr_assert_eq(file.status, 201, "%s", file.text);
    change(id, "\"value\":62");
    struct answer list = history(id, "births", "loku");
    cr_expect_str_eq(column_of(&list, "import_row"), "null null 3 null");
    cr_expect_str_eq(at(&list, "/items/2/import_id"), at(&file, "/id"));
    cr_expect_str_eq(at(&list, "/items/2/to/status"), "OFFICIAL",
                     "a file that says no status takes none away");
}

/* Reopened, so that it can be corrected. */
static long reopened(const char *figures)
{
    long id = plan_accepted(&lo_ku, "2022", figures);
    struct answer asked =
        ask("POST", plan_path(id, "/reopen-requests"), "loku-lead", "{\"reason\":\"Sai.\"}");
    cr_assert_eq(asked.status, 201, "%s", asked.text);
    struct answer granted = ask("POST", text_of("/v1/reopen-requests/%s/decision", at(&asked, "/id")),
                                "kbang", "{\"decision\":\"grant\",\"reason\":\"Đồng ý.\"}");
    cr_assert_eq(granted.status, 200, "%s", granted.text);
    return id;
}

Test(value_history_list, lets_no_status_fall_below_what_was_accepted)
{
    long id = reopened("births=60");
    change(id, "\"value\":59,\"status\":\"ESTIMATE\"");
    expect_fault(plan_step(id, "loku-lead", "submit", NULL), 422, "invalid-content", "/values status-fell");
    cr_expect_str_eq(
        service_tries("loku-lead",
                      text_of("update app.submission set state = 'submitted' where id = %ld", id)),
        "!TD422", "whatever the statement");
    change(id, "\"value\":59,\"status\":\"OFFICIAL\"");
    cr_expect_eq(plan_step(id, "loku-lead", "submit", NULL).status, 200);
    cr_expect_eq(plan_step(id, "kbang", "accept", NULL).status, 200);
    cr_expect_str_eq(seen(id, "births", "province"),
                     "accepted (absent)→60/PROVISIONAL, accepted 60→59/OFFICIAL", "both revisions are kept");
}

Test(value_history_list, keeps_the_status_of_a_value_that_is_corrected_without_one)
{
    long id = plan_draft(&lo_ku, "2022", "births=60");
    change(id, "\"value\":60,\"status\":\"OFFICIAL\"");
    change(id, "\"value\":61");
    cr_expect_str_eq(seen(id, "births", "loku"),
                     "entered (absent)→60/PROVISIONAL, entered 60→60/OFFICIAL, entered 60→61/OFFICIAL");
}
