/* styles.c: what the number formats of a workbook make of a number. */
#include "sheet/styles.h"
#include <ctype.h>
#include <string.h>

/* Excel allows 64,000 cell formats and a few hundred number formats. */
enum { FORMATS_MAX = 65536, OWN_MAX = 4096 };

struct own {
    long id;
    enum format format;
};

struct reading {
    struct styles *styles;
    struct package *package;
    struct own *own;
    size_t own_count, size;
    bool in_cell_formats;
};

/* The end of a bracket: a currency, a colour, a condition, or elapsed time, which alone makes it a date. */
static const char *pass_bracket(const char *code, enum format *format)
{
    size_t length = strcspn(code + 1, "]");
    size_t letters = strspn(code + 1, "hmsHMS");
    if (length && letters == length)
        *format = FORMAT_DATE;
    return code + length + (code[1 + length] ? 1 : 0);
}

static const char *pass_quoted(const char *code)
{
    size_t length = strcspn(code + 1, "\"");
    return code + length + (code[1 + length] ? 1 : 0);
}

enum format styles_format_of_code(const char *code)
{
    enum format format = FORMAT_PLAIN;
    if (strncasecmp(code, "General", 7) == 0)
        return FORMAT_PLAIN;
    for (; *code && *code != ';'; code++) {
        if (strchr("\\_*", *code) && code[1])
            code++; /* a literal, a blank as wide as…, a filling */
        else if (*code == '"')
            code = pass_quoted(code);
        else if (*code == '[')
            code = pass_bracket(code, &format);
        else if (strchr("ymdhsYMDHS", *code))
            format = FORMAT_DATE;
        else if (*code == '%' && format == FORMAT_PLAIN)
            format = FORMAT_PERCENT;
    }
    return format;
}

static enum format built_in(long id)
{
    if (id == 9 || id == 10)
        return FORMAT_PERCENT;
    bool date =
        (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    return date ? FORMAT_DATE : FORMAT_PLAIN;
}

static enum format format_of(const struct reading *reading, long id)
{
    for (size_t i = 0; i < reading->own_count; i++)
        if (reading->own[i].id == id)
            return reading->own[i].format;
    return built_in(id);
}

static void add_own(struct reading *reading, const char *id, const char *code)
{
    if (!id || !code)
        return;
    if (reading->own_count == OWN_MAX) {
        package_refuse(reading->package, "damaged-workbook",
                       json_pack("{s:s, s:s}", "part", "", "why", "styles"));
        return;
    }
    reading->own[reading->own_count++] = (struct own){strtol(id, NULL, 10), styles_format_of_code(code)};
}

static void add_cell_format(struct reading *reading, const char *id)
{
    struct styles *styles = reading->styles;
    if (styles->count == FORMATS_MAX)
        return;
    styles->formats[styles->count++] = (unsigned char)format_of(reading, id ? strtol(id, NULL, 10) : 0);
}

static void on_start(void *state, const char *name, const char **attributes)
{
    struct reading *reading = state;
    if (strcmp(name, "numFmt") == 0)
        add_own(reading, xml_attribute(attributes, "numFmtId"), xml_attribute(attributes, "formatCode"));
    else if (strcmp(name, "cellXfs") == 0)
        reading->in_cell_formats = true;
    else if (reading->in_cell_formats && strcmp(name, "xf") == 0)
        add_cell_format(reading, xml_attribute(attributes, "numFmtId"));
}

static void on_end(void *state, const char *name)
{
    struct reading *reading = state;
    if (strcmp(name, "cellXfs") == 0)
        reading->in_cell_formats = false;
}

bool styles_read(struct styles *styles, struct package *package, const char *part)
{
    struct own own[OWN_MAX];
    struct reading reading = {.styles = styles, .package = package, .own = own};
    styles->count = 0;
    styles->formats = malloc(FORMATS_MAX);
    if (!styles->formats)
        return package_refuse(package, "damaged-workbook",
                              json_pack("{s:s, s:s}", "part", part, "why", "memory"));
    return package_parse(package, part, &(struct xml_reader){on_start, on_end, NULL, &reading, package});
}

void styles_release(struct styles *styles)
{
    free(styles->formats);
    *styles = (struct styles){0};
}

enum format styles_format(const struct styles *styles, const char *style)
{
    unsigned long index = style ? strtoul(style, NULL, 10) : styles->count;
    return index < styles->count ? (enum format)styles->formats[index] : FORMAT_PLAIN;
}
