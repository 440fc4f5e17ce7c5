/* export_xlsx.c: tables as workbooks.  libxlsxwriter keeps one row at a time (constant_memory). */
#include "base/scratch.h"
#include "base/text.h"
#include "sheet/export_parts.h"
#include "sheet/sheet.h"
#include <ctype.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { DIGITS_MAX = 15 /* a double keeps them all */, PATH_SIZE = 40, FORMAT_SIZE = 40, BLUE = 0xDDEBF7 };
enum { WIDTH_MIN = 6, WIDTH_MAX = 60, WIDTH_MOMENT = 19 /* 14/03/2022 17:00:00 */ };

struct xlsx {
    struct export export;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_row_t row;
    lxw_format *heading, *integer, *date, *moment, *decimals[DIGITS_MAX + 1];
    int width[EXPORT_COLUMNS_MAX]; /* characters of the widest cell */
};

struct place {
    struct xlsx *xlsx;
    lxw_col_t column;
};

static void make_room(struct place at, int width)
{
    int *widest = &at.xlsx->width[at.column];
    if (width > *widest)
        *widest = width < WIDTH_MAX ? width : WIDTH_MAX;
}

static bool write_text(struct place at, const char *text, lxw_format *format)
{
    long length = text_length(text);
    buf_auto_t instead = {0};
    if (length > SHEET_TEXT_MAX) /* no cell of Excel holds it: say so, never cut */
        buf_addf(&instead, "[%ld > %d ký tự: xem format=csv]", length, SHEET_TEXT_MAX);
    make_room(at, (int)(length < WIDTH_MAX ? length : WIDTH_MAX));
    return *text == '\0'
           || worksheet_write_string(at.xlsx->sheet, at.xlsx->row, at.column,
                                     instead.text ? instead.text : text, format)
                  == LXW_NO_ERROR;
}

/* Digits from the first that is not 0; -1: other characters, as of NaN or 1e+20. */
static int significant_digits(const char *number)
{
    int digits = 0;
    for (number += *number == '-'; *number; number++) {
        if (!isdigit((unsigned char)*number) && *number != '.')
            return -1;
        digits += isdigit((unsigned char)*number) && (digits > 0 || *number != '0');
    }
    return digits;
}

static lxw_format *make_format(struct xlsx *xlsx, const char *shown)
{
    lxw_format *format = workbook_add_format(xlsx->workbook);
    format_set_num_format(format, shown);
    return format;
}

/* Shown with as many decimals as it has. */
static lxw_format *format_of(struct xlsx *xlsx, const char *number)
{
    char shown[FORMAT_SIZE] = "#,##0";
    const char *point = strchr(number, '.');
    size_t decimals = point ? strlen(point + 1) : 0;
    if (decimals > DIGITS_MAX)
        return NULL;
    if (decimals > 0)
        snprintf(shown, sizeof shown, "#,##0.%.*s", (int)decimals, "000000000000000");
    if (!xlsx->decimals[decimals])
        xlsx->decimals[decimals] = make_format(xlsx, shown);
    return xlsx->decimals[decimals];
}

static bool write_number(struct place at, const char *number, enum export_type type)
{
    int digits = significant_digits(number);
    if (digits < 0 || digits > DIGITS_MAX)
        return write_text(at, number, NULL);
    lxw_format *format = type == EXPORT_INTEGER ? at.xlsx->integer : format_of(at.xlsx, number);
    int length = (int)strlen(number);
    make_room(at, type == EXPORT_INTEGER ? length : length + length / 3);
    return worksheet_write_number(at.xlsx->sheet, at.xlsx->row, at.column, strtod(number, NULL), format)
           == LXW_NO_ERROR;
}

/* Sheets count days since the end of 1899 and have a 29 February 1900, which never was. */
static bool is_before_sheets(const struct export_moment *m)
{
    return m->year < 1900 || (m->year == 1900 && m->month < 3);
}

static bool write_moment(struct place at, const char *text, lxw_format *format)
{
    struct export_moment m;
    if (!export_read_moment(text, &m) || is_before_sheets(&m))
        return write_text(at, text, NULL);
    lxw_datetime moment = {m.year, m.month, m.day, m.hour, m.minute, m.second};
    make_room(at, WIDTH_MOMENT < (int)strlen(text) ? WIDTH_MOMENT : (int)strlen(text));
    return worksheet_write_datetime(at.xlsx->sheet, at.xlsx->row, at.column, &moment, format) == LXW_NO_ERROR;
}

static bool write_json(struct place at, const char *json)
{
    buf_auto_t text = {0};
    export_add_json(&text, json);
    return text.text && write_text(at, text.text, NULL);
}

static bool write_value(struct place at, const char *value, enum export_type type)
{
    switch (type) {
    case EXPORT_INTEGER:
    case EXPORT_NUMBER: return write_number(at, value, type);
    case EXPORT_BOOLEAN:
        return worksheet_write_boolean(at.xlsx->sheet, at.xlsx->row, at.column, strcmp(value, "true") == 0,
                                       NULL)
               == LXW_NO_ERROR;
    case EXPORT_DATE: return write_moment(at, value, at.xlsx->date);
    case EXPORT_MOMENT: return write_moment(at, value, at.xlsx->moment);
    case EXPORT_JSON: return write_json(at, value);
    case EXPORT_TEXT: return write_text(at, value, NULL);
    }
    return false;
}

static bool row(struct export *export, const char *const *values)
{
    struct xlsx *xlsx = (struct xlsx *)export;
    bool good = true;
    for (int i = 0; good && i < export->count; i++)
        good =
            !values[i] || write_value((struct place){xlsx, (lxw_col_t)i}, values[i], export->columns[i].type);
    xlsx->row++;
    return good;
}

static void make_formats(struct xlsx *xlsx)
{
    xlsx->heading = workbook_add_format(xlsx->workbook);
    format_set_bold(xlsx->heading);
    format_set_bg_color(xlsx->heading, BLUE);
    format_set_border(xlsx->heading, LXW_BORDER_THIN);
    xlsx->integer = make_format(xlsx, "0");
    xlsx->date = make_format(xlsx, "dd/mm/yyyy");
    xlsx->moment = make_format(xlsx, "dd/mm/yyyy hh:mm:ss");
}

static bool begin(struct export *export)
{
    char path[PATH_SIZE];
    struct xlsx *xlsx = (struct xlsx *)export;
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)scratch_folder()};
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(export->file));
    xlsx->workbook = workbook_new_opt(path, &options);
    if (!xlsx->workbook)
        return false;
    xlsx->sheet = workbook_add_worksheet(xlsx->workbook, "Danh sách");
    make_formats(xlsx);
    worksheet_freeze_panes(xlsx->sheet, 1, 0);
    for (int i = 0; i < export->count; i++)
        write_text((struct place){xlsx, (lxw_col_t)i}, export->columns[i].heading, xlsx->heading);
    xlsx->row = 1;
    return true;
}

/* The columns are written behind the rows: only now is known how wide they are. */
static bool end(struct export *export)
{
    struct xlsx *xlsx = (struct xlsx *)export;
    for (int i = 0; i < export->count; i++) {
        int width = xlsx->width[i] < WIDTH_MIN ? WIDTH_MIN : xlsx->width[i];
        worksheet_set_column(xlsx->sheet, (lxw_col_t)i, (lxw_col_t)i, width + 2, NULL);
    }
    if (export->count > 0)
        worksheet_autofilter(xlsx->sheet, 0, 0, xlsx->row - 1, (lxw_col_t)(export->count - 1));
    return workbook_close(xlsx->workbook) == LXW_NO_ERROR;
}

struct export *export_new_xlsx(void)
{
    struct xlsx *xlsx = calloc(1, sizeof *xlsx);
    if (!xlsx)
        return NULL;
    xlsx->export = (struct export){.begin = begin, .row = row, .end = end};
    return &xlsx->export;
}
