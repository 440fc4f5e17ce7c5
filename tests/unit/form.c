/* form: does a text have the form of a code, a date, a moment, a decimal number? */
#include "base/form.h"
#include <criterion/criterion.h>

Test(form, knows_codes)
{
    cr_expect(form_is_code("kbang-lo-ku"));
    cr_expect(form_is_code("2022-Q1"));
    cr_expect(form_is_code("a_B9"));
    cr_expect_not(form_is_code(""));
    cr_expect_not(form_is_code("lơ"));
    cr_expect_not(form_is_code("a b"));
    cr_expect_not(form_is_code("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

Test(form, knows_days_of_the_calendar)
{
    cr_expect(form_is_date("2022-03-14"));
    cr_expect(form_is_date("2024-02-29"));
    cr_expect(form_is_date("2000-02-29"));
    cr_expect_not(form_is_date("2100-02-29"));
    cr_expect_not(form_is_date("2022-02-29"));
    cr_expect_not(form_is_date("2022-13-01"));
    cr_expect_not(form_is_date("2022-00-10"));
    cr_expect_not(form_is_date("2022-04-31"));
    cr_expect_not(form_is_date("1899-12-31"));
    cr_expect_not(form_is_date("2022-3-14"));
    cr_expect_not(form_is_date("14/03/2022"));
    cr_expect_not(form_is_date("2022-03-14 "));
}

Test(form, knows_moments)
{
    cr_expect(form_is_instant("2022-03-14T17:00:00+07:00"));
    cr_expect(form_is_instant("2022-03-14T17:00:00.123456Z"));
    cr_expect(form_is_instant("2022-03-14T00:00:00-05:30"));
    cr_expect_not(form_is_instant("2022-03-14T17:00:00"));
    cr_expect_not(form_is_instant("2022-03-14 17:00:00+07:00"));
    cr_expect_not(form_is_instant("2022-03-14T24:00:00Z"));
    cr_expect_not(form_is_instant("2022-03-14T17:60:00Z"));
    cr_expect_not(form_is_instant("2022-03-14T17:00:60Z"));
    cr_expect_not(form_is_instant("2022-03-14T17:00:00.Z"));
    cr_expect_not(form_is_instant("2022-03-14T17:00:00+15:00"));
    cr_expect_not(form_is_instant("2022-03-14T17:00:00+07"));
    cr_expect_not(form_is_instant(""));
}

Test(form, knows_decimal_numbers)
{
    cr_expect(form_is_decimal("9007.4"));
    cr_expect(form_is_decimal("-0.50"));
    cr_expect(form_is_decimal("0"));
    cr_expect_not(form_is_decimal("9.007,4"));
    cr_expect_not(form_is_decimal("9,007.4"));
    cr_expect_not(form_is_decimal("1e5"));
    cr_expect_not(form_is_decimal("1."));
    cr_expect_not(form_is_decimal(".5"));
    cr_expect_not(form_is_decimal("+1"));
    cr_expect_not(form_is_decimal(""));
    cr_expect_not(form_is_decimal("-"));
    cr_expect_not(form_is_decimal("NaN"));
}

Test(form, finds_control_characters)
{
    cr_expect(form_has_control("a\nb", ""));
    cr_expect_not(form_has_control("a\nb", "\n"));
    cr_expect(form_has_control("\x7f", "\n\r\t"));
    cr_expect_not(form_has_control("Lơ Ku", ""));
}
