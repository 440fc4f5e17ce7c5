/* The statements that an import costs PostgreSQL do not depend on how many rows its file has. */
#include "domain/import_job.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>

enum { MONTHS = 240, REPORTS = 20, WARM = 6 };

#define HEADING "unit,period,indicator,value\n"

static const char *const indicators[] = {"new_forest_area", "livestock_pig", "livestock_cattle",
                                         "livestock_buffalo", "livestock_goat"};

/* One worker, whose connection makes its temporary tables with the first import and its plans with the first
 * few. */
static void open_counted(void)
{
    world_open_behind(NULL, 1);
    world_sql_file("support/many.sql");
    world_sql("create extension pg_stat_statements");
    world_sql(text_of("alter database %s set pg_stat_statements.track = 'all'",
                      world_value("select current_database()")));
}

TestSuite(import_statements, .init = open_counted, .fini = world_close, .timeout = 60);

/* A file of so many months from the first one on, with so many figures each. */
static const char *file_of(int first, int months, int figures)
{
    return world_value(text_of(
        "select '" HEADING
        "' || string_agg(format('many-a,%%s,%%s,%%s', p.code, i.code, p.n), e'\\n' order by p.n, i.nth) "
        "from (select code, row_number() over (order by code) as n from app.period where code between '2026' and '2045-12') p, "
        "unnest('{%s,%s,%s,%s,%s}'::text[]) with ordinality as i(code, nth) where p.n >= %d and p.n < %d and i.nth <= %d",
        indicators[0], indicators[1], indicators[2], indicators[3], indicators[4], first, first + months,
        figures));
}

static void take_in(int first, int months, int figures)
{
    struct answer done =
        ask_with("POST", "/v1/imports", "many-a", file_of(first, months, figures), "Content-Type: text/csv");
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_assert_str_eq(at(&done, "/rows/created"), text_of("%d", months * figures), "%s", done.text);
}

/* How many statements, of those, the import of a file of new figures costs.  Two kinds are not counted: for
 * each row the database asks whether what its foreign keys name is there; and the planner asks who the caller
 * is, as often as it needs for its estimates. */
static int cost_of(const char *those, int first, int months, int figures)
{
    world_sql(
        "select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()))");
    take_in(first, months, figures);
    return atoi(world_value(text_of(
        "select sum(s.calls) from pg_stat_statements s join pg_roles r on r.oid = s.userid "
        "where s.dbid = (select oid from pg_database where datname = current_database()) "
        "and (r.rolname in ('thidua_api', 'thidua_owner')) and s.query not like 'SELECT%%FOR KEY SHARE OF x' and s.query not like '%%from app.secret s%%' and s.query not like '%%from unnest(app.grants()) g%%' and %s",
        those)));
}

static void warm_up(void)
{
    for (int month = 1; month <= WARM; month++)
        take_in(month, 1, 1);
}

Test(import_statements, sends_as_many_for_a_thousand_rows_as_for_one)
{
    warm_up();
    int one = cost_of("s.toplevel", WARM + 1, 1, 1);
    cr_expect_geq(one, 6, "begin, session_write, import_start, copy, import_create, commit: %d", one);
    cr_expect_eq(cost_of("s.toplevel", WARM + 2, MONTHS - WARM - 1, 5), one);
}

Test(import_statements, runs_as_many_within_for_five_rows_of_each_report_as_for_one)
{
    warm_up();
    int one = cost_of("not s.toplevel", WARM + 1, REPORTS, 1);
    cr_expect_geq(one, 30, "the steps of an import and the triggers: %d", one);
    cr_expect_eq(cost_of("not s.toplevel", WARM + 1 + REPORTS, REPORTS, 5), one);
}

/* Backends of the service; its only one has a moment to end. */
static const char *connections(void)
{
    world_sql("select pg_sleep(0.3)");
    return world_value(
        "select count(*) from pg_stat_activity where datname = current_database() and usename = 'thidua_api'");
}

/* A megabyte of rows that say nothing, and one figure of a month. */
static const char *large_file(int month)
{
    return world_value(text_of("select '%s' || e'\\n' || repeat(repeat('x', 200) || e',,,\\n', 6000)",
                               file_of(month, 1, 1)));
}

/* Worked on at once, not by a job. */
static struct answer send_large(const char *parameters, int month)
{
    import_job_configure(SIZE_MAX, 1);
    return ask_with("POST", text_of("/v1/imports%s", parameters), "many-a", large_file(month),
                    "Content-Type: text/csv");
}

/* libpq would keep the room of the message. */
Test(import_statements, closes_the_connection_that_a_large_file_came_by)
{
    take_in(1, 1, 1);
    cr_expect_str_eq(connections(), "1");
    struct answer done = send_large("", 2);
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_expect_str_eq(connections(), "0");
    take_in(3, 1, 1);
}

/* The file comes back in pieces, to be read again; and stays where it is. */
Test(import_statements, carries_out_the_plan_of_a_large_file)
{
    struct answer tried = send_large("?dry_run=true", 1);
    cr_assert_str_eq(at(&tried, "/outcome"), "planned", "%s", tried.text);
    struct answer done = ask("POST", text_of("/v1/imports/%s/commit", at(&tried, "/id")), "many-a",
                             text_of("{\"plan\": \"%s\"}", at(&tried, "/plan")));
    cr_assert_eq(done.status, 201, "%s", done.text);
    cr_expect_str_eq(at(&done, "/rows/created"), "1");
    cr_expect_str_eq(
        world_value(
            "select string_agg((sha256(file) = file_sha256)::text || (length(file) > 1000000)::text, ' ') from app.import"),
        "truetrue truetrue");
}
