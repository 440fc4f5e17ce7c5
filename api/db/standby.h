/* standby.h: reads from a streaming standby, and how nobody sees less there than before.
 *
 * Each caller (token) has a position in the primary's write-ahead log: that of what it last wrote or read.  A
 * read goes to the standby when that has replayed it, and is not behind by more than some seconds, which a
 * pulse in the database tells (app.standby_fresh, the first statement there, so that it stays one round
 * trip); else to the primary.  Positions stand in a file shared by the processes of the service, 65,536 of
 * them by the token's SHA-256: who shares one with another may wait for more than is needed, never for less.
 * A lock-free maximum.
 */
#pragma once
#include "db/db.h"

enum { STANDBY_SECONDS_SIZE = 12 };

/* Read from there (a connection string; "": from the primary alone), while it is at most so many seconds
 * behind. file: where positions stand; "": in memory, for one process alone.  Call once, before any thread
 * starts; false: the file cannot be used, errno says why. */
bool standby_configure(const char *conninfo, const char *file, unsigned long seconds) MUST_CHECK;

/* Beat the pulse from a thread of its own, from now on; nothing without a standby.  False: no thread. */
bool standby_start(void) MUST_CHECK;
void standby_stop(void);

/* Is there a standby? */
bool standby_is_set(void);

/* May the call be read there now?  Then what it must have replayed. */
bool standby_suits(const struct db_call *call, char position[POSITION_TEXT_SIZE]);

/* How many seconds it may be behind, as text. */
const char *standby_seconds(void);

/* It cannot be reached, hangs, or broke off: it is left alone for a moment.  It answered: it is not. */
void standby_rest(void);
void standby_answered(void);

/* The caller has seen the log up to here, as PostgreSQL prints it; NULL is nothing.  What a job wrote by its
 * ticket, everybody has seen; what was done without a token (the pulse, a look for jobs, a sign-in, a
 * question after health), nobody, else each beat would send every caller to the primary. */
void standby_note(const struct db_call *call, const char *position);
