/* session.c: signing in and out. */
#include "db/rows_json.h"
#include "domain/operations.h"
#include "domain/receipt.h"
#include "domain/serve_query.h"
#include "http/caller.h"
#include <string.h>

const struct member session_body[] = {
    {"login", STRING, REQUIRED, .min_length = 1, .max_length = 200},
    {"password", STRING, REQUIRED, .min_length = 1, .max_length = 200},
    {"as", STRING, .choices = CHOICES("bearer", "cookie")},
    {0},
};

static const char *body_text(const struct request *rq, const char *name)
{
    return json_string_value(json_object_get(rq->json, name));
}

static bool has_shape(struct request *rq, struct problem *problem)
{
    if (json_array_size(rq->faults) == 0)
        return true;
    return problem_set_faults(problem, PROBLEM_invalid_content, give(&rq->faults));
}

static bool wants_cookie(const struct request *rq)
{
    const char *as = body_text(rq, "as");
    return as && strcmp(as, "cookie") == 0;
}

/* The token as it was sealed: that of the first answer, when this one repeats it. */
static bool set_cookie(const struct request *rq, struct reply *rp, struct problem *problem)
{
    char token[SECRET_SIZE];
    if (!signing_open(rp->sealed, token))
        return problem_set(problem, PROBLEM_internal, NULL);
    const char *secure = caller_uses_tls(rq) ? "; Secure" : "";
    if (asprintf(&rp->cookie, SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s", token, secure) < 0)
        rp->cookie = NULL;
    return true;
}

/* What only the caller and the account's owner know. */
struct secrets {
    char key[HEX_SIZE];     /* argon2id of the password sent */
    char token[TOKEN_SIZE]; /* of the session to come */
};

/* Whoever signs in is nobody yet, whatever the caller may hold; app.sign_in() makes the receipt. */
static struct db_call anonymous_call(const struct request *rq, enum sql_id sql)
{
    struct db_call call = call_of(rq, sql);
    call.token_hash = NULL;
    call.receipt_for = NULL;
    return call;
}

/* The argon2id key of the password sent.  A login that does not exist has a salt as well: whether it
 * does is not to be told, not even by the time it takes. */
static bool find_key(const struct request *rq, char key[HEX_SIZE], struct problem *problem)
{
    struct db_call call = anonymous_call(rq, SQL_sign_in_find);
    call.arg[0] = body_text(rq, "login");
    call.arg[1] = rq->address;
    call.args = 2;
    pgresult_auto_t *found = db_run(&call, problem);
    if (!found)
        return false;
    struct password_cost cost = {
        .salt = rows_told(found, 0, "salt"),
        .opslimit = strtoul(rows_told(found, 0, "opslimit"), NULL, 10),
        .memlimit = strtoul(rows_told(found, 0, "memlimit"), NULL, 10),
    };
    return secret_password_key(body_text(rq, "password"), &cost, key)
           || problem_set(problem, PROBLEM_unavailable, NULL);
}

/* No row: the key is wrong, and that this is counted is committed. */
static bool open_session(const struct request *rq, const struct secrets *secrets, struct reply *rp,
                         struct problem *problem)
{
    char hash[HEX_SIZE], fingerprint[HEX_SIZE], body_sha256[HEX_SIZE], sealed[SEALED_SIZE];
    secret_hash_text(secrets->token, hash);
    secret_write_bytea(rq->fingerprint, fingerprint);
    secret_write_bytea(rq->body_sha256, body_sha256);
    signing_seal(secrets->token, sealed);
    struct db_call call = anonymous_call(rq, SQL_session_create);
    const char *const values[] = {body_text(rq, "login"), secrets->key, hash,        rq->address,
                                  rq->idempotency_key,    fingerprint,  body_sha256, sealed};
    memcpy(call.arg, values, sizeof values);
    call.args = COUNT(values);
    pgresult_auto_t *rows = db_run(&call, problem);
    if (!rows)
        return false;
    if (PQntuples(rows) == 0)
        return problem_set(problem, PROBLEM_wrong_credentials, NULL);
    return serve_rows(rq, rows, rp, problem);
}

bool session_create(struct request *rq, struct reply *rp, struct problem *problem)
{
    struct secrets secrets;
    secret_make_token(secrets.token);
    if (!has_shape(rq, problem) || !find_key(rq, secrets.key, problem)
        || !open_session(rq, &secrets, rp, problem))
        return false;
    return wants_cookie(rq) ? set_cookie(rq, rp, problem) : receipt_reveal(rp, "token", problem);
}

bool session_delete(struct request *rq, struct reply *rp, struct problem *problem)
{
    if (!serve_query(rq, rp, problem))
        return false;
    if (rq->token_is_cookie)
        rp->cookie = strdup(SESSION_COOKIE "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    return true;
}
