/* villages: after any sequence of parts entered, taken back and proposals taken, the report's figure is the
 * sum of its parts, and none while one is missing.  The oracle is an array of our own. */
#include "support/villages.h"
#include "support/chance.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(villages, .init = plan_open_without_rules, .fini = world_close, .timeout = 300);

enum { NONE = -2, NOT_APPLICABLE = -1, CHANGES = 120 }; /* what a part can be, but for a figure in tenths */

/* Mostly figures, so that often all parts are there. */
static int random_part(void)
{
    int dice = (int)chance_below(12);
    return dice == 0                   ? NONE
           : dice == 1                 ? NOT_APPLICABLE
           : (int)chance_below(5) == 0 ? 0
                                       : (int)chance_below(100000);
}

static const char *word_of(int part)
{
    return part == NONE ? "-" : part == NOT_APPLICABLE ? "x" : text_of("%d.%d", part / 10, part % 10);
}

/* What the report should say: "12.3", "not_applicable", "(absent)". */
static const char *expected(const int *parts)
{
    int sum = 0, figures = 0;
    for (int v = 0; v < VILLAGES; v++) {
        if (parts[v] == NONE)
            return "(absent)";
        figures += parts[v] != NOT_APPLICABLE;
        sum += parts[v] == NOT_APPLICABLE ? 0 : parts[v];
    }
    if (figures == 0)
        return "not_applicable";
    return sum % 10 ? text_of("%d.%d", sum / 10, sum % 10) : text_of("%d", sum / 10);
}

static const char *found(long id)
{
    struct answer report = get(plan_path(id, ""), "loku");
    const char *value = digits_of(&report, "grain_output", "value");
    return strcmp(value, "null") == 0 ? figure_of(&report, "grain_output", "missing_reason") : value;
}

/* Some villages at once, as officers do. */
static struct answer enter_some(long id, int *parts)
{
    const char *words = "";
    for (int v = 0; v < VILLAGES; v++) {
        bool changes = (int)chance_below(3) == 0;
        parts[v] = changes ? random_part() : parts[v];
        words = text_of("%s%s%s", words, *words ? " " : "", changes ? word_of(parts[v]) : "_");
    }
    return villages_enter(id, "loku", "grain_output", words);
}

static struct answer take_one(long id, int *parts)
{
    int part = (int)chance_below(100000);
    long proposal = villages_propose("grain_output", word_of(part));
    parts[0] = part;
    return ask_with("PATCH", villages_path(id), "loku",
                    text_of("{\"proposals\":[{\"id\":%ld,\"decision\":\"take\"}]}", proposal),
                    plan_if_match(id));
}

Test(villages, parts_and_sum_never_differ)
{
    unsigned long long seed = chance_begin();
    long id = plan_draft(&lo_ku, "2022", "grain_output=-");
    int parts[VILLAGES];
    for (int v = 0; v < VILLAGES; v++)
        parts[v] = NONE;
    for (int i = 0; i < CHANGES; i++) {
        struct answer done = (int)chance_below(4) ? enter_some(id, parts) : take_one(id, parts);
        cr_assert_eq(done.status, 200, "seed %llu, change %d: %s", seed, i, done.text);
        cr_assert_str_eq(found(id), expected(parts), "seed %llu, change %d", seed, i);
    }
    const char *wrong = world_value(
        "select count(*) from (select submission_id, indicator_id from app.village_value group by 1, 2) g "
        "join app.village_totals(array[1]) t using (submission_id, indicator_id) "
        "left join app.submission_value v using (submission_id, indicator_id) where v.value is distinct from t.value");
    cr_expect_str_eq(wrong, "0");
}
