/* auto.h: values that release themselves at the end of their scope.
 *
 *     str_auto_t *copy = strdup(text);      freed however the function returns
 *     return give(&copy);                   unless it is handed on
 *
 * jansson brings json_auto_t; buf.h has buf_auto_t, db.h pgresult_auto_t.
 */
#pragma once
#include <stdlib.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The pointer, which from now on belongs to the caller: *p becomes NULL. */
#define give(p) \
    __extension__({ \
        __typeof__(*(p)) given = *(p); \
        *(p) = NULL; \
        given; \
    })

static inline void str_release(char **text)
{
    free(*text);
}
#define str_auto_t __attribute__((cleanup(str_release))) char
