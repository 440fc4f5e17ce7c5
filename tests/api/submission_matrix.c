/* submission_act: every caller tries every step in every state.  The statuses were written by hand from
 * the workflow and from who may do what (clauses of the plan, roles). */
#include "support/plan.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

TestSuite(submission_matrix, .init = world_open, .fini = world_close, .timeout = 120);

enum { CALLERS = 20, STEPS = 4 };

static const char *const callers[CALLERS] = {
    "loku",         "loku-lead",  "loku-culture", "loku-front",    "loku-council", /* see it always */
    "loku-village", "konpne",     "konpne-lead",  "town-lead",     "sonlang-both", /* another's */
    "kbang",        "kbang-lead", "kbang-viewer", "kbang-council", /* see it once it is submitted */
    "province",                                                    /* sees it once it is accepted */
    "admin",        "nobody",     "reader",       "expired",       NULL,
};

static const char *const steps[STEPS] = {"submit", "withdraw", "return", "accept"};

/* What each caller hears in a state. */
struct state {
    char name[12], stored[12];
    int status[STEPS][CALLERS];
};

ParameterizedTestParameters(submission_matrix, lets_each_caller_take_the_steps_of_its_role)
{
    static struct state states[] = {
        {"draft",
         "draft",
         {{403, 200, 403, 403, 403, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401}}},
        {"submitted",
         "submitted",
         {{409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 404, 404, 404, 403, 401, 401},
          {403, 200, 403, 403, 403, 404, 404, 404, 404, 404,
           403, 403, 403, 403, 404, 404, 404, 403, 401, 401},
          {403, 403, 403, 403, 403, 404, 404, 404, 404, 404,
           200, 403, 403, 403, 404, 404, 404, 403, 401, 401},
          {403, 403, 403, 403, 403, 404, 404, 404, 404, 404,
           200, 403, 403, 403, 404, 404, 404, 403, 401, 401}}},
        {"returned",
         "returned",
         {{403, 200, 403, 403, 403, 404, 404, 404, 404, 404,
           403, 403, 403, 403, 404, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 404, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 404, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 404, 404, 404, 403, 401, 401}}},
        {"accepted",
         "accepted",
         {{409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 409, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 409, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 409, 404, 404, 403, 401, 401},
          {409, 409, 409, 409, 409, 404, 404, 404, 404, 404,
           409, 409, 409, 409, 409, 404, 404, 403, 401, 401}}},
        {"locked",
         "accepted",
         {{423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           423, 423, 423, 423, 423, 404, 404, 403, 401, 401},
          {423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           423, 423, 423, 423, 423, 404, 404, 403, 401, 401},
          {423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           423, 423, 423, 423, 423, 404, 404, 403, 401, 401},
          {423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           423, 423, 423, 423, 423, 404, 404, 403, 401, 401}}},
        {"locked draft",
         "draft",
         {{423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401},
          {423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401},
          {423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401},
          {423, 423, 423, 423, 423, 404, 404, 404, 404, 404,
           404, 404, 404, 404, 404, 404, 404, 403, 401, 401}}},
    };
    return cr_make_param_array(struct state, states, COUNT(states));
}

/* A new report in the state, of a period without one; the lock, if it has one, falls as soon as it is there.
 */
static long bring_about(const struct state *state)
{
    static const char *const periods[] = {"2022", "2022-H1", "2022-H2", "2022-Q1", "2022-Q2"};
    static size_t used;
    cr_assert(used < COUNT(periods));
    const char *period = periods[used++];
    long id = plan_in_state(&lo_ku, period, state->stored);
    if (strncmp(state->name, "locked", 6) == 0)
        world_sql(text_of("update app.period set locks_at = now() where code = '%s'", period));
    return id;
}

ParameterizedTest(struct state *state, submission_matrix, lets_each_caller_take_the_steps_of_its_role)
{
    long id = bring_about(state);
    for (int s = 0; s < STEPS; s++)
        for (int c = 0; c < CALLERS; c++) {
            const char *before = plan_etag(id);
            struct answer answer = plan_step(id, callers[c], steps[s], "Lý do.");
            cr_expect_eq(answer.status, state->status[s][c], "%s: %s by %s: %s", state->name, steps[s],
                         callers[c] ? callers[c] : "nobody at all", answer.text);
            bool is_same = strcmp(before, plan_etag(id)) == 0;
            cr_expect_eq(is_same, answer.status != 200, "%s: %s by %s", state->name, steps[s], callers[c]);
            if (answer.status == 200)
                id = bring_about(state);
        }
}
