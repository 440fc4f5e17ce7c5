/* The connection to the database is cut at the nth message while the rows of a table come, n = 1, 2, 3, …:
 * the table is whole all the same, or there is none. */
#include "support/client.h"
#include "support/cutter.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

enum { MESSAGES_MAX = 200, ROWS = 20 };

static void open_behind_cutter(void)
{
    world_open_behind(cutter_start(), 1);
}

static void close_behind_cutter(void)
{
    world_close();
    cutter_stop();
}

TestSuite(cut_table, .init = open_behind_cutter, .fini = close_behind_cutter, .timeout = 120);

/* How many messages there are. */
static int cut_at_each(const char *path, bool stays_down)
{
    const char *whole = get(path, "loku").text;
    for (int nth = 1; nth < MESSAGES_MAX; nth++) {
        cr_assert_eq(get("/v1/me", "loku").status, 200, "it connects again");
        cutter_arm(nth, nth % 2 ? CUT_BEFORE : CUT_AFTER, stays_down);
        struct answer answer = get(path, "loku");
        if (!cutter_disarm())
            return nth;
        if (stays_down && answer.status != 200)
            cr_expect_eq(answer.status, 503, "message %d: %s", nth, answer.text);
        else
            cr_expect_str_eq(answer.text, whole, "message %d: %s", nth, answer.text);
    }
    return MESSAGES_MAX;
}

Test(cut_table, is_whole_after_a_second_try)
{
    int messages = cut_at_each("/v1/periods?format=csv", false);
    cr_expect(messages > ROWS && messages < MESSAGES_MAX, "%d", messages);
}

Test(cut_table, is_none_when_the_database_is_gone)
{
    int messages = cut_at_each("/v1/periods?format=csv&limit=7", true);
    cr_expect(messages > 7 && messages < MESSAGES_MAX, "%d", messages);
}
