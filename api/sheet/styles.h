/* styles.h: what the number formats of a workbook make of a number: nothing, a date, or a percentage.
 *
 * A cell names its cell format (cellXfs/xf, ECMA-376 part 1, 18.8.10), this its number format: one of those
 * built in (18.8.30) or a code of the workbook's own.
 */
#pragma once
#include "sheet/package.h"

enum format { FORMAT_PLAIN, FORMAT_DATE, FORMAT_PERCENT };

struct styles {
    unsigned char *formats; /* of each cell format: an enum format */
    size_t count;
};

/* Read the part with the styles.  False: a fault was added. */
bool styles_read(struct styles *styles, struct package *package, const char *part);
void styles_release(struct styles *styles);

/* The format of a cell whose attribute s is this; NULL: it has none. */
enum format styles_format(const struct styles *styles, const char *style);

/* What a code like "[$-42A]dd/mm/yyyy;@" stands for, by its first section: dates have a letter of y m d h s
 * outside quotes, escapes and brackets ([h], [m], [s] count too). */
enum format styles_format_of_code(const char *code);
