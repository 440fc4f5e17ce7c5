/* buf: text that grows, up to a limit. */
#include "base/buf.h"
#include <criterion/criterion.h>
#include <string.h>

Test(buf, starts_empty_and_grows)
{
    buf_auto_t b = {0};
    for (int i = 0; i < 1000; i++)
        buf_addf(&b, "%d,", i);
    cr_expect_eq(b.len, strlen(b.text));
    cr_expect_eq(strncmp(b.text, "0,1,2,", 6), 0);
}

Test(buf, breaks_beyond_its_limit_and_stays_broken)
{
    buf_auto_t b = {.max = 4};
    buf_adds(&b, "1234");
    cr_expect_str_eq(b.text, "1234");
    buf_addc(&b, '5');
    cr_expect(b.broken);
    buf_adds(&b, "x");
    size_t length = 0;
    cr_expect_null(b.text);
    cr_expect_null(buf_take(&b, &length));
}

Test(buf, asks_for_no_more_room_than_its_limit)
{
    buf_auto_t b = {.max = 300};
    for (int i = 0; i < 300; i++)
        buf_addc(&b, 'a');
    cr_expect_eq(b.len, 300);
    cr_expect_eq(b.size, 301);
    cr_expect_eq(b.text[300], '\0');
}

Test(buf, hands_its_text_over)
{
    buf_auto_t b = {0};
    size_t length = 9;
    str_auto_t *nothing = buf_take(&b, &length);
    cr_expect_str_eq(nothing, "");
    cr_expect_eq(length, 0);
    buf_adds(&b, "abc");
    str_auto_t *text = buf_take(&b, &length);
    cr_expect_str_eq(text, "abc");
    cr_expect_null(b.text);
}

Test(buf, writes_json_strings)
{
    buf_auto_t b = {0};
    buf_add_quoted(&b, "Lơ Ku \"a\\b\"\n\t\x01\x7f");
    cr_expect_str_eq(b.text, "\"Lơ Ku \\\"a\\\\b\\\"\\n\\t\\u0001\x7f\"");
}

Test(buf, writes_html)
{
    buf_auto_t b = {0};
    buf_add_html(&b, "<a href=\"x\">T & 'T'</a>");
    cr_expect_str_eq(b.text, "&lt;a href=&quot;x&quot;&gt;T &amp; &#39;T&#39;&lt;/a&gt;");
}
