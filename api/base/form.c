/* form.c: does a text have the form of a code, a date, a moment, a decimal number? */
#include "base/form.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { CODE_MAX = 64 };

bool form_is_code(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_' || text[n] == '-')
        n++;
    return text[n] == '\0' && n >= 1 && n <= CODE_MAX;
}

/* Does the text start like the pattern, where 0 stands for any digit? */
static bool starts_like(const char *text, const char *pattern)
{
    for (; *pattern; text++, pattern++) {
        bool digit = *pattern == '0';
        if (digit ? !isdigit((unsigned char)*text) : *text != *pattern)
            return false;
    }
    return true;
}

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool starts_with_date(const char *text)
{
    if (!starts_like(text, "0000-00-00"))
        return false;
    int year = two_digits(text) * 100 + two_digits(text + 2), month = two_digits(text + 5);
    int day = two_digits(text + 8);
    return year >= 1900 && year <= 2999 && month >= 1 && month <= 12 && day >= 1
           && day <= days_of(year, month);
}

bool form_is_date(const char *text)
{
    return starts_with_date(text) && text[10] == '\0';
}

static bool is_offset(const char *text)
{
    if (strcmp(text, "Z") == 0)
        return true;
    bool shaped = (text[0] == '+' || text[0] == '-') && starts_like(text + 1, "00:00") && text[6] == '\0';
    return shaped && two_digits(text + 1) <= 14 && two_digits(text + 4) <= 59;
}

bool form_is_instant(const char *text)
{
    if (!starts_with_date(text) || !starts_like(text + 10, "T00:00:00"))
        return false;
    if (two_digits(text + 11) > 23 || two_digits(text + 14) > 59 || two_digits(text + 17) > 59)
        return false;
    text += 19;
    if (*text == '.') {
        size_t digits = strspn(++text, "0123456789");
        if (digits < 1 || digits > 6)
            return false;
        text += digits;
    }
    return is_offset(text);
}

bool form_is_decimal(const char *text)
{
    text += *text == '-';
    size_t whole = strspn(text, "0123456789");
    if (whole < 1 || whole > 30)
        return false;
    text += whole;
    if (*text == '\0')
        return true;
    size_t decimals = *text == '.' ? strspn(text + 1, "0123456789") : 0;
    return decimals >= 1 && decimals <= 30 && text[1 + decimals] == '\0';
}

bool form_has_control(const char *text, const char *allowed)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 || c == 0x7f) && !strchr(allowed, c))
            return true;
    }
    return false;
}
