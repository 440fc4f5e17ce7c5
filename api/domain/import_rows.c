/* import_rows.c: from the rows of a sheet to those of the staging table. */
#include "domain/import_rows.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

const char import_copy[] =
    "copy pg_temp.import_row (n, unit, period, indicator, value, numerator, denominator, missing_reason,"
    " status, note, clear, percent, truth, said, fault, fault_field) from stdin";

static const struct {
    enum import_field field;
    const char *heading;
} headings[] = {
#define HEADING(field, heading) {field, heading},
#include "domain/import_headings.def"
#undef HEADING
};

const char *import_field_name(enum import_field field)
{
    for (size_t i = 0; i < COUNT(headings); i++)
        if (headings[i].field == field)
            return headings[i].heading;
    return "";
}

enum number_locale import_locale_named(const char *name)
{
    return strcmp(name, "vi") == 0 ? NUMBER_VI : strcmp(name, "en") == 0 ? NUMBER_EN : NUMBER_UNDECLARED;
}

/* The text without the blanks around it. */
static const char *trimmed(const char *text, size_t *length)
{
    while (isspace((unsigned char)*text))
        text++;
    *length = strlen(text);
    while (*length > 0 && isspace((unsigned char)text[*length - 1]))
        --*length;
    return text;
}

static bool says(const char *text, const char *word)
{
    size_t length;
    text = trimmed(text, &length);
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

static enum import_field field_headed(const struct cell *cell)
{
    for (size_t i = 0; cell->kind == CELL_TEXT && i < COUNT(headings); i++)
        if (says(cell->text, headings[i].heading))
            return headings[i].field;
    return NO_FIELD;
}

/* Marker --------------------------------------------------------------------------------------------- */

static void take_marked(const char *text, const char *name, char to[MARKED_SIZE])
{
    const char *found = strstr(text, name);
    if (found)
        snprintf(to, MARKED_SIZE, "%.*s", (int)strcspn(found + strlen(name), " "), found + strlen(name));
}

static void take_marker(struct import_rows *rows, const struct cell *cells, int count)
{
    for (int i = 0; i < count; i++) {
        if (strncmp(cells[i].text, SHEET_MARKER, strlen(SHEET_MARKER)) != 0)
            continue;
        char locale[MARKED_SIZE] = "";
        take_marked(cells[i].text, " unit=", rows->unit);
        take_marked(cells[i].text, " period=", rows->period);
        take_marked(cells[i].text, " locale=", locale);
        if (rows->locale == NUMBER_UNDECLARED)
            rows->locale = import_locale_named(locale);
    }
}

/* Heading -------------------------------------------------------------------------------------------- */

static bool is_heading(const struct cell *cells, int count)
{
    bool has[FIELD_COUNT] = {false};
    for (int i = 0; i < count; i++)
        has[field_headed(&cells[i])] = true;
    return has[INDICATOR] && (has[VALUE] || (has[NUMERATOR] && has[DENOMINATOR]) || has[MISSING_REASON]);
}

static void take_heading(struct import_rows *rows, const struct cell *cells, int count)
{
    rows->headed = true;
    for (int i = 0; i < count; i++) {
        enum import_field field = field_headed(&cells[i]);
        if (field == NO_FIELD)
            continue;
        if (rows->column_of[field])
            sheet_add_cell_fault(rows->faults, &cells[i], "repeated-heading",
                                 json_pack("{s:s}", "field", import_field_name(field)));
        rows->column_of[field] = cells[i].column;
        rows->field_of[cells[i].column] = field;
    }
}

/* Figures -------------------------------------------------------------------------------------------- */

struct figure {
    char text[NUMBER_SIZE]; /* exact decimal; "": none */
    const char *reason;     /* why it is missing; NULL: it is not */
    const char *truth;      /* "t", "f"; NULL: the text means neither */
    const char *fault;      /* code; NULL: none */
    bool percent;
};

static const char *truth_of(const char *text)
{
    static const char *const yes[] = {"có", "đạt", "true", "yes", "Có", "Đạt", "1"},
                             *const no[] = {"không", "chưa", "chưa đạt", "không đạt", "false", "no",
                                            "Không", "Chưa", "Chưa đạt", "Không đạt", "0"};
    for (size_t i = 0; i < COUNT(yes); i++)
        if (says(text, yes[i]))
            return "t";
    for (size_t i = 0; i < COUNT(no); i++)
        if (says(text, no[i]))
            return "f";
    return NULL;
}

static void read_text(const struct cell *cell, enum number_locale locale, struct figure *f)
{
    struct number number = number_read(cell->text, locale);
    f->truth = truth_of(cell->text);
    f->percent = number.percent;
    f->reason = number.kind == NUMBER_MISSING ? number.reason : NULL;
    f->fault = number.kind == NUMBER_FAULT ? number.code : NULL;
    if (number.kind == NUMBER_VALUE)
        memcpy(f->text, number.text, sizeof f->text);
}

/* A cell as a figure; NULL: there is none. */
static struct figure read_figure(const struct cell *cell, enum number_locale locale)
{
    struct figure f = {0};
    if (!cell)
        return f;
    switch (cell->kind) {
    case CELL_TEXT: read_text(cell, locale, &f); break;
    case CELL_NUMBER: read_text(cell, NUMBER_EN, &f); break;
    case CELL_BOOLEAN:
        f.truth = cell->text[0] == 't' ? "t" : "f";
        f.fault = "unreadable-number";
        break;
    case CELL_DATE: f.fault = "date-for-figure"; break;
    case CELL_ERROR: f.fault = "cell-error"; break;
    case CELL_BLANK: f.fault = "formula-without-value"; break;
    case CELL_COVERED: break;
    }
    f.percent |= cell->percent;
    return f;
}

/* "13/19" is 13 of 19. */
static bool read_pair(const struct cell *cell, struct figure *numerator, struct figure *denominator)
{
    char over[NUMBER_SIZE], under[NUMBER_SIZE];
    int end = 0;
    if (!cell || cell->kind != CELL_TEXT
        || sscanf(cell->text, " %15[0-9] / %15[0-9] %n", over, under, &end) != 2 || cell->text[end])
        return false;
    memcpy(numerator->text, over, sizeof over);
    memcpy(denominator->text, under, sizeof under);
    return true;
}

/* Rows ----------------------------------------------------------------------------------------------- */

struct row {
    int n;
    const struct cell *cell[FIELD_COUNT];
    struct figure figure[DENOMINATOR + 1];
    char period[MARKED_SIZE];
};

static void collect(const struct import_rows *rows, const struct cell *cells, int count, struct row *row)
{
    for (int i = 0; i < count; i++)
        if (cells[i].kind != CELL_COVERED)
            row->cell[rows->field_of[cells[i].column]] = &cells[i];
    row->n = cells[0].row;
}

/* Is it only a title, or a total for the eye? */
static bool is_aside(const struct row *row)
{
    if (row->cell[INDICATOR])
        return false;
    for (enum import_field f = VALUE; f <= MISSING_REASON; f++)
        if (row->cell[f] && !row->cell[f]->formula && row->cell[f]->kind != CELL_BLANK)
            return false;
    return true;
}

static void read_figures(const struct import_rows *rows, struct row *row)
{
    struct figure *value = &row->figure[VALUE];
    for (enum import_field f = VALUE; f <= DENOMINATOR; f++)
        row->figure[f] = read_figure(row->cell[f], rows->locale);
    if (!row->cell[NUMERATOR] && !row->cell[DENOMINATOR]
        && read_pair(row->cell[VALUE], &row->figure[NUMERATOR], &row->figure[DENOMINATOR]))
        *value = (struct figure){0};
}

static const char *text_in(const struct row *row, enum import_field field)
{
    const struct cell *cell = row->cell[field];
    return cell && cell->text[0] ? cell->text : NULL;
}

/* A spreadsheet turns 2022-03 into the first day of that month, which no period is otherwise written as. */
static const char *period_in(struct row *row)
{
    const struct cell *cell = row->cell[PERIOD];
    if (!cell || cell->kind != CELL_DATE || strlen(cell->text) != 10 || strcmp(cell->text + 8, "01") != 0)
        return text_in(row, PERIOD);
    snprintf(row->period, sizeof row->period, "%.7s", cell->text);
    return row->period;
}

static const char *some(const char *text)
{
    return text[0] ? text : NULL;
}

/* The figure whose fault is told: the first. */
static enum import_field faulty_field(const struct row *row)
{
    for (enum import_field f = VALUE; f <= DENOMINATOR; f++)
        if (row->figure[f].fault)
            return f;
    return NO_FIELD;
}

static bool send_row(const struct import_rows *rows, struct row *row)
{
    buf_auto_t line = {0};
    const struct figure *value = &row->figure[VALUE];
    enum import_field faulty = faulty_field(row);
    const char *reason = text_in(row, MISSING_REASON);
    const char *const values[] = {text_in(row, UNIT),
                                  period_in(row),
                                  text_in(row, INDICATOR),
                                  some(value->text),
                                  some(row->figure[NUMERATOR].text),
                                  some(row->figure[DENOMINATOR].text),
                                  reason ? reason : value->reason,
                                  text_in(row, STATUS),
                                  text_in(row, NOTE),
                                  "f",
                                  value->percent ? "t" : "f",
                                  value->truth,
                                  text_in(row, faulty ? faulty : VALUE),
                                  faulty ? row->figure[faulty].fault : NULL,
                                  faulty ? import_field_name(faulty) : NULL};
    buf_addf(&line, "%d", row->n);
    for (size_t i = 0; i < COUNT(values); i++)
        db_copy_value(&line, values[i]);
    buf_addc(&line, '\n');
    return db_copy_line(rows->to, &line);
}

bool import_rows_take(const struct cell *cells, int count, void *data)
{
    struct import_rows *rows = data;
    if (!rows->headed) {
        take_marker(rows, cells, count);
        if (is_heading(cells, count))
            take_heading(rows, cells, count);
        return true;
    }
    struct row row = {0};
    collect(rows, cells, count, &row);
    row.cell[NO_FIELD] = NULL;
    if (is_aside(&row))
        return true;
    read_figures(rows, &row);
    return send_row(rows, &row);
}
