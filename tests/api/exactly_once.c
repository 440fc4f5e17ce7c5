/* Idempotency-Key: whatever is sent twice counts once and is answered alike (issues of lost and doubled
 * submissions: user-pain A.1 to A.5). */
#include "routes.h"
#include "support/client.h"
#include "support/crawl.h"
#include "support/expect.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(exactly_once, .init = world_open, .fini = world_close, .timeout = 120);

#define KEY(name) "Idempotency-Key: " name

static struct answer create(const char *unit, const char *period, const char *key)
{
    return ask_with("POST", "/v1/submissions", "loku", plan_body(unit, period, ""), key);
}

static const char *submissions(void)
{
    return world_value("select count(*) from app.submission");
}

static bool is_post(const struct route *route)
{
    return strcmp(route->method, "POST") == 0 && route_writes(route);
}

/* The route asked with these headers beside If-Match. */
static struct answer ask_route(const struct route *route, const struct holder *own, const char *headers)
{
    return crawl(route, own, crawl_caller(route), headers);
}

Test(exactly_once, wants_a_key_of_every_post)
{
    const struct holder own = holder_with(&lo_ku, "2022-Q2", "draft");
    for (size_t i = 0; i < routes.count; i++)
        if (is_post(&routes.routes[i]))
            expect_problem(ask_route(&routes.routes[i], &own, NO_KEY), 400, "idempotency-key-required");
    cr_expect_str_eq(submissions(), "1");
}

Test(exactly_once, wants_a_key_that_is_one)
{
    const char *bad[] = {
        "", "1234567", "a key with blanks", "a\tkey-with-tab", "khóa-của-tôi", text_of("%0129d", 1)};
    for (size_t i = 0; i < COUNT(bad); i++)
        expect_fault(create("kbang-lo-ku", "2022-03", text_of("Idempotency-Key: %s", bad[i])), 400,
                     "bad-request", "? malformed-idempotency-key");
    expect_fault(create("kbang-lo-ku", "2022-03", KEY("key-number-1") "\r\n" KEY("key-number-2")), 400,
                 "bad-request", "? repeated-header");
    cr_expect_str_eq(submissions(), "0");
    cr_expect_eq(create("kbang-lo-ku", "2022-03", text_of("Idempotency-Key: %0128d", 1)).status, 201);
}

static void expect_same(const struct answer *first, const struct answer *again, const char *what)
{
    cr_expect_eq(again->status, first->status, "%s: %s", what, again->text);
    cr_expect_str_eq(again->text, first->text, "%s", what);
    cr_expect_str_eq(again->etag, first->etag, "%s", what);
    cr_expect_str_eq(again->location, first->location, "%s", what);
    cr_expect_str_eq(header_of(first, "Idempotency-Replayed"), "", "%s", what);
    cr_expect_str_eq(header_of(again, "Idempotency-Replayed"), "true", "%s", what);
}

static bool repeats(const struct route *route, const struct holder *own)
{
    const char *headers = text_of("Idempotency-Key: for-%s", route->operation),
               *if_match = crawl_headers(route, own);
    if (if_match)
        headers = text_of("%s\r\n%s", if_match, headers);
    const struct wish wish = {route->method, crawl_path(route, own), crawl_caller(route),
                              crawl_body(route, own), headers};
    struct answer first = ask_for(wish);
    if (first.status >= 300)
        return false;
    int changes = changes_recorded();
    struct answer again = ask_for(wish);
    expect_same(&first, &again, route->operation);
    cr_expect_eq(changes_recorded(), changes, "%s changes nothing again", route->operation);
    return true;
}

/* Of every operation with a body: those whose made-up body is refused are tried below. */
Test(exactly_once, answers_again_what_it_answered_before)
{
    static const char *const refused[] = {
        "session_create",       "submission_create",    "publication_create",     "account_create",
        "submission_update",    "extension_create",     "reopen_request_create",  "import_commit",
        "justification_create", "village_value_update", "village_proposal_create"};
    const struct holder own = holder_with(&lo_ku, "2022-Q2", "draft");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        bool known = false;
        for (size_t r = 0; r < COUNT(refused); r++)
            known |= strcmp(route->operation, refused[r]) == 0;
        if (route->body && route_writes(route))
            cr_expect(repeats(route, &own) != known, "%s", route->operation);
    }
}

static void expect_repeated(struct wish wish, int status)
{
    wish.headers = text_of("Idempotency-Key: for%s", wish.path);
    struct answer first = ask_for(wish), again = ask_for(wish);
    cr_expect_eq(first.status, status, "%s", first.text);
    expect_same(&first, &again, wish.path);
}

Test(exactly_once, answers_again_what_made_something)
{
    expect_repeated((struct wish){"POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022-03", "")},
                    201);
    expect_repeated((struct wish){"POST", "/v1/publications", "kbang-lead",
                                  "{\"unit\":\"kbang\",\"form\":\"ktxh-thang\",\"period\":\"2022-03\"}"},
                    201);
    expect_repeated((struct wish){"POST", "/v1/extensions", "kbang",
                                  "{\"unit\":\"kbang\",\"period\":\"2022-03\",\"units\":[\"kbang-lo-ku\"],"
                                  "\"expires_at\":\"2100-01-01T00:00:00Z\",\"reason\":\"Mưa lũ.\"}"},
                    201);
    cr_expect_str_eq(submissions(), "1");
    cr_expect_str_eq(world_value("select count(*) from app.publication"), "1");
    cr_expect_str_eq(world_value("select count(*) from app.extension"), "1");
}

Test(exactly_once, answers_again_what_was_asked_and_decided)
{
    long id = plan_accepted(&lo_ku, "2022-03", "");
    expect_repeated((struct wish){"POST", plan_path(id, "/reopen-requests"), "loku-lead",
                                  "{\"reason\":\"Sai số hộ nghèo.\"}"},
                    201);
    expect_repeated((struct wish){"POST", "/v1/reopen-requests/1/decision", "kbang",
                                  "{\"decision\":\"grant\",\"reason\":\"Đồng ý.\"}"},
                    200);
    cr_expect_str_eq(world_value("select count(*) from app.submission_transition"), "3");
}

Test(exactly_once, answers_again_what_was_justified)
{
    long id = plan_draft(&lo_ku, "2022", "population_avg=3000");
    expect_repeated((struct wish){"POST", plan_path(id, "/justifications"), "loku",
                                  "{\"rule\":\"population-by-grain\",\"text\":\"Theo tổng điều tra.\"}"},
                    201);
    cr_expect_str_eq(world_value("select count(*) from app.justification"), "1");
}

Test(exactly_once, answers_again_what_villages_reported)
{
    long id = plan_draft(&lo_ku, "2022", "");
    expect_repeated((struct wish){"POST", "/v1/village-proposals", "loku-village",
                                  "{\"village\":\"kbang-lo-ku-01\",\"period\":\"2022\","
                                  "\"values\":[{\"indicator\":\"births\",\"value\":4}]}"},
                    201);
    cr_expect_str_eq(world_value("select count(*) from app.village_proposal"), "1", "counted once");
    const char *headers = text_of("%s\r\n" KEY("key-number-1"), plan_if_match(id));
    struct wish take = {"PATCH", plan_path(id, "/village-values"), "loku",
                        "{\"proposals\":[{\"id\":1,\"decision\":\"take\"}]}", headers};
    struct answer first = ask_for(take), again = ask_for(take);
    cr_expect_eq(first.status, 200, "%s", first.text);
    expect_same(&first, &again, "PATCH");
}

/* A password made here and a token are shown once, and again to whoever repeats the request: but the
 * database knows neither. */
Test(exactly_once, shows_a_secret_again_that_it_did_not_store)
{
    const struct {
        struct wish wish;
        const char *member;
    } makers[] = {
        {{"POST", "/v1/accounts", "admin",
          "{\"login\":\"moi\",\"name\":\"Mới\",\"roles\":[{\"role\":\"MASS_ORG\",\"unit\":\"kbang-lo-ku\"}]}"},
         "/password"},
        {{"POST", "/v1/tokens", "loku",
          "{\"name\":\"máy\",\"scopes\":[\"data:read\"],\"expires_in_days\":3}"},
         "/token"},
        {{"POST", "/v1/sessions", NULL, "{\"login\":\"loku\",\"password\":\"correct horse battery\"}"},
         "/token"},
    };
    for (size_t i = 0; i < COUNT(makers); i++) {
        expect_repeated(makers[i].wish, 201);
        struct answer known =
            ask_with(makers[i].wish.method, makers[i].wish.path, makers[i].wish.login, makers[i].wish.body,
                     text_of("Idempotency-Key: for%s", makers[i].wish.path));
        cr_expect_geq(strlen(at(&known, makers[i].member)), 16);
        cr_expect_eq(database_holds(at(&known, makers[i].member)), 0, "%s is stored", makers[i].member);
    }
    cr_expect_str_eq(world_value("select count(*) from app.session where account_id = "
                                 "(select id from app.account where login = 'loku')"),
                     "1");
}

Test(exactly_once, gives_the_same_cookie_again)
{
    const struct wish wish = {"POST", "/v1/sessions", NULL,
                              "{\"login\":\"loku\",\"password\":\"correct horse battery\",\"as\":\"cookie\"}",
                              KEY("another-key")};
    struct answer first = ask_for(wish), again = ask_for(wish);
    expect_same(&first, &again, "cookie");
    cr_expect_str_eq(header_of(&first, "Set-Cookie"), header_of(&again, "Set-Cookie"));
    cr_expect_neq(header_of(&first, "Set-Cookie")[0], '\0');
}

Test(exactly_once, refuses_a_key_that_stands_for_something_else)
{
    cr_expect_eq(create("kbang-lo-ku", "2022-03", KEY("key-number-1")).status, 201);
    expect_problem(create("kbang-lo-ku", "2022-04", KEY("key-number-1")), 422, "idempotency-key-reused");
    expect_problem(ask_with("POST", "/v1/tokens", "loku",
                            "{\"name\":\"a\",\"scopes\":[\"data:read\"],\"expires_in_days\":3}",
                            KEY("key-number-1")),
                   422, "idempotency-key-reused");
    struct answer kon_pnes = ask_with("POST", "/v1/submissions", "konpne",
                                      plan_body("kbang-kon-pne", "2022-03", ""), KEY("key-number-1"));
    cr_expect_eq(kon_pnes.status, 201, "a key is its account's own: %s", kon_pnes.text);
    cr_expect_str_eq(submissions(), "2");
}

Test(exactly_once, keeps_nothing_of_what_was_refused)
{
    const char *wrong = plan_body("kbang-lo-ku", "2022-03", "grain_output=\"9.007,4\"");
    expect_problem(ask_with("POST", "/v1/submissions", "loku", wrong, KEY("key-number-1")), 422,
                   "invalid-content");
    cr_expect_str_eq(world_value("select count(*) from app.receipt"), "0");
    cr_expect_eq(create("kbang-lo-ku", "2022-03", KEY("key-number-1")).status, 201);
    expect_problem(create("kbang-lo-ku", "2022-03", KEY("key-number-2")), 409, "already-exists");
}

Test(exactly_once, does_not_change_a_figure_twice)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "");
    const char *headers = text_of("%s\r\n" KEY("key-number-1"), plan_if_match(id));
    struct wish change = {"PATCH", plan_path(id, ""), "loku", plan_change("grain_output=1"), headers};
    struct answer first = ask_for(change), again = ask_for(change);
    cr_expect_eq(first.status, 200, "%s", first.text);
    expect_same(&first, &again, "PATCH");
    change.headers = text_of("If-Match: %s", first.etag);
    cr_expect_eq(ask_for(change).status, 200, "without a key it is another change");
}

Test(exactly_once, forgets_after_thirty_days)
{
    cr_expect_eq(create("kbang-lo-ku", "2022-03", KEY("key-number-1")).status, 201);
    cr_expect_eq(create("kbang-lo-ku", "2022-04", KEY("key-number-2")).status, 201);
    world_sql("update app.answer set answered_at = now() - interval '29 days 23 hours'");
    cr_expect_eq(create("kbang-lo-ku", "2022-03", KEY("key-number-1")).status, 201);
    world_sql("update app.answer set answered_at = now() - interval '30 days 1 hour'");
    expect_problem(create("kbang-lo-ku", "2022-03", KEY("key-number-1")), 409, "already-exists");
    cr_expect_eq(create("kbang-lo-ku", "2022-05", KEY("key-number-1")).status, 201, "the key is free");
    cr_expect_str_eq(world_value("select count(*) from app.answer"), "1", "answers do not pile up");
    cr_expect_str_eq(world_value("select count(*) from app.receipt"), "3", "receipts stay");
}

/* Somebody else is at work with the key: as an uncommitted receipt. */
static PGconn *start_with_key(const char *login)
{
    PGconn *other = PQconnectdb(world_conninfo());
    PQclear(PQexec(other, "begin"));
    pgresult_auto_t *done = PQexec(
        other,
        text_of(
            "insert into app.receipt (account_id, operation, idempotency_key, fingerprint, body_sha256) "
            "select id, 'somewhere', 'key-number-1', sha256('a'), sha256('b') from app.account where login = '%s'",
            login));
    cr_assert_eq(PQresultStatus(done), PGRES_COMMAND_OK, "%s", PQerrorMessage(other));
    return other;
}

Test(exactly_once, says_that_the_same_is_still_at_work)
{
    world_sql(text_of("alter role thidua_api in database %s set lock_timeout = '20ms'",
                      world_value("select current_database()")));
    const struct holder own = holder_with(&lo_ku, "2022-Q2", "draft");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        bool signs_in = strcmp(route->operation, "session_create") == 0;
        if (!route_takes_body(route) || !route_writes(route)
            || strcmp(route->operation, "import_commit") == 0)
            continue; /* a commit looks for its plan first */
        PGconn *other = start_with_key(signs_in ? "loku" : crawl_caller(route));
        struct answer no = signs_in ? ask_with("POST", "/v1/sessions", NULL,
                                               "{\"login\":\"loku\",\"password\":\"correct horse battery\"}",
                                               KEY("key-number-1"))
                                    : ask_route(route, &own, KEY("key-number-1"));
        expect_problem(no, 409, "idempotency-in-flight");
        cr_expect_neq(header_of(&no, "Retry-After")[0], '\0');
        PQfinish(other);
    }
}

/* Failure test 2 of the design. */
Test(exactly_once, counts_fifty_that_come_together_once)
{
    struct wish wish = {"POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022-03", ""),
                        KEY("key-number-1")};
    cr_expect_eq(ask_alike(wish, 50, 201), 50);
    cr_expect_str_eq(submissions(), "1");
    cr_expect_str_eq(world_value("select count(*) from app.receipt"), "1");
}
