/* decimal.c: the numbers and dates of a workbook as exact text. */
#include "sheet/decimal.h"
#include "base/form.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    SIGNIFICANT = 15,
    STORED_DIGITS = 40, /* further ones only decide the rounding when these say just a half */
    EXPONENT_MAX = 400,
    EXPONENT_DIGITS = 4,
    DAY_SECONDS = 86400,
    SERIAL_DIGITS = 7,
    LAST_1900 = 2958465, /* 9999-12-31 */
    LOTUS_DAY = 60,      /* 29 February 1900 */
    EPOCH_1900 = 693899, /* days from 0000-03-01 to 1899-12-30 */
    EPOCH_1904 = 695361, /* …to 1904-01-01 */
};

/* digits × 10^power; the first digit is not 0. */
struct digits {
    char text[STORED_DIGITS + 1];
    int count, power;
    bool negative;
};

static void add_digit(struct digits *n, char digit, bool after_point)
{
    bool kept = n->count < STORED_DIGITS && (n->count || digit != '0');
    if (kept)
        n->text[n->count++] = digit;
    if (after_point)
        n->power -= kept || !n->count;
    else
        n->power += !kept && n->count;
}

static bool take_digits(const char **text, bool after_point, struct digits *n)
{
    const char *first = *text;
    for (; isdigit((unsigned char)**text); (*text)++)
        add_digit(n, **text, after_point);
    return *text > first;
}

static bool take_exponent(const char **text, struct digits *n)
{
    if ((**text | 0x20) != 'e')
        return true;
    bool negative = *++*text == '-';
    *text += negative || **text == '+';
    size_t length = strspn(*text, "0123456789");
    if (length < 1 || length > EXPONENT_DIGITS)
        return false;
    int exponent = (int)strtol(*text, NULL, 10);
    *text += length;
    n->power += negative ? -exponent : exponent;
    return true;
}

static bool take_stored(const char *text, struct digits *n)
{
    n->negative = *text == '-';
    text += n->negative || *text == '+';
    bool any = take_digits(&text, false, n);
    if (*text == '.') {
        text++;
        any |= take_digits(&text, true, n);
    }
    return any && take_exponent(&text, n) && *text == '\0';
}

/* Add one to the last digit: 1999 → 2, three powers of ten higher. */
static void count_up(struct digits *n)
{
    while (n->count && n->text[n->count - 1] == '9') {
        n->count--;
        n->power++;
    }
    if (n->count)
        n->text[n->count - 1]++;
    else
        n->text[n->count++] = '1';
}

/* Keep the significant digits, the last one rounded half up, and no zeros behind. */
static void round_off(struct digits *n)
{
    bool up = n->count > SIGNIFICANT && n->text[SIGNIFICANT] >= '5';
    if (n->count > SIGNIFICANT) {
        n->power += n->count - SIGNIFICANT;
        n->count = SIGNIFICANT;
    }
    if (up)
        count_up(n);
    while (n->count && n->text[n->count - 1] == '0') {
        n->count--;
        n->power++;
    }
}

static char *put(char *to, const char *digits, int count)
{
    memcpy(to, digits, (size_t)count);
    return to + count;
}

static char *put_zeros(char *to, int count)
{
    memset(to, '0', (size_t)count);
    return to + count;
}

/* Write the digits with a point at its place; both ends fit, since the power was checked. */
static void write_decimal(const struct digits *n, char *to)
{
    int whole = n->count + n->power; /* digits before the point; negative: zeros after it */
    if (n->negative)
        *to++ = '-';
    if (n->power >= 0) {
        to = put_zeros(put(to, n->text, n->count), n->power);
    } else if (whole > 0) {
        to = put(to, n->text, whole);
        *to++ = '.';
        to = put(to, n->text + whole, n->count - whole);
    } else {
        to = put(to, "0.", 2);
        to = put(put_zeros(to, -whole), n->text, n->count);
    }
    *to = '\0';
}

bool decimal_read(const char *stored, int shift, char decimal[DECIMAL_SIZE])
{
    struct digits n = {.count = 0};
    if (!take_stored(stored, &n))
        return false;
    round_off(&n);
    n.power += shift;
    if (n.count == 0) {
        memcpy(decimal, "0", 2);
        return true;
    }
    int whole = n.count + n.power;
    if (whole > 310 || n.power < -(DECIMAL_SIZE - 5))
        return false;
    write_decimal(&n, decimal);
    return true;
}

/* The civil date of a day counted from 0000-03-01 (Howard Hinnant, chrono-compatible low-level date
 * algorithms). */
static void write_day(long day, char date[DATE_SIZE])
{
    long era = day / 146097, of_era = day % 146097;
    long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year + year / 4 - year / 100);
    long month = (5 * of_year + 2) / 153, of_month = of_year - (153 * month + 2) / 5 + 1;
    long civil = month < 10 ? month + 3 : month - 9;
    snprintf(date, DATE_SIZE, "%04u-%02u-%02u", (unsigned)(year + era * 400 + (civil <= 2)) % 10000,
             (unsigned)civil % 100, (unsigned)of_month % 100);
}

static void write_time(long seconds, char *time)
{
    snprintf(time, sizeof "HH:MM:SS", "%02u:%02u:%02u", (unsigned)(seconds / 3600) % 100,
             (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
}

/* Seconds of a day in decimals ".708333": nine of them are finer than a second by far. */
static long seconds_of(const char *decimals)
{
    long long billionths = 0;
    const char *digit = *decimals == '.' ? decimals + 1 : decimals;
    for (int i = 0; i < 9; i++)
        billionths = billionths * 10 + (*digit ? *digit++ - '0' : 0);
    return (long)((billionths * DAY_SECONDS + 500000000) / 1000000000);
}

bool decimal_date(const char *serial, bool since_1904, char date[DATE_SIZE])
{
    size_t whole = strspn(serial, "0123456789");
    if (whole < 1 || whole > SERIAL_DIGITS)
        return false;
    long day = strtol(serial, NULL, 10), seconds = seconds_of(serial + whole);
    day += seconds / DAY_SECONDS;
    seconds %= DAY_SECONDS;
    long last = since_1904 ? LAST_1900 - (EPOCH_1904 - EPOCH_1900) : LAST_1900;
    if (day > last || (!since_1904 && day == LOTUS_DAY))
        return false;
    if (day == 0 && (seconds || !since_1904)) {
        write_time(seconds, date);
        return true;
    }
    bool before_lotus = !since_1904 && day < LOTUS_DAY;
    write_day(day + (since_1904 ? EPOCH_1904 : EPOCH_1900) + before_lotus, date);
    if (seconds) {
        date[10] = 'T';
        write_time(seconds, date + 11);
    }
    return true;
}

bool decimal_iso_date(const char *stored, char date[DATE_SIZE])
{
    size_t length = strcspn(stored, ".Z"); /* fractions of a second, and UTC, say nothing here */
    if (length >= DATE_SIZE)
        return false;
    memcpy(date, stored, length);
    date[length] = '\0';
    if (length == 19 && strcmp(date + 10, "T00:00:00") == 0)
        date[10] = '\0';
    if (form_is_date(date))
        return true;
    char instant[DATE_SIZE + 1];
    snprintf(instant, sizeof instant, "%sZ", date);
    return form_is_instant(instant);
}
