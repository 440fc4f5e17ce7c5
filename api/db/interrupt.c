/* interrupt.c: ending what another thread runs. */
#include "db/interrupt.h"

enum { REASON_SIZE = 256 };

static _Thread_local struct db_interrupt *mine;

static void set_cancel(struct db_interrupt *interrupt, PGcancel *cancel)
{
    pthread_mutex_lock(&interrupt->lock);
    PQfreeCancel(interrupt->cancel);
    interrupt->cancel = cancel;
    pthread_mutex_unlock(&interrupt->lock);
}

void interrupt_tell(PGconn *pg)
{
    if (mine)
        set_cancel(mine, PQgetCancel(pg)); /* NULL of NULL */
}

void interrupt_use(struct db_interrupt *interrupt, PGconn *pg)
{
    interrupt_tell(NULL);
    mine = interrupt;
    interrupt_tell(pg);
}

bool db_interrupted(void)
{
    return mine && atomic_load(&mine->raised);
}

/* The lock is held until PostgreSQL has passed the signal on, so that it cannot end a later statement. */
void db_interrupt(struct db_interrupt *interrupt)
{
    char reason[REASON_SIZE];
    atomic_store(&interrupt->raised, true);
    pthread_mutex_lock(&interrupt->lock);
    if (interrupt->cancel)
        PQcancel(interrupt->cancel, reason, sizeof reason);
    pthread_mutex_unlock(&interrupt->lock);
}
