/* load.c: a transaction that takes in many rows by COPY. */
#include "db/load.h"
#include "db/link.h"
#include <string.h>

enum { NUMBER_SIZE = 24 };

struct db_copy {
    PGconn *pg;
};

bool db_copy_line(struct db_copy *to, const struct buf *line)
{
    return !line->broken && !db_interrupted() && PQputCopyData(to->pg, line->text, (int)line->len) == 1;
}

void db_copy_value(struct buf *line, const char *text)
{
    if (line->len > 0)
        buf_addc(line, '\t');
    if (!text) {
        buf_adds(line, "\\N");
        return;
    }
    for (size_t plain; *text; text += plain + (text[plain] != '\0')) {
        plain = strcspn(text, "\\\t\n\r");
        buf_add(line, text, plain);
        switch (text[plain]) {
        case '\\': buf_adds(line, "\\\\"); break;
        case '\t': buf_adds(line, "\\t"); break;
        case '\n': buf_adds(line, "\\n"); break;
        case '\r': buf_adds(line, "\\r"); break;
        default: return;
        }
    }
}

/* libpq wants every result read before the next statement; the last rows and the first failure are kept. */
static enum outcome answer_of(PGconn *pg, PGresult **rows, PGresult **failed)
{
    PGresult *r;
    while ((r = PQgetResult(pg))) {
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            PQclear(*rows);
            *rows = r;
        } else if (!*failed) {
            *failed = r;
        } else {
            PQclear(r);
        }
    }
    if (PQstatus(pg) != CONNECTION_OK)
        return BROKEN;
    return *failed ? link_outcome_of(*failed) : ANSWERED;
}

static enum outcome say(PGconn *pg, const char *sql, PGresult **failed)
{
    pgresult_auto_t *nothing = NULL;
    return PQsendQuery(pg, sql) == 1 ? answer_of(pg, &nothing, failed) : BROKEN;
}

static enum outcome open_session(PGconn *pg, const struct db_call *call, PGresult **failed)
{
    pgresult_auto_t *nothing = NULL;
    return link_queue_session(pg, call) ? answer_of(pg, &nothing, failed) : BROKEN;
}

static enum outcome run_query(PGconn *pg, const struct db_call *call, PGresult **rows, PGresult **failed)
{
    return link_queue_query(pg, call) ? answer_of(pg, rows, failed) : BROKEN;
}

static enum outcome copy_rows(PGconn *pg, const struct db_load *load, PGresult **failed)
{
    pgresult_auto_t *nothing = NULL;
    struct db_copy to = {pg};
    pgresult_auto_t *ready = PQexec(pg, load->copy);
    if (PQresultStatus(ready) != PGRES_COPY_IN) {
        *failed = give(&ready);
        return PQstatus(pg) == CONNECTION_OK ? link_outcome_of(*failed) : BROKEN;
    }
    bool good = load->rows(&to, load->data);
    if (PQputCopyEnd(pg, good ? NULL : "the rows have faults") != 1)
        return BROKEN;
    enum outcome outcome = answer_of(pg, &nothing, failed);
    if (good || outcome == BROKEN)
        return outcome;
    PQclear(give(failed)); /* that of the COPY, which was told to fail */
    return GIVEN_UP;
}

/* The statements up to the commit; the first that does not succeed ends it. */
static enum outcome run_all(PGconn *pg, const struct db_load *load, PGresult **rows, PGresult **failed)
{
    char number[NUMBER_SIZE] = "";
    pgresult_auto_t *started = NULL;
    enum outcome outcome = say(pg, "begin", failed);
    if (outcome == ANSWERED)
        outcome = open_session(pg, load->start, failed);
    if (outcome == ANSWERED)
        outcome = run_query(pg, load->start, &started, failed);
    if (outcome == ANSWERED)
        outcome = copy_rows(pg, load, failed);
    if (outcome != ANSWERED)
        return outcome;
    snprintf(number, sizeof number, "%s", PQgetvalue(started, 0, 0));
    load->finish->arg[0] = number;
    outcome = run_query(pg, load->finish, rows, failed);
    load->finish->arg[0] = NULL;
    return outcome == ANSWERED ? say(pg, "commit", failed) : outcome;
}

static enum outcome try_load(const struct db_call *call, void *data, PGresult **rows, PGresult **failed)
{
    PGconn *pg = link_connection(call);
    pgresult_auto_t *undone = NULL;
    if (!pg)
        return UNREACHABLE;
    enum outcome outcome = run_all(pg, data, rows, failed);
    if (outcome == BROKEN || (outcome == ANSWERED && !link_note_position(pg, call)))
        db_close();
    else if (outcome != ANSWERED && say(pg, "rollback", &undone) != ANSWERED)
        db_close();
    return outcome;
}

PGresult *db_load(const struct db_load *load, struct problem *problem)
{
    return link_repeat(load->start, try_load, (void *)load, problem);
}
