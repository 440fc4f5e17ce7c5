/* serve_query.c: from a request to its query and back. */
#include "domain/serve_query.h"
#include "db/rows_json.h"
#include "domain/operations.h"
#include "domain/receipt.h"
#include "domain/serve_table.h"
#include "http/header.h"
#include "http/page.h"
#include <assert.h>
#include <string.h>

/* The scope a token needs, as session_open() knows it; NULL: none, not even a token. */
static const char *const scopes[ACCESS_COUNT] = {
    [SIGNED_IN] = "",        [DATA_READ] = "data:read",         [DATA_WRITE] = "data:write",
    [WORKFLOW] = "workflow", [CATALOG_WRITE] = "catalog:write", [ACCOUNTS] = "accounts:write",
};

void request_append(struct request *rq, const char *argument)
{
    assert(rq->extras < EXTRAS_MAX);
    rq->extra[rq->extras++] = argument;
}

struct db_call call_of(const struct request *rq, enum sql_id sql)
{
    return (struct db_call){
        .sql = sql,
        .writes = route_writes(rq->route),
        .lags = !route_writes(rq->route),
        .token_hash = rq->has_token ? rq->token_hash : NULL,
        .scope = scopes[rq->route->access],
        .request_id = rq->id,
        .receipt_for = route_takes_body(rq->route) && route_writes(rq->route) ? rq->route->operation : NULL,
        .key = rq->idempotency_key,
        .fingerprint = rq->fingerprint,
        .body_sha256 = rq->body_sha256,
    };
}

static void add_argument(struct db_call *call, const char *value)
{
    assert(call->args < DB_ARGS_MAX);
    call->arg[call->args++] = value;
}

/* Every placeholder is one value. */
static void add_path_values(const struct request *rq, struct db_call *call)
{
    const char *placeholder = rq->route->path;
    for (int i = 0; (placeholder = strchr(placeholder, '{')); i++, placeholder++)
        add_argument(call, rq->path_value[i]);
}

static void add_arguments(const struct request *rq, const char *faults, struct db_call *call)
{
    add_path_values(rq, call);
    for (int i = 0; rq->route->params[i]; i++)
        if (strcmp(rq->route->params[i], "format") != 0 && strcmp(rq->route->params[i], "count") != 0)
            add_argument(call, rq->param[i]);
    if (rq->route->flags & IF_MATCH)
        add_argument(call, rq->if_match);
    if (rq->route->flags & CONDITIONAL)
        add_argument(call, request_header(rq, "If-None-Match"));
    if (rq->route->body) {
        add_argument(call, rq->body);
        add_argument(call, faults);
    }
    for (int i = 0; i < rq->extras; i++)
        add_argument(call, rq->extra[i]);
}

static void keep(char *to, size_t size, const char *told)
{
    if (told)
        snprintf(to, size, "%s", told);
}

static void write_list(const struct request *rq, const PGresult *rows, struct reply *rp)
{
    buf_auto_t cursor = {0};
    const char *position = rows_next(rows);
    if (position)
        page_write_next(rq, position, &cursor, &rp->link);
    rows_json_list(&rp->body, rows, cursor.text);
}

static void write_rows(const struct request *rq, const PGresult *rows, struct reply *rp)
{
    const char *whole = PQntuples(rows) ? rows_told(rows, 0, "_body") : NULL;
    if (whole)
        buf_adds(&rp->body, whole);
    else if (rq->route->shape == LIST)
        write_list(rq, rows, rp);
    else if (rq->route->shape == ONE)
        rows_json_object(&rp->body, rows, 0);
}

/* What the first row says to the server. */
static void heed(const PGresult *rows, struct reply *rp)
{
    const char *status = rows_told(rows, 0, "_status");
    if (status)
        rp->status = (int)strtol(status, NULL, 10);
    keep(rp->etag, sizeof rp->etag, rows_told(rows, 0, "_etag"));
    rp->replayed = rows_told(rows, 0, "_replayed");
    keep(rp->sealed, sizeof rp->sealed, rows_told(rows, 0, "_sealed"));
    keep(rp->location, sizeof rp->location, rows_told(rows, 0, "_location"));
}

/* Has the caller of a GET this very version (RFC 9110, 13.1.2)? */
static bool is_known(const struct request *rq, const struct reply *rp)
{
    const char *known = request_header(rq, "If-None-Match");
    return rp->status == 304
           || (known && rp->etag[0] && strcmp(rq->route->method, "GET") == 0
               && header_names_etag(known, rp->etag));
}

bool serve_rows(const struct request *rq, const PGresult *rows, struct reply *rp, struct problem *problem)
{
    if (PQntuples(rows) == 0 && rq->route->shape != LIST)
        return problem_set(problem, PROBLEM_not_found, NULL);
    rp->status = rq->route->shape == NOTHING ? 204 : 200;
    if (PQntuples(rows) > 0)
        heed(rows, rp);
    if (is_known(rq, rp)) {
        rp->status = 304;
        return true;
    }
    write_rows(rq, rows, rp);
    if (PQntuples(rows) > 0)
        receipt_add(rq, rows, rp);
    return true;
}

bool serve_query(struct request *rq, struct reply *rp, struct problem *problem)
{
    assert(rq->route->query != NO_QUERY);
    str_auto_t *faults = rq->faults ? json_dumps(rq->faults, JSON_COMPACT) : NULL;
    struct db_call call = call_of(rq, (enum sql_id)rq->route->query);
    add_arguments(rq, faults, &call);
    if (!serve_count(rq, &call, rp, problem))
        return false;
    if (rq->format != FORMAT_JSON)
        return serve_table(rq, &call, rp, problem);
    pgresult_auto_t *rows = db_run(&call, problem);
    return rows && serve_rows(rq, rows, rp, problem);
}
