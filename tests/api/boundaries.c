/* data_get with boundaries: figures across the reorganisations of 2024 and 2025. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(boundaries, .init = plan_open_without_rules, .fini = world_close, .timeout = 120);

static struct answer query(const char *parameters)
{
    struct answer cube = get(text_of("/v1/data?%s", parameters), "kbang");
    cr_assert_eq(cube.status, 200, "%s: %s", parameters, cube.text);
    return cube;
}

/* The communes that change on 2024-11-01: Đăk Hlơ goes to Nghĩa An (284 of 2,881 people) and Kông Bơ La. */
static void report_2022(void)
{
    const struct commune dak_hlo = commune_staffed("kbang-dak-hlo"),
                         nghia_an = commune_staffed("kbang-nghia-an"),
                         kong_bo_la = commune_staffed("kbang-kong-bo-la");
    plan_accepted(
        &dak_hlo, "2022",
        "births=2881 households_poor=100 households_total=1000 income_per_capita=20 population_avg=2881 ntm_commune_c01=true");
    plan_accepted(
        &nghia_an, "2022",
        "births=10 households_poor=10 households_total=1000 income_per_capita=40 population_avg=2597 ntm_commune_c01=true");
    plan_accepted(
        &kong_bo_la, "2022",
        "births=20 households_poor=30 households_total=1000 income_per_capita=30 population_avg=3000 ntm_commune_c01=false");
}

Test(boundaries, divide_sums_by_the_share_of_people)
{
    report_2022();
    struct answer cube = query(
        "unit=kbang-nghia-an,kbang-kong-bo-la,kbang-dak-hlo,kbang&indicator=births&period=2022&boundaries=2024-11-01");
    cr_expect_str_eq(cell_of(&cube, 0), "294 2/2 estimate provisional recast", "10 + 284");
    cr_expect_str_eq(cell_of(&cube, 1), "2617 2/2 estimate provisional recast", "20 + 2597");
    cr_expect_str_eq(cell_of(&cube, 2), "null 0/0 (not_expected)", "it is no more");
    cr_expect_str_eq(cell_of(&cube, 3), "2911 3/14 partial provisional recast", "nothing is lost");
    cr_expect_str_eq(at(&cube, "/meta/boundaries"), "2024-11-01");
    struct answer before =
        query("unit=kbang-nghia-an,kbang-dak-hlo&indicator=births&period=2022&boundaries=2024-10-31");
    cr_expect_str_eq(cell_of(&before, 0), "10 1/1 provisional");
    cr_expect_str_eq(cell_of(&before, 1), "2881 1/1 provisional");
    struct answer reported = query("unit=kbang-nghia-an&indicator=births&period=2022&boundaries=as_reported");
    cr_expect_str_eq(cell_of(&reported, 0), "10 1/1 provisional");
}

Test(boundaries, compute_rates_and_means_anew)
{
    report_2022();
    struct answer cube = query(
        "unit=kbang-nghia-an&indicator=poverty_rate,income_per_capita,ntm_commune_c01&period=2022&boundaries=2024-11-01");
    /* (10 + 100 × 284/2881) / (1000 + 1000 × 284/2881) */
    cr_expect_str_eq(cell_of(&cube, 0), "1.81 2/2 estimate provisional recast");
    /* (40 × 2597 + 20 × 2881 × 284/2881) / (2597 + 284) */
    cr_expect_str_eq(at(&cube, "/cells/1/value"), "38.03", "%s", at(&cube, "/cells/1/value"));
    cr_expect_str_eq(at(&cube, "/cells/2/why"), "not_recastable", "a status is not divided");
}

Test(boundaries, add_up_what_was_merged)
{
    report_2022();
    plan_accepted(&lo_ku, "2022", "births=60 households_poor=215 households_total=800");
    plan_accepted(&town, "2022", "births=40 households_poor=85 households_total=1200");
    struct answer cube = query(
        "unit=gia-lai-2025-kbang,gia-lai-2025-kong-bo-la,group(kbang-cu),kbang&indicator=births,poverty_rate&period=2022&boundaries=current");
    cr_expect_str_eq(cell_of(&cube, 0), "100 2/3 partial provisional recast",
                     "town, Lơ Ku and Đăk Smar became one");
    cr_expect_str_eq(cell_of(&cube, 1), "15 2/3 partial provisional recast");
    cr_expect_str_eq(cell_of(&cube, 2), "2911 3/4 partial provisional recast",
                     "both ways of Đăk Hlơ end here");
    cr_expect_str_eq(cell_of(&cube, 4), "3011 5/14 partial provisional recast");
    cr_expect_str_eq(cell_of(&cube, 6), "null 0/0 (not_expected)", "there is no district now");
    struct answer children = query(
        "unit=children(kbang-cu),descendants(gia-lai-2025,commune)&indicator=births&period=2022&boundaries=current");
    cr_expect_eq(json_array_size(json_object_get(children.json, "cells")), 6);
}

static struct commune staff_after_2025(const char *unit)
{
    world_sql("insert into app.period (code, frequency, year, ordinal, starts_on, ends_on) values "
              "('2026', 'year', 2026, 1, '2025-12-15', '2026-12-14') on conflict do nothing");
    return commune_staffed(unit);
}

Test(boundaries, do_not_take_apart_what_was_merged)
{
    const struct commune merged = staff_after_2025("gia-lai-2025-kbang"),
                         krong = staff_after_2025("kbang-krong");
    world_sql(
        "insert into app.account_role select a.id, 'DISTRICT_HOME_AFFAIRS', u.id from app.account a, app.unit u "
        "where a.login = 'kbang' and u.code = 'gia-lai-2025'");
    plan_accepted(&merged, "2026", "births=300");
    plan_accepted(&krong, "2026", "births=7");
    struct answer old =
        query("unit=kbang-lo-ku,kbang-krong,kbang&indicator=births&period=2026&boundaries=2022-12-14");
    cr_expect_str_eq(at(&old, "/cells/0/why"), "not_recastable", "%s", cell_of(&old, 0));
    cr_expect_str_eq(cell_of(&old, 1), "7 1/1 provisional");
    cr_expect_str_eq(cell_of(&old, 2), "307 2/6 partial provisional recast",
                     "as a whole it is the same land");
}

Test(boundaries, say_which_share_of_whom_is_in_a_figure)
{
    report_2022();
    struct answer cube =
        query("unit=kbang-nghia-an&indicator=births&period=2022&boundaries=2024-11-01&explain=true");
    cr_expect_str_eq(at(&cube, "/cells/0/inputs/0/unit"), "kbang-dak-hlo");
    cr_expect_eq(strncmp(at(&cube, "/cells/0/inputs/0/share"), "0.0985768", 9), 0, "%s",
                 at(&cube, "/cells/0/inputs/0/share"));
    cr_expect_str_eq(at(&cube, "/cells/0/inputs/1/share"), "1");
}

Test(boundaries, of_no_day_are_refused)
{
    static const char *const wrong[][2] = {{"2024-13-01", "boundaries not-boundaries\n"},
                                           {"old", "boundaries not-boundaries\n"},
                                           {"2999-01-01", "boundaries in-future\n"}};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct answer no =
            get(text_of("/v1/data?unit=kbang&period=2022&boundaries=%s", wrong[i][0]), "kbang");
        expect_problem(no, 400, "invalid-parameters");
        cr_expect_str_eq(faults_of(&no), wrong[i][1]);
    }
}

/* No reorganisation known so far is of this kind. */
static void give_away_a_part(void)
{
    world_sql(
        "insert into app.unit_change (code, effective_on, legal_basis) values ('hu-cau', '2024-10-01', 'hư cấu');"
        "insert into app.unit_change_link (change_id, kind, from_unit_id, to_unit_id, whole, population, population_of) "
        "select c.id, 'PARTIAL_TRANSFER', f.id, t.id, false, 1000, 4000 from app.unit_change c, app.unit f, app.unit t "
        "where (c.code, f.code, t.code) = ('hu-cau', 'kbang-nghia-an', 'kbang-dong')");
}

Test(boundaries, leave_to_a_unit_what_it_did_not_give_away)
{
    const struct commune nghia_an = commune_staffed("kbang-nghia-an"), dong = commune_staffed("kbang-dong");
    give_away_a_part();
    plan_accepted(&nghia_an, "2022",
                  "births=100 income_per_capita=40 population_avg=4000 ntm_commune_c01=true");
    plan_accepted(&dong, "2022", "births=8 income_per_capita=20 population_avg=1000 ntm_commune_c01=true");
    struct answer cube = query(
        "unit=kbang-nghia-an,kbang-dong&indicator=births,income_per_capita,ntm_commune_c01&period=2022&boundaries=2024-10-01");
    cr_expect_str_eq(cell_of(&cube, 0), "75 1/1 estimate provisional recast");
    cr_expect_str_eq(cell_of(&cube, 1), "40 1/1 estimate provisional recast",
                     "of three quarters of its people");
    cr_expect_str_eq(at(&cube, "/cells/2/why"), "not_recastable", "a status is not divided");
    cr_expect_str_eq(cell_of(&cube, 3), "33 2/2 estimate provisional recast", "8 + 25");
    cr_expect_str_eq(cell_of(&cube, 4), "30 2/2 estimate provisional recast",
                     "(20 × 1000 + 40 × 1000) / 2000");
    struct answer whole = query("unit=kbang&indicator=births&period=2022&boundaries=2024-10-01");
    cr_expect_str_eq(at(&whole, "/cells/0/value"), "108", "nothing is lost");
}

Test(boundaries, give_away_no_more_than_there_is)
{
    give_away_a_part();
    world_sql(
        "do $$ begin "
        "insert into app.unit_change_link (change_id, kind, from_unit_id, to_unit_id, whole, population, population_of) "
        "select change_id, kind, from_unit_id, (select id from app.unit where code = 'kbang-krong'), false, 3001, 4000 "
        "from app.unit_change_link where population = 1000; set constraints all immediate; raise 'it can'; "
        "exception when check_violation then null; end $$");
}

Test(boundaries, of_a_part_without_its_whole_cannot_be)
{
    world_sql(
        "do $$ begin update app.unit_change_link set population_of = null where not whole; raise 'it can'; "
        "exception when check_violation then null; end $$");
}

/* Whatever the boundaries, the shares of each commune add up to one. */
Test(boundaries, lose_nobody)
{
    give_away_a_part();
    cr_expect_str_eq(
        world_value(
            "select count(*) from (select source from app.unit_shares('2022-12-14', current_date) group by source "
            "having abs(sum(share) - 1) > 1e-15) x"),
        "0");
    cr_expect_str_eq(
        world_value(
            "select count(distinct source) || ' ' || count(distinct target) from app.unit_shares('2022-12-14', current_date)"),
        "14 6");
}
