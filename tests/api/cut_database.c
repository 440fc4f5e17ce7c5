/* Failure test 4 of the design: the connection to the database is cut at the nth message, n = 1, 2, 3, …,
 * until a request runs through; and every answer is true. */
#include "support/client.h"
#include "support/cutter.h"
#include "support/expect.h"
#include "support/plan.h"
#include "support/proof.h"
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGES_MAX = 400, REPEATS_MAX = 20, MESSAGES_OF_A_REQUEST = 16 };

static void open_behind_cutter(void)
{
    world_open_behind(cutter_start(), 1); /* one connection, so that it is known which messages come */
    world_sql_file("support/many.sql");
}

static void close_behind_cutter(void)
{
    world_close();
    cutter_stop();
}

TestSuite(cut_database, .init = open_behind_cutter, .fini = close_behind_cutter, .timeout = 240);

/* What is there ------------------------------------------------------------------------------------ */

/* What writes leave behind: submissions, values, versions, submitted ones, pigs, receipts, answers, records
 * of changes. */
enum { TRACES = 8 };
struct traces {
    long of[TRACES];
};

#define NO_TRACES ((struct traces){0})
#define NOTHING "0 0 0 0 0 0 0 0"
#define CREATED "1 7 1 0 780 1 1 10" /* records: the report, seven figures, receipt, answer */
#define CHANGED "0 0 1 0 10 1 1 4"
#define CHANGED_WITHOUT_KEY "0 0 1 0 10 1 0 3"
#define SUBMITTED "0 0 1 1 0 1 1 4" /* records: the report, its step, receipt, answer */

/* Nobody is at work any more: who was cut off has noticed. */
static void wait_for_quiet(void)
{
    int waiting = -1;
    for (int moments = 0; waiting != 0 && moments < 6000; moments++) {
        if (moments > 0)
            usleep(5000);
        waiting = atoi(world_value("select count(*) from pg_stat_activity where usename = 'thidua_api'"
                                   " and datname = current_database()"))
                  - cutter_connected();
    }
    cr_assert_eq(waiting, 0, "%d connections are still at work", waiting);
}

static struct traces traces(void)
{
    struct traces now;
    wait_for_quiet();
    const char *text = world_value(
        "select concat_ws(' ', (select count(*) from app.submission), (select count(*) from app.submission_value),"
        " (select coalesce(sum(version), 0) from app.submission), (select count(*) from app.submission where state = 'submitted'),"
        " (select coalesce(sum(value), 0)::bigint from app.submission_value v join app.indicator i on i.id = v.indicator_id"
        "   where i.code = 'livestock_pig'),"
        " (select count(*) from app.receipt), (select count(*) from app.answer), (select count(*) from app.audit))");
    for (int i = 0; i < TRACES; i++)
        now.of[i] = strtol(text, (char **)&text, 10);
    return now;
}

static struct traces since(const struct traces *before)
{
    struct traces left = traces();
    for (int i = 0; i < TRACES; i++)
        left.of[i] -= before->of[i];
    return left;
}

static bool same(struct traces a, struct traces b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static const char *written(struct traces t)
{
    buf_auto_t text = {0};
    for (int i = 0; i < TRACES; i++)
        buf_addf(&text, "%s%ld", i ? " " : "", t.of[i]);
    return text_of("%s", text.text);
}

/* What is asked ------------------------------------------------------------------------------------ */

enum { MONTHS = 240 }; /* that a commune of many.sql has */

static int used; /* months, and keys */

/* A commune's next month that nobody has reported yet. */
static const char *next_month(struct commune *commune)
{
    const char *unit = text_of("many-%c", 'a' + used / MONTHS);
    int month = used++ % MONTHS;
    *commune = (struct commune){unit, unit, text_of("%s-lead", unit)};
    return text_of("%d-%02d", 2026 + month / 12, month % 12 + 1);
}

static const char *with_key(const char *headers)
{
    return text_of("%s%sIdempotency-Key: key-number-%d", headers, headers[0] ? "\r\n" : "", used);
}

static long next_draft(struct commune *commune)
{
    const char *month = next_month(commune);
    return plan_draft(commune, month, "");
}

static struct wish create(void)
{
    struct commune commune;
    const char *month = next_month(&commune);
    return (struct wish){"POST", "/v1/submissions", commune.officer, plan_body(commune.unit, month, ""),
                         with_key("")};
}

static struct wish change_without_key(void)
{
    struct commune commune;
    long id = next_draft(&commune);
    return (struct wish){"PATCH", plan_path(id, ""), commune.officer, plan_change("livestock_pig=790"),
                         plan_if_match(id)};
}

static struct wish change(void)
{
    struct wish wish = change_without_key();
    wish.headers = with_key(wish.headers);
    return wish;
}

static struct wish submit(void)
{
    struct commune commune;
    long id = next_draft(&commune);
    return (struct wish){"POST", plan_path(id, "/actions"), commune.leader, "{\"action\":\"submit\"}",
                         with_key(plan_if_match(id))};
}

static struct wish read_one(void)
{
    static long id;
    static struct commune commune;
    if (id == 0)
        id = next_draft(&commune);
    return (struct wish){"GET", plan_path(id, ""), commune.officer, NULL, NULL};
}

/* What comes of it --------------------------------------------------------------------------------- */

struct deed {
    struct wish (*prepare)(void);
    const char *expected; /* what it leaves behind */
    bool repeatable;      /* by the service itself: a read, or a key */
    bool connected;       /* the service is connected before; otherwise it must connect first */
    int status;           /* when nothing is cut: what is answered, and left behind as it was seen */
    struct traces effect;
    const char *text;
};

/* Where it was cut and what was answered, for people. */
struct trial {
    const struct deed *deed;
    struct wish wish;
    struct answer answer;
    struct traces before;
    const char *place;
    bool cut;
};

static struct trial try(const struct deed *deed, int nth, enum cut cut, bool stays_down)
{
    static const char *const words[] = {"before", "after"};
    struct trial t = {.deed = deed, .wish = deed->prepare()};
    t.place = text_of("%s %s cut %s message %d%s", t.wish.method, t.wish.path, words[cut], nth,
                      stays_down ? ", for good" : "");
    if (deed->connected)
        cr_assert_eq(get("/v1/me", "loku").status, 200);
    else
        cutter_hang_up();
    t.before = traces();
    cutter_arm(nth, cut, stays_down);
    t.answer = ask_for(t.wish);
    t.cut = cutter_disarm();
    return t;
}

static void expect_left(const struct trial *t, struct traces expected)
{
    struct traces left = since(&t->before);
    cr_expect(same(left, expected), "%s: left %s, not %s: %d %s", t->place, written(left), written(expected),
              t->answer.status, t->answer.text);
}

static void expect_done(const struct trial *t)
{
    bool reads = !t->wish.body;
    const char *flaw = reads ? NULL : proof_flaw(&t->answer, t->wish.login, t->wish.body);
    expect_left(t, t->deed->effect);
    cr_expect_null(flaw, "%s: %s", t->place, flaw ? flaw : "");
    cr_expect(!reads || strcmp(t->answer.text, t->deed->text) == 0, "%s: %s", t->place, t->answer.text);
}

/* Sent again as the problem advises, it is done once in all, and the answer tells whether it had been: with a
 * key by Idempotency-Replayed, without one by 412. */
static void expect_once_when_repeated(struct trial t)
{
    struct traces left = since(&t.before);
    bool was_done = same(left, t.deed->effect);
    cr_expect(was_done || same(left, NO_TRACES), "%s: left %s", t.place, written(left));
    for (int i = 0; i < REPEATS_MAX && (i == 0 || strcmp(at(&t.answer, "/retryable"), "true") == 0); i++)
        t.answer = ask_for(t.wish);
    bool stale = was_done && !t.deed->repeatable, replayed = was_done && t.deed->repeatable;
    cr_expect_eq(t.answer.status, stale ? 412 : t.deed->status, "%s: %d %s", t.place, t.answer.status,
                 t.answer.text);
    cr_expect_str_eq(header_of(&t.answer, "Idempotency-Replayed"), replayed ? "true" : "", "%s", t.place);
    if (stale)
        expect_left(&t, t.deed->effect);
    else
        expect_done(&t);
}

enum { DONE, NOTHING_STORED, UNKNOWN, VERDICTS };

static int judge(const struct trial *t)
{
    const char *code = at(&t->answer, "/code");
    bool unknown = strcmp(code, "outcome-unknown") == 0 || strcmp(code, "idempotency-in-flight") == 0;
    if (t->answer.status == t->deed->status)
        return expect_done(t), DONE;
    if (unknown && t->wish.body)
        return expect_once_when_repeated(*t), UNKNOWN;
    cr_expect_str_eq(code, "unavailable", "%s: %d %s", t->place, t->answer.status, t->answer.text);
    return expect_left(t, NO_TRACES), NOTHING_STORED;
}

/* What it does when nothing is cut. */
static void learn(struct deed *deed)
{
    struct trial t = try(deed, MESSAGES_MAX, CUT_BEFORE, false);
    cr_assert(!t.cut && t.answer.status < 300, "%d %s", t.answer.status, t.answer.text);
    deed->status = t.answer.status;
    deed->effect = since(&t.before);
    deed->text = t.answer.text;
}

/* Cut it at each message; how often which verdict, and how many messages there were. */
static int cut_at_each(const struct deed *deed, enum cut cut, bool stays_down, int verdicts[VERDICTS])
{
    for (int nth = 1; nth < MESSAGES_MAX; nth++) {
        struct trial t = try(deed, nth, cut, stays_down);
        if (!t.cut) {
            cr_expect_eq(judge(&t), DONE, "%s: %d %s", t.place, t.answer.status, t.answer.text);
            return nth - 1;
        }
        verdicts[judge(&t)]++;
    }
    cr_expect_fail("it never ran through");
    return 0;
}

/* From one kind of cut to another. */
static void cut_in_ways(struct deed deed, enum cut from, enum cut to, bool stays_down, int verdicts[VERDICTS])
{
    learn(&deed);
    cr_expect_str_eq(written(deed.effect), deed.expected);
    for (enum cut cut = from; cut <= to; cut++)
        cr_expect_geq(cut_at_each(&deed, cut, stays_down, verdicts), MESSAGES_OF_A_REQUEST);
    cr_log_info("%d done, %d times nothing stored, %d unknown", verdicts[DONE], verdicts[NOTHING_STORED],
                verdicts[UNKNOWN]);
}

/* The service repeats what it may. */
static void cut_once(struct deed deed)
{
    int verdicts[VERDICTS] = {0};
    cut_in_ways(deed, CUT_BEFORE, CUT_AFTER, false, verdicts);
    if (deed.repeatable)
        cr_expect_gt(verdicts[DONE], MESSAGES_OF_A_REQUEST, "what may be repeated is repeated");
    else
        cr_expect_gt(verdicts[UNKNOWN], 0);
}

/* The database is gone until the request is answered. */
static void cut_for_good(struct deed deed)
{
    int verdicts[VERDICTS] = {0};
    cut_in_ways(deed, CUT_BEFORE, CUT_AFTER, true, verdicts);
    cr_expect_gt(verdicts[NOTHING_STORED] + verdicts[UNKNOWN], MESSAGES_OF_A_REQUEST);
}

static void cut_while_connecting(enum cut cut)
{
    int verdicts[VERDICTS] = {0};
    cut_in_ways((struct deed){create, CREATED, .repeatable = true}, cut, cut, false, verdicts);
    cr_expect_gt(verdicts[DONE], 0);
    cr_expect_gt(verdicts[NOTHING_STORED], 0);
}

static const struct deed report = {create, CREATED, .repeatable = true, .connected = true},
                         edit = {change, CHANGED, .repeatable = true, .connected = true},
                         edit_without_key = {change_without_key, CHANGED_WITHOUT_KEY, .connected = true},
                         step = {submit, SUBMITTED, .repeatable = true, .connected = true},
                         read_back = {read_one, NOTHING, .repeatable = true, .connected = true};

Test(cut_database, tells_the_truth_about_a_new_report)
{
    cut_once(report);
}

Test(cut_database, tells_the_truth_about_a_new_report_when_the_database_is_gone)
{
    cut_for_good(report);
}

Test(cut_database, tells_the_truth_about_a_change)
{
    cut_once(edit);
}

Test(cut_database, tells_the_truth_about_a_change_when_the_database_is_gone)
{
    cut_for_good(edit);
}

Test(cut_database, tells_the_truth_about_a_change_without_a_key)
{
    cut_once(edit_without_key);
}

Test(cut_database, tells_the_truth_about_a_change_without_a_key_when_the_database_is_gone)
{
    cut_for_good(edit_without_key);
}

Test(cut_database, tells_the_truth_about_a_step)
{
    cut_once(step);
}

Test(cut_database, tells_the_truth_about_a_step_when_the_database_is_gone)
{
    cut_for_good(step);
}

Test(cut_database, reads_the_truth)
{
    cut_once(read_back);
    cut_for_good(read_back);
}

Test(cut_database, tells_the_truth_when_it_cannot_connect)
{
    cut_while_connecting(CUT_BEFORE);
}

Test(cut_database, tells_the_truth_when_it_loses_the_connection_it_just_made)
{
    cut_while_connecting(CUT_AFTER);
}
