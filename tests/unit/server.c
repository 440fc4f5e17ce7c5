/* server: sockets, start and stop. */
#include "http/server.h"
#include "base/log.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool answer_late(struct request *rq, struct reply *rp, struct problem *problem)
{
    (void)rq, (void)problem;
    usleep(300000);
    rp->status = 200;
    buf_adds(&rp->body, "{}");
    return true;
}

static const struct route late[] = {
    {"late_get", "GET", "/late", OPEN, ONE, 0, NULL, 0, answer_late, NO_QUERY, {NULL}},
};
static const struct route_table table = {late, 1};

static char address[64];
static struct server server;

static void start(void)
{
    snprintf(address, sizeof address, "unix:/tmp/thidua-test-%d", (int)getpid());
    cr_assert(secret_start() && log_start("error"));
    cr_assert(server_start(&server, address, 2, &table));
}

TestSuite(server, .init = start, .fini = log_stop, .timeout = 20);

/* Send a request to the socket; the answer is read by read_status(). */
static int send_request(void)
{
    static const char request[] = "GET /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", address + 5);
    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(connect(connection, (struct sockaddr *)&to, sizeof to), 0);
    cr_assert_eq(write(connection, request, sizeof request - 1), (ssize_t)sizeof request - 1);
    return connection;
}

static int read_status(int connection)
{
    char answer[2000] = "";
    int status = 0;
    if (read(connection, answer, sizeof answer - 1) > 0)
        sscanf(answer, "HTTP/1.1 %d", &status);
    close(connection);
    return status;
}

Test(server, answers_on_a_unix_socket_and_removes_it_at_the_end)
{
    cr_expect_eq(read_status(send_request()), 200);
    server_stop(&server);
    cr_expect_neq(access(address + 5, F_OK), 0);
}

Test(server, lets_requests_that_have_arrived_finish_when_it_stops)
{
    int first = send_request(), second = send_request(), third = send_request();
    usleep(100000);
    server_stop(&server);
    cr_expect_eq(read_status(first), 200);
    cr_expect_eq(read_status(second), 200);
    cr_expect_eq(read_status(third), 200);
}

Test(server, says_no_when_it_cannot_listen)
{
    struct server other;
    cr_expect_not(server_start(&other, "unix:/nowhere/socket", 2, &table));
    cr_expect_not(
        server_start(&other,
                     "unix:/tmp/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                     2, &table));
    server_stop(&server);
}

Test(server, does_not_take_the_socket_of_another)
{
    struct server other;
    cr_expect_not(server_start(&other, address, 2, &table));
    cr_expect_eq(read_status(send_request()), 200);
    server_stop(&server);
}

Test(server, finds_a_free_port)
{
    struct server other;
    cr_assert(server_start(&other, "127.0.0.1:0", 2, &table));
    cr_expect_gt(other.port, 0);
    server_stop(&other);
    server_stop(&server);
}
