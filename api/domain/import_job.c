/* import_job.c: files that are taken in after they were answered. */
#include "domain/import_job.h"
#include "base/log.h"
#include "base/signing.h"
#include "db/rows_json.h"
#include "domain/serve_query.h"
#include <sodium.h>
#include <yder.h>

enum { ID_SIZE = 24, LEAVE_TRIES = 3 };

static size_t async_bytes = 1024 * 1024;
static unsigned most_waiting = 10;

void import_job_configure(size_t bytes, unsigned most)
{
    async_bytes = bytes;
    most_waiting = most;
}

size_t import_async_bytes(void)
{
    return async_bytes;
}

/* Accepting ------------------------------------------------------------------------------------------- */

PGresult *import_job_queue(const struct request *rq, const struct import *import, struct problem *problem)
{
    char ticket[TOKEN_SIZE], hash[HEX_SIZE], sealed[SEALED_SIZE], most[ID_SIZE];
    struct db_call call = call_of(rq, SQL_import_queue);
    secret_make_token(ticket);
    secret_hash_text(ticket, hash);
    signing_seal(ticket, sealed);
    sodium_memzero(ticket, sizeof ticket);
    snprintf(most, sizeof most, "%u", most_waiting);
    import_add_terms(import, &call);
    call.arg[call.args++] = hash;
    call.arg[call.args++] = sealed;
    call.arg[call.args++] = most;
    return db_run(&call, problem);
}

/* The work -------------------------------------------------------------------------------------------- */

struct job {
    char import[ID_SIZE]; /* "": there is none */
    unsigned char ticket_hash[TOKEN_HASH_BYTES];
};

/* What the ticket opens. */
static struct db_call call_for(const struct job *job, enum sql_id sql)
{
    return (struct db_call){
        .sql = sql, .writes = true, .token_hash = job->ticket_hash, .ticket_for = job->import};
}

/* What anybody may call who knows the ticket. */
static struct db_call call_about(const struct job *job, enum sql_id sql, char hash[HEX_SIZE])
{
    secret_write_bytea(job->ticket_hash, hash);
    return (struct db_call){.sql = sql, .writes = true, .arg = {hash, job->import}, .args = 2};
}

static bool open_ticket(struct job *job, const char *sealed)
{
    char ticket[SECRET_SIZE];
    if (!signing_open(sealed, ticket))
        return false;
    secret_hash_token(ticket, job->ticket_hash);
    sodium_memzero(ticket, sizeof ticket);
    return true;
}

/* A job whose ticket another key has sealed is nobody's: three such attempts end it. */
static bool take(struct job *job)
{
    problem_auto_t problem = {0};
    const struct db_call call = {.sql = SQL_import_job_take, .writes = true};
    pgresult_auto_t *rows = db_run(&call, &problem);
    const char *import = rows ? rows_told(rows, 0, "import_id") : NULL;
    if (!import)
        return false;
    snprintf(job->import, sizeof job->import, "%s", import);
    if (open_ticket(job, rows_told(rows, 0, "sealed")))
        return true;
    y_log_message(Y_LOG_LEVEL_ERROR, "import %s: its ticket was sealed with another key", import);
    return false;
}

static bool refuse(const struct job *job, const json_t *faults, struct problem *problem)
{
    str_auto_t *text = json_dumps(faults, JSON_COMPACT);
    struct db_call call = call_for(job, SQL_import_job_refuse);
    call.arg[call.args++] = job->import;
    call.arg[call.args++] = text;
    pgresult_auto_t *rows = text ? db_run(&call, problem) : NULL;
    return rows || problem_set(problem, PROBLEM_internal, NULL);
}

static bool carry_out(const struct job *job, struct problem *problem)
{
    import_source_auto_t source = {0};
    char sha256[IMPORT_HEX_SIZE];
    struct db_call start = call_for(job, SQL_import_job_start), finish = call_for(job, SQL_import_job_finish);
    if (!import_source_find(&start, job->import, &source, problem))
        return false;
    json_auto_t *faults = json_array();
    const struct sheet_file file = import_source_file(&source);
    const struct import_terms terms = import_source_terms(&source, sha256);
    struct import import = import_of(&file, &terms, faults);
    start.arg[start.args++] = job->import;
    pgresult_auto_t *rows = import_load(&import, &start, &finish, problem);
    if (rows)
        return true;
    bool all_read = problem->kind == PROBLEM_none && !db_interrupted();
    if (all_read && json_array_size(faults) > 0)
        return refuse(job, faults, problem);
    return problem_set(problem, PROBLEM_internal, NULL);
}

/* As app.import_job keeps it. */
static char *problem_kept(const struct problem *problem)
{
    json_auto_t *kept =
        json_pack("{s:s, s:O*, s:O*, s:O*}", "code", problem_text(problem->kind)->slug, "params",
                  problem->params, "errors", problem->errors, "members", problem->members);
    return json_dumps(kept, JSON_COMPACT);
}

/* Say why it is not done; NULL: the service is about to stop.  What cannot be said now the next one sees:
 * nobody works on it any more. */
static void leave(const struct job *job, const struct problem *why)
{
    char hash[HEX_SIZE];
    str_auto_t *kept = why ? problem_kept(why) : NULL;
    struct db_call call = call_about(job, SQL_import_job_leave, hash);
    call.arg[call.args++] = kept;
    call.arg[call.args++] = why && problem_text(why->kind)->retryable ? "t" : "f";
    bool good = false;
    for (int tries = 0; tries < LEAVE_TRIES && !good; tries++) {
        problem_auto_t problem = {0};
        pgresult_auto_t *rows = db_run(&call, &problem);
        good = rows != NULL;
    }
}

/* problem: why it was left; NULL: it was not. */
static void log_job(const struct job *job, const char *became, const struct problem *problem)
{
    buf_auto_t line = {0};
    buf_addf(&line, "\"operation\":\"import_job\",\"import\":%s,\"became\":\"%s\"", job->import, became);
    if (problem)
        buf_addf(&line, ",\"problem\":\"%s\"", problem_text(problem->kind)->slug);
    log_event(problem ? Y_LOG_LEVEL_WARNING : Y_LOG_LEVEL_INFO, &line);
}

bool import_job_work(struct db_interrupt *interrupt)
{
    struct job job = {0};
    problem_auto_t problem = {0};
    if (!take(&job))
        return false;
    db_interruptible(interrupt);
    bool done = carry_out(&job, &problem), broken_off = !done && db_interrupted();
    db_interruptible(NULL);
    const struct problem *why = done || broken_off ? NULL : &problem;
    if (!done)
        leave(&job, why);
    log_job(&job, done ? "done" : broken_off ? "queued" : "left", why);
    return true;
}
