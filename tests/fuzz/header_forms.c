/* If-Match, X-Request-Id, Origin, Prefer: what passes is safe to send on or back. */
#include "base/auto.h"
#include "base/form.h"
#include "fuzz/target.h"
#include "http/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str_auto_t *header = fuzz_text(data, size);
    if (header_is_etag(header)) {
        HOLDS(strlen(header) <= 64 && !form_has_control(header, "") && !strchr(header, ' '));
        HOLDS(strchr(header + 1, '"') == header + strlen(header) - 1);
    }
    if (header_is_request_id(header))
        HOLDS(strlen(header) <= 64 && !strpbrk(header, "\"\\ <>\r\n"));
    if (header_is_same_origin(header, "thidua.test"))
        HOLDS(strlen(header) >= strlen("thidua.test"));
    if (header_prefers(header, "respond-async"))
        HOLDS(strlen(header) >= strlen("respond-async"));
    return 0;
}
