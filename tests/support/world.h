/* world.h: a database and a server of its own for each test.
 *
 * world_open() clones the template database, which deploy/test has migrated, seeded and given the
 * accounts of world.sql, and starts the server in this process on a free port.  Nothing is to be reset:
 * Criterion runs each test in a process of its own, all in parallel.
 *
 *     TestSuite(unit_get, .init = world_open, .fini = world_close, .timeout = 20);
 *
 * THIDUA_TEST_SERVER names a superuser of a throw-away PostgreSQL (connection string); THIDUA_TRAFFIC, if
 * set, a file to which every exchange is appended as a line of JSON.
 */
#pragma once
#include "base/secret.h"
#include "db/db.h"
#include <jansson.h>

void world_open(void);
void world_close(void);

/* The same with so many workers, and a server that reaches its database through the socket in a folder
 * (NULL: as the tests themselves do). */
void world_open_behind(const char *host, unsigned workers);

/* What the server answered.  Texts are "" when absent; all of it belongs to the world. */
struct answer {
    int status; /* 0: no answer came */
    const char *type, *etag, *location, *allow;
    const char *headers; /* as received */
    const char *text;
    size_t length;      /* of text, which may be bytes */
    const json_t *json; /* NULL when the body is none */
};

struct wish {
    const char *method, *path;
    const char *login;   /* of world.sql; NULL: nobody */
    const char *body;    /* NULL: none */
    const char *headers; /* further "Name: value" lines, ended by \r\n but for the last; NULL: none */
    size_t length;       /* of a body that is bytes; 0: it is text */
};

struct answer ask(const char *method, const char *path, const char *login, const char *body);

/* A header that keeps the client from making an Idempotency-Key. */
#define NO_KEY "X-Note: this one has no Idempotency-Key: at all"

/* ask_with("PATCH", path, "loku", body, "If-Match: \"1-1\"") */
#define ask_with(...) ask_for((struct wish){__VA_ARGS__})
struct answer ask_for(struct wish wish);

/* Send bytes as they are, and read one answer. */
struct answer ask_raw(const char *bytes);
struct answer ask_bytes(const char *bytes, size_t length);

/* A header of the answer; "" when absent. */
const char *header_of(const struct answer *answer, const char *name);

/* What stands at an RFC 6901 pointer, as text: a string's characters, else JSON; "(absent)". */
const char *at(const struct answer *answer, const char *pointer);

/* Run SQL in the test's database as a superuser; the test fails when it does. */
void world_sql(const char *sql);

/* The same with a file below tests/. */
void world_sql_file(const char *name);

/* The first value that SQL gives, as text; "(null)" for null or no row.  Belongs to the world. */
const char *world_value(const char *sql);

/* The connection string of the test's database, as superuser. */
const char *world_conninfo(void);

/* The token of a login, and a call of a query as its owner; hash receives what the call points to. */
void world_token(const char *login, char token[TOKEN_SIZE]);
struct db_call call_as(const char *login, unsigned char hash[TOKEN_HASH_BYTES], enum sql_id sql, bool writes);
