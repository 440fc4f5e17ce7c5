/* number.h: a figure as people type it, read without guessing.
 *
 * Which mark stands before the decimals is declared once for a file (the locale); nothing else decides it:
 *
 *     written     vi                 en                 undeclared
 *     9.007,4     9007.4             wrong-grouping     9007.4
 *     1.234       1234               1.234              ambiguous-number
 *     12,5        12.5               wrong-grouping     12.5
 *     0.123       wrong-grouping     0.123              0.123
 *
 * Thousands stand in groups of three, all or none, the first of one to three digits and not beginning with 0:
 * so "0.123" under vi, which somebody meant otherwise, is refused and does not become 123.  A space
 * (ordinary, U+00A0, U+202F, U+2009, U+3000) groups thousands in every locale.
 *
 * Signs: + and -, the minus U+2212 and, since word processors put it there unasked, the dash U+2013, before
 * the digits; a blank may follow.  Parentheses and a sign behind the number are refused: what they mean
 * differs. Full-width forms (U+FF0B to U+FF19) count as their ASCII ones.
 *
 * A percent sign at the end is read and told (`percent`), the digits are kept as written: "27,5 %" is 27.5.
 * THE CALLER must refuse it where the indicator's unit is not per cent (percent-not-expected).
 *
 * A power of ten ("1E5") is refused: typed text that looks so is more often a code or a slip.
 *
 * Marks that stand alone.  The tables of Vietnam's statistical yearbooks explain "-" as "không có hiện tượng
 * phát sinh" (nothing of the kind occurs) and "..." as "có phát sinh nhưng không thu thập được số liệu" (it
 * occurs, without figures); forms print "x" where nothing is to be filled in.  That is general knowledge of
 * this field: UNVERIFIED, no source for it is among the project's documents.  Read accordingly:
 *
 *     "-", "–", "—", U+2212     missing, not_applicable.  NOT zero: whoever means zero writes 0.
 *     "x", "X"                  missing, not_applicable
 *     "...", "…"                missing, not_available
 *     "", blanks                empty: says nothing about the figure, which stays as it is
 */
#pragma once
#include "base/auto.h"
#include <stdbool.h>

enum { NUMBER_SIZE = 64, NUMBER_DIGITS_MAX = 30 /* on each side of the point, as form_is_decimal() */ };

/* Which locale the file declares. */
enum number_locale { NUMBER_UNDECLARED, NUMBER_VI, NUMBER_EN };

enum number_kind { NUMBER_EMPTY, NUMBER_VALUE, NUMBER_MISSING, NUMBER_FAULT };

struct number {
    enum number_kind kind;
    bool percent;           /* a percent sign followed */
    const char *reason;     /* of MISSING: a missing_reason of the contract; static */
    const char *code;       /* of FAULT: a code of faults.def; static */
    char text[NUMBER_SIZE]; /* of VALUE: the exact decimal, form_is_decimal(), no needless zeros: 9007.4 */
};

/* Read UTF-8 text.  Always answers; what was wrong is the answer's code:
 * ambiguous-number, wrong-grouping, power-of-ten, too-many-digits, unreadable-number. */
struct number number_read(const char *text, enum number_locale locale);
