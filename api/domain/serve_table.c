/* serve_table.c: the rows of a query as a table, in a file that is then sent. */
#include "domain/serve_table.h"
#include "base/scratch.h"
#include "db/rows_json.h"
#include "db/stream.h"
#include "domain/serve_query.h"
#include "http/format.h"
#include "http/page.h"
#include "http/params.h"
#include "sheet/export.h"
#include <errno.h>
#include <string.h>

enum { NUMBER_SIZE = 24, DATE_SIZE = 12, NAME_SIZE = 66 /* of PostgreSQL, with commas */ };
#define EVERY_ROW "2147483646"             /* as a limit, to which queries add one */
static const time_t VIETNAM = 7 * 60 * 60; /* its clock, in seconds east, all year */

long table_rows_max = EXPORT_ROWS_MAX;

/* A table under way.  Where dimensions stand in columns (`_width` of them), the rows of the query are its
 * cells, gathered until a row is whole; the first row tells the headings. */
struct table {
    const struct request *rq;
    struct problem *problem;
    bool whole; /* all rows were asked for */
    FILE *file;
    struct export *export;
    struct export_column columns[EXPORT_COLUMNS_MAX];
    int number[EXPORT_COLUMNS_MAX], count; /* of each column in the rows */
    struct buf texts, next;
    size_t at[EXPORT_COLUMNS_MAX]; /* of each column's text in texts; NOTHING_THERE: null */
    int width, gathered;           /* columns across, 0: none; cells of this row so far */
    int value;                     /* number of the column with the figure */
    struct buf headings;
    size_t heading_at[EXPORT_COLUMNS_MAX];
};

#define NOTHING_THERE ((size_t)-1)

const char *table_heading(const char *member)
{
    static const char *const headings[][2] = {
#define HEADING(member, vietnamese) {#member, vietnamese},
#include "domain/list_headings.def"
#undef HEADING
    };
    for (size_t i = 0; i < COUNT(headings); i++)
        if (strcmp(headings[i][0], member) == 0)
            return headings[i][1];
    return member;
}

/* Programs read names; people who did not ask for English, Vietnamese. */
static bool is_for_people(const struct request *rq)
{
    return rq->format == FORMAT_CSV_VI || (rq->format == FORMAT_XLSX && rq->language == VI);
}

static enum export_kind kind_of(enum format format)
{
    if (format == FORMAT_XLSX)
        return EXPORT_XLSX;
    return format == FORMAT_CSV_VI ? EXPORT_CSV_VI : EXPORT_CSV;
}

static enum export_type type_of(enum rows_type type)
{
    static const enum export_type types[] = {
        [ROWS_TEXT] = EXPORT_TEXT,       [ROWS_INTEGER] = EXPORT_INTEGER, [ROWS_NUMBER] = EXPORT_NUMBER,
        [ROWS_BOOLEAN] = EXPORT_BOOLEAN, [ROWS_DATE] = EXPORT_DATE,       [ROWS_MOMENT] = EXPORT_MOMENT,
        [ROWS_JSON] = EXPORT_JSON,
    };
    return types[type];
}

static bool fail(struct table *table)
{
    y_log_message(Y_LOG_LEVEL_ERROR, "a table cannot be written to %s: %s", scratch_folder(),
                  strerror(errno));
    return problem_set(table->problem, PROBLEM_internal, NULL);
}

/* What was written of a try before is given up. */
static void release(struct table *table)
{
    if (table->export && !export_close(table->export))
        y_log_message(Y_LOG_LEVEL_DEBUG, "a table was given up");
    if (table->file)
        fclose(table->file);
    table->export = NULL;
    table->file = NULL;
}

/* ",unit,unit_name,": the columns that stand beside those across; NULL: all do. */
static bool is_beside(const char *beside, const char *name)
{
    char wanted[NAME_SIZE];
    snprintf(wanted, sizeof wanted, ",%s,", name);
    return name[0] != '_' && (!beside || strstr(beside, wanted));
}

/* The rows that tell headings are gone when the table is opened. */
static void add_heading(struct table *table, int column, const char *heading)
{
    table->heading_at[column] = table->headings.len;
    buf_adds(&table->headings, heading ? heading : "");
    buf_addc(&table->headings, '\0');
}

static bool open_export(struct table *table, int columns)
{
    if (table->headings.broken)
        return false;
    for (int i = 0; i < columns; i++)
        table->columns[i].heading = table->headings.text + table->heading_at[i];
    table->export = export_open(kind_of(table->rq->format), table->file, table->columns, columns);
    return table->export;
}

static void add_column(struct table *table, const PGresult *rows, int number)
{
    const char *name = PQfname(rows, number);
    add_heading(table, table->count, is_for_people(table->rq) ? table_heading(name) : name);
    table->number[table->count] = number;
    table->columns[table->count++].type = type_of(rows_type(rows, number));
}

static bool begin(const PGresult *rows, void *data)
{
    struct table *table = data;
    const char *width = PQntuples(rows) ? rows_told(rows, 0, "_width") : NULL;
    const char *beside = width ? rows_told(rows, 0, "_beside") : NULL;
    release(table);
    table->count = table->gathered = 0;
    table->width = width ? (int)strtol(width, NULL, 10) : 0;
    table->value = PQfnumber(rows, "value");
    table->headings.len = 0;
    for (int i = 0; i < PQnfields(rows) && table->count < EXPORT_COLUMNS_MAX - table->width; i++)
        if (is_beside(beside, PQfname(rows, i)))
            add_column(table, rows, i);
    table->file = scratch_open();
    bool good = table->file && (table->width > 0 || open_export(table, table->count));
    return good || fail(table);
}

static void add_cell(const PGresult *row, int number, size_t *at, struct table *table)
{
    *at = PQgetisnull(row, 0, number) ? NOTHING_THERE : table->texts.len;
    rows_text(&table->texts, row, 0, number);
    buf_addc(&table->texts, '\0');
}

static void begin_row(const PGresult *row, struct table *table)
{
    table->texts.len = 0;
    for (int i = 0; i < table->count; i++)
        add_cell(row, table->number[i], &table->at[i], table);
}

static bool write_row(struct table *table, int columns)
{
    const char *values[EXPORT_COLUMNS_MAX];
    for (int i = 0; i < columns; i++)
        values[i] = table->at[i] == NOTHING_THERE ? NULL : table->texts.text + table->at[i];
    return !table->texts.broken && export_row(table->export, values);
}

/* Across ---------------------------------------------------------------------------------------------- */

/* A page could begin and end within a line, with cells of the next one in its place, and cells are what is
 * counted: such tables come whole. */
static bool is_whole_where_across(const struct request *rq, struct problem *problem)
{
    static const char *const pages[] = {"count", "cursor", "limit"};
    int across = param_position("columns", rq->route->params);
    if (across < 0 || !rq->param[across])
        return true;
    json_auto_t *faults = json_array();
    for (size_t i = 0; i < COUNT(pages); i++)
        if (rq->param[param_position(pages[i], rq->route->params)])
            fault_add(faults, fault_new("parameter", pages[i], "not-with-columns", NULL));
    return json_array_size(faults) == 0
           || problem_set_faults(problem, PROBLEM_invalid_parameters, give(&faults));
}

static bool end_row(struct table *table)
{
    int columns = table->count + table->width;
    table->gathered = 0;
    return (table->export || open_export(table, columns)) && write_row(table, columns);
}

/* The first row tells what stands above its cells. */
static void add_column_across(const PGresult *row, int column, struct table *table)
{
    add_heading(table, column, rows_told(row, 0, is_for_people(table->rq) ? "_column_name" : "_column"));
    table->columns[column].type = EXPORT_NUMBER;
}

static bool gather(const PGresult *row, struct table *table)
{
    if (table->gathered == 0)
        begin_row(row, table);
    int column = table->count + table->gathered;
    if (!table->export)
        add_column_across(row, column, table);
    add_cell(row, table->value, &table->at[column], table);
    return ++table->gathered < table->width || end_row(table);
}

static bool take(const PGresult *row, void *data)
{
    struct table *table = data;
    const char *next = rows_next(row);
    table->next.len = 0;
    if (next)
        buf_adds(&table->next, next);
    if (table->width > 0)
        return gather(row, table) || fail(table);
    begin_row(row, table);
    return write_row(table, table->count) || fail(table);
}

/* "period_list-2022-12-14.csv" */
static char *name_of(const struct request *rq)
{
    char day[DATE_SIZE] = "", *name = NULL;
    time_t now = time(NULL) + VIETNAM;
    struct tm parts;
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&now, &parts));
    const char *suffix = rq->format == FORMAT_XLSX ? "xlsx" : "csv";
    return asprintf(&name, "%s-%s.%s", rq->route->operation, day, suffix) < 0 ? NULL : name;
}

static bool finish(struct table *table, struct reply *rp)
{
    if (table->whole && table->next.len > 0) /* the last row says that more follow */
        return problem_set(table->problem, PROBLEM_list_too_large, json_pack("{s:I}", "max", table_rows_max));
    struct export *export = give(&table->export);
    if (!export_close(export))
        return fail(table);
    buf_auto_t cursor = {0};
    if (table->next.len > 0)
        page_write_next(table->rq, table->next.text, &cursor, &rp->link);
    rp->status = 200;
    rp->type = format_type(table->rq->format);
    rp->filename = name_of(table->rq);
    rp->file = give(&table->file);
    return true;
}

bool serve_table(const struct request *rq, struct db_call *call, struct reply *rp, struct problem *problem)
{
    if (!is_whole_where_across(rq, problem))
        return false;
    char most[NUMBER_SIZE];
    const char **limit = &call->arg[call->args - 1];
    struct table table = {.rq = rq, .problem = problem, .whole = !*limit};
    const struct db_sink sink = {begin, take, &table};
    snprintf(most, sizeof most, "%ld", table_rows_max);
    if (table.whole)
        *limit = most;
    bool good = db_stream(call, &sink, problem) && finish(&table, rp);
    release(&table);
    buf_release(&table.texts);
    buf_release(&table.next);
    buf_release(&table.headings);
    return good;
}

static bool begin_counting(const PGresult *rows, void *total)
{
    (void)rows;
    *(long *)total = 0;
    return true;
}

static bool count_row(const PGresult *row, void *total)
{
    (void)row;
    ++*(long *)total;
    return true;
}

bool serve_count(const struct request *rq, const struct db_call *call, struct reply *rp,
                 struct problem *problem)
{
    int at = param_position("count", rq->route->params);
    if (at < 0 || !rq->param[at] || strcmp(rq->param[at], "exact") != 0)
        return true;
    struct db_call all = *call;
    all.arg[all.args - 2] = NULL; /* no cursor */
    all.arg[all.args - 1] = EVERY_ROW;
    const struct db_sink sink = {begin_counting, count_row, &rp->total};
    rp->counted = db_stream(&all, &sink, problem);
    return rp->counted;
}
