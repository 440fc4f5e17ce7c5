/* figures: whatever communes report, the district's rate is the quotient of the sums and lies between the
 * least and the greatest rate of a commune; sums are exact.  The oracle is integers of our own. */
#include "support/chance.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(figures, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

enum { COMMUNES = 5, RATES = 2 };

static const struct rate {
    const char *indicator, *part, *whole;
    long long hundredths; /* of the unit, in one: percent with two decimals */
} rates[RATES] = {
    {"poverty_rate", "households_poor", "households_total", 10000},
    {"child_malnutrition_rate", "children_u5_malnourished", "children_u5_measured", 10000},
};

/* What a commune reports; grain in tenths of a tonne; a part below 0 is missing. */
struct figures {
    long long part[RATES], whole[RATES], grain;
};

static struct figures random_figures(void)
{
    struct figures f = {.grain = chance_below(1000000)};
    for (int r = 0; r < RATES; r++) {
        long long size = 1;
        for (long long i = chance_below(6); i >= 0; i--)
            size *= 10;
        f.whole[r] = 1 + chance_below(size);
        f.part[r] = chance_below(5) == 0 ? -1 : chance_below(f.whole[r] + 1);
    }
    return f;
}

static const char *words_of(const struct figures *f, int used)
{
    const char *words = text_of("grain_output=%lld.%lld", f->grain / 10, f->grain % 10);
    for (int r = 0; r < used; r++) {
        const char *part = f->part[r] < 0 ? "!not_available" : text_of("%lld", f->part[r]);
        words = text_of("%s %s=%lld %s=%s", words, rates[r].whole, f->whole[r], rates[r].part, part);
    }
    return words;
}

/* The number of hundredths as it prints, without zeros at the end. */
static const char *hundredths(long long n)
{
    if (n % 100 == 0)
        return text_of("%lld", n / 100);
    return n % 10 == 0 ? text_of("%lld.%lld", n / 100, n / 10 % 10)
                       : text_of("%lld.%02lld", n / 100, n % 100);
}

/* part / whole in percent, rounded half up to two decimals. */
static const char *percent(const struct rate *rate, long long part, long long whole)
{
    return hundredths((2 * rate->hundredths * part + whole) / (2 * whole));
}

static void expect_text(const struct answer *cube, int cell, const char *member, const char *expected,
                        const char *of)
{
    const char *found = at(cube, text_of("/cells/%d/%s", cell, member));
    cr_expect_str_eq(found, expected, "%s of %s is %s, not %s", member, of, found, expected);
}

/* Cells of a rate: the district's first, then each commune's; the rates vary faster. */
static void expect_rate(const struct answer *cube, const struct figures *f, int r, int used, const char *seed)
{
    long long parts = 0, wholes = 0;
    int reported = 0;
    double least = 1e9, greatest = -1;
    for (int c = 0; c < COMMUNES; c++) {
        bool is_there = f[c].part[r] >= 0;
        const char *expected = is_there ? percent(&rates[r], f[c].part[r], f[c].whole[r]) : "null";
        expect_text(cube, (c + 1) * used + r, "value", expected, seed);
        if (!is_there)
            continue;
        double rate = strtod(at(cube, text_of("/cells/%d/value", (c + 1) * used + r)), NULL);
        parts += f[c].part[r];
        wholes += f[c].whole[r];
        least = rate < least ? rate : least;
        greatest = rate > greatest ? rate : greatest;
        reported++;
    }
    expect_text(cube, r, "n", text_of("%d", reported), seed);
    expect_text(cube, r, "value", reported ? percent(&rates[r], parts, wholes) : "null", seed);
    expect_text(cube, r, "numerator", reported ? text_of("%lld", parts) : "null", seed);
    expect_text(cube, r, "denominator", reported ? text_of("%lld", wholes) : "null", seed);
    double district = strtod(at(cube, text_of("/cells/%d/value", r)), NULL);
    cr_expect(reported == 0 || (least <= district && district <= greatest), "%s: %f is not from %f to %f",
              seed, district, least, greatest);
}

static void expect_grain(const char *period, const struct figures *f, const char *seed)
{
    long long tenths = 0;
    for (int c = 0; c < COMMUNES; c++)
        tenths += f[c].grain;
    struct answer cube = plan_data("kbang", "kbang", "grain_output", period);
    expect_text(&cube, 0, "value", hundredths(tenths * 10), seed);
}

static void report_and_compare(const struct commune *communes, const char *period, int used, const char *seed)
{
    struct figures f[COMMUNES];
    const char *units = "kbang", *indicators = "";
    for (int c = 0; c < COMMUNES; c++) {
        f[c] = random_figures();
        plan_accepted(&communes[c], period, words_of(&f[c], used));
        units = text_of("%s,%s", units, communes[c].unit);
    }
    for (int r = 0; r < used; r++)
        indicators = text_of("%s%s%s", indicators, r ? "," : "", rates[r].indicator);
    struct answer cube = plan_data("kbang", units, indicators, period);
    for (int r = 0; r < used; r++)
        expect_rate(&cube, f, r, used, text_of("%s, %s, seed %s", rates[r].indicator, period, seed));
    expect_grain(period, f, text_of("grain, %s, seed %s", period, seed));
}

Test(figures, of_a_district_are_quotients_of_sums_between_those_of_its_communes)
{
    const char *seed = text_of("%llu", chance_begin());
    const struct commune communes[COMMUNES] = {lo_ku, kon_pne, town, commune_staffed("kbang-dong"),
                                               commune_staffed("kbang-krong")};
    report_and_compare(communes, "2022", RATES, seed);
    static const char *const others[] = {"2022-H1", "2022-H2", "2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4"};
    for (size_t i = 0; i < COUNT(others); i++)
        report_and_compare(communes, others[i], 1, seed);
}
