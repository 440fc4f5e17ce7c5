/* cutter.c: cuts the service off its database at a chosen message. */
#include "support/cutter.h"
#include "base/buf.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PAIRS_MAX = 32, SERVICE = 0, DATABASE = 1, MESSAGE_MAX = 1 << 24 };

/* A connection of the service and ours to the database in its place; socket[SERVICE] is -1 when it is free.
 */
struct pair {
    int socket[2];
    bool started; /* the first message of the service has come, the only one without a type */
};

static struct pair pairs[PAIRS_MAX];
static struct sockaddr_un own = {.sun_family = AF_UNIX}, database = {.sun_family = AF_UNIX};
static char folder[] = "/tmp/thidua-cutter.XXXXXX";
static int listener;
static pthread_t thread;

/* Guards the pairs, too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int left; /* messages up to the cut; 0: not armed, or done */
    enum cut cut;
    bool stays_down, is_down, has_cut;
} order;

static int connect_to_database(void)
{
    int to = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(to, (struct sockaddr *)&database, sizeof database) == 0)
        return to;
    close(to);
    return -1;
}

static struct pair *free_pair(void)
{
    for (int i = 0; i < PAIRS_MAX; i++)
        if (pairs[i].socket[SERVICE] < 0)
            return &pairs[i];
    return NULL;
}

/* False: the listener was shut down. */
static bool let_in(void)
{
    int service = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (service < 0)
        return false;
    struct pair *pair = order.is_down ? NULL : free_pair();
    int to = pair ? connect_to_database() : -1;
    if (to < 0)
        close(service);
    else
        *pair = (struct pair){.socket = {service, to}};
    return true;
}

/* Whoever is at the other ends sees it at once, after what was sent before. */
static void hang_up(struct pair *pair)
{
    if (pair->socket[SERVICE] < 0)
        return;
    shutdown(pair->socket[SERVICE], SHUT_RDWR);
    shutdown(pair->socket[DATABASE], SHUT_RDWR);
    close(pair->socket[SERVICE]);
    close(pair->socket[DATABASE]);
    pair->socket[SERVICE] = -1;
}

static bool read_bytes(int from, size_t length, struct buf *to)
{
    char piece[8192];
    while (length > 0) {
        ssize_t got = recv(from, piece, length < sizeof piece ? length : sizeof piece, 0);
        if (got <= 0)
            return false;
        buf_add(to, piece, (size_t)got);
        length -= (size_t)got;
    }
    return true;
}

/* The type but for the first, then the length, which counts itself. */
static bool read_message(int from, bool has_type, struct buf *message)
{
    uint32_t length;
    if (!read_bytes(from, has_type + sizeof length, message))
        return false;
    memcpy(&length, message->text + has_type, sizeof length);
    length = ntohl(length);
    return length >= sizeof length && length < MESSAGE_MAX
           && read_bytes(from, length - sizeof length, message);
}

static bool send_bytes(int to, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(to, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* Hand on what is to be handed on of it; false: then hang up. */
static bool hand_on(int to, const struct buf *message)
{
    bool cut = order.left > 0 && --order.left == 0;
    if (!cut)
        return send_bytes(to, message->text, message->len);
    order.has_cut = true;
    order.is_down = order.stays_down;
    if (order.cut == CUT_AFTER)
        send_bytes(to, message->text, message->len);
    return false;
}

static void carry(struct pair *pair, int from)
{
    buf_auto_t message = {0};
    bool has_type = from == DATABASE || pair->started;
    if (!read_message(pair->socket[from], has_type, &message) || !hand_on(pair->socket[!from], &message))
        hang_up(pair);
    else if (from == SERVICE)
        pair->started = true;
}

/* What can be read; -1 is skipped by poll(). */
static int wait_for(struct pollfd fds[1 + 2 * PAIRS_MAX])
{
    fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    pthread_mutex_lock(&lock);
    for (int i = 0; i < 2 * PAIRS_MAX; i++) {
        const struct pair *pair = &pairs[i / 2];
        fds[1 + i] =
            (struct pollfd){.fd = pair->socket[SERVICE] < 0 ? -1 : pair->socket[i % 2], .events = POLLIN};
    }
    pthread_mutex_unlock(&lock);
    return poll(fds, 1 + 2 * PAIRS_MAX, -1);
}

static void *serve(void *unused)
{
    struct pollfd fds[1 + 2 * PAIRS_MAX];
    bool open = true;
    while (open && wait_for(fds) >= 0) {
        pthread_mutex_lock(&lock);
        for (int i = 0; i < 2 * PAIRS_MAX; i++) {
            struct pair *pair = &pairs[i / 2];
            if (fds[1 + i].revents && pair->socket[SERVICE] >= 0 && pair->socket[i % 2] == fds[1 + i].fd)
                carry(pair, i % 2);
        }
        if (fds[0].revents)
            open = let_in();
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

static void make_address(struct sockaddr_un *address, const char *in, const char *port)
{
    int length = snprintf(address->sun_path, sizeof address->sun_path, "%s/.s.PGSQL.%s", in, port);
    cr_assert(length > 0 && (size_t)length < sizeof address->sun_path);
}

static const char *option(const PQconninfoOption *options, const char *name, const char *otherwise)
{
    while (options->keyword && strcmp(options->keyword, name) != 0)
        options++;
    return options->keyword && options->val ? options->val : otherwise;
}

static void make_addresses(void)
{
    PQconninfoOption *options = PQconninfoParse(getenv("THIDUA_TEST_SERVER"), NULL);
    cr_assert_not_null(options);
    const char *host = option(options, "host", ""), *port = option(options, "port", "5432");
    cr_assert(host[0] == '/', "the server of the tests listens on a Unix socket");
    make_address(&database, host, port);
    make_address(&own, folder, port);
    PQconninfoFree(options);
}

const char *cutter_start(void)
{
    cr_assert_not_null(mkdtemp(folder));
    make_addresses();
    for (int i = 0; i < PAIRS_MAX; i++)
        pairs[i].socket[SERVICE] = -1;
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(bind(listener, (struct sockaddr *)&own, sizeof own) == 0 && listen(listener, PAIRS_MAX) == 0);
    cr_assert(pthread_create(&thread, NULL, serve, NULL) == 0);
    return folder;
}

void cutter_stop(void)
{
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    cutter_hang_up();
    close(listener);
    unlink(own.sun_path);
    rmdir(folder);
}

void cutter_arm(int nth, enum cut cut, bool stays_down)
{
    pthread_mutex_lock(&lock);
    order.left = nth;
    order.cut = cut;
    order.stays_down = stays_down;
    order.has_cut = false;
    pthread_mutex_unlock(&lock);
}

bool cutter_disarm(void)
{
    pthread_mutex_lock(&lock);
    bool cut = order.has_cut;
    order.left = 0;
    order.is_down = false;
    pthread_mutex_unlock(&lock);
    return cut;
}

void cutter_hang_up(void)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PAIRS_MAX; i++)
        hang_up(&pairs[i]);
    pthread_mutex_unlock(&lock);
}

int cutter_connected(void)
{
    int connected = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PAIRS_MAX; i++)
        connected += pairs[i].socket[SERVICE] >= 0;
    pthread_mutex_unlock(&lock);
    return connected;
}
