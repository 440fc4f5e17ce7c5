/* rows_json.c: rows of PostgreSQL → JSON. */
#include "db/rows_json.h"
#include <string.h>

/* Types by their number in pg_type; these never change. */
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_DATE = 1082,
    OID_TIMESTAMP = 1114,
    OID_TIMESTAMPTZ = 1184,
    OID_NUMERIC = 1700,
    OID_JSONB = 3802,
};

/* NaN and Infinity are numbers to PostgreSQL, but not to JSON. */
static void add_number(struct buf *out, const char *digits)
{
    if (strpbrk(digits, "NI"))
        buf_add_quoted(out, digits);
    else
        buf_adds(out, digits);
}

/* "2022-03-14 17:00:00.5+07" → 2022-03-14T17:00:00.5+07:00; "infinity" stays. */
static void add_moment(struct buf *out, const char *text, bool has_offset)
{
    const char *gap = strchr(text, ' ');
    if (!gap) {
        buf_adds(out, text);
        return;
    }
    size_t length = strlen(text);
    bool offset_is_short = has_offset && length > 3 && strchr("+-", text[length - 3]);
    buf_add(out, text, (size_t)(gap - text));
    buf_addc(out, 'T');
    buf_adds(out, gap + 1);
    buf_adds(out, offset_is_short ? ":00" : "");
}

static void add_quoted_moment(struct buf *out, const char *text, bool has_offset)
{
    buf_addc(out, '"');
    add_moment(out, text, has_offset);
    buf_addc(out, '"');
}

static void add_value(struct buf *out, const PGresult *rows, int row, int column)
{
    const char *text = PQgetvalue(rows, row, column);
    if (PQgetisnull(rows, row, column)) {
        buf_adds(out, "null");
        return;
    }
    switch (PQftype(rows, column)) {
    case OID_BOOL: buf_adds(out, text[0] == 't' ? "true" : "false"); break;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8: buf_adds(out, text); break;
    case OID_FLOAT4:
    case OID_FLOAT8:
    case OID_NUMERIC: add_number(out, text); break;
    case OID_JSON:
    case OID_JSONB: buf_adds(out, text); break;
    case OID_TIMESTAMP: add_quoted_moment(out, text, false); break;
    case OID_TIMESTAMPTZ: add_quoted_moment(out, text, true); break;
    default: buf_add_quoted(out, text);
    }
}

void rows_json_object(struct buf *out, const PGresult *rows, int row)
{
    char before = '{';
    for (int column = 0; column < PQnfields(rows); column++) {
        if (PQfname(rows, column)[0] == '_')
            continue;
        buf_addc(out, before);
        buf_add_quoted(out, PQfname(rows, column));
        buf_addc(out, ':');
        add_value(out, rows, row, column);
        before = ',';
    }
    buf_adds(out, before == '{' ? "{}" : "}");
}

void rows_json_list(struct buf *out, const PGresult *rows, const char *next)
{
    buf_adds(out, "{\"items\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        buf_adds(out, row ? "," : "");
        rows_json_object(out, rows, row);
    }
    buf_adds(out, "],\"next\":");
    if (next)
        buf_add_quoted(out, next);
    else
        buf_adds(out, "null");
    buf_addc(out, '}');
}

const char *rows_told(const PGresult *rows, int row, const char *column)
{
    int number = PQfnumber(rows, column);
    return number < 0 || PQgetisnull(rows, row, number) ? NULL : PQgetvalue(rows, row, number);
}

const char *rows_next(const PGresult *rows)
{
    return PQntuples(rows) ? rows_told(rows, PQntuples(rows) - 1, "_next") : NULL;
}

enum rows_type rows_type(const PGresult *rows, int column)
{
    switch (PQftype(rows, column)) {
    case OID_BOOL: return ROWS_BOOLEAN;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8: return ROWS_INTEGER;
    case OID_FLOAT4:
    case OID_FLOAT8:
    case OID_NUMERIC: return ROWS_NUMBER;
    case OID_JSON:
    case OID_JSONB: return ROWS_JSON;
    case OID_DATE: return ROWS_DATE;
    case OID_TIMESTAMP:
    case OID_TIMESTAMPTZ: return ROWS_MOMENT;
    default: return ROWS_TEXT;
    }
}

void rows_text(struct buf *out, const PGresult *rows, int row, int column)
{
    const char *text = PQgetvalue(rows, row, column);
    switch (rows_type(rows, column)) {
    case ROWS_BOOLEAN: buf_adds(out, text[0] == 't' ? "true" : "false"); break;
    case ROWS_MOMENT: add_moment(out, text, PQftype(rows, column) == OID_TIMESTAMPTZ); break;
    default: buf_adds(out, text);
    }
}
