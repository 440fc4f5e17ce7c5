/* db_run: one query, one round trip, one transaction, and what happens when that goes wrong. */
#include "support/world.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(db_run, .init = world_open, .fini = world_close, .timeout = 30);

/* Let session_open() first do something as the caller's own role. */
#define BEFORE_SESSION_OPEN(what) \
    "create sequence app.times; grant usage on sequence app.times to thidua_api;" \
    "alter function app.session_open rename to session_open_truly;" \
    "create function app.session_open(a bytea, b text, c boolean, d text) returns void language plpgsql as " \
    "$$ begin " what " perform app.session_open_truly(a, b, c, d); end $$;"

#define KILL_THE_BACKEND_ONCE \
    BEFORE_SESSION_OPEN("if nextval('app.times') = 1 then perform pg_terminate_backend(pg_backend_pid());" \
                        " perform pg_sleep(5); end if;")

static unsigned char hash[TOKEN_HASH_BYTES];

Test(db_run, returns_the_rows_of_the_query)
{
    problem_auto_t problem = {0};
    struct db_call call = call_as("loku", hash, SQL_me_get, false);
    pgresult_auto_t *rows = db_run(&call, &problem);
    cr_assert_not_null(rows);
    cr_expect_str_eq(PQgetvalue(rows, 0, PQfnumber(rows, "login")), "loku");
}

Test(db_run, runs_nothing_for_a_token_it_does_not_know)
{
    problem_auto_t problem = {0};
    struct db_call call = call_as("ghost", hash, SQL_me_get, false);
    cr_expect_null(db_run(&call, &problem));
    cr_expect_eq(problem.kind, PROBLEM_unauthenticated);
}

static struct db_call token_create_call(bool writes)
{
    struct db_call call = call_as("loku", hash, SQL_token_create, writes);
    call.arg[0] = "{\"name\":\"a\",\"scopes\":[\"data:read\"],\"expires_in_days\":3}";
    call.arg[1] = "[]";
    call.arg[2] = "\\x0000000000000000000000000000000000000000000000000000000000000000";
    call.arg[3] = "sealed";
    call.args = 4;
    return call;
}

Test(db_run, lets_a_read_change_nothing)
{
    problem_auto_t problem = {0};
    struct db_call call = token_create_call(false);
    cr_expect_null(db_run(&call, &problem));
    cr_expect_eq(problem.kind, PROBLEM_internal);
    cr_expect_str_eq(world_value("select count(*) from app.token where name = 'a'"), "0");
}

Test(db_run, an_error_that_only_comes_with_the_commit_is_not_reported_as_success)
{
    world_sql("create function app.refuse_late() returns trigger language plpgsql as "
              "$$ begin raise exception using errcode = 'TD409', message = 'already-exists'; end $$;"
              "create constraint trigger late after insert on app.token deferrable initially deferred "
              "for each row execute function app.refuse_late()");
    problem_auto_t problem = {0};
    struct db_call call = token_create_call(true);
    cr_expect_null(db_run(&call, &problem));
    cr_expect_eq(problem.kind, PROBLEM_already_exists);
    cr_expect_str_eq(world_value("select count(*) from app.token where name = 'a'"), "0");
}

Test(db_run, opens_a_new_connection_when_the_idle_one_was_closed)
{
    problem_auto_t problem = {0};
    struct db_call call = token_create_call(true);
    pgresult_auto_t *first = db_run(&call, &problem);
    world_sql("delete from app.token where name = 'a';"
              "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
              " where usename = 'thidua_api' and datname = current_database()");
    pgresult_auto_t *second = db_run(&call, &problem);
    cr_expect_not_null(first);
    cr_expect_not_null(second);
}

Test(db_run, repeats_a_read_whose_connection_broke)
{
    world_sql(KILL_THE_BACKEND_ONCE);
    problem_auto_t problem = {0};
    struct db_call call = call_as("loku", hash, SQL_me_get, false);
    pgresult_auto_t *rows = db_run(&call, &problem);
    cr_expect_not_null(rows);
    cr_expect_str_eq(world_value("select last_value from app.times"), "2");
}

Test(db_run, does_not_know_what_became_of_a_write_whose_connection_broke)
{
    world_sql(KILL_THE_BACKEND_ONCE);
    problem_auto_t problem = {0};
    struct db_call call = token_create_call(true);
    cr_expect_null(db_run(&call, &problem));
    cr_expect_eq(problem.kind, PROBLEM_outcome_unknown);
    cr_expect_str_eq(world_value("select last_value from app.times"), "1");
}

Test(db_run, repeats_what_collided_with_another_transaction)
{
    world_sql(BEFORE_SESSION_OPEN(
        "if nextval('app.times') < 3 then raise exception using errcode = '40001'; end if;"));
    problem_auto_t problem = {0};
    struct db_call call = token_create_call(true);
    pgresult_auto_t *rows = db_run(&call, &problem);
    cr_expect_not_null(rows);
}

Test(db_run, gives_up_when_it_collides_again_and_again)
{
    world_sql(BEFORE_SESSION_OPEN("perform nextval('app.times'); raise exception using errcode = '40P01';"));
    problem_auto_t problem = {0};
    struct db_call call = token_create_call(true);
    cr_expect_null(db_run(&call, &problem));
    cr_expect_eq(problem.kind, PROBLEM_unavailable);
    cr_expect_str_eq(world_value("select last_value from app.times"), "3");
}

/* What the database raises ------------------------------------------------------------------------- */

static void raise_in_session_open(const char *raise)
{
    char sql[1000];
    snprintf(sql, sizeof sql, BEFORE_SESSION_OPEN("%s"), raise);
    world_sql(sql);
}

static void expect_problem(const char *raise, enum problem_kind kind, struct problem *problem)
{
    raise_in_session_open(raise);
    struct db_call call = call_as("loku", hash, SQL_me_get, false);
    cr_expect_null(db_run(&call, problem));
    cr_expect_eq(problem->kind, kind, "%s", problem_text(problem->kind)->slug);
}

Test(db_run, takes_over_what_our_own_errors_say)
{
    problem_auto_t problem = {0};
    expect_problem(
        "raise exception using errcode = 'TD423', message = 'locked', detail = "
        "'{\"params\":{\"a\":1},\"errors\":[{\"pointer\":\"/x\",\"code\":\"y\"}],\"members\":{\"lock\":{}}}';",
        PROBLEM_locked, &problem);
    cr_expect_eq(json_object_size(problem.params), 1);
    cr_expect_eq(json_array_size(problem.errors), 1);
    cr_expect_not_null(json_object_get(problem.members, "lock"));
}

Test(db_run, survives_an_error_of_ours_that_says_nonsense)
{
    problem_auto_t problem = {0};
    expect_problem("raise exception using errcode = 'TD499', message = 'of-tomorrow', detail = '{';",
                   PROBLEM_internal, &problem);
}

Test(db_run, tells_the_rule_that_was_broken)
{
    problem_auto_t problem = {0};
    expect_problem("raise exception using errcode = '23505', constraint = 'account_login_once';",
                   PROBLEM_already_exists, &problem);
    cr_expect_str_eq(json_string_value(json_object_get(problem.members, "rule")), "account_login_once");
}

Test(db_run, stops_what_takes_too_long)
{
    problem_auto_t problem = {0};
    expect_problem("raise exception using errcode = '57014';", PROBLEM_timeout, &problem);
}

Test(db_run, tells_nobody_about_its_own_mistakes)
{
    problem_auto_t problem = {0};
    expect_problem("perform 1 / 0; perform secret_table_does_not_exist();", PROBLEM_invalid_content,
                   &problem);
}

Test(db_run, tells_nobody_about_names_in_the_database)
{
    problem_auto_t problem = {0};
    expect_problem("perform secret_function_does_not_exist();", PROBLEM_internal, &problem);
    cr_expect_null(problem.params);
    cr_expect_null(problem.members);
}
