/* secret.h: tokens and passwords, through libsodium.
 *
 * A token is shown to its owner once; only its SHA-256 is stored.  It has 256 random bits, so a plain
 * hash is enough.  Passwords are chosen by people: the service turns them into an argon2id key, and the
 * database knows the SHA-256 of that key.
 */
#pragma once
#include "base/auto.h"
#include <stdbool.h>

enum {
    TOKEN_SIZE = 7 + 43 + 1,   /* "thidua_", 32 bytes as base64url, NUL */
    TOKEN_HASH_BYTES = 32,     /* SHA-256 */
    HEX_SIZE = 2 + 2 * 32 + 1, /* 32 bytes as text of a PostgreSQL bytea: \x and hexadecimal */
    PASSWORD_SIZE = 20,        /* of passwords made here: four groups of four letters, NUL */
    PASSWORD_JSON_SIZE = 256,
    REQUEST_ID_SIZE = 65,
};

/* How an account's password becomes a key: what sign_in_find tells. */
struct password_cost {
    const char *salt; /* 16 bytes as text of a bytea */
    unsigned long opslimit, memlimit;
};

/* Call once, before anything else here.  False: the system has no random numbers. */
bool secret_start(void) MUST_CHECK;

void secret_make_token(char token[TOKEN_SIZE]);
void secret_make_password(char password[PASSWORD_SIZE]);
void secret_make_request_id(char id[REQUEST_ID_SIZE]);

/* 32 bytes as PostgreSQL's text of a bytea. */
void secret_write_bytea(const unsigned char bytes[TOKEN_HASH_BYTES], char text[HEX_SIZE]);

/* SHA-256. */
void secret_hash_bytes(const char *bytes, size_t length, unsigned char hash[TOKEN_HASH_BYTES]);

/* The SHA-256 of a token, as bytes and as PostgreSQL's text. */
void secret_hash_token(const char *token, unsigned char hash[TOKEN_HASH_BYTES]);
void secret_hash_text(const char *token, char text[HEX_SIZE]);

/* The argon2id key of a password, by which the database knows it, as PostgreSQL's text: 64 MiB and some
 * 60 ms.  False: the cost is malformed or memory ran out. */
bool secret_password_key(const char *password, const struct password_cost *cost,
                         char key[HEX_SIZE]) MUST_CHECK;

/* What the database stores of a new password: {"salt", "verifier", "opslimit", "memlimit"}, where the
 * verifier is the SHA-256 of the key.  False: memory ran out. */
bool secret_password_json(const char *password, char json[PASSWORD_JSON_SIZE]) MUST_CHECK;
