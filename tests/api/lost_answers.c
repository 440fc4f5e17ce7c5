/* Failure test 1 of the design: of the answers one in three is lost after the commit; whoever sends again
 * until an answer comes has sent once. */
#include "support/client.h"
#include "support/expect.h"
#include "support/lossy.h"
#include "support/plan.h"
#include "support/proof.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

enum { CLIENTS = 10, EACH = 100, TRIES_MAX = 60, SEED = 20220315 };

static unsigned server_port;

static void open_behind_lossy_network(void)
{
    world_open();
    world_sql_file("support/many.sql");
    server_port = client_redirect(0);
    client_redirect(lossy_start(server_port, SEED));
}

static void close_lossy_network(void)
{
    client_redirect(server_port);
    lossy_stop();
    world_close();
}

TestSuite(lost_answers, .init = open_behind_lossy_network, .fini = close_lossy_network, .timeout = 240);

/* What a client has seen; fault: what was wrong at last. */
struct tally {
    int answered, sent, replayed, faults;
    char fault[RESULT_MAX / 2];
};

static void note(struct tally *tally, const char *flaw)
{
    tally->faults++;
    snprintf(tally->fault, sizeof tally->fault, "%s", flaw);
}

/* No answer, or the advice to send again. */
static bool is_to_be_sent_again(const struct answer *answer)
{
    return answer->status == 0 || strcmp(at(answer, "/retryable"), "true") == 0;
}

static struct answer send_until_answered(const struct wish *wish, struct tally *tally)
{
    struct answer answer = {0};
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        answer = ask_for(*wish);
        tally->sent++;
        if (!is_to_be_sent_again(&answer))
            break;
    }
    tally->answered += answer.status == 201;
    tally->replayed += strcmp(header_of(&answer, "Idempotency-Replayed"), "true") == 0;
    return answer;
}

/* Every member of the answer is what GET gives; NULL: so it is. */
static const char *difference(const struct answer *made, const char *login)
{
    const char *name;
    json_t *value;
    struct answer got = get(made->location, login);
    json_object_foreach((json_t *)made->json, name, value)
    {
        json_t *same = json_object_get(got.json, name);
        if (strcmp(name, "receipt") != 0 && strcmp(name, "value_count") != 0 && !json_equal(value, same))
            return text_of("/%s differs: %s, %s", name, made->text, got.text);
    }
    return strcmp(made->etag, got.etag) == 0 ? NULL : text_of("ETag %s, %s", made->etag, got.etag);
}

/* Report a month, each with another number of pigs. */
static void report(const char *unit, int month, struct tally *tally)
{
    const char *period = text_of("%d-%02d", 2026 + month / 12, month % 12 + 1),
               *body = plan_body(unit, period, text_of("livestock_pig=%d", 1000 + month)),
               *key = text_of("Idempotency-Key: %s/%s", unit, period);
    struct wish wish = {"POST", "/v1/submissions", unit, body, key};
    struct answer made = send_until_answered(&wish, tally);
    if (made.status != 201)
        return note(tally, text_of("%s %s: %d %s", unit, period, made.status, made.text));
    const char *flaw = difference(&made, unit);
    if (!flaw)
        flaw = proof_flaw(&made, unit, body);
    if (flaw)
        note(tally, flaw);
}

static void report_months(int nth, const void *unused, void *result)
{
    (void)unused;
    unsetenv("THIDUA_TRAFFIC"); /* which wants an answer to every question */
    for (int month = 0; month < EACH; month++)
        report(text_of("many-%c", 'a' + nth), month, result);
}

static struct tally sum(const struct tally tallies[])
{
    struct tally all = {0};
    for (int i = 0; i < CLIENTS; i++) {
        all.answered += tallies[i].answered;
        all.sent += tallies[i].sent;
        all.replayed += tallies[i].replayed;
        cr_expect_eq(tallies[i].faults, 0, "client %d: %d faults, at last: %s", i, tallies[i].faults,
                     tallies[i].fault);
    }
    return all;
}

/* Each of them with the figure that was sent for its month, and as many as a month's form has. */
static void expect_stored_as_sent(void)
{
    cr_expect_str_eq(
        world_value(
            "select count(*) from (select s.id, count(*) as n, max(v.value) filter (where i.code = 'livestock_pig')"
            " - 1000 - (p.year - 2026) * 12 - p.ordinal + 1 as off from app.submission s join app.period p on p.id = s.period_id"
            " join app.submission_value v on v.submission_id = s.id join app.indicator i on i.id = v.indicator_id"
            " group by s.id, p.id) x where n = 7 and off = 0"),
        text_of("%d", CLIENTS * EACH));
}

Test(lost_answers, count_a_thousand_submissions_a_thousand_times)
{
    struct tally tallies[CLIENTS];
    work_together(&(struct crowd){CLIENTS, report_months, NULL, sizeof *tallies}, tallies);
    struct tally all = sum(tallies);
    cr_log_info("%d answered, %d sent, %d answers lost, %d replayed", all.answered, all.sent, lossy_lost(),
                all.replayed);
    cr_expect_eq(all.answered, CLIENTS * EACH);
    cr_expect_geq(all.sent - all.answered, lossy_lost(), "what the network loses is sent again");
    cr_expect_gt(all.replayed, 200, "the network lost only %d answers", lossy_lost());
    cr_expect_str_eq(
        world_value(
            "select concat_ws(' ', (select count(*) from app.submission), (select count(*) from app.receipt),"
            " (select count(*) from app.answer), (select count(*) from app.audit where table_name = 'submission'))"),
        "1000 1000 1000 1000");
    expect_stored_as_sent();
}
