/* sheet_template: formulas of a template say what the service will compute. */
#include "sheet/sheet.h"
#include "sheet/template.h"
#include "support/workbook.h"
#include <criterion/criterion.h>
#include <string.h>

#define LINE(code, entry, type, more) \
    "{\"code\":\"" code "\",\"name\":\"" code "\",\"unit_of_measure\":\"\",\"entry\":\"" entry \
    "\",\"value_type\":\"" type "\"" more "}"
#define TERM(side, code, coefficient, presence) \
    "{\"side\":\"" side "\",\"code\":\"" code "\",\"coefficient\":\"" coefficient \
    "\",\"presence\":" presence "}"

/* The sheet of a template with these lines, which begin in row 5; the caller frees it. */
static char *sheet_of(const char *lines)
{
    size_t length;
    buf_auto_t json = {0};
    struct buf out = {0};
    buf_addf(&json, "[%s]", lines);
    json_auto_t *parsed = json_loads(json.text, 0, NULL);
    const struct template template = {"f", "F", "u", "U", "2022", false, parsed};
    cr_assert(template_write(&template, &out));
    str_auto_t *bytes = buf_take(&out, &length);
    return workbook_part(bytes, length, "xl/worksheets/sheet1.xml");
}

static void expect_formula(const char *sheet, const char *formula)
{
    buf_auto_t element = {0};
    buf_addf(&element, "<f>%s</f>", formula);
    cr_expect(strstr(sheet, element.text), "%s is not in %s", formula, sheet);
}

Test(sheet_template, totals_wait_for_their_parts)
{
    str_auto_t *sheet =
        sheet_of(LINE("a", "value", "number", "") "," LINE("b", "value", "number", "") "," LINE(
            "all", "computed", "number",
            ",\"decimals\":1,\"ratio\":false,\"terms\":[" TERM("numerator", "a", "1", "false") "," TERM(
                "numerator", "b", "-1", "false") "]"));
    expect_formula(sheet,
                   "IF(AND(OR(ISNUMBER(F5),I5=\"không áp dụng\"),OR(ISNUMBER(F6),I6=\"không áp dụng\")),"
                   "ROUND(N(F5)*1+N(F6)*-1,1),\"\")");
}

Test(sheet_template, rates_are_rounded_as_in_the_service)
{
    str_auto_t *sheet =
        sheet_of(LINE("a", "value", "integer", "") "," LINE("b", "value", "integer", "") "," LINE(
            "rate", "computed", "percent",
            ",\"decimals\":2,\"scale\":100,\"ratio\":true,\"terms\":[" TERM(
                "numerator", "a", "1", "false") "," TERM("denominator", "b", "1", "false") "]"));
    expect_formula(sheet,
                   "IF(AND(OR(ISNUMBER(F5),I5=\"không áp dụng\"),OR(ISNUMBER(F6),I6=\"không áp dụng\")),"
                   "IF((N(F6)*1)=0,\"\",ROUND(100*(N(F5)*1)/(N(F6)*1),2)),\"\")");
}

Test(sheet_template, what_is_met_or_not_counts_by_its_word)
{
    str_auto_t *sheet =
        sheet_of(LINE("a", "value", "boolean", "") "," LINE("b", "value", "number", "") "," LINE(
            "share", "computed", "percent",
            ",\"decimals\":0,\"scale\":1,\"ratio\":true,\"terms\":[" TERM(
                "numerator", "a", "1", "false") "," TERM("denominator", "a", "1",
                                                         "true") "," TERM("denominator", "b", "1",
                                                                          "true") "]"));
    expect_formula(sheet,
                   "IF(AND(OR(F5&lt;&gt;\"\",I5=\"không áp dụng\"),OR(F5&lt;&gt;\"\",I5=\"không áp dụng\"),"
                   "OR(ISNUMBER(F6),I6=\"không áp dụng\")),IF(((F5&lt;&gt;\"\")*1+ISNUMBER(F6)*1)=0,\"\","
                   "ROUND(1*((F5=\"đạt\")*1)/((F5&lt;&gt;\"\")*1+ISNUMBER(F6)*1),0)),\"\")");
}

Test(sheet_template, rows_are_as_high_as_their_texts)
{
    static const char lines[] =
        LINE("a", "value", "number", ",\"target\":\"Tổng đàn gia súc: 3.027 con, trong đó heo 780 con\"") //
        "," LINE("b", "value", "number", ",\"note\":\"một\\nhai\\nba\"");
    str_auto_t *sheet = sheet_of(lines);
    cr_expect(strstr(sheet, "<row r=\"5\" spans=\"1:10\" ht=\"30\""), "two lines: %s", sheet);
    cr_expect(strstr(sheet, "<row r=\"6\" spans=\"1:10\" ht=\"45\""), "three lines: %s", sheet);
}
