/* plan.h: reports on the plan of Lơ Ku (43/KH-UBND, 2022) and the steps they take, for tests of all kinds.
 *
 * Figures are chosen in words separated by blanks; what is not chosen is as in the plan, and where the plan
 * says nothing (population, households) fits it:
 *
 *     "grain_output=0 ntm_commune_criteria=12/19 sown_area=\"3994.5\" births=!not_collected deaths=-"
 *
 * JSON is the value as it stands, 12/19 a pair, !… the reason why there is none, - leaves it out.  The form
 * is that of the period; a town leaves out the criteria of new-rural communes.  Texts belong to the world.
 */
#pragma once
#include "support/world.h"

struct commune {
    const char *unit, *officer, *leader; /* officer and leader are logins */
};
extern const struct commune lo_ku, kon_pne, town;

/* As world_open(), without rules between figures: for tests of the arithmetic, whose figures are chosen for
 * it and not for being plausible. */
void plan_open_without_rules(void);

/* A commune of Kbang without accounts in world.sql: they are made here, once a test. */
struct commune commune_staffed(const char *unit);

/* A complete body of submission_create; a body of submission_update that has the chosen figures alone. */
const char *plan_body(const char *unit, const char *period, const char *figures);
const char *plan_change(const char *figures);

/* Create a complete report of the commune as its officer; the test fails when it is refused.  The number
 * of the submission. */
long plan_draft(const struct commune *commune, const char *period, const char *figures);

/* Take a step as it stands now; reason may be NULL.  plan_step() expects no success. */
struct answer plan_step(long id, const char *login, const char *action, const char *reason);

/* Create, submit by the leader, and have the district accept; the test fails when one is refused. */
long plan_submitted(const struct commune *commune, const char *period, const char *figures);
long plan_accepted(const struct commune *commune, const char *period, const char *figures);

/* Bring a new complete report of the commune to a state: draft, submitted, returned or accepted. */
long plan_in_state(const struct commune *commune, const char *period, const char *state);

/* Its present ETag; the test's own view, whoever may see it. */
const char *plan_etag(long id);

/* "/v1/submissions/7" and what follows. */
const char *plan_path(long id, const char *rest);

/* The header If-Match with its present ETag. */
const char *plan_if_match(long id);

/* A member of an indicator's element in /values or /items, as at(). */
const char *figure_of(const struct answer *answer, const char *indicator, const char *member);

/* The digits of that member just as they were sent, for numbers no C double can hold. */
const char *digits_of(const struct answer *answer, const char *indicator, const char *member);

/* Ask for the cube of units × indicators × periods, each a selector of data_get. */
struct answer plan_data(const char *login, const char *units, const char *indicators, const char *periods);

/* The nth cell of a cube: "9107.5 2/14 partial provisional", "null 0/14 (not_reported)"; a hidden number of
 * reports is null too. */
const char *cell_of(const struct answer *cube, int nth);

/* All faults of a problem, "pointer code" or "parameter code" each on a line. */
const char *faults_of(const struct answer *answer);

/* A text put together like printf's. */
const char *text_of(const char *format, ...) PRINTF_LIKE(1, 2);
