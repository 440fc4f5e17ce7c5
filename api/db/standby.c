/* standby.c: who has seen what, and the pulse. */
#include "db/standby.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <yder.h>

enum { SLOTS = 65536, REST_SECONDS = 10, BEAT_SECONDS = 1 };

struct positions {
    _Atomic uint64_t everybody, slot[SLOTS];
};

static struct {
    bool set;
    char seconds[STANDBY_SECONDS_SIZE];
    struct positions *seen;
    atomic_llong rests_until;
} standby;

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool started, stopping;
} pulse = {.lock = PTHREAD_MUTEX_INITIALIZER, .end = PTHREAD_COND_INITIALIZER};

static struct positions *map(const char *file)
{
    if (!file[0])
        return mmap(NULL, sizeof(struct positions), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                    0);
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return MAP_FAILED;
    void *seen = MAP_FAILED;
    if (ftruncate(fd, sizeof(struct positions)) == 0)
        seen = mmap(NULL, sizeof(struct positions), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return seen;
}

bool standby_configure(const char *conninfo, const char *file, unsigned long seconds)
{
    standby.set = conninfo[0] != '\0';
    if (!standby.set)
        return true;
    snprintf(standby.seconds, sizeof standby.seconds, "%lu", seconds);
    standby.seen = map(file);
    return standby.seen != MAP_FAILED;
}

bool standby_is_set(void)
{
    return standby.set;
}

const char *standby_seconds(void)
{
    return standby.seconds;
}

static long long now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec;
}

static _Atomic uint64_t *slot_of(const struct db_call *call)
{
    return &standby.seen->slot[call->token_hash[0] << 8 | call->token_hash[1]];
}

/* After a rest one tries for all: if it still hangs, nobody else waits. */
static bool may_try(void)
{
    long long until = atomic_load(&standby.rests_until);
    return until == 0
           || (now() >= until
               && atomic_compare_exchange_strong(&standby.rests_until, &until, now() + REST_SECONDS));
}

/* Until this process has asked the primary once, nobody knows what was seen before it started. */
bool standby_suits(const struct db_call *call, char position[POSITION_TEXT_SIZE])
{
    if (!standby.set || !call->lags || !call->token_hash)
        return false;
    uint64_t everybody = atomic_load(&standby.seen->everybody), own = atomic_load(slot_of(call));
    uint64_t seen = own > everybody ? own : everybody;
    snprintf(position, POSITION_TEXT_SIZE, "%" PRIX32 "/%" PRIX32, (uint32_t)(seen >> 32), (uint32_t)seen);
    return everybody != 0 && may_try();
}

void standby_answered(void)
{
    if (atomic_load(&standby.rests_until) != 0)
        atomic_store(&standby.rests_until, 0);
}

void standby_rest(void)
{
    if (now() >= atomic_exchange(&standby.rests_until, now() + REST_SECONDS))
        y_log_message(Y_LOG_LEVEL_WARNING, "the standby cannot be read from; the primary is");
}

static void raise_to(_Atomic uint64_t *slot, uint64_t position)
{
    uint64_t before = atomic_load(slot);
    while (before < position && !atomic_compare_exchange_weak(slot, &before, position))
        ;
}

void standby_note(const struct db_call *call, const char *position)
{
    uint32_t high, low;
    if (!standby.set || !position || sscanf(position, "%" SCNx32 "/%" SCNx32, &high, &low) != 2)
        return;
    uint64_t at = (uint64_t)high << 32 | low;
    if (call->token_hash && !call->ticket_for)
        raise_to(slot_of(call), at);
    if (call->ticket_for || atomic_load(&standby.seen->everybody) == 0)
        raise_to(&standby.seen->everybody, at);
}

/* The pulse ------------------------------------------------------------------------------------------- */

static void beat(void)
{
    const struct db_call call = {.sql = SQL_heartbeat, .writes = true};
    problem_auto_t problem = {0};
    pgresult_auto_t *rows = db_run(&call, &problem);
    if (!rows)
        y_log_message(Y_LOG_LEVEL_DEBUG, "no pulse: the primary cannot be reached");
}

/* False: it is time to stop. */
static bool wait_a_beat(void)
{
    struct timespec then;
    clock_gettime(CLOCK_REALTIME, &then);
    then.tv_sec += BEAT_SECONDS;
    pthread_mutex_lock(&pulse.lock);
    if (!pulse.stopping)
        pthread_cond_timedwait(&pulse.end, &pulse.lock, &then);
    bool goes_on = !pulse.stopping;
    pthread_mutex_unlock(&pulse.lock);
    return goes_on;
}

static void *work(void *unused)
{
    do
        beat();
    while (wait_a_beat());
    db_close();
    return unused;
}

bool standby_start(void)
{
    pulse.stopping = false;
    pulse.started = standby.set && pthread_create(&pulse.thread, NULL, work, NULL) == 0;
    return pulse.started || !standby.set;
}

void standby_stop(void)
{
    if (!pulse.started)
        return;
    pthread_mutex_lock(&pulse.lock);
    pulse.stopping = true;
    pthread_cond_signal(&pulse.end);
    pthread_mutex_unlock(&pulse.lock);
    pthread_join(pulse.thread, NULL);
    pulse.started = false;
}
