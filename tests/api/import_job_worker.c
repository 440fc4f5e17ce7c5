/* import_job_worker: the ticket by which a job runs, what interrupts it, and what it leaves behind. */
#include "base/signing.h"
#include "domain/import_job.h"
#include "support/expect.h"
#include "support/job.h"
#include "support/plan.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

TestSuite(import_job_worker, .init = job_world_open, .fini = job_world_close, .timeout = 120);

#define PIGS JOB_HEADING "kbang-lo-ku;2022-Q2;livestock_pig;780\n"
#define STATE "select state || ' ' || attempts from app.import_job"
#define FIGURES "select count(*) from app.submission_value"

/* The ticket ------------------------------------------------------------------------------------------ */

static void ticket_of(const struct answer *sent, char ticket[SECRET_SIZE])
{
    cr_assert(signing_open(
        world_value(text_of("select sealed from app.import_job where import_id = %s", at(sent, "/id"))),
        ticket));
}

static struct answer ask_as(const char *token)
{
    return ask_with("GET", "/v1/me", NULL, NULL, text_of("Authorization: Bearer %s", token));
}

Test(import_job_worker, uses_a_ticket_that_opens_nothing_else)
{
    char ticket[SECRET_SIZE];
    struct answer sent = job_send("loku", "", PIGS);
    ticket_of(&sent, ticket);
    expect_problem(ask_as(ticket), 401, "unauthenticated");
    expect_problem(ask_as(world_value("select encode(hash, 'hex') from app.import_job")), 401,
                   "unauthenticated");
    world_sql("update app.import_job set state = 'running'");
    expect_problem(ask_as(ticket), 401, "unauthenticated");
    struct answer tokens = get("/v1/tokens", "loku");
    cr_expect_str_eq(column_of(&tokens, "name"), "thử", "it is no token");
    cr_expect_eq(database_holds(ticket), 0, "the database does not know it");
    job_worker_starts();
    job_await(STATE, "done 1");
    cr_expect_str_eq(world_value("select hash is null and sealed is null from app.import_job"), "t");
}

/* The first column of the last row of each statement, in a transaction of the ticket. */
static const char *with_ticket(const char *ticket, const char *import, const char *sql)
{
    PGconn *pg = service_connect();
    service_does(pg, "begin");
    const char *opened =
        service_does(pg, text_of("select app.session_ticket(sha256('%s'), %s)", ticket, import));
    const char *done = opened[0] == '!' ? opened : service_does(pg, sql);
    PQfinish(pg);
    return done;
}

Test(import_job_worker, is_its_account_by_the_ticket_of_its_own_import_while_it_runs)
{
    char ticket[SECRET_SIZE];
    struct answer sent = job_send("loku", "", PIGS), other = job_send("konpne", "", PIGS);
    const char *id = at(&sent, "/id"), *me = "select login from app.account where id = app.me()";
    ticket_of(&sent, ticket);
    cr_expect_str_eq(with_ticket(ticket, id, me), "!TD401", "it is queued");
    world_sql("update app.import_job set state = 'running'");
    cr_expect_str_eq(with_ticket(ticket, id, me), "loku");
    cr_expect_str_eq(with_ticket(ticket, at(&other, "/id"), me), "!TD401", "another's");
    cr_expect_str_eq(with_ticket("guess", id, me), "!TD401");
    cr_expect_str_eq(with_ticket(ticket, id, "select app.import_job_done()"), "");
    cr_expect_str_eq(service_tries("loku", "select app.import_job_done()"), "!TD401");
    cr_expect_str_eq(service_tries("loku", text_of("select app.sealed_put('import', '%s')", id)), "!42501");
    cr_expect_str_eq(
        service_tries("loku", text_of("update app.import set outcome = 'accepted' where id = %s", id)),
        "!TD403", "a job's outcome is the job's to say");
    world_sql("update app.account set disabled_at = now() where login = 'loku'");
    cr_expect_str_eq(with_ticket(ticket, id, me), "!TD403");
}

struct attempt {
    char sql[120], result[8];
};

Test(import_job_worker, hides_its_secrets_from_the_service_and_from_the_record)
{
    static const struct attempt attempts[] = {
        {"select hash from app.import_job", "!42501"},
        {"select sealed from app.import_job", "!42501"},
        {"select j from app.import_job j", "!42501"},
        {"update app.import_job set state = 'done'", "!42501"},
        {"delete from app.import_job", "!42501"},
        {"insert into app.import_job (import_id, account_id, state) values (1, 1, 'running')", "!42501"},
        {"select state from app.import_job", "queued"},
        {"select app.import_job_leave(sha256('x'), 1, '{\"code\":\"internal\"}', false)", "(null)"},
    };
    job_send("loku", "", PIGS);
    for (size_t i = 0; i < COUNT(attempts); i++)
        cr_expect_str_eq(service_tries("loku", attempts[i].sql), attempts[i].result, "%s", attempts[i].sql);
    cr_expect_str_eq(service_tries("konpne", "select count(*) from app.import_job"), "0");
    cr_expect_str_eq(service_tries(NULL, "select count(*) from app.import_job"), "0");
    cr_expect_str_eq(
        world_value(
            "select count(*) || ' ' || count(*) filter (where after ?| '{hash,sealed}') from app.audit "
            "where table_name = 'import_job'"),
        "1 0");
}

/* What is recorded of it names the request that sent the file, and who. */
Test(import_job_worker, is_recorded_as_what_was_asked_for)
{
    struct answer sent = ask_with("POST", "/v1/imports", "loku", PIGS,
                                  JOB_CSV "\r\nPrefer: respond-async\r\nX-Request-Id: the-request-0001");
    job_result(&sent, "loku");
    cr_expect_str_eq(
        world_value(
            "select string_agg(concat_ws(' ', x.table_name, x.action, a.login), ', ' order by x.id) from app.audit x "
            "left join app.account a on a.id = x.account_id where x.request = 'the-request-0001' "
            "and x.table_name not in ('receipt', 'answer')"),
        "import insert loku, import_job insert loku, import_job update, submission insert loku, "
        "submission_value insert loku, import update loku, import_job update loku");
}

/* Rights are those of the day ------------------------------------------------------------------------- */

static void expect_forbidden(const char *change)
{
    struct answer sent = job_send("loku", "", PIGS);
    world_sql(change);
    job_worker_starts();
    job_await(STATE, "failed 1");
    world_sql("update app.account set disabled_at = null where login = 'loku'");
    struct answer failed = job_now(&sent, "loku");
    cr_expect_str_eq(at(&failed, "/state"), "failed", "%s", failed.text);
    cr_expect_str_eq(at(&failed, "/problem/code"), "forbidden");
    cr_expect_str_eq(at(&failed, "/problem/status"), "403");
    cr_expect_str_eq(at(&failed, "/outcome"), "null");
    cr_expect_str_eq(world_value(FIGURES), "0");
}

Test(import_job_worker, does_nothing_for_an_account_that_was_disabled)
{
    expect_forbidden("update app.account set disabled_at = now() where login = 'loku'");
}

Test(import_job_worker, does_nothing_for_an_account_that_lost_its_role)
{
    expect_forbidden(
        "delete from app.account_role r using app.account a where a.id = r.account_id and a.login = 'loku'");
}

Test(import_job_worker, does_what_was_accepted_though_the_token_has_ended)
{
    struct answer sent = job_send("loku", "", PIGS);
    world_sql(
        "update app.token set revoked_at = now() from app.account a where a.id = account_id and a.login = 'loku'");
    job_worker_starts();
    job_await(STATE, "done 1");
    cr_expect_str_eq(world_value(FIGURES), "1");
    expect_problem(job_now(&sent, "loku"), 401, "unauthenticated");
}

/* Interruptions --------------------------------------------------------------------------------------- */

/* Somebody keeps the figure of a report from being written. */
static PGconn *hold_figure(void)
{
    plan_draft(&lo_ku, "2022-Q2", "livestock_pig=700");
    PGconn *other = PQconnectdb(world_conninfo());
    PQclear(PQexec(other, "begin"));
    pgresult_auto_t *done = PQexec(other, "select from app.submission_value for update");
    cr_assert_eq(PQresultStatus(done), PGRES_TUPLES_OK, "%s", PQerrorMessage(other));
    return other;
}

#define CHANGES \
    "select count(*) from app.audit where table_name = 'submission_value' and after ->> 'value' in ('700', '780')"
#define WAITING \
    "select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

Test(import_job_worker, is_broken_off_when_the_service_stops_and_done_by_the_next)
{
    PGconn *other = hold_figure();
    struct answer sent = job_send("loku", "", PIGS);
    job_worker_starts();
    job_await(WAITING, "t");
    struct answer now = job_now(&sent, "loku");
    cr_expect_str_eq(at(&now, "/state"), "running");
    time_t before = time(NULL);
    job_worker_stops();
    cr_expect_leq(time(NULL) - before, 5, "it does not wait for the work");
    cr_expect_str_eq(world_value(STATE), "queued 0", "an attempt that we broke off does not count");
    PQfinish(other);
    struct answer done = job_result(&sent, "loku");
    cr_expect_str_eq(at(&done, "/outcome"), "accepted", "%s", done.text);
    cr_expect_str_eq(world_value(CHANGES), "2");
}

/* Its connection is cut, as by a service that was killed: another takes it up. */
Test(import_job_worker, is_taken_up_again_when_its_connection_broke)
{
    PGconn *other = hold_figure();
    struct answer sent = job_send("loku", "", PIGS);
    job_worker_starts();
    job_await(WAITING, "t");
    world_sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
              "and wait_event_type = 'Lock'");
    PQfinish(other);
    struct answer done = job_result(&sent, "loku");
    cr_expect_str_eq(at(&done, "/outcome"), "accepted", "%s", done.text);
    cr_expect_str_eq(world_value(STATE), "done 2");
    cr_expect_str_eq(world_value(CHANGES), "2");
}

Test(import_job_worker, lets_its_account_go_on_with_other_things)
{
    PGconn *other = hold_figure();
    struct answer sent = job_send("loku", "", PIGS);
    job_worker_starts();
    job_await(WAITING, "t");
    cr_expect_eq(job_send("loku", "", PIGS).status, 202);
    cr_expect_eq(ask("POST", "/v1/tokens", "loku",
                     "{\"name\":\"máy\",\"scopes\":[\"data:read\"],\"expires_in_days\":3}")
                     .status,
                 201);
    PQfinish(other);
    struct answer done = job_result(&sent, "loku");
    cr_expect_str_eq(at(&done, "/outcome"), "accepted", "%s", done.text);
}

/* A write of the same account holds its chain, for which the job waits at its end, and waits for the unit's,
 * which the job has.  Who begins to wait last, and how much later, decides who would find out. */
struct circle {
    PGconn *job, *write;
    const char *touch;
};

static struct circle begin_circle(const char *key)
{
    char ticket[SECRET_SIZE], token[TOKEN_SIZE];
    struct answer sent = job_send("loku", "", PIGS);
    struct circle c = {service_connect(), service_connect(), "update app.submission set note = 'a'"};
    ticket_of(&sent, ticket);
    world_token("loku", token);
    world_sql(text_of("update app.import_job set state = 'running' where import_id = %s", at(&sent, "/id")));
    service_does(c.job, "begin");
    service_does(c.job, text_of("select app.session_ticket(sha256('%s'), %s)", ticket, at(&sent, "/id")));
    cr_assert_str_eq(service_does(c.job, c.touch), "1");
    service_does(c.write, "begin");
    service_does(c.write, text_of("select app.session_write(sha256('%s'), '', 'x', 'test', 'key-%s', "
                                  "sha256('a'), sha256('b'))",
                                  token, key));
    return c;
}

/* The one asks, and the other so many seconds later. */
static void expect_way(const char *late, bool job_first)
{
    struct circle c = begin_circle(text_of("%s-%d", late, job_first));
    PGconn *clock = service_connect();
    const char *await = "select app.import_await_record(), app.import_job_done()";
    cr_assert_eq(PQsendQuery(job_first ? c.job : c.write, job_first ? await : c.touch), 1);
    service_does(clock, text_of("select pg_sleep(%s)", late));
    cr_assert_eq(PQsendQuery(job_first ? c.write : c.job, job_first ? c.touch : await), 1);
    pgresult_auto_t *done = PQgetResult(c.job), *gave_way = PQgetResult(c.write);
    cr_expect_eq(PQresultStatus(done), PGRES_TUPLES_OK, "%s %d: %s", late, job_first,
                 PQresultErrorMessage(done));
    cr_expect_eq(PQresultStatus(gave_way), PGRES_FATAL_ERROR, "%s %d", late, job_first);
    PQfinish(clock);
    PQfinish(c.write);
    PQfinish(c.job);
}

Test(import_job_worker, gives_no_way_to_a_small_write)
{
    static const char *const late[] = {"0.001", "0.700", "1.200", "1.700"};
    plan_draft(&lo_ku, "2022-Q2", "");
    for (size_t i = 0; i < COUNT(late); i++)
        expect_way(late[i], false);
    for (size_t i = 0; i < COUNT(late); i++)
        expect_way(late[i], true);
}

Test(import_job_worker, gives_up_what_never_comes_to_an_end)
{
    struct answer sent = job_send("loku", "", PIGS), next = job_send("loku", "", PIGS);
    world_sql(text_of("update app.import_job set state = 'running', attempts = 3 where import_id = %s",
                      at(&sent, "/id")));
    struct answer failed = job_result(&sent, "loku"), done = job_result(&next, "loku");
    cr_expect_str_eq(at(&failed, "/state"), "failed", "%s", failed.text);
    cr_expect_str_eq(at(&failed, "/problem/code"), "import-given-up");
    cr_expect_not_null(strstr(at(&failed, "/problem/detail"), "3"), "%s", failed.text);
    cr_expect_str_eq(at(&done, "/outcome"), "accepted", "it holds up nobody else");
}

Test(import_job_worker, does_nothing_with_a_ticket_that_another_key_has_sealed)
{
    struct answer sent = job_send("loku", "", PIGS);
    signing_use((const unsigned char *)"another key of tests, 32 bytes..");
    struct answer failed = job_result(&sent, "loku");
    cr_expect_str_eq(at(&failed, "/problem/code"), "import-given-up", "%s", failed.text);
    cr_expect_str_eq(world_value(FIGURES), "0");
}

/* One worker ------------------------------------------------------------------------------------------ */

#define TAKE "select import_id from app.import_job_take()"

Test(import_job_worker, is_one_worker_for_a_job)
{
    struct answer sent = job_send("loku", "", PIGS);
    PGconn *one = service_connect(), *two = service_connect();
    cr_expect_str_eq(service_does(one, TAKE), at(&sent, "/id"));
    world_sql("update app.import_job set due_at = now()");
    cr_expect_str_eq(service_does(two, TAKE), "(null)", "the first still lives");
    cr_expect_str_eq(world_value(STATE), "running 1");
    PQfinish(one);
    for (int i = 0; i < 100 && strcmp(service_does(two, TAKE), "(null)") == 0; i++)
        service_does(two, "select pg_sleep(0.05)");
    cr_expect_str_eq(world_value(STATE), "running 2");
    PQfinish(two);
}

/* Its account is writing something, which takes long. */
Test(import_job_worker, takes_another_job_while_one_cannot_be_recorded)
{
    struct answer sent = job_send("loku", "", PIGS), next = job_send("konpne", "", PIGS);
    PGconn *other = PQconnectdb(world_conninfo());
    PQclear(PQexec(other, "begin"));
    pgresult_auto_t *held =
        PQexec(other, "select from app.audit_head h join app.account a on h.chain = 'account:' || a.id "
                      "where a.login = 'loku' for update of h");
    cr_assert_eq(PQntuples(held), 1);
    struct answer done = job_result(&next, "konpne"), waits = job_now(&sent, "loku");
    cr_expect_str_eq(at(&done, "/state"), "done", "%s", done.text);
    cr_expect_str_eq(at(&waits, "/state"), "queued", "%s", waits.text);
    PQfinish(other);
    done = job_result(&sent, "loku");
    cr_expect_str_eq(at(&done, "/outcome"), "accepted", "%s", done.text);
}

/* As the service says it, for a problem that may pass. */
static const char *left(const char *ticket, const char *code, bool again)
{
    return service_tries(
        NULL, text_of("select app.import_job_leave(sha256('%s'), (select 1), '{\"code\":\"%s\"}', %s)",
                      ticket, code, again ? "true" : "false"));
}

Test(import_job_worker, tries_again_what_may_pass_three_times)
{
    char ticket[SECRET_SIZE];
    struct answer sent = job_send("loku", "", PIGS);
    cr_assert_str_eq(at(&sent, "/id"), "1");
    ticket_of(&sent, ticket);
    cr_expect_str_eq(left(ticket, "unavailable", true), "(null)", "nobody works on it");
    world_sql("update app.import_job set state = 'running', attempts = 2");
    cr_expect_str_eq(left(ticket, "unavailable", true), "queued");
    cr_expect_str_eq(left(ticket, "forbidden", false), "failed");
    cr_expect_str_eq(left("guess", "forbidden", false), "(null)");
    world_sql("update app.import_job set attempts = 3");
    cr_expect_str_eq(left(ticket, "unavailable", true), "failed");
}
