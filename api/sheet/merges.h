/* merges.h: areas of a sheet whose cells are merged: the first cell has the value, the others are covered. */
#pragma once
#include "sheet/row.h"

struct area {
    int top, left, bottom, right;
};

struct merges {
    struct area *areas; /* by rising top, once merges_sort() was called */
    size_t count, size;
    size_t next;                      /* the first area that begins below the rows seen so far */
    size_t active[SHEET_COLUMNS_MAX]; /* areas that reach into the row */
    int active_count;
};

/* Add the area named "B1:D1".  False: no such name, or out of memory. */
bool merges_add(struct merges *merges, const char *reference);

void merges_sort(struct merges *merges);

/* Put covered cells into a row, in place of what it has there; rows must come in rising order.  A row without
 * a value stays without.  False: areas overlap, as no program writes them. */
bool merges_cover(struct merges *merges, struct row *row);

void merges_release(struct merges *merges);
