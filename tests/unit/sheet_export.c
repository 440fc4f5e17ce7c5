/* sheet_export: tables for programs and for people, written and read again. */
#include "sheet/number.h"
#include "support/exported.h"
#include "support/table.h"
#include "support/workbook.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct export_column columns[] = {
    {"id", EXPORT_INTEGER}, {"value", EXPORT_NUMBER}, {"text", EXPORT_TEXT}, {"met", EXPORT_BOOLEAN},
    {"day", EXPORT_DATE},   {"at", EXPORT_MOMENT},    {"list", EXPORT_JSON},
};
enum { COLUMNS = COUNT(columns), VALUE = 1, TEXT = 2 };

static const char *const rows[][COLUMNS] = {
    {"2022", "9007.4", "Đăk \"Rong\", Lơ Ku; xã", "true", "2022-03-14", "2022-03-14T17:00:00.5+07:00",
     "[{\"a b\" : \"x, \\\" y\", \"n\" : 9007.40}, []]"},
    {"-5", "-0.10", "", "false", "infinity", "infinity", "{}"},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    {"7", "12345678901234567890.12345", "hai\r\ndòng", "true", "1899-12-31", "0001-01-01T00:00:00+07:00",
     "[]"},
};

static char *written(enum export_kind kind, size_t *length)
{
    return exported_bytes(&(struct exported){kind, columns, COLUMNS, rows[0], COUNT(rows)}, length);
}

Test(sheet_export, for_programs_is_rfc_4180_and_exact)
{
    size_t length;
    str_auto_t *csv = written(EXPORT_CSV, &length);
    cr_expect_str_eq(
        csv, "id,value,text,met,day,at,list\r\n"
             "2022,9007.4,\"Đăk \"\"Rong\"\", Lơ Ku; xã\",true,2022-03-14,2022-03-14T17:00:00.5+07:00,"
             "\"[{\"\"a b\"\":\"\"x, \\\"\" y\"\",\"\"n\"\":9007.40},[]]\"\r\n"
             "-5,-0.10,\"\",false,infinity,infinity,{}\r\n"
             ",,,,,,\r\n"
             "7,12345678901234567890.12345,\"hai\r\ndòng\",true,1899-12-31,0001-01-01T00:00:00+07:00,[]\r\n");
}

Test(sheet_export, for_people_is_as_vietnamese_write)
{
    size_t length;
    str_auto_t *csv = written(EXPORT_CSV_VI, &length);
    cr_expect_str_eq(csv,
                     "\xef\xbb\xbfid;value;text;met;day;at;list\r\n"
                     "2022;9007,4;\"Đăk \"\"Rong\"\", Lơ Ku; xã\";có;14/03/2022;14/03/2022 17:00:00;"
                     "\"[{\"\"a b\"\":\"\"x, \\\"\" y\"\",\"\"n\"\":9007.40},[]]\"\r\n"
                     "-5;-0,10;\"\";không;infinity;infinity;{}\r\n"
                     ";;;;;;\r\n"
                     "7;12345678901234567890,12345;\"hai\r\ndòng\";có;31/12/1899;01/01/0001 00:00:00;[]\r\n");
}

Test(sheet_export, for_people_is_what_our_own_import_reads)
{
    size_t length;
    str_auto_t *csv = written(EXPORT_CSV_VI, &length);
    json_auto_t *cells = exported_cells(csv, length, 0);
    struct number first = number_read(exported_cell(cells, 1, VALUE), NUMBER_VI),
                  second = number_read(exported_cell(cells, 2, VALUE), NUMBER_VI);
    cr_expect_str_eq(first.text, "9007.4");
    cr_expect_str_eq(second.text, "-0.1");
    cr_expect_str_eq(exported_cell(cells, 1, TEXT), rows[0][TEXT]);
}

Test(sheet_export, as_a_workbook_has_real_numbers_dates_and_truths)
{
    size_t length;
    str_auto_t *bytes = written(EXPORT_XLSX, &length);
    str_auto_t *told = table_told(&(struct sheet_file){.bytes = bytes, .length = length});
    cr_expect_str_eq(
        told, "A1 text id\nB1 text value\nC1 text text\nD1 text met\nE1 text day\nF1 text at\nG1 text list\n"
              "A2 number 2022\nB2 number 9007.4\nC2 text Đăk \"Rong\", Lơ Ku; xã\nD2 boolean true\n"
              "E2 date 2022-03-14\nF2 date 2022-03-14T17:00:00\n"
              "G2 text [{\"a b\":\"x, \\\" y\",\"n\":9007.40},[]]\n"
              "A3 number -5\nB3 number -0.1\nD3 boolean false\nE3 text infinity\nF3 text infinity\n"
              "G3 text {}\n"
              "A5 number 7\nB5 text 12345678901234567890.12345\nC5 text hai\\r\\ndòng\nD5 boolean true\n"
              "E5 text 1899-12-31\nF5 text 0001-01-01T00:00:00+07:00\nG5 text []\n");
}

Test(sheet_export, as_a_workbook_shows_the_heading_always_and_numbers_as_they_are)
{
    size_t length;
    str_auto_t *bytes = written(EXPORT_XLSX, &length);
    str_auto_t *sheet = workbook_part(bytes, length, "xl/worksheets/sheet1.xml"),
               *styles = workbook_part(bytes, length, "xl/styles.xml");
    cr_expect_not_null(strstr(sheet, "<pane ySplit=\"1\" topLeftCell=\"A2\""), "%s", sheet);
    cr_expect_not_null(strstr(sheet, "<col min=\"5\" max=\"5\" width=\"12"), "%s", sheet);
    cr_expect_not_null(strstr(styles, "formatCode=\"#,##0.0\""), "%s", styles);
    cr_expect_not_null(strstr(styles, "formatCode=\"dd/mm/yyyy\""), "%s", styles);
    cr_expect_null(strstr(sheet, "<f>"));
}

static const char *const formulas[] = {
    "=1+1", "+1",      "-1", "@SUM(A1)",         "\t=1", "\r=1", "\n", "＝1", "＋1",
    "－1",  "＠SUM()", "=",  "=cmd|'/C calc'!A0"};
static const char *const harmless[] = {"'=1", "a=1", " =1", "–", "1", "Lơ Ku", "\"=1\""};

/* The only cell of a table with this text. */
static char *cell_of(enum export_kind kind, const char *text)
{
    static const struct export_column column = {"t", EXPORT_TEXT};
    size_t length;
    str_auto_t *bytes = exported_bytes(&(struct exported){kind, &column, 1, &text, 1}, &length);
    json_auto_t *cells = exported_cells(bytes, length, kind == EXPORT_XLSX ? 0 : ';');
    return strdup(exported_cell(cells, 1, 0));
}

static void expect_cell(enum export_kind kind, const char *text, const char *wanted)
{
    str_auto_t *cell = cell_of(kind, text);
    cr_expect_str_eq(cell, wanted);
}

Test(sheet_export, disarms_formulas_for_people_alone)
{
    for (size_t i = 0; i < COUNT(formulas); i++) {
        buf_auto_t disarmed = {0};
        buf_addf(&disarmed, "'%s", formulas[i]);
        expect_cell(EXPORT_CSV_VI, formulas[i], disarmed.text);
        expect_cell(EXPORT_CSV, formulas[i], formulas[i]);
    }
    for (size_t i = 0; i < COUNT(harmless); i++)
        expect_cell(EXPORT_CSV_VI, harmless[i], harmless[i]);
}

/* Headings can come from the data, too. */
Test(sheet_export, disarms_formulas_of_headings)
{
    const struct export_column column = {"=1+1", EXPORT_NUMBER};
    size_t length;
    for (enum export_kind kind = EXPORT_CSV; kind <= EXPORT_XLSX; kind++) {
        str_auto_t *bytes = exported_bytes(&(struct exported){kind, &column, 1, NULL, 0}, &length);
        json_auto_t *cells = exported_cells(bytes, length, kind == EXPORT_XLSX ? 0 : ';');
        cr_expect_str_eq(exported_cell(cells, 0, 0), kind == EXPORT_CSV_VI ? "'=1+1" : "=1+1");
    }
}

Test(sheet_export, never_makes_a_formula_of_a_text_in_a_workbook)
{
    for (size_t i = 0; i < COUNT(formulas); i++)
        if (!strpbrk(formulas[i], "\t\r\n"))
            expect_cell(EXPORT_XLSX, formulas[i], formulas[i]);
}

/* "ơơơ…", so many. */
static char *long_text(int characters)
{
    struct buf text = {0};
    size_t length;
    while (characters-- > 0)
        buf_adds(&text, "ơ");
    return buf_take(&text, &length);
}

Test(sheet_export, says_when_no_cell_can_hold_a_text)
{
    str_auto_t *longest = long_text(SHEET_TEXT_MAX), *longer = long_text(SHEET_TEXT_MAX + 1);
    expect_cell(EXPORT_XLSX, longest, longest);
    expect_cell(EXPORT_XLSX, longer, "[32768 > 32767 ký tự: xem format=csv]");
    str_auto_t *csv = cell_of(EXPORT_CSV_VI, longest);
    cr_expect_str_eq(csv, longest);
}

/* A decimal of up to 15 digits. */
static void make_figure(char text[NUMBER_SIZE])
{
    int digits = 1 + (int)(random() % 15), decimals = (int)(random() % digits);
    int at = snprintf(text, NUMBER_SIZE, "%ld", 1 + random() % 9);
    for (int i = 1; i < digits; i++) {
        if (i == digits - decimals)
            text[at++] = '.';
        text[at++] = (char)('0' + random() % 10);
    }
    text[at] = '\0';
}

Test(sheet_export, keeps_the_digits_of_random_figures_in_a_workbook)
{
    enum { FIGURES = 3000 };
    static const struct export_column column = {"n", EXPORT_NUMBER};
    static char texts[FIGURES][NUMBER_SIZE];
    static const char *values[FIGURES];
    size_t length;
    srandom(9007);
    for (int i = 0; i < FIGURES; i++) {
        make_figure(texts[i]);
        values[i] = texts[i];
    }
    str_auto_t *bytes = exported_bytes(&(struct exported){EXPORT_XLSX, &column, 1, values, FIGURES}, &length);
    json_auto_t *cells = exported_cells(bytes, length, 0);
    for (int i = 0; i < FIGURES; i++) {
        struct number meant = number_read(texts[i], NUMBER_EN);
        cr_expect_str_eq(exported_cell(cells, (size_t)i + 1, 0), meant.text, "%s", texts[i]);
    }
}
