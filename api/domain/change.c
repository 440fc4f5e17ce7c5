/* change.c: the feed of changes, which a puller may wait for. */
#include "db/rows_json.h"
#include "domain/operations.h"
#include "domain/serve_query.h"
#include "http/server.h"
#include <string.h>
#include <time.h>

enum { CURSOR, LIMIT, WAIT }; /* the parameters, in the order of routes.def */
enum { PAUSE_MS = 200 };

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static PGresult *look(const struct request *rq, struct problem *problem)
{
    struct db_call call = call_of(rq, SQL_change_list);
    call.lags = false; /* a snapshot is of one server */
    for (int i = CURSOR; i <= WAIT; i++)
        call.arg[call.args++] = rq->param[i];
    return db_run(&call, problem);
}

static bool is_empty(const PGresult *rows)
{
    const char *told = rows_told(rows, 0, "_empty");
    return told && strcmp(told, "t") == 0;
}

/* Whoever waits asks again until there is something: the worker sleeps meanwhile, so nginx gives the feed to
 * a process of its own (deploy/nginx). */
bool change_list(struct request *rq, struct reply *rp, struct problem *problem)
{
    long until = now_ms() + 1000 * (rq->param[WAIT] ? strtol(rq->param[WAIT], NULL, 10) : 0);
    pgresult_auto_t *rows = look(rq, problem);
    while (rows && is_empty(rows) && now_ms() < until && !server_is_stopping()) {
        nanosleep(&(struct timespec){0, PAUSE_MS * 1000000L}, NULL);
        PQclear(rows);
        rows = look(rq, problem);
    }
    return rows && serve_rows(rq, rows, rp, problem);
}
