/* xlsx.h: one sheet of a workbook as Office Open XML (ECMA-376), by libzip and expat, as a stream.
 *
 * Read alike: transitional and strict workbooks, shared and inline texts, cells with and without their place.
 * Values of formulas are those the writing program kept; `formula` tells.  A number is a date or a percentage
 * by its number format (styles.h).  What an area covers is CELL_COVERED, also where a value hides below it.
 * Hidden rows and columns are read like others.
 *
 * Faults of the file: damaged-workbook, not-a-workbook, encrypted-, macro-, binary-workbook, zip-bomb,
 * unpacks-too-large, workbook-with-doctype, too-many-parts, -sheets, -texts, -rows, -columns, no-such-sheet,
 * no-visible-sheet, row-too-long.  Of cells: cell-too-long, unreadable-cell, no-such-date.
 *
 * Held in memory at once: the texts that cells share, the merged areas, one row.
 */
#pragma once
#include "sheet/sheet.h"

/* As sheet_read(), for workbooks; file->separator is not looked at. */
bool xlsx_read(const struct sheet_file *file, const struct sheet_sink *sink, json_t *faults);
