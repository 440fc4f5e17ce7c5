/* submission_create: what is wrong with a body, all of it at once and at its place; nothing is kept. */
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(submission_faults, .init = world_open, .fini = world_close, .timeout = 60);

#define BODY(values) \
    "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",\"values\":" values "}"

static struct answer create(const char *login, const char *body)
{
    return ask("POST", "/v1/submissions", login, body);
}

/* A body for Lơ Ku and 2022 that has these figures alone. */
static const char *only(const char *figures)
{
    const char *values = plan_change(figures); /* {"values":[…]} */
    return text_of("{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",%s", values + 1);
}

struct fault_case {
    const char *sent, *faults;
};

/* Each body must be refused with just these faults. */
static void refuses_each(const struct fault_case *cases, size_t count, bool are_figures)
{
    for (size_t i = 0; i < count; i++) {
        struct answer bad = create("loku", are_figures ? only(cases[i].sent) : cases[i].sent);
        cr_expect_eq(bad.status, 422, "%s: %s", cases[i].sent, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].sent);
    }
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "0");
}

Test(submission_faults, totals_and_rates_cannot_be_typed_in)
{
    static const struct fault_case cases[] = {
        {"livestock_total=3027", "/values/0/value computed-indicator\n"},
        {"livestock_total=\"3027\"", "/values/0/value computed-indicator\n"},
        {"poverty_rate=26.88", "/values/0/value computed-indicator\n"},
        {"poverty_rate=215/800", "/values/0/numerator computed-indicator\n"},
        {"grain_per_capita=!not_available", "/values/0/missing_reason computed-indicator\n"},
        {"national_standard_maintained=3", "/values/0/value computed-indicator\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

Test(submission_faults, a_number_is_digits_with_a_point_before_decimals)
{
    static const struct fault_case cases[] = {
        {"grain_output=\"9.007,4\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"9007,4\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"9,007.4\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"9e3\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"+1\"", "/values/0/value not-a-number\n"},
        {"grain_output=\".5\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"NaN\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"Infinity\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"0x10\"", "/values/0/value not-a-number\n"},
        {"grain_output=\"\xd9\xa1\"", "/values/0/value not-a-number\n"}, /* an Arabic 1 */
        {"grain_output=\"\"", "/values/0/value not-a-number\n"},
        {"births=true", "/values/0/value not-a-number\n"},
        {"grain_output=[1]", "/values/0/value wrong-type\n"},
        {"grain_output={}", "/values/0/value wrong-type\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

/* «1.110» is a thousand one hundred and ten to whoever writes the plan. */
Test(submission_faults, a_text_that_may_mean_thousands_is_not_guessed_at)
{
    static const struct fault_case cases[] = {
        {"livestock_cattle=\"1.110\"", "/values/0/value too-many-decimals\n"},
        {"livestock_cattle=\"3.000\"", "/values/0/value too-many-decimals\n"},
        {"grain_output=\"1.200\"", "/values/0/value too-many-decimals\n"},
        {"grain_output=\"9.007\"", "/values/0/value too-many-decimals\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

Test(submission_faults, a_number_has_no_more_decimals_than_its_indicator)
{
    static const struct fault_case cases[] = {
        {"grain_output=9007.44", "/values/0/value too-many-decimals\n"},
        {"grain_output=\"9007.44\"", "/values/0/value too-many-decimals\n"},
        {"grain_output=1e-400", "/values/0/value too-many-decimals\n"},
        {"livestock_pig=780.5", "/values/0/value too-many-decimals\n"},
        {"income_per_capita=32.005", "/values/0/value too-many-decimals\n"},
        {"ntm_commune_criteria=12.5/19", "/values/0/numerator too-many-decimals\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

Test(submission_faults, a_number_stays_within_the_bounds_of_its_indicator)
{
    static const struct fault_case cases[] = {
        {"births=-1", "/values/0/value below-minimum\n"},
        {"births=\"-1\"", "/values/0/value below-minimum\n"},
        {"grain_output=-0.1", "/values/0/value below-minimum\n"},
        {"births=1000000000000000", "/values/0/value above-maximum\n"},
        {"grain_output=999999999999999.1", "/values/0/value above-maximum\n"},
        {"births=\"999999999999999999\"", "/values/0/value above-maximum\n"},
        {"births=1e300", "/values/0/value above-maximum\n"},
        {"ntm_commune_criteria=-1/19", "/values/0/numerator below-minimum\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

Test(submission_faults, a_status_is_true_or_false)
{
    static const struct fault_case cases[] = {
        {"ntm_commune_c01=1", "/values/0/value boolean-expected\n"},
        {"ntm_commune_c01=0", "/values/0/value boolean-expected\n"},
        {"ntm_commune_c01=\"true\"", "/values/0/value boolean-expected\n"},
        {"kindergarten_standard=2", "/values/0/value boolean-expected\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

Test(submission_faults, a_pair_is_two_numbers_out_of_nineteen)
{
    static const struct fault_case cases[] = {
        {"ntm_commune_criteria=13", "/values/0/value pair-expected\n"},
        {"ntm_commune_criteria=13/18", "/values/0/denominator wrong-denominator\n"},
        {"ntm_commune_criteria=19/20",
         "/values/0/denominator above-maximum\n/values/0/denominator wrong-denominator\n"},
        {"ntm_commune_criteria=20/19",
         "/values/0/numerator above-maximum\n/values/0/numerator numerator-exceeds-denominator\n"},
        {"births=13/19", "/values/0/denominator pair-not-expected\n/values/0/numerator pair-not-expected\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

Test(submission_faults, an_answer_is_one_thing)
{
    static const struct fault_case cases[] = {
        {BODY("[{\"indicator\":\"births\",\"value\":60,\"missing_reason\":\"not_collected\"}]"),
         "/values/0 one-of-value\n"},
        {BODY("[{\"indicator\":\"births\"}]"), "/values/0 one-of-value\n"},
        {BODY("[{\"indicator\":\"births\",\"note\":\"sau\"}]"), "/values/0 one-of-value\n"},
        {BODY("[{\"indicator\":\"births\",\"missing_reason\":null}]"), "/values/0 one-of-value\n"},
        {BODY("[{\"indicator\":\"ntm_commune_criteria\",\"numerator\":13}]"), "/values/0 pair-incomplete\n"},
        {BODY("[{\"indicator\":\"ntm_commune_criteria\",\"denominator\":19}]"),
         "/values/0 pair-incomplete\n"},
        {BODY("[{\"indicator\":\"ntm_commune_criteria\",\"numerator\":13,\"denominator\":19,\"value\":13}]"),
         "/values/0 one-of-value\n/values/0/value pair-expected\n"},
    };
    refuses_each(cases, COUNT(cases), false);
}

Test(submission_faults, an_indicator_is_known_asked_for_and_answered_once)
{
    static const struct fault_case cases[] = {
        {"grain_outptu=1", "/values/0/indicator unknown-indicator\n"},
        {"GRAIN_OUTPUT=1", "/values/0/indicator unknown-indicator\n"},
        {"births=60 deaths=21 births=61", "/values/2/indicator duplicate-indicator\n"},
        {"births=60 births=60 births=60",
         "/values/1/indicator duplicate-indicator\n/values/2/indicator duplicate-indicator\n"},
    };
    refuses_each(cases, COUNT(cases), true);
}

Test(submission_faults, an_indicator_of_another_form_is_not_asked_for)
{
    struct answer bad = create("loku", plan_body("kbang-lo-ku", "2022-03", "grain_output=9007.4"));
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/values/7/indicator indicator-not-in-form\n");
}

Test(submission_faults, new_rural_criteria_are_not_for_a_town)
{
    struct answer good = create("town", plan_body("kbang-town", "2022-Q1", ""));
    struct answer bad =
        create("town", plan_body("kbang-town", "2022", "ntm_commune_criteria=13/19 ntm_village_c05=true"));
    cr_expect_eq(good.status, 201, "%s", good.text);
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/values/35/indicator indicator-not-for-unit\n"
                                      "/values/36/indicator indicator-not-for-unit\n");
}

Test(submission_faults, the_shape_of_the_body_is_the_contracts)
{
    static const struct fault_case cases[] = {
        {"{}", "/form missing-member\n/period missing-member\n/unit missing-member\n"},
        {"{\"form\":\"ktxh-nam\",\"unit\":23653,\"periood\":\"2022\",\"period\":null}",
         "/period wrong-type\n/periood unknown-member\n/unit wrong-type\n"},
        {BODY("{}"), "/values wrong-type\n"},
        {BODY("[60]"), "/values/0 wrong-type\n"},
        {BODY("[{\"value\":60}]"), "/values/0/indicator missing-member\n"},
        {BODY("[{\"indicator\":\"births\",\"value\":60,\"unit\":\"người\"}]"),
         "/values/0/unit unknown-member\n"},
        {BODY("[{\"indicator\":\"births\",\"missing_reason\":\"lazy\"}]"),
         "/values/0/missing_reason not-a-choice\n"},
        {BODY("[{\"indicator\":\"births\",\"value\":60,\"status\":\"estimate\"}]"),
         "/values/0/status not-a-choice\n"},
    };
    refuses_each(cases, COUNT(cases), false);
}

Test(submission_faults, dates_and_texts_have_their_form)
{
    static const char *const bodies[] = {
        "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",\"as_of_date\":\"2022-02-30\"}",
        "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",\"as_of_date\":\"14/12/2022\"}",
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct answer bad = create("loku", bodies[i]);
        cr_expect_str_eq(faults_of(&bad), "/as_of_date not-a-date\n");
    }
    struct answer bell = create(
        "loku", "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022\",\"note\":\"\\u0007\"}");
    cr_expect_str_eq(faults_of(&bell), "/note control-character\n");
}

Test(submission_faults, form_unit_and_period_are_known)
{
    struct answer bad = create("loku", "{\"form\":\"ktxh\",\"unit\":\"kbang-loku\",\"period\":\"2022-13\"}");
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(at(&bad, "/code"), "invalid-content");
    cr_expect_str_eq(faults_of(&bad), "/form unknown-form\n/period unknown-period\n/unit unknown-unit\n");
}

Test(submission_faults, a_form_is_for_periods_of_its_own_length)
{
    struct answer bad =
        create("loku", "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022-03\"}");
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/period form-not-for-period\n");
}

/* The year 2025 as the district defines it, in the order of its own units. */
static void define_2025(void)
{
    struct answer made = ask("POST", "/v1/periods", "kbang",
                             "{\"code\":\"2025\",\"starts_on\":\"2024-12-15\",\"ends_on\":\"2025-12-14\"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
}

Test(submission_faults, a_unit_that_has_ended_reports_nothing_more)
{
    struct commune dak_hlo = commune_staffed("kbang-dak-hlo");
    define_2025();
    struct answer bad = create(dak_hlo.officer, plan_body("kbang-dak-hlo", "2025", ""));
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/unit unit-closed\n");
    cr_expect_eq(create(dak_hlo.officer, plan_body("kbang-dak-hlo", "2022", "")).status, 201);
}

Test(submission_faults, a_unit_reports_for_no_period_outside_its_life)
{
    define_2025();
    struct answer bad = create("loku", plan_body("kbang-lo-ku", "2025", ""));
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/period period-outside-unit-life\n");
}

Test(submission_faults, everything_is_told_at_once_and_nothing_kept)
{
    struct answer bad =
        create("loku", "{\"form\":\"ktxh-nam\",\"unit\":\"kbang-lo-ku\",\"period\":\"2022-03\",\"extra\":1,"
                       "\"as_of_date\":\"2022-02-30\",\"values\":["
                       "{\"indicator\":\"births\",\"value\":60},"
                       "{\"indicator\":\"grain_output\",\"value\":\"9.007,4\"},"
                       "{\"indicator\":\"livestock_total\",\"value\":3027},"
                       "{\"indicator\":\"poverty_rate\",\"value\":26.88},"
                       "{\"indicator\":\"livestock_pig\",\"value\":780.5},"
                       "{\"indicator\":\"deaths\",\"value\":-1},"
                       "{\"indicator\":\"births\",\"value\":60},"
                       "{\"indicator\":\"nothing\",\"value\":60},"
                       "{\"indicator\":\"ntm_commune_criteria\",\"numerator\":13,\"denominator\":18},"
                       "{\"indicator\":\"sown_area\",\"missing_reason\":\"lazy\"},"
                       "{\"indicator\":\"ntm_commune_c01\",\"value\":1,\"colour\":\"red\"}]}");
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/as_of_date not-a-date\n"
                                      "/extra unknown-member\n"
                                      "/period form-not-for-period\n"
                                      "/values/1/value not-a-number\n"
                                      "/values/2/value computed-indicator\n"
                                      "/values/3/value computed-indicator\n"
                                      "/values/4/value too-many-decimals\n"
                                      "/values/5/value below-minimum\n"
                                      "/values/6/indicator duplicate-indicator\n"
                                      "/values/7/indicator unknown-indicator\n"
                                      "/values/8/denominator wrong-denominator\n"
                                      "/values/9/missing_reason not-a-choice\n"
                                      "/values/10/colour unknown-member\n"
                                      "/values/10/value boolean-expected\n");
    cr_expect_str_eq(world_value("select count(*) from app.submission"), "0");
    cr_expect_str_eq(world_value("select count(*) from app.audit where table_name like 'submission%'"), "0");
}

Test(submission_faults, numbers_beyond_all_bounds_are_the_callers_mistake)
{
    static const char *const numbers[] = {"1e400", "-1e400", "1e-20000", "99999999999999999999"};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct answer bad = create("loku", only(text_of("births=%s", numbers[i])));
        cr_expect_eq(bad.status, 400, "%s: %s", numbers[i], bad.text);
        cr_expect_str_eq(at(&bad, "/code"), "number-out-of-range", "%s", numbers[i]);
    }
}

Test(submission_faults, a_body_has_a_limit_of_values_and_of_bytes)
{
    buf_auto_t many = {0};
    for (int i = 0; i <= 500; i++)
        buf_adds(&many, "births=60 ");
    struct answer too_many = create("loku", only(many.text));
    cr_expect_eq(too_many.status, 422);
    cr_expect_str_eq(at(&too_many, "/errors/0/code"), "too-many");

    str_auto_t *blanks = calloc(1, 256 * 1024 + 1);
    memset(blanks, ' ', 256 * 1024);
    cr_expect_eq(create("loku", text_of("%s%s", blanks, only("births=60"))).status, 413);
}

Test(submission_faults, the_figures_of_another_commune_are_not_even_judged)
{
    struct answer other = create("konpne", only("livestock_total=3027"));
    cr_expect_eq(other.status, 404);
    cr_expect_str_eq(at(&other, "/errors"), "(absent)");
}
