/* together.h: requests that meet. */
#pragma once
#include "support/world.h"

enum { TOGETHER_MAX = 64, RESULT_MAX = 4096 };

/* What each of `count` processes does, once all of them are there: work(nth, of, result), a result of `size`
 * bytes. */
struct crowd {
    int count;
    void (*work)(int nth, const void *of, void *result);
    const void *of;
    size_t size;
};

/* Let them work; results is an array of `count` results. */
void work_together(const struct crowd *crowd, void *results);

/* Ask all of them at the same moment, each from a process of its own; status[i] is what wish i was
 * answered with. */
void ask_together(const struct wish *wishes, int count, int status[]);

/* Ask the same thing `count` times at the same moment; how many were answered with this status and the very
 * bytes of the first. */
int ask_alike(struct wish wish, int count, int status);

/* How many of them were answered with this status. */
int count_of(const int status[], int count, int wanted);
