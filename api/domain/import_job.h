/* import_job.h: files that are taken in after they were answered.
 *
 * The answer, its receipt and the job are one transaction.  The job runs as the account that sent the file,
 * through row-level security, and needs no token of it: import_job_queue() makes a *ticket* for this one
 * import, of which the database gets the SHA-256 and, sealed with the service's own key (base/signing.h), the
 * ticket itself; app.session_ticket() opens the job's transactions with it.  What the job does, what it says
 * and the end of its ticket are one transaction: it happened, or it did not.
 */
#pragma once
#include "domain/import_file.h"
#include "http/request.h"

/* Which files become jobs unasked, in bytes, and how many jobs an account may have waiting.  Call before any
 * thread starts; without it the usual values hold. */
void import_job_configure(size_t async_bytes, unsigned most);
size_t import_async_bytes(void);

/* Keep the file and leave it to a job.  The rows of the answer; NULL with the problem set. */
PGresult *import_job_queue(const struct request *rq, const struct import *import, struct problem *problem);

/* Work on the job that is next.  False: there is none, or the database cannot be reached. */
bool import_job_work(struct db_interrupt *interrupt);
