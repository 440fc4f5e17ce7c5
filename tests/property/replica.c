/* replica: whatever communes and the district do, in whatever order, and however little is pulled at a time,
 * each viewer's replica becomes equal to what that viewer sees. */
#include "support/replica.h"
#include "support/chance.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(replica, .init = plan_open_without_rules, .fini = world_close, .timeout = 300);

enum { STEPS = 150, VIEWERS = 5 };

static const char *const periods[] = {"2022", "2022-03", "2022-Q2"};
static const struct commune *const communes[] = {&lo_ku, &kon_pne, &town};

static long submission_of(const struct commune *commune, const char *period)
{
    return strtol(
        world_value(
            text_of("select coalesce(max(s.id), 0) from app.submission s join app.unit u on u.id = s.unit_id "
                    "join app.period p on p.id = s.period_id where u.code = '%s' and p.code = '%s'",
                    commune->unit, period)),
        NULL, 10);
}

static void change(long id, const struct commune *commune)
{
    ask_with("PATCH", plan_path(id, ""), commune->officer,
             plan_change(text_of("livestock_pig=%d", (int)chance_below(900))), plan_if_match(id));
}

/* Something that may be refused, as people do. */
static void do_something(void)
{
    const struct commune *commune = communes[(int)chance_below(COUNT(communes))];
    const char *period = periods[(int)chance_below(COUNT(periods))];
    long id = submission_of(commune, period);
    if (id == 0) {
        plan_draft(commune, period, "");
        return;
    }
    switch ((int)chance_below(7)) {
    case 0: plan_step(id, commune->leader, "submit", NULL); break;
    case 1: plan_step(id, commune->leader, "submit", NULL); break;
    case 2: plan_step(id, commune->leader, "withdraw", NULL); break;
    case 3: plan_step(id, "kbang", "return", "Xem lại."); break;
    case 4: plan_step(id, "kbang", "accept", NULL); break;
    case 5: change(id, commune); break;
    default:
        ask("POST", "/v1/publications", "kbang-lead",
            text_of("{\"unit\":\"kbang\",\"form\":\"%s\",\"period\":\"%s\"}",
                    strlen(period) == 4   ? "ktxh-nam"
                    : strchr(period, 'Q') ? "ktxh-quy"
                                          : "ktxh-thang",
                    period));
    }
}

Test(replica, becomes_equal_to_the_source)
{
    static const char *const logins[VIEWERS] = {"loku", "konpne", "kbang", "province", "nobody"};
    struct replica replicas[VIEWERS];
    unsigned long long seed = chance_begin();
    for (int i = 0; i < VIEWERS; i++)
        replicas[i] = replica_new(logins[i]);
    for (int step = 0; step < STEPS; step++) {
        do_something();
        replica_pull(&replicas[(int)chance_below(VIEWERS)], 1 + (int)chance_below(60));
    }
    for (int i = 0; i < VIEWERS; i++) {
        replica_pull(&replicas[i], 3);
        cr_expect_null(replica_difference(&replicas[i]), "seed %llu, %s: %s", seed, logins[i],
                       replica_difference(&replicas[i]));
        replica_release(&replicas[i]);
    }
}
