/* submission_comment: POST and GET /v1/submissions/{id}/comments, and the comments of a step. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/service.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(submission_comment, .init = world_open, .fini = world_close, .timeout = 60);

static struct answer comment(long id, const char *login, const char *body)
{
    return ask("POST", plan_path(id, "/comments"), login, body);
}

static const char *said(long id, const char *login)
{
    struct answer list = get(plan_path(id, "/comments"), login);
    return list.status == 200 ? column_of(&list, "text") : "(not seen)";
}

Test(submission_comment, tells_who_said_what_of_which_value_in_which_role)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer made =
        comment(id, "kbang", "{\"indicator\":\"livestock_cattle\",\"text\":\" Kie\xcc\x82\xcc\x89m tra \"}");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(at(&made, "/indicator"), "livestock_cattle");
    cr_expect_str_eq(at(&made, "/text"), "Ki\xe1\xbb\x83m tra");
    cr_expect_str_eq(at(&made, "/by"), "Tài khoản kbang");
    cr_expect_str_eq(at(&made, "/role"), "DISTRICT_HOME_AFFAIRS");
    cr_expect_str_eq(at(&made, "/side"), "receiver");
    cr_expect_str_eq(at(&made, "/visibility"), "shared");
    cr_expect_eq(comment(id, "kbang-lead", "{\"indicator\":\"livestock_total\",\"text\":\"b\"}").status, 201,
                 "a computed figure may be spoken of");
    cr_expect_eq(comment(id, "loku-culture", "{\"indicator\":null,\"text\":\"c\"}").status, 201);
    struct answer list = get(plan_path(id, "/comments"), "loku-village");
    cr_expect_eq(list.status, 404, "a village sees no report of the commune");
    list = get(plan_path(id, "/comments"), "loku-front");
    cr_expect_str_eq(column_of(&list, "role"), "DISTRICT_HOME_AFFAIRS DISTRICT_LEADER CULTURE_INFO_OFFICER");
    list = get(plan_path(id, "/comments?indicator=livestock_total,births"), "kbang-viewer");
    cr_expect_str_eq(column_of(&list, "text"), "b");
    cr_expect_eq(get(plan_path(id, "/comments?indicator=nothing"), "kbang").status, 400);
    cr_expect_str_eq(column_of_pages(plan_path(id, "/comments?"), "loku", "side", 2),
                     "receiver receiver unit");
    cr_expect_str_eq(plan_etag(id), text_of("\"%ld-2\"", id), "a comment makes nobody's version stale");
}

Test(submission_comment, keeps_what_a_unit_says_while_it_works_on_its_own_side)
{
    long id = plan_draft(&lo_ku, "2022", "");
    cr_expect_eq(comment(id, "loku", "{\"text\":\"nháp\"}").status, 201);
    cr_expect_eq(comment(id, "loku-lead", "{\"text\":\"gửi\",\"visibility\":\"shared\"}").status, 201);
    cr_expect_str_eq(said(id, "loku"), "nháp gửi");
    cr_expect_str_eq(said(id, "kbang"), "(not seen)");
    plan_step(id, "loku-lead", "submit", NULL);
    cr_expect_str_eq(said(id, "kbang"), "gửi", "what was shared is read with the report");
    cr_expect_eq(comment(id, "kbang", "{\"text\":\"huyện\",\"visibility\":\"own\"}").status, 201);
    cr_expect_str_eq(said(id, "kbang-viewer"), "gửi huyện");
    cr_expect_str_eq(said(id, "loku"), "nháp gửi");
    cr_expect_eq(comment(id, "loku", "{\"text\":\"đáp\"}").status, 201);
    cr_expect_str_eq(said(id, "kbang"), "gửi huyện đáp", "of a submitted report it is shared");
    plan_step(id, "kbang", "accept", NULL);
    cr_expect_str_eq(said(id, "konpne"), "(not seen)");
    ask("POST", "/v1/publications", "kbang-lead",
        "{\"unit\":\"kbang\",\"form\":\"ktxh-nam\",\"period\":\"2022\"}");
    cr_expect_str_eq(said(id, "konpne"), "", "a neighbour sees the figures, not what was said");
    cr_expect_str_eq(said(id, "province"), "");
    world_sql("update app.period set locks_at = now() where code = '2022'");
    cr_expect_eq(comment(id, "loku", "{\"text\":\"sau khóa\"}").status, 201, "the lock is for figures");
}

struct caller {
    const char *login;
    int draft, submitted;
};

static const struct caller callers[] = {
    {"loku", 201, 201},       {"loku-lead", 201, 201},    {"loku-culture", 201, 201},
    {"loku-front", 403, 403}, {"loku-council", 403, 403}, {"loku-village", 404, 404},
    {"konpne", 404, 404},     {"konpne-lead", 404, 404},  {"kbang", 404, 201},
    {"kbang-lead", 404, 201}, {"kbang-viewer", 404, 403}, {"kbang-council", 404, 403},
    {"province", 404, 404},   {"admin", 404, 404},        {"nobody", 404, 404},
    {"reader", 403, 403},     {"expired", 401, 401},      {NULL, 401, 401},
};

Test(submission_comment, is_for_those_who_take_part)
{
    long draft = plan_draft(&lo_ku, "2022", ""), submitted = plan_submitted(&lo_ku, "2022-H1", "");
    for (const struct caller *who = callers; who < callers + COUNT(callers); who++) {
        struct answer one = comment(draft, who->login, "{\"text\":\"x\"}"),
                      two = comment(submitted, who->login, "{\"text\":\"x\"}");
        cr_expect_eq(one.status, who->draft, "%s: %s", who->login, one.text);
        cr_expect_eq(two.status, who->submitted, "%s: %s", who->login, two.text);
    }
    cr_expect_str_eq(world_value("select count(*) from app.submission_comment"), "8");
}

Test(submission_comment, tells_all_faults_at_once)
{
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"{}", "/text missing-member\n"},
        {"{\"text\":\"\"}", "/text too-short\n"},
        {"{\"text\":\" \\n\"}", "/text too-short\n"},
        {"{\"text\":1,\"visibility\":\"all\"}", "/text wrong-type\n/visibility not-a-choice\n"},
        {"{\"text\":\"x\",\"indicator\":\"nothing\",\"side\":\"unit\"}",
         "/indicator unknown-indicator\n/side unknown-member\n"},
        {"{\"text\":\"x\",\"indicator\":\"cultural_village_count\"}", "/indicator unknown-indicator\n"},
        {"{\"text\":\"x\",\"indicator\":\"sown_area\"}", "/indicator indicator-not-in-form\n"},
    };
    long id = plan_draft(&lo_ku, "2022-03", "");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer bad = comment(id, "loku", cases[i].body);
        cr_expect_eq(bad.status, 422, "%s: %s", cases[i].body, bad.text);
        cr_expect_str_eq(faults_of(&bad), cases[i].faults, "%s", cases[i].body);
    }
    cr_expect_str_eq(world_value("select count(*) from app.submission_comment"), "0");
}

static struct answer act(long id, const char *login, const char *body)
{
    return ask_with("POST", plan_path(id, "/actions"), login, body, plan_if_match(id));
}

Test(submission_comment, comes_with_a_return)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    struct answer done =
        act(id, "kbang",
            "{\"action\":\"return\",\"reason\":\"Hai chỗ.\",\"comments\":[{\"indicator\":\"births\",\"text\":"
            "\"sinh\"},{\"indicator\":\"livestock_cattle\",\"text\":\"bò\"}]}");
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/reason"), "Hai chỗ.");
    cr_expect_str_eq(said(id, "loku"), "sinh bò", "the reason is no third one");
    struct answer list = get(plan_path(id, "/comments"), "loku");
    cr_expect_str_eq(column_of(&list, "indicator"), "births livestock_cattle");
    done = act(id, "loku-lead", "{\"action\":\"submit\",\"comments\":[{\"text\":\"đã sửa\"}]}");
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(said(id, "kbang"), "sinh bò đã sửa");
}

Test(submission_comment, is_what_a_return_needs)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    expect_fault(act(id, "kbang", "{\"action\":\"return\"}"), 422, "invalid-content",
                 "/reason comment-required");
    expect_fault(act(id, "kbang", "{\"action\":\"return\",\"comments\":[]}"), 422, "invalid-content",
                 "/reason comment-required");
    expect_fault(
        act(id, "kbang", "{\"action\":\"return\",\"comments\":[{\"text\":\"x\",\"indicator\":\"y\"}]}"), 422,
        "invalid-content", "/comments/0/indicator unknown-indicator");
    comment(id, "loku", "{\"text\":\"của xã\"}");
    comment(id, "kbang", "{\"text\":\"ghi riêng\",\"visibility\":\"own\"}");
    expect_fault(act(id, "kbang", "{\"action\":\"return\"}"), 422, "invalid-content",
                 "/reason comment-required");
    comment(id, "kbang", "{\"indicator\":\"births\",\"text\":\"sinh\"}");
    struct answer done = act(id, "kbang", "{\"action\":\"return\",\"comments\":[{\"text\":\"bò\"}]}");
    cr_assert_eq(done.status, 200, "%s", done.text);
    cr_expect_str_eq(at(&done, "/reason"), "sinh\nbò", "the comments stand for the reason");
    act(id, "loku-lead", "{\"action\":\"submit\"}");
    expect_fault(act(id, "kbang", "{\"action\":\"return\"}"), 422, "invalid-content",
                 "/reason comment-required");
    act(id, "kbang", "{\"action\":\"return\",\"reason\":\"vẫn sai\"}");
    cr_expect_str_eq(said(id, "loku"), "của xã sinh bò vẫn sai", "a reason alone is a comment");
}

/* Whatever the statement. */
Test(submission_comment, is_there_after_every_return)
{
    long id = plan_submitted(&lo_ku, "2022", "");
    const char *texts =
        "select string_agg(side || ' ' || visibility || ' ' || text, ', ') from app.submission_comment";
    const char *back =
        text_of("update app.submission set state = 'returned', reason = 'x' where id = %ld", id);
    cr_expect_str_eq(service_tries("kbang", text_of("%s; %s", back, texts)), "receiver shared x");
    comment(id, "kbang", "{\"text\":\"y\"}");
    cr_expect_str_eq(service_tries("kbang", text_of("%s; %s", back, texts)), "receiver shared y");
    cr_expect_str_eq(
        service_tries("loku",
                      text_of("insert into app.submission_comment (submission_id, unit_id, text, side, "
                              "writer_name, writer_role) select %ld, unit_id, 'z', 'receiver', 'Huyện', "
                              "'DISTRICT_LEADER' from app.submission returning side || writer_role",
                              id)),
        "unitOFFICE_STAT_OFFICER", "nobody speaks for another");
}
