/* params.h: the query string.  Only parameters an operation declares, each at most once, each of the
 * kind params.def gives its name. */
#pragma once
#include "base/problem.h"

enum param_kind { PARAM_INT, PARAM_CODE, PARAM_MOMENT, PARAM_TEXT, PARAM_LIST, PARAM_CHOICE };

struct param {
    const char *name;
    enum param_kind kind;
    long low, high;
    const char *choices; /* "a|b|c" */
};
extern const struct param params_known[];
extern const size_t params_known_count;

/* The declaration of a name of routes.def, with or without its final `!`; NULL when params.def lacks it. */
const struct param *param_named(const char *name);

/* The place of a name among the declared ones; -1: it is none of them. */
int param_position(const char *name, const char *const *declared);

/* Decode the query in place and point value[i] at what it gives for declared[i], NULL when absent.
 * `declared` is NULL-terminated; a final `!` marks a required one.  Every fault is reported. */
bool params_read(char *query, const char *const *declared, const char **value, struct problem *problem);
