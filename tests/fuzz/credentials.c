/* Authorization and Cookie: a token has the characters of a token and fits its place. */
#include "base/auto.h"
#include "fuzz/target.h"
#include "http/header.h"

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";

static void check(const char *token, size_t size)
{
    HOLDS(strlen(token) > 0 && strlen(token) < size);
    HOLDS(token[strspn(token, plain)] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char token[64];
    str_auto_t *header = fuzz_text(data, size);
    if (header_bearer(header, token, sizeof token))
        check(token, sizeof token);
    if (header_cookie(header, "thidua_session", token, sizeof token))
        check(token, sizeof token);
    return 0;
}
