/* data_cell_list: the aggregate as a table, tidy or with one dimension in columns. */
#include "support/expect.h"
#include "support/exported.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(data_cell_list, .init = plan_open_without_rules, .fini = world_close, .timeout = 60);

static void reports(void)
{
    plan_accepted(&lo_ku, "2022-02", "local_budget_revenue=780 vocational_trained=!not_collected");
    plan_accepted(&lo_ku, "2022-03", "local_budget_revenue=790.5");
    plan_accepted(&kon_pne, "2022-03", "local_budget_revenue=15");
}

#define QUERY \
    "/v1/data/cells?unit=kbang-lo-ku,kbang-kon-pne&indicator=local_budget_revenue&period=2022-02,2022-03"

Test(data_cell_list, has_a_row_a_cell)
{
    reports();
    struct answer list = get(QUERY, "kbang");
    cr_expect_str_eq(column_of(&list, "unit"), "kbang-lo-ku kbang-lo-ku kbang-kon-pne kbang-kon-pne");
    cr_expect_str_eq(column_of(&list, "period"), "2022-02 2022-03 2022-02 2022-03");
    cr_expect_str_eq(column_of(&list, "value"), "780 790.5 null 15");
}

/* 15 units, 46 lines, 12 months: taken apart anew for each row they took longer than a client waits. */
Test(data_cell_list, comes_whole_however_many_cells)
{
    struct answer all = get("/v1/data/cells?unit=kbang,children(kbang)&indicator=form(ktxh-nam)"
                            "&period=2022-01..2022-12&format=csv",
                            "kbang");
    cr_assert_eq(all.status, 200, "%d", all.status);
    json_auto_t *cells = exported_cells(all.text, all.length, ',');
    cr_expect_eq(json_array_size(cells), 15 * 46 * 12 + 1);
}

static const char *table(const char *columns, const char *format)
{
    struct answer answer = get(text_of(QUERY "&columns=%s&format=%s", columns, format), "kbang");
    cr_assert_eq(answer.status, 200, "%s", answer.text);
    return answer.text;
}

Test(data_cell_list, puts_periods_across)
{
    reports();
    cr_expect_str_eq(
        table("period", "csv"),
        "unit,unit_name,indicator,name,measure,unit_of_measure,2022-02,2022-03\r\n"
        "kbang-lo-ku,xã Lơ Ku,local_budget_revenue,Thu ngân sách tại địa phương,value,triệu đồng,780,790.5\r\n"
        "kbang-kon-pne,xã Kon Pne,local_budget_revenue,Thu ngân sách tại địa phương,value,triệu đồng,,15\r\n");
}

Test(data_cell_list, puts_units_across)
{
    reports();
    cr_expect_str_eq(
        table("unit", "csv"),
        "indicator,name,measure,unit_of_measure,period,kbang-lo-ku,kbang-kon-pne\r\n"
        "local_budget_revenue,Thu ngân sách tại địa phương,value,triệu đồng,2022-02,780,\r\n"
        "local_budget_revenue,Thu ngân sách tại địa phương,value,triệu đồng,2022-03,790.5,15\r\n");
}

Test(data_cell_list, puts_two_dimensions_across)
{
    reports();
    cr_expect_str_eq(table("indicator,period", "csv"),
                     "unit,unit_name,local_budget_revenue/2022-02,local_budget_revenue/2022-03\r\n"
                     "kbang-lo-ku,xã Lơ Ku,780,790.5\r\nkbang-kon-pne,xã Kon Pne,,15\r\n");
    cr_expect_str_eq(table("unit,period", "csv"),
                     "indicator,name,measure,unit_of_measure,kbang-lo-ku/2022-02,kbang-lo-ku/2022-03,"
                     "kbang-kon-pne/2022-02,kbang-kon-pne/2022-03\r\n"
                     "local_budget_revenue,Thu ngân sách tại địa phương,value,triệu đồng,780,790.5,,15\r\n");
    struct answer people =
        get("/v1/data/cells?unit=kbang-lo-ku,kbang-kon-pne&period=2022-03,2022-02&columns=unit,indicator"
            "&indicator=local_budget_revenue,local_budget_revenue.coverage&format=csv-vi",
            "kbang");
    cr_expect_str_eq(people.text,
                     "\xef\xbb\xbfKỳ;xã Lơ Ku / Thu ngân sách tại địa phương (triệu đồng);"
                     "xã Lơ Ku / Thu ngân sách tại địa phương [local_budget_revenue.coverage];"
                     "xã Kon Pne / Thu ngân sách tại địa phương (triệu đồng);"
                     "xã Kon Pne / Thu ngân sách tại địa phương [local_budget_revenue.coverage]\r\n"
                     "2022-03;790,5;1;15;1\r\n2022-02;780;1;;0\r\n");
}

Test(data_cell_list, puts_collapsed_units_across)
{
    reports();
    struct answer sum =
        get("/v1/data/cells?unit=kbang-lo-ku,kbang-kon-pne&indicator=local_budget_revenue&collapse=unit"
            "&period=2022-02,2022-03&columns=unit,period&format=csv",
            "kbang");
    cr_expect_str_eq(sum.text,
                     "indicator,name,measure,unit_of_measure,*/2022-02,*/2022-03\r\n"
                     "local_budget_revenue,Thu ngân sách tại địa phương,value,triệu đồng,780,805.5\r\n");
}

Test(data_cell_list, puts_indicators_across_with_names_for_people)
{
    reports();
    struct answer answer = get(
        "/v1/data/cells?unit=kbang&indicator=local_budget_revenue,local_budget_revenue.coverage&period=2022-02,2022-03"
        "&columns=indicator&format=csv-vi",
        "kbang");
    cr_expect_str_eq(
        answer.text,
        "\xef\xbb\xbfĐơn vị;Tên đơn vị;Kỳ;Thu ngân sách tại địa phương (triệu đồng);Thu ngân sách tại địa phương [local_budget_revenue.coverage]\r\n"
        "kbang;huyện Kbang;2022-02;780;0,071\r\n"
        "kbang;huyện Kbang;2022-03;805,5;0,143\r\n");
}

static const char *heading_of(const char *parameters)
{
    struct answer answer = get(text_of("/v1/data/cells?%s&format=csv-vi", parameters), "kbang");
    cr_assert_eq(answer.status, 200, "%s", answer.text);
    const char *line = answer.text + strlen("\xef\xbb\xbf");
    return text_of("%.*s", (int)strcspn(line, "\r"), line);
}

Test(data_cell_list, has_no_two_headings_alike)
{
    cr_expect_str_eq(heading_of("unit=kbang&period=2022&columns=indicator"
                                "&indicator=grain_output,grain_output.target,grain_output.rank,births"),
                     "Đơn vị;Tên đơn vị;Kỳ;Tổng sản lượng lương thực (tấn) [grain_output];"
                     "Tổng sản lượng lương thực (tấn) [grain_output.target];"
                     "Tổng sản lượng lương thực [grain_output.rank];Số sinh (người)");
    world_sql("update app.unit_name set name = 'xã Lơ Ku' where unit_id in "
              "(select id from app.unit where code = 'kbang-kon-pne')");
    cr_expect_not_null(
        strstr(heading_of("unit=kbang-lo-ku,kbang-kon-pne,kbang&period=2022&columns=unit&indicator=births"),
               ";xã Lơ Ku [kbang-lo-ku];xã Lơ Ku [kbang-kon-pne];huyện Kbang"));
}

Test(data_cell_list, puts_numbers_across_in_a_workbook)
{
    reports();
    struct answer answer = get(QUERY "&columns=period&format=xlsx", "kbang");
    cr_assert_eq(answer.status, 200);
    json_auto_t *cells = exported_cells(answer.text, answer.length, 0);
    cr_expect_eq(json_array_size(cells), 3);
    cr_expect_str_eq(exported_cell(cells, 0, 7), "2022-03");
    cr_expect_str_eq(exported_cell(cells, 1, 7), "790.5");
    cr_expect_str_eq(exported_cell(cells, 2, 6), "");
}

/* Rows of the query come and go one by one. */
Test(data_cell_list, puts_many_across)
{
    reports();
    struct answer answer = get(
        "/v1/data/cells?unit=kbang-lo-ku&indicator=local_budget_revenue&period=2022-01..2022-12&columns=period&format=csv",
        "kbang");
    cr_expect_str_eq(
        answer.text,
        "unit,unit_name,indicator,name,measure,unit_of_measure,2022-01,2022-02,2022-03,2022-04,2022-05,2022-06,"
        "2022-07,2022-08,2022-09,2022-10,2022-11,2022-12\r\n"
        "kbang-lo-ku,xã Lơ Ku,local_budget_revenue,Thu ngân sách tại địa phương,value,triệu đồng,,780,790.5,,,,,,,,,\r\n");
}

Test(data_cell_list, comes_page_by_page_in_that_order)
{
    reports();
    struct answer first = get(QUERY "&columns=unit&limit=3", "kbang");
    cr_expect_str_eq(column_of(&first, "value"), "780 null 790.5");
    struct answer rest = get(text_of(QUERY "&columns=unit&limit=3&cursor=%s", at(&first, "/next")), "kbang");
    cr_expect_str_eq(column_of(&rest, "value"), "15");
    cr_expect_str_eq(at(&rest, "/next"), "null");
}

/* A page that begins within a line would show figures below another's heading. */
Test(data_cell_list, comes_whole_with_columns)
{
    reports();
    struct answer page = get(QUERY "&columns=unit&limit=1", "kbang"), cut;
    static const char *const formats[] = {"csv", "csv-vi", "xlsx"};
    for (size_t i = 0; i < COUNT(formats); i++) {
        cut = get(text_of(QUERY "&columns=unit&limit=3&format=%s", formats[i]), "kbang");
        expect_fault(cut, 400, "invalid-parameters", "limit not-with-columns");
        cut = get(text_of(QUERY "&columns=unit&limit=1&format=%s&cursor=%s", formats[i], at(&page, "/next")),
                  "kbang");
        expect_problem(cut, 400, "invalid-parameters");
        cr_expect_str_eq(faults_of(&cut), "cursor not-with-columns\nlimit not-with-columns\n");
        cut = get(text_of(QUERY "&columns=unit&count=exact&format=%s", formats[i]), "kbang");
        expect_fault(cut, 400, "invalid-parameters", "count not-with-columns");
    }
    cut = get(QUERY "&limit=3&format=csv", "kbang");
    cr_expect_eq(cut.status, 200, "%s", cut.text);
}

Test(data_cell_list, has_no_other_columns_and_not_too_many)
{
    expect_fault(get(QUERY "&columns=unit,indicator,period", "kbang"), 400, "malformed-parameter",
                 "columns not-a-choice");
    expect_fault(get(QUERY "&columns=month", "kbang"), 400, "malformed-parameter", "columns not-a-choice");
    cr_expect_str_eq(world_value("select app.expect_width(1000)"), "t");
    world_sql(
        "alter function app.expect_width(int) rename to expect_width_of; create function app.expect_width(p int) returns boolean language sql as "
        "'select app.expect_width_of(p * 600)'");
    expect_fault(get(QUERY "&columns=period", "kbang"), 400, "invalid-parameters", "columns table-too-wide");
}
