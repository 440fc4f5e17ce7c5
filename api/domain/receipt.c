/* receipt.c: proof that something was received. */
#include "domain/receipt.h"
#include "base/signing.h"
#include "db/rows_json.h"
#include "domain/operations.h"
#include "domain/serve_query.h"
#include "http/reply.h"
#include <sodium.h>

struct receipt {
    const char *id, *operation, *sha256, *received_at;
};

static void sign(const struct receipt *r, char signature[SIGNATURE_SIZE])
{
    buf_auto_t text = {0};
    buf_addf(&text, "thidua-receipt-1\n%s\n%s\n%s\n%s\n", r->id, r->operation, r->sha256, r->received_at);
    signing_sign(text.text, signature);
}

void receipt_add(const struct request *rq, const PGresult *rows, struct reply *rp)
{
    char sha256[2 * SHA256_BYTES + 1], signature[SIGNATURE_SIZE];
    struct receipt r = {rows_told(rows, 0, "_receipt"), rq->route->operation, sha256,
                        rows_told(rows, 0, "_received_at")};
    if (!r.id || !r.received_at)
        return;
    sodium_bin2hex(sha256, sizeof sha256, rq->body_sha256, SHA256_BYTES);
    sign(&r, signature);
    buf_auto_t json = {0};
    buf_addf(&json,
             "{\"id\":%s,\"operation\":\"%s\",\"sha256\":\"%s\",\"received_at\":\"%s\",\"signature\":\"%s\"}",
             r.id, r.operation, r.sha256, r.received_at, signature);
    reply_add_json(rp, "receipt", json.text);
}

bool receipt_reveal(struct reply *rp, const char *name, struct problem *problem)
{
    char secret[SECRET_SIZE];
    if (!signing_open(rp->sealed, secret))
        return problem_set(problem, PROBLEM_internal, NULL);
    reply_add_member(rp, name, secret);
    sodium_memzero(secret, sizeof secret);
    return true;
}

bool receipt_get(struct request *rq, struct reply *rp, struct problem *problem)
{
    char signature[SIGNATURE_SIZE], key[PUBLIC_KEY_SIZE];
    struct db_call call = call_of(rq, SQL_receipt_get);
    call.arg[call.args++] = rq->path_value[0];
    pgresult_auto_t *rows = db_run(&call, problem);
    if (!rows || !serve_rows(rq, rows, rp, problem))
        return false;
    struct receipt r = {rows_told(rows, 0, "id"), rows_told(rows, 0, "operation"),
                        rows_told(rows, 0, "sha256"), rows_told(rows, 0, "_signed_at")};
    sign(&r, signature);
    signing_public_key(key);
    reply_add_member(rp, "signature", signature);
    reply_add_member(rp, "public_key", key);
    return true;
}
