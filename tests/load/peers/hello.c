/* hello.c: the least that libmicrohttpd can do: the same empty answer to every request, no router, no
 * database.  What is built on it cannot be faster.
 *
 *     hello PORT WORKERS */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <unistd.h>

static enum MHD_Result say_hello(void *response, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *body, size_t *size,
                                 void **request)
{
    (void)url, (void)method, (void)version, (void)body, (void)size, (void)request;
    return MHD_queue_response(connection, MHD_HTTP_NOT_MODIFIED, response);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return EXIT_FAILURE;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (!MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, say_hello, response,
                          MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE,
                          (unsigned)atoi(argv[2]), MHD_OPTION_END))
        return EXIT_FAILURE;
    for (;;)
        pause();
}
