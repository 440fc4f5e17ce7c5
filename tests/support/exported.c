/* exported.c: tables that were written, read again. */
#include "support/exported.h"
#include "base/scratch.h"
#include "sheet/sheet.h"
#include <criterion/criterion.h>

char *exported_bytes(const struct exported *of, size_t *length)
{
    FILE *file = scratch_open();
    cr_assert_not_null(file);
    struct export *export = export_open(of->kind, file, of->columns, of->count);
    cr_assert_not_null(export);
    for (int i = 0; i < of->rows; i++)
        cr_assert(export_row(export, of->values + (size_t)i * (size_t)of->count));
    cr_assert(export_close(export));
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = calloc(1, *length + 1);
    cr_assert_eq(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

/* Rows without a value are not handed over, and are here all the same. */
static bool take(const struct cell *cells, int count, void *data)
{
    while ((int)json_array_size(data) < cells[0].row)
        json_array_append_new(data, json_array());
    json_t *row = json_array_get(data, (size_t)cells[0].row - 1);
    for (int i = 0; i < count; i++) {
        while ((int)json_array_size(row) < cells[i].column - 1)
            json_array_append_new(row, json_null());
        json_array_append_new(row, json_string(cells[i].text));
        cr_assert_not(cells[i].formula, "%s is a formula", cells[i].text);
    }
    return true;
}

json_t *exported_cells(const char *bytes, size_t length, char separator)
{
    json_t *cells = json_array();
    json_auto_t *faults = json_array();
    const struct sheet_file file = {.bytes = bytes, .length = length, .separator = separator};
    bool good = sheet_read(&file, &(struct sheet_sink){take, cells}, faults);
    str_auto_t *told = json_dumps(faults, 0);
    cr_assert(good && json_array_size(faults) == 0, "%s", told);
    return cells;
}

const char *exported_cell(const json_t *cells, size_t row, size_t column)
{
    const char *text = json_string_value(json_array_get(json_array_get(cells, row), column));
    return text ? text : "";
}
