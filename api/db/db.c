/* db.c: run one query of db/queries for one request, in one round trip. */
#include "db/db.h"
#include "db/interrupt.h"
#include "db/link.h"
#include "db/pgerror.h"
#include "db/replay.h"
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <yder.h>

enum { SETTINGS_MAX = 9, TRIES_MAX = 3, OID_BYTEA = 17, MESSAGE_KEPT = 1024 * 1024 /* bytes */ };

static struct {
    const char *conninfo, *user, *password;
} server;

static pthread_key_t connection_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

void db_configure(const char *conninfo, const char *user, const char *password)
{
    server.conninfo = conninfo;
    server.user = user;
    server.password = password;
}

static void finish(void *connection)
{
    PQfinish(connection);
}

static void make_key(void)
{
    pthread_key_create(&connection_key, finish);
}

/* NULL values and empty ones leave a setting to the connection string.  The string stands first, so that
 * what follows is stronger. */
static PGconn *connect_as(const char *user, const char *password)
{
    const char *const names[SETTINGS_MAX] = {"dbname",           "user",
                                             "password",         "fallback_application_name",
                                             "client_encoding",  "connect_timeout",
                                             "tcp_user_timeout", NULL};
    const char *const values[SETTINGS_MAX] = {server.conninfo, user, password, "thidua-api",
                                              "UTF8",          "5",  "15000",  NULL};
    return PQconnectdbParams(names, values, 1);
}

PGconn *db_connect_as_owner(void)
{
    return connect_as(NULL, NULL);
}

static bool queue_all_queries(PGconn *pg)
{
    for (int i = 0; i < SQL_COUNT; i++)
        if (!PQsendPrepare(pg, sql_queries[i].name, sql_queries[i].text, 0, NULL))
            return false;
    return PQpipelineSync(pg) == 1;
}

/* A query that is refused is an ERROR; FATAL, or no severity, tells that the connection is gone. */
static bool was_refused(const PGresult *failed)
{
    const char *severity = PQresultErrorField(failed, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && strcmp(severity, "ERROR") == 0;
}

/* The results come in the order of the queries; the first that was refused is the one to tell. */
static bool all_are_prepared(PGconn *pg)
{
    bool good = true;
    for (int i = 0; PQstatus(pg) == CONNECTION_OK;) {
        pgresult_auto_t *r = PQgetResult(pg);
        ExecStatusType status = PQresultStatus(r);
        if (!r) {
            i++; /* NULL ends each query */
        } else if (status == PGRES_PIPELINE_SYNC) {
            return good;
        } else if (status != PGRES_COMMAND_OK && good) {
            good = false;
            if (was_refused(r) && i < SQL_COUNT) /* not so between the last query and the sync */
                y_log_message(Y_LOG_LEVEL_ERROR, "db/queries/%s.sql does not fit the database: %s",
                              sql_queries[i].name, PQresultErrorMessage(r));
        }
    }
    return false;
}

static bool prepare(PGconn *pg)
{
    return PQenterPipelineMode(pg) && queue_all_queries(pg) && all_are_prepared(pg) && PQexitPipelineMode(pg);
}

/* The connection of this thread, from now on; NULL: none. */
static void keep(PGconn *pg)
{
    pthread_setspecific(connection_key, pg);
    interrupt_tell(pg);
}

static PGconn *open_connection(void)
{
    PGconn *pg = connect_as(server.user, server.password);
    if (PQstatus(pg) == CONNECTION_OK && prepare(pg)) {
        keep(pg);
        return pg;
    }
    y_log_message(Y_LOG_LEVEL_ERROR, "the database cannot be used: %s", PQerrorMessage(pg));
    PQfinish(pg);
    return NULL;
}

void db_close(void)
{
    pthread_once(&key_once, make_key);
    PGconn *pg = pthread_getspecific(connection_key);
    keep(NULL);
    PQfinish(pg);
}

void db_interruptible(struct db_interrupt *interrupt)
{
    pthread_once(&key_once, make_key);
    interrupt_use(interrupt, pthread_getspecific(connection_key));
}

/* An idle connection says nothing; one that can be read has been hung up. */
static bool is_alive(PGconn *pg)
{
    struct pollfd socket = {.fd = PQsocket(pg), .events = POLLIN};
    return poll(&socket, 1, 0) == 0;
}

PGconn *link_connection(void)
{
    pthread_once(&key_once, make_key);
    PGconn *pg = pthread_getspecific(connection_key);
    if (pg && is_alive(pg))
        return pg;
    db_close();
    return open_connection();
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

/* Read up to the sync.  The sync is the commit, so an error may still come just before it.  The first
 * failure becomes *failed, the last rows become *rows. */
static bool collect(PGconn *pg, PGresult **rows, PGresult **failed)
{
    while (PQstatus(pg) == CONNECTION_OK) {
        pgresult_auto_t *r = PQgetResult(pg);
        if (!r)
            continue; /* NULL only separates the queries */
        switch (PQresultStatus(r)) {
        case PGRES_PIPELINE_SYNC: return true;
        case PGRES_PIPELINE_ABORTED: break; /* follows the failure */
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            PQclear(*rows);
            *rows = give(&r);
            break;
        default:
            if (!*failed)
                *failed = give(&r);
        }
    }
    return false;
}

static bool round_trip(PGconn *pg, const struct db_call *call, PGresult **rows, PGresult **failed)
{
    return PQenterPipelineMode(pg) && link_queue_session(pg, call) && link_queue_query(pg, call)
           && PQpipelineSync(pg) && collect(pg, rows, failed) && PQexitPipelineMode(pg);
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
    PGconn *pg = link_connection();
    if (!pg)
        return UNREACHABLE;
    if (!round_trip(pg, call, rows, failed)) {
        db_close(); /* answers are still under way: never use it again */
        return BROKEN;
    }
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

static PGresult *repeat(const struct db_call *call, try_fn *try, void *data, struct problem *problem)
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
