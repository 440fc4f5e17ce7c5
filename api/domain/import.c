/* import.c: files of figures. */
#include "db/load.h"
#include "db/rows_json.h"
#include "domain/import_rows.h"
#include "domain/operations.h"
#include "domain/serve_query.h"
#include "http/body.h"
#include "sheet/annotate.h"
#include <string.h>

enum { FILE_ARGUMENT = 8 }; /* of import_start */
enum { JSON_MAX = 8 * 1024 * 1024, ROWS_MAX = 100000, COLUMNS_SIZE = 400, NOTE_MAX = 4000 };

/* The parameters, in the order of routes.def. */
enum { MODE, DRY_RUN, ON_EXISTING, LOCALE, FOR_UNIT, FOR_PERIOD, SEPARATOR, SHEET };

static const struct member row_sent[] = {
    {"unit", STRING, .min_length = 1, .max_length = 200},
    {"period", STRING, .min_length = 1, .max_length = 64},
    {"indicator", STRING, REQUIRED, .min_length = 1, .max_length = 300},
    {"value", STRING | DECIMAL | BOOLEAN | NULLABLE, .max_length = 64},
    {"numerator", STRING | DECIMAL | NULLABLE, .max_length = 64},
    {"denominator", STRING | DECIMAL | NULLABLE, .max_length = 64},
    {"missing_reason", STRING | NULLABLE, .max_length = 64},
    {"status", STRING, .max_length = 64},
    {"note", STRING | NULLABLE, LINES, .max_length = NOTE_MAX},
    {0},
};

static const struct member rows_sent[] = {
    {"rows", ARRAY, REQUIRED, .min_length = 1, .max_length = ROWS_MAX,
     .items = EACH(OBJECT, .members = row_sent)},
    {0},
};

/* How a file is to be taken in: the arguments of import_start. */
struct terms {
    const char *locale, *mode, *on_existing, *dry_run, *unit, *period, *plan_id, *sha256;
};

/* A file on its way into the database. */
struct import {
    struct sheet_file file; /* borrowed */
    const char *media_type;
    enum number_locale declared;
    struct import_rows rows;
    char locale[8]; /* by which it was read */
    json_t *faults; /* borrowed; for which it cannot be read */
    char columns[COLUMNS_SIZE];
    struct terms terms;
};

static const char *param(const struct request *rq, int which, const char *usual)
{
    return rq->param[which] ? rq->param[which] : usual;
}

static const char *locale_name(enum number_locale locale)
{
    return locale == NUMBER_VI ? "vi" : locale == NUMBER_EN ? "en" : "";
}

static char separator_named(const char *name)
{
    return name[0] == 'c' ? ',' : name[0] == 's' ? ';' : name[0] == 't' ? '\t' : '\0';
}

static bool is_json(const struct import *import)
{
    return strcmp(import->media_type, "application/json") == 0;
}

/* Reading the file ------------------------------------------------------------------------------------ */

/* Is it what it was sent as?  What cannot be read at all sheet_read() names better. */
static bool is_as_declared(const struct import *import)
{
    enum sheet_kind kind = sheet_kind_of(import->file.bytes, import->file.length);
    bool as_text = strcmp(import->media_type, MEDIA_CSV) == 0;
    if ((kind != SHEET_TEXT && kind != SHEET_XLSX) || (kind == SHEET_TEXT) == as_text)
        return true;
    return sheet_add_fault(import->faults, "file-of-another-type",
                           json_pack("{s:s}", "declared", import->media_type));
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

/* The rows of a sheet go to the database as they are read; those of JSON are unpacked there. */
static bool send_rows(struct db_copy *to, void *data)
{
    struct import *import = data;
    if (is_json(import))
        return true;
    import->rows = (struct import_rows){.locale = import->declared, .to = to, .faults = import->faults};
    const struct sheet_sink sink = {import_rows_take, &import->rows};
    bool good =
        is_as_declared(import) && sheet_read(&import->file, &sink, import->faults) && has_heading(import);
    tell_columns(import);
    snprintf(import->locale, sizeof import->locale, "%s", locale_name(import->rows.locale));
    return good && json_array_size(import->faults) == 0;
}

static bool has_shape(const struct import *import, struct problem *problem)
{
    if (!is_json(import))
        return true;
    if (import->file.length > JSON_MAX)
        return problem_set(problem, PROBLEM_content_too_large, json_pack("{s:i}", "max_bytes", JSON_MAX));
    json_auto_t *body = body_parse(import->file.bytes, import->file.length, problem);
    json_auto_t *faults = json_array();
    if (!body)
        return false;
    shape_check(body, rows_sent, faults);
    return json_array_size(faults) == 0
           || problem_set_faults(problem, PROBLEM_invalid_content, give(&faults));
}

/* Into the database ----------------------------------------------------------------------------------- */

static void set_args(struct db_call *call, const char *const *values, int count)
{
    memcpy(call->arg, values, (size_t)count * sizeof *values);
    call->args = count;
}

static PGresult *load(const struct request *rq, struct import *import, struct problem *problem)
{
    const struct terms *terms = &import->terms;
    struct db_call start = call_of(rq, SQL_import_start), finish = call_of(rq, SQL_import_create);
    const char *const kept[] = {
        import->media_type, terms->locale,  terms->mode,
        terms->on_existing, terms->dry_run, terms->unit,
        terms->period,      terms->plan_id, terms->plan_id ? NULL : import->file.bytes,
        terms->sha256};
    const char *const told[] = {NULL, is_json(import) ? NULL : import->columns, import->rows.unit,
                                import->rows.period, import->locale};
    set_args(&start, kept, COUNT(kept));
    start.bytes[FILE_ARGUMENT] = terms->plan_id ? 0 : (int)import->file.length;
    set_args(&finish, told, COUNT(told));
    return db_load(&(struct db_load){&start, import_copy, send_rows, import, &finish}, problem);
}

/* Answering ------------------------------------------------------------------------------------------- */

static json_t *part(const json_t *answer, const char *member, const char *of)
{
    return json_incref(json_object_get(json_object_get(answer, member), of));
}

/* Nothing was kept but the file and what is wrong with it. */
static bool refuse(json_t *answer, struct problem *problem)
{
    json_t *errors = json_incref(json_object_get(answer, "errors"));
    json_object_del(answer, "errors");
    problem_set_faults(problem, PROBLEM_import_rejected, errors);
    problem->params =
        json_pack("{s:o, s:o, s:O}", "faulty", part(answer, "rows", "faulty"), "read",
                  part(answer, "rows", "read"), "total", json_object_get(answer, "errors_total"));
    problem->members = json_pack("{s:O}", "import", answer);
    return false;
}

static bool tell(const struct request *rq, struct reply *rp, struct problem *problem)
{
    json_auto_t *answer = rp->body.text ? json_loadb(rp->body.text, rp->body.len, 0, NULL) : NULL;
    const char *outcome = json_string_value(json_object_get(answer, "outcome"));
    if (!outcome)
        return problem_set(problem, PROBLEM_internal, NULL);
    if (strcmp(outcome, "rejected") == 0 && strcmp(rq->route->method, "POST") == 0)
        return refuse(answer, problem);
    faults_describe(json_object_get(answer, "errors"), rq->language);
    str_auto_t *text = json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(15));
    buf_release(&rp->body);
    buf_adds(&rp->body, text ? text : "");
    return true;
}

/* Take the file in and answer. */
static bool take_in(struct request *rq, struct import *import, struct reply *rp, struct problem *problem)
{
    pgresult_auto_t *rows = load(rq, import, problem);
    if (rows)
        return serve_rows(rq, rows, rp, problem) && tell(rq, rp, problem);
    if (json_array_size(import->faults) > 0)
        problem_set_faults(problem, PROBLEM_invalid_content, json_incref(import->faults));
    return problem_set(problem, PROBLEM_internal, NULL);
}

bool import_create(struct request *rq, struct reply *rp, struct problem *problem)
{
    char sha256[HEX_SIZE];
    json_auto_t *faults = json_array();
    struct import import = {
        .file = {rq->raw->binary_body ? rq->raw->binary_body : "", rq->raw->binary_body_length,
                 rq->param[SHEET], separator_named(param(rq, SEPARATOR, ""))},
        .media_type = rq->media_type,
        .declared = import_locale_named(param(rq, LOCALE, "")),
        .faults = faults,
    };
    if (!has_shape(&import, problem))
        return false;
    secret_write_bytea(rq->body_sha256, sha256);
    import.terms = (struct terms){rq->param[LOCALE],
                                  param(rq, MODE, "atomic"),
                                  param(rq, ON_EXISTING, "update"),
                                  param(rq, DRY_RUN, "false"),
                                  rq->param[FOR_UNIT],
                                  rq->param[FOR_PERIOD],
                                  NULL,
                                  sha256};
    return take_in(rq, &import, rp, problem);
}

bool import_get(struct request *rq, struct reply *rp, struct problem *problem)
{
    return serve_query(rq, rp, problem) && tell(rq, rp, problem);
}

/* A file that was sent before ------------------------------------------------------------------------- */

struct source {
    PGresult *rows;       /* owned; of import_source */
    unsigned char *bytes; /* owned */
    size_t length;
};

static void source_release(struct source *source)
{
    PQclear(source->rows);
    free(source->bytes);
}
#define source_auto_t __attribute__((cleanup(source_release))) struct source

static const char *told(const struct source *source, const char *column)
{
    return rows_told(source->rows, 0, column);
}

static bool join_pieces(struct source *source)
{
    source->bytes = malloc(strtoul(told(source, "length"), NULL, 10) + 1);
    for (int i = 0; source->bytes && i < PQntuples(source->rows); i++) {
        size_t length;
        unsigned char *piece =
            PQunescapeBytea((const unsigned char *)rows_told(source->rows, i, "piece"), &length);
        if (!piece)
            return false;
        memcpy(source->bytes + source->length, piece, length);
        source->length += length;
        PQfreemem(piece);
    }
    return source->bytes != NULL;
}

static bool find_source(const struct request *rq, struct source *source, struct problem *problem)
{
    struct db_call call = call_of(rq, SQL_import_source);
    call.arg[call.args++] = rq->path_value[0];
    call.writes = false;
    call.receipt_for = NULL;
    source->rows = db_run(&call, problem);
    if (!source->rows)
        return false;
    if (PQntuples(source->rows) == 0)
        return problem_set(problem, PROBLEM_not_found, NULL);
    return join_pieces(source) || problem_set(problem, PROBLEM_internal, NULL);
}

const struct member import_commit_body[] = {
    {"plan", STRING, REQUIRED, .min_length = 64, .max_length = 64},
    {0},
};

/* Is it the plan that the caller saw? */
static bool is_planned(const struct request *rq, const struct source *source, struct problem *problem)
{
    const char *plan = told(source, "plan"), *seen = json_string_value(json_object_get(rq->json, "plan"));
    if (json_array_size(rq->faults) > 0)
        return problem_set_faults(problem, PROBLEM_invalid_content, json_incref(rq->faults));
    if (strcmp(told(source, "outcome"), "planned") == 0 && plan && strcmp(plan, seen) == 0)
        return true;
    return problem_set(problem, PROBLEM_plan_outdated, NULL);
}

bool import_commit(struct request *rq, struct reply *rp, struct problem *problem)
{
    source_auto_t source = {0};
    char sha256[HEX_SIZE] = "\\x";
    if (!find_source(rq, &source, problem) || !is_planned(rq, &source, problem))
        return false;
    json_auto_t *faults = json_array();
    struct import import = {
        .file = {.bytes = (const char *)source.bytes, .length = source.length},
        .media_type = told(&source, "media_type"),
        .declared = import_locale_named(told(&source, "locale") ? told(&source, "locale") : ""),
        .faults = faults,
    };
    snprintf(sha256 + 2, sizeof sha256 - 2, "%s", told(&source, "file_sha256"));
    import.terms = (struct terms){told(&source, "locale"),
                                  told(&source, "mode"),
                                  told(&source, "on_existing"),
                                  "false",
                                  told(&source, "unit"),
                                  told(&source, "period"),
                                  rq->path_value[0],
                                  sha256};
    return take_in(rq, &import, rp, problem);
}

bool import_annotate(struct request *rq, struct reply *rp, struct problem *problem)
{
    static const char *const headings[] = {[EN] = "What is wrong", [VI] = "Chỗ cần sửa"};
    source_auto_t source = {0};
    if (!find_source(rq, &source, problem))
        return false;
    if (strcmp(told(&source, "media_type"), "application/json") == 0)
        return problem_set(problem, PROBLEM_not_found, NULL);
    json_auto_t *faults = json_loads(told(&source, "faults"), 0, NULL);
    faults_describe(faults, rq->language);
    const struct sheet_file file = {.bytes = (const char *)source.bytes, .length = source.length};
    if (!annotate(&file, faults, headings[rq->language], &rp->body))
        return problem_set(problem, PROBLEM_internal, NULL);
    rp->status = 200;
    rp->type = MEDIA_XLSX;
    return true;
}
