/* sheet_xlsx: workbooks: those of other programs, those made to say one thing, and hostile ones. */
#include "sheet/styles.h"
#include "support/table.h"
#include "support/workbook.h"
#include <criterion/criterion.h>
#include <string.h>

#define SHEET "xl/worksheets/sheet1.xml"

/* One table, written by each program: tests/fixtures/sheets/make. */
static const char alike[] = "A1 text BIỂU 01 – CHỈ TIÊU THI ĐUA\n"
                            "B1 covered A1\n"
                            "C1 covered A1\n"
                            "D1 covered A1\n"
                            "A2 text Chỉ tiêu\n"
                            "B2 text Giá trị\n"
                            "C2 text Khác\n"
                            "D2 text Ghi chú\n"
                            "A3 text Sản lượng lương thực\n"
                            "B3 number 9007.4\n"
                            "C3 date 2022-03-14\n"
                            "D3 text =1+1\n"
                            "A4 text Đa\xcc\x86k Rong\n" /* decomposed: ă is a and U+0306 */
                            "B4 number 32\n"
                            "C4 boolean true\n"
                            "D4 text \u22125\n"
                            "A6 text Dòng một\\nDòng \"hai\" & <ba>\n"
                            "B6 number 0.001\n"
                            "C6 date 2022-03-14T17:00:00\n"
                            "D6 number % 27.5\n";

static const struct {
    const char *name, *formula; /* how the formula in B7 is told */
} written[] = {
    {"libreoffice.xlsx", "B7 number = 9039.4\n"},    {"openpyxl.xlsx", "B7 blank = \n"},
    {"gnumeric.xlsx", "B7 number = 9039.4\n"},       {"sheetjs.xlsx", "B7 number = 9039.4\n"},
    {"xlsxwriter.xlsx", "B7 number = 9039.4\n"},     {"by-hand-like-excel.xlsx", "B7 number = 9039.4\n"},
    {"by-hand-strict.xlsx", "B7 number = 9039.4\n"},
};

Test(sheet_xlsx, reads_what_every_program_writes_alike)
{
    for (size_t i = 0; i < COUNT(written); i++) {
        char name[64], expected[sizeof alike + 64];
        size_t length;
        snprintf(name, sizeof name, "sheets/%s", written[i].name);
        snprintf(expected, sizeof expected, "%sA7 text Cộng\n%s", alike, written[i].formula);
        str_auto_t *bytes = table_fixture(name, &length);
        str_auto_t *told = table_told(&(struct sheet_file){bytes, length});
        cr_expect_str_eq(told, expected, "%s:\n%s", name, told);
    }
}

static const struct {
    const char *inside, *told; /* what stands in <worksheet>; what is read */
} sheets[] = {
#define ROW(cells) "<sheetData><row r='3'>" cells "</row></sheetData>"
#define MERGED(area) "<mergeCells><mergeCell ref='" area "'/></mergeCells>"
    {"<sheetData/>", ""},
    {ROW("<c r='A3' t='s'><v>0</v></c><c r='C3' t='s'><v>1</v></c>"), "A3 text Đăk Rong\nC3 text Tơ Tung\n"},
    {ROW("<c r='A3' t='s'><v>2</v></c><c r='B3' t='s'><v>-1</v></c>"),
     "fault A3 unreadable-cell\nfault B3 unreadable-cell\n"},
    {ROW("<c r='A3' t='inlineStr'><is><t>=1</t><rPh><t>x</t></rPh></is></c>"), "A3 text =1\n"},
    {ROW("<c r='A3' t='inlineStr'><is><r><t>a</t></r><r><t> b</t></r></is></c>"), "A3 text a b\n"},
    {ROW("<c r='A3' t='str'><f>A1</f><v>x_x000D_y_x005F_x000D__xD800_</v></c>"),
     "A3 text = x\\ry_x000D__xD800_\n"},
    {ROW("<c r='A3' t='b'><v>1</v></c><c r='B3' t='b'><v>0</v></c>"), "A3 boolean true\nB3 boolean false\n"},
    {ROW("<c r='A3' t='e'><f>1/0</f><v>#DIV/0!</v></c><c r='B3' t='e'><v>#N/A</v></c>"),
     "A3 error = #DIV/0!\nB3 error #N/A\n"},
    {ROW("<c r='A3'><f>SUM(B1)</f></c><c r='B3' t='str'><f>T()</f><v></v></c>"), "A3 blank = \n"},
    {ROW("<c r='A3'><v>9007.3999999999996</v></c><c r='B3'><v>1E-3</v></c>"),
     "A3 number 9007.4\nB3 number 0.001\n"},
    {ROW("<c r='A3'><v>1,5</v></c>"), "fault A3 unreadable-cell\n"},
    {ROW("<c r='A3' s='1'><v>44634</v></c><c r='B3' s='3'><v>44634.708333333336</v></c>"),
     "A3 date 2022-03-14\nB3 date 2022-03-14T17:00:00\n"},
    {ROW("<c r='A3' s='1'><v>60</v></c><c r='B3' s='1'><v>-1</v></c>"),
     "fault A3 no-such-date\nfault B3 no-such-date\n"},
    {ROW("<c r='A3' t='d'><v>2022-03-14</v></c><c r='B3' t='d'><v>14/3</v></c>"),
     "A3 date 2022-03-14\nfault B3 no-such-date\n"},
    {ROW("<c r='A3' s='2'><v>0.27500000000000002</v></c><c r='B3' s='99'><v>1</v></c>"),
     "A3 number % 27.5\nB3 number 1\n"},
    {ROW("<c><v>1</v></c><c r='D3'><v>2</v></c><c><v>3</v></c>"), "A3 number 1\nD3 number 2\nE3 number 3\n"},
    {"<sheetData><row><c><v>1</v></c></row><row/><row><c><v>2</v></c></row></sheetData>",
     "A1 number 1\nA3 number 2\n"},
    {"<x:sheetData xmlns:x='y'><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData>", "A1 number 1\n"},
    {"<sheetData><row r='900000'><c r='A900000' s='1'/></row></sheetData>", ""},
    {"<sheetData><row r='100101'><c r='A100101'><v>1</v></c></row></sheetData>",
     "fault file too-many-rows\n"},
    {ROW("<c r='GR3'><v>1</v></c>"), "GR3 number 1\n"},
    {ROW("<c r='GS3'><v>1</v></c>"), "fault file too-many-columns\n"},
    {ROW("<c r='B3'><v>1</v></c><c r='A3'><v>1</v></c>"), "fault file damaged-workbook\n"},
    {ROW("<c r='A3'><v>1</v></c><c r='A3'><v>1</v></c>"), "fault file damaged-workbook\n"},
    {ROW("<c r='A4'><v>1</v></c>"), "fault file damaged-workbook\n"},
    {ROW("<c r='A3'><v>1</v></c><row r='4'/>"), "fault file damaged-workbook\n"},
    {"<sheetData><row r='3'/><row r='3'/></sheetData>", "fault file damaged-workbook\n"},
    {"<sheetData><row r='1048577'/></sheetData>", "fault file damaged-workbook\n"},
    {"<sheetData><c r='A1'><v>1</v></c></sheetData>", ""},
    {"<sheetData><row><c>", "fault file damaged-workbook\n"},
    /* merged areas: what is hidden below does not count, and a row needs a value to be told */
    {ROW("<c r='A3'><v>1</v></c><c r='B3'><v>2</v></c><c r='D3'><v>4</v></c>") MERGED("A3:C5"),
     "A3 number 1\nB3 covered A3\nC3 covered A3\nD3 number 4\n"},
    {"<sheetData><row r='4'><c r='A4'><v>1</v></c></row><row r='5'><c r='A5'><v>1</v></c><c r='D5'><v>2</v></c></row></sheetData>"
     "<mergeCells><mergeCell ref='F1:G2'/><mergeCell ref='A3:A5'/></mergeCells>",
     "A5 covered A3\nD5 number 2\n"},
    {ROW("<c r='A3'><v>1</v></c>") MERGED("A1:XFD1048576"), ""},
    {ROW("<c r='A3'><v>1</v></c>") MERGED("A3:C3") MERGED("B3:D3"), "fault file damaged-workbook\n"},
    {ROW("<c r='A3'><v>1</v></c>") MERGED("nonsense"), "fault file damaged-workbook\n"},
};

static char *told_of(const struct part *parts, size_t count, const char *sheet)
{
    size_t length;
    str_auto_t *bytes = workbook_made(parts, count, &length);
    return table_told(&(struct sheet_file){bytes, length, sheet});
}

Test(sheet_xlsx, reads_each_kind_of_cell)
{
    for (size_t i = 0; i < COUNT(sheets); i++) {
        buf_auto_t xml = {0};
        buf_addf(&xml, "<worksheet>%s</worksheet>", sheets[i].inside);
        str_auto_t *told = told_of(&(struct part){SHEET, xml.text}, 1, NULL);
        cr_expect_str_eq(told, sheets[i].told, "%s:\n%s", sheets[i].inside, told);
    }
}

#define BOOK(inside) "<workbook xmlns:r='x'>" inside "</workbook>"
#define ONE_CELL "<worksheet><sheetData><row><c s='1'><v>61</v></c></row></sheetData></worksheet>"
#define TWO(first, second) \
    BOOK("<sheets><sheet name='Ẩn' r:id='r1' " first "/><sheet name='Hiện' r:id='r2' " second "/></sheets>")
#define TWO_RELS \
    "<R><Relationship Id='r1' Type='/worksheet' Target='one.xml'/><Relationship Id='r2' Type='/worksheet' Target='two.xml'/></R>"

static const struct {
    struct part parts[4];
    const char *sheet, *told;
} books[] = {
    {{{SHEET, ONE_CELL}, {"xl/styles.xml", NULL}}, NULL, "fault file damaged-workbook\n"},
    {{{SHEET, ONE_CELL}}, NULL, "A1 date 1900-03-01\n"},
    {{{SHEET, ONE_CELL},
      {"xl/workbook.xml", BOOK("<workbookPr date1904='1'/><sheets><sheet name='a' r:id='r1'/></sheets>")}},
     NULL,
     "A1 date 1904-03-02\n"},
    {{{SHEET, ONE_CELL}}, "Biểu 01", "A1 date 1900-03-01\n"},
    {{{SHEET, ONE_CELL}}, "Biểu 02", "fault file no-such-sheet\n"},
    {{{"xl/workbook.xml", TWO("state='hidden'", "")},
      {"xl/_rels/workbook.xml.rels", TWO_RELS},
      {"xl/two.xml", ONE_CELL}},
     NULL,
     "A1 number 61\n"},
    {{{"xl/workbook.xml", TWO("state='veryHidden'", "")},
      {"xl/_rels/workbook.xml.rels", TWO_RELS},
      {"xl/one.xml", ONE_CELL}},
     "Ẩn",
     "A1 number 61\n"},
    {{{"xl/workbook.xml", TWO("state='hidden'", "state='hidden'")}, {"xl/_rels/workbook.xml.rels", TWO_RELS}},
     NULL,
     "fault file no-visible-sheet\n"},
    {{{"xl/workbook.xml", "<document/>"}}, NULL, "fault file not-a-workbook\n"},
    {{{"xl/workbook.xml", NULL}}, NULL, "fault file damaged-workbook\n"},
    {{{"xl/workbook.xml", ""}}, NULL, "fault file damaged-workbook\n"},
    {{{"_rels/.rels", NULL}}, NULL, "fault file not-a-workbook\n"},
    {{{"_rels/.rels", "<Relationships/>"}}, NULL, "fault file not-a-workbook\n"},
    {{{"_rels/.rels", "<R><Relationship Type='/officeDocument' Target='../../etc/passwd'/></R>"}},
     NULL,
     "fault file not-a-workbook\n"},
    {{{"_rels/.rels",
       "<R><Relationship Type='/officeDocument' Target='http://x/' TargetMode='External'/></R>"}},
     NULL,
     "fault file not-a-workbook\n"},
    {{{SHEET, NULL}}, NULL, "fault file damaged-workbook\n"},
    {{{"xl/media/vbaProject.bin", "x"}}, NULL, "fault file macro-workbook\n"},
    {{{"[Content_Types].xml",
       "<T><Override ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></T>"}},
     NULL,
     "fault file macro-workbook\n"},
    {{{"[Content_Types].xml",
       "<T><Override ContentType='application/vnd.ms-excel.sheet.binary.macroEnabled.main'/></T>"}},
     NULL,
     "fault file binary-workbook\n"},
    {{{SHEET, "<!DOCTYPE a><worksheet/>"}}, NULL, "fault file workbook-with-doctype\n"},
    {{{"xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><workbook>&b;</workbook>"}},
     NULL,
     "fault file workbook-with-doctype\n"},
    {{{"xl/sharedStrings.xml",
       "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><sst><si><t>&b;</t></si></sst>"}},
     NULL,
     "fault file workbook-with-doctype\n"},
    {{{SHEET, "<worksheet><sheetData>&undeclared;</sheetData></worksheet>"}},
     NULL,
     "fault file damaged-workbook\n"},
};

Test(sheet_xlsx, finds_the_sheet_and_refuses_what_is_no_workbook)
{
    for (size_t i = 0; i < COUNT(books); i++) {
        size_t count = 0;
        while (count < COUNT(books[i].parts) && books[i].parts[count].name)
            count++;
        str_auto_t *told = told_of(books[i].parts, count, books[i].sheet);
        cr_expect_str_eq(told, books[i].told, "%zu, %s: %s", i, books[i].parts[0].text, told);
    }
}

#define TEN(text) text text text text text text text text text text
static const struct {
    const char *part, *before, *unit, *after, *code;
    size_t count;
    bool stored;
} hostile[] = {
    {"xl/workbook.xml", "<workbook><sheets>", "<sheet name='a' r:id='r1' xmlns:r='x'/>",
     "</sheets></workbook>", "too-many-sheets", 10000, true},
    {"xl/sharedStrings.xml", "<sst>", "<si/>", "</sst>", "too-many-texts", 400001, true},
    {"xl/sharedStrings.xml", "<sst>", "<si><t>" TEN(TEN("a")) "</t></si>", "</sst>", "too-much-text", 332224,
     true},
    {"xl/sharedStrings.xml", "<sst><si><t>", TEN("a"), "</t></si></sst>", "too-much-text", 3355444, true},
    {SHEET, "<worksheet>", " ", "</worksheet>", "zip-bomb", 3000000, false},
    {"xl/media/image1.png", "", "0", "", "zip-bomb", 3000000, false},
    {"xl/media/image1.png", "", TEN(TEN(TEN("0123456789"))), "", "unpacks-too-large", 10486, true},
    {"xl/media/image1.png", "", "PK\1\2", "", "too-many-parts", 20001, true},
    {SHEET, "<worksheet a='", "a", "'/>", "damaged-workbook", 5000000, true},
    {SHEET, "<worksheet><sheetData><row><c t='inlineStr'><is><t>", "ơ",
     "</t></is></c></row></sheetData></worksheet>", "cell-too-long", 32768, true},
    {SHEET, "<worksheet><sheetData><row><c t='inlineStr'><is><t>", "a",
     "</t></is></c></row></sheetData></worksheet>", "damaged-workbook", 1000000, true},
    {SHEET, "<worksheet><mergeCells>", "<mergeCell ref='A1:B1'/>", "</mergeCells></worksheet>",
     "damaged-workbook", 100001, true},
};

static char *xml_of(size_t i, size_t *length)
{
    struct buf xml = {.max = 200 * 1024 * 1024};
    buf_adds(&xml, hostile[i].before);
    for (size_t n = 0; n < hostile[i].count; n++)
        buf_adds(&xml, hostile[i].unit);
    buf_adds(&xml, hostile[i].after);
    return buf_take(&xml, length);
}

Test(sheet_xlsx, refuses_hostile_workbooks, .timeout = 120)
{
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct part part = {hostile[i].part, .stored = hostile[i].stored};
        str_auto_t *xml = xml_of(i, &part.length);
        part.text = xml;
        str_auto_t *told = told_of(&part, 1, NULL);
        cr_expect(strstr(told, hostile[i].code), "%s: %s", hostile[i].code, told);
    }
}

/* A directory that admits to little, while the data go on: what comes out is counted, too. */
Test(sheet_xlsx, does_not_believe_the_directory_of_an_archive)
{
    struct part part = {SHEET, .length = 3000000};
    size_t length, lies = 0;
    str_auto_t *blanks = malloc(part.length);
    memset(blanks, ' ', part.length);
    part.text = blanks;
    str_auto_t *bytes = workbook_made(&part, 1, &length);
    const unsigned char size[] = {3000000 & 0xff, 3000000 >> 8 & 0xff, 3000000 >> 16, 0};
    for (char *at = bytes; (at = memmem(at, length - (size_t)(at - bytes), size, sizeof size)); lies++)
        memcpy(at, "\0\1\0\0", sizeof size);
    cr_expect_geq(lies, 1);
    str_auto_t *told = table_told(&(struct sheet_file){bytes, length});
    cr_expect(strstr(told, "fault file zip-bomb") || strstr(told, "fault file damaged-workbook"), "%s", told);
}

Test(sheet_xlsx, refuses_every_truncation_of_a_workbook, .timeout = 60)
{
    size_t length;
    str_auto_t *bytes = table_fixture("sheets/xlsxwriter.xlsx", &length);
    cr_assert_gt(length, 1000);
    for (size_t cut = 4; cut < length; cut += 1 + cut / 512) {
        char *exact = malloc(cut);
        memcpy(exact, bytes, cut);
        str_auto_t *told = table_told(&(struct sheet_file){exact, cut});
        free(exact);
        cr_expect(strncmp(told, "fault file ", 11) == 0 && strchr(told, '\n')[1] == '\0', "%zu: %s", cut,
                  told);
    }
}

static const struct {
    const char *code;
    enum format format;
} codes[] = {
    {"General", FORMAT_PLAIN},
    {"0.00", FORMAT_PLAIN},
    {"dd/mm/yyyy", FORMAT_DATE},
    {"[$-42A]dd/mm/yyyy;@", FORMAT_DATE},
    {"[h]:mm", FORMAT_DATE},
    {"[Red]0.00", FORMAT_PLAIN},
    {"#,##0\\ \"đ\"", FORMAT_PLAIN},
    {"0.0%", FORMAT_PERCENT},
    {"0\"%\"", FORMAT_PLAIN},
    {"0.00E+00", FORMAT_PLAIN},
    {"0\" days\"", FORMAT_PLAIN},
    {"0;dd", FORMAT_PLAIN},
    {"_-* #,##0_d", FORMAT_PLAIN},
    {"@", FORMAT_PLAIN},
    {"mmm\\-yy", FORMAT_DATE},
    {"[$d-1]0", FORMAT_PLAIN},
    {"\"open", FORMAT_PLAIN},
    {"[open", FORMAT_PLAIN},
    {"\\", FORMAT_PLAIN},
    {"", FORMAT_PLAIN},
};

Test(sheet_xlsx, tells_dates_and_percentages_by_their_formats)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        cr_expect_eq(styles_format_of_code(codes[i].code), codes[i].format, "%s", codes[i].code);
}
