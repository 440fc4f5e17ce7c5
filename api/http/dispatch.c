/* dispatch.c: the steps every request takes.  Each returns false with the problem set; nothing after it
 * runs. */
#include "http/dispatch.h"
#include "base/log.h"
#include "http/body.h"
#include "http/caller.h"
#include "http/format.h"
#include "http/header.h"
#include "http/page.h"
#include "http/params.h"
#include "http/reply.h"
#include <string.h>
#include <strings.h>
#include <time.h>

static long microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void name_request(struct request *rq)
{
    const char *told = request_header(rq, "X-Request-Id");
    if (told && header_is_request_id(told))
        snprintf(rq->id, sizeof rq->id, "%s", told);
    else
        secret_make_request_id(rq->id);
    rq->language = caller_language(rq);
    caller_address(rq, rq->address);
}

static bool refuse_header(const char *name, const char *code, struct problem *problem)
{
    return problem_set_fault(problem, PROBLEM_bad_request, fault_new("header", name, code, NULL));
}

/* Ulfius joins a header sent twice with a comma; written in two cases it is there twice. */
static bool is_repeated(const struct request *rq, const char *name)
{
    const struct _u_map *headers = rq->raw->map_header;
    const char *value = request_header(rq, name);
    int times = 0;
    for (int i = 0; i < headers->nb_values; i++)
        times += strcasecmp(headers->keys[i], name) == 0;
    return times > 1 || (value && strchr(value, ','));
}

/* Where two programs may read a message's length differently, one request can hide another (RFC 9112,
 * 11.2); Host decides what the message is meant for. */
static bool is_unambiguous(const struct request *rq, struct problem *problem)
{
    static const char *const once[] = {"Host", "Content-Length", "Transfer-Encoding", "Authorization",
                                       "Content-Type"};
    for (size_t i = 0; i < COUNT(once); i++)
        if (is_repeated(rq, once[i]))
            return refuse_header(once[i], "repeated-header", problem);
    if (!request_header(rq, "Host"))
        return refuse_header("Host", "missing-header", problem);
    if (request_header(rq, "Content-Length") && request_header(rq, "Transfer-Encoding"))
        return refuse_header("Content-Length", "contradicting-header", problem);
    return true;
}

static bool find_route(struct request *rq, const struct route_table *table, struct problem *problem)
{
    const char *method = rq->raw->http_verb, *path = rq->raw->http_url;
    rq->route = route_find(table, method, path, rq->path_value);
    if (rq->route)
        return true;
    buf_auto_t allowed = {0};
    if (!route_allow(table, path, &allowed))
        return problem_set(problem, PROBLEM_not_found, NULL);
    return problem_set(problem, PROBLEM_method_not_allowed,
                       json_pack("{s:s, s:s}", "method", method, "allowed", allowed.text));
}

static bool read_params(struct request *rq, struct problem *problem)
{
    const char *query = strchr(rq->raw->http_url, '?');
    rq->query = strdup(query ? query + 1 : "");
    if (!rq->query)
        return problem_set(problem, PROBLEM_internal, NULL);
    return params_read(rq->query, rq->route->params, rq->param, problem);
}

static bool read_if_match(struct request *rq, struct problem *problem)
{
    if (!(rq->route->flags & IF_MATCH))
        return true;
    rq->if_match = request_header(rq, "If-Match");
    if (!rq->if_match)
        return problem_set(problem, PROBLEM_precondition_required, NULL);
    bool any = strcmp(rq->if_match, "*") == 0; /* whatever the version (RFC 9110, 13.1.1) */
    return any || header_is_etag(rq->if_match) || refuse_header("If-Match", "malformed-etag", problem);
}

/* A POST that makes or moves something must be able to come twice and count once; a PATCH may. */
static bool read_idempotency_key(struct request *rq, struct problem *problem)
{
    if (!route_takes_body(rq->route) || !route_writes(rq->route))
        return true;
    rq->idempotency_key = request_header(rq, "Idempotency-Key");
    if (!rq->idempotency_key)
        return strcmp(rq->route->method, "POST") != 0
               || problem_set(problem, PROBLEM_idempotency_key_required, NULL);
    if (is_repeated(rq, "Idempotency-Key"))
        return refuse_header("Idempotency-Key", "repeated-header", problem);
    return header_is_idempotency_key(rq->idempotency_key)
           || refuse_header("Idempotency-Key", "malformed-idempotency-key", problem);
}

static bool answer(struct request *rq, struct reply *rp, struct problem *problem)
{
    if (!rq->route->handler(rq, rp, problem))
        return false;
    return !rp->body.broken || problem_set(problem, PROBLEM_internal, NULL);
}

/* OPTIONS of a known path: what can be done here. */
static bool is_options(const struct request *rq, const struct route_table *table,
                       struct _u_response *response)
{
    buf_auto_t allowed = {0};
    if (strcmp(rq->raw->http_verb, "OPTIONS") != 0 || !route_allow(table, rq->raw->http_url, &allowed))
        return false;
    u_map_put(response->map_header, "Allow", allowed.text);
    response->status = 204;
    return true;
}

static void send_problem(const struct problem *problem, const struct request *rq,
                         struct _u_response *response)
{
    const char *allowed = json_string_value(json_object_get(problem->params, "allowed"));
    if (problem->kind == PROBLEM_method_not_allowed && allowed)
        u_map_put(response->map_header, "Allow", allowed);
    if (problem->kind == PROBLEM_bad_request || problem->kind == PROBLEM_content_too_large)
        u_map_put(response->map_header, "Connection", "close"); /* its end is in doubt, or still to come */
    reply_send_problem(problem, rq, response);
}

static void log_request(const struct request *rq, const struct problem *problem, long status, long duration)
{
    buf_auto_t line = {0};
    bool failed = status >= 500;
    buf_addf(&line, "\"id\":\"%s\",\"operation\":\"%s\",\"status\":%ld,\"us\":%ld", rq->id,
             rq->route ? rq->route->operation : "none", status, duration);
    if (problem->kind != PROBLEM_none)
        buf_addf(&line, ",\"problem\":\"%s\"", problem_text(problem->kind)->slug);
    log_event(failed ? Y_LOG_LEVEL_WARNING : Y_LOG_LEVEL_INFO, &line);
}

static void release(struct request *rq, struct reply *rp, struct problem *problem)
{
    free(rq->query);
    free(rq->body);
    json_decref(rq->json);
    json_decref(rq->faults);
    reply_release(rp);
    problem_release(problem);
}

int dispatch(const struct _u_request *raw, struct _u_response *response, void *table)
{
    long start = microseconds();
    struct request rq = {.raw = raw};
    struct reply rp = {0};
    struct problem problem = {0};

    name_request(&rq);
    reply_start(&rq, response);
    bool good = is_unambiguous(&rq, &problem);
    if (!good || !is_options(&rq, table, response)) {
        /* clang-format off */
        good = good
            && find_route(&rq, table, &problem)
            && format_is_acceptable(&rq, &problem)
            && caller_identify(&rq, &problem)
            && read_params(&rq, &problem)
            && format_choose(&rq, &problem)
            && page_read_cursor(&rq, &problem)
            && read_if_match(&rq, &problem)
            && read_idempotency_key(&rq, &problem)
            && body_read(&rq, &problem)
            && answer(&rq, &rp, &problem);
        /* clang-format on */
        if (good)
            reply_send(&rp, response);
        else
            send_problem(&problem, &rq, response);
    }
    log_request(&rq, &problem, response->status, microseconds() - start);
    release(&rq, &rp, &problem);
    return U_CALLBACK_COMPLETE;
}
