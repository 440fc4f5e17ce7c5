/* receipt_get: every accepted write is proved by what the service signed. */
#include "base/signing.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

TestSuite(receipt_get, .init = world_open, .fini = world_close, .timeout = 30);

static const char *sha256_of(const char *text)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    return text_of("%s", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

static size_t bytes_of(const char *base64url, unsigned char *bytes, size_t size)
{
    size_t length = 0;
    int bad = sodium_base642bin(bytes, size, base64url, strlen(base64url), NULL, &length, NULL,
                                sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return bad ? 0 : length;
}

/* As anybody can check it who has read the contract. */
static bool is_signed(const struct answer *receipt)
{
    unsigned char signature[crypto_sign_BYTES], key[crypto_sign_PUBLICKEYBYTES];
    const char *text =
        text_of("thidua-receipt-1\n%s\n%s\n%s\n%s\n", at(receipt, "/id"), at(receipt, "/operation"),
                at(receipt, "/sha256"), at(receipt, "/received_at"));
    return bytes_of(at(receipt, "/signature"), signature, sizeof signature) == sizeof signature
           && bytes_of(at(receipt, "/public_key"), key, sizeof key) == sizeof key
           && crypto_sign_verify_detached(signature, (const unsigned char *)text, strlen(text), key) == 0;
}

Test(receipt_get, proves_what_was_sent)
{
    const char *body = plan_body("kbang-lo-ku", "2022-03", "");
    struct answer made = ask("POST", "/v1/submissions", "loku", body);
    struct answer receipt = get(text_of("/v1/receipts/%s", at(&made, "/receipt/id")), "loku");
    cr_expect_eq(receipt.status, 200);
    cr_expect_str_eq(at(&receipt, "/sha256"), sha256_of(body));
    cr_expect_str_eq(at(&receipt, "/operation"), "submission_create");
    cr_expect_str_eq(at(&receipt, "/account"), "loku");
    cr_expect(is_signed(&receipt), "%s", receipt.text);
    static const char *const members[] = {"id", "operation", "sha256", "received_at", "signature"};
    for (size_t i = 0; i < COUNT(members); i++)
        cr_expect_str_eq(at(&receipt, text_of("/%s", members[i])),
                         at(&made, text_of("/receipt/%s", members[i])));
}

Test(receipt_get, is_the_senders_own)
{
    struct answer made = ask("POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022-03", ""));
    const char *path = text_of("/v1/receipts/%s", at(&made, "/receipt/id"));
    static const char *const others[] = {"loku-lead", "konpne", "kbang", "province", "admin"};
    for (size_t i = 0; i < COUNT(others); i++)
        expect_problem(get(path, others[i]), 404, "not-found");
    expect_problem(get("/v1/receipts/999999", "loku"), 404, "not-found");
}

Test(receipt_get, is_there_for_every_change_and_for_nothing_else)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "");
    struct answer changed =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("grain_output=1"), plan_if_match(id));
    struct answer refused =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("grain_output=2"), "If-Match: \"0-0\"");
    cr_expect_eq(changed.status, 200);
    cr_expect_eq(refused.status, 412);
    cr_expect_str_eq(at(&changed, "/receipt/operation"), "submission_update");
    cr_expect_str_eq(world_value("select count(*) from app.receipt"), "2");
    cr_expect_lt(strlen(changed.text), 500, "a changed value costs few bytes on a bad network: %s",
                 changed.text);
}
