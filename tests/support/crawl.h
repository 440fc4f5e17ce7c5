/* crawl.h: every operation of routes.def, called on the objects of one commune.
 *
 * The paths, parameters and bodies are made from the table and the shapes of the bodies, so a new operation
 * is called by itself.  Where crawl.c does not know what stands at a path, the test fails and says so.
 */
#pragma once
#include "http/route.h"
#include "support/plan.h"

/* Whose objects, and which of their reports. */
struct holder {
    const struct commune *commune;
    const char *period;
    long submission;
};

/* The commune with a report in a state, its accounts' names, a token's name, a note and a figure being the
 * marks that nobody else may see. */
struct holder holder_with(const struct commune *commune, const char *period, const char *state);

/* The first mark of a holder that stands in the answer; NULL: none. */
const char *mark_in(const struct answer *answer);

/* The path of the operation with its required parameters, and `unit` where it has one. */
const char *crawl_path(const struct route *route, const struct holder *holder);

/* A body of the right shape; NULL when it has none. */
const char *crawl_body(const struct route *route, const struct holder *holder);

/* If-Match with the present entity tag of what stands at the path; NULL when the operation wants none. */
const char *crawl_headers(const struct route *route, const struct holder *holder);

/* All three together, asked by a login or, with a header, by its bearer. */
struct answer crawl(const struct route *route, const struct holder *holder, const char *login,
                    const char *header);

bool crawl_writes(const struct route *route);

/* A login of world.sql that may do the operation on the objects of Lơ Ku; NULL: anybody. */
const char *crawl_caller(const struct route *route);
