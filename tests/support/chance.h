/* chance.h: numbers for property tests. */
#pragma once

/* Begin anew, by THIDUA_SEED, to repeat a failure, or by the clock; the seed, to be told with every failure.
 */
unsigned long long chance_begin(void);

/* 0 to bound - 1. */
long long chance_below(long long bound);
