/* token_create: POST /v1/tokens: a token for a machine, shown once. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

TestSuite(token_create, .init = world_open, .fini = world_close, .timeout = 30);

static struct answer make(const char *login, const char *scopes)
{
    return ask("POST", "/v1/tokens", login,
               text_of("{\"name\":\"máy tính xã\",\"scopes\":[%s],\"expires_in_days\":30}", scopes));
}

static struct answer use(const struct answer *made, const char *method, const char *path, const char *body)
{
    return ask_with(method, path, NULL, body, text_of("Authorization: Bearer %s", at(made, "/token")));
}

static const char *hash_of(const struct answer *made)
{
    return text_of("sha256(convert_to('%s', 'UTF8'))", at(made, "/token"));
}

Test(token_create, makes_a_token_that_is_good_for_its_owner)
{
    struct answer made = make("loku", "\"data:read\"");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/name"), "máy tính xã");
    struct answer me = use(&made, "GET", "/v1/me", NULL);
    cr_expect_str_eq(at(&me, "/login"), "loku");
}

Test(token_create, shows_the_token_once)
{
    struct answer made = make("loku", "\"data:read\"");
    struct answer list = get("/v1/tokens", "loku");
    cr_expect_eq(strlen(at(&made, "/token")), (size_t)TOKEN_SIZE - 1);
    cr_expect_null(strstr(list.text, at(&made, "/token") + 7));
}

Test(token_create, keeps_the_tokens_sha256_alone)
{
    struct answer made = make("loku", "\"data:read\"");
    const char *token = at(&made, "/token");
    cr_assert_eq(made.status, 201);
    cr_expect_eq(database_holds(token), 0);
    cr_expect_eq(database_holds(token + 7), 0, "not even without its prefix");
    cr_expect_str_eq(world_value(text_of("select count(*) from app.token where hash = %s", hash_of(&made))),
                     "1");
    const char *hash = world_value(text_of("select encode(%s, 'hex')", hash_of(&made)));
    cr_expect_eq(database_holds(hash), 1, "the record of changes has no hashes either");
}

Test(token_create, never_makes_the_same_one_twice)
{
    struct answer one = make("loku", "\"data:read\""), two = make("loku", "\"data:read\"");
    cr_expect_str_neq(at(&one, "/token"), at(&two, "/token"));
    cr_expect_str_neq(at(&one, "/id"), at(&two, "/id"));
}

Test(token_create, sets_the_day_it_ends)
{
    struct answer made = make("loku", "\"data:read\"");
    cr_expect_str_eq(world_value(text_of("select '%s'::timestamptz - '%s'::timestamptz",
                                         at(&made, "/expires_at"), at(&made, "/created_at"))),
                     "30 days");
    world_sql(text_of("update app.token set expires_at = now() where hash = %s", hash_of(&made)));
    expect_problem(use(&made, "GET", "/v1/me", NULL), 401, "unauthenticated");
}

Test(token_create, may_be_done_by_a_session)
{
    struct answer made = ask_with("POST", "/v1/tokens", NULL,
                                  "{\"name\":\"x\",\"scopes\":[\"workflow\"],\"expires_in_days\":1}",
                                  bearer_of("loku", "office"));
    cr_expect_eq(made.status, 201, "%s", made.text);
}

Test(token_create, keeps_a_scope_named_twice_once)
{
    struct answer made = make("loku", "\"workflow\",\"data:read\",\"data:read\"");
    cr_expect_str_eq(at(&made, "/scopes"), "[\"data:read\",\"workflow\"]");
}

struct scope {
    char scope[16];
    int read, write, step, catalog, accounts;
};

/* What each scope opens, of one operation for each. */
ParameterizedTestParameters(token_create, opens_just_the_scopes_that_were_chosen)
{
    static struct scope scopes[] = {
        {"data:read", 200, 403, 403, 403, 403},      {"data:write", 403, 422, 403, 403, 403},
        {"workflow", 403, 403, 422, 403, 403},       {"catalog:write", 403, 403, 403, 422, 403},
        {"accounts:write", 403, 403, 403, 403, 422},
    };
    return cr_make_param_array(struct scope, scopes, COUNT(scopes));
}

static void expect_scope(const struct answer *token, const char *method, const char *path, int status)
{
    struct answer answer = use(token, method, path, strcmp(method, "GET") == 0 ? NULL : "{\"odd\":1}");
    cr_expect_eq(answer.status, status, "%s %s: %s", method, path, answer.text);
    if (status == 403)
        cr_expect_str_eq(at(&answer, "/code"), "insufficient-scope", "%s %s", method, path);
}

ParameterizedTest(struct scope *of, token_create, opens_just_the_scopes_that_were_chosen)
{
    struct answer made = make("kbang", text_of("\"%s\"", of->scope));
    expect_scope(&made, "GET", "/v1/units", of->read);
    expect_scope(&made, "POST", "/v1/submissions", of->write);
    expect_scope(&made, "POST", "/v1/publications", of->step);
    expect_scope(&made, "POST", "/v1/periods", of->catalog);
    expect_scope(&made, "POST", "/v1/tokens", of->accounts);
}

Test(token_create, gives_no_right_its_owner_lacks)
{
    struct answer made = make("loku", "\"data:read\",\"catalog:write\",\"accounts:write\"");
    const char *period = "{\"code\":\"2023\",\"starts_on\":\"2022-12-15\",\"ends_on\":\"2023-12-14\"}";
    const char *account = "{\"login\":\"ban\",\"name\":\"Bạn\",\"roles\":[]}";
    expect_problem(use(&made, "POST", "/v1/periods", period), 403, "forbidden");
    expect_problem(use(&made, "POST", "/v1/accounts", account), 403, "forbidden");
}

Test(token_create, cannot_be_done_with_a_token_that_only_reads)
{
    int before = changes_recorded();
    struct answer no = make("reader", "\"data:read\"");
    expect_problem(no, 403, "insufficient-scope");
    cr_expect_not_null(strstr(at(&no, "/detail"), "accounts:write"));
    cr_expect_eq(changes_recorded(), before);
}

Test(token_create, gives_no_scope_the_asking_token_lacks)
{
    struct answer narrow = make("loku", "\"accounts:write\",\"data:read\"");
    const char *wider = "{\"name\":\"x\",\"scopes\":[\"data:read\",\"data:write\"],\"expires_in_days\":366}";
    const char *alike = "{\"name\":\"x\",\"scopes\":[\"data:read\"],\"expires_in_days\":366}";
    struct answer no = use(&narrow, "POST", "/v1/tokens", wider);
    expect_problem(no, 403, "insufficient-scope");
    cr_expect_not_null(strstr(at(&no, "/detail"), "data:write"));
    cr_expect_eq(use(&narrow, "POST", "/v1/tokens", alike).status, 201);
}

struct body {
    char text[120], faults[80];
};

static const struct body bodies[] = {
    {"{}", "/expires_in_days missing-member\n/name missing-member\n/scopes missing-member\n"},
    {"{\"name\":\"x\",\"scopes\":[],\"expires_in_days\":1}", "/scopes too-few\n"},
    {"{\"name\":\"x\",\"scopes\":[\"data:rea\"],\"expires_in_days\":1}", "/scopes/0 not-a-choice\n"},
    {"{\"name\":\"x\",\"scopes\":\"data:read\",\"expires_in_days\":1}", "/scopes wrong-type\n"},
    {"{\"name\":\"\",\"scopes\":[\"data:read\"],\"expires_in_days\":1}", "/name too-short\n"},
    {"{\"name\":\"a\\nb\",\"scopes\":[\"data:read\"],\"expires_in_days\":1}", "/name control-character\n"},
    {"{\"name\":\"x\",\"scopes\":[\"data:read\"],\"expires_in_days\":0}", "/expires_in_days too-small\n"},
    {"{\"name\":\"x\",\"scopes\":[\"data:read\"],\"expires_in_days\":367}", "/expires_in_days too-large\n"},
    {"{\"name\":\"x\",\"scopes\":[\"data:read\"],\"expires_in_days\":1.5}", "/expires_in_days wrong-type\n"},
    {"{\"name\":\"x\",\"scopes\":[\"data:read\"],\"expires_in_days\":1,\"id\":7}", "/id unknown-member\n"},
};

static void expect_refused(const struct body *of)
{
    struct answer no = ask("POST", "/v1/tokens", "loku", of->text);
    expect_problem(no, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&no), of->faults, "%s: %s", of->text, no.text);
}

Test(token_create, refuses_what_is_no_token)
{
    for (size_t i = 0; i < COUNT(bodies); i++)
        expect_refused(&bodies[i]);
}

Test(token_create, keeps_a_name_in_nfc)
{
    struct answer made =
        ask("POST", "/v1/tokens", "loku",
            "{\"name\":\"ma\xcc\x81y xa\xcc\x83\",\"scopes\":[\"data:read\"],\"expires_in_days\":1}");
    cr_expect_str_eq(at(&made, "/name"), "máy xã");
    cr_expect_str_eq(at(&made, "/name"), "m\xc3\xa1y x\xc3\xa3");
}
