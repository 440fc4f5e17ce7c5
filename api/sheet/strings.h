/* strings.h: the texts that the cells of a workbook share (sharedStrings.xml; ECMA-376 part 1, 18.4). */
#pragma once
#include "sheet/package.h"

/* Whatever its file unpacks to, a workbook's texts take at most 32 MiB and 2 MiB for where they begin:
 * 100,000 rows may have four texts each that no other row has, of 80 bytes on average. */
enum { STRINGS_MAX = 400000, STRINGS_BYTES_MAX = 32 * 1024 * 1024 };

struct strings {
    struct buf text; /* one text after the other, a NUL after each */
    unsigned *at;    /* where each begins */
    size_t count, size;
};

/* Read the part with the texts.  Runs of rich text are joined, phonetic hints left out.  False: a fault. */
bool strings_read(struct strings *strings, struct package *package, const char *part);
void strings_release(struct strings *strings);

/* The text with this index, as the cell writes it; NULL: there is none. */
const char *strings_text(const struct strings *strings, const char *index);

/* Undo, in place, how XML writes characters it cannot have: _x000D_ is a carriage return
 * (ST_Xstring, 22.9.2.19). NUL and halves of surrogate pairs stay as written.  The length after. */
size_t strings_unescape(char *text, size_t length);
