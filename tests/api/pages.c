/* pages: from page to page of every list by Link, with cursors that are good there alone. */
#include "http/params.h"
#include "queries.h"
#include "routes.h"
#include "support/expect.h"
#include "support/exported.h"
#include "support/lists.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(pages, .init = world_open, .fini = world_close, .timeout = 60);

static const char *cursor_of(const struct answer *page)
{
    const char *cursor = at(page, "/next");
    cr_assert(page->status == 200 && strlen(cursor) > 20, "%s", page->text);
    return text_of("cursor=%s", cursor);
}

static void expect_invalid(const char *path, const char *login)
{
    expect_fault(get(path, login), 400, "malformed-parameter", "cursor invalid");
}

/* One entry a page. */
static void expect_all(const char *path, const char *login)
{
    json_auto_t *items = lists_items(path, login), *walked = json_array();
    for (const char *at = lists_with(path, "limit=1"); at;) {
        struct answer page = get(at, login);
        cr_assert_eq(page.status, 200, "%s: %s", at, page.text);
        json_array_extend(walked, json_object_get(page.json, "items"));
        at = lists_next(&page);
    }
    cr_expect(json_equal(walked, items), "%s", path);
}

Test(pages, of_every_list_lead_on_by_link_to_all_there_is)
{
    struct holder holder = lists_filled();
    for (size_t i = 0; i < routes.count; i++)
        if (lists_has(&routes.routes[i]))
            expect_all(lists_path(&routes.routes[i], &holder), lists_caller(&routes.routes[i]));
}

Test(pages, keep_the_parameters_of_the_list)
{
    struct answer page = get("/v1/units?limit=2&within=kbang&q=%C4%91%C4%83k%20&level=commune", "loku");
    const char *next = lists_next(&page);
    cr_expect_str_eq(next, text_of("/v1/units?within=kbang&level=commune&q=%%C4%%91%%C4%%83k%%20&%s&limit=2",
                                   cursor_of(&page)));
    expect_all("/v1/units?within=kbang&q=%C4%91%C4%83k%20", "loku");
    expect_all("/v1/targets?indicator=grain_output,grain_per_capita,income_per_capita", "loku");
}

Test(pages, of_a_table_lead_on_too)
{
    int rows = 0;
    for (const char *at = "/v1/periods?format=csv&limit=7"; at;) {
        struct answer page = get(at, "loku");
        cr_assert_eq(page.status, 200, "%s: %s", at, page.text);
        json_auto_t *cells = exported_cells(page.text, page.length, ',');
        rows += (int)json_array_size(cells) - 1;
        at = lists_next(&page);
    }
    cr_expect_eq(rows, 20);
}

/* A cursor of every list, sent to every other. */
Test(pages, have_cursors_that_no_other_list_takes)
{
    struct holder holder = lists_filled();
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *from = &routes.routes[i];
        if (!lists_has(from))
            continue;
        struct answer page = get(lists_with(lists_path(from, &holder), "limit=1"), lists_caller(from));
        for (size_t j = 0; j < routes.count; j++)
            if (lists_has(&routes.routes[j]) && j != i)
                expect_invalid(lists_with(lists_path(&routes.routes[j], &holder), cursor_of(&page)),
                               lists_caller(&routes.routes[j]));
    }
}

static const char *good_value(const char *name)
{
    const struct param *param = param_named(name);
    if (strcmp(name, "kind") == 0)
        return "KH";
    switch (param->kind) {
    case PARAM_INT: return "2022";
    case PARAM_MOMENT: return "2022-06-30";
    case PARAM_CHOICE: return text_of("%.*s", (int)strcspn(param->choices, "|"), param->choices);
    default: return "kbang";
    }
}

/* Each filter of the list, added to its cursor. */
static int expect_bound(const struct route *route, const struct holder *holder)
{
    const char *path = lists_path(route, holder), *login = lists_caller(route);
    struct answer page = get(lists_with(path, "limit=1"), login);
    const char *next = lists_with(path, cursor_of(&page));
    int filters = 0;
    cr_expect_eq(get(lists_with(next, "limit=7"), login).status, 200, "%s", next);
    cr_expect_eq(get(lists_with(next, "format=csv"), login).status, 200, "%s", next);
    for (const char *const *param = route->params; *param; param++) {
        bool is_given = strchr(path, '?') && (strchr(*param, '!') || strcmp(*param, "unit") == 0);
        if (is_given || strcmp(*param, "cursor") == 0 || strcmp(*param, "limit") == 0
            || strcmp(*param, "format") == 0 || strcmp(*param, "count") == 0)
            continue;
        expect_invalid(lists_with(next, text_of("%s=%s", *param, good_value(*param))), login);
        filters++;
    }
    return filters;
}

Test(pages, have_cursors_that_no_other_filter_takes)
{
    struct holder holder = lists_filled();
    int filters = 0;
    for (size_t i = 0; i < routes.count; i++)
        if (lists_has(&routes.routes[i]))
            filters += expect_bound(&routes.routes[i], &holder);
    cr_expect_geq(filters, 30);
    struct answer page = get("/v1/periods?limit=1&frequency=quarter", "loku");
    cr_expect_eq(get(text_of("/v1/periods?frequency=quarter&%s", cursor_of(&page)), "loku").status, 200);
    expect_invalid(text_of("/v1/periods?frequency=month&%s", cursor_of(&page)), "loku");
    expect_invalid(text_of("/v1/periods?%s", cursor_of(&page)), "loku");
    page = get("/v1/reporting-rates?unit=kbang-lo-ku&period=2022,2022-Q1&limit=1", "loku");
    expect_invalid(text_of("/v1/reporting-rates?unit=kbang-lo-ku&period=2022,2022-Q2&%s", cursor_of(&page)),
                   "loku");
}

Test(pages, have_cursors_of_one_report)
{
    long ours = plan_submitted(&lo_ku, "2022", ""), theirs = plan_submitted(&kon_pne, "2022", "");
    for (int i = 0; i < 2; i++) {
        ask("POST", plan_path(ours, "/comments"), "kbang", "{\"text\":\"a\"}");
        ask("POST", plan_path(theirs, "/comments"), "kbang", "{\"text\":\"b\"}");
    }
    struct answer page = get(plan_path(ours, "/comments?limit=1"), "kbang");
    cr_expect_eq(get(plan_path(ours, text_of("/comments?%s", cursor_of(&page))), "kbang").status, 200);
    expect_invalid(plan_path(theirs, text_of("/comments?%s", cursor_of(&page))), "kbang");
}

/* Every character of a cursor, changed. */
Test(pages, have_cursors_nobody_else_can_make)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct answer page = get("/v1/periods?limit=1", "loku");
    const char *cursor = cursor_of(&page);
    str_auto_t *forged = strdup(cursor);
    for (char *c = strchr(forged, '=') + 1; *c; c++) {
        char before = *c;
        *c = digits[((size_t)(strchr(digits, before) - digits) + 1) % 64];
        expect_invalid(text_of("/v1/periods?%s", forged), "loku");
        *c = before;
    }
    expect_invalid(text_of("/v1/periods?%sAAAA", cursor), "loku");
    expect_invalid(text_of("/v1/periods?%.*s", (int)strlen(cursor) - 4, cursor), "loku");
    expect_invalid("/v1/periods?cursor=2022-Q1", "loku");
    cr_expect_eq(get(text_of("/v1/periods?%s", cursor), "konpne").status, 200, "it is no secret");
}

/* The most rows that a step of the plan had. */
static long rows_read(const char *plan)
{
    static const char mark[] = "\"Actual Rows\": ";
    long most = 0;
    while ((plan = strstr(plan, mark))) {
        plan += sizeof mark - 1;
        long rows = strtol(plan, NULL, 10);
        most = rows > most ? rows : most;
    }
    return most;
}

Test(pages, read_one_entry_beyond_what_they_show)
{
    world_sql(
        "set session_replication_role = replica; insert into app.document (code, kind, issuer, title, verified) "
        "select 'doc-' || n, 'OTHER', 'Kbang', 'Văn bản ' || n, false from generate_series(1, 20000) n; "
        "reset session_replication_role; analyze app.document");
    world_sql(text_of("prepare page as %s", sql_queries[SQL_document_list].text));
    const char *plan = world_value("explain (analyze, format json) execute page(null, null, null, '50')");
    cr_expect_eq(rows_read(plan), 51, "%s", plan);
}

static void expect_counted(const struct route *route, const struct holder *holder)
{
    const char *path = lists_path(route, holder), *login = lists_caller(route);
    json_auto_t *items = lists_items(path, login);
    const char *total = text_of("%zu", json_array_size(items));
    struct answer page = get(lists_with(path, "limit=1&count=exact"), login),
                  table = get(lists_with(path, "format=csv&count=exact"), login),
                  none = get(lists_with(path, "count=none"), login);
    cr_expect_str_eq(header_of(&page, "Total-Count"), total, "%s: %s", path, page.text);
    cr_expect_eq(json_array_size(json_object_get(page.json, "items")), 1);
    cr_expect_str_eq(header_of(&table, "Total-Count"), total, "%s", path);
    cr_expect_str_eq(header_of(&none, "Total-Count"), "");
    page = get(lists_with(path, text_of("%s&count=exact", cursor_of(&page))), login);
    cr_expect_str_eq(header_of(&page, "Total-Count"), total, "%s, from its beginning: %s", path, page.text);
}

Test(pages, of_every_list_are_counted_when_that_is_asked_for)
{
    struct holder holder = lists_filled();
    for (size_t i = 0; i < routes.count; i++)
        if (lists_has(&routes.routes[i]))
            expect_counted(&routes.routes[i], &holder);
    struct answer quarters = get("/v1/periods?frequency=quarter&count=exact&limit=3", "loku");
    cr_expect_str_eq(header_of(&quarters, "Total-Count"), "4");
    cr_expect_null(strstr(lists_next(&quarters), "count"), "it is not counted with each page");
    expect_fault(get("/v1/periods?count=about", "loku"), 400, "malformed-parameter", "count not-a-choice");
}
