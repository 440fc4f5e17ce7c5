/* hostile_commune: every operation of the table, called as one commune on the objects of another. */
#include "routes.h"
#include "support/crawl.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

TestSuite(hostile_commune, .init = world_open, .fini = world_close, .timeout = 120);

/* Everything answers 404 but what is here, and why. */
static const struct {
    const char *operation;
    int status;
} exceptions[] = {
    {"health_live", 200},
    {"health_ready", 200},
    {"openapi_get", 200},
    {"problem_list", 200},
    {"problem_get", 200},    /* open to anybody */
    {"session_create", 401}, /* the password is another one */
    {"token_create", 201},   /* a token of one's own */
    {"me_get", 200},
    {"token_list", 200},
    {"account_list", 200},
    {"target_list", 200},
    {"submission_list", 200}, /* what one may see of it: nothing */
    {"account_create", 403},
    {"account_update", 403}, /* administrators alone, whoever it is */
    {"unit_list", 200},
    {"unit_get", 200},
    {"unit_change_list", 200},
    {"document_list", 200},
    {"document_get", 200},
    {"indicator_list", 200},
    {"indicator_get", 200},
    {"form_list", 200},
    {"form_get", 200},
    {"period_list", 200},
    {"period_get", 200}, /* public reference data */
    {"period_create", 403},
    {"period_update", 403},
    {"publication_create", 403}, /* the district alone */
    {"extension_create", 403},
    {"extension_list", 200},
    {"reopen_request_list", 200}, /* nothing, again */
    {"publication_list", 200},
    {"data_get", 200},
    {"data_query", 200},
    {"unit_change_preview", 422},   /* the sample names no unit */
    {"achievement_get", 200},       /* what is published:
                                       nothing */
    {"village_proposal_list", 200}, /* nothing of another's villages */
    {"rule_list", 200},             /* reference data as well */
    {"follow_up_list", 200},
    {"outlier_list", 200},
    {"task_list", 200},
    {"expected_report_list", 200},
    {"reporting_rate_list", 200}, /* one's own */
    {"data_cell_list", 200},      /* what is published: nothing */
    {"change_list", 200},         /* of what one may see */
    {"audit_head_list", 200},     /* of one's own unit and account */
    {"import_list", 200},         /* one's own files */
};

static int expected(const struct route *route)
{
    for (size_t i = 0; i < COUNT(exceptions); i++)
        if (strcmp(exceptions[i].operation, route->operation) == 0)
            return exceptions[i].status;
    return 404;
}

static void expect_nothing_of(const struct route *route, const struct answer *answer, const char *login)
{
    const char *mark = mark_in(answer);
    bool refused = route->flags & FILE_BODY && (answer->status == 403 || answer->status == 422);
    cr_expect(refused || answer->status == expected(route), "%s as %s: %d %s", route->operation, login,
              answer->status, answer->text);
    cr_expect_null(mark, "%s as %s shows «%s»: %s", route->operation, login, mark ? mark : "", answer->text);
    if (answer->status >= 400)
        cr_expect_null(flaw_of(answer), "%s: %s", route->operation, answer->text);
}

struct raid {
    char login[16], state[12], period[8];
};

ParameterizedTestParameters(hostile_commune, sees_and_changes_nothing_of_another)
{
    static struct raid raids[] = {
        {"loku", "draft", "2022"},
        {"loku", "submitted", "2022-H1"},
        {"loku", "returned", "2022"},
        {"loku", "accepted", "2022-Q1"},
        {"loku-lead", "draft", "2022"},
        {"loku-lead", "submitted", "2022"},
        {"loku-lead", "accepted", "2022"},
        {"loku-culture", "draft", "2022"},
        {"loku-village", "accepted", "2022"},
        {"nobody", "accepted", "2022"},
    };
    return cr_make_param_array(struct raid, raids, COUNT(raids));
}

ParameterizedTest(struct raid *raid, hostile_commune, sees_and_changes_nothing_of_another)
{
    struct holder theirs = holder_with(&kon_pne, raid->period, raid->state);
    const char *before = database_digest(raid->login);
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        struct answer answer = crawl(route, &theirs, raid->login, NULL);
        expect_nothing_of(route, &answer, raid->login);
        if (crawl_writes(route))
            cr_assert_str_eq(database_digest(raid->login), before, "%s as %s changed what is not theirs",
                             route->operation, raid->login);
    }
}

static bool needs_parameters(const struct route *route)
{
    for (const char *const *param = route->params; *param; param++)
        if (strchr(*param, '!'))
            return true;
    return false;
}

Test(hostile_commune, sees_nothing_of_another_in_a_list_that_names_no_unit)
{
    struct holder theirs = holder_with(&kon_pne, "2022", "accepted");
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        const char *path = crawl_path(route, &theirs);
        if (route->shape != LIST)
            continue;
        size_t length = needs_parameters(route) ? strlen(path) : strcspn(path, "?");
        struct answer answer = get(text_of("%.*s", (int)length, path), "loku");
        expect_nothing_of(route, &answer, "loku");
    }
}

/* The marks are there, and the callers above are refused because of who they are. */
Test(hostile_commune, is_refused_what_the_commune_itself_may)
{
    struct holder own = holder_with(&kon_pne, "2022", "draft");
    static const char *const operations[] = {"submission_get", "submission_list", "me_get", "token_list",
                                             "account_get"};
    for (size_t i = 0; i < routes.count; i++)
        for (size_t n = 0; n < COUNT(operations); n++)
            if (strcmp(routes.routes[i].operation, operations[n]) == 0) {
                struct answer answer = crawl(&routes.routes[i], &own, "konpne", NULL);
                cr_expect_eq(answer.status, 200, "%s", answer.text);
                cr_expect_not_null(mark_in(&answer), "%s", answer.text);
            }
}

Test(hostile_commune, hears_the_same_of_what_is_not_theirs_and_of_what_is_not_there)
{
    struct holder theirs = holder_with(&kon_pne, "2022", "draft"), none = {&kon_pne, "2022", 999999};
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (strncmp(route->path, "/v1/submissions/{id}", 20) != 0)
            continue;
        const char *seen = text_of("If-Match: \"%ld-1\"", theirs.submission),
                   *body = crawl_body(route, &theirs);
        const char *headers = route->flags & IF_MATCH ? seen : NULL;
        struct answer another = ask_with(route->method, crawl_path(route, &theirs), "loku", body, headers);
        struct answer missing = ask_with(route->method, crawl_path(route, &none), "loku", body, headers);
        cr_expect_eq(another.status, 404, "%s: %s", route->operation, another.text);
        cr_expect_str_eq(at(&another, "/detail"), at(&missing, "/detail"));
        cr_expect_eq(strlen(another.text), strlen(missing.text), "%s: %s %s", route->operation, another.text,
                     missing.text);
    }
}
