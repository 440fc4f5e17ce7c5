/* formats: every list as CSV and as a workbook: the same as its JSON, cell by cell. */
#include "domain/serve_table.h"
#include "routes.h"
#include "sheet/number.h"
#include "support/expect.h"
#include "support/exported.h"
#include "support/lists.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(formats, .init = world_open, .fini = world_close, .timeout = 60);

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* What a moment becomes where there are neither offsets nor parts of seconds; midnight is read as a day. */
static const char *moment_of(const char *text)
{
    bool is_moment = strlen(text) >= 20 && text[10] == 'T' && text[13] == ':';
    bool is_midnight = is_moment && strncmp(text + 11, "00:00:00", 8) == 0;
    return is_moment ? text_of("%.*s", is_midnight ? 10 : 19, text) : text;
}

/* Does the cell say what the JSON says? */
static bool is_same(const json_t *value, const char *cell, bool is_sheet)
{
    json_auto_t *parsed = NULL;
    switch (json_typeof(value)) {
    case JSON_NULL: return cell[0] == '\0';
    case JSON_TRUE: return strcmp(cell, "true") == 0;
    case JSON_FALSE: return strcmp(cell, "false") == 0;
    case JSON_STRING:
        return strcmp(cell, is_sheet ? moment_of(json_string_value(value)) : json_string_value(value)) == 0;
    case JSON_INTEGER:
    case JSON_REAL: return cell[0] && strtod(cell, NULL) == json_number_value(value);
    default: parsed = json_loads(cell, 0, NULL); return parsed && json_equal(parsed, value);
    }
}

static void expect_row(const char *where, json_t *item, const json_t *cells, size_t row, bool is_sheet)
{
    const char *name;
    json_t *value;
    size_t column = 0;
    json_object_foreach(item, name, value)
    {
        const char *heading = exported_cell(cells, 0, column), *cell = exported_cell(cells, row, column);
        const char *wanted = is_sheet ? table_heading(name) : name;
        cr_expect_str_eq(heading, wanted, "%s", where);
        cr_expect(is_same(value, cell, is_sheet), "%s, row %zu, %s: %s", where, row, name, cell);
        column++;
    }
}

static void expect_rows(const char *where, const json_t *items, const json_t *cells, bool is_sheet)
{
    cr_assert_eq(json_array_size(cells), json_array_size(items) + 1, "%s", where);
    for (size_t i = 0; i < json_array_size(items); i++)
        expect_row(where, json_array_get(items, i), cells, i + 1, is_sheet);
}

static void expect_table(const struct route *route, const struct holder *holder, bool is_sheet)
{
    const char *path = lists_path(route, holder), *login = lists_caller(route);
    struct answer table =
        is_sheet ? ask_with("GET", path, login, NULL, "Accept: application/pdf, " XLSX_TYPE ";q=0.3")
                 : get(lists_with(path, "format=csv"), login);
    cr_assert_eq(table.status, 200, "%s: %s", path, table.text);
    cr_expect_str_eq(table.type, is_sheet ? XLSX_TYPE : "text/csv; charset=utf-8; header=present");
    cr_expect_str_eq(header_of(&table, "Link"), "");
    json_auto_t *items = lists_items(path, login);
    json_auto_t *cells = exported_cells(table.text, table.length, is_sheet ? 0 : ',');
    expect_rows(path, items, cells, is_sheet);
}

Test(formats, csv_of_every_list_is_its_json_cell_by_cell)
{
    struct holder holder = lists_filled();
    for (size_t i = 0; i < routes.count; i++)
        if (lists_has(&routes.routes[i]))
            expect_table(&routes.routes[i], &holder, false);
}

Test(formats, workbook_of_every_list_is_its_json_cell_by_cell)
{
    struct holder holder = lists_filled();
    for (size_t i = 0; i < routes.count; i++)
        if (lists_has(&routes.routes[i]))
            expect_table(&routes.routes[i], &holder, true);
}

static void expect_headings(const struct route *route, const struct holder *holder)
{
    const char *path = lists_with(lists_path(route, holder), "limit=1"), *login = lists_caller(route);
    struct answer json = get(path, login), table = get(lists_with(path, "format=csv-vi"), login);
    cr_assert_eq(table.status, 200, "%s", table.text);
    cr_expect(strncmp(table.text, "\xef\xbb\xbf", 3) == 0);
    json_auto_t *cells = exported_cells(table.text, table.length, ';');
    const char *name;
    json_t *value;
    size_t column = 0;
    json_object_foreach(json_array_get(json_object_get(json.json, "items"), 0), name, value)
    {
        cr_expect(strcmp(table_heading(name), name) != 0, "%s: %s has no Vietnamese heading",
                  route->operation, name);
        cr_expect_str_eq(exported_cell(cells, 0, column++), table_heading(name));
    }
}

Test(formats, have_vietnamese_headings_for_people)
{
    struct holder holder = lists_filled();
    for (size_t i = 0; i < routes.count; i++)
        if (lists_has(&routes.routes[i]))
            expect_headings(&routes.routes[i], &holder);
}

static void expect_too_large(const struct route *route, const struct holder *holder)
{
    const char *path = lists_with(lists_path(route, holder), "format=csv"), *login = lists_caller(route);
    struct answer no = get(path, login), part = get(lists_with(path, "limit=1"), login);
    expect_problem(no, 413, "list-too-large");
    cr_expect_not_null(strstr(at(&no, "/detail"), " 1 "), "%s", no.text);
    cr_expect_eq(part.status, 200, "%s: %s", path, part.text);
    cr_expect_not_null(lists_next(&part), "%s", path);
}

Test(formats, refuse_what_is_too_long_and_never_cut_it)
{
    struct holder holder = lists_filled();
    table_rows_max = 1;
    for (size_t i = 0; i < routes.count; i++)
        if (lists_has(&routes.routes[i]))
            expect_too_large(&routes.routes[i], &holder);
    struct answer after = get("/v1/periods", "loku");
    cr_expect_eq(after.status, 200, "the worker goes on: %s", after.text);
    table_rows_max = 20;
    cr_expect_eq(get("/v1/periods?format=xlsx", "loku").status, 200, "20 periods are 20 rows");
    table_rows_max = 19;
    cr_expect_eq(get("/v1/periods?format=xlsx", "loku").status, 413);
}

struct choice {
    const char *query, *accept, *type; /* type "": 406 */
};
static const struct choice choices[] = {
    {"", "Accept: */*", "application/json"},
    {"", "Accept: text/html, */*;q=0.1", "application/json"},
    {"", "Accept: text/csv", "text/csv; charset=utf-8; header=present"},
    {"", "Accept: text/*", "text/csv; charset=utf-8; header=present"},
    {"", "Accept: text/csv;q=0.5, application/json;q=0.4", "text/csv; charset=utf-8; header=present"},
    {"", "Accept: text/csv, application/json", "application/json"},
    {"", "Accept: " XLSX_TYPE ", text/csv;q=0.9", XLSX_TYPE},
    {"", "Accept: application/json;q=0, text/csv;q=0", ""},
    {"", "Accept: application/xml", ""},
    {"?format=csv", "Accept: application/json", "text/csv; charset=utf-8; header=present"},
    {"?format=csv-vi", "Accept: application/xml", "text/csv; charset=utf-8; header=present"},
    {"?format=json", "Accept: text/csv", "application/json"},
    {"?format=xlsx", "Accept: text/csv", XLSX_TYPE},
};

Test(formats, are_chosen_by_the_parameter_and_else_by_accept)
{
    for (size_t i = 0; i < COUNT(choices); i++) {
        const struct choice *c = &choices[i];
        struct answer answer = ask_with("GET", text_of("/v1/periods%s", c->query), "loku", NULL, c->accept);
        if (c->type[0])
            cr_expect_str_eq(answer.type, c->type, "%s %s", c->query, c->accept);
        else
            expect_problem(answer, 406, "not-acceptable");
    }
    struct answer no = ask_with("GET", "/v1/periods", "loku", NULL, "Accept: application/xml");
    cr_expect_not_null(strstr(at(&no, "/detail"), "application/json, text/csv, " XLSX_TYPE), "%s", no.text);
    expect_problem(ask_with("GET", "/v1/me", "loku", NULL, "Accept: text/csv"), 406, "not-acceptable");
    expect_fault(get("/v1/me?format=csv", "loku"), 400, "unknown-parameter", "format unknown-parameter");
    expect_fault(get("/v1/periods?format=pdf", "loku"), 400, "malformed-parameter", "format not-a-choice");
}

Test(formats, are_files_with_a_name)
{
    struct answer csv = get("/v1/periods?format=csv-vi", "loku"),
                  head = ask("HEAD", "/v1/periods?format=csv-vi", "loku", NULL);
    const char *day = world_value("select to_char(now() at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD')");
    cr_expect_str_eq(header_of(&csv, "Content-Disposition"),
                     text_of("attachment; filename=\"period_list-%s.csv\"", day));
    cr_expect_str_eq(header_of(&head, "Content-Disposition"), header_of(&csv, "Content-Disposition"));
    cr_expect_str_eq(header_of(&head, "Content-Length"), text_of("%zu", csv.length));
    cr_expect_eq(head.length, 0);
    cr_expect_str_eq(header_of(&csv, "Cache-Control"), "no-store");
    struct answer json = get("/v1/periods", "loku");
    cr_expect_str_eq(header_of(&json, "Content-Disposition"), "");
}

Test(formats, have_problems_as_json_has_them)
{
    expect_problem(get("/v1/periods?format=csv", NULL), 401, "unauthenticated");
    expect_problem(get("/v1/units?format=xlsx&within=kbang-x", "loku"), 400, "invalid-parameters");
    expect_problem(get("/v1/submissions/999999/comments?format=csv", "loku"), 404, "not-found");
    world_sql(
        "update app.token set scopes = '{workflow}' where account_id = (select id from app.account where login = 'loku')");
    expect_problem(get("/v1/periods?format=csv", "loku"), 403, "insufficient-scope");
    world_sql("drop table app.extension cascade");
    struct answer lost = get("/v1/extensions?format=csv", "kbang");
    cr_expect(lost.status == 500 || lost.status == 503, "503 by a worker that connects only now: %d %s",
              lost.status, lost.text);
}

Test(formats, say_of_an_empty_list_what_it_would_have)
{
    struct answer csv = get("/v1/publications?format=csv", "loku");
    cr_expect_str_eq(csv.text, "id,unit,form,period,published_at,published_by,note\r\n");
}

Test(formats, have_pages_as_long_as_wanted)
{
    struct answer no = get("/v1/periods?limit=501", "loku");
    expect_fault(no, 400, "malformed-parameter", "limit not-an-integer");
    cr_expect_str_eq(at(&no, "/errors/0/params/high"), "500");
    cr_expect_eq(get("/v1/periods?limit=501&format=csv", "loku").status, 200);
    cr_expect_eq(get("/v1/periods?limit=1000000&format=xlsx", "loku").status, 200);
    expect_fault(get("/v1/periods?limit=1000001&format=csv", "loku"), 400, "malformed-parameter",
                 "limit not-an-integer");
    expect_fault(get("/v1/changes?limit=501", "kbang"), 400, "malformed-parameter", "limit not-an-integer");
}

/* The column of a table of Lơ Ku's targets, in the row of an indicator. */
static const char *figure(const json_t *cells, size_t indicator, const char *code, size_t column)
{
    for (size_t row = 1; row < json_array_size(cells); row++)
        if (strcmp(exported_cell(cells, row, indicator), code) == 0)
            return text_of("%s", exported_cell(cells, row, column));
    return "(absent)";
}

Test(formats, keep_every_digit_of_9007_4)
{
    enum { INDICATOR = 2, FIGURE = 9 };
    struct answer csv = get("/v1/targets?format=csv", "loku"), vi = get("/v1/targets?format=csv-vi", "loku"),
                  xlsx = get("/v1/targets?format=xlsx", "loku");
    json_auto_t *machine = exported_cells(csv.text, csv.length, ','),
                *people = exported_cells(vi.text, vi.length, 0),
                *book = exported_cells(xlsx.text, xlsx.length, 0);
    cr_expect_str_eq(exported_cell(machine, 0, FIGURE), "value");
    cr_expect_str_eq(figure(machine, INDICATOR, "grain_output", FIGURE), "9007.4");
    cr_expect_str_eq(figure(people, INDICATOR, "grain_output", FIGURE), "9007,4");
    cr_expect_str_eq(number_read(figure(people, INDICATOR, "grain_output", FIGURE), NUMBER_VI).text,
                     "9007.4");
    cr_expect_str_eq(figure(book, INDICATOR, "grain_output", FIGURE), "9007.4");
}

Test(formats, let_nobody_smuggle_in_a_formula)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer said = ask("POST", plan_path(id, "/comments"), "loku", "{\"text\":\"=HYPERLINK(A1)\"}");
    cr_assert_eq(said.status, 201, "%s", said.text);
    struct answer csv = get(plan_path(id, "/comments?format=csv"), "loku"),
                  vi = get(plan_path(id, "/comments?format=csv-vi"), "loku"),
                  xlsx = get(plan_path(id, "/comments?format=xlsx"), "loku");
    cr_expect_not_null(strstr(csv.text, ",=HYPERLINK(A1),"), "%s", csv.text);
    cr_expect_not_null(strstr(vi.text, ";'=HYPERLINK(A1);"), "%s", vi.text);
    json_auto_t *book = exported_cells(xlsx.text, xlsx.length, 0);
    cr_expect_str_eq(exported_cell(book, 1, 3), "=HYPERLINK(A1)");
}

Test(formats, of_workbooks_name_members_for_whoever_prefers_english)
{
    struct answer xlsx = ask_with("GET", "/v1/periods?format=xlsx", "loku", NULL, "Accept-Language: en");
    json_auto_t *book = exported_cells(xlsx.text, xlsx.length, 0);
    cr_expect_str_eq(exported_cell(book, 0, 3), "starts_on");
    cr_expect_str_eq(exported_cell(book, 1, 3), "2021-12-15");
}
