/* replay.h: an answer that was given before.
 *
 * When an Idempotency-Key comes again, app.replay() ends the transaction with the SQLSTATE TDR00 and the
 * stored answer as its detail: a JSON object whose members are named like the columns by which a query
 * speaks to the server (_status, _body, _receipt, ...).
 */
#pragma once
#include "base/auto.h"
#include <libpq-fe.h>
#include <stdbool.h>

bool replay_is_one(const PGresult *failed);

/* One row with these columns, released with PQclear.  NULL: the detail is malformed or memory ran out. */
PGresult *replay_rows(const PGresult *failed) MUST_CHECK;
