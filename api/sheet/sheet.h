/* sheet.h: a table that somebody sends, CSV or XLSX, cell by cell.
 *
 * Knows nothing of HTTP, SQL and indicators.  A reader goes through the file once and hands over one row
 * after the other, so what is held is one row (and, for XLSX, the texts the cells share): a file's content is
 * never in memory as a whole besides the bytes the caller has.
 *
 * Rows and columns count as the sheet shows them, from 1, the heading and blank rows counted: the cell that a
 * fault names, D19, is the one the reader of the fault sees.  In CSV a row is a record, however many lines
 * its quoted cells take, as it is after opening the file.
 *
 * Empty cells and rows without a value are not handed over: nothing is said about them.
 *
 * Faults are JSON faults (base/fault.h).  Of a cell: {cell: "D19", code, params: {row, column, cell, text,
 * …}}, text cut to 40 characters.  Of the whole file: {pointer: "", code, params}.  A fault of the file stops
 * the reading, faults of cells do not.
 */
#pragma once
#include "base/fault.h"

enum {
    SHEET_ROWS_MAX = 100000 + 100, /* 100,000 rows of figures, and room for the headings above them */
    SHEET_COLUMNS_MAX = 200,
    SHEET_TEXT_MAX = 32767, /* characters in a cell: Excel's own limit */
    SHEET_CELL_NAME_SIZE = 16,
};

/* How a cell begins by which a template tells what it is: for programs, not for people. */
#define SHEET_MARKER "thidua:1 "

/* What a file is, by its bytes; only TEXT and XLSX can be read. */
enum sheet_kind {
    SHEET_EMPTY,
    SHEET_TEXT,  /* may be CSV */
    SHEET_UTF16, /* text, as Excel's "Unicode Text" */
    SHEET_XLSX,  /* or another OOXML document: xlsx_read() tells */
    SHEET_XLSM,  /* with macros */
    SHEET_XLSB,  /* binary workbook */
    SHEET_ODS,
    SHEET_ZIP,       /* some other archive */
    SHEET_XLS,       /* OLE2 container: Excel 97 to 2003 */
    SHEET_ENCRYPTED, /* OLE2 container: protected by a password */
    SHEET_OLE,       /* OLE2 container, of either sort */
    SHEET_MARKUP,    /* HTML or XML, which some programs name .xls */
    SHEET_JSON,
    SHEET_PDF,
    SHEET_BINARY,
};

enum cell_kind {
    CELL_TEXT,    /* as typed; beginning with "=", it still is text.  All cells of CSV are TEXT */
    CELL_NUMBER,  /* exact decimal: 9007.4.  With `percent` as shown: 0.275 formatted as 27.5 % is "27.5" */
    CELL_DATE,    /* 2022-03-14, 2022-03-14T17:00:00 or 17:00:00 */
    CELL_BOOLEAN, /* "true", "false" */
    CELL_ERROR,   /* "#N/A", "#DIV/0!", … */
    CELL_BLANK,   /* text ""; a formula whose result the file does not have: it was never calculated */
    CELL_COVERED, /* part of a merged area, whose value is in its first cell, which `text` names: "B1" */
};

struct cell {
    int row, column;
    enum cell_kind kind;
    bool formula; /* the value is what the program that wrote the file had computed */
    bool percent; /* the number is formatted as per cent */
    const char *text;
};

/* Who takes the rows: cells[0..count) of one row by rising column, borrowed until the call returns.
 * False ends the reading. */
struct sheet_sink {
    bool (*row)(const struct cell *cells, int count, void *data);
    void *data;
};

struct sheet_file {
    const char *bytes; /* borrowed; at most 32 MiB, which is for the caller to see to */
    size_t length;
    const char *sheet; /* of XLSX: name of the sheet; NULL: the first that is not hidden */
    char separator;    /* of CSV: ',' ';' or '\t'; 0: the one the heading uses */
};

/* Read a file of either kind.  True: all of it went to the sink.  False: faults were added, or the sink ended
 * it.  Rows may have gone to the sink before a fault was seen: keep nothing of a file with faults. */
bool sheet_read(const struct sheet_file *file, const struct sheet_sink *sink, json_t *faults);

enum sheet_kind sheet_kind_of(const char *bytes, size_t length);

/* The name of a cell: row 19, column 4 is D19. */
void sheet_cell_name(int row, int column, char name[SHEET_CELL_NAME_SIZE]);

/* The reverse, for text that starts with a name.  Its length; 0: there is none within Excel's bounds. */
size_t sheet_cell_place(const char *name, int *row, int *column);

/* Add a fault of a cell; params are taken over (NULL: none) and get row, column, cell and text. */
void sheet_add_cell_fault(json_t *faults, const struct cell *cell, const char *code, json_t *params);

/* Add a fault of the whole file; params are taken over.  Always false, for `return`. */
bool sheet_add_fault(json_t *faults, const char *code, json_t *params);
