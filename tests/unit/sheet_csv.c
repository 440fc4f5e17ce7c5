/* sheet_csv: tables as text; names of cells; kinds of files. */
#include "support/table.h"
#include <criterion/criterion.h>
#include <string.h>

struct file {
    const char *bytes, *told;
    size_t length; /* 0: strlen(bytes) */
    char separator;
};

static const struct file files[] = {
    /* ends of lines, separators */
    {"a,b\n1,2\n", "A1 text a\nB1 text b\nA2 text 1\nB2 text 2\n"},
    {"a,b\r\n1,2", "A1 text a\nB1 text b\nA2 text 1\nB2 text 2\n"},
    {"a,b\r1,2\r", "A1 text a\nB1 text b\nA2 text 1\nB2 text 2\n"},
    {"a;b\n9.007,4;2\n", "A1 text a\nB1 text b\nA2 text 9.007,4\nB2 text 2\n"},
    {"a\tb\n1,5\t2\n", "A1 text a\nB1 text b\nA2 text 1,5\nB2 text 2\n"},
    {"a, b;c;d\n", "A1 text a, b\nB1 text c\nC1 text d\n"},
    {"\"a,b,c\";d\n", "A1 text a,b,c\nB1 text d\n"},
    {"a|b,c\n", "A1 text a|b\nB1 text c\n"},
    {"a\n", "A1 text a\n"},
    {"a,b;c\n", "fault file unclear-separator\n"},
    {"a,b;c\n", "A1 text a,b\nB1 text c\n", .separator = ';'},
    {"sep=;\na,b;c\n", "A1 text a,b\nB1 text c\n"},
    {"SEP=|\r\na,b|c\n", "A1 text a,b\nB1 text c\n"},
    {"\xef\xbb\xbfsep=;\na;b\n", "A1 text a\nB1 text b\n"},
    {"\xef\xbb\xbfTên,b\n", "A1 text Tên\nB1 text b\n"},
    /* what is empty counts and is not told */
    {"\n\na,b\n\n,,c,\n", "A3 text a\nB3 text b\nC5 text c\n"},
    {"a,\"\",b\n", "A1 text a\nC1 text b\n"},
    {" a , b\n", "A1 text  a \nB1 text  b\n"},
    {",,\n;;\n", "A2 text ;;\n"},
    /* quotes */
    {"\"a\"\"b\",c\n", "A1 text a\"b\nB1 text c\n"},
    {"\"a\r\nb\",c\nd,e\n", "A1 text a\\r\\nb\nB1 text c\nA2 text d\nB2 text e\n"},
    {"\"\"\"\",b\n", "A1 text \"\nB1 text b\n"},
    {"5\" pipe,b\n", "A1 text 5\" pipe\nB1 text b\n"},
    {"a, \"b\"\n", "A1 text a\nB1 text  \"b\"\n"},
    {"a,b\n\"c,d\ne,f\n", "A1 text a\nB1 text b\nfault file unbalanced-quotes\n"},
    {"a,b\n\"c\"d,e\n", "A1 text a\nB1 text b\nfault file unbalanced-quotes\n"},
    {"\"", "fault file unbalanced-quotes\n"},
    {"\"a\"", "A1 text a\n"},
    /* what is text stays text */
    {"=1+1,-5\n+3,@x\n", "A1 text =1+1\nB1 text -5\nA2 text +3\nB2 text @x\n"},
    /* encodings */
    {"a,b\n\xc3,d\n", "A1 text a\nB1 text b\nfault file not-utf-8-csv\n"},
    {"a,b\nL\xac,d\n", "A1 text a\nB1 text b\nfault file not-utf-8-csv\n"},
    {"\xff\xfe"
     "a\0,\0",
     "fault file utf-16\n", 6},
    {"\xfe\xff\0a", "fault file utf-16\n", 4},
    {"a,b\n1,\0\n", "fault file not-a-sheet\n", 8},
    /* no table */
    {"", "fault file empty-file\n"},
    {" \n\t", "fault file empty-file\n"},
    {"<table><tr><td>1</td></tr></table>", "fault file not-a-sheet\n"},
    {"{\"rows\": []}", "fault file not-a-sheet\n"},
    {"%PDF-1.7\n", "fault file not-a-sheet\n"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 W\0o\0r\0k\0b\0o\0o\0k\0", "fault file old-workbook\n", 25},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
     "fault file encrypted-workbook\n", 41},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "fault file old-or-encrypted-workbook\n"},
    {"PK\3\4mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", "fault file opendocument-workbook\n"},
    {"PK\3\4[Content_Types].xml xl/vbaProject.bin", "fault file macro-workbook\n"},
    {"PK\3\4[Content_Types].xml xl/workbook.bin", "fault file binary-workbook\n"},
    {"PK\3\4photo.jpg", "fault file not-a-sheet\n"},
    {"PK\3\4[Content_Types].xml", "fault file damaged-workbook\n"},
};

static void expect_told(const struct file *file)
{
    size_t length = file->length ? file->length : strlen(file->bytes);
    char *exact = malloc(length ? length : 1); /* so that reading past the end is seen */
    memcpy(exact, file->bytes, length);
    str_auto_t *told = table_told(&(struct sheet_file){exact, length, NULL, file->separator});
    cr_expect_str_eq(told, file->told, "«%s»:\n%s", file->bytes, told);
    free(exact);
}

Test(sheet_csv, reads_what_people_send)
{
    for (size_t i = 0; i < COUNT(files); i++)
        expect_told(&files[i]);
}

static const char libreoffice[] =
    "A1 text BIỂU 01 – CHỈ TIÊU THI ĐUA\n"
    "A2 text Chỉ tiêu\nB2 text Giá trị\nC2 text Khác\nD2 text Ghi chú\n"
    "A3 text Sản lượng lương thực\nB3 text 9007.4\nC3 text 14/03/2022\nD3 text =1+1\n"
    "A4 text Đa\xcc\x86k Rong\nB4 text 32\nC4 text TRUE\nD4 text \u22125\n"
    "A6 text Dòng một\\nDòng \"hai\" & <ba>\nB6 text 0.001\n"
    "C6 text 14/03/2022 17:00\nD6 text 27.5%\nA7 text Cộng\nB7 text 9039.4\n";

static const char gnumeric[] =
    "A1 text BIỂU 01 – CHỈ TIÊU THI ĐUA\n"
    "A2 text Chỉ tiêu\nB2 text Giá trị\nC2 text Khác\nD2 text Ghi chú\n"
    "A3 text Sản lượng lương thực\nB3 text 9007.4\nC3 text 2022/03/14\nD3 text =1+1\n"
    "A4 text Đa\xcc\x86k Rong\nB4 text 32\nC4 text TRUE\nD4 text \u22125\n"
    "A6 text Dòng một\\nDòng \"hai\" & <ba>\nB6 text 0.001\n"
    "C6 text 2022/03/14 17:00:00\nD6 text 0.275\nA7 text Cộng\nB7 text 9039.4\n";

static const char excel[] =
    "A1 text BIỂU 01 – CHỈ TIÊU THI ĐUA\n"
    "A2 text Chỉ tiêu\nB2 text Giá trị\nC2 text Khác\nD2 text Ghi chú\n"
    "A3 text Sản lượng lương thực\nB3 text 9007,4\nC3 text 14/03/2022\nD3 text =1+1\n";

/* CSV has texts only: each program shows dates and percentages in its own way. */
Test(sheet_csv, reads_what_programs_write)
{
    static const struct {
        const char *name, *told;
    } written[] = {
        {"sheets/libreoffice.csv", libreoffice},
        {"sheets/gnumeric.csv", gnumeric},
        {"sheets/by-hand-like-excel.csv", excel},
    };
    for (size_t i = 0; i < COUNT(written); i++) {
        size_t length;
        str_auto_t *bytes = table_fixture(written[i].name, &length);
        str_auto_t *told = table_told(&(struct sheet_file){bytes, length});
        cr_expect_str_eq(told, written[i].told, "%s:\n%s", written[i].name, told);
    }
}

static json_t *fault_of(const char *bytes, size_t length)
{
    json_t *faults = json_array();
    struct sheet_file file = {bytes, length};
    cr_expect_not(sheet_read(&file, &(struct sheet_sink){table_ignore}, faults));
    return faults;
}

static const char *text_in(const json_t *faults, const char *member)
{
    const json_t *params = json_object_get(json_array_get(faults, 0), "params");
    return json_string_value(json_object_get(params, member));
}

static json_int_t number_in(const json_t *faults, const char *member)
{
    const json_t *params = json_object_get(json_array_get(faults, 0), "params");
    return json_integer_value(json_object_get(params, member));
}

/* `unit`, `count` times between `before` and `after`. */
static char *repeated(const char *before, const char *unit, size_t count, const char *after)
{
    struct buf text = {.max = 64 * 1024 * 1024};
    size_t length;
    buf_adds(&text, before);
    for (size_t i = 0; i < count; i++)
        buf_adds(&text, unit);
    buf_adds(&text, after);
    return buf_take(&text, &length);
}

static const struct {
    const char *before, *unit, *after, *code, *member;
    size_t count;
    json_int_t number; /* in that member; 0: none is looked at */
} limits[] = {
    {"a,b\n\"x\ny\",c\n", "d,e\n", "\"f\ng\n", "unbalanced-quotes", "line", 3, 7},
    {"a,b\n\"x\ny\",\"", "z\n", "\"q\n", "unbalanced-quotes", "line", 3, 3},
    {"a,b\n\"x\ny\",", "", "\xff\n", "not-utf-8-csv", "line", 1, 3},
    {"a", ",", "b", "too-many-columns", "row", 200, 1},
    {"", "a\n", "", "too-many-rows", "row", SHEET_ROWS_MAX + 1, SHEET_ROWS_MAX + 1},
    {"a\n,", "ơ", "\n", "cell-too-long", "row", SHEET_TEXT_MAX + 1, 2},
};

Test(sheet_csv, names_the_place_of_what_is_too_much)
{
    for (size_t i = 0; i < COUNT(limits); i++) {
        str_auto_t *text = repeated(limits[i].before, limits[i].unit, limits[i].count, limits[i].after);
        json_auto_t *faults = fault_of(text, strlen(text));
        const char *code = json_string_value(json_object_get(json_array_get(faults, 0), "code"));
        cr_assert(code, "%s", limits[i].code);
        cr_expect_str_eq(code, limits[i].code, "%s: %s", limits[i].code, code);
        cr_expect_eq(json_array_size(faults), 1, "%s", limits[i].code);
        cr_expect_eq(number_in(faults, limits[i].member), limits[i].number, "%s: %d", code,
                     (int)number_in(faults, limits[i].member));
    }
    str_auto_t *most = repeated("", "a\n", SHEET_ROWS_MAX, "");
    json_auto_t *none = json_array();
    cr_expect(sheet_read(&(struct sheet_file){most, strlen(most)}, &(struct sheet_sink){table_ignore}, none));
    char late_nul[2048];
    memset(late_nul, '\n', sizeof late_nul);
    late_nul[0] = 'a';
    late_nul[1500] = '\0';
    json_auto_t *nul = fault_of(late_nul, sizeof late_nul);
    cr_expect_eq(number_in(nul, "line"), 1500);
}

Test(sheet_csv, cuts_the_offending_text_and_names_the_cell)
{
    json_auto_t *faults = json_array();
    char name[SHEET_CELL_NAME_SIZE];
    str_auto_t *text = repeated("", "ơ", 50, "");
    sheet_add_cell_fault(faults, &(struct cell){19, 4, .text = text}, "unreadable-number", NULL);
    str_auto_t *cut = repeated("", "ơ", 40, "");
    cr_expect_str_eq(text_in(faults, "text"), cut);
    cr_expect_str_eq(text_in(faults, "cell"), "D19");
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(faults, 0), "cell")), "D19");
    cr_expect_eq(number_in(faults, "row"), 19);
    for (int column = 1, row; column <= 16384; column++) {
        int back;
        sheet_cell_name(1048576, column, name);
        cr_assert_eq(sheet_cell_place(name, &row, &back), strlen(name));
        cr_assert(row == 1048576 && back == column, "%s", name);
    }
    cr_expect_str_eq(name, "XFD1048576");
    static const char *const wrong[] = {"",     "A",        "1",         "A0",          "a1",
                                        "XFE1", "A1048577", "ZZZZZZZZ1", "A99999999999"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        cr_expect_eq(sheet_cell_place(wrong[i], &(int){0}, &(int){0}), 0, "%s", wrong[i]);
}

static bool end_at_once(const struct cell *cells, int count, void *data)
{
    *(int *)data += cells[0].row + count;
    return false;
}

Test(sheet_csv, stops_when_the_sink_does)
{
    int seen = 0;
    json_auto_t *faults = json_array();
    struct sheet_sink sink = {end_at_once, &seen};
    cr_expect_not(sheet_read(&(struct sheet_file){"a\nb\n", 4}, &sink, faults));
    cr_expect_eq(seen, 2);
    cr_expect_eq(json_array_size(faults), 0);
}
