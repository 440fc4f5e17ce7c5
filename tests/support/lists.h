/* lists.h: every list of routes.def, with at least two entries. */
#pragma once
#include "http/route.h"
#include "support/crawl.h"

/* Make them; the holder is Lơ Ku with an accepted report of 2022. */
struct holder lists_filled(void);

/* Is the operation a list that has formats? */
bool lists_has(const struct route *route);

/* Where the list is, with the parameters it needs, and a login that sees two entries of it. */
const char *lists_path(const struct route *route, const struct holder *holder);
const char *lists_caller(const struct route *route);

/* The path with a parameter more. */
const char *lists_with(const char *path, const char *param);

/* All entries as JSON, page by page; the test fails when there are fewer than two.  The caller frees it. */
json_t *lists_items(const char *path, const char *login);

/* The path that Link names; NULL: it names none. */
const char *lists_next(const struct answer *answer);
