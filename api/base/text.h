/* text.h: texts for people: {placeholders} and nearest names. */
#pragma once
#include "base/buf.h"
#include <jansson.h>

/* The languages the service speaks; Vietnamese unless the caller prefers English. */
enum language { VI, EN, LANGUAGES };

/* The language's tag, as in Content-Language. */
const char *language_tag(enum language language);

/* Add the template with each {name} replaced by that member of params (JSON object or NULL).  Arrays
 * become "a, b, c"; a name that params does not have becomes "?".  A part in [brackets] is left out when
 * params lacks one of its names. */
void text_fill(struct buf *out, const char *template, const json_t *params);

/* The one of the names (NULL-terminated) that looks most like a mistyped form of the name; NULL when
 * none is near.  The result is borrowed from names. */
const char *text_nearest(const char *name, const char *const *names);

/* Number of characters (code points) of UTF-8 text; -1 when the text is not UTF-8. */
long text_length(const char *text);
