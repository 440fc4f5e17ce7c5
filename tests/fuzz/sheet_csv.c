/* Tables as text, and files that claim to be. */
#include "fuzz/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_sheet(&(struct sheet_file){(const char *)data, size});
    fuzz_sheet(&(struct sheet_file){(const char *)data, size, .separator = ';'});
    return 0;
}
