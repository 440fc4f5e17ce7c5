/* Content-Type: whatever counts as JSON says so. */
#include "base/auto.h"
#include "fuzz/target.h"
#include "http/header.h"
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str_auto_t *header = fuzz_text(data, size);
    if (header_is_json(header))
        HOLDS(strncasecmp(header, "application/json", 16) == 0);
    return 0;
}
