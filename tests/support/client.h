/* client.h: a small HTTP client that hides nothing, and the record of what it saw. */
#pragma once
#include "support/world.h"

/* Talk to this port of the loopback address. */
void client_start(unsigned port);

/* Talk to another port from now on; returns the one before. */
unsigned client_redirect(unsigned port);

/* Free everything that was kept, answers included. */
void client_stop(void);

/* Send a request and read its answer; the exchange is recorded under the operation's name. */
struct answer client_ask(const struct wish *wish, const char *operation);

/* Keep an allocated text until client_stop(). */
char *client_keep(char *text);
