/* formats_memory: a list of 100,000 entries takes no more memory than one of 1,000. */
#include "support/expect.h"
#include "support/memory.h"
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(formats_memory, .init = world_open, .fini = world_close, .timeout = 180);

enum { MANY = 100000, FLAT = 1024 * 1024, HELD = 4 * FLAT };

static void make_documents(void)
{
    world_sql(text_of(
        "set session_replication_role = replica; insert into app.document (code, kind, issuer, title, verified) "
        "select 'doc-' || lpad(n::text, 6, '0'), 'OTHER', 'Kbang', 'Văn bản số ' || md5(n::text) || md5((n + 1)::text), false "
        "from generate_series(1, %d) n; reset session_replication_role; analyze app.document",
        MANY));
}

struct heard {
    int status;
    size_t length;
};

/* From a process of its own, so that what the answer takes there is not the server's. */
static void fetch(int nth, const void *of, void *result)
{
    (void)nth;
    struct answer answer = get(of, "loku");
    *(struct heard *)result = (struct heard){answer.status, answer.length};
}

static long peak_of(const char *path, size_t *length)
{
    struct heard heard = {0};
    const struct crowd one = {1, fetch, path, sizeof heard};
    cr_assert_eq(get("/v1/documents?limit=1&format=xlsx", "loku").status, 200); /* a first time takes more */
    memory_watch();
    work_together(&one, &heard);
    cr_assert_eq(heard.status, 200, "%s: %d", path, heard.status);
    *length = heard.length;
    return memory_peak();
}

Test(formats_memory, is_flat_for_csv)
{
    size_t length = 0;
    make_documents();
    long peak = peak_of("/v1/documents?format=csv", &length);
    cr_expect_gt(length, (size_t)HELD, "too small to tell");
    cr_expect_lt(peak, FLAT, "%ld bytes", peak);
}

Test(formats_memory, is_flat_for_workbooks)
{
    size_t length = 0;
    make_documents();
    long peak = peak_of("/v1/documents?format=xlsx", &length);
    cr_expect_gt(length, (size_t)HELD, "too small to tell");
    cr_expect_lt(peak, FLAT, "%ld bytes", peak);
}
