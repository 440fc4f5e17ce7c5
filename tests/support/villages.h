/* villages.h: figures of Lơ Ku by village, for tests. */
#pragma once
#include "support/plan.h"

enum { VILLAGES = 9 }; /* of Lơ Ku, kbang-lo-ku-01 … */

/* "/v1/submissions/7/village-values" */
const char *villages_path(long id);

/* Enter parts of one figure, from the first village on; words with blanks between, - takes a part back, x is
 * not_applicable, _ leaves it alone:
 *
 *     villages_enter(id, "loku", "births", "4 0 x 2 - _ 1 1 1") */
struct answer villages_enter(long id, const char *login, const char *indicator, const char *parts);

/* The same change as a body. */
const char *villages_change(const char *indicator, const char *parts);

/* The head of the first village of Lơ Ku proposes a figure (JSON) for 2022; its number. */
long villages_propose(const char *indicator, const char *value);

/* A member of that figure in village_value_get, as at(). */
const char *villages_figure(const struct answer *sheet, const char *indicator, const char *member);
