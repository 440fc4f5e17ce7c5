/* book.c: writing a workbook into memory. */
#include "sheet/book.h"
#include <sys/mman.h>
#include <unistd.h>

enum { PATH_SIZE = 40, BOOK_MAX = 64 * 1024 * 1024, PIECE = 64 * 1024, A4 = 9 };
static const double LETTERS_IN_A_DIGIT = 1.15; /* widths count digits, and letters are narrower */
enum { LINES_MAX = 27 };                       /* 409 points, the highest row of Excel */

bool book_open(struct book *book)
{
    char path[PATH_SIZE];
    book->file = memfd_create("workbook", MFD_CLOEXEC);
    if (book->file < 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/fd/%d", book->file);
    book->workbook = workbook_new(path);
    if (!book->workbook)
        close(book->file);
    return book->workbook;
}

bool book_close(struct book *book, struct buf *out)
{
    char piece[PIECE];
    ssize_t length = 0;
    bool good = workbook_close(book->workbook) == LXW_NO_ERROR && lseek(book->file, 0, SEEK_SET) == 0;
    out->max = BOOK_MAX;
    while (good && (length = read(book->file, piece, sizeof piece)) > 0)
        buf_add(out, piece, (size_t)length);
    close(book->file);
    return good && length == 0 && !out->broken;
}

static bool is_empty(struct spot at, const char *text, lxw_format *format)
{
    if (text && text[0])
        return false;
    worksheet_write_blank(at.sheet, (lxw_row_t)(at.row - 1), (lxw_col_t)(at.column - 1), format);
    return true;
}

void book_write_text(struct spot at, const char *text, lxw_format *format)
{
    if (!is_empty(at, text, format))
        worksheet_write_string(at.sheet, (lxw_row_t)(at.row - 1), (lxw_col_t)(at.column - 1), text, format);
}

/* The nearest double: what spreadsheets hold. */
void book_write_number(struct spot at, const char *decimal, lxw_format *format)
{
    if (!is_empty(at, decimal, format))
        worksheet_write_number(at.sheet, (lxw_row_t)(at.row - 1), (lxw_col_t)(at.column - 1),
                               strtod(decimal, NULL), format);
}

int book_lines(const char *text, double width)
{
    int lines = 1, used = 0;
    width *= LETTERS_IN_A_DIGIT;
    for (; *text; text++) {
        used += (*text & 0xc0) != 0x80;
        if (*text != '\n' && used <= width)
            continue;
        lines++;
        used = *text != '\n';
    }
    return lines;
}

void book_set_lines(lxw_worksheet *sheet, int row, int lines)
{
    worksheet_set_row(sheet, (lxw_row_t)(row - 1),
                      LXW_DEF_ROW_HEIGHT * (lines < LINES_MAX ? lines : LINES_MAX), NULL);
}

void book_fit_page(lxw_worksheet *sheet, lxw_row_t heading)
{
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, A4);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_repeat_rows(sheet, heading, heading);
    worksheet_set_footer(sheet, "&R&P/&N");
}
