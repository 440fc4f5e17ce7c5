/* sheet.h: what must hold of every table that is read. */
#pragma once
#include "fuzz/target.h"
#include "sheet/sheet.h"

/* Rows and columns rise, texts are UTF-8. */
static inline bool fuzz_row(const struct cell *cells, int count, void *data)
{
    int *row = data;
    HOLDS(count > 0 && count <= SHEET_COLUMNS_MAX && cells[0].row > *row);
    *row = cells[0].row;
    for (int i = 0; i < count; i++) {
        HOLDS(cells[i].row == *row && cells[i].column <= SHEET_COLUMNS_MAX);
        HOLDS(cells[i].column > (i ? cells[i - 1].column : 0));
        HOLDS(text_length(cells[i].text) >= 0);
    }
    return true;
}

/* Read a file; it is good or has faults. */
static inline void fuzz_sheet(const struct sheet_file *file)
{
    int row = 0;
    json_auto_t *faults = json_array();
    bool good = sheet_read(file, &(struct sheet_sink){fuzz_row, &row}, faults);
    HOLDS(good == (json_array_size(faults) == 0));
    for (size_t i = 0; i < json_array_size(faults); i++) {
        json_auto_t *described = fault_described(json_array_get(faults, i), VI);
        HOLDS(described);
    }
}
