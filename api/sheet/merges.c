/* merges.c: areas of a sheet whose cells are merged. */
#include "sheet/merges.h"
#include <string.h>

enum { FIRST_SIZE = 64, AREAS_MAX = 100000 };

/* The area of "B1:D1". */
static bool read_area(const char *reference, struct area *area)
{
    size_t length = sheet_cell_place(reference, &area->top, &area->left);
    if (!length || reference[length] != ':')
        return false;
    const char *last = reference + length + 1;
    length = sheet_cell_place(last, &area->bottom, &area->right);
    return length && last[length] == '\0' && area->bottom >= area->top && area->right >= area->left;
}

bool merges_add(struct merges *merges, const char *reference)
{
    struct area area;
    if (merges->count == AREAS_MAX || !read_area(reference, &area))
        return false;
    if (area.left > SHEET_COLUMNS_MAX || area.top > SHEET_ROWS_MAX)
        return true; /* no value is read there */
    if (area.right > SHEET_COLUMNS_MAX)
        area.right = SHEET_COLUMNS_MAX;
    if (merges->count == merges->size) {
        size_t size = merges->size ? merges->size * 2 : FIRST_SIZE;
        struct area *areas = realloc(merges->areas, size * sizeof *areas);
        if (!areas)
            return false;
        merges->areas = areas;
        merges->size = size;
    }
    merges->areas[merges->count++] = area;
    return true;
}

static int by_top(const void *a, const void *b)
{
    const struct area *first = a, *second = b;
    return (first->top > second->top) - (first->top < second->top);
}

void merges_sort(struct merges *merges)
{
    if (merges->count)
        qsort(merges->areas, merges->count, sizeof *merges->areas, by_top);
}

/* Which areas reach into the row?  False: more than columns. */
static bool move_to(struct merges *merges, int row)
{
    int kept = 0;
    for (int i = 0; i < merges->active_count; i++)
        if (merges->areas[merges->active[i]].bottom >= row)
            merges->active[kept++] = merges->active[i];
    merges->active_count = kept;
    for (; merges->next < merges->count && merges->areas[merges->next].top <= row; merges->next++) {
        if (merges->areas[merges->next].bottom < row)
            continue;
        if (merges->active_count == SHEET_COLUMNS_MAX)
            return false;
        merges->active[merges->active_count++] = merges->next;
    }
    return true;
}

/* Mark the columns of a row that the area covers.  False: another area does already. */
static bool mark(const struct area *area, int row, const struct area *over[SHEET_COLUMNS_MAX + 1])
{
    for (int column = area->left + (row == area->top); column <= area->right; column++) {
        if (over[column])
            return false;
        over[column] = area;
    }
    return true;
}

static void add_covered(struct row *row, int column, const struct area *area)
{
    char name[SHEET_CELL_NAME_SIZE];
    sheet_cell_name(area->top, area->left, name);
    row_add(row, &(struct cell){row->number, column, CELL_COVERED, .text = name}, strlen(name));
}

static int by_column(const void *a, const void *b)
{
    const struct cell *first = a, *second = b;
    return first->column - second->column;
}

static void cover(struct row *row, const struct area *over[SHEET_COLUMNS_MAX + 1])
{
    int kept = 0;
    for (int i = 0; i < row->count; i++)
        if (!over[row->cells[i].column]) {
            row->at[kept] = row->at[i];
            row->cells[kept++] = row->cells[i];
        }
    row->count = kept;
    for (int column = 1; kept && column <= SHEET_COLUMNS_MAX; column++)
        if (over[column])
            add_covered(row, column, over[column]);
    row_place_texts(row);
    qsort(row->cells, (size_t)row->count, sizeof *row->cells, by_column);
}

bool merges_cover(struct merges *merges, struct row *row)
{
    const struct area *over[SHEET_COLUMNS_MAX + 1] = {NULL};
    if (merges->count == 0)
        return true;
    if (!move_to(merges, row->number))
        return false;
    for (int i = 0; i < merges->active_count; i++)
        if (!mark(&merges->areas[merges->active[i]], row->number, over))
            return false;
    if (merges->active_count && row->count)
        cover(row, over);
    return true;
}

void merges_release(struct merges *merges)
{
    free(merges->areas);
    *merges = (struct merges){0};
}
