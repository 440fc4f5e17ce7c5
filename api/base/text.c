/* text.c: texts for people: {placeholders} and nearest names. */
#include "base/text.h"
#include <string.h>

enum { NAME_MAX = 64 };

const char *language_tag(enum language language)
{
    return language == EN ? "en" : "vi";
}

static void add_value(struct buf *out, const json_t *value);

static void add_list(struct buf *out, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        buf_adds(out, i ? ", " : "");
        add_value(out, json_array_get(list, i));
    }
}

static void add_value(struct buf *out, const json_t *value)
{
    if (json_is_string(value))
        buf_adds(out, json_string_value(value));
    else if (json_is_integer(value))
        buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        buf_addf(out, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        buf_adds(out, json_is_true(value) ? "true" : "false");
    else if (json_is_array(value))
        add_list(out, value);
    else
        buf_addc(out, '?'); /* NULL too */
}

/* The member that {name}… at the start of the text stands for; *length is that of "{name}". */
static const json_t *named(const char *text, const json_t *params, size_t *length)
{
    *length = strcspn(text, "}") + 1;
    return json_object_getn(params, text + 1, *length - 2);
}

/* Does params have every name of the first `length` bytes? */
static bool has_all(const char *text, size_t length, const json_t *params)
{
    for (size_t i = 0; i < length; i++) {
        size_t size = 0;
        if (text[i] == '{' && !named(text + i, params, &size))
            return false;
    }
    return true;
}

void text_fill(struct buf *out, const char *template, const json_t *params)
{
    for (const char *text = template; *text;) {
        size_t plain = strcspn(text, "{[]"), length = 1;
        buf_add(out, text, plain);
        text += plain;
        if (*text == '{')
            add_value(out, named(text, params, &length));
        else if (*text == '[' && !has_all(text, strcspn(text, "]"), params))
            length = strcspn(text, "]") + 1;
        text += *text ? length : 0;
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Number of single-letter changes between two names (Levenshtein), one row of the table at a time. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX + 1], width = strlen(b);
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t changed = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = least(changed, least(row[j], row[j + 1]) + 1);
        }
    }
    return row[width];
}

const char *text_nearest(const char *name, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = strlen(name) / 3 + 2; /* nearer than this */
    if (strlen(name) > NAME_MAX)
        return NULL;
    for (; *names; names++) {
        size_t d = strlen(*names) > NAME_MAX ? best_distance : distance(name, *names);
        if (d < best_distance) {
            best = *names;
            best_distance = d;
        }
    }
    return best;
}

/* Length in bytes of the character at p; 0 when it is not well-formed UTF-8 (Unicode, table 3-7). */
static size_t character_size(const unsigned char *p)
{
    static const struct {
        unsigned char first, last, low, high, size;
    } forms[] = {
        {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    size_t f = 0;
    while (f < COUNT(forms) && (p[0] < forms[f].first || p[0] > forms[f].last))
        f++;
    if (f == COUNT(forms))
        return 0;
    if (forms[f].size > 1 && (p[1] < forms[f].low || p[1] > forms[f].high))
        return 0;
    for (size_t i = 2; i < forms[f].size; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return forms[f].size;
}

long text_length(const char *text)
{
    long length = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; length++) {
        size_t size = character_size(p);
        if (!size)
            return -1;
        p += size;
    }
    return length;
}
