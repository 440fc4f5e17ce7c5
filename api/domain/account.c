/* account.c: accounts and their passwords. */
#include "domain/operations.h"
#include "domain/receipt.h"
#include "domain/serve_query.h"
#include <string.h>

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 200 };

static const struct member role_held[] = {
    {"role", CODE, REQUIRED},
    {"unit", CODE, REQUIRED},
    {0},
};

const struct member account_body[] = {
    {"login", STRING, REQUIRED, .min_length = 2, .max_length = 40},
    {"name", STRING, REQUIRED, .min_length = 1, .max_length = 200},
    {"password", STRING, .min_length = PASSWORD_MIN, .max_length = PASSWORD_MAX},
    {"roles", ARRAY, REQUIRED, .max_length = 20, .items = EACH(OBJECT, .members = role_held)},
    {0},
};

const struct member account_change_body[] = {
    {"name", STRING, .min_length = 1, .max_length = 200},
    {"password", STRING, .min_length = PASSWORD_MIN, .max_length = PASSWORD_MAX},
    {"roles", ARRAY, .max_length = 20, .items = EACH(OBJECT, .members = role_held)},
    {"disabled", BOOLEAN},
    {0},
};

static const char *password_sent(const struct request *rq)
{
    return json_string_value(json_object_get(rq->json, "password"));
}

/* A body with faults is refused by the query anyway: spare the 60 ms. */
static bool describe_password(const char *password, const struct request *rq, char json[PASSWORD_JSON_SIZE])
{
    memcpy(json, "{}", 3);
    return json_array_size(rq->faults) > 0 || secret_password_json(password, json);
}

/* Without a password one is made, and shown in the answer, once. */
bool account_create(struct request *rq, struct reply *rp, struct problem *problem)
{
    char made[PASSWORD_SIZE], sealed[SEALED_SIZE], json[PASSWORD_JSON_SIZE];
    const char *sent = password_sent(rq);
    secret_make_password(made);
    if (!describe_password(sent ? sent : made, rq, json))
        return problem_set(problem, PROBLEM_unavailable, NULL);
    signing_seal(made, sealed);
    request_append(rq, json);
    request_append(rq, sent ? NULL : sealed);
    return serve_query(rq, rp, problem) && (sent || receipt_reveal(rp, "password", problem));
}

bool account_update(struct request *rq, struct reply *rp, struct problem *problem)
{
    char json[PASSWORD_JSON_SIZE];
    const char *sent = password_sent(rq);
    if (sent && !describe_password(sent, rq, json))
        return problem_set(problem, PROBLEM_unavailable, NULL);
    request_append(rq, sent ? json : NULL);
    return serve_query(rq, rp, problem);
}
