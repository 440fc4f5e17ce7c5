/* not_modified: GETs whose answer has an ETag heed If-None-Match; of the aggregate that is known beforehand.
 */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(not_modified, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

static struct answer again(const char *path, const char *login, const char *etags)
{
    return ask_with("GET", path, login, NULL, text_of("If-None-Match: %s", etags));
}

static void expect_known(const char *path, const char *login)
{
    struct answer first = get(path, login);
    cr_assert_eq(first.status, 200, "%s: %s", path, first.text);
    cr_assert_neq(first.etag[0], '\0', "%s has no ETag", path);
    const char *const known[] = {first.etag, text_of("\"other\", %s", first.etag), "*",
                                 text_of("W/%s", first.etag + 2 * (first.etag[0] == 'W'))};
    for (size_t i = 0; i < COUNT(known); i++) {
        struct answer same = again(path, login, known[i]);
        cr_expect_eq(same.status, 304, "%s with %s: %d %s", path, known[i], same.status, same.text);
        cr_expect_eq(same.length, 0, "%s: %s", path, same.text);
        cr_expect_str_eq(same.etag, first.etag, "%s", path);
    }
    struct answer other = again(path, login, "\"other\"");
    cr_expect_eq(other.status, 200, "%s", path);
    cr_expect_eq(other.text[0], '{', "%s", path);
}

Test(not_modified, answers_304_to_whoever_has_this_version)
{
    long id = plan_draft(&lo_ku, "2022", "");
    const char *const paths[] = {plan_path(id, ""), plan_path(id, "/validation"),
                                 plan_path(id, "/village-values"), "/v1/periods/2022",
                                 "/v1/data?unit=kbang&indicator=births&period=2022"};
    for (size_t i = 0; i < COUNT(paths); i++)
        expect_known(paths[i], "loku");
    expect_known("/v1/accounts/loku", "admin");
    expect_problem(ask_with("PATCH", plan_path(id, ""), "loku", "{\"note\":\"a\"}",
                            text_of("If-Match: \"1-99\"\r\nIf-None-Match: %s", plan_etag(id))),
                   412, "stale-version");
}

static const char *data_etag(const char *login, const char *parameters)
{
    struct answer cube = get(text_of("/v1/data?%s", parameters), login);
    cr_assert_eq(cube.status, 200, "%s", cube.text);
    return cube.etag;
}

Test(not_modified, ends_with_any_change_below_and_with_no_other)
{
    const char *district = "unit=kbang&indicator=births&period=2022",
               *lo_kus = "unit=kbang-lo-ku&indicator=births&period=2022";
    const char *before = data_etag("kbang", district), *lo_ku_before = data_etag("kbang", lo_kus);
    plan_accepted(&kon_pne, "2022", "births=3");
    cr_expect_str_neq(data_etag("kbang", district), before);
    cr_expect_str_eq(data_etag("kbang", lo_kus), lo_ku_before, "Kon Pne is not below Lơ Ku");
    const char *hidden = data_etag("loku", "unit=kbang-kon-pne&indicator=births&period=2022");
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    cr_expect_str_neq(data_etag("loku", "unit=kbang-kon-pne&indicator=births&period=2022"), hidden,
                      "what is published is seen");
    cr_expect_str_neq(data_etag("loku", district), data_etag("kbang", district), "who asks matters");
    cr_expect_str_neq(data_etag("kbang", "unit=kbang&indicator=births&period=2022&explain=true"),
                      data_etag("kbang", district));
    before = data_etag("kbang", lo_kus);
    world_sql(
        "update app.target set value = 33 where indicator_id = (select id from app.indicator where code = 'income_per_capita')");
    cr_expect_str_neq(data_etag("kbang", lo_kus), before, "targets are data too");
    before = data_etag("kbang", lo_kus);
    world_sql("update app.indicator set sort_order = sort_order + 1 where code = 'births'");
    cr_expect_str_neq(data_etag("kbang", lo_kus), before, "and so is the catalogue");
}
