/* cutter.h: cuts the service off its database at a chosen message.
 *
 * A proxy stands between the two as a Unix socket in a folder of its own.  It reads PostgreSQL's protocol
 * message by message, in both directions, and hands each on as it comes.  Once armed it counts them, and at
 * the nth it hangs up on both sides: before that message, in the middle of it, or just after it.
 */
#pragma once
#include <stdbool.h>

enum cut { CUT_BEFORE, CUT_AFTER };

/* Before the server of THIDUA_TEST_SERVER; the folder to give to libpq as host. */
const char *cutter_start(void);
void cutter_stop(void);

/* Cut at the nth message from now; stays_down: and let nobody in until cutter_disarm(). */
void cutter_arm(int nth, enum cut cut, bool stays_down);

/* Cut no more.  Has it cut since it was armed? */
bool cutter_disarm(void);

/* Hang up on everybody now. */
void cutter_hang_up(void);

/* How many are connected. */
int cutter_connected(void);
