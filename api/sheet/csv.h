/* csv.h: tables as text: RFC 4180, and what Excel makes of it.
 *
 * A state machine of our own: libcsv (3.0.3) drops blank lines, so that rows count differently from the
 * sheet, trims blanks, and cannot tell where an open quote began.
 *
 * Read: UTF-8 with or without byte order mark; lines ending in CRLF, LF or CR; cells quoted, with line breaks
 * and doubled quotes; a quote inside an unquoted cell stands for itself, as in Excel; a first line "sep=;"
 * declares the separator and is no row.  Blanks around a cell are kept.  Every cell is CELL_TEXT.
 *
 * The separator is the one of tab, semicolon and comma that the first line with text has most of, outside
 * quotes; if two are equally frequent, it has to be declared (unclear-separator).
 *
 * Refused, naming the line: quotes that do not close or are followed by text (unbalanced-quotes, the line
 * where they opened), NUL (nul-in-file), what is not UTF-8 (not-utf-8-csv).
 */
#pragma once
#include "sheet/sheet.h"

/* As sheet_read(), for text; file->sheet is not looked at. */
bool csv_read(const struct sheet_file *file, const struct sheet_sink *sink, json_t *faults);
