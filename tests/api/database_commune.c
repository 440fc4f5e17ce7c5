/* database_commune: what the service's role can do in plain SQL with the token of one commune to another. */
#include "support/crawl.h"
#include "support/expect.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(database_commune, .init = world_open, .fini = world_close, .timeout = 60);

struct attempt {
    char sql[260], result[8];
};

/* $S the other's submission, $U its unit, $A its account, $D the district. */
static const char *filled(const char *sql, const struct holder *theirs)
{
    buf_auto_t text = {0};
    for (; *sql; sql++)
        if (*sql != '$')
            buf_addc(&text, *sql);
        else if (*++sql == 'S')
            buf_addf(&text, "%ld", theirs->submission);
        else
            buf_adds(&text, *sql == 'A' ? world_value("select id from app.account where login = 'konpne'")
                                        : world_value(text_of("select id from app.unit where code = '%s'",
                                                              *sql == 'U' ? "kbang-kon-pne" : "kbang")));
    return text_of("%s", text.text);
}

static const struct attempt attempts[] = {
    {"select count(*) from app.submission where id = $S", "0"},
    {"select count(*) from app.submission where unit_id = $U", "0"},
    {"select count(*) from app.submission_value where submission_id = $S", "0"},
    {"select count(*) from app.submission_transition where submission_id = $S", "0"},
    {"select count(*) from app.submission_figures((select s from app.submission s where s.id = $S))", "0"},
    {"select count(*) from app.account where id = $A", "0"},
    {"select count(*) from app.account_role where account_id = $A", "0"},
    {"select count(*) from app.token where account_id = $A", "0"},
    {"update app.submission set note = 'x' where id = $S", "0"},
    {"update app.submission set note = 'x'", "!TD403"},
    {"update app.submission set state = 'draft', reason = 'x'", "!TD403"},
    {"delete from app.submission where id = $S", "!42501"},
    {"insert into app.submission (form_id, unit_id, period_id, receiver_id, created_by) select f.id, $U, p.id, $D, app.me() "
     "from app.form f, app.period p where f.code = 'ktxh-quy' and p.code = '2022-Q2'",
     "!42501"},
    {"insert into app.submission_value (submission_id, unit_id, indicator_id, value, written_by) "
     "select $S, $U, id, 1, app.me() from app.indicator where code = 'population_end'",
     "!42501"},
    {"insert into app.submission_value (submission_id, unit_id, indicator_id, value, written_by) "
     "select $S, u.id, i.id, 1, app.me() from app.indicator i, app.unit u where i.code = 'population_end' and u.code = 'kbang-lo-ku'",
     "!23503"},
    {"update app.submission_value set value = 1 where submission_id = $S", "0"},
    {"update app.submission_value set value = 1", "0"},
    {"delete from app.submission_value where submission_id = $S", "0"},
    {"delete from app.submission_value", "0"},
    {"insert into app.submission_transition (submission_id, unit_id, action, from_state, to_state, actor_id, actor_name, actor_role) "
     "values ($S, $U, 'submit', 'draft', 'submitted', app.me(), 'x', 'COMMUNE_LEADER')",
     "!42501"},
    {"update app.submission_transition set reason = 'x'", "!42501"},
    {"delete from app.submission_transition", "!42501"},
    {"select count(*) from app.submission_comment where submission_id = $S", "0"},
    {"insert into app.submission_comment (submission_id, unit_id, text) values ($S, $U, 'x')", "!TD403"},
    {"update app.submission_comment set text = 'x'", "!42501"},
    {"delete from app.submission_comment", "!42501"},
    {"select count(*) from app.follow_up where submission_id = $S", "0"},
    {"insert into app.follow_up (submission_id, unit_id, text, owner_login, due_on) values ($S, $U, 'x', 'loku', '2100-01-01')",
     "!TD404"},
    {"select count(id) from app.follow_up_owner('konpne', $U, $D)", "0"},
    {"update app.follow_up set closing_text = 'x'", "0"},
    {"update app.follow_up set due_on = '2100-01-01'", "!42501"},
    {"delete from app.follow_up", "!42501"},
    {"select count(*) from app.extension", "0"},
    {"select count(*) from app.extension_unit", "0"},
    {"insert into app.extension (receiver_id, period_id, expires_at, reason) select $D, id, now() + '1 day', 'x' from app.period where code = '2022'",
     "!42501"},
    {"insert into app.extension_unit (extension_id, receiver_id, period_id, unit_id) select 1, $D, id, $U from app.period where code = '2022'",
     "!42501"},
    {"update app.extension set expires_at = 'infinity'", "!42501"},
    {"select count(*) from app.reopen_request", "0"},
    {"insert into app.reopen_request (submission_id, unit_id, receiver_id, reason) values ($S, $U, $D, 'x')",
     "!TD404"},
    {"update app.reopen_request set decision = 'grant', decision_reason = 'x'", "0"},
    {"update app.reopen_request set requested_by = app.me()", "!42501"},
    {"select count(*) from app.value_revision where submission_id = $S", "0"},
    {"insert into app.value_revision (submission_id, unit_id, indicator_id, event) values ($S, $U, 1, 'accepted')",
     "!42501"},
    {"update app.value_revision set value = 1", "!42501"},
    {"delete from app.value_revision", "!42501"},
    {"insert into app.publication (unit_id, form_id, period_id, published_by) select $D, f.id, p.id, app.me() "
     "from app.form f, app.period p where f.code = 'ktxh-nam' and p.code = '2022'",
     "!42501"},
    {"delete from app.publication", "!42501"},
    {"update app.account set name = 'x' where id = $A", "0"},
    {"update app.account set disabled_at = now()", "0"},
    {"insert into app.account (login, name, password_salt, password_verifier, password_opslimit, password_memlimit) "
     "values ('x1', 'x', sha256('')::bytea, sha256(''), 1, 1)",
     "!42501"},
    {"insert into app.account_role (account_id, role, unit_id) values (app.me(), 'OFFICE_STAT_OFFICER', $U)",
     "!42501"},
    {"insert into app.account_role (account_id, role, unit_id) values (app.me(), 'ADMIN', $D)", "!42501"},
    {"update app.account_role set unit_id = $U", "!42501"},
    {"delete from app.account_role", "0"},
    {"insert into app.token (account_id, name, hash, scopes, expires_at) values ($A, 'x', sha256('x'), '{data:read}', now() + interval '1 day')",
     "!42501"},
    {"update app.token set revoked_at = now() where account_id = $A", "0"},
    {"update app.token set account_id = app.me()", "!42501"},
    {"update app.token set expires_at = now() + interval '99 years'", "!42501"},
    {"delete from app.token", "!42501"},
    {"insert into app.session (hash, account_id, expires_at) values (sha256('x'), $A, now() + interval '1 day')",
     "!42501"},
    {"delete from app.session", "!42501"},
    {"delete from app.sign_in_failure", "!42501"},
    {"insert into app.target (unit_id, indicator_id, year, document_id, comparator, value, text_as_issued) values ($U, 1, 2022, 1, 'GE', 1, 'x')",
     "!42501"},
    {"update app.target set value = 1", "!42501"},
    {"update app.period set locks_at = null", "!TD403"},
    {"update app.unit set code = 'x'", "!42501"},
    {"insert into app.unit_parent (unit_id, parent_id, valid) values ($U, $D, '[2030-01-01,)')", "!42501"},
    {"insert into app.audit (table_name, action) values ('x', 'insert')", "!42501"},
    {"update app.audit set account_id = 1", "!42501"},
    {"delete from app.audit", "!42501"},
    {"truncate app.audit", "!42501"},
    {"select count(*) from app.audit", "!42501"},
};

static void expect_result(const struct attempt *of, const struct holder *theirs)
{
    const char *sql = filled(of->sql, theirs);
    cr_expect_str_eq(service_tries("loku", sql), of->result, "%s", sql);
    if (of->result[0] == '!')
        cr_expect_eq(service_tries(NULL, sql)[0], '!', "%s", sql);
}

Test(database_commune, neither_sees_nor_changes_what_is_anothers)
{
    struct holder theirs = holder_with(&kon_pne, "2022", "draft");
    for (size_t i = 0; i < COUNT(attempts); i++)
        expect_result(&attempts[i], &theirs);
}

Test(database_commune, does_not_read_the_draft_of_lo_ku_as_kon_pne)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    const char *count = text_of("select (select count(*) from app.submission where id = %ld) || ' ' || "
                                "(select count(*) from app.submission_value where submission_id = %ld)",
                                own.submission, own.submission);
    cr_expect_str_neq(service_tries("loku", count), "0 0");
    static const char *const others[] = {"konpne",     "konpne-lead", "town",  "sonlang-both", "kbang",
                                         "kbang-lead", "province",    "admin", "nobody"};
    for (size_t i = 0; i < COUNT(others); i++)
        cr_expect_str_eq(service_tries(others[i], count), "0 0", "%s", others[i]);
}

struct step {
    char login[16], state[12], sql[320], result[8];
};

/* The workflow holds in the database, whatever the statement. */
static const struct step steps[] = {
    {"loku-lead", "draft",
     "update app.submission set state = 'accepted', submitted_at = now(), decided_at = now() where id = $S",
     "!TD403"},
    {"loku-lead", "draft", "update app.submission set state = 'submitted' where id = $S", "1"},
    {"loku", "draft", "update app.submission set state = 'submitted' where id = $S", "!TD403"},
    {"kbang", "submitted", "update app.submission set state = 'accepted' where id = $S", "1"},
    {"kbang", "submitted", "update app.submission set note = 'x' where id = $S", "!TD403"},
    {"kbang", "submitted", "update app.submission_value set value = 1 where submission_id = $S", "0"},
    {"kbang", "submitted", "update app.submission set state = 'draft' where id = $S", "!TD403"},
    {"kbang-lead", "submitted", "update app.submission set state = 'accepted' where id = $S", "!TD403"},
    {"loku-lead", "submitted", "update app.submission set state = 'accepted' where id = $S", "!TD403"},
    {"loku", "submitted", "update app.submission_value set value = 1 where submission_id = $S", "!TD409"},
    {"loku", "accepted", "delete from app.submission_value where submission_id = $S", "!TD409"},
    {"loku", "accepted", "update app.submission set note = 'x' where id = $S", "!TD403"},
    {"loku", "draft", "update app.submission set created_by = created_by + 1 where id = $S", "!TD403"},
    {"loku", "draft", "update app.submission set unit_id = $U where id = $S", "!TD403"},
    {"loku", "draft", "update app.submission set invented = true where id = $S", "!TD403"},
    {"loku", "draft", "update app.submission_value set written_by = written_by + 1 where submission_id = $S",
     "!42501"},
    {"admin", "submitted", "update app.submission set state = 'accepted' where id = $S", "0"},
    {"kbang", "accepted", "update app.submission set state = 'returned', reason = 'x' where id = $S",
     "!TD403"}, /* there is a request: but a step without a decision is none */
    {"kbang-lead", "accepted", "update app.reopen_request set decision = 'grant', decision_reason = 'x'",
     "0"},
    {"loku-lead", "accepted", "update app.reopen_request set decision = 'grant', decision_reason = 'x'", "0"},
    {"kbang", "accepted",
     "update app.reopen_request set decision = 'refuse', decision_reason = 'x' where submission_id = $S",
     "1"},
    {"kbang", "accepted",
     "update app.reopen_request set decision = 'grant', decision_reason = 'x' where submission_id = $S", "1"},
    {"kbang", "accepted",
     "insert into app.extension_unit (extension_id, receiver_id, period_id, unit_id) select extension_id, receiver_id, "
     "period_id, receiver_id from app.extension_unit limit 1",
     "!42501"},
    {"loku", "accepted",
     "insert into app.value_revision (submission_id, unit_id, indicator_id, event, by_id, by_name, value, status) "
     "select id, unit_id, 1, 'accepted', app.me(), app.account_name(app.me()), 1, 'OFFICIAL' from app.submission",
     "!42501"},
};

static size_t number_of(const char *state)
{
    static const char *const states[] = {"draft", "submitted", "accepted"};
    size_t i = 0;
    while (i < COUNT(states) && strcmp(state, states[i]) != 0)
        i++;
    cr_assert_lt(i, COUNT(states), "%s", state);
    return i;
}

static void expect_step(const struct step *of, const struct holder own[])
{
    const char *sql = filled(of->sql, &own[number_of(of->state)]);
    cr_expect_str_eq(service_tries(of->login, sql), of->result, "%s of a %s: %s", of->login, of->state,
                     of->sql);
}

Test(database_commune, does_not_leave_the_workflow)
{
    struct holder own[] = {holder_with(&lo_ku, "2022", "draft"), holder_with(&lo_ku, "2022-H1", "submitted"),
                           holder_with(&lo_ku, "2022-Q1", "accepted")};
    for (size_t i = 0; i < COUNT(steps); i++)
        expect_step(&steps[i], own);
}

struct step_told {
    char login[16], action[12], from[12], name[48], role[24];
};

/* Steps are written by the trigger: what did not happen cannot be told, not even in the same transaction as
 * a change that did. */
static const struct step_told told[] = {
    {"loku", "withdraw", "submitted", "app.account_name(app.me())", "COMMUNE_LEADER"},
    {"loku", "accept", "submitted", "'Chủ tịch huyện'", "DISTRICT_HOME_AFFAIRS"},
    {"loku", "edit", "draft", "app.account_name(app.me())", "OFFICE_STAT_OFFICER"},
    {"sonlang-both", "withdraw", "submitted", "app.account_name(app.me())", "COMMUNE_LEADER"},
};

static void expect_untold(const struct step_told *of)
{
    const char *touch = text_of("update app.submission set note = 'x' where created_by = app.me()");
    const char *tell = text_of(
        "insert into app.submission_transition (submission_id, unit_id, action, from_state, to_state, actor_id, "
        "actor_name, actor_role) select id, unit_id, '%s', '%s', 'draft', app.me(), %s, '%s' from app.submission",
        of->action, of->from, of->name, of->role);
    cr_expect_str_eq(service_tries(of->login, touch), "1");
    cr_expect_str_eq(service_tries(of->login, text_of("%s; %s", touch, tell)), "!42501");
}

Test(database_commune, invents_no_step_of_its_own_report)
{
    static const struct commune son_lang = {"kbang-son-lang", "sonlang-both", "sonlang-both"};
    plan_draft(&lo_ku, "2022", "");
    plan_draft(&son_lang, "2022", "");
    for (size_t i = 0; i < COUNT(told); i++)
        expect_untold(&told[i]);
}
