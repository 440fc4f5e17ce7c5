/* table.c: tables told in one line a cell. */
#include "support/table.h"
#include <stdio.h>
#include <string.h>

enum { FIXTURE_MAX = 4 * 1024 * 1024 };

char *table_fixture(const char *name, size_t *length)
{
    char path[512];
    snprintf(path, sizeof path, FIXTURES "/%s", name);
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(FIXTURE_MAX);
    *length = file ? fread(bytes, 1, FIXTURE_MAX, file) : 0;
    if (file)
        fclose(file);
    char *exact = realloc(bytes, *length + 1); /* so that reading far past the end is seen */
    return exact ? exact : bytes;
}

static void tell(struct buf *told, const struct cell *cell)
{
    static const char *const kinds[] = {"text", "number", "date", "boolean", "error", "blank", "covered"};
    char name[SHEET_CELL_NAME_SIZE];
    sheet_cell_name(cell->row, cell->column, name);
    buf_addf(told, "%s %s%s%s ", name, kinds[cell->kind], cell->formula ? " =" : "",
             cell->percent ? " %" : "");
    for (const char *c = cell->text; *c; c++)
        buf_adds(told, *c == '\n' ? "\\n" : *c == '\r' ? "\\r" : (char[]){*c, '\0'});
    buf_addc(told, '\n');
}

static bool take_row(const struct cell *cells, int count, void *data)
{
    for (int i = 0; i < count; i++)
        tell(data, &cells[i]);
    return true;
}

bool table_ignore(const struct cell *cells, int count, void *data)
{
    (void)cells, (void)count, (void)data;
    return true;
}

char *table_told(const struct sheet_file *file)
{
    struct buf told = {.max = 64 * 1024 * 1024};
    json_auto_t *faults = json_array();
    size_t i, length = 0;
    const json_t *fault;
    bool good = sheet_read(file, &(struct sheet_sink){take_row, &told}, faults);
    json_array_foreach(faults, i, fault)
    {
        const char *cell = json_string_value(json_object_get(fault, "cell"));
        buf_addf(&told, "fault %s %s\n", cell ? cell : "file",
                 json_string_value(json_object_get(fault, "code")));
    }
    if (good != (json_array_size(faults) == 0))
        buf_adds(&told, "the answer and the faults disagree\n");
    return buf_take(&told, &length);
}
