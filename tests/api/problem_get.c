/* problem_get and problem_list: GET /problems: what each kind of problem means and what to do. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(problem_get, .init = world_open, .fini = world_close, .timeout = 30);

static struct answer page(const char *path, const char *headers)
{
    return ask_with("GET", path, NULL, NULL, headers);
}

Test(problem_get, tells_a_program_what_a_problem_means)
{
    struct answer problem = get("/problems/stale-version", NULL);
    cr_expect_eq(problem.status, 200);
    cr_expect_str_eq(problem.type, "application/json");
    cr_expect_str_eq(at(&problem, "/type"), "/problems/stale-version");
    cr_expect_str_eq(at(&problem, "/status"), "412");
    cr_expect_str_eq(at(&problem, "/retryable"), "false");
    cr_expect_str_eq(at(&problem, "/title"), "Đã có người sửa trước");
}

Test(problem_get, shows_people_a_page)
{
    struct answer vi = page("/problems/locked", "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
    cr_expect_eq(vi.status, 200);
    cr_expect_str_eq(vi.type, "text/html; charset=utf-8");
    cr_expect_not_null(strstr(vi.text, "<html lang=\"vi\">"));
    cr_expect_not_null(strstr(vi.text, "<h1>Kỳ báo cáo đã khóa</h1>"));
    struct answer en = page("/problems/locked", "Accept: text/html\r\nAccept-Language: en");
    cr_expect_not_null(strstr(en.text, "<h1>The period is locked</h1>"));
}

Test(problem_get, has_a_page_for_the_type_of_every_problem)
{
    struct answer list = get("/problems", NULL);
    size_t i, count = json_array_size(json_object_get(list.json, "items"));
    cr_assert_gt(count, 30u, "%s", list.text);
    for (i = 0; i < count; i++) {
        const char *type = at(&list, text_of("/items/%zu/type", i));
        struct answer one = get(type, NULL), human = page(type, "Accept: text/html");
        cr_expect_eq(one.status, 200, "%s", type);
        cr_expect_str_eq(one.text, at(&list, text_of("/items/%zu", i)), "%s", type);
        cr_expect_str_eq(human.type, "text/html; charset=utf-8");
        cr_expect(strlen(at(&one, "/advice")) > 20, "%s says not what to do", type);
    }
}

Test(problem_get, is_where_a_problem_points)
{
    struct answer problem = get("/v1/me", NULL), explained = get(at(&problem, "/type"), NULL);
    cr_expect_eq(explained.status, 200);
    cr_expect_str_eq(at(&explained, "/title"), at(&problem, "/title"));
}

Test(problem_get, lists_the_pages_for_people)
{
    struct answer list = page("/problems", "Accept: text/html");
    cr_expect_str_eq(list.type, "text/html; charset=utf-8");
    cr_expect_not_null(strstr(list.text, "<a href=\"/problems/four-eyes\">"));
}

static const char *const slugs[] = {"none",         "Locked",         "stale_version",
                                    "%3Cscript%3E", "x%22onload=%22", "../v1/me"};

static void expect_none(const char *slug)
{
    expect_problem(get(text_of("/problems/%s", slug), NULL), 404, "not-found");
}

Test(problem_get, has_no_page_for_what_is_no_problem)
{
    for (size_t i = 0; i < COUNT(slugs); i++)
        expect_none(slugs[i]);
}

Test(problem_get, takes_no_parameters)
{
    expect_fault(get("/problems/locked?lang=en", NULL), 400, "unknown-parameter", "lang unknown-parameter");
}
