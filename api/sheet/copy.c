/* copy.c: cells that were read, written into another workbook as they were. */
#include "sheet/copy.h"
#include "base/text.h"
#include <string.h>

enum { RED = 0xFFC7CE, DARK_RED = 0x9C0006 };
enum { LITERAL_MAX = 255, DATE_LENGTH = 10 }; /* Excel's bound for a text within a formula; 2022-03-14 */

static void dress_up(lxw_format *format, enum dress dress)
{
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (dress != DRESS_TITLE)
        format_set_text_wrap(format);
    if (dress == DRESS_HEADING)
        format_set_bold(format);
    if (dress != DRESS_MARKED)
        return;
    format_set_bg_color(format, RED);
    format_set_font_color(format, DARK_RED);
}

void looks_make(struct looks *looks, lxw_workbook *workbook)
{
    static const char *const shown[LOOKS] = {
        [LOOK_PERCENT] = "0%",    [LOOK_PERCENT_PARTS] = "0.0########%",  [LOOK_DAY] = "dd/mm/yyyy",
        [LOOK_TIME] = "hh:mm:ss", [LOOK_INSTANT] = "dd/mm/yyyy hh:mm:ss",
    };
    for (enum dress d = 0; d < DRESSES; d++)
        for (enum look l = 0; l < LOOKS; l++) {
            looks->format[d][l] = workbook_add_format(workbook);
            dress_up(looks->format[d][l], d);
            if (shown[l])
                format_set_num_format(looks->format[d][l], shown[l]);
        }
}

static enum look look_of(const struct cell *cell)
{
    if (cell->kind == CELL_NUMBER && cell->percent)
        return strchr(cell->text, '.') ? LOOK_PERCENT_PARTS : LOOK_PERCENT;
    if (cell->kind != CELL_DATE)
        return LOOK_PLAIN;
    if (!strchr(cell->text, '-'))
        return LOOK_TIME;
    return strlen(cell->text) == DATE_LENGTH ? LOOK_DAY : LOOK_INSTANT;
}

/* 2022-03-14, 2022-03-14T17:00:00 or 17:00:00. */
static lxw_datetime moment_of(const char *text)
{
    lxw_datetime t = {0};
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lf", &t.year, &t.month, &t.day, &t.hour, &t.min, &t.sec) < 3) {
        t = (lxw_datetime){0};
        sscanf(text, "%2d:%2d:%lf", &t.hour, &t.min, &t.sec);
    }
    return t;
}

/* The number as stored: 27.5 % is 0.275. */
static void write_number(struct spot at, const struct cell *cell, lxw_format *format)
{
    buf_auto_t stored = {0}, formula = {0};
    buf_addf(&stored, "%s%s", cell->text, cell->percent ? "e-2" : "");
    buf_addf(&formula, "=%s", stored.text);
    if (cell->formula)
        worksheet_write_formula_num(at.sheet, (lxw_row_t)(at.row - 1), (lxw_col_t)(at.column - 1),
                                    formula.text, format, strtod(stored.text, NULL));
    else
        book_write_number(at, stored.text, format);
}

static void write_text(struct spot at, const struct cell *cell, lxw_format *format)
{
    buf_auto_t formula = {0};
    if (!cell->formula || !cell->text[0] || text_length(cell->text) > LITERAL_MAX) {
        book_write_text(at, cell->text, format);
        return;
    }
    buf_adds(&formula, "=\"");
    for (const char *c = cell->text; *c; c++) {
        if (*c == '"')
            buf_addc(&formula, '"');
        buf_addc(&formula, *c);
    }
    buf_addc(&formula, '"');
    worksheet_write_formula_str(at.sheet, (lxw_row_t)(at.row - 1), (lxw_col_t)(at.column - 1), formula.text,
                                format, cell->text);
}

void copy_cell(lxw_worksheet *sheet, const struct cell *cell, const struct looks *looks, enum dress dress)
{
    struct spot at = {sheet, cell->row, cell->column};
    lxw_row_t row = (lxw_row_t)(cell->row - 1);
    lxw_col_t column = (lxw_col_t)(cell->column - 1);
    lxw_format *format = looks->format[dress][look_of(cell)];
    switch (cell->kind) {
    case CELL_NUMBER: write_number(at, cell, format); break;
    case CELL_BOOLEAN: worksheet_write_boolean(sheet, row, column, cell->text[0] == 't', format); break;
    case CELL_DATE: {
        lxw_datetime moment = moment_of(cell->text);
        worksheet_write_datetime(sheet, row, column, &moment, format);
        break;
    }
    case CELL_TEXT:
    case CELL_ERROR:
    case CELL_BLANK: write_text(at, cell, format); break;
    case CELL_COVERED: break;
    }
}
