/* decimal.h: the numbers and dates of a workbook as exact text; none passes through a C double.
 *
 * A workbook keeps IEEE doubles as text: 9007.4 may be stored as 9007.3999999999996, 0.001 as 1E-3.  Excel
 * shows, and people typed, at most 15 significant digits (ECMA-376 part 1, 18.8; Excel's own limit), so that
 * is what is read: the stored digits rounded to 15, without exponent or needless zeros.
 */
#pragma once
#include "base/auto.h"
#include <stdbool.h>

enum {
    DECIMAL_SIZE = 352, /* any double without an exponent: 5E-324 has 324 decimals */
    DATE_SIZE = 20,     /* YYYY-MM-DDTHH:MM:SS */
};

/* The decimal meant by stored text like -1.5E-3, times ten to the power of `shift`.  False: no number, or
 * beyond what a double can hold. */
bool decimal_read(const char *stored, int shift, char decimal[DECIMAL_SIZE]) MUST_CHECK;

/* The date meant by a serial as decimal_read() gives it: days since the end of 1899, or since 1904 began.
 * A whole serial is YYYY-MM-DD, a fraction is rounded to seconds, YYYY-MM-DDTHH:MM:SS; below one day it is a
 * time, HH:MM:SS.  False: negative, after 9999, or 60 of 1900, which is 29 February 1900, a day that never
 * was (Excel keeps it for Lotus 1-2-3; the serials before it count from the right day all the same). */
bool decimal_date(const char *serial, bool since_1904, char date[DATE_SIZE]) MUST_CHECK;

/* A date written as ISO 8601 (cells of type "d"), in the forms of decimal_date().  False: it is none. */
bool decimal_iso_date(const char *stored, char date[DATE_SIZE]) MUST_CHECK;
