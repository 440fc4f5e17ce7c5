/* indicator_get: GET /v1/indicators/{code}: one indicator with all its definitions. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(indicator_get, .init = world_open, .fini = world_close, .timeout = 30);

/* "side coefficient indicator" of each term, commas between. */
static const char *formula(const struct answer *indicator)
{
    const char *text = "";
    size_t i;
    json_t *term, *version = json_array_get(json_object_get(indicator->json, "versions"), 0);
    json_array_foreach(json_object_get(version, "formula"), i, term) text =
        text_of("%s%s%s %g %s", text, i ? ", " : "", json_string_value(json_object_get(term, "side")),
                json_number_value(json_object_get(term, "coefficient")),
                json_string_value(json_object_get(term, "indicator")));
    return text;
}

struct line {
    char code[32], formula[240];
};

static const struct line lines[] = {
    {"grain_per_capita", "numerator 1000 grain_output, denominator 1 population_avg"},
    {"livestock_total",
     "numerator 1 livestock_pig, numerator 1 livestock_cattle, numerator 1 livestock_buffalo, numerator 1 livestock_goat"},
    {"poverty_rate", "numerator 1 households_poor, denominator 1 households_total"},
    {"natural_pop_growth_rate", "numerator 1 births, numerator -1 deaths, denominator 1 population_avg"},
    {"security_safe_unit_rate",
     "numerator 1 sec_safe_villages, numerator 1 sec_safe_agencies, numerator 1 sec_safe_schools, "
     "denominator 1 sec_eligible_villages, denominator 1 sec_eligible_agencies, denominator 1 sec_eligible_schools"},
    {"grain_output", ""},
};

static void expect_formula(const struct line *of)
{
    struct answer indicator = get(text_of("/v1/indicators/%s", of->code), "loku");
    cr_expect_eq(indicator.status, 200);
    cr_expect_str_eq(formula(&indicator), of->formula, "%s", indicator.text);
}

Test(indicator_get, tells_how_it_is_computed)
{
    for (size_t i = 0; i < COUNT(lines); i++)
        expect_formula(&lines[i]);
}

Test(indicator_get, tells_what_a_total_is_made_of)
{
    struct answer total = get("/v1/indicators/livestock_total", "loku"),
                  pigs = get("/v1/indicators/livestock_pig", "loku");
    cr_expect_str_eq(at(&total, "/components"),
                     "[\"livestock_pig\",\"livestock_cattle\",\"livestock_buffalo\",\"livestock_goat\"]");
    cr_expect_str_eq(at(&pigs, "/parent"), "livestock_total");
    cr_expect_str_eq(at(&total, "/versions/0/entry"), "computed");
    cr_expect_str_eq(at(&total, "/versions/0/measure"), "stock");
}

Test(indicator_get, tells_how_an_average_is_weighed)
{
    struct answer income = get("/v1/indicators/income_per_capita", "loku");
    cr_expect_str_eq(at(&income, "/versions/0/aggregation"), "weighted_mean");
    cr_expect_str_eq(at(&income, "/versions/0/weight"), "population_avg");
}

Test(indicator_get, tells_which_way_is_better)
{
    struct answer poverty = get("/v1/indicators/poverty_rate", "loku"),
                  grain = get("/v1/indicators/grain_output", "loku");
    cr_expect_str_eq(at(&poverty, "/versions/0/direction"), "lower");
    cr_expect_str_eq(at(&poverty, "/versions/0/scale"), "100");
    cr_expect_str_eq(at(&grain, "/versions/0/direction"), "higher");
}

Test(indicator_get, leaves_the_criteria_of_new_rural_communes_to_communes)
{
    struct answer criteria = get("/v1/indicators/ntm_commune_criteria", "loku"),
                  grain = get("/v1/indicators/grain_output", "loku");
    cr_expect_str_eq(at(&criteria, "/versions/0/applies_to"), "[\"COMMUNE\"]");
    cr_expect_str_eq(at(&grain, "/versions/0/applies_to"), "[\"COMMUNE\",\"TOWN\"]");
}

Test(indicator_get, finds_nothing_under_another_code)
{
    expect_problem(get("/v1/indicators/GRAIN_OUTPUT", "loku"), 404, "not-found");
    expect_problem(get("/v1/indicators/10", "loku"), 404, "not-found");
    expect_problem(get("/v1/indicators/grain_output", NULL), 401, "unauthenticated");
}
