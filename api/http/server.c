/* server.c: the socket, the acceptor that deals connections out, the workers. */
#include "http/server.h"
#include "http/dispatch.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, CONNECTIONS_MAX = 4096, IDLE_SECONDS = 60, CONNECTION_BYTES = 64 * 1024 };
enum { MOMENT_MICROSECONDS = 10000, QUIET_MOMENTS = 3, DRAIN_MOMENTS = 1000 };

static atomic_bool stopping;

static bool complain(const char *what)
{
    y_log_message(Y_LOG_LEVEL_ERROR, "%s: %s", what, strerror(errno));
    return false;
}

/* Does a process listen there, or was the file left by one that was killed? */
static bool is_served(const struct sockaddr_un *address)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool served = connect(probe, (const struct sockaddr *)address, sizeof *address) == 0;
    close(probe);
    return served;
}

static bool bind_path(struct server *server, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return complain(path);
    }
    memcpy(address.sun_path, path, strlen(path));
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!is_served(&address))
        unlink(path);
    if (bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0660) != 0)
        return complain(path);
    memcpy(server->path, path, strlen(path) + 1);
    return true;
}

static bool bind_port(struct server *server, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(server->listener, (struct sockaddr *)&address, size) != 0)
        return complain("bind");
    getsockname(server->listener, (struct sockaddr *)&address, &size);
    server->port = ntohs(address.sin_port);
    return true;
}

static bool start_listening(struct server *server, const char *address)
{
    bool is_path = strncmp(address, "unix:", 5) == 0;
    if (!(is_path ? bind_path(server, address + 5) : bind_port(server, strrchr(address, ':') + 1)))
        return false;
    return listen(server->listener, BACKLOG) == 0 || complain("listen");
}

/* Ulfius copies a struct sockaddr of the client's address, longer than what a Unix socket gives: clients
 * are told to come from the loopback address, and nginx tells the true one in a header. */
static void deal(struct MHD_Daemon *daemon, int connection)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    MHD_add_connection(daemon, connection, (struct sockaddr *)&from, sizeof from); /* closes it on failure */
}

static bool is_passing(int error)
{
    return error == EINTR || error == ECONNABORTED || error == EMFILE || error == ENFILE || error == ENOBUFS
           || error == ENOMEM || error == EPROTO;
}

static void *accept_all(void *argument)
{
    struct server *server = argument;
    for (;;) {
        int connection = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection >= 0)
            deal(server->ulfius.mhd_daemon, connection);
        else if (!is_passing(errno))
            return NULL; /* shut down by server_stop() */
        else if (errno != EINTR)
            usleep(10000);
    }
}

__attribute__((format(printf, 2, 0))) static void log_daemon(void *unused, const char *format, va_list values)
{
    (void)unused;
    char text[512];
    vsnprintf(text, sizeof text, format, values);
    text[strcspn(text, "\r\n")] = '\0';
    y_log_message(Y_LOG_LEVEL_DEBUG, "libmicrohttpd: %s", text);
}

/* Ulfius cuts longer bodies silently: one byte more than any operation takes lets dispatch() see it. */
static size_t longest_body(const struct route_table *table)
{
    size_t longest = 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->routes[i].body_max > longest)
            longest = table->routes[i].body_max;
    return longest + 1;
}

static bool prepare(struct _u_instance *ulfius, const struct route_table *table)
{
    if (ulfius_init_instance(ulfius, 80, NULL, NULL) != U_OK) /* the port is the acceptor's */
        return false;
    ulfius->max_post_body_size = longest_body(table);
    ulfius->check_utf8 = 0; /* it would drop headers silently */
    ulfius->allowed_post_processor = U_POST_PROCESS_NONE;
    return ulfius_add_endpoint_by_val(ulfius, "*", NULL, "/*", 0, dispatch, (void *)table) == U_OK;
}

static void *count_begin(void *running, const char *uri)
{
    atomic_fetch_add((atomic_int *)running, 1);
    return ulfius_uri_logger(NULL, uri);
}

static void count_end(void *running, struct MHD_Connection *connection, void **context,
                      enum MHD_RequestTerminationCode code)
{
    mhd_request_completed(NULL, connection, context, code);
    atomic_fetch_sub((atomic_int *)running, 1);
}

static bool start_workers(struct server *server, unsigned workers)
{
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_daemon, NULL}, /* first, to hear of the others */
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)count_end, &server->running},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)count_begin, &server->running},
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)workers, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG;
    return ulfius_start_framework_with_mhd_options(&server->ulfius, flags, options) == U_OK;
}

static void close_listener(struct server *server)
{
    if (server->listener >= 0)
        close(server->listener);
    if (server->path[0])
        unlink(server->path);
}

bool server_start(struct server *server, const char *address, unsigned workers,
                  const struct route_table *table)
{
    *server = (struct server){.listener = -1};
    atomic_store(&stopping, false);
    bool good =
        prepare(&server->ulfius, table) && start_listening(server, address) && start_workers(server, workers);
    if (good && pthread_create(&server->acceptor, NULL, accept_all, server) == 0)
        return true;
    if (good)
        ulfius_stop_framework(&server->ulfius);
    ulfius_clean_instance(&server->ulfius);
    close_listener(server);
    return false;
}

bool server_is_stopping(void)
{
    return atomic_load(&stopping);
}

/* libmicrohttpd would cut connections off, answered or not.  A worker that ends one request begins the
 * next it has, so nothing is running only when that holds for some moments. */
static void drain(struct server *server)
{
    int quiet = 0;
    for (int i = 0; i < DRAIN_MOMENTS && quiet < QUIET_MOMENTS; i++) {
        usleep(MOMENT_MICROSECONDS);
        quiet = atomic_load(&server->running) == 0 ? quiet + 1 : 0;
    }
}

void server_stop(struct server *server)
{
    atomic_store(&stopping, true);
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->acceptor, NULL);
    drain(server);
    ulfius_stop_framework(&server->ulfius);
    ulfius_clean_instance(&server->ulfius);
    close_listener(server);
}
