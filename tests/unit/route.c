/* route: which operation is meant by a method and a path. */
#include "http/params.h"
#include "routes.h"
#include <criterion/criterion.h>
#include <string.h>

struct asked {
    char method[8], path[64], operation[24], value[24];
};

static const struct asked known[] = {
    {"GET", "/health/live", "health_live", ""},
    {"HEAD", "/health/live", "health_live", ""},
    {"GET", "/health/live?x=1", "health_live", ""},
    {"GET", "/problems/not-found", "problem_get", "not-found"},
    {"GET", "/v1/units/kbang-lo-ku", "unit_get", "kbang-lo-ku"},
    {"GET", "/v1/periods/2022-Q1?as_of=2022-01-01", "period_get", "2022-Q1"},
    {"GET", "/v1/accounts/an.nguyen", "account_get", "an.nguyen"},
    {"PATCH", "/v1/submissions/42", "submission_update", "42"},
    {"POST", "/v1/submissions/42/actions", "submission_act", "42"},
};

static void expect_found(const struct asked *it)
{
    char values[PATH_VALUES_MAX][PATH_VALUE_SIZE] = {""};
    const struct route *route = route_find(&routes, it->method, it->path, values);
    cr_assert_not_null(route, "%s %s", it->method, it->path);
    cr_expect_str_eq(route->operation, it->operation);
    cr_expect_str_eq(values[0], it->value);
}

Test(route, finds_the_operation_and_the_values_of_its_path)
{
    for (size_t i = 0; i < COUNT(known); i++)
        expect_found(&known[i]);
}

static const struct asked unknown[] = {
    {"GET", "/", "", ""},
    {"GET", "", "", ""},
    {"GET", "/health/live/", "", ""},
    {"GET", "//health/live", "", ""},
    {"GET", "/health//live", "", ""},
    {"GET", "/HEALTH/live", "", ""},
    {"GET", "/health/liv", "", ""},
    {"GET", "/health/lives", "", ""},
    {"GET", "/problems/", "", ""},
    {"GET", "/problems/Not-Found", "", ""},
    {"GET", "/v1/units/kbang%2Dlo-ku", "", ""},
    {"GET", "/v1/units/a%00b", "", ""},
    {"GET", "/v1/submissions/4x", "", ""},
    {"GET", "/v1/submissions/1234567890123456789", "", ""},
    {"GET", "/v1/submissions/-1", "", ""},
    {"get", "/health/live", "", ""},
    {"DELETE", "/health/live", "", ""},
};

static void expect_unknown(const struct asked *it)
{
    char values[PATH_VALUES_MAX][PATH_VALUE_SIZE];
    cr_expect_null(route_find(&routes, it->method, it->path, values), "%s %s", it->method, it->path);
}

Test(route, is_strict)
{
    for (size_t i = 0; i < COUNT(unknown); i++)
        expect_unknown(&unknown[i]);
}

Test(route, refuses_values_longer_than_their_place)
{
    char path[128] = "/problems/", values[PATH_VALUES_MAX][PATH_VALUE_SIZE];
    memset(path + 10, 'a', PATH_VALUE_SIZE - 1);
    cr_expect_not_null(route_find(&routes, "GET", path, values));
    memset(path + 10, 'a', PATH_VALUE_SIZE);
    cr_expect_null(route_find(&routes, "GET", path, values));
}

Test(route, lists_what_a_path_allows)
{
    buf_auto_t allowed = {0}, nothing = {0};
    cr_expect(route_allow(&routes, "/v1/tokens?limit=1", &allowed));
    cr_expect_str_eq(allowed.text, "GET, HEAD, POST, OPTIONS");
    cr_expect_not(route_allow(&routes, "/v1/nothing", &nothing));
    cr_expect_null(nothing.text);
}

/* What the compiler does not see in routes.def. */
Test(route, table_is_sound)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        bool writes = strcmp(route->method, "GET") != 0;
        for (int p = 0; route->params[p]; p++)
            cr_expect_not_null(param_named(route->params[p]), "%s: %s", route->operation, route->params[p]);
        cr_expect_not(route->body && !writes, "%s: a GET has no body", route->operation);
        cr_expect_eq(route_takes_body(route), route->body_max > 0, "%s: body and body_max", route->operation);
        cr_expect(route->access != OPEN || !writes || strcmp(route->operation, "session_create") == 0,
                  "%s: only signing in writes for nobody", route->operation);
    }
}
