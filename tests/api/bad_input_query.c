/* bad_input_query: query strings no operation can take, sent to every operation of the table that reads. */
#include "http/params.h"
#include "routes.h"
#include "support/crawl.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(bad_input_query, .init = world_open, .fini = world_close, .timeout = 120);

static struct answer ask_more(const struct route *route, const struct holder *own, const char *query)
{
    const char *path = crawl_path(route, own);
    return ask_with(route->method, text_of("%s%c%s", path, strchr(path, '?') ? '&' : '?', query),
                    crawl_caller(route), crawl_body(route, own), crawl_headers(route, own));
}

static void expect_refused(const struct route *route, const struct answer *no, const char *fault)
{
    cr_expect_eq(no->status, 400, "%s %s: %s", route->operation, fault, no->text);
    cr_expect_not_null(strstr(faults_of(no), fault), "%s %s: %s", route->operation, fault, no->text);
    cr_expect_null(flaw_of(no), "%s: %s", route->operation, no->text);
}

Test(bad_input_query, has_no_parameter_nobody_knows)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int before = changes_recorded();
    for (size_t i = 0; i < routes.count; i++) {
        struct answer no = ask_more(&routes.routes[i], &own, "x-odd=1");
        expect_refused(&routes.routes[i], &no, "x-odd unknown-parameter\n");
        cr_expect_str_eq(at(&no, "/code"), "unknown-parameter", "%s: %s", routes.routes[i].operation,
                         no.text);
    }
    cr_expect_eq(changes_recorded(), before);
}

/* The name without the ! of a required one. */
static const char *name_of(const char *declared)
{
    return text_of("%.*s", (int)strcspn(declared, "!"), declared);
}

static const char *good_value(const struct param *param)
{
    switch (param->kind) {
    case PARAM_INT: return text_of("%ld", param->low);
    case PARAM_MOMENT: return "2022-06-30";
    case PARAM_CHOICE: return text_of("%.*s", (int)strcspn(param->choices, "|"), param->choices);
    default: return "kbang";
    }
}

Test(bad_input_query, has_every_parameter_once)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        for (const char *const *param = route->params; *param; param++) {
            const char *name = name_of(*param), *value = good_value(param_named(*param));
            struct answer no = ask_more(route, &own, text_of("%s=%s&%s=%s", name, value, name, value));
            expect_refused(route, &no, text_of("%s repeated-parameter\n", name));
        }
    }
}

Test(bad_input_query, has_every_parameter_that_is_required)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    int required = 0;
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        const char *path = crawl_path(route, &own);
        for (const char *const *param = route->params; *param; param++) {
            if (!strchr(*param, '!'))
                continue;
            struct answer no = ask(route->method, text_of("%.*s", (int)strcspn(path, "?"), path),
                                   crawl_caller(route), crawl_body(route, &own));
            expect_refused(route, &no, text_of("%s missing-parameter\n", name_of(*param)));
            required++;
        }
    }
    cr_expect_gt(required, 2);
}

struct value {
    char text[48];
    unsigned kinds; /* bit per enum param_kind: for which it is wrong */
};

enum {
    INT_ = 1 << PARAM_INT,
    CODE_ = 1 << PARAM_CODE,
    MOMENT_ = 1 << PARAM_MOMENT,
    TEXT_ = 1 << PARAM_TEXT,
    LIST_ = 1 << PARAM_LIST,
    CHOICE_ = 1 << PARAM_CHOICE,
    PLAIN_ = INT_ | CODE_ | MOMENT_ | CHOICE_,
    ANY_ = PLAIN_ | TEXT_ | LIST_
};

static const struct value values[] = {
    {"", ANY_},
    {"%00", ANY_},
    {"a%00b", ANY_},
    {"%FF", ANY_},
    {"%C0%AF", ANY_},
    {"%ED%A0%80", ANY_},
    {"%0A", ANY_},
    {"%", ANY_},
    {"%4", ANY_},
    {"%zz", ANY_},
    {"%27", PLAIN_},
    {"a%20b", PLAIN_},
    {"x", INT_ | MOMENT_ | CHOICE_},
    {"-1", INT_ | MOMENT_ | CHOICE_},
    {"1.5", PLAIN_},
    {"0x10", INT_ | MOMENT_ | CHOICE_},
    {"99999999999999999999", INT_ | MOMENT_ | CHOICE_},
    {"2022-02-30", INT_ | MOMENT_ | CHOICE_},
    {"2022-13-01", INT_ | MOMENT_ | CHOICE_},
    {"0000-00-00", INT_ | MOMENT_ | CHOICE_},
    {"2022-06-30T00:00", PLAIN_},
    {",", PLAIN_ | LIST_},
    {"a,,b", PLAIN_ | LIST_},
    {",a", PLAIN_ | LIST_},
    {"a,", PLAIN_ | LIST_},
    {"%D9%A1%D9%A2", PLAIN_},
    {"1;drop%20table", PLAIN_},
};

static void expect_wrong(const struct holder *own, const struct value *of)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        for (const char *const *param = route->params; *param; param++) {
            bool is_given = strchr(*param, '!') || strcmp(*param, "unit") == 0; /* by crawl_path() already */
            if (is_given || !(of->kinds & 1u << param_named(*param)->kind))
                continue;
            struct answer no = ask_more(route, own, text_of("%s=%s", *param, of->text));
            expect_refused(route, &no, text_of("%s ", *param));
        }
    }
}

Test(bad_input_query, has_values_of_the_form_that_was_declared)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < COUNT(values); i++)
        expect_wrong(&own, &values[i]);
}

Test(bad_input_query, has_values_no_longer_than_declared)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        for (const char *const *param = route->params; *param; param++) {
            const struct param *known = param_named(*param);
            bool is_text =
                known->kind == PARAM_TEXT || known->kind == PARAM_LIST || known->kind == PARAM_CODE;
            if (!is_text || strchr(*param, '!') || strcmp(*param, "unit") == 0)
                continue;
            struct answer no = ask_more(route, &own, text_of("%s=%0*d", *param, (int)known->high + 1, 0));
            expect_refused(route, &no, text_of("%s ", *param));
        }
    }
}

/* A cursor is good, or refused as one; it never breaks anything. */
static const char *const cursors[] = {"x",
                                      "-1",
                                      "0",
                                      "%27",
                                      "1%20or%201=1",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "999999999999999999",
                                      "1e3",
                                      "%F0%9F%98%80",
                                      "99999999999999999999999999999999999999999999999",
                                      "%C6%A1",
                                      "2022-01",
                                      "null",
                                      "%5B%5D"};

static void expect_good_or_refused(const struct holder *own, const char *cursor)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        for (const char *const *param = route->params; *param; param++) {
            if (strcmp(*param, "cursor") != 0)
                continue;
            struct answer answer = ask_more(route, own, text_of("cursor=%s", cursor));
            if (answer.status != 200)
                expect_refused(route, &answer, "cursor invalid\n");
        }
    }
}

Test(bad_input_query, has_a_cursor_that_some_page_gave)
{
    struct holder own = holder_with(&lo_ku, "2022", "draft");
    for (size_t i = 0; i < COUNT(cursors); i++)
        expect_good_or_refused(&own, cursors[i]);
}
