/* as_of: whatever is opened again, corrected and accepted later, the answer of each earlier moment comes
 * again to the digit. */
#include "support/chance.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(as_of, .init = plan_open_without_rules, .fini = world_close, .timeout = 300);

enum { STEPS = 40 };

static const struct commune *const communes[] = {&lo_ku, &kon_pne, &town};
static const char *figures(void)
{
    return text_of("births=%d households_total=%d households_poor=%d grain_output=%d.%d",
                   (int)chance_below(90), 500 + (int)chance_below(900), (int)chance_below(500),
                   (int)chance_below(9000), (int)chance_below(10));
}

/* A commune's report is accepted, or opened again and corrected. */
static void move_on(long *ids, int *requests)
{
    int c = (int)chance_below(COUNT(communes));
    if (ids[c] == 0) {
        ids[c] = plan_accepted(communes[c], "2022", figures());
        return;
    }
    const char *now = world_value(text_of("select state from app.submission where id = %ld", ids[c]));
    if (strcmp(now, "accepted") == 0) {
        ask("POST", plan_path(ids[c], "/reopen-requests"), communes[c]->leader, "{\"reason\":\"Sai.\"}");
        ask("POST", text_of("/v1/reopen-requests/%d/decision", ++*requests), "kbang",
            "{\"decision\":\"grant\",\"reason\":\"Được.\"}");
        ask_with("PATCH", plan_path(ids[c], ""), communes[c]->officer, plan_change(figures()),
                 plan_if_match(ids[c]));
    } else {
        cr_assert_eq(plan_step(ids[c], communes[c]->leader, "submit", NULL).status, 200);
        cr_assert_eq(plan_step(ids[c], "kbang", "accept", NULL).status, 200);
    }
}

static const char *cells_as_of(const char *moment)
{
    struct answer cube = get(
        text_of(
            "/v1/data?unit=kbang,children(kbang)&indicator=births,poverty_rate,grain_output,livestock_total&"
            "period=2022%s%s",
            moment ? "&as_of=" : "", moment ? moment : ""),
        "kbang");
    cr_assert_eq(cube.status, 200, "%s", cube.text);
    const char *from = strstr(cube.text, "\"cells\""), *to = strstr(cube.text, "\"meta\"");
    return text_of("%.*s", (int)(to - from), from);
}

Test(as_of, reproduces_every_earlier_answer)
{
    unsigned long long seed = chance_begin();
    const char *moments[STEPS], *answers[STEPS];
    long ids[COUNT(communes)] = {0};
    int requests = 0, distinct = 0;
    for (int i = 0; i < STEPS; i++) {
        move_on(ids, &requests);
        answers[i] = cells_as_of(NULL);
        moments[i] = world_value(
            "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        distinct += i == 0 || strcmp(answers[i], answers[i - 1]) != 0;
    }
    cr_expect_gt(distinct, STEPS / 2, "seed %llu: the figures hardly changed", seed);
    for (int i = 0; i < STEPS; i++)
        cr_expect_str_eq(cells_as_of(moments[i]), answers[i], "seed %llu, step %d", seed, i);
}
