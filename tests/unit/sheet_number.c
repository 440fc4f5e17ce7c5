/* sheet_number: figures as people type them, and the numbers and dates of workbooks. */
#include "base/form.h"
#include "sheet/decimal.h"
#include "sheet/number.h"
#include <criterion/criterion.h>
#include <string.h>

struct typed {
    const char *text, *vi, *en, *undeclared; /* the decimal; or a code or reason, which has no digits */
};

#define AMBIGUOUS "ambiguous-number"
#define GROUPING "wrong-grouping"
#define UNREADABLE "unreadable-number"
#define ALL(answer) answer, answer, answer

static const struct typed typed[] = {
    /* what the marks mean */
    {"9.007,4", "9007.4", GROUPING, "9007.4"},
    {"9,007.4", GROUPING, "9007.4", "9007.4"},
    {"1,234.5", GROUPING, "1234.5", "1234.5"},
    {"1.234", "1234", "1.234", AMBIGUOUS},
    {"1,234", "1.234", "1234", AMBIGUOUS},
    {"-1,234", "-1.234", "-1234", AMBIGUOUS},
    {"12,5", "12.5", GROUPING, "12.5"},
    {"12.5", GROUPING, "12.5", "12.5"},
    {"12,3456", "12.3456", GROUPING, "12.3456"},
    {"1234,567", "1234.567", GROUPING, "1234.567"},
    {"0.123", GROUPING, "0.123", "0.123"},
    {"0,123", "0.123", GROUPING, "0.123"},
    {"1.234.567", "1234567", GROUPING, "1234567"},
    {"1,234,567", GROUPING, "1234567", "1234567"},
    {"1.234.567,80", "1234567.8", GROUPING, "1234567.8"},
    {"1.234,567", "1234.567", GROUPING, "1234.567"},
    {"32", ALL("32")},
    {"0", ALL("0")},
    {"007", ALL("7")},
    /* groups that are none */
    {"1.2345.678", ALL(GROUPING)},
    {"1.23.456", ALL(GROUPING)},
    {"1234.567.890", ALL(GROUPING)},
    {"1,234.567.890", ALL(GROUPING)},
    {"1,2,3", ALL(GROUPING)},
    {"1.234,567,8", ALL(GROUPING)},
    {"0.123.456", ALL(GROUPING)},
    {"1..234", ALL(UNREADABLE)},
    {"12,", ALL(UNREADABLE)},
    {",5", ALL(UNREADABLE)},
    /* spaces */
    {"9 007", ALL("9007")},
    {"9 007,4", "9007.4", GROUPING, "9007.4"},
    {"9 007.4", GROUPING, "9007.4", "9007.4"},
    {"9\u00a0007,4", "9007.4", GROUPING, "9007.4"},
    {"1\u202f234\u202f567", ALL("1234567")},
    {"1\u2009234", ALL("1234")},
    {"1 234.567", GROUPING, "1234.567", "1234.567"},
    {"9 00", ALL(GROUPING)},
    {"1234 567", ALL(GROUPING)},
    {"  \t32\u00a0\u3000", ALL("32")},
    /* signs */
    {"+5", ALL("5")},
    {"-5", ALL("-5")},
    {"- 5", ALL("-5")},
    {"\u22125,5", "-5.5", GROUPING, "-5.5"},
    {"\u20135", ALL("-5")},
    {"-0,0", "0", GROUPING, "0"},
    {"--5", ALL(UNREADABLE)},
    {"5-", ALL(UNREADABLE)},
    {"(5)", ALL(UNREADABLE)},
    /* full width */
    {"\uff19\uff0e\uff10\uff10\uff17\uff0c\uff14", "9007.4", GROUPING, "9007.4"},
    {"\uff0d\uff13\uff12", ALL("-32")},
    {"\uff0b\uff13\uff12", ALL("32")},
    /* per cent, powers, words */
    {"27,5 %", "27.5", GROUPING, "27.5"},
    {"27\uff05", ALL("27")},
    {"%", ALL(UNREADABLE)},
    {"5%%", ALL(UNREADABLE)},
    {"1E5", ALL("power-of-ten")},
    {"1e-3", ALL("power-of-ten")},
    {"5 ha", ALL(UNREADABLE)},
    {"năm", ALL(UNREADABLE)},
    {"=1+1", ALL(UNREADABLE)},
    {"1_000", ALL(UNREADABLE)},
    {"0x10", ALL(UNREADABLE)},
    {"\u0663", ALL(UNREADABLE)}, /* Arabic 3 */
    {"1234567890123456789012345678901", ALL("too-many-digits")},
    {"123456789012345678901234567890", ALL("123456789012345678901234567890")},
    {"9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999",
     ALL(UNREADABLE)},
    /* marks that stand alone */
    {"", ALL("")},
    {" \u00a0 ", ALL("")},
    {"-", ALL("not_applicable")},
    {" \u2013 ", ALL("not_applicable")},
    {"\u2014", ALL("not_applicable")},
    {"\u2212", ALL("not_applicable")},
    {"x", ALL("not_applicable")},
    {"X", ALL("not_applicable")},
    {"...", ALL("not_available")},
    {"\u2026", ALL("not_available")},
    {"xx", ALL(UNREADABLE)},
    {"..", ALL(UNREADABLE)},
};

static void expect_number(const char *text, enum number_locale locale, const char *expected)
{
    struct number number = number_read(text, locale);
    const char *answers[] = {"", number.text, number.reason, number.code};
    cr_expect_str_eq(answers[number.kind], expected, "«%s» in %d: %s", text, locale, answers[number.kind]);
    if (number.kind == NUMBER_VALUE)
        cr_expect(form_is_decimal(number.text), "%s", number.text);
}

Test(sheet_number, reads_figures_without_guessing)
{
    for (size_t i = 0; i < COUNT(typed); i++) {
        expect_number(typed[i].text, NUMBER_VI, typed[i].vi);
        expect_number(typed[i].text, NUMBER_EN, typed[i].en);
        expect_number(typed[i].text, NUMBER_UNDECLARED, typed[i].undeclared);
    }
    cr_expect(number_read("27,5 %", NUMBER_VI).percent);
    cr_expect_not(number_read("27,5", NUMBER_VI).percent);
}

static const struct {
    const char *stored;
    int shift;
    const char *decimal; /* NULL: refused */
} stored[] = {
    {"9007.3999999999996", 0, "9007.4"},
    {"9007.4", 0, "9007.4"},
    {"1E-3", 0, "0.001"},
    {"1e-3", 0, "0.001"},
    {"1.5E+3", 0, "1500"},
    {"32", 0, "32"},
    {"32.0", 0, "32"},
    {"-0", 0, "0"},
    {"0.0000", 0, "0"},
    {"-27.5", 0, "-27.5"},
    {"0.1", 0, "0.1"},
    {".5", 0, "0.5"},
    {"5.", 0, "5"},
    {"0.30000000000000004", 0, "0.3"},
    {"0.99999999999999989", 0, "1"},
    {"999999999999999.9", 0, "1000000000000000"},
    {"123456789012345678", 0, "123456789012346000"},
    {"0.27500000000000002", 2, "27.5"},
    {"1", 2, "100"},
    {"5.5511151231257827E-17", 0, "0.0000000000000000555111512312578"},
    {"0000000000000000000000000000000000000000000000001", 0, "1"},
    {"10000000000000000000000000000000000000000000000000", 0,
     "10000000000000000000000000000000000000000000000000"},
    {"0.00000000000000000000000000000000000000000000000001", 0,
     "0.00000000000000000000000000000000000000000000000001"},
    {"1E400", 0, NULL},
    {"1E99999", 0, NULL},
    {"1E-399", 0, NULL},
    {"1E", 0, NULL},
    {"", 0, NULL},
    {".", 0, NULL},
    {"1,5", 0, NULL},
    {"1.5.5", 0, NULL},
    {"NaN", 0, NULL},
    {" 1", 0, NULL},
    {"0x10", 0, NULL},
};

Test(sheet_number, makes_exact_decimals_of_what_workbooks_store)
{
    for (size_t i = 0; i < COUNT(stored); i++) {
        char decimal[DECIMAL_SIZE] = "";
        bool good = decimal_read(stored[i].stored, stored[i].shift, decimal);
        cr_expect_eq(good, stored[i].decimal != NULL, "%s", stored[i].stored);
        if (good && stored[i].decimal)
            cr_expect_str_eq(decimal, stored[i].decimal, "%s: %s", stored[i].stored, decimal);
    }
    char longest[DECIMAL_SIZE];
    cr_expect(decimal_read("-1.7976931348623157E+308", 0, longest));
    cr_expect_eq(strlen(longest), 310);
    cr_expect(decimal_read("-4.9406564584124654E-324", 0, longest));
    cr_expect_eq(strlen(longest), 1 + 2 + 324 + 14);
}

/* Serials as LibreOffice and the tables of ECMA-376 part 1, 18.17.4 have them. */
static const struct {
    const char *serial, *of_1900, *of_1904; /* NULL: refused */
} serials[] = {
    {"1", "1900-01-01", "1904-01-02"},
    {"59", "1900-02-28", "1904-02-29"},
    {"60", NULL, "1904-03-01"},
    {"61", "1900-03-01", "1904-03-02"},
    {"36526", "2000-01-01", "2004-01-02"},
    {"44634", "2022-03-14", "2026-03-15"},
    {"44634.708333333336", "2022-03-14T17:00:00", "2026-03-15T17:00:00"},
    {"44634.9999999", "2022-03-15", "2026-03-16"},
    {"0.5", "12:00:00", "12:00:00"},
    {"0", "00:00:00", "1904-01-01"},
    {"2957003", "9995-12-30", "9999-12-31"},
    {"2957004", "9995-12-31", NULL},
    {"2958465", "9999-12-31", NULL},
    {"2958466", NULL, NULL},
    {"-1", NULL, NULL},
};

static void expect_date(const char *serial, bool since_1904, const char *expected)
{
    char date[DATE_SIZE] = "";
    bool good = decimal_date(serial, since_1904, date);
    cr_expect_eq(good, expected != NULL, "%s", serial);
    if (good && expected)
        cr_expect_str_eq(date, expected, "%s: %s", serial, date);
}

Test(sheet_number, makes_dates_of_serials)
{
    for (size_t i = 0; i < COUNT(serials); i++) {
        expect_date(serials[i].serial, false, serials[i].of_1900);
        expect_date(serials[i].serial, true, serials[i].of_1904);
    }
    char date[DATE_SIZE];
    cr_expect(decimal_iso_date("2022-03-14", date) && strcmp(date, "2022-03-14") == 0);
    cr_expect(decimal_iso_date("2022-03-14T00:00:00.000Z", date) && strcmp(date, "2022-03-14") == 0);
    cr_expect(decimal_iso_date("2022-03-14T17:00:00", date) && strcmp(date, "2022-03-14T17:00:00") == 0);
    cr_expect_not(decimal_iso_date("14/03/2022", date));
    cr_expect_not(decimal_iso_date("2022-03-14T17:00:00+07:00:00:00", date));
}
