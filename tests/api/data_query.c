/* data_query: POST /v1/data, the query of data_get as a body.  What figures are is tested there. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(data_query, .init = world_open, .fini = world_close, .timeout = 120);

static struct answer query(const char *login, const char *body)
{
    return ask("POST", "/v1/data", login, body);
}

/* Dimensions and cells: all of an answer but when it was given. */
static const char *figures_of(const struct answer *answer)
{
    cr_assert_eq(answer->status, 200, "%s", answer->text);
    const char *meta = strstr(answer->text, "\"meta\"");
    cr_assert_not_null(meta);
    return text_of("%.*s", (int)(meta - answer->text), answer->text);
}

static void expect_alike(const char *login, const char *parameters, const char *body)
{
    struct answer got = get(text_of("/v1/data?%s", parameters), login), asked = query(login, body);
    cr_expect_str_eq(figures_of(&asked), figures_of(&got), "%s", parameters);
}

Test(data_query, answers_as_data_get_does_to_the_byte)
{
    plan_accepted(&lo_ku, "2022", "");
    plan_accepted(&kon_pne, "2022", "grain_output=100.5");
    expect_alike("kbang", "unit=kbang,children(kbang)&period=2022",
                 "{\"unit\":[\"kbang\",\"children(kbang)\"],\"period\":[\"2022\"]}");
    expect_alike(
        "kbang",
        "unit=descendants(kbang,commune)&indicator=grain_output.rank,births&period=2022&collapse=unit",
        "{\"unit\":[\"descendants(kbang,commune)\"],\"indicator\":[\"grain_output.rank\",\"births\"],"
        "\"period\":[\"2022\"],\"collapse\":[\"unit\"]}");
    expect_alike(
        "kbang", "unit=kbang&indicator=grain_output&period=2022&explain=true&status=submitted",
        "{\"unit\":[\"kbang\"],\"indicator\":[\"grain_output\"],\"period\":[\"2022\"],\"explain\":true,"
        "\"status\":\"submitted\"}");
    expect_alike(
        "kbang", "unit=kbang&indicator=births&period=2022&as_of=2022-01-01&boundaries=current",
        "{\"unit\":[\"kbang\"],\"indicator\":[\"births\"],\"period\":[\"2022\"],\"as_of\":\"2022-01-01\","
        "\"boundaries\":\"current\"}");
}

Test(data_query, shows_no_more_than_data_get)
{
    plan_accepted(&lo_ku, "2022", "");
    struct answer neighbour =
        query("konpne", "{\"unit\":[\"kbang-lo-ku\"],\"indicator\":[\"births\"],\"period\":[\"2022\"]}");
    cr_expect_str_eq(cell_of(&neighbour, 0), "null null/1 (not_published)");
    expect_problem(query(NULL, "{\"unit\":[\"kbang\"],\"period\":[\"2022\"]}"), 401, "unauthenticated");
}

Test(data_query, writes_nothing_and_needs_no_key)
{
    const char *body = "{\"unit\":[\"kbang\"],\"period\":[\"2022\"]}";
    const char *before = world_value("select count(*) from app.receipt");
    struct answer plain = ask_with("POST", "/v1/data", "reader", body, NO_KEY);
    cr_expect_eq(plain.status, 200, "%s", plain.text);
    cr_expect_null(strstr(plain.text, "\"receipt\""));
    struct answer keyed = ask_with("POST", "/v1/data", "reader", body, "Idempotency-Key: one-of-a-kind");
    cr_expect_eq(keyed.status, 200, "%s", keyed.text);
    struct answer twice = ask_with("POST", "/v1/data", "reader", body,
                                   "Idempotency-Key: one-of-a-kind\r\nIdempotency-Key: a-second-one");
    cr_expect_eq(twice.status, 200, "it is not looked at: %s", twice.text);
    cr_expect_str_eq(world_value("select count(*) from app.receipt"), before);
}

Test(data_query, points_to_every_fault)
{
    struct answer answer = query(
        "kbang", "{\"unit\":[\"kbang\",\"nowhere\",\"group(none)\",\"descendants(kbang,hamlet)\"],"
                 "\"indicator\":[\"births\",\"nothing\",\"births.best\"],\"period\":[\"2022\",\"2031\"],"
                 "\"as_of\":\"soon\",\"boundaries\":\"old\"}");
    expect_problem(answer, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&answer),
                     "/as_of not-an-instant\n/boundaries not-boundaries\n/indicator/1 unknown-indicator\n"
                     "/indicator/2 unknown-suffix\n/period/1 unknown-period\n/unit/1 unknown-unit\n"
                     "/unit/2 unknown-group\n/unit/3 unknown-level\n");
}

/* The body refused for these faults, and no others. */
static void expect_faults(const char *body, const char *faults)
{
    struct answer answer = query("kbang", body);
    expect_problem(answer, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&answer), faults, "%s", body);
}

Test(data_query, takes_one_selector_an_element)
{
    expect_faults("{\"unit\":[\"descendants(kbang,commune)\",\"kbang,kbang-lo-ku\",\"nowhere\"],"
                  "\"period\":[\"2022\",\"2022,2021\"]}",
                  "/period/1 not-one-selector\n/unit/1 not-one-selector\n/unit/2 unknown-unit\n");
}

/* Joined by a comma these would be one selector, and a good one. */
Test(data_query, takes_no_selector_in_pieces)
{
    expect_faults("{\"unit\":[\"descendants(kbang\",\"commune)\",\"nowhere\"],\"period\":[\"2022\"]}",
                  "/unit/0 unknown-level\n/unit/1 not-one-selector\n/unit/2 unknown-unit\n");
    expect_faults("{\"unit\":[\"kbang\"],\"period\":[\"last(1\",\"year\",\"month)\"]}",
                  "/period/0 unknown-period\n/period/1 unknown-period\n/period/2 not-one-selector\n");
}

Test(data_query, tells_faults_of_the_shape_and_of_selectors_at_once)
{
    expect_faults("{\"unit\":[\"nowhere\",5,[\"kbang\",\"x\"],\"kbong\",\"\",null],\"indicator\":\"births\","
                  "\"collapse\":[\"month\"],\"explain\":\"maybe\",\"as_of\":7,\"more\":{\"a/b\":1}}",
                  "/as_of wrong-type\n/collapse/0 not-a-choice\n/explain wrong-type\n/indicator wrong-type\n"
                  "/more unknown-member\n/period missing-member\n/unit/0 unknown-unit\n/unit/1 wrong-type\n"
                  "/unit/2 wrong-type\n/unit/3 unknown-unit\n/unit/4 too-short\n/unit/5 wrong-type\n");
    expect_faults("{\"unit\":[\"kbang\"],\"indicator\":[],\"period\":[\"2031\"],\"boundaries\":\"old\"}",
                  "/boundaries not-boundaries\n/indicator too-few\n/period/0 unknown-period\n");
}

/* A body with n times the same unit, "0…0" of so many characters, and a period that is none. */
static const char *body_of(int n, int characters)
{
    struct buf body = {0};
    for (int i = 0; i < n; i++)
        buf_addf(&body, "%s\"%0*d\"", i ? "," : "{\"unit\":[", characters, 0);
    const char *text = text_of("%s],\"period\":[\"2031\"]}", body.text);
    buf_release(&body);
    return text;
}

Test(data_query, bounds_lists_selectors_and_the_body)
{
    expect_faults(body_of(1001, 5), "/unit too-many\n");
    expect_faults(body_of(1, 201), "/period/0 unknown-period\n/unit/0 too-long\n");
    struct answer most = query("kbang", body_of(1000, 200)), more = query("kbang", body_of(1000, 262));
    expect_problem(most, 422, "invalid-content");
    cr_expect_eq(json_array_size(json_object_get(most.json, "errors")), 1001);
    expect_problem(more, 413, "content-too-large");
}

Test(data_query, takes_a_selector_any_number_of_times)
{
    char list[40000] = "[\"descendants(gia-lai,commune)\"", *end = list + strlen(list);
    for (int i = 0; i < 999; i++)
        end += sprintf(end, ",\"descendants(%s,commune)\"", i % 2 ? "gia-lai" : "kbang");
    strcpy(end, "]");
    static const char *const rest = "\"indicator\":[\"births\"],\"period\":[\"last(12,month)\"]";
    struct answer often = query("kbang", text_of("{\"unit\":%s,%s}", list, rest)),
                  once = query("kbang", text_of("{\"unit\":[\"descendants(gia-lai,commune)\"],%s}", rest));
    cr_assert_eq(often.status, 200, "%s", often.text);
    cr_expect_gt(json_array_size(json_object_get(once.json, "cells")), 100);
    cr_expect(json_equal(json_object_get(often.json, "cells"), json_object_get(once.json, "cells")));
}

Test(data_query, takes_long_lists_and_bounds_the_cells)
{
    char list[16000] = "[\"2022\"", *end = list + strlen(list);
    for (int i = 0; i < 999; i++)
        end += sprintf(end, ",\"2022-%02d\"", i % 12 + 1);
    strcpy(end, "]");
    struct answer answer =
        query("kbang", text_of("{\"unit\":[\"kbang\"],\"indicator\":[\"births\"],\"period\":%s}", list));
    cr_expect_eq(answer.status, 200, "%s", answer.text);
    cr_expect_str_eq(at(&answer, "/dims/2/items/12/code"), "2022-12");
    answer = query("kbang",
                   text_of("{\"unit\":[\"children(kbang)\",\"descendants(gia-lai,village)\"],"
                           "\"indicator\":[\"form(ktxh-nam)\",\"form(ktxh-nam).coverage\"],\"period\":%s}",
                           list));
    expect_problem(answer, 413, "query-too-large");
}
