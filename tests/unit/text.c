/* text: texts for people: {placeholders} and nearest names. */
#include "base/text.h"
#include <criterion/criterion.h>
#include <string.h>

static void expect_filled(const char *template, const char *params, const char *expected)
{
    json_auto_t *values = json_loads(params, 0, NULL);
    buf_auto_t out = {0};
    text_fill(&out, template, values);
    cr_expect_str_eq(out.text ? out.text : "", expected);
}

Test(text, fills_placeholders_of_every_type)
{
    expect_filled("từ {low} đến {high}", "{\"low\": 1, \"high\": \"9007.4\"}", "từ 1 đến 9007.4");
    expect_filled("{list}", "{\"list\": [\"a\", 2, true]}", "a, 2, true");
    expect_filled("{x}", "{\"x\": 9007.4}", "9007.4");
}

Test(text, shows_a_question_mark_for_a_value_it_lacks)
{
    expect_filled("at {line}.", "{}", "at ?.");
    expect_filled("at {line}.", "{\"line\": null}", "at ?.");
}

Test(text, leaves_out_a_bracketed_part_whose_value_it_lacks)
{
    expect_filled("Unknown.[ Nearest: {hint}.]", "{}", "Unknown.");
    expect_filled("Unknown.[ Nearest: {hint}.]", "{\"hint\": \"a\"}", "Unknown. Nearest: a.");
    expect_filled("wait[ {minutes} minutes] now", "{\"minutes\": 5}", "wait 5 minutes now");
}

Test(text, suggests_the_nearest_name)
{
    static const char *const names[] = {"unit", "period", "observations", NULL};
    cr_expect_str_eq(text_nearest("periood", names), "period");
    cr_expect_str_eq(text_nearest("unt", names), "unit");
    cr_expect_str_eq(text_nearest("observation", names), "observations");
    cr_expect_null(text_nearest("password", names));
    cr_expect_null(text_nearest("", (const char *const[]){NULL}));
}

struct counted {
    char text[16];
    long length;
};

static const struct counted counted[] = {
    {"", 0},          {"abc", 3},           {"Lơ Ku", 5},         {"\xf0\x9f\x8c\xbe", 1},
    {"\xc0\x80", -1}, {"\xe0\x9f\xbf", -1}, {"\xed\xa0\x80", -1}, {"\xf4\x90\x80\x80", -1},
    {"\x80", -1},     {"a\xc3", -1},        {"\xe1\xbb", -1},     {"\xff", -1},
};

static void expect_length(const struct counted *it)
{
    cr_expect_eq(text_length(it->text), it->length, "%s: %ld", it->text, text_length(it->text));
}

Test(text, counts_characters_and_knows_what_is_no_utf_8)
{
    for (size_t i = 0; i < COUNT(counted); i++)
        expect_length(&counted[i]);
}
