/* lossy.c: a network that loses answers. */
#include "support/lossy.h"
#include "base/buf.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CARRIERS = 16, ONE_IN = 3 };

static struct sockaddr_in server = {.sin_family = AF_INET}, own = {.sin_family = AF_INET};
static pthread_t carriers[CARRIERS];
static int listener;
static unsigned seed;
static atomic_uint answers;
static atomic_int lost, waiting;

/* Chance that is the same for the same seed (the finalizer of MurmurHash3). */
static bool is_unlucky(void)
{
    unsigned h = seed + atomic_fetch_add(&answers, 1);
    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return (h ^ h >> 16) % ONE_IN == 0;
}

static bool is_whole(const struct buf *request)
{
    const char *end = request->text ? strstr(request->text, "\r\n\r\n") : NULL;
    const char *announced = end ? strcasestr(request->text, "\r\nContent-Length:") : NULL;
    size_t length = announced && announced < end ? strtoul(announced + 17, NULL, 10) : 0;
    return end && request->len - (size_t)(end + 4 - request->text) >= length;
}

static bool read_piece(int from, struct buf *to)
{
    char piece[16384];
    ssize_t length = recv(from, piece, sizeof piece, 0);
    if (length > 0)
        buf_add(to, piece, (size_t)length);
    return length > 0;
}

static void send_all(int to, const struct buf *bytes)
{
    for (size_t sent = 0; sent < bytes->len;) {
        ssize_t length = send(to, bytes->text + sent, bytes->len - sent, MSG_NOSIGNAL);
        if (length <= 0)
            return;
        sent += (size_t)length;
    }
}

static void ask_server(const struct buf *request, struct buf *answer)
{
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(connection, (struct sockaddr *)&server, sizeof server) == 0) {
        send_all(connection, request);
        while (read_piece(connection, answer))
            ;
    }
    close(connection);
}

static void carry(int client)
{
    buf_auto_t request = {0}, answer = {0};
    while (!is_whole(&request))
        if (!read_piece(client, &request))
            return;
    ask_server(&request, &answer);
    if (strncmp(request.text, "POST ", 5) == 0 && is_unlucky())
        atomic_fetch_add(&lost, 1);
    else
        send_all(client, &answer);
}

static void *carry_all(void *unused)
{
    atomic_fetch_add(&waiting, 1);
    for (int client; (client = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0; close(client))
        carry(client);
    return unused;
}

unsigned lossy_start(unsigned server_port, unsigned the_seed)
{
    socklen_t size = sizeof own;
    seed = the_seed;
    server.sin_addr.s_addr = own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.sin_port = htons((uint16_t)server_port);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(bind(listener, (struct sockaddr *)&own, size) == 0 && listen(listener, CARRIERS) == 0);
    getsockname(listener, (struct sockaddr *)&own, &size);
    for (int i = 0; i < CARRIERS; i++)
        cr_assert(pthread_create(&carriers[i], NULL, carry_all, NULL) == 0);
    while (atomic_load(&waiting) < CARRIERS) /* a process forked while a thread starts may inherit locks */
        usleep(1000);
    return ntohs(own.sin_port);
}

int lossy_lost(void)
{
    return atomic_load(&lost);
}

void lossy_stop(void)
{
    shutdown(listener, SHUT_RDWR);
    for (int i = 0; i < CARRIERS; i++)
        pthread_join(carriers[i], NULL);
    close(listener);
}
