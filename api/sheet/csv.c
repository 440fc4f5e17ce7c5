/* csv.c: tables as text: RFC 4180, and what Excel makes of it. */
#include "sheet/csv.h"
#include "sheet/row.h"
#include <ctype.h>
#include <string.h>

struct csv {
    const char *at, *end;
    char separator;
    long line;           /* lines of the file, from 1; a quoted cell may take several */
    struct buf unquoted; /* a quoted cell, its doubled quotes made single */
    struct row row;
};

static bool refuse(struct csv *csv, const char *code, long line)
{
    csv->row.ended = true;
    return sheet_add_fault(csv->row.faults, code, json_pack("{s:I}", "line", (json_int_t)line));
}

static long lines_in(const char *from, const char *to)
{
    long lines = 0;
    for (const char *c = from; c < to; c++)
        lines += *c == '\n' || (*c == '\r' && (c + 1 == to || c[1] != '\n'));
    return lines;
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Number of separators of each kind in the first line that has text, quoted ones not counted. */
static void count_separators(const struct csv *csv, const char *kinds, int *counts)
{
    bool quoted = false, any = false;
    for (const char *c = csv->at; c < csv->end && (quoted || !any || !is_line_end(*c)); c++) {
        const char *kind = quoted ? NULL : memchr(kinds, *c, strlen(kinds));
        if (*c == '"')
            quoted = !quoted;
        if (kind)
            counts[kind - kinds]++;
        any = any || !isspace((unsigned char)*c);
    }
}

static bool find_separator(struct csv *csv)
{
    static const char kinds[] = "\t;,";
    int counts[sizeof kinds - 1] = {0};
    size_t best = 0;
    count_separators(csv, kinds, counts);
    for (size_t i = 1; i < COUNT(counts); i++)
        if (counts[i] > counts[best])
            best = i;
    for (size_t i = 0; i < COUNT(counts); i++)
        if (i != best && counts[best] && counts[i] == counts[best])
            return refuse(csv, "unclear-separator", csv->line);
    csv->separator = counts[best] ? kinds[best] : ',';
    return true;
}

/* The line "sep=;" with which a file tells Excel its separator. */
static void take_declaration(struct csv *csv)
{
    const char *at = csv->at;
    bool declared =
        csv->end - at >= 6 && strncasecmp(at, "sep=", 4) == 0 && strchr(",;|\t", at[4]) && is_line_end(at[5]);
    if (!declared)
        return;
    if (!csv->separator)
        csv->separator = at[4];
    bool both = at[5] == '\r' && csv->end - at > 6 && at[6] == '\n';
    csv->at += both ? 7 : 6;
    csv->line++;
}

static bool add_cell(struct csv *csv, int column, const char *text, size_t length)
{
    struct cell cell = {.row = csv->row.number, .column = column, .kind = CELL_TEXT, .text = text};
    csv->row.line = csv->line;
    return row_add(&csv->row, &cell, length);
}

/* Is the quoted cell that ended at csv->at followed by another cell, line or the end? */
static bool ends_cleanly(const struct csv *csv)
{
    return csv->at == csv->end || *csv->at == csv->separator || is_line_end(*csv->at);
}

static bool take_quoted(struct csv *csv, int column)
{
    const char *opening = csv->at++;
    csv->unquoted.len = 0;
    for (;;) {
        const char *quote = memchr(csv->at, '"', (size_t)(csv->end - csv->at));
        if (!quote)
            return refuse(csv, "unbalanced-quotes", csv->line);
        buf_add(&csv->unquoted, csv->at, (size_t)(quote - csv->at));
        csv->at = quote + 1;
        if (csv->at == csv->end || *csv->at != '"')
            break;
        buf_addc(&csv->unquoted, *csv->at++);
    }
    if (!ends_cleanly(csv))
        return refuse(csv, "unbalanced-quotes", csv->line);
    if (csv->unquoted.broken)
        return refuse(csv, "row-too-long", csv->line);
    if (csv->unquoted.len && !add_cell(csv, column, csv->unquoted.text, csv->unquoted.len))
        return false;
    csv->line += lines_in(opening, csv->at);
    return true;
}

static bool take_plain(struct csv *csv, int column)
{
    const char *text = csv->at;
    while (csv->at < csv->end && *csv->at != csv->separator && !is_line_end(*csv->at))
        csv->at++;
    return csv->at == text || add_cell(csv, column, text, (size_t)(csv->at - text));
}

static void take_line_end(struct csv *csv)
{
    bool both = *csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n';
    csv->at += both ? 2 : 1;
    csv->line++;
}

static bool take_row(struct csv *csv)
{
    for (int column = 1;; column++) {
        bool quoted = csv->at < csv->end && *csv->at == '"';
        if (!(quoted ? take_quoted(csv, column) : take_plain(csv, column)))
            return false;
        if (csv->at == csv->end || *csv->at != csv->separator)
            break;
        csv->at++;
    }
    if (csv->at < csv->end)
        take_line_end(csv);
    return row_end(&csv->row);
}

static bool take_rows(struct csv *csv)
{
    const char *nul = memchr(csv->at, '\0', (size_t)(csv->end - csv->at));
    if (nul)
        return refuse(csv, "nul-in-file", 1 + lines_in(csv->at, nul));
    take_declaration(csv);
    if (!csv->separator && !find_separator(csv))
        return false;
    while (csv->at < csv->end)
        if (!take_row(csv))
            return false;
    return row_is_good(&csv->row);
}

bool csv_read(const struct sheet_file *file, const struct sheet_sink *sink, json_t *faults)
{
    struct csv csv = {
        .at = file->bytes, .end = file->bytes + file->length, .separator = file->separator, .line = 1};
    row_init(&csv.row, sink, faults);
    csv.unquoted.max = file->length + 1;
    if (file->length >= 3 && memcmp(file->bytes, "\xef\xbb\xbf", 3) == 0)
        csv.at += 3;
    bool good = take_rows(&csv);
    row_release(&csv.row);
    buf_release(&csv.unquoted);
    return good;
}
