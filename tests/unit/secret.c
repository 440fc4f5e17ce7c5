/* secret: tokens and passwords. */
#include "base/secret.h"
#include <criterion/criterion.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

static void start(void)
{
    cr_assert(secret_start());
}

TestSuite(secret, .init = start);

Test(secret, makes_tokens_of_one_form_that_differ)
{
    char a[TOKEN_SIZE], b[TOKEN_SIZE];
    secret_make_token(a);
    secret_make_token(b);
    cr_expect_eq(strlen(a), 50);
    cr_expect_eq(strncmp(a, "thidua_", 7), 0);
    cr_expect_str_neq(a, b);
}

Test(secret, makes_passwords_that_can_be_read_aloud)
{
    char password[PASSWORD_SIZE];
    secret_make_password(password);
    cr_expect_eq(strlen(password), 19);
    cr_expect_eq(strspn(password, "abcdefghjkmnpqrstuvwxyz23456789-"), 19);
}

Test(secret, hashes_as_postgresql_does)
{
    char text[HEX_SIZE]; /* select sha256('abc') */
    secret_hash_text("abc", text);
    cr_expect_str_eq(text, "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* The verifier kept of a password is the SHA-256 of the key made from it with the same salt. */
Test(secret, keeps_of_a_password_what_its_key_will_prove)
{
    char json[PASSWORD_JSON_SIZE], key[HEX_SIZE], salt[40], verifier[65];
    unsigned char bytes[32], hash[32];
    cr_assert(secret_password_json("mật khẩu dài", json));
    json_auto_t *kept = json_loads(json, 0, NULL);
    snprintf(salt, sizeof salt, "\\x%s", json_string_value(json_object_get(kept, "salt")));
    struct password_cost cost = {salt, 2, 64 * 1024 * 1024};
    cr_assert(secret_password_key("mật khẩu dài", &cost, key));
    cr_assert_eq(sodium_hex2bin(bytes, sizeof bytes, key + 2, 64, NULL, NULL, NULL), 0);
    crypto_hash_sha256(hash, bytes, sizeof bytes);
    sodium_bin2hex(verifier, sizeof verifier, hash, sizeof hash);
    cr_expect_str_eq(verifier, json_string_value(json_object_get(kept, "verifier")));
}

Test(secret, refuses_a_malformed_salt)
{
    char key[HEX_SIZE];
    cr_expect_not(secret_password_key("x", &(struct password_cost){"\\x00", 2, 64 * 1024 * 1024}, key));
    cr_expect_not(secret_password_key("x", &(struct password_cost){"zz", 2, 64 * 1024 * 1024}, key));
}
