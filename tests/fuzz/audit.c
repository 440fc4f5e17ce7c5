/* Dumps of the record of changes and published heads: a fault is told exactly when something is not whole. */
#include "domain/audit_chain.h"
#include "fuzz/target.h"

static FILE *file_of(const uint8_t *data, size_t size)
{
    FILE *file = fmemopen((void *)data, size, "r");
    HOLDS(file);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct audit_verdict verdict;
    if (size == 0)
        return 0;
    FILE *file = file_of(data, size);
    json_auto_t *heads = audit_heads_read(file);
    fclose(file);
    HOLDS(!heads || json_is_object(heads));
    file = file_of(data, size);
    bool whole = audit_verify(file, heads, &verdict);
    fclose(file);
    HOLDS(whole == (verdict.fault[0] == '\0'));
    HOLDS(verdict.chains <= verdict.rows + 1 && verdict.heads <= verdict.rows);
    return 0;
}
