/* signing.c: the service's own key, through libsodium. */
#include "base/signing.h"
#include "base/config.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum {
    HEX_DIGITS = 2 * SEED_BYTES,
    SUBKEY_OF_SEALS = 1,
    SUBKEY_OF_TAGS,
    NONCE = crypto_secretbox_NONCEBYTES,
    OVERHEAD = NONCE + crypto_secretbox_MACBYTES,
    SEALED_BYTES = OVERHEAD + SECRET_SIZE,
    VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

static struct {
    unsigned char secret[crypto_sign_SECRETKEYBYTES], public[crypto_sign_PUBLICKEYBYTES];
    unsigned char seals[crypto_secretbox_KEYBYTES], tags[crypto_generichash_KEYBYTES];
} key;

_Static_assert(SEED_BYTES == crypto_sign_SEEDBYTES && SEED_BYTES == crypto_kdf_KEYBYTES, "size of a seed");
_Static_assert((int)TOKEN_SIZE <= (int)SECRET_SIZE && (int)PASSWORD_SIZE <= (int)SECRET_SIZE, "secrets fit");
_Static_assert((int)SEALED_SIZE >= (SEALED_BYTES * 4 + 2) / 3 + 1, "sealed secrets fit");

void signing_use(const unsigned char seed[SEED_BYTES])
{
    crypto_sign_seed_keypair(key.public, key.secret, seed);
    crypto_kdf_derive_from_key(key.seals, sizeof key.seals, SUBKEY_OF_SEALS, "secrets_", seed);
    crypto_kdf_derive_from_key(key.tags, sizeof key.tags, SUBKEY_OF_TAGS, "cursors_", seed);
}

/* Written aside and linked into place: another service that starts now finds all of it or nothing. */
static bool write_new(const char *path)
{
    unsigned char seed[SEED_BYTES];
    char digits[HEX_DIGITS + 1];
    str_auto_t *aside = NULL;
    randombytes_buf(seed, sizeof seed);
    sodium_bin2hex(digits, sizeof digits, seed, sizeof seed);
    if (asprintf(&aside, "%s.%d", path, (int)getpid()) < 0)
        return false;
    int file = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (file < 0)
        return false;
    bool good = write(file, digits, HEX_DIGITS) == HEX_DIGITS && fsync(file) == 0;
    good = close(file) == 0 && good && (link(aside, path) == 0 || errno == EEXIST);
    unlink(aside);
    return good;
}

static bool read_seed(const char *path)
{
    unsigned char seed[SEED_BYTES];
    size_t length = 0;
    str_auto_t *digits = config_secret(path);
    if (!digits)
        return false;
    bool good = strlen(digits) == HEX_DIGITS
                && sodium_hex2bin(seed, sizeof seed, digits, HEX_DIGITS, NULL, &length, NULL) == 0
                && length == SEED_BYTES;
    if (good)
        signing_use(seed);
    else
        errno = EINVAL;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(digits, strlen(digits));
    return good;
}

bool signing_start(const char *path)
{
    return (access(path, F_OK) == 0 || write_new(path)) && read_seed(path);
}

void signing_sign(const char *text, char signature[SIGNATURE_SIZE])
{
    unsigned char bytes[crypto_sign_BYTES];
    crypto_sign_detached(bytes, NULL, (const unsigned char *)text, strlen(text), key.secret);
    sodium_bin2base64(signature, SIGNATURE_SIZE, bytes, sizeof bytes, VARIANT);
}

void signing_public_key(char text[PUBLIC_KEY_SIZE])
{
    sodium_bin2base64(text, PUBLIC_KEY_SIZE, key.public, sizeof key.public, VARIANT);
}

/* Every secret is sealed at full size, so that its length does not show. */
void signing_seal(const char *secret, char sealed[SEALED_SIZE])
{
    unsigned char padded[SECRET_SIZE] = {0}, bytes[SEALED_BYTES];
    memcpy(padded, secret, strnlen(secret, SECRET_SIZE - 1));
    randombytes_buf(bytes, NONCE);
    crypto_secretbox_easy(bytes + NONCE, padded, sizeof padded, bytes, key.seals);
    sodium_bin2base64(sealed, SEALED_SIZE, bytes, sizeof bytes, VARIANT);
    sodium_memzero(padded, sizeof padded);
}

bool signing_open(const char *sealed, char secret[SECRET_SIZE])
{
    unsigned char bytes[SEALED_BYTES];
    size_t length = 0;
    return sodium_base642bin(bytes, sizeof bytes, sealed, strlen(sealed), NULL, &length, NULL, VARIANT) == 0
           && length == sizeof bytes
           && crypto_secretbox_open_easy((unsigned char *)secret, bytes + NONCE, sizeof bytes - NONCE, bytes,
                                         key.seals)
                  == 0;
}

void signing_tag(const char *bytes, size_t length, unsigned char tag[TAG_BYTES])
{
    crypto_generichash(tag, TAG_BYTES, (const unsigned char *)bytes, length, key.tags, sizeof key.tags);
}
