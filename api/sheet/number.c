/* number.c: a figure as people type it, read without guessing. */
#include "sheet/number.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* PLAIN holds the digits, separators and signs; LONG ones need not be understood to be refused. */
enum { PLAIN_SIZE = 96, GROUP = 3 };

static const struct {
    const char *written;
    char plain;
} forms[] = {
    {"\xc2\xa0", ' '},     {"\xe2\x80\xaf", ' '}, {"\xe2\x80\x89", ' '}, {"\xe3\x80\x80", ' '},
    {"\xe2\x88\x92", '-'}, {"\xe2\x80\x93", '-'}, {"\xef\xbc\x8b", '+'}, {"\xef\xbc\x8d", '-'},
    {"\xef\xbc\x8e", '.'}, {"\xef\xbc\x8c", ','}, {"\xef\xbc\x85", '%'},
};

static const struct {
    const char *written, *reason;
} marks[] = {
    {"-", "not_applicable"}, {"\xe2\x80\x94", "not_applicable"}, {"x", "not_applicable"},
    {"X", "not_applicable"}, {"\xe2\x80\xa6", "not_available"},  {"...", "not_available"},
};

/* The plain form of the character at *text, moving past it: a full-width digit becomes '7'. */
static char take_plain(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;
    if (p[0] == 0xef && p[1] == 0xbc && p[2] >= 0x90 && p[2] <= 0x99) {
        *text += 3;
        return (char)('0' + p[2] - 0x90);
    }
    for (size_t i = 0; i < COUNT(forms) && p[0] >= 0x80; i++) {
        size_t length = strlen(forms[i].written);
        if (strncmp(*text, forms[i].written, length) == 0) {
            *text += length;
            return forms[i].plain;
        }
    }
    char c = *(*text)++;
    return c == '\t' ? ' ' : c;
}

/* Plain ASCII where there is such a form, without blanks around.  False: longer than any figure. */
static bool make_plain(const char *text, char plain[PLAIN_SIZE])
{
    size_t n = 0;
    while (*text) {
        char c = take_plain(&text);
        if (c == ' ' && n == 0)
            continue;
        if (n == PLAIN_SIZE - 1)
            return false;
        plain[n++] = c;
    }
    while (n && plain[n - 1] == ' ')
        n--;
    plain[n] = '\0';
    return true;
}

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

static size_t occurrences(const char *text, char mark)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == mark;
    return n;
}

/* Could the text, whose only mark is the one at `mark`, be a number of thousands: "1.234"? */
static bool may_be_thousands(const char *text, const char *mark)
{
    size_t first = digits_at(text);
    return text + first == mark && first >= 1 && first <= GROUP && *text != '0'
           && digits_at(mark + 1) == GROUP && mark[1 + GROUP] == '\0';
}

/* The locale that an undeclared text shows; UNDECLARED when it could be either.  Any will do for text that
 * has no mark, and for text that is wrong in both. */
static enum number_locale locale_shown(const char *text)
{
    const char *dot = strrchr(text, '.'), *comma = strrchr(text, ',');
    if (dot && comma)
        return dot < comma ? NUMBER_VI : NUMBER_EN;
    const char *mark = dot ? dot : comma;
    enum number_locale decimals = dot ? NUMBER_EN : NUMBER_VI, thousands = dot ? NUMBER_VI : NUMBER_EN;
    if (!mark)
        return NUMBER_VI;
    if (occurrences(text, *mark) > 1)
        return thousands;
    return may_be_thousands(text, mark) ? NUMBER_UNDECLARED : decimals;
}

/* The digits before the decimals, at *text, go to `whole`.  NULL when they are well grouped, else a code. */
static const char *take_whole(const char **text, char thousands, char whole[PLAIN_SIZE])
{
    size_t first = digits_at(*text), n = first;
    const char *at = *text + first;
    memcpy(whole, *text, first);
    char mark = *at == ' ' ? ' ' : thousands;
    bool grouped = *at && *at == mark;
    for (; grouped && *at == mark; at += 1 + GROUP) {
        size_t digits = digits_at(at + 1);
        if (digits != GROUP)
            return digits ? "wrong-grouping" : "unreadable-number";
        memcpy(whole + n, at + 1, GROUP);
        n += GROUP;
    }
    whole[n] = '\0';
    *text = at;
    if (n == 0)
        return "unreadable-number";
    return grouped && (first == 0 || first > GROUP || *whole == '0') ? "wrong-grouping" : NULL;
}

/* Why the rest, at which reading stopped, is no part of a number. */
static const char *why_not(const char *rest)
{
    size_t digits = (rest[0] | 0x20) == 'e' ? digits_at(rest + 1 + (rest[1] == '+' || rest[1] == '-')) : 0;
    if (digits)
        return "power-of-ten";
    bool only_marks = rest[strspn(rest, "0123456789., ")] == '\0';
    return only_marks && digits_at(rest + 1) ? "wrong-grouping" : "unreadable-number";
}

static size_t without_zeros(const char *decimals, size_t length)
{
    while (length && decimals[length - 1] == '0')
        length--;
    return length;
}

/* Read the digits after the sign into number->text, which holds the sign already. */
static const char *take_digits(const char *text, char decimal, struct number *number)
{
    char whole[PLAIN_SIZE];
    const char *code = take_whole(&text, decimal == ',' ? '.' : ',', whole);
    if (code)
        return code;
    size_t decimals = *text == decimal ? digits_at(text + 1) : 0;
    const char *rest = text + (decimals ? 1 + decimals : 0);
    if (*rest)
        return why_not(rest);
    const char *digits = whole + strspn(whole, "0");
    size_t kept = decimals ? without_zeros(text + 1, decimals) : 0, length = strlen(digits);
    if (length > NUMBER_DIGITS_MAX || kept > NUMBER_DIGITS_MAX)
        return "too-many-digits";
    if (length == 0 && kept == 0)
        number->text[0] = '\0'; /* zero has no sign */
    size_t sign = strlen(number->text);
    snprintf(number->text + sign, NUMBER_SIZE - sign, "%s%s%.*s", length ? digits : "0", kept ? "." : "",
             (int)kept, text + 1);
    return NULL;
}

/* Cut the percent sign off the end. */
static bool cut_percent(char *plain)
{
    size_t length = strlen(plain);
    if (!length || plain[length - 1] != '%')
        return false;
    do
        plain[--length] = '\0';
    while (length && plain[length - 1] == ' ');
    return true;
}

static const char *take_number(char *plain, enum number_locale locale, struct number *number)
{
    const char *text = plain;
    number->percent = cut_percent(plain);
    if (*text == '-' || *text == '+') {
        number->text[0] = *text == '-' ? '-' : '\0';
        text += 1 + strspn(text + 1, " ");
    }
    if (!isdigit((unsigned char)*text))
        return "unreadable-number";
    if (locale == NUMBER_UNDECLARED)
        locale = locale_shown(text);
    if (locale == NUMBER_UNDECLARED)
        return "ambiguous-number";
    return take_digits(text, locale == NUMBER_VI ? ',' : '.', number);
}

struct number number_read(const char *text, enum number_locale locale)
{
    struct number number = {.kind = NUMBER_FAULT, .code = "unreadable-number"};
    char plain[PLAIN_SIZE];
    if (!make_plain(text, plain))
        return number;
    for (size_t i = 0; i < COUNT(marks); i++)
        if (strcmp(plain, marks[i].written) == 0)
            return (struct number){.kind = NUMBER_MISSING, .reason = marks[i].reason};
    if (*plain == '\0')
        return (struct number){.kind = NUMBER_EMPTY};
    number.code = take_number(plain, locale, &number);
    if (!number.code)
        number.kind = NUMBER_VALUE;
    return number;
}
