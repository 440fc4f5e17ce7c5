/* service.h: the database as the service's role has it, in plain SQL. */
#pragma once
#include "support/world.h"

/* A connection as thidua_api; finish it with PQfinish(). */
PGconn *service_connect(void);

/* Run one statement on it: the first value, else the number of rows it changed, else ""; "!42501" when it
 * fails with that SQLSTATE. */
const char *service_does(PGconn *pg, const char *sql);

/* The statement alone in a transaction that is rolled back, signed in with the token of the login (NULL:
 * not signed in), as service_does(). */
const char *service_tries(const char *login, const char *sql);

/* The call of session_open for a login, writing or not. */
const char *session_open_of(const char *login, bool writes);
