/* lossy.h: a network that loses answers.
 *
 * A proxy hands each request on whole and reads the service's whole answer.  Of the answers to POST it then
 * loses one in three: it hangs up instead of passing them on.  Which, a seed decides.
 */
#pragma once

/* Stand before the service at this port of the loopback address; the port to talk to instead. */
unsigned lossy_start(unsigned server_port, unsigned seed);

/* How many answers it has lost. */
int lossy_lost(void);

void lossy_stop(void);
