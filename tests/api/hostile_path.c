/* hostile_path: the paths and methods of every operation of the table, spelled otherwise. */
#include "routes.h"
#include "support/crawl.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

TestSuite(hostile_path, .init = world_open, .fini = world_close, .timeout = 120);

static const char *plain_path(const struct route *route, const struct holder *holder)
{
    const char *path = crawl_path(route, holder);
    return text_of("%.*s", (int)strcspn(path, "?"), path);
}

/* Another path that careless software takes for the same. */
static const char *disguised(const char *path, size_t way)
{
    const char *rest = path + 1, *last = strrchr(path, '/');
    switch (way) {
    case 0: return text_of("%s/", path);
    case 1: return text_of("/%s", path);
    case 2: return text_of("/./%s", rest);
    case 3: return text_of("/x/../%s", rest);
    case 4: return text_of("%.*s//%s", (int)(last - path), path, last + 1);
    case 5: return text_of("%.*s%%2F%s", (int)(last - path), path, last + 1);
    case 6: return text_of("%s%%00", path);
    case 7: return text_of("%s;v=1", path);
    case 8: return text_of("/%%%02X%s", (unsigned)rest[0], rest + 1);
    case 9: return text_of("/%c%s", toupper(rest[0]), rest + 1);
    case 10: return text_of("%s.json", path);
    case 11: return text_of("%s%%20", path);
    default: return NULL;
    }
}

static int status_of(const struct route *route, const char *path, const struct holder *holder)
{
    return ask_with(route->method, path, crawl_caller(route), crawl_body(route, holder),
                    crawl_headers(route, holder))
        .status;
}

/* {login} has dots: "loku.json" might be one. */
static bool may_be_a_login(const struct route *route, size_t way)
{
    return way == 10 && strstr(route->path, "{login}");
}

Test(hostile_path, is_known_in_one_spelling_alone)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    const char *before = database_digest(NULL), *path;
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        for (size_t way = 0; (path = disguised(plain_path(route, &own), way)); way++) {
            int status = may_be_a_login(route, way) ? 404 : status_of(route, path, &own);
            cr_expect_eq(status, 404, "%s %s: %d", route->method, path, status);
        }
    }
    cr_expect_str_eq(database_digest(NULL), before);
}

Test(hostile_path, tells_the_methods_it_knows)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "PURGE", "get"};
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    char unused[PATH_VALUES_MAX][PATH_VALUE_SIZE];
    for (size_t i = 0; i < routes.count; i++) {
        const char *path = plain_path(&routes.routes[i], &own);
        struct answer options = ask("OPTIONS", path, NULL, NULL);
        cr_expect_eq(options.status, 204, "%s", path);
        for (size_t m = 0; m < COUNT(methods); m++) {
            if (route_find(&routes, methods[m], path, unused))
                continue;
            struct answer no = ask(methods[m], path, "admin", NULL);
            cr_expect_eq(no.status, 405, "%s %s: %s", methods[m], path, no.text);
            cr_expect_null(flaw_of(&no), "%s %s: %s", methods[m], path, no.text);
            cr_expect_str_eq(no.allow, options.allow, "%s", path);
            cr_expect_not_null(strstr(no.allow, routes.routes[i].method), "%s", path);
        }
    }
}

Test(hostile_path, answers_head_as_get_with_nothing_behind_the_headers)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (crawl_writes(route))
            continue;
        const char *path = crawl_path(route, &own);
        struct answer whole = get(path, crawl_caller(route)),
                      head = ask("HEAD", path, crawl_caller(route), NULL);
        cr_expect_eq(head.status, whole.status, "%s", path);
        cr_expect_str_eq(head.type, whole.type, "%s", path);
        cr_expect_str_eq(head.etag, whole.etag, "%s", path);
        cr_expect_str_eq(head.text, "", "%s", path);
    }
}

static const char *const ids[] = {"0",
                                  "999999999999999999",
                                  "9223372036854775807",
                                  "9223372036854775808",
                                  "-1",
                                  "1e3",
                                  "0x1",
                                  "1.0",
                                  "abc",
                                  "%31",
                                  "1%00",
                                  "1%20",
                                  "1;2",
                                  "1'--",
                                  "%D9%A1",
                                  "00000000000000000000000001"};

static void expect_no_number(const char *id, const struct holder *own)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        const char *place = strstr(route->path, "{id}");
        if (!place)
            continue;
        const char *path = text_of("%.*s%s%s", (int)(place - route->path), route->path, id, place + 4);
        struct answer no = ask_with(route->method, path, crawl_caller(route), crawl_body(route, own),
                                    crawl_headers(route, own));
        cr_expect_eq(no.status, 404, "%s %s: %s", route->method, path, no.text);
        cr_expect_null(flaw_of(&no), "%s %s: %s", route->method, path, no.text);
    }
}

Test(hostile_path, finds_nothing_under_a_number_that_is_none)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < COUNT(ids); i++)
        expect_no_number(ids[i], &own);
}

static const char *const codes[] = {
    "%27",          "a%2Fb",      "a%00",
    "a+b",          "*",          "%25",
    "..",           "a'or'1'='1", "%F0%9F%98%80",
    "l\xc6\xa1-ku", "\xff",       "a23456789-a23456789-a23456789-a23456789-a23456789-a23456789-a2345"};

static void expect_no_code(const char *code, const struct holder *own)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        const char *place = strchr(route->path, '{');
        if (!place)
            continue;
        const char *rest = strchr(place, '}') + 1;
        const char *path = text_of("%.*s%s%s", (int)(place - route->path), route->path, code, rest);
        struct answer no = ask_with(route->method, path, crawl_caller(route), crawl_body(route, own),
                                    crawl_headers(route, own));
        cr_expect_eq(no.status, 404, "%s %s: %s", route->method, path, no.text);
        cr_expect_null(flaw_of(&no), "%s %s: %s", route->method, path, no.text);
    }
}

Test(hostile_path, finds_nothing_under_a_code_that_is_none)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < COUNT(codes); i++)
        expect_no_code(codes[i], &own);
}
