/* sheet.c: a table that somebody sends, CSV or XLSX, cell by cell. */
#include "sheet/sheet.h"
#include "sheet/csv.h"
#include "sheet/xlsx.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    LETTERS = 26,
    SHOWN_MAX = 40,     /* characters of the offending text */
    HEAD = 1024,        /* bytes that show whether a file is text */
    XL_ROWS = 1048576,  /* Excel's bounds */
    XL_COLUMNS = 16384, /* XFD */
};

void sheet_cell_name(int row, int column, char name[SHEET_CELL_NAME_SIZE])
{
    char letters[4] = "";
    size_t at = sizeof letters - 1;
    for (int rest = column; rest > 0 && at > 0; rest = (rest - 1) / LETTERS)
        letters[--at] = (char)('A' + (rest - 1) % LETTERS);
    snprintf(name, SHEET_CELL_NAME_SIZE, "%s%d", letters + at, row);
}

size_t sheet_cell_place(const char *name, int *row, int *column)
{
    size_t letters = 0, digits = 0;
    *row = *column = 0;
    for (; isupper((unsigned char)name[letters]) && *column <= XL_COLUMNS; letters++)
        *column = *column * LETTERS + name[letters] - 'A' + 1;
    for (; isdigit((unsigned char)name[letters + digits]) && *row <= XL_ROWS; digits++)
        *row = *row * 10 + name[letters + digits] - '0';
    bool within = *column >= 1 && *column <= XL_COLUMNS && *row >= 1 && *row <= XL_ROWS;
    return within ? letters + digits : 0;
}

/* The first characters of UTF-8 text; the caller owns it. */
static json_t *shown(const char *text)
{
    size_t length = 0, characters = 0;
    for (; text[length]; length++) {
        bool starts = ((unsigned char)text[length] & 0xc0) != 0x80;
        characters += starts;
        if (characters > SHOWN_MAX)
            break;
    }
    json_t *cut = json_stringn(text, length);
    return cut ? cut : json_string("?"); /* not UTF-8 */
}

void sheet_add_cell_fault(json_t *faults, const struct cell *cell, const char *code, json_t *params)
{
    char name[SHEET_CELL_NAME_SIZE];
    if (fault_is_enough(faults)) {
        json_decref(params);
        return;
    }
    sheet_cell_name(cell->row, cell->column, name);
    json_t *all = params ? params : json_object();
    json_object_set_new(all, "row", json_integer(cell->row));
    json_object_set_new(all, "column", json_integer(cell->column));
    json_object_set_new(all, "cell", json_string(name));
    json_object_set_new(all, "text", shown(cell->text));
    fault_add(faults, fault_new("cell", name, code, all));
}

bool sheet_add_fault(json_t *faults, const char *code, json_t *params)
{
    fault_add(faults, fault_new("pointer", "", code, params));
    return false;
}

static bool starts(const char *bytes, size_t length, const char *magic, size_t size)
{
    return length >= size && memcmp(bytes, magic, size) == 0;
}

static bool has(const char *bytes, size_t length, const char *part, size_t size)
{
    return memmem(bytes, length, part, size) != NULL;
}
#define STARTS(magic) starts(bytes, length, magic, sizeof magic - 1)
#define HAS(part) has(bytes, length, part, sizeof part - 1)

/* Names of parts stand uncompressed in an archive. */
static enum sheet_kind kind_of_zip(const char *bytes, size_t length)
{
    if (HAS("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"))
        return SHEET_ODS;
    if (HAS("vbaProject.bin"))
        return SHEET_XLSM;
    if (HAS("xl/workbook.bin"))
        return SHEET_XLSB;
    return HAS("[Content_Types].xml") ? SHEET_XLSX : SHEET_ZIP;
}

/* Names of streams stand in an OLE2 container as UTF-16. */
static enum sheet_kind kind_of_ole(const char *bytes, size_t length)
{
    if (HAS("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"))
        return SHEET_ENCRYPTED;
    return HAS("W\0o\0r\0k\0b\0o\0o\0k\0") || HAS("B\0o\0o\0k\0") ? SHEET_XLS : SHEET_OLE;
}

/* Text, by its first character that is no blank: no table starts with markup or a brace. */
static enum sheet_kind kind_of_text(const char *bytes, size_t length)
{
    size_t head = length < HEAD ? length : HEAD;
    if (memchr(bytes, '\0', head))
        return SHEET_BINARY;
    size_t i = STARTS("\xef\xbb\xbf") ? 3 : 0;
    while (i < head && isspace((unsigned char)bytes[i]))
        i++;
    if (i == length)
        return SHEET_EMPTY;
    if (bytes[i] == '<')
        return SHEET_MARKUP;
    return bytes[i] == '{' || bytes[i] == '[' ? SHEET_JSON : SHEET_TEXT;
}

enum sheet_kind sheet_kind_of(const char *bytes, size_t length)
{
    if (length == 0)
        return SHEET_EMPTY;
    if (STARTS("PK\3\4") || STARTS("PK\5\6"))
        return kind_of_zip(bytes, length);
    if (STARTS("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
        return kind_of_ole(bytes, length);
    if (STARTS("\xff\xfe") || STARTS("\xfe\xff"))
        return SHEET_UTF16;
    return STARTS("%PDF-") ? SHEET_PDF : kind_of_text(bytes, length);
}

/* Why a file of this kind is not read. */
static const char *refusal(enum sheet_kind kind)
{
    switch (kind) {
    case SHEET_EMPTY: return "empty-file";
    case SHEET_UTF16: return "utf-16";
    case SHEET_XLSM: return "macro-workbook";
    case SHEET_XLSB: return "binary-workbook";
    case SHEET_ODS: return "opendocument-workbook";
    case SHEET_XLS: return "old-workbook";
    case SHEET_ENCRYPTED: return "encrypted-workbook";
    case SHEET_OLE: return "old-or-encrypted-workbook";
    default: return "not-a-sheet";
    }
}

bool sheet_read(const struct sheet_file *file, const struct sheet_sink *sink, json_t *faults)
{
    enum sheet_kind kind = sheet_kind_of(file->bytes, file->length);
    if (kind == SHEET_TEXT)
        return csv_read(file, sink, faults);
    if (kind == SHEET_XLSX)
        return xlsx_read(file, sink, faults);
    return sheet_add_fault(faults, refusal(kind), NULL);
}
