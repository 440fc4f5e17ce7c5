/* signing.h: the service's own key: it signs receipts (Ed25519, RFC 8032), and seals the secrets that are
 * shown once (tokens, passwords made here), so that an answer can be given again without the database
 * knowing them.
 *
 * Whoever knows the public key can prove a receipt without asking the service.  The key lives in a file,
 * apart from the database: who can write to the database still cannot make a receipt.
 */
#pragma once
#include "base/secret.h"

enum {
    SEED_BYTES = 32,
    SIGNATURE_SIZE = 86 + 1,  /* 64 bytes as base64url without padding, NUL */
    PUBLIC_KEY_SIZE = 43 + 1, /* 32 bytes as base64url without padding, NUL */
    SEALED_SIZE = 160,        /* what SECRET_SIZE becomes when sealed, as base64url, NUL */
    SECRET_SIZE = 64,
    TAG_BYTES = 16,
};

/* Take the key from a file of 64 hexadecimal digits; a file that is missing is made, for its owner alone.
 * Call once, before any thread starts.  False: errno says why; EINVAL, it is no such file. */
bool signing_start(const char *path) MUST_CHECK;

/* Take this key. */
void signing_use(const unsigned char seed[SEED_BYTES]);

void signing_sign(const char *text, char signature[SIGNATURE_SIZE]);
void signing_public_key(char key[PUBLIC_KEY_SIZE]);

/* Seal a secret shorter than SECRET_SIZE, and open what was sealed.  False: it is none of ours. */
void signing_seal(const char *secret, char sealed[SEALED_SIZE]);
bool signing_open(const char *sealed, char secret[SECRET_SIZE]) MUST_CHECK;

/* A code of authenticity of bytes: nobody without the key can make it (BLAKE2b). */
void signing_tag(const char *bytes, size_t length, unsigned char tag[TAG_BYTES]);
