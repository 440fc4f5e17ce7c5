/* Accept and Accept-Language: weights stay between 0 and 1000. */
#include "base/auto.h"
#include "fuzz/target.h"
#include "http/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const options[] = {"vi", "en", "application/json", "text/html"};
    str_auto_t *header = fuzz_text(data, size);
    for (size_t i = 0; i < COUNT(options); i++) {
        int quality = header_quality(header, options[i]);
        HOLDS(quality >= 0 && quality <= 1000);
    }
    return 0;
}
