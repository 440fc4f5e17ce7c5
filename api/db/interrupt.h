/* interrupt.h: which statements another thread may end (db_interrupt); for the files of this folder. */
#pragma once
#include "db/db.h"

/* This thread's connection can be interrupted from now on; interrupt NULL: not any more. */
void interrupt_use(struct db_interrupt *interrupt, PGconn *pg);

/* This thread has another connection, or none (NULL). */
void interrupt_tell(PGconn *pg);
