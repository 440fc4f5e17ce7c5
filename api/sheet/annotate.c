/* annotate.c: somebody's own table with its faults marked. */
#include "sheet/annotate.h"
#include "sheet/book.h"
#include <string.h>

enum { RED = 0xFFC7CE, DARK_RED = 0x9C0006, REASON_WIDTH = 80 };

struct annotation {
    const json_t *faults;
    size_t next; /* the first fault of this row or a later one */
    int widest;  /* last column that has a value */
    lxw_worksheet *sheet;
    lxw_format *marked, *reason;
};

static bool measure(const struct cell *cells, int count, void *data)
{
    struct annotation *a = data;
    if (cells[count - 1].column > a->widest)
        a->widest = cells[count - 1].column;
    return true;
}

static const char *said(const json_t *fault, const char *member)
{
    const char *text = json_string_value(json_object_get(fault, member));
    return text ? text : "";
}

static int row_of(const json_t *fault)
{
    return (int)json_integer_value(json_object_get(fault, "row"));
}

static void write_cell(const struct annotation *a, const struct cell *cell, lxw_format *format)
{
    struct spot at = {a->sheet, cell->row, cell->column};
    if (cell->kind == CELL_NUMBER)
        book_write_number(at, cell->text, format);
    else
        book_write_text(at, cell->text, format);
}

/* Mark the cell; what stood there is written again in red. */
static void mark(const struct annotation *a, const json_t *fault, const struct cell *cells, int count)
{
    struct cell place = {.kind = CELL_BLANK, .text = ""};
    if (sheet_cell_place(said(fault, "cell"), &place.row, &place.column) == 0)
        return;
    const struct cell *marked = &place;
    for (int i = 0; i < count; i++)
        if (cells[i].column == place.column)
            marked = &cells[i];
    write_cell(a, marked, a->marked);
    worksheet_write_comment(a->sheet, (lxw_row_t)(place.row - 1), (lxw_col_t)(place.column - 1),
                            said(fault, "detail"));
}

static void explain_row(struct annotation *a, int row, const struct cell *cells, int count)
{
    buf_auto_t reasons = {0};
    for (; a->next < json_array_size(a->faults); a->next++) {
        const json_t *fault = json_array_get(a->faults, a->next);
        if (row_of(fault) != row)
            break;
        mark(a, fault, cells, count);
        buf_addf(&reasons, "%s%s%s%s", reasons.len ? "\n" : "", said(fault, "cell"),
                 said(fault, "cell")[0] ? ": " : "", said(fault, "detail"));
    }
    if (reasons.text)
        worksheet_write_string(a->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(a->widest + 1), reasons.text,
                               a->reason);
}

static bool copy_row(const struct cell *cells, int count, void *data)
{
    struct annotation *a = data;
    for (int i = 0; i < count; i++)
        if (cells[i].kind != CELL_COVERED)
            write_cell(a, &cells[i], NULL);
    explain_row(a, cells[0].row, cells, count);
    return true;
}

static void prepare(struct annotation *a, lxw_workbook *workbook, const char *heading)
{
    a->sheet = workbook_add_worksheet(workbook, NULL);
    a->marked = workbook_add_format(workbook);
    a->reason = workbook_add_format(workbook);
    format_set_bg_color(a->marked, RED);
    format_set_font_color(a->marked, DARK_RED);
    format_set_font_color(a->reason, DARK_RED);
    format_set_text_wrap(a->reason);
    worksheet_set_column(a->sheet, (lxw_col_t)(a->widest + 1), (lxw_col_t)(a->widest + 1), REASON_WIDTH,
                         NULL);
    worksheet_write_string(a->sheet, 0, (lxw_col_t)(a->widest + 1), heading, a->reason);
}

bool annotate(const struct sheet_file *file, const json_t *faults, const char *heading, struct buf *out)
{
    struct book book;
    struct annotation a = {.faults = faults};
    json_auto_t *trouble = json_array();
    if (!sheet_read(file, &(struct sheet_sink){measure, &a}, trouble) || !book_open(&book))
        return false;
    prepare(&a, book.workbook, heading);
    bool good = sheet_read(file, &(struct sheet_sink){copy_row, &a}, trouble);
    return book_close(&book, out) && good;
}
