/* caller.c: who sends a request. */
#include "http/caller.h"
#include "http/header.h"
#include <string.h>
#include <strings.h>

/* The longest token read; ours are shorter, others are hashed all the same and unknown. */
enum { TOKEN_READ_MAX = 256 };

static bool take_token(struct request *rq, char token[TOKEN_READ_MAX])
{
    const char *authorization = request_header(rq, "Authorization");
    if (authorization)
        return header_bearer(authorization, token, TOKEN_READ_MAX);
    const char *cookies = request_header(rq, "Cookie");
    rq->token_is_cookie = cookies && header_cookie(cookies, SESSION_COOKIE, token, TOKEN_READ_MAX);
    return rq->token_is_cookie;
}

/* Browsers tell where a request comes from; older ones only the Origin. */
static bool is_from_our_pages(const struct request *rq)
{
    const char *site = request_header(rq, "Sec-Fetch-Site"), *origin = request_header(rq, "Origin");
    if (site)
        return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
    return origin && header_is_same_origin(origin, request_header(rq, "Host"));
}

bool caller_identify(struct request *rq, struct problem *problem)
{
    char token[TOKEN_READ_MAX];
    if (rq->route->access == OPEN)
        return true;
    if (!take_token(rq, token))
        return problem_set(problem, PROBLEM_unauthenticated, NULL);
    if (rq->token_is_cookie && strcmp(rq->route->method, "GET") != 0 && !is_from_our_pages(rq))
        return problem_set(problem, PROBLEM_cross_site, NULL);
    secret_hash_token(token, rq->token_hash);
    rq->has_token = true;
    return true;
}

enum language caller_language(const struct request *rq)
{
    const char *wish = request_header(rq, "Accept-Language");
    return header_quality(wish, "en") > header_quality(wish, "vi") ? EN : VI;
}

bool caller_uses_tls(const struct request *rq)
{
    const char *scheme = request_header(rq, "X-Forwarded-Proto");
    return scheme && strcasecmp(scheme, "https") == 0;
}

void caller_address(const struct request *rq, char address[ADDRESS_SIZE])
{
    const char *told = request_header(rq, "X-Real-IP");
    size_t length = told ? strspn(told, "0123456789abcdefABCDEF:.") : 0;
    if (length < 2 || length >= ADDRESS_SIZE || told[length] != '\0')
        told = "local";
    snprintf(address, ADDRESS_SIZE, "%s", told);
}
