/* buf.c: text that grows, up to a limit. */
#include "base/buf.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_SIZE = 256, MAX_SIZE = 16 * 1024 * 1024 };

static void break_off(struct buf *b)
{
    free(b->text);
    *b = (struct buf){.max = b->max, .broken = true};
}

static bool make_room(struct buf *b, size_t more)
{
    size_t max = b->max ? b->max : MAX_SIZE;
    if (b->broken || more > max || b->len > max - more)
        return false;
    size_t size = b->size ? b->size : FIRST_SIZE;
    while (size < b->len + more + 1)
        size *= 2;
    if (size > max)
        size = max + 1; /* room that could never be used is not asked for */
    if (size == b->size)
        return true;
    char *text = realloc(b->text, size);
    if (!text)
        return false;
    b->text = text;
    b->size = size;
    return true;
}

void buf_add(struct buf *b, const char *text, size_t len)
{
    if (!make_room(b, len)) {
        break_off(b);
        return;
    }
    memcpy(b->text + b->len, text, len);
    b->len += len;
    b->text[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_addc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = NULL;
    int len = vasprintf(&text, format, values);
    va_end(values);
    if (len < 0) {
        break_off(b);
        return;
    }
    buf_add(b, text, (size_t)len);
    free(text);
}

static void add_escaped(struct buf *b, unsigned char c)
{
    static const char *const short_form[0x20] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
    if (c == '"' || c == '\\')
        buf_add(b, (char[]){'\\', (char)c}, 2);
    else if (short_form[c])
        buf_adds(b, short_form[c]);
    else
        buf_addf(b, "\\u%04x", c);
}

void buf_add_quoted(struct buf *b, const char *text)
{
    buf_addc(b, '"');
    for (const char *plain = text;; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(b, plain, (size_t)(text - plain));
        if (c == '\0')
            break;
        add_escaped(b, c);
        plain = text + 1;
    }
    buf_addc(b, '"');
}

void buf_add_html(struct buf *b, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<': buf_adds(b, "&lt;"); break;
        case '>': buf_adds(b, "&gt;"); break;
        case '&': buf_adds(b, "&amp;"); break;
        case '"': buf_adds(b, "&quot;"); break;
        case '\'': buf_adds(b, "&#39;"); break;
        default: buf_addc(b, *text);
        }
    }
}

void buf_release(struct buf *b)
{
    free(b->text);
    *b = (struct buf){.max = b->max};
}

char *buf_take(struct buf *b, size_t *len)
{
    if (b->broken)
        return NULL;
    if (!b->text)
        buf_add(b, "", 0);
    char *text = b->text;
    *len = b->len;
    *b = (struct buf){.max = b->max};
    return text;
}
