/* annotate.h: somebody's own table with its faults marked. */
#pragma once
#include "sheet/sheet.h"

/* Write the file's sheet as a workbook: cells of faults red, each with its reason as a comment, and all
 * reasons of a row behind its last column.  Faults are described (fault_described), in order of their rows,
 * with members row, cell (where there is one) and detail; heading stands above the reasons.  False: the file
 * cannot be read or the workbook not be written. */
bool annotate(const struct sheet_file *file, const json_t *faults, const char *heading, struct buf *out);
