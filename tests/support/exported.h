/* exported.h: tables that were written, read again. */
#pragma once
#include "sheet/export.h"
#include <jansson.h>

/* The bytes of a table with these rows, one after the other, `count` values each; the caller frees them. */
struct exported {
    enum export_kind kind;
    const struct export_column *columns;
    int count;
    const char *const *values;
    int rows;
};
char *exported_bytes(const struct exported *of, size_t *length);

/* The cells of a table as [[text, …], …], the first row its headings, by our own readers; empty cells are
 * null.  The test fails when a reader has a fault.  separator: of CSV; 0 for a workbook. */
json_t *exported_cells(const char *bytes, size_t length, char separator);

/* One of them; "" for an empty one. */
const char *exported_cell(const json_t *cells, size_t row, size_t column);
