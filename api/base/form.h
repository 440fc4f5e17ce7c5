/* form.h: does a text have the form of a code, a date, a moment, a decimal number? */
#pragma once
#include <stdbool.h>

/* 1 to 64 ASCII letters, digits, hyphens, underscores. */
bool form_is_code(const char *text);

/* A day of the calendar, YYYY-MM-DD, years 1900 to 2999. */
bool form_is_date(const char *text);

/* A moment of RFC 3339 with its offset: 2022-03-14T17:00:00+07:00, or Z. */
bool form_is_instant(const char *text);

/* Digits with at most one decimal point between them, perhaps after a minus: 9007.4. */
bool form_is_decimal(const char *text);

/* Has it a character below space, or DEL?  `allowed` are not counted. */
bool form_has_control(const char *text, const char *allowed);
