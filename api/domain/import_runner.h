/* import_runner.h: the thread that works on queued imports (import_job.h), one after the other.
 *
 * It is woken by whoever queues one, and looks by itself now and then: for jobs of a service that was killed,
 * and for those that are to be tried again.  Several services may share a database: a job has one worker.
 */
#pragma once
#include <stdbool.h>

/* Start it.  False: there is no thread to be had. */
bool import_runner_start(void);

/* There is something to do.  Nothing happens where no runner was started: the job waits for one. */
void import_runner_wake(void);

/* Break off what it works on, which stays queued, and wait for its end. */
void import_runner_stop(void);
