/* connection.c: the connections of a thread, each with all queries prepared. */
#include "db/interrupt.h"
#include "db/link.h"
#include "db/standby.h"
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <yder.h>

enum { SETTINGS_MAX = 10 };

/* Where a connection of the thread leads. */
enum place { PRIMARY, STANDBY, PLACES };

static struct {
    const char *conninfo[PLACES], *user, *password;
} server;

static pthread_key_t connection_keys[PLACES];
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

void db_configure(const char *conninfo, const char *user, const char *password)
{
    server.conninfo[PRIMARY] = conninfo;
    server.user = user;
    server.password = password;
}

bool db_configure_reads(const char *conninfo, const char *file, unsigned long seconds)
{
    server.conninfo[STANDBY] = conninfo;
    return standby_configure(conninfo, file, seconds);
}

static void finish(void *connection)
{
    PQfinish(connection);
}

static void make_key(void)
{
    for (int place = 0; place < PLACES; place++)
        pthread_key_create(&connection_keys[place], finish);
}

/* NULL values and empty ones leave a setting to the connection string.  What follows the string is stronger
 * than it, what stands before is weaker: where it names several servers, which one is meant. */
static PGconn *connect_as(enum place place, const char *user, const char *password)
{
    static const struct {
        const char *which, *connect, *acknowledge; /* s, ms; primary is worth waiting for */
    } by[PLACES] = {{"read-write", "5", "15000"}, {"standby", "2", "3000"}};
    const char *const names[SETTINGS_MAX] = {"target_session_attrs",
                                             "dbname",
                                             "user",
                                             "password",
                                             "fallback_application_name",
                                             "client_encoding",
                                             "connect_timeout",
                                             "tcp_user_timeout",
                                             NULL};
    const char *const values[SETTINGS_MAX] = {by[place].which,   server.conninfo[place], user,
                                              password,          "thidua-api",           "UTF8",
                                              by[place].connect, by[place].acknowledge,  NULL};
    return PQconnectdbParams(names, values, 1);
}

PGconn *db_connect_as_owner(void)
{
    return connect_as(PRIMARY, NULL, NULL);
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

/* Everything sent, and something to read or nothing to wait for, each within that time. */
static bool has_come(PGconn *pg, int milliseconds)
{
    struct pollfd socket = {.fd = PQsocket(pg)};
    for (int left = PQflush(pg); left || PQisBusy(pg); left = PQflush(pg)) {
        socket.events = (short)(left ? POLLIN | POLLOUT : POLLIN);
        if (left < 0 || poll(&socket, 1, milliseconds) != 1 || !PQconsumeInput(pg))
            return false;
    }
    return true;
}

/* The results come in the order of the queries; the first that was refused is the one to tell. */
static bool all_are_prepared(enum place place, PGconn *pg)
{
    bool good = true;
    for (int i = 0; PQstatus(pg) == CONNECTION_OK;) {
        if (place == STANDBY && !has_come(pg, LINK_FIRST_MS))
            return false;
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

/* Nobody waits for a standby, neither to hear it nor to be heard. */
static bool prepare(enum place place, PGconn *pg)
{
    return PQsetnonblocking(pg, place == STANDBY) == 0 && PQenterPipelineMode(pg) && queue_all_queries(pg)
           && all_are_prepared(place, pg) && PQexitPipelineMode(pg);
}

/* The connection of this thread, from now on; NULL: none. */
static void keep(enum place place, PGconn *pg)
{
    pthread_setspecific(connection_keys[place], pg);
    if (place == PRIMARY)
        interrupt_tell(pg);
}

static PGconn *open_connection(enum place place)
{
    static const char *const names[PLACES] = {"database", "standby"};
    PGconn *pg = connect_as(place, server.user, server.password);
    if (PQstatus(pg) == CONNECTION_OK && prepare(place, pg)) {
        keep(place, pg);
        return pg;
    }
    y_log_message(Y_LOG_LEVEL_ERROR, "the %s cannot be used: %s", names[place], PQerrorMessage(pg));
    PQfinish(pg);
    return NULL;
}

bool link_hear(PGconn *pg, const struct db_call *call, int patience, PGresult **result)
{
    if (call->lags && !has_come(pg, patience))
        return false;
    *result = PQgetResult(pg);
    return true;
}

static void close_connection(enum place place)
{
    PGconn *pg = pthread_getspecific(connection_keys[place]);
    keep(place, NULL);
    PQfinish(pg);
}

void db_close(void)
{
    pthread_once(&key_once, make_key);
    close_connection(PRIMARY);
    close_connection(STANDBY);
}

void db_interruptible(struct db_interrupt *interrupt)
{
    pthread_once(&key_once, make_key);
    interrupt_use(interrupt, pthread_getspecific(connection_keys[PRIMARY]));
}

/* An idle connection says nothing; one that can be read has been hung up. */
static bool is_alive(PGconn *pg)
{
    struct pollfd socket = {.fd = PQsocket(pg), .events = POLLIN};
    return poll(&socket, 1, 0) == 0;
}

static enum place place_of(const struct db_call *call)
{
    return call->lags ? STANDBY : PRIMARY;
}

void link_close(const struct db_call *call)
{
    close_connection(place_of(call));
}

PGconn *link_connection(const struct db_call *call)
{
    enum place place = place_of(call);
    pthread_once(&key_once, make_key);
    PGconn *pg = pthread_getspecific(connection_keys[place]);
    if (pg && is_alive(pg))
        return pg;
    close_connection(place);
    return open_connection(place);
}
