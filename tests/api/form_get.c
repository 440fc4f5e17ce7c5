/* form_get: GET /v1/forms/{code}: what a form asks. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(form_get, .init = world_open, .fini = world_close, .timeout = 30);

static const char *asked(const struct answer *form, const char *indicator, const char *member)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(form->json, "indicators"), i,
                       item) if (strcmp(json_string_value(json_object_get(item, "indicator")), indicator)
                                 == 0) return at(form, text_of("/indicators/%zu/%s", i, member));
    return "(absent)";
}

Test(form_get, shows_what_is_asked_in_the_plans_order)
{
    struct answer form = get("/v1/forms/ktxh-thang", "loku");
    cr_expect_eq(form.status, 200);
    cr_expect_str_eq(at(&form, "/indicators/0/indicator"), "new_forest_area");
    cr_expect_str_eq(at(&form, "/indicators/0/name"), "Diện tích trồng rừng mới trong năm");
    cr_expect_str_eq(at(&form, "/indicators/0/unit_of_measure"), "ha");
    cr_expect_str_eq(at(&form, "/indicators/0/required"), "true");
    cr_expect_str_eq(at(&form, "/indicators/6/indicator"), "vocational_trained");
    cr_expect_str_eq(at(&form, "/indicators/7"), "(absent)");
}

Test(form_get, tells_how_a_figure_is_entered)
{
    struct answer form = get("/v1/forms/ktxh-nam", "loku");
    cr_expect_str_eq(asked(&form, "grain_output", "entry"), "value");
    cr_expect_str_eq(asked(&form, "grain_output", "decimals"), "1");
    cr_expect_str_eq(asked(&form, "ntm_commune_criteria", "entry"), "pair");
    cr_expect_str_eq(asked(&form, "ntm_commune_criteria", "pair_of"), "19");
    cr_expect_str_eq(asked(&form, "ntm_commune_criteria", "applies_to"), "[\"COMMUNE\"]");
    cr_expect_str_eq(asked(&form, "health_station_standard", "value_type"), "boolean");
}

Test(form_get, never_asks_for_a_total_or_a_rate)
{
    struct answer form = get("/v1/forms/ktxh-nam", "loku");
    cr_expect_str_eq(asked(&form, "livestock_total", "entry"), "(absent)");
    cr_expect_str_eq(asked(&form, "poverty_rate", "entry"), "(absent)");
    cr_expect_null(strstr(form.text, "computed"));
}

Test(form_get, asks_nothing_that_was_not_yet_defined)
{
    struct answer form = get("/v1/forms/ktxh-nam?as_of=2020-12-31", "loku");
    cr_expect_str_eq(at(&form, "/indicators"), "[]");
}

Test(form_get, finds_nothing_under_another_code)
{
    expect_problem(get("/v1/forms/ktxh", "loku"), 404, "not-found");
    expect_problem(get("/v1/forms/ktxh-nam", NULL), 401, "unauthenticated");
}
