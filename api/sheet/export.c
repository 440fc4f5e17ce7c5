/* export.c: writes a table row by row into a file. */
#include "sheet/export.h"
#include "sheet/export_parts.h"
#include <string.h>

struct export *export_open(enum export_kind kind, FILE *file, const struct export_column *columns, int count)
{
    struct export *export = kind == EXPORT_XLSX ? export_new_xlsx() : export_new_csv(kind == EXPORT_CSV_VI);
    if (!export)
        return NULL;
    export->file = file;
    export->columns = columns;
    export->count = count;
    if (export->begin(export))
        return export;
    free(export);
    return NULL;
}

bool export_row(struct export *export, const char *const *values)
{
    return export->row(export, values);
}

bool export_close(struct export *export)
{
    bool good = export->end(export) && fflush(export->file) == 0;
    free(export);
    return good;
}

bool export_read_moment(const char *text, struct export_moment *moment)
{
    char gap = 'T';
    *moment = (struct export_moment){0};
    int read = sscanf(text, "%4d-%2d-%2d%c%2d:%2d:%2d", &moment->year, &moment->month, &moment->day, &gap,
                      &moment->hour, &moment->minute, &moment->second);
    bool is_year = strspn(text, "0123456789") == 4;
    return is_year && gap == 'T' && (read == 3 || read == 7);
}

/* The length of the string at the quote, quotes included. */
static size_t string_length(const char *json)
{
    size_t i = 1;
    while (json[i] && json[i] != '"')
        i += json[i] == '\\' && json[i + 1] ? 2 : 1;
    return i + (json[i] == '"');
}

void export_add_json(struct buf *out, const char *json)
{
    while (*(json += strspn(json, " \t\r\n"))) {
        size_t length = *json == '"' ? string_length(json) : strcspn(json, "\" \t\r\n");
        buf_add(out, json, length);
        json += length;
    }
}
