/* workbook.h: workbooks made for a test. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct part {
    const char *name, *text; /* text NULL: leave the part out */
    size_t length;           /* 0: strlen(text) */
    bool stored;             /* not compressed; of the first part: the usual ones neither */
};

/* A workbook with one empty sheet "Biểu 01", shared texts "Đăk Rong", "Tơ Tung" and formats 0 plain, 1 date,
 * 2 per cent, 3 date and time, its parts replaced and complemented by these.  The caller frees it. */
char *workbook_made(const struct part *parts, size_t count, size_t *length);

/* The text of a part of a workbook; "" when it has none such.  The caller frees it. */
char *workbook_part(const char *bytes, size_t length, const char *name);
