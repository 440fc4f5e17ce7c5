/* sheet_annotate: a copy of somebody's table is that table, and says what is wrong with it. */
#include "sheet/annotate.h"
#include "support/table.h"
#include "support/workbook.h"
#include <criterion/criterion.h>
#include <string.h>

#define SHEET "xl/worksheets/sheet1.xml"
#define TEXT(place, text) "<c r='" place "' t='inlineStr'><is><t>" text "</t></is></c>"

/* The copy of a workbook with these rows; the caller frees it. */
static char *copy_of(const char *rows, const char *faults, size_t *length)
{
    size_t sent;
    struct buf out = {0};
    buf_auto_t xml = {0};
    buf_addf(&xml, "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
    str_auto_t *bytes = workbook_made(&(struct part){SHEET, xml.text}, 1, &sent);
    json_auto_t *wrong = json_loads(faults, 0, NULL);
    cr_assert(annotate(&(struct sheet_file){bytes, sent}, wrong, "Chỗ cần sửa", &out));
    return buf_take(&out, length);
}

static char *told_of(const char *rows, const char *faults)
{
    size_t length;
    str_auto_t *copy = copy_of(rows, faults, &length);
    return table_told(&(struct sheet_file){copy, length});
}

static char *part_of(const char *rows, const char *faults, const char *part)
{
    size_t length;
    str_auto_t *copy = copy_of(rows, faults, &length);
    return workbook_part(copy, length, part);
}

static const char kinds[] = "<row r='1'>" TEXT("A1", "Chỉ tiêu") TEXT(
    "B1",
    "Số liệu") "</row><row r='2'>"
               "<c r='A2' s='2'><v>0.27500000000000002</v></c><c r='B2' s='2'><v>0.5</v></c><c r='C2' s='1'><v>44634</v></c>"
               "<c r='D2' s='3'><v>44634.708333333336</v></c><c r='E2' s='3'><v>0.5</v></c><c r='F2' t='b'><v>1</v></c>"
               "<c r='G2'><f>A1</f><v>9039.4</v></c><c r='H2' t='str'><f>A1</f><v>\"hai\"</v></c><c r='I2' t='e'><f>1/0</f>"
               "<v>#DIV/0!</v></c><c r='J2' s='2'><f>A2</f><v>0.275</v></c><c r='K2'><v>9007.3999999999996</v></c>" TEXT(
                   "L2", "=1+1") "</row>";

Test(sheet_annotate, copies_what_cells_are)
{
    str_auto_t *told = told_of(kinds, "[]");
    cr_expect_str_eq(told,
                     "A1 text Chỉ tiêu\nB1 text Số liệu\nN1 text Chỗ cần sửa\n"
                     "A2 number % 27.5\nB2 number % 50\nC2 date 2022-03-14\nD2 date 2022-03-14T17:00:00\n"
                     "E2 date 12:00:00\nF2 boolean true\nG2 number = 9039.4\nH2 text = \"hai\"\n"
                     "I2 text = #DIV/0!\nJ2 number = % 27.5\nK2 number 9007.4\nL2 text =1+1\n");
}

Test(sheet_annotate, keeps_them_where_they_are_marked)
{
    str_auto_t *plain = told_of(kinds, "[]");
    str_auto_t *told = told_of(
        kinds, "[{\"row\":2,\"cell\":\"A2\",\"detail\":\"a\"},{\"row\":2,\"cell\":\"C2\",\"detail\":\"c\"},"
               "{\"row\":2,\"cell\":\"G2\",\"detail\":\"g\"}]");
    cr_expect(strncmp(told, plain, strlen(plain)) == 0, "%s", told);
    cr_expect_str_eq(told + strlen(plain), "N2 text A2: a\\nC2: c\\nG2: g\n");
}

#define TABLE \
    "<row r='2'>" TEXT("A2", "Chỉ tiêu") TEXT("B2", "Số liệu") "</row><row r='3'>" TEXT( \
        "A3", "livestock_goat") "<c r='B3'><v>1.5</v></c></row>"
#define TWICE \
    "[{\"row\":3,\"cell\":\"B3\",\"detail\":\"Một\"},{\"row\":3,\"cell\":\"B3\",\"detail\":\"Hai\"}," \
    "{\"row\":3,\"cell\":\"C3\",\"detail\":\"Ba\"},{\"row\":3,\"detail\":\"Bốn\"}]"

Test(sheet_annotate, says_all_that_is_wrong_with_a_cell_in_its_comment)
{
    str_auto_t *comments = part_of(TABLE, TWICE, "xl/comments1.xml");
    cr_expect(strstr(comments, "Một\nHai</t>"), "%s", comments);
    cr_expect(strstr(comments, "<comment ref=\"C3\""), "an empty cell is marked, too");
    str_auto_t *told = told_of(TABLE, TWICE);
    cr_expect(strstr(told, "D3 text B3: Một\\nB3: Hai\\nC3: Ba\\nBốn\n"), "%s", told);
}

Test(sheet_annotate, hides_the_marker_and_heads_the_table)
{
    str_auto_t *sheet =
        part_of("<row r='1'>" TEXT("A1", SHEET_MARKER "form=ktxh-quy") "</row>" TABLE, "[]", SHEET);
    cr_expect(strstr(sheet, "<row r=\"1\" spans=\"1:4\" hidden=\"1\">"), "%s", sheet);
    cr_expect(strstr(sheet, "topLeftCell=\"A3\""), "the headings stay in sight: %s", sheet);
    str_auto_t *told = told_of("<row r='1'>" TEXT("A1", SHEET_MARKER "form=ktxh-quy") "</row>" TABLE, "[]");
    cr_expect(strstr(told, "B2 text Số liệu\nD2 text Chỗ cần sửa\n"), "%s", told);
}

Test(sheet_annotate, makes_rows_as_high_as_their_reasons)
{
    str_auto_t *sheet = part_of(TABLE, TWICE, SHEET);
    cr_expect(strstr(sheet, "<row r=\"3\" spans=\"1:4\" ht=\"60\" customHeight=\"1\">"), "four lines: %s",
              sheet);
}
