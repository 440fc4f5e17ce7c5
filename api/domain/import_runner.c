/* import_runner.c: the thread that works on queued imports. */
#include "domain/import_runner.h"
#include "domain/import_job.h"
#include <errno.h>
#include <time.h>

enum { LOOK_SECONDS = 2, MOMENT_NANOSECONDS = 50 * 1000 * 1000, SECOND = 1000 * 1000 * 1000 };

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news; /* asked or stopping has changed */
    bool started, asked, stopping;
    struct db_interrupt interrupt;
} runner = {.lock = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER, .interrupt = DB_INTERRUPT};

static struct timespec in(long seconds, long nanoseconds)
{
    struct timespec then;
    clock_gettime(CLOCK_REALTIME, &then);
    then.tv_nsec += nanoseconds;
    then.tv_sec += seconds + then.tv_nsec / SECOND;
    then.tv_nsec %= SECOND;
    return then;
}

/* False: it is time to stop. */
static bool wait_for_news(void)
{
    const struct timespec then = in(LOOK_SECONDS, 0);
    int late = 0;
    pthread_mutex_lock(&runner.lock);
    while (!runner.asked && !runner.stopping && late == 0)
        late = pthread_cond_timedwait(&runner.news, &runner.lock, &then);
    runner.asked = false;
    bool goes_on = !runner.stopping;
    pthread_mutex_unlock(&runner.lock);
    return goes_on;
}

static bool is_stopping(void)
{
    pthread_mutex_lock(&runner.lock);
    bool stopping = runner.stopping;
    pthread_mutex_unlock(&runner.lock);
    return stopping;
}

/* All jobs that are due.  A connection through which a file came keeps the room for it: it is not kept. */
static void work_on_jobs(void)
{
    bool worked = false;
    while (!is_stopping() && import_job_work(&runner.interrupt))
        worked = true;
    if (worked)
        db_close();
}

static void *work(void *unused)
{
    do
        work_on_jobs();
    while (wait_for_news());
    db_close();
    return unused;
}

bool import_runner_start(void)
{
    runner.stopping = runner.asked = false;
    atomic_store(&runner.interrupt.raised, false);
    runner.started = pthread_create(&runner.thread, NULL, work, NULL) == 0;
    return runner.started;
}

static void tell(bool *what)
{
    pthread_mutex_lock(&runner.lock);
    *what = true;
    pthread_cond_signal(&runner.news);
    pthread_mutex_unlock(&runner.lock);
}

void import_runner_wake(void)
{
    tell(&runner.asked);
}

/* It may be between two statements: so again and again. */
void import_runner_stop(void)
{
    struct timespec then;
    if (!runner.started)
        return;
    tell(&runner.stopping);
    do {
        db_interrupt(&runner.interrupt);
        then = in(0, MOMENT_NANOSECONDS);
    } while (pthread_timedjoin_np(runner.thread, NULL, &then) == ETIMEDOUT);
    runner.started = false;
}
