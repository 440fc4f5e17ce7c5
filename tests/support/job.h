/* job.h: files that are worked on after they were answered. */
#pragma once
#include "support/world.h"

/* The world with nobody who works on jobs: they wait for job_worker_starts(). */
void job_world_open(void);
void job_world_close(void);
void job_worker_starts(void);
void job_worker_stops(void);

/* Send a CSV as the login with Prefer: respond-async; parameters start with `?` or are "". */
struct answer job_send(const char *login, const char *parameters, const char *file);

/* The import that an answer speaks of, as it is now; and once it is done or failed, for which the worker is
 * started. */
struct answer job_now(const struct answer *sent, const char *login);
struct answer job_result(const struct answer *sent, const char *login);

/* Wait until SQL gives this text; the test fails when it does not. */
void job_await(const char *sql, const char *text);

#define JOB_CSV "Content-Type: text/csv"
#define JOB_HEADING "unit;period;indicator;value\n"
