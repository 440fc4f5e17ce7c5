/* token.c: tokens for machines, shown once. */
#include "domain/operations.h"
#include "domain/receipt.h"
#include "domain/serve_query.h"

enum { SCOPES = 5 };

const struct member token_body[] = {
    {"name", STRING, REQUIRED, .min_length = 1, .max_length = 100},
    {"scopes", ARRAY, REQUIRED, .min_length = 1, .max_length = SCOPES,
     .items = EACH(STRING, .choices = CHOICES("data:read", "data:write", "workflow", "catalog:write",
                                              "accounts:write"))},
    {"expires_in_days", INTEGER, REQUIRED, .low = 1, .high = 366},
    {0},
};

bool token_create(struct request *rq, struct reply *rp, struct problem *problem)
{
    char token[TOKEN_SIZE], hash[HEX_SIZE], sealed[SEALED_SIZE];
    secret_make_token(token);
    secret_hash_text(token, hash);
    signing_seal(token, sealed);
    request_append(rq, hash);
    request_append(rq, sealed);
    return serve_query(rq, rp, problem) && receipt_reveal(rp, "token", problem);
}
