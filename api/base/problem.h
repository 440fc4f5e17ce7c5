/* problem.h: the one error type (RFC 9457).
 *
 * A function that can fail takes a `struct problem *` and returns bool: false means that the problem
 * says why.  It starts zeroed, is set once (the first setter wins) and is written once, at the end of
 * the request, in the caller's language.
 */
#pragma once
#include "base/fault.h"

enum problem_kind {
    PROBLEM_none,
#define PROBLEM(kind, ...) PROBLEM_##kind,
#include "base/problems.def"
#undef PROBLEM
    PROBLEM_COUNT
};

struct problem {
    enum problem_kind kind;
    json_t *params;  /* what fills the {placeholders} of the texts; NULL: nothing */
    json_t *errors;  /* faults (fault.h); NULL: none */
    json_t *members; /* further members of the document; NULL: none */
};

/* A kind of problem, as problems.def tells it. */
struct problem_text {
    const char *slug;
    int status;
    bool retryable; /* the same request, sent again later, may succeed */
    const char *title[LANGUAGES], *detail[LANGUAGES], *advice[LANGUAGES];
};
const struct problem_text *problem_text(enum problem_kind kind);

/* Set the problem unless it is set already; params are taken over.  Always false, for `return`. */
bool problem_set(struct problem *problem, enum problem_kind kind, json_t *params);

/* Set the problem with its faults, which are taken over.  Always false. */
bool problem_set_faults(struct problem *problem, enum problem_kind kind, json_t *faults);

/* Set the problem with a single fault, which is taken over.  Always false. */
bool problem_set_fault(struct problem *problem, enum problem_kind kind, json_t *fault);

/* The kind with this slug; PROBLEM_none when there is none. */
enum problem_kind problem_of_slug(const char *slug);

/* Write the document: type, title, status, detail, instance, code, retryable, errors, then the members. */
void problem_write(struct buf *out, const struct problem *problem, enum language language,
                   const char *instance);

void problem_release(struct problem *problem);
#define problem_auto_t __attribute__((cleanup(problem_release))) struct problem
