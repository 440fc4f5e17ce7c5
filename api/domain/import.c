/* import.c: files of figures. */
#include "domain/import_file.h"
#include "domain/import_job.h"
#include "domain/import_runner.h"
#include "domain/operations.h"
#include "domain/serve_query.h"
#include "http/body.h"
#include "http/header.h"
#include "sheet/annotate.h"
#include <string.h>

enum { JSON_MAX = 8 * 1024 * 1024, ROWS_MAX = 100000, NOTE_MAX = 4000, RETRY_SECONDS = 2 };
#define ASYNC "respond-async" /* RFC 7240 */

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

static const char *param(const struct request *rq, int which, const char *usual)
{
    return rq->param[which] ? rq->param[which] : usual;
}

static bool prefers_async(const struct request *rq)
{
    return header_prefers(request_header(rq, "Prefer"), ASYNC);
}

static bool has_shape(const struct import *import, struct problem *problem)
{
    if (!import_is_json(import))
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

static PGresult *load(const struct request *rq, struct import *import, struct problem *problem)
{
    struct db_call start = call_of(rq, SQL_import_start), finish = call_of(rq, SQL_import_create);
    import_add_terms(import, &start);
    return import_load(import, &start, &finish, problem);
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

/* Why a job failed: what the request would have been answered. */
static void explain_failure(json_t *answer, enum language language)
{
    const json_t *kept = json_object_get(answer, "problem");
    const char *code = json_string_value(json_object_get(kept, "code"));
    enum problem_kind kind = code ? problem_of_slug(code) : PROBLEM_none;
    if (!json_is_object(kept))
        return;
    problem_auto_t problem = {kind ? kind : PROBLEM_internal, part(answer, "problem", "params"),
                              part(answer, "problem", "errors"), part(answer, "problem", "members")};
    const char *instance = json_string_value(json_object_get(kept, "instance"));
    buf_auto_t document = {0};
    problem_write(&document, &problem, language, instance ? instance : "");
    json_object_set_new(answer, "problem", json_loads(document.text ? document.text : "{}", 0, NULL));
}

static bool tell(const struct request *rq, struct reply *rp, struct problem *problem)
{
    json_auto_t *answer = rp->body.text ? json_loadb(rp->body.text, rp->body.len, 0, NULL) : NULL;
    const char *outcome = json_string_value(json_object_get(answer, "outcome"));
    if (!answer)
        return problem_set(problem, PROBLEM_internal, NULL);
    if (outcome && strcmp(outcome, "rejected") == 0 && strcmp(rq->route->method, "POST") == 0)
        return refuse(answer, problem);
    faults_describe(json_object_get(answer, "errors"), rq->language);
    explain_failure(answer, rq->language);
    str_auto_t *text = json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(15));
    buf_release(&rp->body);
    buf_adds(&rp->body, text ? text : "");
    return true;
}

/* A client that asked for an answer before the work is done, or a file that takes long. */
static bool wants_job(const struct request *rq, const struct import *import)
{
    return prefers_async(rq) || import->file.length > import_async_bytes();
}

/* It may be an answer given before, by the other way. */
static void promise(const struct request *rq, struct reply *rp)
{
    if (rp->status != 202)
        return;
    rp->retry_after = RETRY_SECONDS;
    rp->applied = prefers_async(rq) ? ASYNC : NULL;
    import_runner_wake();
}

/* Take the file in, or leave it to a job, and answer. */
static bool take_in(struct request *rq, struct import *import, struct reply *rp, struct problem *problem)
{
    pgresult_auto_t *rows =
        wants_job(rq, import) ? import_job_queue(rq, import, problem) : load(rq, import, problem);
    if (rows) {
        bool good = serve_rows(rq, rows, rp, problem) && tell(rq, rp, problem);
        promise(rq, rp);
        return good;
    }
    if (json_array_size(import->faults) > 0)
        problem_set_faults(problem, PROBLEM_invalid_content, json_incref(import->faults));
    return problem_set(problem, PROBLEM_internal, NULL);
}

bool import_create(struct request *rq, struct reply *rp, struct problem *problem)
{
    char sha256[HEX_SIZE];
    json_auto_t *faults = json_array();
    const struct sheet_file file = {rq->raw->binary_body ? rq->raw->binary_body : "",
                                    rq->raw->binary_body_length};
    secret_write_bytea(rq->body_sha256, sha256);
    const struct import_terms terms = {.media_type = rq->media_type,
                                       .locale = rq->param[LOCALE],
                                       .mode = param(rq, MODE, "atomic"),
                                       .on_existing = param(rq, ON_EXISTING, "update"),
                                       .dry_run = param(rq, DRY_RUN, "false"),
                                       .unit = rq->param[FOR_UNIT],
                                       .period = rq->param[FOR_PERIOD],
                                       .sha256 = sha256,
                                       .separator = rq->param[SEPARATOR],
                                       .sheet = rq->param[SHEET]};
    struct import import = import_of(&file, &terms, faults);
    return has_shape(&import, problem) && take_in(rq, &import, rp, problem);
}

bool import_get(struct request *rq, struct reply *rp, struct problem *problem)
{
    return serve_query(rq, rp, problem) && tell(rq, rp, problem);
}

/* A file that was sent before ------------------------------------------------------------------------- */

static bool find_source(const struct request *rq, struct import_source *source, struct problem *problem)
{
    const struct db_call asks = call_of(rq, SQL_import_source);
    return import_source_find(&asks, rq->path_value[0], source, problem);
}

const struct member import_commit_body[] = {
    {"plan", STRING, REQUIRED, .min_length = 64, .max_length = 64},
    {0},
};

/* Is it the plan that the caller saw? */
static bool is_planned(const struct request *rq, const struct import_source *source, struct problem *problem)
{
    const char *plan = import_source_told(source, "plan"), *outcome = import_source_told(source, "outcome");
    const char *seen = json_string_value(json_object_get(rq->json, "plan"));
    if (json_array_size(rq->faults) > 0)
        return problem_set_faults(problem, PROBLEM_invalid_content, json_incref(rq->faults));
    if (plan && outcome && strcmp(outcome, "planned") == 0 && strcmp(plan, seen) == 0)
        return true;
    return problem_set(problem, PROBLEM_plan_outdated, NULL);
}

bool import_commit(struct request *rq, struct reply *rp, struct problem *problem)
{
    import_source_auto_t source = {0};
    char sha256[IMPORT_HEX_SIZE];
    if (!find_source(rq, &source, problem) || !is_planned(rq, &source, problem))
        return false;
    json_auto_t *faults = json_array();
    const struct sheet_file file = import_source_file(&source);
    struct import_terms terms = import_source_terms(&source, sha256);
    terms.plan_id = rq->path_value[0];
    struct import import = import_of(&file, &terms, faults);
    return take_in(rq, &import, rp, problem);
}

/* Rows of JSON have no cells; a file that could not be read has no plan, nor one that is still waiting. */
static bool has_cells(const struct import_source *source)
{
    return import_source_told(source, "plan")
           && strcmp(import_source_told(source, "media_type"), "application/json") != 0;
}

bool import_annotate(struct request *rq, struct reply *rp, struct problem *problem)
{
    static const char *const headings[] = {[EN] = "What is wrong", [VI] = "Chỗ cần sửa"};
    import_source_auto_t source = {0};
    if (!find_source(rq, &source, problem))
        return false;
    if (!has_cells(&source))
        return problem_set(problem, PROBLEM_not_found, NULL);
    json_auto_t *faults = json_loads(import_source_told(&source, "faults"), 0, NULL);
    faults_describe(faults, rq->language);
    const struct sheet_file file = import_source_file(&source);
    if (!annotate(&file, faults, headings[rq->language], &rp->body))
        return problem_set(problem, PROBLEM_internal, NULL);
    rp->status = 200;
    rp->type = MEDIA_XLSX;
    return true;
}
