/* copy.h: cells that were read, written into another workbook as they were. */
#pragma once
#include "sheet/book.h"
#include "sheet/sheet.h"

/* What a cell is to whoever looks at it. */
enum dress { DRESS_TITLE, DRESS_HEADING, DRESS_PLAIN, DRESS_MARKED, DRESSES };

/* How its value is shown. */
enum look { LOOK_PLAIN, LOOK_PERCENT, LOOK_PERCENT_PARTS, LOOK_DAY, LOOK_INSTANT, LOOK_TIME, LOOKS };

struct looks {
    lxw_format *format[DRESSES][LOOKS]; /* of the workbook */
};

void looks_make(struct looks *looks, lxw_workbook *workbook);

/* Write the cell at its place.  Numbers, percentages, dates and booleans stay what they are; a formula
 * becomes one that says only what it came to, so that who reads the copy still knows it as a formula; an
 * error, which libxlsxwriter cannot write, becomes its text. */
void copy_cell(lxw_worksheet *sheet, const struct cell *cell, const struct looks *looks, enum dress dress);
