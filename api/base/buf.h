/* buf.h: text that grows, up to a limit.
 *
 * A buf starts zeroed and needs no initialiser.  Adding past `max` or running out of memory frees the
 * text and marks the buf `broken`; further adds do nothing, so callers add freely and check once, at
 * the end, with buf_take().
 */
#pragma once
#include "base/auto.h"
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *text; /* NUL-terminated; NULL while empty */
    size_t len, size;
    size_t max; /* bytes; 0: 16 MiB */
    bool broken;
};

void buf_add(struct buf *b, const char *text, size_t len);
void buf_adds(struct buf *b, const char *text);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Add UTF-8 text as a JSON string, quotes included. */
void buf_add_quoted(struct buf *b, const char *text);

/* Add text so that it is safe inside HTML and inside its quoted attributes. */
void buf_add_html(struct buf *b, const char *text);

void buf_release(struct buf *b);
#define buf_auto_t __attribute__((cleanup(buf_release))) struct buf

/* Hand the text over to the caller, who frees it; NULL when the buf broke.  The buf is empty after. */
char *buf_take(struct buf *b, size_t *len) MUST_CHECK;
