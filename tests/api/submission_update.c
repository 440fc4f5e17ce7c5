/* submission_update: PATCH /v1/submissions/{id}. */
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(submission_update, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer patch(long id, const char *login, const char *body)
{
    return ask_with("PATCH", plan_path(id, ""), login, body, plan_if_match(id));
}

static struct answer read_as_officer(long id)
{
    return ask("GET", plan_path(id, ""), "loku", NULL);
}

Test(submission_update, changes_the_figures_it_names_and_no_others)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer done = patch(id, "loku", plan_change("births=61 grain_output=9007.5"));
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/changed"), "2");
    struct answer read = read_as_officer(id);
    cr_expect_str_eq(figure_of(&read, "births", "value"), "61");
    cr_expect_str_eq(digits_of(&read, "grain_output", "value"), "9007.5");
    cr_expect_str_eq(figure_of(&read, "deaths", "value"), "21");
    cr_expect_str_eq(world_value("select count(*) from app.submission_value"), "41");
}

Test(submission_update, gives_a_new_etag_which_is_that_of_the_next_reading)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer done = patch(id, "loku", plan_change("births=61")), read = read_as_officer(id);
    cr_expect_str_eq(done.etag, "\"1-2\"");
    cr_expect_str_eq(read.etag, done.etag);
    cr_expect_str_eq(at(&read, "/version"), "2");
}

Test(submission_update, clears_a_figure_given_as_null)
{
    long id = plan_draft(&lo_ku, "2022", "");
    patch(id, "loku", plan_change("births=null ntm_commune_criteria=null kindergarten_standard=null"));
    struct answer read = read_as_officer(id);
    cr_expect_str_eq(figure_of(&read, "births", "value"), "(absent)");
    cr_expect_str_eq(figure_of(&read, "ntm_commune_criteria", "value"), "(absent)");
    cr_expect_str_eq(figure_of(&read, "kindergarten_standard", "value"), "(absent)");
    cr_expect_str_eq(figure_of(&read, "deaths", "value"), "21");
}

Test(submission_update, leaves_date_and_note_that_are_absent_and_clears_those_that_are_null)
{
    long id = plan_draft(&lo_ku, "2022", "");
    patch(id, "loku", "{\"note\":\"Hạn hán.\",\"as_of_date\":\"2022-12-14\"}");
    patch(id, "loku", plan_change("births=61"));
    struct answer kept = read_as_officer(id);
    cr_expect_str_eq(at(&kept, "/note"), "Hạn hán.");
    cr_expect_str_eq(at(&kept, "/as_of_date"), "2022-12-14");
    patch(id, "loku", "{\"note\":null,\"as_of_date\":null}");
    struct answer cleared = read_as_officer(id);
    cr_expect_str_eq(at(&cleared, "/note"), "null");
    cr_expect_str_eq(at(&cleared, "/as_of_date"), "null");
}

Test(submission_update, puts_a_reason_in_the_place_of_a_figure_and_back)
{
    long id = plan_draft(&lo_ku, "2022", "");
    patch(id, "loku", plan_change("births=!not_available ntm_commune_criteria=!not_collected"));
    struct answer none = read_as_officer(id);
    cr_expect_str_eq(figure_of(&none, "births", "value"), "null");
    cr_expect_str_eq(figure_of(&none, "births", "missing_reason"), "not_available");
    cr_expect_str_eq(figure_of(&none, "ntm_commune_criteria", "numerator"), "null");
    patch(id, "loku", plan_change("births=0 ntm_commune_criteria=0/19"));
    struct answer zero = read_as_officer(id);
    cr_expect_str_eq(figure_of(&zero, "births", "value"), "0");
    cr_expect_str_eq(figure_of(&zero, "births", "missing_reason"), "null");
    cr_expect_str_eq(figure_of(&zero, "ntm_commune_criteria", "numerator"), "0");
}

Test(submission_update, recomputes_totals_and_rates)
{
    long id = plan_draft(&lo_ku, "2022", "");
    patch(id, "loku", plan_change("livestock_goat=921 households_poor=200"));
    struct answer read = read_as_officer(id);
    cr_expect_str_eq(figure_of(&read, "livestock_total", "value"), "3028");
    cr_expect_str_eq(figure_of(&read, "poverty_rate", "value"), "25");
}

Test(submission_update, does_not_count_a_figure_sent_again_as_changed)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer done = patch(id, "loku", plan_change("births=60 grain_output=9007.40 deaths=22"));
    cr_expect_str_eq(at(&done, "/changed"), "1");
}

Test(submission_update, tells_all_faults_at_once_and_keeps_nothing)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer bad =
        patch(id, "loku",
              "{\"state\":\"accepted\",\"unit\":\"kbang-dong\",\"note\":\"x\",\"values\":["
              "{\"indicator\":\"births\",\"value\":99},{\"indicator\":\"poverty_rate\",\"value\":1},"
              "{\"indicator\":\"deaths\",\"value\":\"9.007,4\"},{\"indicator\":\"births\",\"value\":null}]}");
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad), "/state unknown-member\n"
                                      "/unit unknown-member\n"
                                      "/values/1/value computed-indicator\n"
                                      "/values/2/value not-a-number\n"
                                      "/values/3/indicator duplicate-indicator\n");
    struct answer read = read_as_officer(id);
    cr_expect_str_eq(read.etag, "\"1-1\"");
    cr_expect_str_eq(figure_of(&read, "births", "value"), "60");
    cr_expect_str_eq(at(&read, "/note"), "null");
}

Test(submission_update, needs_if_match)
{
    plan_draft(&lo_ku, "2022", "");
    struct answer bare = ask("PATCH", "/v1/submissions/1", "loku", plan_change("births=61"));
    cr_expect_eq(bare.status, 428);
    cr_expect_str_eq(at(&bare, "/code"), "precondition-required");
}

Test(submission_update, refuses_a_stale_version_and_names_the_present_one)
{
    long id = plan_draft(&lo_ku, "2022", "");
    patch(id, "loku", plan_change("births=61"));
    struct answer stale =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=62"), "If-Match: \"1-1\"");
    cr_expect_eq(stale.status, 412);
    cr_expect_str_eq(at(&stale, "/code"), "stale-version");
    cr_expect_str_eq(at(&stale, "/current_etag"), "\"1-2\"");
    struct answer read = read_as_officer(id);
    cr_expect_str_eq(figure_of(&read, "births", "value"), "61");
}

/* RFC 9110, 13.1.1 */
Test(submission_update, takes_an_asterisk_for_whatever_version_there_is)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer done =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=61"), "If-Match: *");
    cr_expect_eq(done.status, 200, "%s", done.text);
}

Test(submission_update, refuses_an_etag_that_is_none)
{
    static const char *const headers[] = {"If-Match: 1-1", "If-Match: W/\"1-1\"", "If-Match: \"1-1"};
    long id = plan_draft(&lo_ku, "2022", "");
    for (size_t i = 0; i < COUNT(headers); i++) {
        struct answer bad =
            ask_with("PATCH", plan_path(id, ""), "loku", plan_change("births=61"), headers[i]);
        cr_expect(bad.status == 400 || bad.status == 412, "%s: %s", headers[i], bad.text);
    }
    cr_expect_str_eq(plan_etag(id), "\"1-1\"");
}

Test(submission_update, lets_exactly_one_of_many_writers_of_the_same_version_win)
{
    enum { WRITERS = 8 };
    long id = plan_draft(&lo_ku, "2022", "");
    struct wish wishes[WRITERS];
    int status[WRITERS];
    for (int i = 0; i < WRITERS; i++)
        wishes[i] =
            (struct wish){"PATCH", plan_path(id, ""), "loku",
                          plan_change(text_of("births=%d deaths=%d", 100 + i, 100 + i)), plan_if_match(id)};
    ask_together(wishes, WRITERS, status);
    cr_expect_eq(count_of(status, WRITERS, 200), 1);
    cr_expect_eq(count_of(status, WRITERS, 412), WRITERS - 1);

    struct answer read = read_as_officer(id);
    cr_expect_str_eq(read.etag, "\"1-2\"");
    cr_expect_str_eq(figure_of(&read, "births", "value"), figure_of(&read, "deaths", "value"));
}

Test(submission_update, is_impossible_once_the_report_is_submitted)
{
    static const char *const states[] = {"submitted", "accepted"};
    static const char *const periods[] = {"2022", "2022-Q1"};
    for (size_t i = 0; i < COUNT(states); i++) {
        long id = plan_in_state(&lo_ku, periods[i], states[i]);
        struct answer late = patch(id, "loku", plan_change("births=61"));
        cr_expect_eq(late.status, 409, "%s", states[i]);
        cr_expect_str_eq(at(&late, "/code"), "illegal-transition");
        cr_expect_str_eq(at(&late, "/allowed_actions"), "[]");
    }
}

Test(submission_update, is_possible_again_once_the_report_is_returned)
{
    long id = plan_in_state(&lo_ku, "2022", "returned");
    cr_expect_eq(patch(id, "loku", plan_change("births=61")).status, 200);
}

Test(submission_update, is_impossible_after_the_lock_and_says_why_since_when_and_how_to_unlock)
{
    long id = plan_draft(&lo_ku, "2022", "");
    world_sql("update app.period set locks_at = '2022-12-31 17:00+07' where code = '2022'");
    struct answer late = patch(id, "loku", plan_change("births=61"));
    cr_expect_eq(late.status, 423);
    cr_expect_str_eq(at(&late, "/code"), "locked");
    cr_expect_str_eq(at(&late, "/lock/reason"), "period_locked");
    cr_expect_str_eq(at(&late, "/lock/period"), "2022");
    cr_expect_str_eq(at(&late, "/lock/since"), "2022-12-31T17:00:00+07:00");
    cr_expect_str_eq(at(&late, "/lock/unlock/role"), "DISTRICT_HOME_AFFAIRS");
    cr_expect_str_eq(at(&late, "/lock/unlock/method"), "POST");
    cr_expect_str_eq(at(&late, "/lock/unlock/href"), "/v1/extensions");
    cr_expect_str_eq(at(&late, "/lock/unlock/member"), "expires_at");
    cr_expect_str_eq(at(&late, "/allowed_actions"), "[]");
}

Test(submission_update, lets_the_culture_officer_enter_culture_figures_alone)
{
    long id = plan_draft(&lo_ku, "2022", "");
    struct answer good = patch(id, "loku-culture", plan_change("villages_cultural=8 families_cultural=700"));
    cr_expect_eq(good.status, 200, "%s", good.text);
    struct answer bad = patch(id, "loku-culture", plan_change("villages_cultural=7 births=61 deaths=null"));
    cr_expect_eq(bad.status, 422);
    cr_expect_str_eq(faults_of(&bad),
                     "/values/1/indicator not-your-field\n/values/2/indicator not-your-field\n");
    struct answer read = read_as_officer(id);
    cr_expect_str_eq(figure_of(&read, "villages_cultural", "value"), "8");
    cr_expect_str_eq(figure_of(&read, "births", "value"), "60");
}

/* What PATCH answers each caller in each state of a report of Lơ Ku. */
enum { LOCKED = 4, STATES }; /* after draft, submitted, returned, accepted */

struct caller {
    const char *login;
    int status[STATES];
};

static const struct caller callers[] = {
    {"loku", {200, 409, 200, 409, 423}},         {"loku-culture", {200, 409, 200, 409, 423}},
    {"loku-lead", {403, 409, 403, 409, 423}},    {"loku-front", {403, 409, 403, 409, 423}},
    {"loku-council", {403, 409, 403, 409, 423}}, {"reader", {403, 403, 403, 403, 403}},
    {"loku-village", {404, 404, 404, 404, 404}}, {"konpne", {404, 404, 404, 404, 404}},
    {"konpne-lead", {404, 404, 404, 404, 404}},  {"sonlang-both", {404, 404, 404, 404, 404}},
    {"kbang", {404, 409, 403, 409, 423}},        {"kbang-lead", {404, 409, 403, 409, 423}},
    {"kbang-viewer", {404, 409, 403, 409, 423}}, {"kbang-council", {404, 409, 403, 409, 423}},
    {"province", {404, 404, 404, 409, 423}},     {"admin", {404, 404, 404, 404, 404}},
    {"nobody", {404, 404, 404, 404, 404}},       {"expired", {401, 401, 401, 401, 401}},
    {NULL, {401, 401, 401, 401, 401}},
};

Test(submission_update, is_for_the_officers_of_the_commune)
{
    static const char *const states[STATES] = {"draft", "submitted", "returned", "accepted", "accepted"};
    static const char *const periods[STATES] = {"2022", "2022-H1", "2022-Q1", "2022-Q2", "2022-Q3"};
    for (int i = 0; i < STATES; i++) {
        long id = plan_in_state(&lo_ku, periods[i], states[i]);
        if (i == LOCKED)
            world_sql("update app.period set locks_at = now() where code = '2022-Q3'");
        for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
            const char *before = plan_etag(id);
            struct answer answer = patch(id, who->login, "{\"note\":\"sửa\"}");
            cr_expect_eq(answer.status, who->status[i], "%s, state %d: %s", who->login, i, answer.text);
            bool is_same = strcmp(before, plan_etag(id)) == 0;
            cr_expect_eq(is_same, answer.status != 200, "%s, state %d", who->login, i);
        }
    }
}
