/* pgerror.h: what an error of PostgreSQL means to the caller.
 *
 * Our own errors have SQLSTATE TDnnn (nnn = HTTP status), the slug of the problem as message, and as
 * detail a JSON object {params, errors, members}, each part optional.  Of PostgreSQL's own errors only
 * the constraint's name leaves the house; what nobody foresaw is logged and becomes `internal`.
 */
#pragma once
#include "base/problem.h"
#include <libpq-fe.h>

/* Set the problem a failed result means.  Always false. */
bool pgerror_to_problem(const PGresult *failed, struct problem *problem);

/* Did two transactions meet, so that running this one again may succeed? */
bool pgerror_is_collision(const PGresult *failed);
