/* Codes, dates, moments, decimal numbers: what passes has no control character and a bounded length. */
#include "base/form.h"
#include "base/auto.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str_auto_t *text = fuzz_text(data, size);
    bool date = form_is_date(text), instant = form_is_instant(text), decimal = form_is_decimal(text);
    HOLDS(!date || strlen(text) == 10);
    HOLDS(!instant || (strlen(text) >= 20 && strlen(text) <= 32));
    HOLDS(!decimal || strlen(text) <= 62);
    HOLDS(!(date && instant));
    if (date || instant || decimal || form_is_code(text))
        HOLDS(!form_has_control(text, ""));
    return 0;
}
