/* row.c: gathers the cells of one row and hands them to the sink. */
#include "sheet/row.h"
#include <string.h>

enum { UTF8_MAX = 4, TEXTS_MAX = SHEET_COLUMNS_MAX * (SHEET_TEXT_MAX * UTF8_MAX + 1) };

void row_init(struct row *row, const struct sheet_sink *sink, json_t *faults)
{
    *row = (struct row){.sink = sink, .faults = faults, .number = 1, .texts.max = TEXTS_MAX};
}

void row_release(struct row *row)
{
    buf_release(&row->texts);
}

static bool end_with(struct row *row, const char *code, json_t *params)
{
    row->ended = true;
    return sheet_add_fault(row->faults, code, params);
}

static bool end_beyond(struct row *row, const char *code, int most)
{
    return end_with(row, code, json_pack("{s:i, s:i}", "max", most, "row", row->number));
}

void row_fault(struct row *row, const struct cell *cell, const char *code, json_t *params)
{
    row->faulty = true;
    sheet_add_cell_fault(row->faults, cell, code, params);
}

/* Keep the cell, whose text has just been put at the end of the texts. */
static bool keep(struct row *row, const struct cell *cell, size_t at)
{
    struct cell told = *cell;
    told.text = row->texts.text + at;
    long characters = text_length(told.text);
    if (characters < 0)
        return end_with(row, "not-utf-8-csv", json_pack("{s:I}", "line", (json_int_t)row->line));
    if (characters > SHEET_TEXT_MAX) {
        row_fault(row, &told, "cell-too-long", json_pack("{s:i}", "max", SHEET_TEXT_MAX));
        return true;
    }
    row->cells[row->count] = *cell;
    row->at[row->count++] = at;
    return true;
}

bool row_add(struct row *row, const struct cell *cell, size_t length)
{
    if (row->number > SHEET_ROWS_MAX)
        return end_beyond(row, "too-many-rows", SHEET_ROWS_MAX);
    if (cell->column > SHEET_COLUMNS_MAX || row->count == SHEET_COLUMNS_MAX)
        return end_beyond(row, "too-many-columns", SHEET_COLUMNS_MAX);
    size_t at = row->texts.len;
    buf_add(&row->texts, cell->text, length);
    buf_addc(&row->texts, '\0');
    if (row->texts.broken)
        return end_beyond(row, "row-too-long", TEXTS_MAX);
    return keep(row, cell, at);
}

void row_place_texts(struct row *row)
{
    for (int i = 0; i < row->count && !row->placed; i++)
        row->cells[i].text = row->texts.text + row->at[i];
    row->placed = true;
}

bool row_end(struct row *row)
{
    row_place_texts(row);
    if (row->count && !row->ended)
        row->ended = !row->sink->row(row->cells, row->count, row->sink->data);
    row->count = 0;
    row->placed = false;
    row->texts.len = 0;
    row->number++;
    return !row->ended;
}

bool row_is_good(const struct row *row)
{
    return !row->ended && !row->faulty;
}
