/* workbook.h: what a workbook consists of: where its sheet, shared texts and styles are, and how it counts
 * days.
 *
 * Parts are found through relationships, as ECMA-376 part 2 has it, never by their usual names.  Strict
 * workbooks (ISO/IEC 29500, other namespaces) differ here only in how relationship types begin, so types go
 * by their ends.
 */
#pragma once
#include "sheet/package.h"

enum { SHEETS_MAX = 200 };

struct workbook {
    char part[PART_SIZE], texts[PART_SIZE], styles[PART_SIZE], sheet[PART_SIZE]; /* "": there is none */
    bool since_1904;
    json_t *sheets; /* [{name, id, hidden, part}] in the order of the tabs; part only of sheets with cells */
};

/* Find the parts; `sheet` is the name of the one to read, NULL for the first that is not hidden.  False: a
 * fault was added; release in any case. */
bool workbook_read(struct workbook *workbook, struct package *package, const char *sheet);
void workbook_release(struct workbook *workbook);
#define workbook_auto_t __attribute__((cleanup(workbook_release))) struct workbook
