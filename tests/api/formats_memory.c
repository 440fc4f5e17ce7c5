/* formats_memory: a list of 100,000 entries takes hardly any memory, and holds nobody up while it is read. */
#include "support/client.h"
#include "support/expect.h"
#include "support/memory.h"
#include "support/plan.h"
#include "support/together.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void open_alone(void)
{
    world_open_behind(NULL, 1);
}

/* A connection on which the answer has begun, of which nothing more is read. */
static int begin_reading(const char *path)
{
    char token[TOKEN_SIZE], piece[1024];
    unsigned port = client_redirect(0);
    client_redirect(port);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)port);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert(connect(connection, (struct sockaddr *)&address, sizeof address) == 0);
    world_token("loku", token);
    const char *request =
        text_of("GET %s HTTP/1.1\r\nHost: thidua.test\r\nAuthorization: Bearer %s\r\n\r\n", path, token);
    cr_assert(send(connection, request, strlen(request), 0) == (ssize_t)strlen(request));
    cr_assert(recv(connection, piece, sizeof piece, 0) > 0);
    return connection;
}

TestSuite(formats_slow, .init = open_alone, .fini = world_close, .timeout = 120);

Test(formats_slow, lets_a_slow_reader_hold_nobody_up)
{
    make_documents();
    int slow = begin_reading("/v1/documents?format=csv");
    cr_expect_eq(get("/v1/me", "loku").status, 200, "by the same worker, while the table is on its way");
    cr_expect_str_eq(
        world_value("select count(*) from pg_stat_activity where datname = current_database() and "
                    "usename = 'thidua_api' and state <> 'idle'"),
        "0", "it holds no transaction open");
    close(slow);
    cr_expect_eq(get("/v1/periods?format=csv", "loku").status, 200, "whoever hangs up harms nobody");
}
