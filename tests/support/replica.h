/* replica.h: a puller's copy of what a login sees, kept by the feed of changes. */
#pragma once
#include "support/world.h"

struct replica {
    const char *login, *cursor; /* cursor: where the last page pointed; NULL: nothing pulled yet */
    json_t *things;             /* owned; "kind key" → data */
    int pages, upserts, deletes;
};

struct replica replica_new(const char *login);
void replica_release(struct replica *replica);

/* Pull page by page of `limit` until there is no more; the test fails when an answer is none. */
void replica_pull(struct replica *replica, int limit);

/* Where it differs from a new one, which sees what there is now; NULL: nowhere. */
const char *replica_difference(const struct replica *replica);

/* A thing's data; NULL when the replica has none. */
const json_t *replica_thing(const struct replica *replica, const char *kind, const char *key);
