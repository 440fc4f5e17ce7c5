/* import_file.c: a file of figures on its way into the database. */
#include "domain/import_file.h"
#include "db/rows_json.h"
#include "http/body.h"

enum { FILE_ARGUMENT = 8 }; /* of import_start and import_queue */

static const char *locale_name(enum number_locale locale)
{
    return locale == NUMBER_VI ? "vi" : locale == NUMBER_EN ? "en" : "";
}

static char separator_named(const char *name)
{
    return !name ? '\0' : name[0] == 'c' ? ',' : name[0] == 's' ? ';' : '\t';
}

struct import import_of(const struct sheet_file *file, const struct import_terms *terms, json_t *faults)
{
    struct import import = {.terms = *terms, .file = *file, .faults = faults};
    import.file.separator = separator_named(terms->separator);
    import.file.sheet = terms->sheet;
    return import;
}

bool import_is_json(const struct import *import)
{
    return strcmp(import->terms.media_type, "application/json") == 0;
}

/* Reading the file ------------------------------------------------------------------------------------ */

/* Is it what it was sent as?  What cannot be read at all sheet_read() names better. */
static bool is_as_declared(const struct import *import)
{
    enum sheet_kind kind = sheet_kind_of(import->file.bytes, import->file.length);
    bool as_text = strcmp(import->terms.media_type, MEDIA_CSV) == 0;
    if ((kind != SHEET_TEXT && kind != SHEET_XLSX) || (kind == SHEET_TEXT) == as_text)
        return true;
    return sheet_add_fault(import->faults, "file-of-another-type",
                           json_pack("{s:s}", "declared", import->terms.media_type));
}

static bool has_heading(const struct import *import)
{
    if (import->rows.headed)
        return true;
    return sheet_add_fault(import->faults, "no-heading",
                           json_pack("{s:s, s:s}", "indicator", import_field_name(INDICATOR), "value",
                                     import_field_name(VALUE)));
}

/* {"unit": 1, "value": 4}: which column a field stands in. */
static void tell_columns(struct import *import)
{
    json_auto_t *columns = json_object();
    for (enum import_field f = UNIT; f < FIELD_COUNT; f++)
        if (import->rows.column_of[f])
            json_object_set_new(columns, import_field_name(f), json_integer(import->rows.column_of[f]));
    str_auto_t *text = json_dumps(columns, JSON_COMPACT);
    snprintf(import->columns, sizeof import->columns, "%s", text ? text : "{}");
}

static enum number_locale locale_declared(const struct import *import)
{
    return import_locale_named(import->terms.locale ? import->terms.locale : "");
}

/* The rows of a sheet go to the database as they are read; those of JSON are unpacked there. */
static bool send_rows(struct db_copy *to, void *data)
{
    struct import *import = data;
    if (import_is_json(import))
        return true;
    import->rows =
        (struct import_rows){.locale = locale_declared(import), .to = to, .faults = import->faults};
    const struct sheet_sink sink = {import_rows_take, &import->rows};
    bool good =
        is_as_declared(import) && sheet_read(&import->file, &sink, import->faults) && has_heading(import);
    tell_columns(import);
    snprintf(import->locale, sizeof import->locale, "%s", locale_name(import->rows.locale));
    return good && json_array_size(import->faults) == 0;
}

/* Into the database ----------------------------------------------------------------------------------- */

static void add_args(struct db_call *call, const char *const *values, int count)
{
    memcpy(call->arg + call->args, values, (size_t)count * sizeof *values);
    call->args += count;
}

void import_add_terms(const struct import *import, struct db_call *call)
{
    const struct import_terms *terms = &import->terms;
    const char *const kept[] = {terms->media_type,  terms->locale, terms->mode,      terms->on_existing,
                                terms->dry_run,     terms->unit,   terms->period,    terms->plan_id,
                                import->file.bytes, terms->sha256, terms->separator, terms->sheet};
    add_args(call, kept, COUNT(kept));
    call->bytes[FILE_ARGUMENT] = (int)import->file.length;
}

PGresult *import_load(struct import *import, struct db_call *start, struct db_call *finish,
                      struct problem *problem)
{
    const char *const told[] = {NULL, import_is_json(import) ? NULL : import->columns, import->rows.unit,
                                import->rows.period, import->locale};
    add_args(finish, told, COUNT(told));
    return db_load(&(struct db_load){start, import_copy, send_rows, import, finish}, problem);
}

/* A file that was kept -------------------------------------------------------------------------------- */

void import_source_release(struct import_source *source)
{
    PQclear(source->rows);
}

const char *import_source_told(const struct import_source *source, const char *column)
{
    return rows_told(source->rows, 0, column);
}

bool import_source_find(const struct db_call *asks, const char *id, struct import_source *source,
                        struct problem *problem)
{
    struct db_call call = *asks;
    call.sql = SQL_import_source;
    call.arg[call.args++] = id;
    call.writes = false;
    call.raw = true;
    call.receipt_for = NULL;
    source->rows = db_run(&call, problem);
    if (!source->rows)
        return false;
    if (PQntuples(source->rows) == 0)
        return problem_set(problem, PROBLEM_not_found, NULL);
    return true;
}

struct sheet_file import_source_file(const struct import_source *source)
{
    int file = PQfnumber(source->rows, "file");
    return (struct sheet_file){.bytes = PQgetvalue(source->rows, 0, file),
                               .length = (size_t)PQgetlength(source->rows, 0, file),
                               .sheet = import_source_told(source, "sheet"),
                               .separator = separator_named(import_source_told(source, "separator"))};
}

struct import_terms import_source_terms(const struct import_source *source, char sha256[IMPORT_HEX_SIZE])
{
    snprintf(sha256, IMPORT_HEX_SIZE, "\\x%s", import_source_told(source, "file_sha256"));
    return (struct import_terms){
        .media_type = import_source_told(source, "media_type"),
        .locale = import_source_told(source, "locale"),
        .mode = import_source_told(source, "mode"),
        .on_existing = import_source_told(source, "on_existing"),
        .dry_run = "false",
        .unit = import_source_told(source, "unit"),
        .period = import_source_told(source, "period"),
        .sha256 = sha256,
        .separator = import_source_told(source, "separator"),
        .sheet = import_source_told(source, "sheet"),
    };
}
