/* annotate.c: somebody's own table with its faults marked. */
#include "sheet/annotate.h"
#include "base/text.h"
#include "sheet/copy.h"
#include <string.h>

enum { DARK_RED = 0x9C0006 };
enum { REASON_WIDTH = 60, WIDTH_MIN = 9, WIDTH_MAX = 36, MARGIN = 2 }; /* of columns, in characters */
enum { FROZEN_MAX = 10 }; /* rows: more would leave no room to scroll */

struct annotation {
    const json_t *faults;
    size_t next;    /* the first fault of this row or a later one */
    int widest;     /* last column that has a value */
    int headed;     /* first row of several cells: the headings, above all faults; 0: none yet */
    int marker_row; /* of a template: says nothing to people; 0: there is none */
    int width[SHEET_COLUMNS_MAX + 1];
    lxw_worksheet *sheet;
    struct looks looks;
    lxw_format *reason, *heading;
};

/* Cells that show something, so that a merged title counts as one. */
static int shown_cells(const struct cell *cells, int count)
{
    int shown = 0;
    for (int i = 0; i < count; i++)
        shown += cells[i].kind != CELL_COVERED;
    return shown;
}

/* A column is as wide as what stands in the table; titles run over it. */
static void measure_table(struct annotation *a, const struct cell *cells, int count)
{
    for (int i = 0; i < count; i++) {
        int *width = &a->width[cells[i].column], length = (int)text_length(cells[i].text) + MARGIN;
        if (cells[i].kind != CELL_COVERED && length > *width)
            *width = length < WIDTH_MAX ? length : WIDTH_MAX;
    }
}

static bool measure(const struct cell *cells, int count, void *data)
{
    struct annotation *a = data;
    if (cells[count - 1].column > a->widest)
        a->widest = cells[count - 1].column;
    if (!a->headed && strncmp(cells[0].text, SHEET_MARKER, strlen(SHEET_MARKER)) == 0)
        a->marker_row = cells[0].row;
    if (shown_cells(cells, count) < 2)
        return true;
    if (!a->headed)
        a->headed = cells[0].row;
    measure_table(a, cells, count);
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

static const json_t *next_of_row(const struct annotation *a, int row)
{
    const json_t *fault = json_array_get(a->faults, a->next);
    return fault && row_of(fault) == row ? fault : NULL;
}

/* Mark the cell; what stood there is written again in red. */
static void mark(const struct annotation *a, const char *name, const struct cell *cells, int count)
{
    struct cell place = {.kind = CELL_BLANK, .text = ""};
    if (sheet_cell_place(name, &place.row, &place.column) == 0)
        return;
    const struct cell *marked = &place;
    for (int i = 0; i < count; i++)
        if (cells[i].column == place.column && cells[i].kind != CELL_COVERED)
            marked = &cells[i];
    copy_cell(a->sheet, marked, &a->looks, DRESS_MARKED);
}

/* All that is said of one cell, whose faults follow each other: a cell has one comment. */
static void add_comment(const struct annotation *a, const char *name)
{
    buf_auto_t comment = {0};
    int row, column;
    if (sheet_cell_place(name, &row, &column) == 0)
        return;
    for (size_t i = a->next; i < json_array_size(a->faults); i++) {
        const json_t *fault = json_array_get(a->faults, i);
        if (strcmp(said(fault, "cell"), name) != 0)
            break;
        buf_addf(&comment, "%s%s", comment.len ? "\n" : "", said(fault, "detail"));
    }
    worksheet_write_comment(a->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(column - 1), comment.text);
}

/* Lines that the reasons take. */
static int explain_row(struct annotation *a, int row, const struct cell *cells, int count)
{
    buf_auto_t reasons = {0};
    const char *before = "";
    for (const json_t *fault; (fault = next_of_row(a, row)); a->next++) {
        const char *cell = said(fault, "cell");
        mark(a, cell, cells, count);
        if (strcmp(cell, before) != 0)
            add_comment(a, cell);
        buf_addf(&reasons, "%s%s%s%s", reasons.len ? "\n" : "", cell, cell[0] ? ": " : "",
                 said(fault, "detail"));
        before = cell;
    }
    if (!reasons.text)
        return 1;
    worksheet_write_string(a->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(a->widest + 1), reasons.text,
                           a->reason);
    return book_lines(reasons.text, REASON_WIDTH);
}

/* Lines that the highest takes. */
static int copy_cells(const struct annotation *a, const struct cell *cells, int count)
{
    int lines = 1, row = cells[0].row;
    enum dress dress = row == a->headed ? DRESS_HEADING : row < a->headed ? DRESS_TITLE : DRESS_PLAIN;
    for (int i = 0; i < count; i++) {
        copy_cell(a->sheet, &cells[i], &a->looks, dress);
        if (dress == DRESS_TITLE || cells[i].kind == CELL_COVERED)
            continue;
        int its = book_lines(cells[i].text, a->width[cells[i].column]);
        lines = its > lines ? its : lines;
    }
    return lines;
}

static bool copy_row(const struct cell *cells, int count, void *data)
{
    struct annotation *a = data;
    int row = cells[0].row, own = copy_cells(a, cells, count), reasons = explain_row(a, row, cells, count);
    if (own > 1 || reasons > 1)
        book_set_lines(a->sheet, row, own > reasons ? own : reasons);
    return true;
}

static void prepare_columns(struct annotation *a)
{
    for (int c = 1; c <= a->widest; c++) {
        if (a->width[c] < WIDTH_MIN)
            a->width[c] = WIDTH_MIN;
        worksheet_set_column(a->sheet, (lxw_col_t)(c - 1), (lxw_col_t)(c - 1), a->width[c], NULL);
    }
    worksheet_set_column(a->sheet, (lxw_col_t)(a->widest + 1), (lxw_col_t)(a->widest + 1), REASON_WIDTH,
                         NULL);
}

static void prepare(struct annotation *a, lxw_workbook *workbook, const char *heading)
{
    lxw_row_col_options hidden = {.hidden = LXW_TRUE};
    lxw_row_t headed = a->headed ? (lxw_row_t)(a->headed - 1) : 0;
    a->sheet = workbook_add_worksheet(workbook, NULL);
    looks_make(&a->looks, workbook);
    a->reason = workbook_add_format(workbook);
    a->heading = workbook_add_format(workbook);
    format_set_font_color(a->reason, DARK_RED);
    format_set_text_wrap(a->reason);
    format_set_align(a->reason, LXW_ALIGN_VERTICAL_TOP);
    format_set_font_color(a->heading, DARK_RED);
    format_set_bold(a->heading);
    prepare_columns(a);
    worksheet_write_string(a->sheet, headed, (lxw_col_t)(a->widest + 1), heading, a->heading);
    if (a->marker_row)
        worksheet_set_row_opt(a->sheet, (lxw_row_t)(a->marker_row - 1), LXW_DEF_ROW_HEIGHT, NULL, &hidden);
    if (headed < FROZEN_MAX)
        worksheet_freeze_panes(a->sheet, headed + 1, 0);
    book_fit_page(a->sheet, headed);
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
