/* request.h: a request on its way through dispatch(), the reply it gets, and what answers it.
 *
 * Both live on dispatch()'s stack; what they own is released there.
 */
#pragma once
#include "base/problem.h"
#include "base/secret.h"
#include "base/signing.h"
#include "http/shape.h"
#include <string.h>
#include <ulfius.h>

struct request;
struct reply;

/* What answers a request: fills the reply, or returns false with the problem set. */
typedef bool handler_fn(struct request *rq, struct reply *rp, struct problem *problem);

/* Who may call an operation: anybody, anybody signed in, or a token of that scope. */
enum access { OPEN, SIGNED_IN, DATA_READ, DATA_WRITE, WORKFLOW, CATALOG_WRITE, ACCOUNTS, ACCESS_COUNT };

/* What is answered: one object, {"items": [...], "next": ...}, or nothing (204). */
enum reply_shape { ONE, LIST, NOTHING };

/* How a list is written. */
enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_CSV_VI, FORMAT_XLSX, FORMATS };

/* Flags: If-Match is required; the body is a file, of one of the types of body.h, for the handler to read;
 * the query itself looks at If-None-Match, before it computes anything; the body only asks, and nothing is
 * written. */
enum { IF_MATCH = 1, FILE_BODY = 2, CONDITIONAL = 4, READS = 8 };

enum { PATH_VALUES_MAX = 3, PARAMS_MAX = 12, EXTRAS_MAX = 4, NO_QUERY = -1 };

/* A line of routes.def. */
struct route {
    const char *operation, *method;
    const char *path; /* with {placeholders}: {id} digits, {slug} lower case, {login}, others codes */
    enum access access;
    enum reply_shape shape;
    unsigned flags;
    const struct member *body; /* NULL: none is expected */
    size_t body_max;           /* bytes */
    handler_fn *handler;
    int query;                          /* enum sql_id, or NO_QUERY */
    const char *params[PARAMS_MAX + 1]; /* query parameters; a final ! marks a required one */
};

/* The operations; path_values[] of a request are in the order of the placeholders. */
struct route_table {
    const struct route *routes;
    size_t count;
};

enum {
    SHA256_BYTES = 32,
    PATH_VALUE_SIZE = 65,
    ADDRESS_SIZE = 64,
    ETAG_SIZE = 72,
    LOCATION_SIZE = 200,
    POSITION_SIZE = 256
};

struct request {
    const struct _u_request *raw;
    const struct route *route;
    char id[REQUEST_ID_SIZE];
    char address[ADDRESS_SIZE]; /* of the client, as nginx saw it */
    enum language language;

    char path_value[PATH_VALUES_MAX][PATH_VALUE_SIZE];
    char *query;                   /* owned; what param[] points into */
    const char *param[PARAMS_MAX]; /* in the order of route->params; NULL: absent */
    char position[POSITION_SIZE];  /* in a list, which the cursor stands for (page.h) */
    enum format format;            /* of a list */
    const char *if_match;          /* the ETag with its quotes; NULL: absent */
    const char *idempotency_key;   /* NULL: absent, or not looked at */

    bool has_token, token_is_cookie;
    unsigned char token_hash[TOKEN_HASH_BYTES];

    const char *media_type;                  /* of a file; static */
    char *body;                              /* owned; as sent, NUL-terminated; NULL: none */
    json_t *json;                            /* owned; the same, for reading what is not a number */
    json_t *faults;                          /* owned; what shape_check() found, for the query to add to */
    unsigned char body_sha256[SHA256_BYTES]; /* of the body as received */
    unsigned char
        fingerprint[SHA256_BYTES]; /* of method, target and body: what an Idempotency-Key stands for */

    const char *extra[EXTRAS_MAX]; /* arguments a handler appends to its query's; borrowed */
    int extras;
};

struct reply {
    int status;
    const char *type; /* media type; NULL: application/json */
    struct buf body;
    char etag[ETAG_SIZE], location[LOCATION_SIZE];
    char sealed[SEALED_SIZE]; /* a secret to be shown once (base/signing.h) */
    char *cookie;             /* owned; value of Set-Cookie; NULL: none */
    FILE *file;               /* owned; what is sent instead of the body; NULL: the body is */
    char *filename;           /* owned; for whoever saves the answer; NULL: none */
    struct buf link;          /* of a list's page: the header Link */
    int retry_after;          /* seconds after which to ask for the result; 0: it is here */
    const char *applied;      /* preference that was heeded (RFC 7240); NULL: none */
    bool counted;             /* total says how many entries the list has */
    long total;
    bool replayed; /* the answer given before to the same Idempotency-Key */
};

/* Does the operation take a body of its own, JSON or a file? */
static inline bool route_takes_body(const struct route *route)
{
    return route->body || route->flags & FILE_BODY;
}

/* May the operation change anything? */
static inline bool route_writes(const struct route *route)
{
    return strcmp(route->method, "GET") != 0 && !(route->flags & READS);
}

/* A header of the request, whatever the case of its name; NULL when absent.  A header sent several
 * times comes as one, joined by commas. */
static inline const char *request_header(const struct request *rq, const char *name)
{
    return u_map_get_case(rq->raw->map_header, name);
}
