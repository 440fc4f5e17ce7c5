/* proof.c: what a receipt proves, checked as anybody can who has read the contract. */
#include "support/proof.h"
#include "base/signing.h"
#include "support/expect.h"
#include "support/plan.h"
#include <sodium.h>
#include <string.h>

const char *sha256_of(const char *text)
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

bool proof_is_signed(const struct answer *receipt)
{
    unsigned char signature[crypto_sign_BYTES], key[crypto_sign_PUBLICKEYBYTES];
    const char *text =
        text_of("thidua-receipt-1\n%s\n%s\n%s\n%s\n", at(receipt, "/id"), at(receipt, "/operation"),
                at(receipt, "/sha256"), at(receipt, "/received_at"));
    return bytes_of(at(receipt, "/signature"), signature, sizeof signature) == sizeof signature
           && bytes_of(at(receipt, "/public_key"), key, sizeof key) == sizeof key
           && crypto_sign_verify_detached(signature, (const unsigned char *)text, strlen(text), key) == 0;
}

const char *proof_flaw(const struct answer *made, const char *login, const char *body)
{
    static const char *const members[] = {"id", "operation", "sha256", "received_at", "signature"};
    struct answer receipt = get(text_of("/v1/receipts/%s", at(made, "/receipt/id")), login);
    for (size_t i = 0; i < COUNT(members); i++)
        if (strcmp(at(&receipt, text_of("/%s", members[i])), at(made, text_of("/receipt/%s", members[i])))
            != 0)
            return text_of("the receipt is another: %s, %s", receipt.text, made->text);
    if (strcmp(at(&receipt, "/sha256"), sha256_of(body)) != 0)
        return text_of("the receipt is of another body: %s", receipt.text);
    return proof_is_signed(&receipt) ? NULL : text_of("the receipt is not signed: %s", receipt.text);
}
