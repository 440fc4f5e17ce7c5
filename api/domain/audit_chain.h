/* audit_chain.h: is a dump of the record of changes whole?  Offline: no database is asked.
 *
 * A dump is what app.audit_dump() gives, a row a line, chain by chain:
 *
 *     {"hash":"<64 hex>","digest":"<64 hex>","row":{…}}
 *
 * digest is the SHA-256 of the row as it stands there, byte by byte; hash that of the hash before it in the
 * chain (32 zero bytes at first) and digest.  That finds what was altered, swapped, added, or taken out of
 * the middle.  What was taken off the end, or written anew from some row on, only a head finds that was
 * published before.
 */
#pragma once
#include "base/auto.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct audit_verdict {
    long rows, chains, heads; /* sound so far; heads: of those published */
    char fault[512];          /* the first; "" when there is none */
};

/* The heads in a file: answers of GET /v1/audit/head as they came, or their items, any number of each, from
 * any time.  NULL: it holds something else, or two heads that contradict each other. */
json_t *audit_heads_read(FILE *file) MUST_CHECK;

/* Reads the dump to its end or the first fault; memory does not grow with it.  The heads (NULL: none) that
 * were met are removed.  False: it is not whole. */
bool audit_verify(FILE *dump, json_t *heads, struct audit_verdict *verdict) MUST_CHECK;
