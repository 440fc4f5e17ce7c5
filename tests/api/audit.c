/* audit: every change leaves a row that says who, when and in which request; reading leaves nothing. */
#include "routes.h"
#include "support/crawl.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

TestSuite(audit, .init = world_open, .fini = world_close, .timeout = 120);

#define REQUEST "the-request-0001"

/* "table action login" of each row the request left, in order, its receipt apart. */
static const char *trail(void)
{
    return world_value(
        "select coalesce(string_agg(concat_ws(' ', x.table_name, x.action, coalesce(a.login, '-')) || case when n > 1 then ' x' || n else '' end, "
        "', ' order by x.first), '') from (select table_name, action, account_id, min(id) as first, count(*) as n from app.audit "
        "where request = '" REQUEST
        "' and db_role = 'thidua_api' and table_name not in ('receipt', 'answer') and at > now() - interval '1 minute' "
        "group by table_name, action, account_id) x left join app.account a on a.id = x.account_id");
}

static struct answer named(const char *method, const char *path, const char *login, const char *body,
                           const char *header)
{
    return ask_with(method, path, login, body,
                    header ? text_of("X-Request-Id: " REQUEST "\r\n%s", header) : "X-Request-Id: " REQUEST);
}

static const char *if_match(const char *path, const char *login)
{
    return text_of("If-Match: %s", get(path, login).etag);
}

Test(audit, tells_who_started_a_report_with_each_of_its_figures)
{
    struct answer made =
        named("POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022-03", ""), NULL);
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(trail(), "submission insert loku, submission_value insert loku x7");
    cr_expect_str_eq(
        world_value(
            "select count(*) from app.audit x join app.unit u on u.id = x.unit_id where x.request = '" REQUEST
            "' and u.code = 'kbang-lo-ku'"),
        "8");
    cr_expect_str_eq(
        world_value(
            "select x.after ->> 'value' from app.audit x join app.indicator i on i.id = (x.after ->> 'indicator_id')::int"
            " where x.table_name = 'submission_value' and i.code = 'livestock_pig'"),
        "780");
}

Test(audit, tells_a_figure_before_and_after)
{
    long id = plan_draft(&lo_ku, "2022-03", "livestock_pig=780");
    named("PATCH", plan_path(id, ""), "loku", plan_change("livestock_pig=781"), plan_if_match(id));
    cr_expect_str_eq(trail(), "submission update loku, submission_value update loku");
    cr_expect_str_eq(
        world_value(
            "select concat_ws(' ', before ->> 'value', after ->> 'value') from app.audit where request = '" REQUEST
            "' and table_name = 'submission_value'"),
        "780 781");
}

Test(audit, tells_what_a_figure_was_that_is_gone)
{
    long id = plan_draft(&lo_ku, "2022-03", "livestock_pig=780");
    named("PATCH", plan_path(id, ""), "loku",
          "{\"values\":[{\"indicator\":\"livestock_pig\",\"value\":null}]}", plan_if_match(id));
    cr_expect_str_eq(trail(), "submission update loku, submission_value delete loku");
    cr_expect_str_eq(
        world_value(
            "select concat_ws(' ', before ->> 'value', after) from app.audit where request = '" REQUEST
            "' and table_name = 'submission_value'"),
        "780");
}

struct step {
    char state[12], action[12], login[16];
};

ParameterizedTestParameters(audit, tells_who_took_a_step)
{
    static struct step steps[] = {{"draft", "submit", "loku-lead"},
                                  {"submitted", "withdraw", "loku-lead"},
                                  {"submitted", "return", "kbang"},
                                  {"submitted", "accept", "kbang"}};
    return cr_make_param_array(struct step, steps, COUNT(steps));
}

ParameterizedTest(struct step *of, audit, tells_who_took_a_step)
{
    long id = plan_in_state(&lo_ku, "2022-03", of->state);
    const char *body = text_of("{\"action\":\"%s\",\"reason\":\"Vì sao\"}", of->action);
    struct answer done = named("POST", plan_path(id, "/actions"), of->login, body, plan_if_match(id));
    cr_assert_eq(done.status, 200, "%s", done.text);
    const char *told = strcmp(of->action, "return") == 0 ? "submission_comment insert kbang, " : "";
    cr_expect_str_eq(trail(), text_of("%ssubmission_transition insert %s, submission update %s", told,
                                      of->login, of->login));
}

Test(audit, tells_who_published)
{
    plan_accepted(&lo_ku, "2022-03", "");
    named("POST", "/v1/publications", "kbang-lead",
          "{\"unit\":\"kbang\",\"form\":\"ktxh-thang\",\"period\":\"2022-03\"}", NULL);
    cr_expect_str_eq(trail(), "publication insert kbang-lead");
}

Test(audit, tells_who_moved_a_period)
{
    named("PATCH", "/v1/periods/2022-03", "kbang", "{\"locks_at\":\"2030-01-01T00:00:00+07:00\"}",
          if_match("/v1/periods/2022-03", "kbang"));
    cr_expect_str_eq(trail(), "period update kbang");
}

Test(audit, tells_who_made_and_changed_an_account_and_its_roles)
{
    struct answer made = named(
        "POST", "/v1/accounts", "admin",
        "{\"login\":\"krong\",\"name\":\"A\",\"roles\":[{\"role\":\"OFFICE_STAT_OFFICER\",\"unit\":\"kbang-krong\"}]}",
        NULL);
    cr_assert_eq(made.status, 201);
    cr_expect_str_eq(trail(), "account insert admin, account_role insert admin");
    world_sql(
        "set session_replication_role = replica; delete from app.audit; reset session_replication_role");
    named("PATCH", "/v1/accounts/krong", "admin",
          "{\"roles\":[{\"role\":\"COMMUNE_LEADER\",\"unit\":\"kbang-krong\"}],\"disabled\":true}",
          text_of("If-Match: %s", made.etag));
    cr_expect_str_eq(
        world_value(
            "select string_agg(distinct table_name || ' ' || action, ', ') from app.audit where request = '" REQUEST
            "' and table_name <> 'receipt'"),
        "account update, account_role delete, account_role insert");
}

Test(audit, tells_who_made_and_revoked_a_token)
{
    struct answer made = named("POST", "/v1/tokens", "loku",
                               "{\"name\":\"x\",\"scopes\":[\"data:read\"],\"expires_in_days\":1}", NULL);
    cr_expect_str_eq(trail(), "token insert loku");
    named("DELETE", text_of("/v1/tokens/%s", at(&made, "/id")), "loku", NULL, NULL);
    cr_expect_str_eq(trail(), "token insert loku, token update loku");
}

Test(audit, tells_who_signed_in_and_out)
{
    struct answer in =
        named("POST", "/v1/sessions", NULL, "{\"login\":\"loku\",\"password\":\"correct horse battery\"}",
              "X-Real-IP: 10.1.2.3");
    cr_assert_eq(in.status, 201, "%s", in.text);
    cr_expect_str_neq(
        world_value(
            "select id from app.audit where table_name = 'session' and action = 'insert' and request = '" REQUEST
            "' and after ->> 'address' = '10.1.2.3' and after ->> 'account_id' = (select id::text from app.account where login = 'loku')"),
        "(null)");
    named("DELETE", "/v1/sessions/current", NULL, NULL,
          text_of("Authorization: Bearer %s", at(&in, "/token")));
    cr_expect_not_null(strstr(trail(), "session delete loku"), "%s", trail());
}

Test(audit, tells_of_a_failed_sign_in)
{
    named("POST", "/v1/sessions", NULL, "{\"login\":\"loku\",\"password\":\"x\"}", NULL);
    cr_expect_str_eq(trail(), "sign_in_failure insert -");
}

Test(audit, gives_a_request_without_a_name_one)
{
    struct answer made = ask("POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022-03", ""));
    cr_expect_str_eq(
        world_value(text_of(
            "select count(*) from app.audit where request = '%s' and table_name not in ('receipt', 'answer')",
            header_of(&made, "X-Request-Id"))),
        "8");
}

Test(audit, holds_no_secret_of_anything)
{
    struct answer account =
        named("POST", "/v1/accounts", "admin", "{\"login\":\"krong\",\"name\":\"A\",\"roles\":[]}", NULL);
    struct answer token = named("POST", "/v1/tokens", "loku",
                                "{\"name\":\"x\",\"scopes\":[\"data:read\"],\"expires_in_days\":1}", NULL);
    const char *body = text_of("{\"login\":\"krong\",\"password\":\"%s\"}", at(&account, "/password"));
    struct answer session = named("POST", "/v1/sessions", NULL, body, NULL);
    cr_assert(account.status == 201 && token.status == 201 && session.status == 201, "%s", session.text);
    named("PATCH", "/v1/accounts/krong", "admin", "{\"password\":\"mat khau moi dai\"}",
          text_of("If-Match: %s", account.etag));
    cr_expect_str_eq(world_value("select count(*) from app.audit where concat(before::text, after::text) ~ "
                                 "'\"(hash|key|password_salt|password_verifier)\"'"),
                     "0");
    cr_expect_eq(database_holds(at(&account, "/password")) + database_holds("mat khau moi dai")
                     + database_holds(at(&token, "/token")) + database_holds(at(&session, "/token")),
                 0);
    cr_expect_str_eq(
        world_value(
            "select count(*) from app.audit x where exists (select from (select encode(hash, 'hex') as secret from app.token union all "
            "select encode(hash, 'hex') from app.session union all select encode(password_verifier, 'hex') from app.account where login = 'krong'"
            " union all select encode(key, 'hex') from app.secret) s where strpos(x::text, s.secret) > 0)"),
        "0");
}

Test(audit, holds_nothing_of_what_was_refused)
{
    int before = changes_recorded();
    named("POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022-03", "livestock_pig=-1"), NULL);
    named("POST", "/v1/submissions", "konpne", plan_body("kbang-lo-ku", "2022-03", ""), NULL);
    named("POST", "/v1/accounts", "loku", "{\"login\":\"krong\",\"name\":\"A\",\"roles\":[]}", NULL);
    cr_expect_eq(changes_recorded(), before);
}

/* Whoever asks, and whatever it is: a GET writes nothing, not even a sequence moves. */
static const char *state_of_everything(void)
{
    return text_of(
        "%s %d %s %s", database_digest(NULL), changes_recorded(),
        world_value("select count(*) from app.sign_in_failure"),
        world_value("select sum(coalesce(last_value, 0)) from pg_sequences where schemaname = 'app'"));
}

static const char *const readers[] = {"loku",       "loku-lead", "konpne", "kbang",
                                      "kbang-lead", "province",  "admin",  "nobody",
                                      "reader",     "expired",   ""};

static void read_everything(const struct holder *own, const char *login)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (crawl_writes(route))
            continue;
        const char *path = crawl_path(route, own);
        struct answer read = get(path, login), head = ask("HEAD", path, login, NULL);
        cr_expect(read.status < 500 && head.status == read.status, "%s: %s", path, read.text);
    }
}

Test(audit, is_left_alone_by_every_operation_that_reads)
{
    struct holder own = holder_with(&lo_ku, "2022", "submitted");
    const char *before = state_of_everything();
    for (size_t i = 0; i < COUNT(readers); i++) {
        const char *login = readers[i][0] ? readers[i] : NULL;
        read_everything(&own, login);
        cr_assert_str_eq(state_of_everything(), before, "something that %s read was written", readers[i]);
    }
}
