/* import_create: files of figures, CSV first. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/workbook.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(import_create, .init = world_open, .fini = world_close, .timeout = 60);

#define CSV "Content-Type: text/csv"
#define HEADING "unit;period;indicator;value\n"

static struct answer import(const char *parameters, const char *file)
{
    return ask_with("POST", text_of("/v1/imports%s", parameters), "loku", file, CSV);
}

/* "read created updated unchanged deleted rejected" of an answer's rows. */
static const char *counts_in(const struct answer *answer, const char *at_pointer)
{
    static const char *const names[] = {"read", "created", "updated", "unchanged", "deleted", "rejected"};
    const char *text = "";
    for (size_t i = 0; i < COUNT(names); i++)
        text = text_of("%s%s%s", text, i ? " " : "", at(answer, text_of("%s/%s", at_pointer, names[i])));
    return text;
}

/* "D19 code" of each fault, a line each. */
static const char *cells_of(const struct answer *answer)
{
    const char *text = "";
    size_t i;
    json_t *fault;
    json_array_foreach(json_object_get(answer->json, "errors"), i, fault)
    {
        const char *cell = json_string_value(json_object_get(fault, "cell"));
        text = text_of("%s%s%s %s", text, i ? "\n" : "",
                       cell ? cell : json_string_value(json_object_get(fault, "pointer")),
                       json_string_value(json_object_get(fault, "code")));
    }
    return text;
}

static const char *stored(const char *indicator)
{
    return world_value(text_of(
        "select string_agg(coalesce(trim_scale(v.value)::text, v.missing_reason) || coalesce('/' || v.denominator, ''), ' ') "
        "from app.submission_value v join app.indicator i on i.id = v.indicator_id where i.code = '%s'",
        indicator));
}

Test(import_create, makes_the_drafts_and_figures_that_a_file_tells)
{
    struct answer done = import("?locale=vi", HEADING "kbang-lo-ku;2022-Q2;grain_output;\"9.007,4\"\n"
                                                      "xã Lơ Ku;2022-Q2;livestock_pig;780\n"
                                                      "kbang-lo-ku;2022-Q2;births;-\n"
                                                      "kbang-lo-ku;2022-Q2;deaths;\n"
                                                      "kbang-lo-ku;2022-Q3;grain_output;8,5\n");
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_expect_str_eq(at(&done, "/outcome"), "accepted");
    cr_expect_str_eq(at(&done, "/committed"), "true");
    cr_expect_str_eq(counts_in(&done, "/rows"), "5 4 0 1 0 0");
    cr_expect_str_eq(stored("grain_output"), "9007.4 8.5");
    cr_expect_str_eq(stored("births"), "not_applicable");
    cr_expect_str_eq(stored("deaths"), "(null)", "an empty cell says nothing");
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "2");
    cr_expect_str_eq(
        world_value(
            "select import_row from app.submission_value v join app.indicator i on i.id = v.indicator_id "
            "where i.code = 'livestock_pig'"),
        "3");
    struct answer again = import("?locale=vi", HEADING "kbang-lo-ku;2022-Q2;grain_output;\"9.007,40\"\n"
                                                       "kbang-lo-ku;2022-Q2;livestock_pig;781\n");
    cr_expect_str_eq(counts_in(&again, "/rows"), "2 0 1 1 0 0", "%s", again.text);
    cr_expect_str_eq(stored("livestock_pig"), "781");
}

Test(import_create, tells_all_faults_at_once_and_keeps_nothing)
{
    struct answer no = import("", HEADING "kbang-lo-ku;2022-Q2;grain_output;1.234\n"
                                          "kbang-kon-pne;2022-Q2;grain_output;5\n"
                                          "kbang-lo-ku;2022-13;grain_output;5\n"
                                          "kbang-lo-ku;2022-Q2;lua;5\n"
                                          "kbang-lo-ku;2022-Q2;livestock_total;5\n"
                                          "kbang-lo-ku;2022-Q2;livestock_pig;nhiều\n"
                                          "kbang-lo-ku;2022-Q2;births;7\n"
                                          "kbang-lo-ku;2022-Q2;births;8\n"
                                          "kbang-lo-ku;2022-Q2;livestock_goat;1.5\n"
                                          "kbang-lo-ku;2022-Q2;livestock_buffalo;5%\n"
                                          "kbang-lo-ku;2022;kindergarten_standard;7\n");
    expect_problem(no, 422, "import-rejected");
    cr_expect_str_eq(cells_of(&no),
                     "D2 ambiguous-number\nA3 unit-not-yours\nB4 unknown-period\nC5 unknown-indicator\n"
                     "D6 computed-indicator\nD7 unreadable-number\nC9 duplicate-row\nD10 too-many-decimals\n"
                     "D11 percent-not-expected\nD12 boolean-expected");
    cr_expect_str_eq(at(&no, "/errors/0/text"), "1.234");
    cr_expect_str_eq(counts_in(&no, "/import/rows"), "11 0 0 0 0 11");
    cr_expect_str_eq(at(&no, "/import/rows/faulty"), "10");
    cr_expect_str_eq(at(&no, "/import/committed"), "false");
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "0");
}

Test(import_create, keeps_the_good_rows_where_asked_for)
{
    struct answer done = import("?mode=partial&unit=kbang-lo-ku&period=2022-Q2",
                                "indicator,value\ngrain_output,1.234\nlivestock_pig,780\n");
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_expect_str_eq(at(&done, "/outcome"), "partial");
    cr_expect_str_eq(counts_in(&done, "/rows"), "2 1 0 0 0 1");
    cr_expect_str_eq(cells_of(&done), "B2 ambiguous-number");
    cr_expect_str_eq(stored("livestock_pig"), "780");
    cr_expect_str_eq(stored("grain_output"), "(null)");
}

Test(import_create, says_in_a_dry_run_what_it_would_do)
{
    struct answer would = import("?dry_run=true", HEADING "kbang-lo-ku;2022-Q2;livestock_pig;780\n");
    cr_assert_eq(would.status, 201, "%s", would.text);
    cr_expect_str_eq(at(&would, "/outcome"), "planned");
    cr_expect_str_eq(counts_in(&would, "/rows"), "1 1 0 0 0 0");
    cr_expect_str_eq(at(&would, "/committed"), "false");
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "0");
}

Test(import_create, tells_the_rules_that_its_reports_break)
{
    plan_draft(&lo_ku, "2022-Q2", "households_total=800 households_poor=215");
    const char *file = HEADING "kbang-lo-ku;2022-Q2;households_poor;801\n";
    struct answer would = import("?dry_run=true", file);
    cr_expect_str_eq(at(&would, "/findings/0/rule"), "poor-households");
    cr_expect_str_eq(stored("households_poor"), "215", "it was only tried");
    struct answer done = import("", file);
    cr_assert_eq(done.status, 201, "a draft may be unfinished: %s", done.text);
    cr_expect_str_eq(at(&done, "/findings/0/rule"), "poor-households");
    cr_expect_str_eq(at(&done, "/findings/0/severity"), "block");
    cr_expect_str_eq(at(&done, "/findings/0/figure"), "801");
    cr_expect_str_eq(at(&done, "/findings/0/high"), "800");
    cr_expect_str_eq(at(&done, "/findings/1"), "(absent)");
    struct answer seen = get(text_of("/v1/imports/%s", at(&done, "/id")), "loku");
    cr_expect_str_eq(at(&seen, "/findings"), at(&done, "/findings"));
    done = import("", HEADING "kbang-lo-ku;2022-Q2;households_poor;800\n");
    cr_expect_str_eq(at(&done, "/findings"), "[]");
}

Test(import_create, treats_what_exists_as_asked_for)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "livestock_pig=700");
    const char *file = HEADING "kbang-lo-ku;2022-Q2;livestock_pig;780\n";
    struct answer error = import("?on_existing=error", file);
    expect_problem(error, 422, "import-rejected");
    cr_expect_str_eq(cells_of(&error), "D2 value-exists");
    struct answer skipped = import("?on_existing=skip", file);
    cr_expect_str_eq(counts_in(&skipped, "/rows"), "1 0 0 1 0 0");
    cr_expect_str_eq(stored("livestock_pig"), "700");
    const char *etag = plan_etag(id);
    struct answer updated = import("", file);
    cr_expect_str_eq(counts_in(&updated, "/rows"), "1 0 1 0 0 0");
    cr_expect_str_neq(plan_etag(id), etag, "whoever has it open is told");
    plan_step(id, "loku-lead", "submit", NULL);
    struct answer submitted = import("", HEADING "kbang-lo-ku;2022-Q2;livestock_pig;781\n");
    expect_problem(submitted, 422, "import-rejected");
    cr_expect_str_eq(cells_of(&submitted), "A2 not-editable");
}

Test(import_create, takes_rows_as_json)
{
    struct answer done = ask(
        "POST", "/v1/imports", "loku",
        "{\"rows\":[{\"unit\":\"kbang-lo-ku\",\"period\":\"2022-Q2\",\"indicator\":\"grain_output\",\"value\":9007.4},"
        "{\"unit\":\"kbang-lo-ku\",\"period\":\"2022-Q2\",\"indicator\":\"livestock_pig\",\"value\":\"780\"},"
        "{\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",\"indicator\":\"ntm_commune_criteria\",\"numerator\":13,\"denominator\":19},"
        "{\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",\"indicator\":\"kindergarten_standard\",\"value\":true}]}");
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_expect_str_eq(counts_in(&done, "/rows"), "4 4 0 0 0 0");
    cr_expect_str_eq(stored("grain_output"), "9007.4");
    cr_expect_str_eq(stored("ntm_commune_criteria"), "13/19");
    struct answer cleared = ask(
        "POST", "/v1/imports?unit=kbang-lo-ku&period=2022-Q2", "loku",
        "{\"rows\":[{\"indicator\":\"grain_output\",\"value\":null},{\"indicator\":\"livestock_pig\",\"value\":\"7.8.0\"}]}");
    expect_problem(cleared, 422, "import-rejected");
    cr_expect_str_eq(cells_of(&cleared), "/rows/1/value not-a-number");
    cleared = ask("POST", "/v1/imports?unit=kbang-lo-ku&period=2022-Q2", "loku",
                  "{\"rows\":[{\"indicator\":\"grain_output\",\"value\":null}]}");
    cr_expect_str_eq(counts_in(&cleared, "/rows"), "1 0 0 0 1 0", "%s", cleared.text);
    cr_expect_str_eq(stored("grain_output"), "(null)");
}

Test(import_create, is_counted_once_and_answered_alike)
{
    const struct wish wish = {"POST", "/v1/imports?mode=partial&locale=vi", "loku",
                              HEADING "kbang-lo-ku;2022-Q2;livestock_pig;780\nkbang-lo-ku;2022-Q2;lua;1\n",
                              CSV "\r\nIdempotency-Key: the-key-of-a-file"};
    struct answer first = ask_for(wish), again = ask_for(wish);
    cr_assert_eq(first.status, 201, "%s", first.text);
    cr_expect_str_eq(again.text, first.text);
    cr_expect_str_eq(header_of(&again, "Idempotency-Replayed"), "true");
    cr_expect_str_eq(world_value("select count(*) from app.import"), "1");
}

/* Workbooks ------------------------------------------------------------------------------------------- */

#define XLSX "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static struct answer import_book(const struct answer *book)
{
    return ask_for((struct wish){"POST", "/v1/imports", "loku", book->text, XLSX, book->length});
}

Test(import_create, takes_a_template_back_as_it_was)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "grain_output=9007.4 births=!not_collected deaths=-");
    const char *etag = plan_etag(id);
    struct answer book = get("/v1/forms/ktxh-quy/template.xlsx?unit=kbang-lo-ku&period=2022-Q2", "loku");
    cr_assert_eq(book.status, 200, "%s", book.text);
    struct answer done = import_book(&book);
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_expect_str_eq(counts_in(&done, "/rows"), "14 0 0 14 0 0", "%s", done.text);
    cr_expect_str_eq(at(&done, "/locale"), "vi");
    cr_expect_str_eq(plan_etag(id), etag, "nothing was changed");
    struct answer empty = get("/v1/forms/ktxh-nam/template.xlsx?unit=kbang-lo-ku&period=2022", "loku");
    struct answer nothing = import_book(&empty);
    cr_expect_str_eq(at(&nothing, "/rows/unchanged"), at(&nothing, "/rows/read"), "%s", nothing.text);
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "1");
}

Test(import_create, gives_no_template_of_anothers_unit)
{
    expect_problem(get("/v1/forms/ktxh-quy/template.xlsx?unit=kbang-kon-pne&period=2022-Q2", "loku"), 404,
                   "not-found");
    expect_problem(get("/v1/forms/nothing/template.xlsx?unit=kbang-lo-ku&period=2022-Q2", "loku"), 404,
                   "not-found");
    expect_problem(get("/v1/forms/ktxh-quy/template.xlsx?unit=kbang-lo-ku&period=2022-03", "loku"), 400,
                   "invalid-parameters");
}

Test(import_create, marks_the_faults_in_a_copy_of_the_file)
{
    struct answer no =
        import("", HEADING "kbang-lo-ku;2022-Q2;grain_output;1.234\nkbang-lo-ku;2022-Q2;lua;5\n");
    expect_problem(no, 422, "import-rejected");
    const char *path = text_of("/v1/imports/%s/annotated.xlsx", at(&no, "/import/id"));
    struct answer book = get(path, "loku");
    cr_assert_eq(book.status, 200);
    expect_problem(get(path, "konpne"), 404, "not-found");
    struct answer back = import_book(&book);
    expect_problem(back, 422, "import-rejected");
    cr_expect_str_eq(cells_of(&back), "D2 ambiguous-number\nC3 unknown-indicator",
                     "it is the table that was sent");
}

/* What a workbook has and CSV has not: an error, a percentage, a date, a formula; the copy keeps them. */
/* clang-format off */
#define TEXT(place, text) "<c r='" place "' t='inlineStr'><is><t>" text "</t></is></c>"
static const char table_of_kinds[] =
    "<worksheet><sheetData>"
    "<row r='1'>" TEXT("A1", "Mã") TEXT("B1", "Kỳ") TEXT("C1", "Số liệu") "</row>"
    "<row r='2'>" TEXT("A2", "births") TEXT("B2", "2022-Q2") "<c r='C2' t='e'><f>1/0</f><v>#N/A</v></c></row>"
    "<row r='3'>" TEXT("A3", "deaths") TEXT("B3", "2022-Q2") "<c r='C3' s='2'><v>0.5</v></c></row>"
    "<row r='4'>" TEXT("A4", "livestock_pig") "<c r='B4' s='1'><v>44713</v></c><c r='C4'><v>5</v></c></row>"
    "<row r='5'>" TEXT("A5", "livestock_goat") TEXT("B5", "2022-Q2") "<c r='C5'><f>C4</f></c></row>"
    "<row r='6'><c r='C6'><f>C4</f><v>5</v></c></row>"
    "</sheetData></worksheet>";
/* clang-format on */

Test(import_create, copies_a_workbook_with_its_faults_and_no_others)
{
    size_t length;
    str_auto_t *bytes = workbook_made(&(struct part){"xl/worksheets/sheet1.xml", table_of_kinds}, 1, &length);
    const struct wish wish = {"POST", "/v1/imports?unit=kbang-lo-ku", "loku", bytes, XLSX, length};
    struct answer no = ask_for(wish);
    expect_problem(no, 422, "import-rejected");
    cr_expect_str_eq(cells_of(&no), "C2 cell-error\nC3 percent-not-expected\nC5 formula-without-value");
    cr_expect_null(strchr(no.text, '?'), "a text has a gap: %s", no.text);
    struct answer book = get(text_of("/v1/imports/%s/annotated.xlsx", at(&no, "/import/id")), "loku");
    struct answer back = ask_for((struct wish){"POST", wish.path, "loku", book.text, XLSX, book.length});
    cr_expect_str_eq(cells_of(&back), "C2 unreadable-number\nC3 percent-not-expected");
}

Test(import_create, refuses_what_is_no_table)
{
    const struct {
        const char *type, *bytes, *code;
        size_t length;
    } files[] = {
        {CSV, "PK\3\4 not really", "not-a-sheet", 0},
        {XLSX, HEADING "a;b;c;1\n", "file-of-another-type", 0},
        {CSV, "a;b\n1;2\n", "no-heading", 0},
        {CSV, HEADING "a;b;\"c;1\n", "unbalanced-quotes", 0},
        {CSV, "\xff\xfeu\0n\0", "utf-16", 6},
        {XLSX, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-or-encrypted-workbook", 8},
        {CSV, "", "empty-file", 0},
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct answer no = ask_for(
            (struct wish){"POST", "/v1/imports", "loku", files[i].bytes, files[i].type, files[i].length});
        expect_problem(no, 422, "invalid-content");
        cr_expect(strstr(no.text, files[i].code), "%s: %s", files[i].code, no.text);
    }
    expect_problem(ask("POST", "/v1/imports", "loku", NULL), 411, "length-required");
    expect_problem(ask("POST", "/v1/imports", "loku", text_of("%*s", 8 * 1024 * 1024 + 1, "x")), 413,
                   "content-too-large");
    expect_problem(ask_with("POST", "/v1/imports", "loku", "a", "Content-Type: application/pdf"), 415,
                   "unsupported-media-type");
    cr_expect_str_eq(world_value("select count(*) from app.import"), "0");
}

/* Carrying out a dry run ------------------------------------------------------------------------------ */

static struct answer commit(const struct answer *planned)
{
    return ask("POST", text_of("/v1/imports/%s/commit", at(planned, "/id")), "loku",
               text_of("{\"plan\":\"%s\"}", at(planned, "/plan")));
}

Test(import_create, does_what_the_dry_run_said)
{
    struct answer planned =
        import("?dry_run=true&locale=vi", HEADING "kbang-lo-ku;2022-Q2;grain_output;\"9.007,4\"\n");
    struct answer done = commit(&planned);
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_expect_str_eq(at(&done, "/outcome"), "accepted");
    cr_expect_str_eq(stored("grain_output"), "9007.4");
    expect_problem(commit(&planned), 409, "already-exists");
    struct answer again = import("?dry_run=true", HEADING "kbang-lo-ku;2022-Q2;grain_output;5\n");
    cr_assert_eq(import("", HEADING "kbang-lo-ku;2022-Q2;livestock_pig;7\n").status, 201);
    expect_problem(commit(&again), 409, "plan-outdated");
    cr_expect_str_eq(stored("grain_output"), "9007.4");
    struct answer lied = ask("POST", text_of("/v1/imports/%s/commit", at(&again, "/id")), "loku",
                             text_of("{\"plan\":\"%064d\"}", 0));
    expect_problem(lied, 409, "plan-outdated");
    expect_problem(ask("POST", text_of("/v1/imports/%s/commit", at(&again, "/id")), "konpne",
                       text_of("{\"plan\":\"%064d\"}", 0)),
                   404, "not-found");
}

Test(import_create, is_listed_for_its_sender_alone)
{
    import("", HEADING "kbang-lo-ku;2022-Q2;livestock_pig;7\n");
    import("", HEADING "kbang-lo-ku;2022-Q2;lua;7\n");
    struct answer mine = get("/v1/imports?limit=1", "loku"), theirs = get("/v1/imports", "konpne");
    cr_expect_str_eq(column_of(&mine, "outcome"), "rejected");
    cr_expect_str_eq(column_of_pages("/v1/imports?", "loku", "outcome", 1), "rejected accepted");
    cr_expect_str_eq(column_of(&theirs, "id"), "");
    struct answer one = get(text_of("/v1/imports/%s", at(&mine, "/items/0/id")), "loku");
    cr_expect_str_eq(cells_of(&one), "C2 unknown-indicator");
    expect_problem(get(text_of("/v1/imports/%s", at(&mine, "/items/0/id")), "konpne"), 404, "not-found");
}
