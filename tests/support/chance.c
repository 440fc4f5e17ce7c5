/* chance.c: numbers for property tests. */
#include "support/chance.h"
#include <stdlib.h>
#include <time.h>

static unsigned long long state;

unsigned long long chance_begin(void)
{
    const char *wanted = getenv("THIDUA_SEED");
    return state = wanted ? strtoull(wanted, NULL, 10) : (unsigned long long)time(NULL) * 1000003 + 1;
}

/* xorshift64*, of which the upper bits are the better ones */
long long chance_below(long long bound)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (long long)((state * 2685821657736338717ULL >> 1) % (unsigned long long)bound);
}
