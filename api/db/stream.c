/* stream.c: a query whose rows are taken one by one as they come. */
#include "db/stream.h"
#include "db/link.h"
#include "db/standby.h"

/* One try: how many queries have ended, and what the sink made of the rows. */
struct stream {
    const struct db_call *call;
    const struct db_sink *sink;
    int before, ended; /* queries before: session_open and stream_open, and a standby's own */
    bool began, given_up;
};

static void take(const PGresult *rows, struct stream *s)
{
    if (!s->began)
        s->given_up = !s->sink->columns(rows, s->sink->data);
    s->began = true;
    if (!s->given_up && PQntuples(rows) == 1)
        s->given_up = !s->sink->row(rows, s->sink->data);
}

static void hear(PGresult **result, struct stream *s, PGresult **rows, PGresult **failed)
{
    switch (PQresultStatus(*result)) {
    case PGRES_PIPELINE_ABORTED: break; /* follows the failure */
    case PGRES_SINGLE_TUPLE:
    case PGRES_TUPLES_OK:
        if (s->call->lags && s->ended == 0)
            standby_note(s->call, PQgetvalue(*result, 0, 0));
        if (s->ended < s->before)
            break;
        take(*result, s);
        PQclear(*rows);
        *rows = give(result);
        break;
    default:
        if (!*failed)
            *failed = give(result);
    }
}

/* Read up to the sync, which is the commit.  NULL ends each query; then libpq can be told that the next one's
 * rows are to come singly. */
static bool collect(PGconn *pg, struct stream *s, PGresult **rows, PGresult **failed)
{
    while (PQstatus(pg) == CONNECTION_OK && !s->given_up) {
        pgresult_auto_t *r = NULL;
        if (!link_hear(pg, s->call, s->ended == 0 ? LINK_FIRST_MS : LINK_ROWS_MS, &r))
            return false;
        if (PQresultStatus(r) == PGRES_PIPELINE_SYNC)
            return true;
        if (r)
            hear(&r, s, rows, failed);
        else if (++s->ended == s->before && !*failed && PQsetSingleRowMode(pg) != 1)
            return false;
    }
    return false;
}

static bool queue(PGconn *pg, const struct db_call *call)
{
    return PQenterPipelineMode(pg) && link_queue_session(pg, call)
           && PQsendQueryPrepared(pg, sql_queries[SQL_stream_open].name, 0, NULL, NULL, NULL, 0)
           && link_queue_query(pg, call) && PQpipelineSync(pg);
}

static enum outcome attempt(const struct db_call *call, void *data, PGresult **rows, PGresult **failed)
{
    struct stream s = {.call = call, .sink = data, .before = call->lags ? 3 : 2};
    PGconn *pg = link_connection(call);
    if (!pg)
        return UNREACHABLE;
    if (!queue(pg, call) || !collect(pg, &s, rows, failed) || !PQexitPipelineMode(pg)) {
        link_close(call); /* answers are still under way: never use it again */
        return s.given_up ? GIVEN_UP : BROKEN;
    }
    if (*failed)
        return link_outcome_of(*failed);
    if (!call->lags && !link_note_position(pg, call))
        link_close(call); /* the rows have all come */
    return ANSWERED;
}

bool db_stream(const struct db_call *call, const struct db_sink *sink, struct problem *problem)
{
    pgresult_auto_t *last = link_repeat(call, attempt, (void *)sink, problem);
    return last;
}
