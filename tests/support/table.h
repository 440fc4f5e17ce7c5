/* table.h: tables told in one line a cell. */
#pragma once
#include "sheet/sheet.h"

/* What was read: "D19 number 9007.4\n" for each cell, with " =" behind the kind of a formula's and " %" of a
 * percentage; line breaks as \n.  Then the faults: "fault D19 code\n", "fault file code\n".  The caller frees
 * it. */
char *table_told(const struct sheet_file *file);

/* A sink's row(): takes it and does nothing. */
bool table_ignore(const struct cell *cells, int count, void *data);

/* The bytes of a file below tests/fixtures; the caller frees them. */
char *table_fixture(const char *name, size_t *length);
