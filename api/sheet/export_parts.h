/* export_parts.h: what the kinds of export.h are made of; for the files export*.c. */
#pragma once
#include "base/buf.h"
#include "sheet/export.h"

/* Each kind has this as its first member. */
struct export
{
    bool (*begin)(struct export * export);
    bool (*row)(struct export * export, const char *const *values);
    bool (*end)(struct export * export); /* releases all but the struct itself */
    FILE *file;
    const struct export_column *columns;
    int count;
};

/* NULL: there is no memory. */
struct export *export_new_csv(bool vietnamese);
struct export *export_new_xlsx(void);

/* A day or a moment as JSON has it, taken apart. */
struct export_moment {
    int year, month, day, hour, minute, second;
};

/* False: it is none, as "infinity" and years with five digits. */
bool export_read_moment(const char *text, struct export_moment *moment);

/* Add JSON without the blanks between its parts; its digits stay as they are. */
void export_add_json(struct buf *out, const char *json);
