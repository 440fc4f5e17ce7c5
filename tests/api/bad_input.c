/* bad_input: bodies no operation can take, sent to every operation of the table that has one. */
#include "routes.h"
#include "support/client.h"
#include "support/crawl.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(bad_input, .init = world_open, .fini = world_close, .timeout = 120);

static struct answer offer(const struct route *route, const struct holder *holder, const char *body,
                           const char *header)
{
    const char *if_match = crawl_headers(route, holder);
    const char *headers = if_match && header ? text_of("%s\r\n%s", if_match, header)
                          : if_match         ? if_match
                                             : header;
    return ask_with(route->method, crawl_path(route, holder), crawl_caller(route), body, headers);
}

/* Each operation with a body answers the bad one with this. */
static void expect_refused(const struct holder *own, const struct wish *bad, int status, const char *slug)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (!route->body)
            continue;
        struct answer no = offer(route, own, bad->body, bad->headers);
        cr_expect_eq(no.status, status, "%s: %.80s: %s", route->operation, bad->body ? bad->body : "(none)",
                     no.text);
        cr_expect_str_eq(at(&no, "/code"), slug, "%s: %.80s: %s", route->operation,
                         bad->body ? bad->body : "(none)", no.text);
        cr_expect_null(flaw_of(&no), "%s: %s", route->operation, no.text);
    }
}

/* The same of one body, and nothing is kept. */
static void expect_body_refused(const char *body, int status, const char *slug)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int before = changes_recorded();
    expect_refused(&own, &(struct wish){.body = body}, status, slug);
    cr_expect_eq(changes_recorded(), before);
}

struct body {
    char text[100];
    int status;
    char slug[24];
};

static const struct body bodies[] = {
    {"", 400, "malformed-json"},
    {" ", 400, "malformed-json"},
    {"x", 400, "malformed-json"},
    {"{", 400, "malformed-json"},
    {"{\"name\":", 400, "malformed-json"},
    {"{\"name\":\"x\"", 400, "malformed-json"},
    {"{\"name\":\"x\"} y", 400, "malformed-json"},
    {"{\"name\":\"x\"}{}", 400, "malformed-json"},
    {"{'name':'x'}", 400, "malformed-json"},
    {"{name:1}", 400, "malformed-json"},
    {"{\"name\":1,}", 400, "malformed-json"},
    {"{\"name\":1 /* x */}", 400, "malformed-json"},
    {"{\"name\":NaN}", 400, "malformed-json"},
    {"{\"name\":+1}", 400, "malformed-json"},
    {"{\"name\":01}", 400, "malformed-json"},
    {"{\"name\":.5}", 400, "malformed-json"},
    {"{\"name\":9.007,4}", 400, "malformed-json"},
    {"{\"name\":9007,4}", 400, "malformed-json"},
    {"{\"name\":\"a\nb\"}", 400, "malformed-json"},
    {"{\"name\":\"\\x41\"}", 400, "malformed-json"},
    {"{\"name\":\"\\u0000\"}", 400, "malformed-json"},
    {"{\"na\\u0000me\":1}", 400, "malformed-json"},
    {"{\"name\":\"\\ud800\"}", 400, "malformed-json"},
    {"{\"name\":\"\xff\"}", 400, "malformed-json"},
    {"{\"name\":\"\xc0\xaf\"}", 400, "malformed-json"},
    {"{\"name\":\"\xed\xa0\x80\"}", 400, "malformed-json"},
    {"{\"name\":\"\xf4\x90\x80\x80\"}", 400, "malformed-json"},
    {"{\"name\":\"L\xc6\"}", 400, "malformed-json"},
    {"\xef\xbb\xbf{\"name\":1}", 400, "malformed-json"},
    {"{\"name\":1,\"name\":1}", 400, "malformed-json"},
    {"{\"name\":{\"a\":1,\"a\":2}}", 400, "malformed-json"},
    {"{\"name\":1,\"na\\u006de\":2}", 400, "malformed-json"},
    {"{\"name\":1e400}", 400, "number-out-of-range"},
    {"{\"name\":-1e400}", 400, "number-out-of-range"},
    {"{\"name\":99999999999999999999999999999999}", 400, "number-out-of-range"},
    {"[]", 422, "invalid-content"},
    {"[{\"name\":\"x\"}]", 422, "invalid-content"},
    {"null", 422, "invalid-content"},
    {"true", 422, "invalid-content"},
    {"\"name\"", 422, "invalid-content"},
    {"7", 422, "invalid-content"},
};

Test(bad_input, is_refused_with_a_reason)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int before = changes_recorded();
    for (size_t i = 0; i < COUNT(bodies); i++)
        expect_refused(&own, &(struct wish){.body = bodies[i].text}, bodies[i].status, bodies[i].slug);
    cr_expect_eq(changes_recorded(), before);
}

/* The request with a NUL where its body has a question mark. */
static struct answer offer_nul(const struct route *route, const struct holder *own, const char *body)
{
    char token[TOKEN_SIZE];
    world_token(crawl_caller(route) ? crawl_caller(route) : "nobody", token);
    const char *if_match = crawl_headers(route, own);
    char *request = client_keep(strdup(text_of(
        "%s %s HTTP/1.1\r\nHost: thidua.test\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
        "Idempotency-Key: a-key-with-nul\r\nContent-Length: %zu%s%s\r\n\r\n%s",
        route->method, crawl_path(route, own), token, strlen(body), if_match ? "\r\n" : "",
        if_match ? if_match : "", body)));
    size_t length = strlen(request);
    *strrchr(request, '?') = '\0';
    return ask_bytes(request, length);
}

static const char *const with_nul[] = {
    "?", "{}?", "{\"name\":\"a?b\"}", "{\"na?me\":1}", "{?\"name\":1}", "?{\"name\":1}"};

static void expect_no_nul(const struct holder *own, const char *body)
{
    for (size_t i = 0; i < routes.count; i++) {
        if (!routes.routes[i].body)
            continue;
        struct answer no = offer_nul(&routes.routes[i], own, body);
        expect_fault(no, 400, "malformed-json", " nul-character");
    }
}

Test(bad_input, has_no_nul_anywhere)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int before = changes_recorded();
    for (size_t i = 0; i < COUNT(with_nul); i++)
        expect_no_nul(&own, with_nul[i]);
    cr_expect_eq(changes_recorded(), before);
}

static const char *nested(int depth)
{
    buf_auto_t text = {0};
    buf_adds(&text, "{\"name\":");
    for (int i = 1; i < depth; i++)
        buf_addc(&text, '[');
    for (int i = 1; i < depth; i++)
        buf_addc(&text, ']');
    buf_addc(&text, '}');
    return text_of("%s", text.text);
}

Test(bad_input, may_not_be_nested_33_levels_deep)
{
    expect_body_refused(nested(33), 400, "nested-too-deeply");
}

Test(bad_input, may_not_be_nested_a_thousand_levels_deep)
{
    expect_body_refused(nested(1000), 400, "nested-too-deeply");
}

Test(bad_input, is_looked_at_when_it_is_nested_32_levels_deep)
{
    expect_body_refused(nested(32), 422, "invalid-content");
}

/* Too long for some operations, too deep for the others. */
Test(bad_input, does_not_exhaust_the_stack)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    const char *deep = nested(100000);
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (!route->body)
            continue;
        struct answer no = offer(route, &own, deep, NULL);
        cr_expect_eq(no.status, strlen(deep) > route->body_max ? 413 : 400, "%s: %s", route->operation,
                     no.text);
        cr_expect_null(flaw_of(&no), "%s: %s", route->operation, no.text);
    }
    cr_expect_eq(get("/health/ready", NULL).status, 200);
}

static const char *const not_json[] = {"Content-Type: text/plain",
                                       "Content-Type: application/x-www-form-urlencoded",
                                       "Content-Type: text/json",
                                       "Content-Type: application/json; charset=iso-8859-1",
                                       "Content-Type: application/jsonx",
                                       "Content-Type: multipart/form-data; boundary=x",
                                       "Content-Type:",
                                       "Content-Encoding: gzip",
                                       "Content-Encoding: br\r\nContent-Type: application/json"};

Test(bad_input, has_to_be_json_by_its_headers)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < COUNT(not_json); i++) {
        struct wish bad = {.body = "{\"name\":\"x\"}", .headers = not_json[i]};
        expect_refused(&own, &bad, 415, "unsupported-media-type");
    }
}

Test(bad_input, is_missed_when_there_is_none)
{
    expect_body_refused(NULL, 411, "length-required");
}

static const char *padded(size_t length)
{
    return text_of("{\"name\":\"%*s\"}", (int)(length - strlen("{\"name\":\"\"}")), "x");
}

Test(bad_input, is_refused_above_its_limit_and_read_up_to_it)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int before = changes_recorded();
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (!route->body)
            continue;
        struct answer at_limit = offer(route, &own, padded(route->body_max), NULL),
                      above = offer(route, &own, padded(route->body_max + 1), NULL);
        cr_expect_eq(at_limit.status, 422, "%s: %s", route->operation, at_limit.text);
        cr_expect_eq(above.status, 413, "%s: %s", route->operation, above.text);
        cr_expect_str_eq(at(&above, "/code"), "content-too-large");
        cr_expect_not_null(strstr(at(&above, "/detail"), text_of("%zu", route->body_max)),
                           "it says how much is possible: %s", above.text);
    }
    cr_expect_eq(changes_recorded(), before);
}

/* A good body, and a member the contract does not have. */
Test(bad_input, may_not_have_members_nobody_knows)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int before = changes_recorded();
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        const char *body = crawl_body(route, &own);
        if (!body)
            continue;
        struct answer no = offer(route, &own, text_of("{\"x-odd\":1,%s", body + 1), NULL);
        cr_expect_eq(no.status, 422, "%s: %s", route->operation, no.text);
        cr_expect_not_null(strstr(faults_of(&no), "/x-odd unknown-member\n"), "%s: %s", route->operation,
                           no.text);
        cr_expect_null(flaw_of(&no), "%s: %s", route->operation, no.text);
    }
    cr_expect_eq(changes_recorded(), before);
}

/* Each member of the body in turn as something that it is not. */
static void expect_wrong_type(const struct route *route, const struct holder *own, const char *name)
{
    json_auto_t *body = json_loads(crawl_body(route, own), 0, NULL);
    json_object_set_new(body, name, json_pack("{s:{s:[n]}}", "a", "b"));
    str_auto_t *text = json_dumps(body, JSON_COMPACT);
    struct answer no = offer(route, own, text, NULL);
    cr_expect_eq(no.status, 422, "%s: %s: %s", route->operation, text, no.text);
    cr_expect_not_null(strstr(faults_of(&no), text_of("/%s wrong-type\n", name)), "%s: %s", route->operation,
                       no.text);
}

Test(bad_input, may_have_no_member_of_the_wrong_type)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int before = changes_recorded();
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        for (const struct member *member = route->body; member && member->name; member++)
            expect_wrong_type(route, &own, member->name);
    }
    cr_expect_eq(changes_recorded(), before);
}

Test(bad_input, is_told_apart_from_an_operation_that_has_no_body)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (route_takes_body(route))
            continue;
        struct answer answer =
            ask_with(route->method, crawl_path(route, &own), crawl_caller(route), "{\"x\":", NULL);
        if (crawl_writes(route))
            expect_problem(answer, 400, "unexpected-body");
        else
            cr_expect_eq(answer.status, 200, "a GET's body means nothing: %s %s", route->operation,
                         answer.text);
    }
}
