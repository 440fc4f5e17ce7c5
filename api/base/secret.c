/* secret.c: tokens and passwords, through libsodium. */
#include "base/secret.h"
#include <sodium.h>
#include <string.h>

static const char token_prefix[] = "thidua_";
enum { PREFIX_LENGTH = sizeof token_prefix - 1 };

_Static_assert(TOKEN_HASH_BYTES == crypto_hash_sha256_BYTES, "size of a SHA-256");
enum { SALT_BYTES = crypto_pwhash_argon2id_SALTBYTES, KEY_BYTES = 32 };

/* The costs of new passwords. */
enum { OPSLIMIT = 2, MEMLIMIT = 64 * 1024 * 1024 };

bool secret_start(void)
{
    return sodium_init() >= 0;
}

void secret_make_token(char token[TOKEN_SIZE])
{
    unsigned char bytes[TOKEN_HASH_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    memcpy(token, token_prefix, PREFIX_LENGTH);
    sodium_bin2base64(token + PREFIX_LENGTH, TOKEN_SIZE - PREFIX_LENGTH, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

/* Letters and digits that are not taken for one another: 31^16 are 79 bits. */
void secret_make_password(char password[PASSWORD_SIZE])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    for (int i = 0; i < PASSWORD_SIZE - 1; i++)
        password[i] = i % 5 == 4 ? '-' : letters[randombytes_uniform(sizeof letters - 1)];
    password[PASSWORD_SIZE - 1] = '\0';
}

void secret_make_request_id(char id[REQUEST_ID_SIZE])
{
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(id, REQUEST_ID_SIZE, bytes, sizeof bytes);
}

void secret_hash_bytes(const char *bytes, size_t length, unsigned char hash[TOKEN_HASH_BYTES])
{
    crypto_hash_sha256(hash, (const unsigned char *)bytes, length);
}

void secret_hash_token(const char *token, unsigned char hash[TOKEN_HASH_BYTES])
{
    secret_hash_bytes(token, strlen(token), hash);
}

void secret_write_bytea(const unsigned char bytes[TOKEN_HASH_BYTES], char text[HEX_SIZE])
{
    memcpy(text, "\\x", 2);
    sodium_bin2hex(text + 2, HEX_SIZE - 2, bytes, TOKEN_HASH_BYTES);
}

void secret_hash_text(const char *token, char text[HEX_SIZE])
{
    unsigned char hash[TOKEN_HASH_BYTES];
    secret_hash_token(token, hash);
    secret_write_bytea(hash, text);
}

static bool make_key(const char *password, const unsigned char *salt, const struct password_cost *cost,
                     unsigned char key[KEY_BYTES])
{
    return crypto_pwhash(key, KEY_BYTES, password, strlen(password), salt, cost->opslimit, cost->memlimit,
                         crypto_pwhash_ALG_ARGON2ID13)
           == 0;
}

bool secret_password_key(const char *password, const struct password_cost *cost, char key[HEX_SIZE])
{
    unsigned char salt[SALT_BYTES], bytes[KEY_BYTES];
    size_t length = 0;
    bool good =
        strncmp(cost->salt, "\\x", 2) == 0
        && sodium_hex2bin(salt, sizeof salt, cost->salt + 2, strlen(cost->salt + 2), NULL, &length, NULL) == 0
        && length == sizeof salt && make_key(password, salt, cost, bytes);
    if (good)
        secret_write_bytea(bytes, key);
    sodium_memzero(bytes, sizeof bytes);
    return good;
}

bool secret_password_json(const char *password, char json[PASSWORD_JSON_SIZE])
{
    static const struct password_cost cost = {.opslimit = OPSLIMIT, .memlimit = MEMLIMIT};
    unsigned char salt[SALT_BYTES], key[KEY_BYTES], verifier[TOKEN_HASH_BYTES];
    char salt_text[2 * SALT_BYTES + 1], verifier_text[2 * TOKEN_HASH_BYTES + 1];
    randombytes_buf(salt, sizeof salt);
    if (!make_key(password, salt, &cost, key))
        return false;
    crypto_hash_sha256(verifier, key, sizeof key);
    sodium_memzero(key, sizeof key);
    sodium_bin2hex(salt_text, sizeof salt_text, salt, sizeof salt);
    sodium_bin2hex(verifier_text, sizeof verifier_text, verifier, sizeof verifier);
    snprintf(json, PASSWORD_JSON_SIZE,
             "{\"salt\":\"%s\",\"verifier\":\"%s\",\"opslimit\":%d,\"memlimit\":%d}", salt_text,
             verifier_text, OPSLIMIT, MEMLIMIT);
    return true;
}
