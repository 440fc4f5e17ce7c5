/* link.h: the connection of a worker and what every transaction starts with; for the files of this folder. */
#pragma once
#include "db/db.h"

/* The connection of this thread for the call, opened when there is none that lives; NULL: the database cannot
 * be reached.
 */
PGconn *link_connection(const struct db_call *call);

/* Close it: what it still has to say is for nobody. */
void link_close(const struct db_call *call);

/* How long a standby that hangs without hanging up is waited for, in ms: its first answer has to come at
 * once, the others in a little more than the time that a statement has (5 s, and 60 s after stream_open). */
enum { LINK_FIRST_MS = 2000, LINK_ANSWER_MS = 7000, LINK_ROWS_MS = 65000 };

/* The next result, as PQgetResult has it.  The primary is waited for.  False: the connection is of no use any
 * more. */
bool link_hear(PGconn *pg, const struct db_call *call, int patience, PGresult **result);

/* Queue session_open or session_write of the call; queue its query. */
bool link_queue_session(PGconn *pg, const struct db_call *call);
bool link_queue_query(PGconn *pg, const struct db_call *call);

/* Note where the log ends after what the call did on the primary (standby.h); false: the connection is lost.
 */
bool link_note_position(PGconn *pg, const struct db_call *call);

/* What one try came to. */
enum outcome { ANSWERED, REPLAYED, REFUSED, COLLIDED, BROKEN, UNREACHABLE, GIVEN_UP };

/* What a failed statement came to. */
enum outcome link_outcome_of(const PGresult *failed);

/* Try until there is an answer, or it may not be tried again (db_run).  try() fills rows or failed. */
typedef enum outcome try_fn(const struct db_call *call, void *data, PGresult **rows, PGresult **failed);
PGresult *link_repeat(const struct db_call *call, try_fn *try, void *data, struct problem *problem);
