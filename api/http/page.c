/* page.c: the pages of a list. */
#include "http/page.h"
#include "http/params.h"
#include <ctype.h>
#include <sodium.h>
#include <string.h>

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING, CURSOR_BYTES = TAG_BYTES + POSITION_SIZE - 1 };

/* A cursor goes on with another page length, in another format, and counted or not. */
static bool is_filter(const char *param)
{
    return strcmp(param, "cursor") != 0 && strcmp(param, "limit") != 0 && strcmp(param, "format") != 0
           && strcmp(param, "count") != 0;
}

/* What is bound together; every text ends with its NUL, and absent is not empty. */
static void tag_of(const struct request *rq, const char *position, unsigned char tag[TAG_BYTES])
{
    buf_auto_t bound = {0};
    buf_add(&bound, rq->route->operation, strlen(rq->route->operation) + 1);
    for (int i = 0; i < PATH_VALUES_MAX; i++)
        buf_add(&bound, rq->path_value[i], strlen(rq->path_value[i]) + 1);
    for (int i = 0; rq->route->params[i]; i++) {
        if (!is_filter(rq->route->params[i]))
            continue;
        buf_addc(&bound, rq->param[i] ? '=' : '-');
        buf_add(&bound, rq->param[i] ? rq->param[i] : "", rq->param[i] ? strlen(rq->param[i]) + 1 : 1);
    }
    buf_adds(&bound, position);
    signing_tag(bound.text ? bound.text : "", bound.len, tag);
}

static void write_cursor(const struct request *rq, const char *position, struct buf *out)
{
    unsigned char bytes[CURSOR_BYTES];
    char text[sodium_base64_ENCODED_LEN(CURSOR_BYTES, VARIANT)];
    size_t length = strnlen(position, POSITION_SIZE - 1);
    tag_of(rq, position, bytes);
    memcpy(bytes + TAG_BYTES, position, length);
    buf_adds(out, sodium_bin2base64(text, sizeof text, bytes, TAG_BYTES + length, VARIANT));
}

static bool is_ours(struct request *rq, const char *cursor)
{
    unsigned char bytes[CURSOR_BYTES], tag[TAG_BYTES];
    size_t length = 0;
    if (sodium_base642bin(bytes, sizeof bytes, cursor, strlen(cursor), NULL, &length, NULL, VARIANT) != 0
        || length <= TAG_BYTES)
        return false;
    memcpy(rq->position, bytes + TAG_BYTES, length - TAG_BYTES);
    rq->position[length - TAG_BYTES] = '\0';
    tag_of(rq, rq->position, tag);
    bool is_text = strlen(rq->position) == length - TAG_BYTES; /* no NUL in it */
    return is_text && sodium_memcmp(tag, bytes, TAG_BYTES) == 0;
}

bool page_read_cursor(struct request *rq, struct problem *problem)
{
    int at = param_position("cursor", rq->route->params);
    if (rq->route->shape != LIST || at < 0 || !rq->param[at])
        return true;
    if (!is_ours(rq, rq->param[at]))
        return problem_set_fault(problem, PROBLEM_malformed_parameter,
                                 fault_new("parameter", "cursor", "invalid", NULL));
    rq->param[at] = rq->position;
    return true;
}

static void add_encoded(struct buf *out, const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~,", *text))
            buf_addc(out, *text);
        else
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

static void write_link(const struct request *rq, const char *cursor, struct buf *out)
{
    char before = '?';
    buf_addc(out, '<');
    buf_add(out, rq->raw->http_url, strcspn(rq->raw->http_url, "?"));
    for (int i = 0; rq->route->params[i]; i++) {
        bool is_cursor = strcmp(rq->route->params[i], "cursor") == 0;
        bool is_count = strcmp(rq->route->params[i], "count") == 0; /* once is enough */
        if ((!rq->param[i] && !is_cursor) || is_count)
            continue;
        buf_addf(out, "%c%s=", before, param_named(rq->route->params[i])->name);
        add_encoded(out, is_cursor ? cursor : rq->param[i]);
        before = '&';
    }
    buf_adds(out, ">; rel=\"next\"");
}

void page_write_next(const struct request *rq, const char *position, struct buf *cursor, struct buf *link)
{
    write_cursor(rq, position, cursor);
    if (cursor->text)
        write_link(rq, cursor->text, link);
}
