/* hostile_caller: every operation of the table, called by nobody, by those who no longer may, and with
 * tokens that were not made for it. */
#include "routes.h"
#include "support/crawl.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(hostile_caller, .init = world_open, .fini = world_close, .timeout = 120);

static const char *const scope_names[ACCESS_COUNT] = {
    [DATA_READ] = "data:read",         [DATA_WRITE] = "data:write",   [WORKFLOW] = "workflow",
    [CATALOG_WRITE] = "catalog:write", [ACCOUNTS] = "accounts:write",
};

/* Operations that look at no token answer as ever; session_create refuses the password, which is wrong. */
static void expect_open(const struct route *route, const struct answer *answer)
{
    int usual = strcmp(route->operation, "session_create") == 0 ? 401 : 200;
    cr_expect_eq(answer->status, usual, "%s: %s", route->operation, answer->text);
    cr_expect_str_neq(at(answer, "/code"), "unauthenticated", "%s", route->operation);
}

static const char *const bad_tokens[] = {
    "X-No: token",
    "Authorization: Bearer thidua_expired000000000000000000000000000000000000",
    "Authorization: Bearer thidua_revoked000000000000000000000000000000000000",
    "Authorization: Bearer thidua_disabled00000000000000000000000000000000000",
    "Authorization: Bearer thidua_unknown000000000000000000000000000000000000",
    "Authorization: Basic bG9rdTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=",
    "Cookie: thidua_session=thidua_revoked000000000000000000000000000000000000\r\nSec-Fetch-Site: none",
};

static void expect_nobody(const struct holder *own, const char *header)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        struct answer answer = crawl(route, own, NULL, header);
        if (route->access == OPEN) {
            expect_open(route, &answer);
            continue;
        }
        cr_expect_eq(answer.status, 401, "%s with %s: %s", route->operation, header, answer.text);
        cr_expect_str_eq(at(&answer, "/code"), "unauthenticated", "%s", route->operation);
        cr_expect_str_eq(header_of(&answer, "WWW-Authenticate"), "Bearer", "%s", route->operation);
        cr_expect_null(mark_in(&answer), "%s", route->operation);
        cr_expect_null(flaw_of(&answer), "%s: %s", route->operation, answer.text);
    }
}

Test(hostile_caller, is_nobody_without_a_token_that_is_good)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    const char *before = database_digest(NULL);
    for (size_t i = 0; i < COUNT(bad_tokens); i++)
        expect_nobody(&own, bad_tokens[i]);
    cr_expect_str_eq(database_digest(NULL), before);
}

Test(hostile_caller, is_nobody_when_the_session_is_past)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    const char *session = bearer_of("loku", "yesterday");
    world_sql("update app.session set expires_at = now() - interval '1 second'");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        struct answer answer = crawl(route, &own, NULL, session);
        if (route->access != OPEN)
            cr_expect_eq(answer.status, 401, "%s: %s", route->operation, answer.text);
    }
}

Test(hostile_caller, writes_nothing_with_a_token_that_only_reads)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    const char *before = database_digest(NULL);
    int refused = 0;
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (!crawl_writes(route) || !scope_names[route->access])
            continue;
        struct answer answer = crawl(route, &own, "reader", NULL);
        cr_expect_eq(answer.status, 403, "%s: %s", route->operation, answer.text);
        cr_expect_str_eq(at(&answer, "/code"), "insufficient-scope", "%s", route->operation);
        refused++;
    }
    cr_expect_geq(refused, 9);
    cr_expect_str_eq(database_digest(NULL), before);
}

/* A token of somebody who may do it with all scopes but one, or with one alone; the Authorization of it. */
static const char *token_with(const char *login, enum access access, bool alone)
{
    const char *name = text_of("thidua_scope-%d-%d-%s", (int)access, alone, login);
    world_sql(text_of(
        "insert into app.token (account_id, name, hash, scopes, expires_at) "
        "select a.id, 'x', sha256(convert_to('%s', 'UTF8')), array(select s from unnest('{data:read,data:write,"
        "workflow,catalog:write,accounts:write}'::text[]) s where (s = '%s') = %s), now() + interval '1 day' "
        "from app.account a where a.login = '%s' on conflict do nothing",
        name, scope_names[access], alone ? "true" : "false", login));
    return text_of("Authorization: Bearer %s", name);
}

static bool lacks(const struct answer *answer, const char *scope)
{
    return strcmp(at(answer, "/code"), "insufficient-scope") == 0 && strstr(at(answer, "/detail"), scope);
}

/* Nothing but the scope stands in the way of the caller. */
Test(hostile_caller, needs_just_the_scope_of_each_operation)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        const char *login = crawl_caller(route), *scope = scope_names[route->access];
        if (!scope)
            continue;
        struct answer without = crawl(route, &own, NULL, token_with(login, route->access, false));
        struct answer with = crawl(route, &own, NULL, token_with(login, route->access, true));
        cr_expect(lacks(&without, scope), "%s: %s", route->operation, without.text);
        cr_expect(with.status != 401 && !lacks(&with, scope), "%s: %s", route->operation, with.text);
    }
}

static const char *const other_sites[] = {
    "X-No: header", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.test",
    "Origin: null",
};

static void expect_cross_site(const struct holder *own, const char *headers)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (!crawl_writes(route) || route->access == OPEN)
            continue;
        struct answer answer = crawl(route, own, NULL, headers);
        cr_expect_eq(answer.status, 403, "%s with %s: %s", route->operation, headers, answer.text);
        cr_expect_str_eq(at(&answer, "/code"), "cross-site", "%s", route->operation);
    }
}

Test(hostile_caller, changes_nothing_by_cookie_from_another_site)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    const char *cookie = cookie_of("sonlang-both", "browser"), *before = database_digest(NULL);
    for (size_t i = 0; i < COUNT(other_sites); i++)
        expect_cross_site(&own, text_of("%s\r\n%s", cookie, other_sites[i]));
    cr_expect_str_eq(database_digest(NULL), before);
}

/* Administrators keep accounts; of what communes report they see and do nothing. */
Test(hostile_caller, sees_and_enters_no_figures_as_administrator)
{
    struct holder own = holder_with(&lo_ku, "2022", "submitted");
    const char *before = database_digest("admin");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (route->access != DATA_READ && route->access != DATA_WRITE && route->access != WORKFLOW)
            continue;
        struct answer answer = crawl(route, &own, "admin", NULL);
        cr_expect_null(mark_in(&answer), "%s: %s", route->operation, answer.text);
        cr_expect(!crawl_writes(route) || answer.status == 403 || answer.status == 404, "%s: %s",
                  route->operation, answer.text);
        if (strncmp(route->path, "/v1/submissions/{id}", 20) == 0)
            cr_expect_eq(answer.status, 404, "%s: %s", route->operation, answer.text);
    }
    cr_expect_str_eq(database_digest("admin"), before);
}
