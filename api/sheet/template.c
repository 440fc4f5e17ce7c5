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
    [CODE] = {"Mã chỉ tiêu", 24}, [NAME] = {"Chỉ tiêu", 44},      [UNIT] = {"Đơn vị tính", 18},
    [TARGET] = {"Kế hoạch", 40},  [BEFORE] = {"Kỳ trước", 14},    [VALUE] = {"Số liệu", 14},
    [NUMERATOR] = {"Tử số", 10},  [DENOMINATOR] = {"Mẫu số", 10}, [MISSING] = {"Lý do không có", 20},
    [NOTE] = {"Ghi chú", 30},
};

/* What is chosen from; words of app.import_word and import_rows.c. */
static const char *reasons[] = {"không có số liệu", "chưa thu thập", "không áp dụng", "bảo mật", NULL},
                  *truths[] = {"đạt", "chưa đạt", NULL};
enum { NOT_APPLICABLE = 2 };

struct page {
    const struct template *template;
    lxw_worksheet *sheet;
    lxw_format *title, *heading, *fixed, *open, *words, *computed;
};

static const char *said(const json_t *line, const char *member)
{
    return json_string_value(json_object_get(line, member));
}

static bool is_computed(const json_t *line)
{
    return strcmp(said(line, "entry"), "computed") == 0;
}

static bool is_truth(const json_t *line)
{
    return strcmp(said(line, "value_type"), "boolean") == 0;
}

static struct spot spot(const struct page *page, int row, int column)
{
    return (struct spot){page->sheet, row, column};
}

/* In the middle of a row that is higher than its text. */
static lxw_format *make_boxed(lxw_workbook *workbook, lxw_color_t color)
{
    lxw_format *format = workbook_add_format(workbook);
    if (color != LXW_COLOR_WHITE)
        format_set_bg_color(format, color);
    format_set_border(format, LXW_BORDER_THIN);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    return format;
}

static void make_formats(struct page *page, lxw_workbook *workbook)
{
    page->title = workbook_add_format(workbook);
    page->heading = make_boxed(workbook, BLUE);
    page->fixed = make_boxed(workbook, LXW_COLOR_WHITE);
    page->open = make_boxed(workbook, YELLOW);
    page->words = make_boxed(workbook, YELLOW);
    page->computed = make_boxed(workbook, GREY);
    format_set_bold(page->title);
    format_set_font_size(page->title, 14);
    format_set_bold(page->heading);
    format_set_align(page->heading, LXW_ALIGN_CENTER);
    format_set_text_wrap(page->fixed);
    format_set_unlocked(page->open);
    format_set_text_wrap(page->words);
    format_set_unlocked(page->words);
}

static void write_head(const struct page *page)
{
    const struct template *t = page->template;
    lxw_row_col_options hidden = {.hidden = LXW_TRUE};
    buf_auto_t marker = {0}, title = {0};
    buf_addf(&marker, SHEET_MARKER "form=%s unit=%s period=%s locale=vi", t->form, t->unit, t->period);
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

/* A part of a formula as the sheet has it. */
struct part {
    char value[SHEET_CELL_NAME_SIZE], reason[SHEET_CELL_NAME_SIZE];
    bool truth;
};

static struct part part_of(const struct page *page, const json_t *term)
{
    struct part part;
    int row = row_of(page, said(term, "code"));
    const json_t *line = json_array_get(page->template->lines, (size_t)(row - FIRST_ROW));
    sheet_cell_name(row, VALUE, part.value);
    sheet_cell_name(row, MISSING, part.reason);
    part.truth = is_truth(line);
    return part;
}

/* Is the part there?  As app.submission_figures() has it: what does not apply is, as nothing. */
static void add_given(const struct part *part, struct buf *formula)
{
    buf_addf(formula, part->truth ? "OR(%s<>\"\"" : "OR(ISNUMBER(%s)", part->value);
    buf_addf(formula, ",%s=\"%s\")", part->reason, reasons[NOT_APPLICABLE]);
}

/* AND(OR(ISNUMBER(F7),I7="không áp dụng"),…) */
static void add_complete(const struct page *page, const json_t *line, struct buf *formula)
{
    size_t i;
    json_t *term;
    json_array_foreach(json_object_get(line, "terms"), i, term)
    {
        const struct part part = part_of(page, term);
        buf_adds(formula, i ? "," : "AND(");
        add_given(&part, formula);
    }
    buf_addc(formula, ')');
}

/* A cell as a number; words are none. */
static void add_number(const struct part *part, bool presence, struct buf *formula)
{
    if (presence)
        buf_addf(formula, part->truth ? "(%s<>\"\")" : "ISNUMBER(%s)", part->value);
    else if (part->truth)
        buf_addf(formula, "(%s=\"%s\")", part->value, truths[0]);
    else
        buf_addf(formula, "N(%s)", part->value);
}

/* One side of a formula: N(F7)*1+N(F8)*1 */
static void add_side(const struct page *page, const json_t *line, const char *side, struct buf *formula)
{
    size_t i;
    json_t *term;
    bool first = true;
    json_array_foreach(json_object_get(line, "terms"), i, term)
    {
        if (strcmp(said(term, "side"), side) != 0)
            continue;
        const struct part part = part_of(page, term);
        buf_adds(formula, first ? "" : "+");
        add_number(&part, json_is_true(json_object_get(term, "presence")), formula);
        buf_addf(formula, "*%s", said(term, "coefficient"));
        first = false;
    }
    if (first)
        buf_adds(formula, "0");
}

/* What the service will compute: nothing as long as a part is missing, and rounded alike. */
static void make_formula(const struct page *page, const json_t *line, struct buf *formula)
{
    buf_auto_t over = {0}, under = {0};
    add_side(page, line, "numerator", &over);
    add_side(page, line, "denominator", &under);
    buf_adds(formula, "=IF(");
    add_complete(page, line, formula);
    if (json_is_true(json_object_get(line, "ratio")))
        buf_addf(formula, ",IF((%s)=0,\"\",ROUND(%.15g*(%s)/(%s),%d)),\"\")", under.text,
                 json_number_value(json_object_get(line, "scale")), over.text, under.text,
                 (int)json_integer_value(json_object_get(line, "decimals")));
    else
        buf_addf(formula, ",ROUND(%s,%d),\"\")", over.text,
                 (int)json_integer_value(json_object_get(line, "decimals")));
}

static void write_formula(const struct page *page, const json_t *line, int row)
{
    buf_auto_t formula = {0};
    make_formula(page, line, &formula);
    const char *value = said(line, "value");
    if (value)
        worksheet_write_formula_num(page->sheet, (lxw_row_t)(row - 1), VALUE - 1, formula.text,
                                    page->computed, strtod(value, NULL));
    else
        worksheet_write_formula_str(page->sheet, (lxw_row_t)(row - 1), VALUE - 1, formula.text,
                                    page->computed, "");
}

static void offer(const struct page *page, int row, int column, const char **choices)
{
    lxw_data_validation list = {.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (char **)choices};
    worksheet_data_validation_cell(page->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(column - 1), &list);
}

static const char *reason_said(const json_t *line)
{
    static const char *const codes[] = {"not_available", "not_collected", "not_applicable", "confidential"};
    const char *code = said(line, "missing_reason");
    for (size_t i = 0; code && i < COUNT(codes); i++)
        if (strcmp(code, codes[i]) == 0)
            return reasons[i];
    return NULL;
}

/* A figure, or what is met or not, of now or of before. */
static void write_figure(struct spot at, const json_t *line, const char *member, lxw_format *format)
{
    const char *value = said(line, member);
    if (is_truth(line) && value)
        book_write_text(at, truths[strcmp(value, "1") != 0], format);
    else
        book_write_number(at, value, format);
}

static void write_entry(const struct page *page, const json_t *line, int row)
{
    bool pair = strcmp(said(line, "entry"), "pair") == 0;
    if (pair)
        book_write_number(spot(page, row, VALUE), NULL, page->fixed);
    else
        write_figure(spot(page, row, VALUE), line, "value", page->open);
    book_write_number(spot(page, row, NUMERATOR), pair ? said(line, "numerator") : NULL,
                      pair ? page->open : page->fixed);
    book_write_number(spot(page, row, DENOMINATOR), pair ? said(line, "denominator") : NULL,
                      pair ? page->open : page->fixed);
    book_write_text(spot(page, row, MISSING), reason_said(line), page->words);
    book_write_text(spot(page, row, NOTE), said(line, "note"), page->words);
    offer(page, row, MISSING, reasons);
    if (is_truth(line))
        offer(page, row, VALUE, truths);
}

static int lines_of(const json_t *line, const char *member, int column)
{
    const char *text = said(line, member);
    return text ? book_lines(text, columns[column].width) : 1;
}

static void make_room(const struct page *page, const json_t *line, int row)
{
    int lines = lines_of(line, "name", NAME), target = lines_of(line, "target", TARGET),
        note = lines_of(line, "note", NOTE);
    lines = target > lines ? target : lines;
    book_set_lines(page->sheet, row, note > lines ? note : lines);
}

static void write_line(const struct page *page, const json_t *line, int row)
{
    book_write_text(spot(page, row, CODE), is_computed(line) ? NULL : said(line, "code"), page->fixed);
    book_write_text(spot(page, row, NAME), said(line, "name"), page->fixed);
    book_write_text(spot(page, row, UNIT), said(line, "unit_of_measure"), page->fixed);
    book_write_text(spot(page, row, TARGET), said(line, "target"), page->fixed);
    write_figure(spot(page, row, BEFORE), line, "before", page->fixed);
    make_room(page, line, row);
    for (int c = NUMERATOR; is_computed(line) && c < COLUMNS; c++)
        book_write_text(spot(page, row, c), NULL, page->fixed);
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
    book_fit_page(page.sheet, HEADING_ROW - 1);
    return book_close(&book, out);
}
