/* database_role: what the service's role can do in plain SQL, by itself or with a token of its own. */
#include "support/crawl.h"
#include "support/expect.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(database_role, .init = world_open, .fini = world_close, .timeout = 60);

/* Somebody has a report, a session, a published form and a failed sign-in. */
static struct holder full_house(const char *state)
{
    struct holder theirs = holder_with(&kon_pne, "2022", state);
    bearer_of("konpne", "office");
    world_sql("insert into app.sign_in_failure (login, address) values ('konpne', 'local')");
    return theirs;
}

struct table {
    char name[24], unsigned_in[8];
};

static const struct table tables[] = {
    {"submission", "0"},   {"submission_value", "0"}, {"submission_transition", "0"}, {"target", "0"},
    {"publication", "0"},  {"account", "0"},          {"account_role", "0"},          {"token", "0"},
    {"session", "!42501"}, {"audit", "!42501"},       {"sign_in_failure", "!42501"},  {"secret", "!42501"},
    {"audit_head", "0"},
};

static void expect_unseen(const struct table *of)
{
    cr_assert_str_neq(world_value(text_of("select count(*) from app.%s", of->name)), "0",
                      "there is something to see");
    cr_expect_str_eq(service_tries(NULL, text_of("select count(*) from app.%s", of->name)), of->unsigned_in);
    cr_expect_str_eq(
        service_tries(NULL, text_of("set local row_security = off; select count(*) from app.%s", of->name)),
        "!42501");
}

Test(database_role, sees_nothing_before_somebody_signs_in)
{
    full_house("accepted");
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    for (size_t i = 0; i < COUNT(tables); i++)
        expect_unseen(&tables[i]);
}

Test(database_role, learns_no_name_before_somebody_signs_in)
{
    cr_expect_str_eq(service_tries("loku", "select app.account_name(app.me())"), "Tài khoản loku");
    cr_expect_str_eq(
        service_tries(
            NULL,
            "select app.account_name(id) from generate_series(1, 99) id where app.account_name(id) is not null"),
        "0");
}

struct forgery {
    char value[96];
};

static const struct forgery forgeries[] = {
    {"me"},
    {"1|"},
    {"me|me"},
    {"repeat('0', 64) || me"},
    {"encode(sha256(me::bytea), 'hex') || me"},
    {"me || '|' || encode(sha256(me::bytea), 'hex')"},
    {"''"},
    {"repeat('f', 64) || '{ADMIN@1}'"},
};

static void expect_nobody(const struct forgery *of)
{
    const char *value = strchr(of->value, '(') || strstr(of->value, "me ||") || of->value[0] == '\''
                            ? of->value
                            : text_of("'%s'", of->value);
    const char *set = text_of(
        "select count(set_config('app.' || name, %s, true)) from (select '%s') x(me), "
        "unnest('{session,account,grants,reach_own,reach_received,reach_accepted,token}'::text[]) name",
        value, world_value("select id from app.account where login = 'konpne'"));
    cr_expect_str_eq(service_tries(NULL, text_of("%s; select app.me()", set)), "(null)");
    cr_expect_str_eq(service_tries(NULL, text_of("%s; select count(*) from app.submission", set)), "0");
    cr_expect_str_eq(service_tries("loku", text_of("%s; select count(*) from app.submission", set)), "0");
    cr_expect_str_eq(service_tries("loku", text_of("%s; select app.is_admin()", set)), "f");
}

Test(database_role, becomes_nobody_by_writing_settings)
{
    full_house("draft");
    for (size_t i = 0; i < COUNT(forgeries); i++)
        expect_nobody(&forgeries[i]);
}

/* Take what a signed-in transaction wrote to its settings and put it into another one. */
static const char *replayed(PGconn *from, PGconn *to, const char *sql)
{
    static const char *const names[] = {"account",        "grants",  "reach_own", "reach_received",
                                        "reach_accepted", "session", "token"};
    service_does(from, "begin");
    service_does(from, session_open_of("konpne", true));
    cr_assert_str_neq(service_does(from, "select count(*) from app.submission"), "0");
    service_does(from, "select app.grants(), app.reach('own'), app.reach('received'), app.reach('accepted')");
    const char *values[COUNT(names)];
    for (size_t i = 0; i < COUNT(names); i++)
        values[i] =
            service_does(from, text_of("select coalesce(current_setting('app.%s', true), '')", names[i]));
    service_does(from, "commit");
    service_does(to, "begin");
    for (size_t i = 0; i < COUNT(names); i++)
        service_does(to, text_of("select set_config('app.%s', '%s', false)", names[i], values[i]));
    const char *seen = service_does(to, sql);
    service_does(to, "rollback");
    return seen;
}

Test(database_role, cannot_use_an_identity_in_another_transaction)
{
    full_house("draft");
    PGconn *one = service_connect(), *two = service_connect();
    cr_expect_str_eq(replayed(one, one, "select app.me()"), "(null)");
    cr_expect_str_eq(replayed(one, one, "select count(*) from app.submission"), "0");
    cr_expect_str_eq(replayed(one, two, "select app.me()"), "(null)");
    cr_expect_str_eq(replayed(one, two, "select count(*) from app.submission_value"), "0");
    PQfinish(one);
    PQfinish(two);
}

Test(database_role, keeps_no_identity_behind_the_end_of_a_transaction)
{
    full_house("draft");
    PGconn *pg = service_connect();
    service_does(pg, session_open_of("konpne", true));
    cr_expect_str_eq(service_does(pg, "select app.me()"), "(null)");
    cr_expect_str_eq(service_does(pg, "select count(*) from app.submission"), "0");
    PQfinish(pg);
}

Test(database_role, cannot_put_one_seal_on_another_setting)
{
    const char *move = "select set_config('app.grants', current_setting('app.account'), true), "
                       "set_config('app.reach_own', current_setting('app.account'), true)";
    const char *own = service_tries("loku", "select app.grants() || app.reach('own')::text[]");
    cr_expect_str_eq(
        service_tries("loku", text_of("%s; select app.grants() || app.reach('own')::text[]", move)), own);
}

static const char *signed_in_with(const char *key)
{
    return service_tries(
        NULL,
        text_of(
            "select account_id from app.sign_in('loku', %s, sha256('x'), 'local', 'a-key-of-mine', sha256('a'), sha256('b'))",
            key));
}

Test(database_role, signs_nobody_in_without_the_key_of_the_password)
{
    const char *verifier = world_value("select password_verifier from app.account where login = 'loku'");
    world_sql("update app.account set password_verifier = sha256('the key') where login = 'konpne'");
    cr_expect_str_eq(signed_in_with("null"), "(null)");
    cr_expect_str_eq(signed_in_with("''"), "(null)");
    cr_expect_str_eq(signed_in_with(text_of("'%s'", verifier)), "(null)",
                     "who has read the table still cannot sign in");
    cr_expect_str_eq(signed_in_with("'the key'"), "(null)", "the key of another account");
    world_sql("update app.account set password_verifier = sha256('the key') where login = 'loku'");
    cr_expect_str_eq(signed_in_with("'the key'"),
                     world_value("select id from app.account where login = 'loku'"));
}

Test(database_role, opens_no_session_for_a_hash_it_made_up)
{
    cr_expect_str_eq(service_tries(NULL, "select app.session_open(sha256('guess'), '', true, 'x')"),
                     "!TD401");
}

struct attempt {
    char sql[200], result[8];
};

/* Where a table can be read, a secret column cannot. */
static const struct attempt secrets[] = {
    {"select password_verifier from app.account", "!42501"},
    {"select password_salt from app.account", "!42501"},
    {"select a from app.account a", "!42501"},
    {"select to_jsonb(a) from app.account a", "!42501"},
    {"select * from app.account", "!42501"},
    {"select hash from app.token", "!42501"},
    {"select t from app.token t", "!42501"},
    {"select 1 from app.token where hash = sha256('x')", "!42501"},
    {"select 1 from app.account order by password_verifier", "!42501"},
    {"update app.account set password_verifier = password_verifier returning password_verifier", "!42501"},
    {"update app.token set revoked_at = null where hash > '' returning id", "!42501"},
    {"copy app.account to stdout", "!42501"},
    {"copy app.token (hash) to stdout", "!42501"},
    {"select key from app.secret", "!42501"},
    {"select hash from app.session", "!42501"},
    {"select after from app.audit", "!42501"},
    {"select rolpassword from pg_authid", "!42501"},
    {"select app.seal('account', '1')", "!42501"},
    {"select app.sealed_put('account', '1')", "!42501"},
};

static void expect_unread(const struct attempt *of)
{
    cr_expect_str_eq(service_tries("admin", of->sql), of->result, "%s", of->sql);
    cr_expect_str_eq(service_tries("loku", of->sql), of->result, "%s", of->sql);
    cr_expect_str_eq(service_tries(NULL, of->sql), of->result, "%s", of->sql);
}

Test(database_role, reads_no_secret)
{
    for (size_t i = 0; i < COUNT(secrets); i++)
        expect_unread(&secrets[i]);
}

static const struct attempt powers[] = {
    {"alter table app.submission disable trigger all", "!42501"},
    {"alter table app.submission disable trigger submission_guard", "!42501"},
    {"alter table app.submission disable row level security", "!42501"},
    {"alter table app.submission no force row level security", "!42501"},
    {"drop policy in_reach on app.submission", "!42501"},
    {"create policy p on app.submission using (true)", "!42501"},
    {"drop trigger audit_changed on app.submission", "!42501"},
    {"alter table app.audit disable trigger audit_append_only", "!42501"},
    {"drop trigger audit_append_only on app.audit", "!42501"},
    {"create trigger t before insert on app.submission for each row execute function app.submission_guard()",
     "!42501"},
    {"set session_replication_role = replica", "!42501"},
    {"set role thidua_owner", "!42501"},
    {"set session authorization thidua_owner", "!42501"},
    {"alter role thidua_api superuser", "!42501"},
    {"alter role thidua_api bypassrls", "!42501"},
    {"grant thidua_owner to thidua_api", "!42501"},
    {"create role x", "!42501"},
    {"create table app.x (a int)", "!42501"},
    {"create table public.x (a int)", "!42501"},
    {"create schema x", "!42501"},
    {"create function app.me() returns int return 1", "!42501"},
    {"create or replace function app.me() returns int language sql as 'select 1'", "!42501"},
    {"create function public.x() returns int return 1", "!42501"},
    {"create view app.x as select 1", "!42501"},
    {"create rule r as on insert to app.audit do instead nothing", "!42501"},
    {"drop table app.audit", "!42501"},
    {"truncate app.submission cascade", "!42501"},
    {"truncate app.period", "!42501"},
    {"lock app.audit in access exclusive mode", "!42501"},
    {"alter function app.me() owner to thidua_api", "!42501"},
    {"alter function app.me() security definer", "!42501"},
    {"grant select on app.secret to thidua_api", "!42501"},
    {"alter database template1 set search_path = x", "!42501"},
    {"alter system set log_statement = 'all'", "!25001"},
    {"copy app.period to program 'true'", "!42501"},
    {"copy app.period to '/tmp/x'", "!42501"},
    {"select pg_read_file('/etc/passwd')", "!42501"},
    {"select lo_import('/etc/passwd')", "!42501"},
    {"create extension dblink", "!42501"},
    {"select app.account_bootstrap('x', 'x', '{}', '{}', false)", "!42501"},
    {"call app.audit_table('app.period')", "!42501"},
    {"select app.audit_append('period', 'insert', null, '{\"{}\"}')", "!42501"},
    {"select app.audit_take('{unit:kbang-lo-ku}')", "!42501"},
    {"select app.audit_dump()", "!42501"},
    {"select * from app.audit_head for update", "!42501"},
    {"select * from app.audit_head for key share", "!42501"},
    {"insert into app.audit_head (chain) values ('unit:x')", "!42501"},
    {"update app.audit_head set seq = seq + 1", "!42501"},
    {"delete from app.audit_head", "!42501"},
    {"truncate app.audit_head", "!42501"},
};

static void expect_refused(const struct attempt *of)
{
    cr_expect_str_eq(service_tries("admin", of->sql), of->result, "%s", of->sql);
}

Test(database_role, changes_neither_rules_nor_rights)
{
    for (size_t i = 0; i < COUNT(powers); i++)
        expect_refused(&powers[i]);
}

/* PostgreSQL looks for types in pg_temp first, unless it is named last: a domain called "text" would run its
 * check with the owner's rights inside a SECURITY DEFINER function. */
Test(database_role, runs_nothing_of_its_own_with_the_owners_rights)
{
    full_house("draft");
    PGconn *pg = service_connect();
    service_does(
        pg,
        "create function pg_temp.spy() returns boolean language plpgsql as $$ begin perform pg_catalog.set_config('spy.users', "
        "pg_catalog.concat(pg_catalog.current_setting('spy.users', true), ' ', current_user), false); return true; end $$");
    service_does(pg, "create domain pg_temp.text as pg_catalog.text check (pg_temp.spy())");
    service_does(pg, "create domain pg_temp.bytea as pg_catalog.bytea check (pg_temp.spy())");
    service_does(pg, "create domain pg_temp.jsonb as pg_catalog.jsonb check (pg_temp.spy())");
    service_does(pg, "create domain pg_temp.timestamptz as pg_catalog.timestamptz check (pg_temp.spy())");
    cr_expect_str_eq(service_does(pg, "select 'x'::pg_temp.text"), "x");
    cr_expect_str_eq(service_does(pg, "select current_setting('spy.users')"), " thidua_api", "the spy works");
    service_does(pg, "begin");
    service_does(pg, session_open_of("konpne", true));
    service_does(pg,
                 "select app.me(), app.grants(), app.reach('own'), app.account_name(1), app.session_end()");
    service_does(pg, "update app.submission set note = 'x'");
    service_does(
        pg,
        "select * from app.sign_in_find('loku', 'x'), app.sign_in('loku', '', sha256('x'), 'x'), app.expect_scopes('{workflow}')");
    service_does(pg, "commit");
    cr_expect_null(strstr(service_does(pg, "select current_setting('spy.users')"), "owner"));
    PQfinish(pg);
}

Test(database_role, does_not_write_after_it_promised_to_read)
{
    PGconn *pg = service_connect();
    service_does(pg, "begin");
    service_does(pg, session_open_of("loku", false));
    cr_expect_str_eq(service_does(pg, "set transaction read write"), "!25001");
    service_does(pg, "rollback");
    service_does(pg, "begin");
    service_does(pg, session_open_of("loku", false));
    cr_expect_str_eq(service_does(pg,
                                  "insert into app.token (account_id, name, hash, scopes, expires_at) values "
                                  "(app.me(), 'x', sha256('x'), '{data:read}', now())"),
                     "!25006");
    service_does(pg, "rollback");
    PQfinish(pg);
}
