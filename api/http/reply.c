/* reply.c: sending what an operation answered, or the problem it met. */
#include "http/reply.h"
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 * 1024 };

void reply_start(const struct request *rq, struct _u_response *response)
{
    u_map_put(response->map_header, "X-Request-Id", rq->id);
    u_map_put(response->map_header, "Cache-Control", "no-store");
    u_map_put(response->map_header, "Vary", "Accept, Accept-Language, Authorization, Cookie");
    u_map_put(response->map_header, "X-Content-Type-Options", "nosniff");
}

static void hand_over(struct buf *body, struct _u_response *response)
{
    size_t length = 0;
    response->binary_body = buf_take(body, &length);
    response->binary_body_length = length;
}

static ssize_t read_piece(void *file, uint64_t offset, char *piece, size_t size)
{
    ssize_t length = pread(fileno(file), piece, size, (off_t)offset);
    if (length > 0)
        return length;
    return length == 0 ? U_STREAM_END : U_STREAM_ERROR;
}

static void close_file(void *file)
{
    fclose(file);
}

/* It goes out piece by piece, between the other requests of the worker. */
static void send_file(struct reply *rp, struct _u_response *response)
{
    struct stat file;
    if (fflush(rp->file) != 0 || fstat(fileno(rp->file), &file) != 0
        || ulfius_set_stream_response(response, (unsigned)rp->status, read_piece, close_file,
                                      (uint64_t)file.st_size, PIECE, rp->file)
               != U_OK)
        response->status = 500;
    else
        rp->file = NULL;
}

static void name_file(const char *name, struct _u_response *response)
{
    buf_auto_t disposition = {0};
    buf_addf(&disposition, "attachment; filename=\"%s\"", name);
    if (disposition.text)
        u_map_put(response->map_header, "Content-Disposition", disposition.text);
}

static void tell_number(const char *name, json_int_t number, struct _u_response *response)
{
    char text[24];
    snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, number);
    u_map_put(response->map_header, name, text);
}

static void tell_seconds(json_int_t seconds, struct _u_response *response)
{
    tell_number("Retry-After", seconds, response);
}

static void tell(const char *name, const char *value, struct _u_response *response)
{
    if (value && value[0])
        u_map_put(response->map_header, name, value);
}

static void add_headers(const struct reply *rp, struct _u_response *response)
{
    tell("ETag", rp->etag, response);
    tell("Location", rp->location, response);
    tell("Idempotency-Replayed", rp->replayed ? "true" : NULL, response);
    tell("Preference-Applied", rp->applied, response);
    tell("Set-Cookie", rp->cookie, response);
    tell("Link", rp->link.text, response);
    if (rp->retry_after)
        tell_seconds(rp->retry_after, response);
    if (rp->counted)
        tell_number("Total-Count", rp->total, response);
    if (rp->filename)
        name_file(rp->filename, response);
}

void reply_send(struct reply *rp, struct _u_response *response)
{
    response->status = rp->status;
    add_headers(rp, response);
    if (!rp->body.text && !rp->file)
        return;
    tell("Content-Type", rp->type ? rp->type : "application/json", response);
    if (rp->file)
        send_file(rp, response);
    else
        hand_over(&rp->body, response);
}

/* Retry-After, in seconds: what the problem says, or a moment. */
static void tell_when(const struct problem *problem, struct _u_response *response)
{
    json_int_t minutes = json_integer_value(json_object_get(problem->params, "minutes"));
    tell_seconds(minutes > 0 ? minutes * 60 : 5, response);
}

void reply_send_problem(const struct problem *problem, const struct request *rq, struct _u_response *response)
{
    struct buf document = {0};
    int status = problem_text(problem->kind)->status;
    problem_write(&document, problem, rq->language, rq->id);
    response->status = status;
    u_map_put(response->map_header, "Content-Type", "application/problem+json");
    u_map_put(response->map_header, "Content-Language", language_tag(rq->language));
    if (problem_text(problem->kind)->retryable)
        tell_when(problem, response);
    if (status == 401)
        u_map_put(response->map_header, "WWW-Authenticate", "Bearer");
    hand_over(&document, response);
}

void reply_add_json(struct reply *rp, const char *name, const char *json)
{
    struct buf *body = &rp->body;
    if (body->len < 2)
        return;
    bool first = body->text[body->len - 2] == '{';
    body->len--; /* the closing brace */
    if (!first)
        buf_addc(body, ',');
    buf_add_quoted(body, name);
    buf_addf(body, ":%s}", json);
}

void reply_add_member(struct reply *rp, const char *name, const char *text)
{
    buf_auto_t quoted = {0};
    buf_add_quoted(&quoted, text);
    if (quoted.text)
        reply_add_json(rp, name, quoted.text);
}

void reply_release(struct reply *rp)
{
    buf_release(&rp->body);
    buf_release(&rp->link);
    free(rp->cookie);
    free(rp->filename);
    if (rp->file)
        fclose(rp->file);
}
