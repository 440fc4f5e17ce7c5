/* template.c: a workbook ready to be filled in and sent back. */
#include "sheet/template.h"
#include "sheet/book.h"
#include "sheet/sheet.h"
#include <string.h>

enum { MARKER_ROW = 1, TITLE_ROW, ADVICE_ROW, HEADING_ROW, FIRST_ROW };
enum { CODE = 1, NAME, UNIT, TARGET, BEFORE, VALUE, NUMERATOR, DENOMINATOR, MISSING, NOTE, COLUMNS };
enum { BLUE = 0xDDEBF7, YELLOW = 0xFFF9E5, GREY = 0xEDEDED };

static const struct {
    const char *heading;
    double width;
} columns[COLUMNS] = {
    [CODE] = {"Mã chỉ tiêu", 24}, [NAME] = {"Chỉ tiêu", 44},      [UNIT] = {"Đơn vị tính", 12},
    [TARGET] = {"Kế hoạch", 40},  [BEFORE] = {"Kỳ trước", 14},    [VALUE] = {"Số liệu", 14},
    [NUMERATOR] = {"Tử số", 10},  [DENOMINATOR] = {"Mẫu số", 10}, [MISSING] = {"Lý do không có", 20},
    [NOTE] = {"Ghi chú", 30},
};

struct page {
    const struct template *template;
    lxw_worksheet *sheet;
    lxw_format *title, *heading, *fixed, *open, *computed;
};

static const char *said(const json_t *line, const char *member)
{
    return json_string_value(json_object_get(line, member));
}

static bool is_computed(const json_t *line)
{
    return strcmp(said(line, "entry"), "computed") == 0;
}

static struct spot spot(const struct page *page, int row, int column)
{
    return (struct spot){page->sheet, row, column};
}

static void make_formats(struct page *page, lxw_workbook *workbook)
{
    page->title = workbook_add_format(workbook);
    page->heading = workbook_add_format(workbook);
    page->fixed = workbook_add_format(workbook);
    page->open = workbook_add_format(workbook);
    page->computed = workbook_add_format(workbook);
    format_set_bold(page->title);
    format_set_font_size(page->title, 14);
    format_set_bold(page->heading);
    format_set_bg_color(page->heading, BLUE);
    format_set_border(page->heading, LXW_BORDER_THIN);
    format_set_text_wrap(page->fixed);
    format_set_border(page->fixed, LXW_BORDER_THIN);
    format_set_bg_color(page->open, YELLOW);
    format_set_border(page->open, LXW_BORDER_THIN);
    format_set_unlocked(page->open);
    format_set_bg_color(page->computed, GREY);
    format_set_border(page->computed, LXW_BORDER_THIN);
}

static void write_head(const struct page *page)
{
    const struct template *t = page->template;
    lxw_row_col_options hidden = {.hidden = LXW_TRUE};
    buf_auto_t marker = {0}, title = {0};
    buf_addf(&marker, "thidua:1 form=%s unit=%s period=%s locale=vi", t->form, t->unit, t->period);
    buf_addf(&title, "%s%s – %s – kỳ %s", t->invented ? "SỐ LIỆU MINH HỌA – " : "", t->form_name,
             t->unit_name, t->period);
    book_write_text(spot(page, MARKER_ROW, CODE), marker.text, NULL);
    worksheet_set_row_opt(page->sheet, MARKER_ROW - 1, LXW_DEF_ROW_HEIGHT, NULL, &hidden);
    book_write_text(spot(page, TITLE_ROW, CODE), title.text, page->title);
    book_write_text(
        spot(page, ADVICE_ROW, CODE),
        "Điền vào các ô nền vàng. Ô xám tự tính. Không phát sinh thì ghi 0; không có số liệu thì chọn lý do. Ô để trống giữ nguyên số liệu đã gửi.",
        NULL);
    for (int c = CODE; c < COLUMNS; c++) {
        worksheet_set_column(page->sheet, (lxw_col_t)(c - 1), (lxw_col_t)(c - 1), columns[c].width, NULL);
        book_write_text(spot(page, HEADING_ROW, c), columns[c].heading, page->heading);
    }
    worksheet_freeze_panes(page->sheet, HEADING_ROW, NAME);
}

/* The sheet's row of an indicator; 0: it is not on the sheet. */
static int row_of(const struct page *page, const char *code)
{
    for (size_t i = 0; i < json_array_size(page->template->lines); i++)
        if (strcmp(said(json_array_get(page->template->lines, i), "code"), code) == 0)
            return FIRST_ROW + (int)i;
    return 0;
}

/* One side of a formula: F7*1+F8*1, or the pair's own column. */
static void add_side(const struct page *page, const json_t *line, const char *side, struct buf *formula)
{
    size_t i;
    json_t *term;
    bool first = true;
    json_array_foreach(json_object_get(line, "terms"), i, term)
    {
        char cell[SHEET_CELL_NAME_SIZE];
        if (strcmp(said(term, "side"), side) != 0)
            continue;
        sheet_cell_name(row_of(page, said(term, "code")), VALUE, cell);
        buf_addf(formula, "%s%s*%s", first ? "" : "+",
                 json_is_true(json_object_get(term, "presence")) ? "1" : cell, said(term, "coefficient"));
        first = false;
    }
    if (first)
        buf_adds(formula, "0");
}

static void write_formula(const struct page *page, const json_t *line, int row)
{
    buf_auto_t formula = {0}, over = {0}, under = {0};
    add_side(page, line, "numerator", &over);
    add_side(page, line, "denominator", &under);
    if (json_is_true(json_object_get(line, "ratio")))
        buf_addf(&formula, "=IF((%s)=0,\"\",%.15g*(%s)/(%s))", under.text,
                 json_number_value(json_object_get(line, "scale")), over.text, under.text);
    else
        buf_addf(&formula, "=%s", over.text);
    worksheet_write_formula(page->sheet, (lxw_row_t)(row - 1), VALUE - 1, formula.text, page->computed);
}

static void offer(const struct page *page, int row, int column, const char **choices)
{
    lxw_data_validation list = {.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (char **)choices};
    worksheet_data_validation_cell(page->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(column - 1), &list);
}

static void write_entry(const struct page *page, const json_t *line, int row)
{
    static const char *reasons[] = {"không có số liệu", "chưa thu thập", "không áp dụng", "bảo mật", NULL},
                      *truths[] = {"đạt", "chưa đạt", NULL};
    bool pair = strcmp(said(line, "entry"), "pair") == 0,
         truth = strcmp(said(line, "value_type"), "boolean") == 0;
    const char *value = said(line, "value");
    if (truth && value)
        value = strcmp(value, "1") == 0 ? "đạt" : "chưa đạt";
    if (truth)
        book_write_text(spot(page, row, VALUE), value, page->open);
    else
        book_write_number(spot(page, row, VALUE), pair ? NULL : value, pair ? page->fixed : page->open);
    book_write_number(spot(page, row, NUMERATOR), pair ? said(line, "numerator") : NULL,
                      pair ? page->open : page->fixed);
    book_write_number(spot(page, row, DENOMINATOR), pair ? said(line, "denominator") : NULL,
                      pair ? page->open : page->fixed);
    book_write_text(spot(page, row, MISSING), said(line, "missing_reason"), page->open);
    book_write_text(spot(page, row, NOTE), said(line, "note"), page->open);
    offer(page, row, MISSING, reasons);
    if (truth)
        offer(page, row, VALUE, truths);
}

static void write_line(const struct page *page, const json_t *line, int row)
{
    book_write_text(spot(page, row, CODE), is_computed(line) ? NULL : said(line, "code"), page->fixed);
    book_write_text(spot(page, row, NAME), said(line, "name"), page->fixed);
    book_write_text(spot(page, row, UNIT), said(line, "unit_of_measure"), page->fixed);
    book_write_text(spot(page, row, TARGET), said(line, "target"), page->fixed);
    book_write_number(spot(page, row, BEFORE), said(line, "before"), page->fixed);
    if (is_computed(line))
        write_formula(page, line, row);
    else
        write_entry(page, line, row);
}

bool template_write(const struct template *template, struct buf *out)
{
    struct book book;
    struct page page = {.template = template};
    lxw_protection allowed = {.format_columns = LXW_TRUE, .format_rows = LXW_TRUE};
    if (!book_open(&book))
        return false;
    page.sheet = workbook_add_worksheet(book.workbook, "Số liệu");
    make_formats(&page, book.workbook);
    write_head(&page);
    for (size_t i = 0; i < json_array_size(template->lines); i++)
        write_line(&page, json_array_get(template->lines, i), FIRST_ROW + (int)i);
    worksheet_protect(page.sheet, NULL, &allowed);
    return book_close(&book, out);
}
