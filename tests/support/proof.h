/* proof.h: what a receipt proves, checked as anybody can who has read the contract. */
#pragma once
#include "support/world.h"

/* SHA-256 of a text, in hexadecimal; belongs to the world. */
const char *sha256_of(const char *text);

/* Is the answer of receipt_get signed with the key it names? */
bool proof_is_signed(const struct answer *receipt);

/* Does the answer to a write carry the receipt of this body, and does the service still prove it to `login`?
 * NULL: it does; otherwise what is wrong. */
const char *proof_flaw(const struct answer *made, const char *login, const char *body);
