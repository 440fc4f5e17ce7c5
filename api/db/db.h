/* db.h: run one query of db/queries for one request, in one round trip.
 *
 * Every worker thread owns one connection (and one to the standby, where reads may go there: standby.h),
 * opened on first use and closed when the thread ends, so nothing here takes a lock.  All queries are
 * prepared when a connection opens.  A call sends, in a single libpq pipeline,
 *
 *     session_open (who is calling; may it write)  +  the query  +  sync
 *
 * which PostgreSQL runs as one transaction: if session_open refuses the token, the query never runs;
 * if the query fails, nothing is kept.  A write with a body starts with session_write instead, which also
 * makes its receipt: a key that was used before gives the answer of then (replay.h).
 */
#pragma once
#include "base/problem.h"
#include "queries.h"
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>

enum { DB_ARGS_MAX = 24, POSITION_TEXT_SIZE = 20 };

struct db_call {
    enum sql_id sql;
    bool writes;                       /* false: PostgreSQL refuses any change (25006) */
    bool lags;                         /* what stood there a moment ago will do: may be read from a standby */
    char position[POSITION_TEXT_SIZE]; /* that it must have reached; set by db_run */
    const unsigned char *token_hash;   /* SHA-256 of the caller's token, borrowed; NULL: nobody signed in */
    const char *ticket_for;            /* the import whose ticket the token is; NULL: it is no ticket */
    const char *scope;                 /* that the token needs; "": any; NULL: open to anyone */
    const char *request_id;            /* for the record of changes */
    const char *receipt_for;           /* operation of a write that gets a receipt; NULL: it gets none */
    const char *key;                   /* Idempotency-Key; NULL: none */
    const unsigned char *fingerprint,
        *body_sha256;             /* SHA-256 of the request and of its body, for the receipt */
    const char *arg[DB_ARGS_MAX]; /* $1..$n as text, borrowed; NULL is SQL NULL */
    int bytes[DB_ARGS_MAX];       /* length of an argument that is bytes; 0: it is text */
    bool raw;                     /* rows come as PostgreSQL's binary format: for columns of text and bytea */
    int args;
};

/* How to connect: a connection string or URL, the role (NULL: as the string says), its password
 * (NULL: none).  All borrowed for good.  Call once, before any thread starts. */
void db_configure(const char *conninfo, const char *user, const char *password);

/* Where to read what may lag; conninfo "": nowhere else.  See standby.h. */
bool db_configure_reads(const char *conninfo, const char *file, unsigned long seconds) MUST_CHECK;

/* Run the call.  Returns its rows, committed, or those of the answer given before to the same key; release
 * them with PQclear (or pgresult_auto_t).  Returns NULL with the problem set when nothing was kept: what
 * the SQLSTATE means (pgerror.c), or `unavailable` when the database cannot be reached.
 *
 * What collides with another transaction is run again, and so is what was cut off by a broken connection
 * if that cannot count twice: reads, and writes with a key.  Another write whose connection breaks, and
 * one with a key that cannot be asked after, is `outcome-unknown`. */
PGresult *db_run(const struct db_call *call, struct problem *problem) MUST_CHECK;

/* Close the connection of this thread; the next call opens another. */
void db_close(void);

/* What another thread may end.  Zeroed but for DB_INTERRUPT. */
struct db_interrupt {
    pthread_mutex_t lock;
    PGcancel *cancel; /* of the statements of the thread that can be interrupted */
    atomic_bool raised;
};
#define DB_INTERRUPT \
    { \
        .lock = PTHREAD_MUTEX_INITIALIZER \
    }

/* From now on this thread's statements can be interrupted; NULL: not any more. */
void db_interruptible(struct db_interrupt *interrupt);

/* From another thread: end the statement that runs, if one does, and send no more rows.  The thread sees
 * `raised` and ends by itself; what it begins meanwhile goes on until this is called again. */
void db_interrupt(struct db_interrupt *interrupt);

/* Has this thread been interrupted? */
bool db_interrupted(void);

/* A connection of its own, with nothing prepared and the user of the connection string: for the owner's
 * work on the command line.  The caller closes it with PQfinish; it may be in state CONNECTION_BAD. */
PGconn *db_connect_as_owner(void) MUST_CHECK;

static inline void pgresult_release(PGresult **result)
{
    PQclear(*result);
}
#define pgresult_auto_t __attribute__((cleanup(pgresult_release))) PGresult
