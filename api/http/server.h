/* server.h: the socket, the acceptor that deals connections out, the workers (Ulfius).
 *
 * libmicrohttpd lets one worker of a pool accept several connections in a row; with handlers that wait
 * for the database the others would idle.  So one acceptor thread takes the connections and deals them.
 */
#pragma once
#include "http/route.h"
#include <pthread.h>
#include <stdatomic.h>

struct server {
    struct _u_instance ulfius;
    int listener;
    atomic_int running; /* requests that have begun to arrive and are not answered yet */
    pthread_t acceptor;
    char path[108]; /* of a Unix socket, removed at the end; empty for TCP */
    unsigned port;  /* of TCP: the one given, or the free one found for port 0 */
};

/* Listen on `address` ("unix:/path" or "127.0.0.1:port") and answer by the table, which is borrowed,
 * with that many worker threads.  False: the log says why, and nothing was started. */
bool server_start(struct server *server, const char *address, unsigned workers,
                  const struct route_table *table) MUST_CHECK;

/* Is the service to end?  Whoever waits inside a request asks, and stops waiting. */
bool server_is_stopping(void);

/* Stop accepting, let requests that have arrived finish (10 seconds at most), end all threads. */
void server_stop(struct server *server);
