/* strings.c: the texts that the cells of a workbook share. */
#include "sheet/strings.h"
#include <ctype.h>
#include <string.h>

enum { ESCAPE = 7 /* length of _x000D_ */, FIRST_SIZE = 1024, TWO_BYTES = 0x80, THREE_BYTES = 0x800 };

struct reading {
    struct strings *strings;
    struct package *package;
    size_t begin; /* of the text being read */
    int phonetic; /* how deep in hints of how to pronounce */
    bool in_text;
};

/* The code of an escape at the text; -1: there is none, or none that text can have. */
static long escape_at(const char *text, size_t length)
{
    char hex[5] = "";
    if (length < ESCAPE || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return -1;
    memcpy(hex, text + 2, 4);
    for (int i = 0; i < 4; i++)
        if (!isxdigit((unsigned char)hex[i]))
            return -1;
    long code = strtol(hex, NULL, 16);
    return code == 0 || (code >= 0xd800 && code <= 0xdfff) ? -1 : code;
}

static size_t put_character(char *to, long code)
{
    if (code < TWO_BYTES) {
        to[0] = (char)code;
        return 1;
    }
    if (code < THREE_BYTES) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    to[0] = (char)(0xe0 | code >> 12);
    to[1] = (char)(0x80 | (code >> 6 & 0x3f));
    to[2] = (char)(0x80 | (code & 0x3f));
    return 3;
}

size_t strings_unescape(char *text, size_t length)
{
    char *to = memmem(text, length, "_x", 2);
    if (!to)
        return length;
    for (const char *from = to, *end = text + length; from < end;) {
        long code = escape_at(from, (size_t)(end - from));
        if (code < 0) {
            *to++ = *from++;
        } else {
            to += put_character(to, code);
            from += ESCAPE;
        }
    }
    return (size_t)(to - text);
}

static bool make_room(struct strings *strings)
{
    if (strings->count < strings->size)
        return true;
    size_t size = strings->size ? strings->size * 2 : FIRST_SIZE;
    unsigned *at = realloc(strings->at, size * sizeof *at);
    if (!at)
        return false;
    strings->at = at;
    strings->size = size;
    return true;
}

/* A buf breaks off at its limit, which is ours, long before memory is short. */
static void refuse_text(struct package *package)
{
    package_refuse(package, "too-much-text", json_pack("{s:i}", "max_mib", STRINGS_BYTES_MAX / 1024 / 1024));
}

static void end_text(struct reading *reading)
{
    struct strings *strings = reading->strings;
    struct buf *text = &strings->text;
    if (strings->count == STRINGS_MAX) {
        package_refuse(reading->package, "too-many-texts", json_pack("{s:i}", "max", STRINGS_MAX));
        return;
    }
    if (text->len > reading->begin)
        text->len =
            reading->begin + strings_unescape(text->text + reading->begin, text->len - reading->begin);
    buf_addc(text, '\0');
    if (text->broken || !make_room(strings)) {
        refuse_text(reading->package);
        return;
    }
    strings->at[strings->count++] = (unsigned)reading->begin;
    reading->begin = text->len;
}

static void on_start(void *state, const char *name, const char **attributes)
{
    struct reading *reading = state;
    (void)attributes;
    reading->phonetic += strcmp(name, "rPh") == 0;
    reading->in_text = strcmp(name, "t") == 0 && !reading->phonetic;
}

static void on_end(void *state, const char *name)
{
    struct reading *reading = state;
    reading->in_text = false;
    reading->phonetic -= strcmp(name, "rPh") == 0;
    if (strcmp(name, "si") == 0)
        end_text(reading);
}

static void on_text(void *state, const char *text, int length)
{
    struct reading *reading = state;
    if (!reading->in_text)
        return;
    buf_add(&reading->strings->text, text, (size_t)length);
    if (reading->strings->text.broken)
        refuse_text(reading->package);
}

bool strings_read(struct strings *strings, struct package *package, const char *part)
{
    struct reading reading = {.strings = strings, .package = package};
    *strings = (struct strings){.text.max = STRINGS_BYTES_MAX};
    return package_parse(package, part, &(struct xml_reader){on_start, on_end, on_text, &reading, package});
}

void strings_release(struct strings *strings)
{
    buf_release(&strings->text);
    free(strings->at);
    *strings = (struct strings){0};
}

const char *strings_text(const struct strings *strings, const char *index)
{
    size_t digits = strspn(index, "0123456789");
    unsigned long i = digits && digits < 9 && !index[digits] ? strtoul(index, NULL, 10) : strings->count;
    return i < strings->count ? strings->text.text + strings->at[i] : NULL;
}
