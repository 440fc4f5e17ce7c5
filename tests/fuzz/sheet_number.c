/* Figures as typed and as stored: every number is a plain decimal, and means what the input does. */
#include "base/form.h"
#include "fuzz/target.h"
#include "sheet/decimal.h"
#include "sheet/number.h"
#include <math.h>

static void check_typed(const char *text, enum number_locale locale)
{
    struct number number = number_read(text, locale);
    HOLDS((number.kind == NUMBER_FAULT) == (number.code != NULL));
    HOLDS((number.kind == NUMBER_MISSING) == (number.reason != NULL));
    if (number.kind != NUMBER_VALUE)
        return;
    HOLDS(form_is_decimal(number.text));
    struct number again = number_read(number.text, NUMBER_EN);
    HOLDS(again.kind == NUMBER_VALUE && strcmp(again.text, number.text) == 0);
}

/* What is undeclared and read is read alike under one of the locales, and refused or read alike under the
 * other. */
static void check_undeclared(const char *text)
{
    struct number open = number_read(text, NUMBER_UNDECLARED);
    struct number vi = number_read(text, NUMBER_VI), en = number_read(text, NUMBER_EN);
    bool both = vi.kind == NUMBER_VALUE && en.kind == NUMBER_VALUE;
    if (both && strcmp(vi.text, en.text) != 0)
        HOLDS(open.kind == NUMBER_FAULT);
    if (open.kind == NUMBER_VALUE)
        HOLDS(strcmp(open.text, vi.text) == 0 || strcmp(open.text, en.text) == 0);
}

static void check_stored(const char *text)
{
    char decimal[DECIMAL_SIZE], date[DATE_SIZE];
    if (!decimal_read(text, 0, decimal))
        return;
    double meant = strtod(text, NULL), read = strtod(decimal, NULL);
    HOLDS(strspn(decimal, "-0123456789.") == strlen(decimal));
    bool near = fabs(meant - read) <= fabs(meant) * 1e-14;
    HOLDS(near || isinf(read)); /* the largest doubles, rounded, are none any more */
    if (decimal_date(decimal, false, date))
        HOLDS(strlen(date) >= 8 && strlen(date) < DATE_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    check_typed(text, NUMBER_UNDECLARED);
    check_typed(text, NUMBER_VI);
    check_typed(text, NUMBER_EN);
    check_undeclared(text);
    check_stored(text);
    free(text);
    return 0;
}
