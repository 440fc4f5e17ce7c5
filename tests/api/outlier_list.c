/* outlier_list: GET /v1/outliers.  The statistics are worked out by hand. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(outlier_list, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

static struct answer outliers(const char *login, const char *parameters)
{
    struct answer list = get(text_of("/v1/outliers?limit=500&%s", parameters), login);
    cr_assert_eq(list.status, 200, "%s", list.text);
    return list;
}

static bool is_text(const json_t *item, const char *member, const char *text)
{
    return strcmp(json_string_value(json_object_get(item, member)), text) == 0;
}

/* "720 10 12.141 680 760 700 740": median, mad, z, fences, min, max of an item. */
static const char *statistics_of(const struct answer *list, size_t nth)
{
    static const char *const members[] = {"median", "mad", "z", "low_fence", "high_fence", "min", "max"};
    const char *said = "";
    for (size_t i = 0; i < COUNT(members); i++)
        said = text_of("%s%s%s", said, i ? " " : "", at(list, text_of("/items/%zu/%s", nth, members[i])));
    return said;
}

/* "5: 720 10 12.141 680 760 700 740 z fences range: outlier", or "(absent)", of a figure. */
static const char *row_of(const struct answer *list, const char *indicator, const char *against)
{
    size_t i, o;
    const json_t *item, *mark;
    json_array_foreach(json_object_get(list->json, "items"), i, item)
    {
        if (!is_text(item, "indicator", indicator) || !is_text(item, "against", against))
            continue;
        const char *said = text_of("%s: %s", at(list, text_of("/items/%zu/n", i)), statistics_of(list, i));
        json_array_foreach(json_object_get(item, "outside"), o, mark) said =
            text_of("%s %s", said, json_string_value(mark));
        return text_of("%s: %s", said, at(list, text_of("/items/%zu/finding", i)));
    }
    return "(absent)";
}

#define NOTHING "null null null null null null null"

/* Five months of Lơ Ku. */
static void report_five_months(void)
{
    static const int pigs[] = {700, 740, 710, 730, 720};
    for (int i = 0; i < 5; i++)
        plan_submitted(&lo_ku, text_of("2022-%02d", i + 1),
                       text_of("livestock_pig=%d livestock_goat=%d", pigs[i], 920 + i));
}

Test(outlier_list, compares_a_figure_with_those_before_it)
{
    report_five_months();
    plan_draft(&lo_ku, "2022-06", "livestock_pig=900 livestock_cattle=1111 livestock_goat=925");
    struct answer june = outliers("loku", "period=2022-06&unit=kbang-lo-ku&form=ktxh-thang");
    cr_expect_str_eq(row_of(&june, "livestock_pig", "history"),
                     "5: 720 10 12.141 680 760 700 740 z fences range: outlier");
    cr_expect_str_eq(row_of(&june, "livestock_cattle", "history"),
                     "5: 1110 0 null 1110 1110 1110 1110 fences range: outlier",
                     "never anything else before");
    cr_expect_str_eq(row_of(&june, "livestock_buffalo", "history"), "5: 217 0 null 217 217 217 217: ok");
    cr_expect_str_eq(row_of(&june, "livestock_goat", "history"), "5: 922 1 2.024 918 926 920 924 range: ok",
                     "to be the highest is no fault");
    cr_expect_str_eq(row_of(&june, "livestock_total", "history"),
                     "5: 2971 12 10.23 2927.5 3011.5 2947 2988 z fences range: outlier", "2,971 and 3,153");
    cr_expect_str_eq(row_of(&june, "livestock_pig", "peers"), "(absent)",
                     "a total is not compared with others");
    cr_expect_str_eq(at(&june, "/items/0/state"), "draft");
    cr_expect_str_eq(at(&june, "/items/0/unit_name"), "xã Lơ Ku");
}

Test(outlier_list, says_where_there_is_too_little_to_compare_with)
{
    report_five_months();
    struct answer may = outliers("kbang", "period=2022-05");
    cr_expect_str_eq(row_of(&may, "livestock_pig", "history"), "4: " NOTHING ": insufficient_history");
    struct answer all = outliers("kbang", "period=2022-01..2022-05"),
                  none = outliers("kbang", "period=2022-01..2022-05&finding=ok"),
                  lacking = outliers("kbang", "period=2022-01..2022-05&finding=insufficient_history");
    cr_expect_str_eq(column_of(&none, "finding"), "");
    cr_expect_str_eq(column_of(&lacking, "period"), column_of(&all, "period"));
    cr_expect_neq(json_array_size(json_object_get(all.json, "items")), 0);
}

/* Six earlier figures: quartiles lie between two of them, and no digit is lost. */
Test(outlier_list, is_exact)
{
    static const char *const areas[] = {"40.1", "40.2", "40.4", "40.8", "41.6", "43.2", "48.5"};
    for (int i = 0; i < 7; i++)
        plan_submitted(&lo_ku, text_of("2022-%02d", i + 1), text_of("new_forest_area=%s", areas[i]));
    struct answer july = outliers("loku", "period=2022-07");
    /* Median (40.4 + 40.8) / 2 = 40.6; distances 0.2 0.2 0.4 0.5 1 2.6: MAD 0.45; z = 0.6745 × 7.9 / 0.45;
     * Q1 = 40.2 + 0.2 / 4 = 40.25, Q3 = 40.8 + 0.8 × 3 / 4 = 41.4, IQR 1.15. */
    cr_expect_str_eq(row_of(&july, "new_forest_area", "history"),
                     "6: 40.6 0.45 11.841 38.525 43.125 40.1 43.2 z fences range: outlier");
    size_t digits = strspn(strstr(july.text, "38.525"), "0123456789.");
    cr_expect_eq(digits, strlen("38.525"));
}

Test(outlier_list, forgets_what_is_older_than_twelve_reports)
{
    world_sql(
        "insert into app.period (code, frequency, year, ordinal, starts_on, ends_on) select '2021-' || m, 'month', 2021, m::int, "
        "make_date(2021, m::int, 15) - interval '1 month', make_date(2021, m::int, 14) from unnest('{10,11,12}'::text[]) m");
    plan_submitted(&lo_ku, "2021-10", "livestock_pig=1");
    plan_submitted(&lo_ku, "2021-11", "livestock_pig=600");
    plan_draft(&lo_ku, "2021-12", "livestock_pig=2");
    for (int month = 1; month <= 12; month++)
        plan_submitted(&lo_ku, text_of("2022-%02d", month), "");
    struct answer told = outliers("loku", "period=2022-12");
    cr_expect_str_eq(row_of(&told, "livestock_pig", "history"), "12: 780 0 null 780 780 600 780: ok",
                     "neither a draft nor the thirteenth");
}

/* Reports of the first quarter in which so many of 100 households are poor. */
static void report_poverty(const struct commune *commune, int poor)
{
    plan_accepted(commune, "2022-Q1", text_of("households_total=100 households_poor=%d", poor));
}

Test(outlier_list, compares_a_rate_with_those_of_other_units)
{
    const struct commune krong = commune_staffed("kbang-krong"), dong = commune_staffed("kbang-dong"),
                         so_pai = commune_staffed("kbang-so-pai");
    const struct commune *const peers[] = {&kon_pne, &town, &krong, &dong, &so_pai};
    report_poverty(&lo_ku, 40);
    for (int i = 0; i < 4; i++)
        report_poverty(peers[i], 10 + i);
    const char *asked = "period=2022-Q1&unit=kbang-lo-ku";
    struct answer four = outliers("kbang", asked);
    cr_expect_str_eq(row_of(&four, "poverty_rate", "peers"), "4: " NOTHING ": insufficient_peers");
    report_poverty(&so_pai, 14);
    struct answer five = outliers("kbang", asked), province = outliers("province", asked);
    cr_expect_str_eq(row_of(&five, "poverty_rate", "peers"),
                     "5: 12 1 18.886 8 16 10 14 z fences range: outlier");
    cr_expect_str_eq(row_of(&five, "households_poor", "peers"), "(absent)", "units are not of one size");
    cr_expect_str_eq(row_of(&five, "poverty_rate", "history"), "0: " NOTHING ": insufficient_history");
    cr_expect_str_eq(row_of(&province, "poverty_rate", "peers"), row_of(&five, "poverty_rate", "peers"));
    struct answer usual = outliers("kbang", "period=2022-Q1&unit=kbang-kon-pne");
    cr_expect_str_eq(row_of(&usual, "poverty_rate", "peers"), "5: 13 1 -2.024 9 17 11 40 range: ok");
    struct answer own = outliers("loku", asked);
    cr_expect_str_eq(row_of(&own, "poverty_rate", "peers"), "0: " NOTHING ": insufficient_peers",
                     "others' figures are not the commune's to see");
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-quy\",\"period\":\"2022-Q1\"}");
    own = outliers("loku", asked);
    cr_expect_str_eq(row_of(&own, "poverty_rate", "peers"), row_of(&five, "poverty_rate", "peers"));
}

Test(outlier_list, speaks_of_what_the_caller_sees)
{
    long id = plan_draft(&lo_ku, "2022", "");
    static const char *const logins[] = {"loku", "loku-front", "loku-village", "kbang", "province", "konpne"};
    const char *seen[4] = {"", "", "", ""};
    static const char *const steps[][2] = {
        {"loku-lead", "submit"}, {"kbang", "return"}, {"loku-lead", "submit"}};
    for (size_t s = 0; s < COUNT(seen); s++) {
        for (size_t i = 0; i < COUNT(logins); i++) {
            struct answer list = outliers(logins[i], "period=2022");
            seen[s] = text_of("%s%d", seen[s], json_array_size(json_object_get(list.json, "items")) > 0);
        }
        if (s < COUNT(steps))
            plan_step(id, steps[s][0], steps[s][1], "Xem lại.");
    }
    cr_expect_str_eq(seen[0], "110000");
    cr_expect_str_eq(seen[1], "110100");
    cr_expect_str_eq(seen[2], "110000", "what was returned is being reworked");
    cr_expect_str_eq(seen[3], "110100");
    plan_step(id, "kbang", "accept", NULL);
    struct answer accepted = outliers("province", "period=2022"),
                  neighbour = outliers("konpne", "period=2022");
    cr_expect_str_eq(row_of(&accepted, "ntm_commune_criteria", "history"),
                     "0: " NOTHING ": insufficient_history");
    cr_expect_str_eq(row_of(&accepted, "ntm_commune_c01", "history"), "(absent)",
                     "met or not is no quantity");
    cr_expect_str_eq(column_of(&neighbour, "unit"), "");
}

Test(outlier_list, comes_page_by_page)
{
    plan_submitted(&lo_ku, "2022-01", "");
    plan_submitted(&kon_pne, "2022-01", "");
    plan_submitted(&lo_ku, "2022-Q1", "");
    struct answer all = outliers("kbang", "period=2022-01,2022-Q1");
    cr_expect_str_eq(column_of_pages("/v1/outliers?period=2022-01,2022-Q1&", "kbang", "indicator", 7),
                     column_of(&all, "indicator"));
    cr_expect_str_eq(at(&all, "/items/0/unit"), "kbang-kon-pne");
    cr_expect_str_eq(at(&all, "/items/0/indicator"), "new_forest_area");
}

Test(outlier_list, refuses_what_names_nothing)
{
    static const char *const queries[] = {"period=2031", "period=2022&unit=nowhere",
                                          "period=2022&form=nothing"};
    for (size_t i = 0; i < COUNT(queries); i++)
        expect_problem(get(text_of("/v1/outliers?%s", queries[i]), "kbang"), 400, "invalid-parameters");
    expect_problem(get("/v1/outliers?period=2022&finding=odd", "kbang"), 400, "malformed-parameter");
}
