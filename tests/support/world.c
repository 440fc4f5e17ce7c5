/* world.c: a database and a server of its own for each test. */
#include "support/world.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/signing.h"
#include "http/server.h"
#include "routes.h"
#include "support/client.h"
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS = 2 };

static struct server server;
static char database[64];
static char *conninfo, /* of the test's database */
    *services;         /* the same as the server reaches it */
static PGconn *super;

static PGconn *connect_to(const char *text)
{
    PGconn *pg = PQconnectdb(text);
    cr_assert_eq(PQstatus(pg), CONNECTION_OK, "%s", PQerrorMessage(pg));
    return pg;
}

static void run(PGconn *pg, const char *sql)
{
    pgresult_auto_t *done = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(done);
    cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(pg));
}

/* The test server's connection string with the name of another database; host: reached there (NULL: itself).
 */
static char *string_for(const char *name, const char *host)
{
    const char *text = getenv("THIDUA_TEST_SERVER");
    cr_assert_not_null(text, "THIDUA_TEST_SERVER is not set; deploy/test starts a server and sets it");
    PQconninfoOption *options = PQconninfoParse(text, NULL);
    cr_assert_not_null(options, "THIDUA_TEST_SERVER is no connection string");
    buf_auto_t string = {0};
    size_t length = 0;
    for (PQconninfoOption *o = options; o->keyword; o++)
        if (o->val && strcmp(o->keyword, "dbname") != 0 && !(host && strcmp(o->keyword, "host") == 0))
            buf_addf(&string, "%s='%s' ", o->keyword, o->val);
    buf_addf(&string, "dbname='%s'", name);
    if (host)
        buf_addf(&string, " host='%s'", host);
    PQconninfoFree(options);
    return buf_take(&string, &length);
}

static void with_maintenance(const char *format)
{
    str_auto_t *text = string_for("postgres", NULL);
    char sql[200];
    PGconn *pg = connect_to(text);
    run(pg, "set client_min_messages = warning");
    snprintf(sql, sizeof sql, "%s %s %s", format, database,
             strncmp(format, "create", 6) == 0 ? "template thidua_template strategy file_copy"
                                               : "with (force)");
    run(pg, sql);
    PQfinish(pg);
}

void world_open_behind(const char *host, unsigned workers)
{
    snprintf(database, sizeof database, "thidua_test_%d", (int)getpid());
    with_maintenance("drop database if exists");
    with_maintenance("create database");
    conninfo = string_for(database, NULL);
    services = string_for(database, host);
    super = connect_to(conninfo);
    cr_assert(secret_start() && log_start("error"));
    signing_use((const unsigned char *)"the key of the tests, 32 bytes..");
    db_configure(services, "thidua_api", NULL);
    cr_assert(server_start(&server, "127.0.0.1:0", workers, &routes));
    client_start(server.port);
}

void world_open(void)
{
    world_open_behind(NULL, WORKERS);
}

void world_close(void)
{
    server_stop(&server);
    db_close();
    log_stop();
    client_stop();
    PQfinish(super);
    free(conninfo);
    free(services);
    with_maintenance("drop database if exists");
}

void world_sql(const char *sql)
{
    run(super, sql);
}

void world_sql_file(const char *name)
{
    char path[256];
    size_t size = 0;
    str_auto_t *sql = NULL;
    snprintf(path, sizeof path, FOLDER_OF_TESTS "/%s", name);
    FILE *file = fopen(path, "r");
    cr_assert(file && getdelim(&sql, &size, '\0', file) > 0, "%s", path);
    fclose(file);
    run(super, sql);
}

const char *world_value(const char *sql)
{
    pgresult_auto_t *rows = PQexec(super, sql);
    cr_assert_eq(PQresultStatus(rows), PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(super));
    bool none = PQntuples(rows) == 0 || PQgetisnull(rows, 0, 0);
    return client_keep(strdup(none ? "(null)" : PQgetvalue(rows, 0, 0)));
}

const char *world_conninfo(void)
{
    return conninfo;
}

void world_token(const char *login, char token[TOKEN_SIZE])
{
    memset(token, '0', TOKEN_SIZE - 1);
    memcpy(token, "thidua_", 7);
    memcpy(token + 7, login, strlen(login));
    token[TOKEN_SIZE - 1] = '\0';
}

struct db_call call_as(const char *login, unsigned char hash[TOKEN_HASH_BYTES], enum sql_id sql, bool writes)
{
    char token[TOKEN_SIZE];
    world_token(login, token);
    secret_hash_token(token, hash);
    return (struct db_call){
        .sql = sql, .writes = writes, .token_hash = hash, .scope = "", .request_id = "test"};
}

static const struct route *route_of(const char *method, const char *path)
{
    char values[PATH_VALUES_MAX][PATH_VALUE_SIZE];
    return route_find(&routes, method, path, values);
}

struct answer ask_for(struct wish wish)
{
    const struct route *route = route_of(wish.method, wish.path);
    return client_ask(&wish, route ? route->operation : "none");
}

struct answer ask(const char *method, const char *path, const char *login, const char *body)
{
    return ask_for((struct wish){.method = method, .path = path, .login = login, .body = body});
}
