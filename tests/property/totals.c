/* Kept totals: after any sequence of reports, returns and reorganisations they are what the figures add up
 * to, and an answer made of them is the answer computed from the figures, to the byte. */
#include "support/chance.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(totals, .init = plan_open_without_rules, .fini = world_close, .timeout = 300);

enum { STEPS = 60, PERIODS = 2 };

static const struct commune *const communes[] = {&lo_ku, &kon_pne, &town};
static const char *const periods[PERIODS] = {"2022", "2022-06"};

static long reports[COUNT(communes)][PERIODS];
static int requests;

/* Some say that a figure does not apply to them, or that they have none. */
static const char *figures(int period)
{
    static const char *const poor[] = {"7", "120", "!not_applicable", "!not_collected"};
    if (period == 1)
        return text_of("local_budget_revenue=%d", (int)chance_below(90));
    return text_of("births=%d households_total=%d households_poor=%s grain_output=%d.%d population_avg=%d "
                   "income_per_capita=%d.%d health_station_standard=%s",
                   (int)chance_below(90), 500 + (int)chance_below(900), poor[chance_below(COUNT(poor))],
                   (int)chance_below(9000), (int)chance_below(10), 1000 + (int)chance_below(9000),
                   (int)chance_below(60), (int)chance_below(100), chance_below(2) ? "true" : "false");
}

static void open_again(const struct commune *commune, long id, int period)
{
    ask("POST", plan_path(id, "/reopen-requests"), commune->leader, "{\"reason\":\"Sai.\"}");
    ask("POST", text_of("/v1/reopen-requests/%d/decision", ++requests), "kbang",
        "{\"decision\":\"grant\",\"reason\":\"Được.\"}");
    ask_with("PATCH", plan_path(id, ""), commune->officer, plan_change(figures(period)), plan_if_match(id));
}

static void report(void)
{
    size_t c = (size_t)chance_below(COUNT(communes));
    int p = (int)chance_below(PERIODS);
    long *id = &reports[c][p];
    if (*id == 0) {
        *id = plan_accepted(communes[c], periods[p], figures(p));
        return;
    }
    if (strcmp(world_value(text_of("select state from app.submission where id = %ld", *id)), "accepted")
        == 0) {
        open_again(communes[c], *id, p);
        return;
    }
    cr_assert_eq(plan_step(*id, communes[c]->leader, "submit", NULL).status, 200);
    cr_assert_eq(plan_step(*id, "kbang", "accept", NULL).status, 200);
}

#define UNIT(code) "(select id from app.unit where code = '" code "')"

/* What no operation of a report does: units that move, end or change their kind, formulas that change; and
 * back. */
static const struct {
    const char *there, *back;
} changes[] = {
    {"update app.unit_parent set valid = daterange('1984-12-28', '2022-04-01') where unit_id = " UNIT("kbang-kon-pne") ";insert into app.unit_parent (unit_id, parent_id, valid) values (" UNIT(
         "kbang-kon-pne") ", " UNIT("invented-district") ", '[2022-04-01,2025-07-01)')",
     "delete from app.unit_parent where parent_id = " UNIT(
         "invented-district") ";update app.unit_parent set valid = daterange('1984-12-28', '2025-07-01') where unit_id = " UNIT("kbang-kon-pne")},
    {"update app.unit set valid = daterange(lower(valid), '2022-11-01') where code = 'kbang-lo-ku'",
     "update app.unit set valid = daterange(lower(valid), '2025-07-01') where code = 'kbang-lo-ku'"},
    {"update app.unit set kind = 'COMMUNE' where code = 'kbang-town'",
     "update app.unit set kind = 'TOWN' where code = 'kbang-town'"},
    {"update app.indicator_term set coefficient = coefficient * 2",
     "update app.indicator_term set coefficient = trim_scale(coefficient / 2)"},
    {"update app.form set valid = '[2021-01-01,2022-02-01)'", "update app.form set valid = '[2021-01-01,)'"},
};

/* Rows that the table has and the figures do not, and the other way round. */
static const char *differences(void)
{
    return world_value(
        "with computed as materialized (select t.* from app.totals_of(array(select id from app.unit), array(select id from app.period where year = 2022), "
        "row(null, false, false, null, null, null)) t), kept as (select * from app.receiver_total where n <> 0 or not_applicable <> 0) "
        "select coalesce(string_agg(x.side || ' ' || x.t::text, e'\\n'), '') from "
        "((select 'kept' as side, t from kept t except select 'kept', t from computed t) union all "
        "(select 'computed', t from computed t except select 'computed', t from kept t)) x");
}

static const char *cells(const char *as_of)
{
    struct answer cube =
        get(text_of("/v1/data?unit=kbang,group(kbang-cu)&period=2022,2022-06%s", as_of), "kbang");
    cr_assert_eq(cube.status, 200, "%s", cube.text);
    const char *from = strstr(cube.text, "\"cells\""), *to = strstr(cube.text, "\"meta\"");
    return text_of("%.*s", (int)(to - from), from);
}

static const char *now(void)
{
    return world_value(
        "select '&as_of=' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
}

static int most; /* reports that were ever added up in one total */

static void expect_agreement(const char *what, unsigned long long seed)
{
    int n = atoi(world_value("select coalesce(max(n), 0) from app.receiver_total"));
    most = n > most ? n : most;
    const char *differ = differences();
    cr_assert_str_empty(differ, "%s (seed %llu): %s", what, seed, differ);
    cr_assert_str_eq(cells(""), cells(now()), "%s (seed %llu)", what, seed);
}

static void reorganise(size_t c, unsigned long long seed)
{
    world_sql(changes[c].there);
    expect_agreement(changes[c].there, seed);
    world_sql(changes[c].back);
    expect_agreement(changes[c].back, seed);
}

Test(totals, are_what_the_figures_add_up_to)
{
    unsigned long long seed = chance_begin();
    world_sql(
        "insert into app.unit (code, kind, valid) values ('invented-district', 'DISTRICT', '[2000-01-01,)')");
    for (int i = 0; i < STEPS; i++) {
        if (chance_below(5) == 0) {
            reorganise((size_t)chance_below(COUNT(changes)), seed);
        } else {
            report();
            expect_agreement("a report", seed);
        }
    }
    for (size_t c = 0; c < COUNT(changes); c++)
        reorganise(c, seed);
    cr_expect_gt(most, 1, "seed %llu: no two reports were added up", seed);
}
