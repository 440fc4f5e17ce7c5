/* db.c: run one query of db/queries for one request, in one round trip. */
#include "db/db.h"
#include "db/link.h"
#include "db/pgerror.h"
#include "db/replay.h"
#include "db/standby.h"
#include <string.h>

enum { TRIES_MAX = 3, MESSAGE_KEPT = 1024 * 1024 /* bytes */ };

static bool queue_fresh(PGconn *pg, const struct db_call *call)
{
    const char *const values[] = {call->position, standby_seconds()};
    return PQsendQueryPrepared(pg, sql_queries[SQL_standby_fresh].name, 2, values, NULL, NULL, 0) == 1
           && PQsendFlushRequest(pg) == 1; /* it tells at once that it lives */
}

static bool queue_write(PGconn *pg, const struct db_call *call)
{
    const char *const values[] = {(const char *)call->token_hash,
                                  call->scope,
                                  call->request_id,
                                  call->receipt_for,
                                  call->key,
                                  (const char *)call->fingerprint,
                                  (const char *)call->body_sha256};
    const int lengths[] = {call->token_hash ? 32 : 0, 0, 0, 0, 0, 32, 32}, formats[] = {1, 0, 0, 0, 0, 1, 1};
    return PQsendQueryPrepared(pg, sql_queries[SQL_session_write].name, COUNT(values), values, lengths,
                               formats, 0)
           == 1;
}

static bool queue_ticket(PGconn *pg, const struct db_call *call)
{
    const char *const values[] = {(const char *)call->token_hash, call->ticket_for};
    const int lengths[] = {32, 0}, formats[] = {1, 0};
    return PQsendQueryPrepared(pg, sql_queries[SQL_session_ticket].name, 2, values, lengths, formats, 0) == 1;
}

bool link_queue_session(PGconn *pg, const struct db_call *call)
{
    if (call->lags && !queue_fresh(pg, call))
        return false;
    if (call->ticket_for)
        return queue_ticket(pg, call);
    if (call->receipt_for)
        return queue_write(pg, call);
    const char *const values[] = {(const char *)call->token_hash, call->scope, call->writes ? "t" : "f",
                                  call->request_id};
    const int lengths[] = {call->token_hash ? 32 : 0, 0, 0, 0}, formats[] = {1, 0, 0, 0};
    return PQsendQueryPrepared(pg, sql_queries[SQL_session_open].name, 4, values, lengths, formats, 0) == 1;
}

bool link_queue_query(PGconn *pg, const struct db_call *call)
{
    int formats[DB_ARGS_MAX];
    for (int i = 0; i < call->args; i++)
        formats[i] = call->bytes[i] > 0;
    return PQsendQueryPrepared(pg, sql_queries[call->sql].name, call->args, call->arg, call->bytes, formats,
                               call->raw)
           == 1;
}

/* What came: the first failure, the last rows, and the very first ones where they are wanted (NULL: not). */
struct heard {
    PGresult **first, **rows, **failed;
};

static void keep(PGresult **result, const struct heard *heard)
{
    PGresult **place = heard->rows;
    if (PQresultStatus(*result) != PGRES_TUPLES_OK && PQresultStatus(*result) != PGRES_COMMAND_OK)
        place = heard->failed;
    else if (heard->first && !*heard->first)
        place = heard->first;
    if (place == heard->failed && *place)
        return;
    PQclear(*place);
    *place = give(result);
}

/* Read up to the sync.  The sync is the commit, so an error may still come just before it. */
static bool collect(PGconn *pg, const struct db_call *call, const struct heard *heard)
{
    while (PQstatus(pg) == CONNECTION_OK) {
        pgresult_auto_t *r = NULL;
        if (!link_hear(pg, call, heard->first && !*heard->first ? LINK_FIRST_MS : LINK_ANSWER_MS, &r))
            return false;
        if (PQresultStatus(r) == PGRES_PIPELINE_SYNC)
            return true;
        bool separates = !r, follows_failure = PQresultStatus(r) == PGRES_PIPELINE_ABORTED;
        if (!separates && !follows_failure)
            keep(&r, heard);
    }
    return false;
}

static const char *position_in(const PGresult *rows)
{
    return rows && PQntuples(rows) == 1 ? PQgetvalue(rows, 0, 0) : NULL;
}

/* Behind the commit, in the same trip: where the log ends now. */
static bool queue_position(PGconn *pg)
{
    return PQsendQueryPrepared(pg, sql_queries[SQL_position_get].name, 0, NULL, NULL, NULL, 0) == 1
           && PQpipelineSync(pg) == 1;
}

static bool hear_position(PGconn *pg, const struct db_call *call)
{
    pgresult_auto_t *rows = NULL, *failed = NULL;
    bool heard = collect(pg, call, &(struct heard){NULL, &rows, &failed});
    standby_note(call, position_in(rows));
    return heard;
}

static bool ask_standby(PGconn *pg, const struct db_call *call, PGresult **rows, PGresult **failed)
{
    pgresult_auto_t *fresh = NULL;
    bool heard = PQpipelineSync(pg) && collect(pg, call, &(struct heard){&fresh, rows, failed});
    standby_note(call, position_in(fresh));
    return heard;
}

static bool ask_primary(PGconn *pg, const struct db_call *call, PGresult **rows, PGresult **failed)
{
    bool told = standby_is_set();
    return PQpipelineSync(pg) && (!told || queue_position(pg))
           && collect(pg, call, &(struct heard){NULL, rows, failed}) && (!told || hear_position(pg, call));
}

static bool round_trip(PGconn *pg, const struct db_call *call, PGresult **rows, PGresult **failed)
{
    return PQenterPipelineMode(pg) && link_queue_session(pg, call) && link_queue_query(pg, call)
           && (call->lags ? ask_standby : ask_primary)(pg, call, rows, failed) && PQexitPipelineMode(pg);
}

bool link_note_position(PGconn *pg, const struct db_call *call)
{
    if (!standby_is_set())
        return true;
    pgresult_auto_t *rows = PQexecPrepared(pg, sql_queries[SQL_position_get].name, 0, NULL, NULL, NULL, 0);
    standby_note(call, position_in(rows));
    return PQresultStatus(rows) == PGRES_TUPLES_OK;
}

enum outcome link_outcome_of(const PGresult *failed)
{
    if (replay_is_one(failed))
        return REPLAYED;
    return pgerror_is_collision(failed) ? COLLIDED : REFUSED;
}

static enum outcome attempt(const struct db_call *call, void *data, PGresult **rows, PGresult **failed)
{
    (void)data;
    PGconn *pg = link_connection(call);
    if (!pg)
        return UNREACHABLE;
    if (!round_trip(pg, call, rows, failed)) {
        link_close(call); /* answers are still under way: never use it again */
        return BROKEN;
    }
    if (call->lags && PQntuples(*rows) == 0)
        return REFUSED; /* it may have come since: the primary knows */
    return *failed ? link_outcome_of(*failed) : ANSWERED;
}

/* A write with a key counts once, however often it is sent. */
static bool may_repeat(const struct db_call *call, enum outcome outcome)
{
    bool counts_once = !call->writes || (call->receipt_for && call->key);
    return outcome == COLLIDED || (outcome == BROKEN && counts_once);
}

/* What an answer that never came means; doubtful: a write may have been committed. */
static bool tell(const PGresult *failed, bool doubtful, struct problem *problem)
{
    if (failed)
        return pgerror_to_problem(failed, problem);
    return problem_set(problem, doubtful ? PROBLEM_outcome_unknown : PROBLEM_unavailable, NULL);
}

/* A standby that was promoted keeps its connections; another host may be one now. */
static bool is_no_standby(const PGresult *failed)
{
    const char *sqlstate = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
    return sqlstate && strcmp(sqlstate, "TDR02") == 0;
}

/* From the standby, when it has what the caller has seen; NULL: whatever came in between, the primary knows.
 */
static PGresult *try_standby(const struct db_call *asked, try_fn *try, void *data, enum outcome *outcome)
{
    pgresult_auto_t *rows = NULL, *failed = NULL;
    struct db_call call = *asked;
    *outcome = REFUSED;
    if (!standby_suits(asked, call.position))
        return NULL;
    *outcome = try(&call, data, &rows, &failed);
    bool is_none = is_no_standby(failed);
    if (is_none)
        link_close(&call);
    if (is_none || *outcome == BROKEN || *outcome == UNREACHABLE)
        standby_rest();
    else
        standby_answered();
    return *outcome == ANSWERED ? give(&rows) : NULL;
}

static PGresult *try_primary(const struct db_call *call, try_fn *try, void *data, struct problem *problem)
{
    bool doubtful = false;
    for (int tries = 1;; tries++) {
        pgresult_auto_t *rows = NULL, *failed = NULL;
        enum outcome outcome = try(call, data, &rows, &failed);
        if (outcome == ANSWERED)
            return give(&rows);
        if (outcome == REPLAYED)
            PQclear(give(&rows)), rows = replay_rows(failed);
        if (outcome == REPLAYED && rows)
            return give(&rows);
        doubtful |= outcome == BROKEN && call->writes;
        if (may_repeat(call, outcome) && tries < TRIES_MAX)
            continue;
        if (outcome == GIVEN_UP)
            return NULL;
        bool answered = outcome == REFUSED || outcome == COLLIDED || outcome == REPLAYED;
        tell(answered ? failed : NULL, doubtful, problem);
        return NULL;
    }
}

static PGresult *repeat(const struct db_call *asked, try_fn *try, void *data, struct problem *problem)
{
    enum outcome outcome;
    PGresult *rows = try_standby(asked, try, data, &outcome);
    if (rows || outcome == GIVEN_UP)
        return rows;
    struct db_call call = *asked;
    call.lags = false;
    return try_primary(&call, try, data, problem);
}

static bool has_large_message(const struct db_call *call)
{
    for (int i = 0; i < call->args; i++)
        if (call->bytes[i] > MESSAGE_KEPT)
            return true;
    return false;
}

/* libpq keeps, as long as a connection lives, the room that its longest message needed; so a worker that once
 * took in a large file would hold it for good. */
PGresult *link_repeat(const struct db_call *call, try_fn *try, void *data, struct problem *problem)
{
    PGresult *rows = repeat(call, try, data, problem);
    if (has_large_message(call))
        db_close();
    return rows;
}

PGresult *db_run(const struct db_call *call, struct problem *problem)
{
    return link_repeat(call, attempt, NULL, problem);
}
