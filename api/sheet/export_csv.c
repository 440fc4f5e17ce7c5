/* export_csv.c: tables as text, for programs and for people. */
#include "sheet/export_parts.h"
#include <string.h>

struct csv {
    struct export export;
    bool vietnamese;
    struct buf line, cell;
};

/* Would a spreadsheet take the text for a formula, or look for one behind what it skips?  Full-width signs
 * count as theirs. */
static bool looks_like_formula(const char *text)
{
    static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < COUNT(starts); i++)
        if (strncmp(text, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static void add_text(struct buf *out, const char *text)
{
    buf_adds(out, looks_like_formula(text) ? "'" : "");
    buf_adds(out, text);
}

static void add_number(struct buf *out, const char *digits)
{
    size_t whole = strcspn(digits, ".");
    buf_add(out, digits, whole);
    if (digits[whole] == '.')
        buf_addf(out, ",%s", digits + whole + 1);
}

static void add_moment(struct buf *out, const char *text, bool has_time)
{
    struct export_moment m;
    if (!export_read_moment(text, &m)) {
        buf_adds(out, text);
        return;
    }
    buf_addf(out, "%02d/%02d/%04d", m.day, m.month, m.year);
    if (has_time)
        buf_addf(out, " %02d:%02d:%02d", m.hour, m.minute, m.second);
}

static void add_for_people(struct buf *out, const char *value, enum export_type type)
{
    switch (type) {
    case EXPORT_NUMBER: add_number(out, value); break;
    case EXPORT_BOOLEAN: buf_adds(out, strcmp(value, "true") == 0 ? "có" : "không"); break;
    case EXPORT_DATE: add_moment(out, value, false); break;
    case EXPORT_MOMENT: add_moment(out, value, true); break;
    case EXPORT_JSON: export_add_json(out, value); break;
    case EXPORT_INTEGER: buf_adds(out, value); break;
    case EXPORT_TEXT: add_text(out, value); break;
    }
}

/* An empty text is quoted: without quotes it is null. */
static void add_cell(struct csv *csv, const char *text)
{
    const char *special = csv->vietnamese ? ";\"\r\n" : ",\"\r\n";
    if (*text && !strpbrk(text, special)) {
        buf_adds(&csv->line, text);
        return;
    }
    buf_addc(&csv->line, '"');
    for (size_t plain; *text; text += plain) {
        plain = strcspn(text, "\"");
        buf_add(&csv->line, text, plain);
        if (text[plain] != '"')
            break;
        buf_adds(&csv->line, "\"\"");
        plain++;
    }
    buf_addc(&csv->line, '"');
}

static void add_value(struct csv *csv, const char *value, enum export_type type)
{
    csv->cell.len = 0;
    buf_adds(&csv->cell, "");
    if (csv->vietnamese)
        add_for_people(&csv->cell, value, type);
    else if (type == EXPORT_JSON)
        export_add_json(&csv->cell, value);
    else
        buf_adds(&csv->cell, value);
    if (csv->cell.text)
        add_cell(csv, csv->cell.text);
}

static bool write_csv_line(struct csv *csv)
{
    buf_adds(&csv->line, "\r\n");
    bool good = !csv->line.broken && !csv->cell.broken
                && fwrite(csv->line.text, 1, csv->line.len, csv->export.file) == csv->line.len;
    csv->line.len = 0;
    return good;
}

static bool row(struct export *export, const char *const *values)
{
    struct csv *csv = (struct csv *)export;
    for (int i = 0; i < export->count; i++) {
        if (i)
            buf_addc(&csv->line, csv->vietnamese ? ';' : ',');
        if (values[i])
            add_value(csv, values[i], export->columns[i].type);
    }
    return write_csv_line(csv);
}

static bool begin(struct export *export)
{
    struct csv *csv = (struct csv *)export;
    if (csv->vietnamese)
        buf_adds(&csv->line, "\xef\xbb\xbf"); /* by which Excel knows UTF-8 */
    for (int i = 0; i < export->count; i++) {
        if (i)
            buf_addc(&csv->line, csv->vietnamese ? ';' : ',');
        add_value(csv, export->columns[i].heading, EXPORT_TEXT);
    }
    return write_csv_line(csv);
}

static bool end(struct export *export)
{
    struct csv *csv = (struct csv *)export;
    buf_release(&csv->line);
    buf_release(&csv->cell);
    return true;
}

struct export *export_new_csv(bool vietnamese)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (!csv)
        return NULL;
    csv->export = (struct export){.begin = begin, .row = row, .end = end};
    csv->vietnamese = vietnamese;
    return &csv->export;
}
