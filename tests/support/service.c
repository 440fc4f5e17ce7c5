/* service.c: the database as the service's role has it, in plain SQL. */
#include "support/service.h"
#include "support/client.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

PGconn *service_connect(void)
{
    const char *const names[] = {"dbname", "user", NULL}, *const values[] = {world_conninfo(), "thidua_api",
                                                                             NULL};
    PGconn *pg = PQconnectdbParams(names, values, 1);
    cr_assert_eq(PQstatus(pg), CONNECTION_OK, "%s", PQerrorMessage(pg));
    PQclear(PQexec(pg, "set client_min_messages = error"));
    return pg;
}

const char *service_does(PGconn *pg, const char *sql)
{
    pgresult_auto_t *done = PQexec(pg, sql);
    const char *state = PQresultErrorField(done, PG_DIAG_SQLSTATE);
    if (state)
        return text_of("!%s", state);
    if (PQresultStatus(done) == PGRES_COPY_OUT) {
        PQclear(PQgetResult(pg));
        return "copied";
    }
    if (PQntuples(done) > 0 && PQnfields(done) > 0)
        return PQgetisnull(done, 0, 0) ? "(null)" : text_of("%s", PQgetvalue(done, 0, 0));
    return text_of("%s", PQcmdTuples(done));
}

const char *session_open_of(const char *login, bool writes)
{
    char token[TOKEN_SIZE];
    world_token(login, token);
    return text_of("select app.session_open(sha256('%s'), '', %s, 'sql')", token, writes ? "true" : "false");
}

const char *service_tries(const char *login, const char *sql)
{
    PGconn *pg = service_connect();
    service_does(pg, "begin");
    const char *opened = login ? service_does(pg, session_open_of(login, true)) : "";
    const char *done = opened[0] == '!' ? opened : service_does(pg, sql);
    service_does(pg, "rollback");
    PQfinish(pg);
    return done;
}
