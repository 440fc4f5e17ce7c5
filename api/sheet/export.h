/* export.h: writes a table row by row into a file, for programs or for people; no row stays in memory.
 *
 *     EXPORT_CSV      for programs: RFC 4180: commas, CRLF, UTF-8; every value exactly as JSON has it:
 * 9007.4, true, 2022-03-14T17:00:00+07:00.  Null is empty, an empty text is "". EXPORT_CSV_VI   for people
 * with Excel in Vietnamese: byte order mark, semicolons, 9007,4, có, 14/03/2022 17:00:00 (the clock's time as
 * JSON has it).  A text that a spreadsheet would take for a formula begins with an apostrophe. EXPORT_XLSX a
 * workbook: frozen heading, real dates and numbers with the decimals they have; text is text, whatever it
 * begins with.  What no cell can hold exactly stays text: numbers of more than 15 digits, days before March
 * 1900.
 *
 * The writer knows neither rows of the database nor routes: columns have a heading and a type, values are
 * text as JSON has it, without quotes.
 */
#pragma once
#include "base/auto.h"
#include <stdbool.h>
#include <stdio.h>

enum export_kind { EXPORT_CSV, EXPORT_CSV_VI, EXPORT_XLSX };

enum export_type {
    EXPORT_TEXT,
    EXPORT_INTEGER, /* of numbers, those that are names and counts: 2022, not 2.022 */
    EXPORT_NUMBER,
    EXPORT_BOOLEAN,
    EXPORT_DATE,
    EXPORT_MOMENT,
    EXPORT_JSON, /* arrays and objects, written as JSON without blanks */
};

enum { EXPORT_COLUMNS_MAX = 1024, EXPORT_ROWS_MAX = 1000000 /* a sheet of Excel has 1,048,576 */ };

struct export_column {
    const char *heading;
    enum export_type type;
};

struct export;

/* Begin a table with its headings, which are written at once; file and columns are borrowed.  NULL: it could
 * not. */
struct export *export_open(enum export_kind kind, FILE *file, const struct export_column *columns, int count);

/* Write a row, a value for each column; NULL: null.  False: it could not be written. */
bool export_row(struct export *export, const char *const *values);

/* End the table, which is then complete in the file, and release it.  False: it could not be written. */
bool export_close(struct export *export) MUST_CHECK;
