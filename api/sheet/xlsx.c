/* xlsx.c: one sheet of a workbook, as a stream. */
#include "sheet/xlsx.h"
#include "sheet/decimal.h"
#include "sheet/merges.h"
#include "sheet/strings.h"
#include "sheet/styles.h"
#include "sheet/workbook.h"
#include <stdio.h>
#include <string.h>

enum {
    VALUE_MAX = 7 * (SHEET_TEXT_MAX + 1), /* bytes of a cell, each character escaped as _x0041_ */
    EXCEL_ROWS = 1048576,
};

struct xlsx {
    struct package package;
    struct workbook workbook;
    struct strings strings;
    struct styles styles;
    struct merges merges;
    struct row row;
    struct cell cell; /* the one being read */
    char type[12];    /* s, str, inlineStr, b, e, d, n */
    enum format format;
    struct buf value; /* as stored */
    bool in_data;     /* between <sheetData> and its end */
    bool in_value;    /* in what holds the value of a cell of its type */
    int phonetic;     /* how deep in hints of how to pronounce */
};

static bool refuse(struct xlsx *xlsx, const char *why)
{
    return package_refuse(&xlsx->package, "damaged-workbook",
                          json_pack("{s:s, s:s}", "part", xlsx->workbook.sheet, "why", why));
}

/* Row and cell say where they are, or else follow the one before. */
static void start_row(struct xlsx *xlsx, const char **attributes)
{
    const char *number = xml_attribute(attributes, "r");
    long row = number ? strtol(number, NULL, 10) : xlsx->row.number;
    if (row < xlsx->row.number || row > EXCEL_ROWS || xlsx->row.count)
        refuse(xlsx, "rows");
    else
        xlsx->row.number = (int)row;
    xlsx->cell.column = 0;
}

static void start_cell(struct xlsx *xlsx, const char **attributes)
{
    const char *place = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t");
    int row = xlsx->row.number, column = xlsx->cell.column + 1;
    bool placed = !place || sheet_cell_place(place, &row, &column);
    if (!placed || row != xlsx->row.number || column <= xlsx->cell.column)
        refuse(xlsx, "cells");
    xlsx->cell = (struct cell){.row = row, .column = column};
    xlsx->format = styles_format(&xlsx->styles, xml_attribute(attributes, "s"));
    snprintf(xlsx->type, sizeof xlsx->type, "%s", type ? type : "n");
    xlsx->value.len = 0;
}

/* Has this element the value of the cell? */
static bool holds_value(const struct xlsx *xlsx, const char *name)
{
    bool in_line = strcmp(xlsx->type, "inlineStr") == 0;
    return strcmp(name, in_line ? "t" : "v") == 0 && !xlsx->phonetic;
}

static void on_start(void *state, const char *name, const char **attributes)
{
    struct xlsx *xlsx = state;
    if (strcmp(name, "sheetData") == 0)
        xlsx->in_data = true;
    if (!xlsx->in_data)
        return;
    if (strcmp(name, "c") == 0)
        start_cell(xlsx, attributes);
    else if (strcmp(name, "row") == 0)
        start_row(xlsx, attributes);
    else if (strcmp(name, "f") == 0)
        xlsx->cell.formula = true;
    else if (strcmp(name, "rPh") == 0)
        xlsx->phonetic++;
    xlsx->in_value = holds_value(xlsx, name);
}

static void on_text(void *state, const char *text, int length)
{
    struct xlsx *xlsx = state;
    if (xlsx->in_value)
        buf_add(&xlsx->value, text, (size_t)length);
}

/* Give the row the cell with this text. */
static void add(struct xlsx *xlsx, enum cell_kind kind, const char *text)
{
    xlsx->cell.kind = kind;
    xlsx->cell.text = text;
    if (!row_add(&xlsx->row, &xlsx->cell, strlen(text))) {
        xlsx->package.failed = true;
        package_stop(&xlsx->package);
    }
}

static void add_fault(struct xlsx *xlsx, const char *text, const char *code)
{
    xlsx->cell.text = text;
    row_fault(&xlsx->row, &xlsx->cell, code, NULL);
}

static void add_number(struct xlsx *xlsx, const char *stored)
{
    char decimal[DECIMAL_SIZE], date[DATE_SIZE];
    xlsx->cell.percent = xlsx->format == FORMAT_PERCENT;
    if (!decimal_read(stored, xlsx->cell.percent ? 2 : 0, decimal))
        add_fault(xlsx, stored, "unreadable-cell");
    else if (xlsx->format != FORMAT_DATE)
        add(xlsx, CELL_NUMBER, decimal);
    else if (decimal_date(decimal, xlsx->workbook.since_1904, date))
        add(xlsx, CELL_DATE, date);
    else
        add_fault(xlsx, decimal, "no-such-date");
}

static void add_shared(struct xlsx *xlsx, const char *index)
{
    const char *text = strings_text(&xlsx->strings, index);
    if (!text)
        add_fault(xlsx, index, "unreadable-cell");
    else if (*text)
        add(xlsx, CELL_TEXT, text);
}

static void add_typed(struct xlsx *xlsx, const char *text)
{
    char date[DATE_SIZE];
    if (strcmp(xlsx->type, "s") == 0)
        add_shared(xlsx, text);
    else if (strcmp(xlsx->type, "str") == 0 || strcmp(xlsx->type, "inlineStr") == 0)
        add(xlsx, CELL_TEXT, text);
    else if (strcmp(xlsx->type, "b") == 0)
        add(xlsx, CELL_BOOLEAN, xml_is_true(text) ? "true" : "false");
    else if (strcmp(xlsx->type, "e") == 0)
        add(xlsx, CELL_ERROR, text);
    else if (strcmp(xlsx->type, "d") != 0)
        add_number(xlsx, text);
    else if (decimal_iso_date(text, date))
        add(xlsx, CELL_DATE, date);
    else
        add_fault(xlsx, text, "no-such-date");
}

static void end_cell(struct xlsx *xlsx)
{
    struct buf *value = &xlsx->value;
    if (value->broken) {
        refuse(xlsx, "cells");
        return;
    }
    if (value->len) {
        value->len = strings_unescape(value->text, value->len);
        value->text[value->len] = '\0';
        add_typed(xlsx, value->text);
    } else if (xlsx->cell.formula && strcmp(xlsx->type, "str") != 0) {
        add(xlsx, CELL_BLANK, "");
    }
}

/* A row that the sink or a fault has ended is the last. */
static void end_row(struct xlsx *xlsx)
{
    if (!merges_cover(&xlsx->merges, &xlsx->row))
        refuse(xlsx, "merged areas");
    else if (!row_end(&xlsx->row))
        package_stop(&xlsx->package);
}

static void on_end(void *state, const char *name)
{
    struct xlsx *xlsx = state;
    xlsx->in_value = false;
    if (!xlsx->in_data)
        return;
    if (strcmp(name, "c") == 0)
        end_cell(xlsx);
    else if (strcmp(name, "row") == 0)
        end_row(xlsx);
    else if (strcmp(name, "rPh") == 0)
        xlsx->phonetic--;
    else if (strcmp(name, "sheetData") == 0)
        xlsx->in_data = false;
}

static void on_merge(void *state, const char *name, const char **attributes)
{
    struct xlsx *xlsx = state;
    const char *area = strcmp(name, "mergeCell") == 0 ? xml_attribute(attributes, "ref") : NULL;
    if (area && !merges_add(&xlsx->merges, area))
        refuse(xlsx, "merged areas");
}

/* The areas stand behind the cells, whose rows need them: so a sheet that has some is read twice. */
static bool read_merges(struct xlsx *xlsx)
{
    const char *part = xlsx->workbook.sheet;
    struct xml_reader reader = {on_merge, .state = xlsx};
    if (!package_mentions(&xlsx->package, part, "mergeCell"))
        return true;
    zip_uint64_t before = xlsx->package.unpacked;
    bool good = package_parse(&xlsx->package, part, &reader);
    xlsx->package.unpacked = before;
    merges_sort(&xlsx->merges);
    return good;
}

static bool read_all(struct xlsx *xlsx, const struct sheet_file *file)
{
    struct workbook *workbook = &xlsx->workbook;
    struct package *package = &xlsx->package;
    struct xml_reader cells = {on_start, on_end, on_text, .state = xlsx};
    return workbook_read(workbook, package, file->sheet)
           && (!workbook->texts[0] || strings_read(&xlsx->strings, package, workbook->texts))
           && (!workbook->styles[0] || styles_read(&xlsx->styles, package, workbook->styles))
           && read_merges(xlsx) && package_parse(package, workbook->sheet, &cells);
}

bool xlsx_read(const struct sheet_file *file, const struct sheet_sink *sink, json_t *faults)
{
    struct xlsx *xlsx = calloc(1, sizeof *xlsx);
    if (!xlsx)
        return sheet_add_fault(faults, "row-too-long", NULL);
    row_init(&xlsx->row, sink, faults);
    xlsx->value.max = VALUE_MAX;
    bool good = package_open(&xlsx->package, file, faults) && read_all(xlsx, file) && row_is_good(&xlsx->row);
    merges_release(&xlsx->merges);
    styles_release(&xlsx->styles);
    strings_release(&xlsx->strings);
    workbook_release(&xlsx->workbook);
    package_release(&xlsx->package);
    row_release(&xlsx->row);
    buf_release(&xlsx->value);
    free(xlsx);
    return good;
}
