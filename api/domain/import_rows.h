/* import_rows.h: from the rows of a sheet to those of the staging table.
 *
 * The heading is the first row that names the indicator and a figure (import_headings.def); what stands above
 * it are titles, among which a marker `thidua:1 unit=… period=… locale=…`, as templates have it, says what
 * holds for all rows.  Of merged headings the first cell counts.  Below, a row that names neither an
 * indicator nor a figure of its own is a title too; formulas beside no indicator are totals for the eye.
 *
 * What the cells mean:
 *
 *     a number           exact; 13/19 typed into an Excel cell that became a date is a fault, never guessed
 * at text               read by number.h under the declared locale; "13/19" is a pair; "có", "đạt", "không",
 *                        "chưa" and their like are true and false where the indicator is met or not
 *     an empty cell      says nothing: the figure stays as it is
 *     #N/A, a formula that was never calculated   a fault
 */
#pragma once
#include "db/load.h"
#include "sheet/number.h"
#include "sheet/sheet.h"

enum import_field {
    NO_FIELD,
    UNIT,
    PERIOD,
    INDICATOR,
    VALUE,
    NUMERATOR,
    DENOMINATOR,
    MISSING_REASON,
    STATUS,
    NOTE,
    FIELD_COUNT
};

enum { MARKED_SIZE = 65 };

struct import_rows {
    enum number_locale locale; /* declared by the request; the marker fills it in otherwise */
    char unit[MARKED_SIZE], period[MARKED_SIZE]; /* told by the marker; "": nothing */
    int column_of[FIELD_COUNT];                  /* of the heading; 0: it has none */
    enum import_field field_of[SHEET_COLUMNS_MAX + 1];
    bool headed;
    struct db_copy *to; /* borrowed */
    json_t *faults;     /* borrowed */
};

extern const char import_copy[]; /* the COPY statement of the lines */

/* The sink of sheet_read(); data is a struct import_rows. */
bool import_rows_take(const struct cell *cells, int count, void *data);

/* Name of a field in the contract. */
const char *import_field_name(enum import_field field);

/* The locale of this name in the contract; undeclared for any other. */
enum number_locale import_locale_named(const char *name);
