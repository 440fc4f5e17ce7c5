/* import_create, import_commit: long files are answered 202 and worked on afterwards. */
#include "domain/import_job.h"
#include "support/expect.h"
#include "support/job.h"
#include "support/plan.h"
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(import_job, .init = job_world_open, .fini = job_world_close, .timeout = 120);

#define PIGS JOB_HEADING "kbang-lo-ku;2022-Q2;livestock_pig;780\n"
#define FAULTY \
    JOB_HEADING "kbang-lo-ku;2022-Q2;grain_output;1.234\nkbang-kon-pne;2022-Q2;livestock_pig;5\n" \
                "kbang-lo-ku;2022-Q2;livestock_pig;780\n"

static const char *stored(const char *indicator)
{
    return world_value(
        text_of("select string_agg(trim_scale(v.value)::text, ' ') from app.submission_value v "
                "join app.indicator i on i.id = v.indicator_id where i.code = '%s'",
                indicator));
}

static const char *cells_of(const struct answer *answer)
{
    const char *text = "";
    size_t i;
    const json_t *fault;
    json_array_foreach(json_object_get(answer->json, "errors"), i, fault) text =
        text_of("%s%s%s %s", text, i ? ", " : "", json_string_value(json_object_get(fault, "cell")),
                json_string_value(json_object_get(fault, "code")));
    return text;
}

Test(import_job, promises_what_it_then_does)
{
    struct answer sent = job_send("loku", "", PIGS);
    cr_assert_eq(sent.status, 202, "%s", sent.text);
    cr_expect_str_eq(sent.location, text_of("/v1/imports/%s", at(&sent, "/id")));
    cr_expect_str_eq(header_of(&sent, "Retry-After"), "2");
    cr_expect_str_eq(header_of(&sent, "Preference-Applied"), "respond-async");
    cr_expect_str_eq(at(&sent, "/state"), "queued");
    cr_expect_str_eq(at(&sent, "/outcome"), "null");
    cr_expect_str_eq(at(&sent, "/rows"), "null");
    cr_expect_str_eq(at(&sent, "/committed"), "false");
    struct answer now = job_now(&sent, "loku");
    cr_expect_str_eq(at(&now, "/state"), "queued");
    cr_expect_str_eq(stored("livestock_pig"), "(null)");
    struct answer done = job_result(&sent, "loku");
    cr_expect_str_eq(at(&done, "/state"), "done", "%s", done.text);
    cr_expect_str_eq(at(&done, "/outcome"), "accepted");
    cr_expect_str_eq(at(&done, "/problem"), "null");
    cr_expect_str_eq(stored("livestock_pig"), "780");
    cr_expect_str_eq(world_value("select attempts || ' ' || (hash is null) from app.import_job"), "1 true");
}

/* The same file by both ways, as a dry run, so that neither changes what the other finds. */
static void expect_alike(const char *parameters, const char *file)
{
    static const char *const members[] = {"state", "outcome",  "committed",    "dry_run",    "mode",
                                          "plan",  "errors",   "errors_total", "locale",     "on_existing",
                                          "rows",  "findings", "problem",      "file_sha256"};
    struct answer direct = ask_with("POST", text_of("/v1/imports%s", parameters), "loku", file, JOB_CSV);
    struct answer sent = job_send("loku", parameters, file), later = job_result(&sent, "loku");
    cr_assert_eq(direct.status, 201, "%s", direct.text);
    for (size_t i = 0; i < COUNT(members); i++)
        cr_expect_str_eq(at(&later, text_of("/%s", members[i])), at(&direct, text_of("/%s", members[i])),
                         "%s of %s", members[i], parameters);
}

Test(import_job, tells_just_what_an_answer_would)
{
    plan_draft(&lo_ku, "2022-Q2", "households_total=800 households_poor=215 livestock_pig=700");
    expect_alike("?dry_run=true&locale=vi", JOB_HEADING "kbang-lo-ku;2022-Q2;grain_output;\"9.007,4\"\n");
    expect_alike("?dry_run=true&mode=partial", FAULTY);
    expect_alike("?dry_run=true&unit=kbang-lo-ku&period=2022-Q2", "indicator,value\nhouseholds_poor,801\n");
    expect_alike("?dry_run=true&on_existing=error", PIGS);
    expect_alike("?dry_run=true&on_existing=skip&separator=semicolon", "a,b,c\n" PIGS);
}

Test(import_job, takes_rows_as_json)
{
    struct answer sent = ask_with("POST", "/v1/imports?unit=kbang-lo-ku&period=2022-Q2", "loku",
                                  "{\"rows\":[{\"indicator\":\"grain_output\",\"value\":9007.4}]}",
                                  "Prefer: wait=5, Respond-Async");
    struct answer done = job_result(&sent, "loku");
    cr_expect_str_eq(at(&done, "/outcome"), "accepted", "%s", done.text);
    cr_expect_str_eq(stored("grain_output"), "9007.4");
    expect_problem(ask_with("POST", "/v1/imports", "loku", "{\"rows\":[{}]}", "Prefer: respond-async"), 422,
                   "invalid-content");
}

Test(import_job, is_made_of_a_large_file_unasked)
{
    import_job_configure(sizeof PIGS - 1, 10);
    struct answer small = ask_with("POST", "/v1/imports", "loku", PIGS, JOB_CSV);
    cr_expect_eq(small.status, 201, "%s", small.text);
    struct answer large = ask_with("POST", "/v1/imports", "loku", PIGS "\n", JOB_CSV);
    cr_expect_eq(large.status, 202, "%s", large.text);
    cr_expect_str_eq(header_of(&large, "Preference-Applied"), "");
    struct answer done = job_result(&large, "loku");
    cr_expect_str_eq(at(&done, "/rows/unchanged"), "1");
}

Test(import_job, is_queued_once_and_promised_alike)
{
    struct wish wish = {"POST", "/v1/imports", "loku", PIGS,
                        JOB_CSV "\r\nIdempotency-Key: the-key-of-a-file\r\nPrefer: respond-async"};
    cr_expect_eq(ask_alike(wish, 20, 202), 20);
    struct answer again = ask_for(wish), done = job_result(&again, "loku");
    cr_expect_str_eq(at(&done, "/outcome"), "accepted");
    struct answer promised = ask_for(wish);
    cr_expect_str_eq(promised.text, again.text, "the answer to a key stays as it was");
    cr_expect_str_eq(header_of(&promised, "Idempotency-Replayed"), "true");
    wish.headers = JOB_CSV "\r\nIdempotency-Key: the-key-of-a-file";
    struct answer unasked = ask_for(wish);
    cr_expect_eq(unasked.status, 202);
    cr_expect_str_eq(header_of(&unasked, "Retry-After"), "2");
    cr_expect_str_eq(world_value("select count(*) from app.import_job"), "1");
    cr_expect_str_eq(world_value("select count(*) from app.import"), "1");
}

Test(import_job, is_anothers_and_not_there_for_who_did_not_send_it)
{
    struct answer sent = job_send("loku", "", PIGS);
    expect_problem(job_now(&sent, "konpne"), 404, "not-found");
    expect_problem(job_now(&sent, "loku-lead"), 404, "not-found");
    struct answer list = get("/v1/imports", "loku"), theirs = get("/v1/imports", "konpne");
    cr_expect_str_eq(column_of(&list, "state"), "queued");
    cr_expect_str_eq(column_of(&theirs, "state"), "");
    expect_problem(job_send("loku-lead", "", PIGS), 403, "forbidden");
    cr_expect_str_eq(world_value("select count(*) from app.import_job"), "1");
}

Test(import_job, waits_with_few_others_of_its_account)
{
    import_job_configure(1024, 2);
    struct answer first = job_send("loku", "", PIGS);
    cr_expect_eq(job_send("loku", "", PIGS).status, 202);
    struct answer no = job_send("loku", "", PIGS);
    expect_problem(no, 429, "too-many-imports");
    cr_expect_neq(header_of(&no, "Retry-After")[0], '\0');
    cr_expect_str_eq(world_value("select count(*) from app.import"), "2", "it was not kept");
    cr_expect_eq(ask_with("POST", "/v1/imports", "loku", PIGS, JOB_CSV).status, 201, "others are taken in");
    cr_expect_eq(job_send("konpne", "", PIGS).status, 202, "everybody has a queue");
    job_result(&first, "loku");
    job_await("select count(*) from app.import_job where state <> 'done'", "0");
    cr_expect_eq(job_send("loku", "", PIGS).status, 202);
}

Test(import_job, counts_those_that_come_together)
{
    struct wish wishes[8];
    int status[8];
    import_job_configure(1024, 3);
    for (size_t i = 0; i < COUNT(wishes); i++)
        wishes[i] =
            (struct wish){"POST", "/v1/imports", "loku", PIGS,
                          text_of(JOB_CSV "\r\nPrefer: respond-async\r\nIdempotency-Key: file-no-%zu", i)};
    ask_together(wishes, COUNT(wishes), status);
    cr_expect_eq(count_of(status, COUNT(wishes), 202), 3);
    cr_expect_eq(count_of(status, COUNT(wishes), 429), 5);
}

Test(import_job, tells_faults_at_their_cells_and_keeps_nothing)
{
    struct answer sent = job_send("loku", "", FAULTY), done = job_result(&sent, "loku");
    cr_expect_str_eq(at(&done, "/state"), "done");
    cr_expect_str_eq(at(&done, "/outcome"), "rejected");
    cr_expect_str_eq(cells_of(&done), "D2 ambiguous-number, A3 unit-not-yours");
    cr_expect_neq(at(&done, "/errors/0/detail")[0], '(', "%s", done.text);
    cr_expect_str_eq(stored("livestock_pig"), "(null)");
    cr_expect_eq(get(text_of("%s/annotated.xlsx", sent.location), "loku").status, 200);
    struct answer some = job_send("loku", "?mode=partial", FAULTY), kept = job_result(&some, "loku");
    cr_expect_str_eq(at(&kept, "/outcome"), "partial");
    cr_expect_str_eq(stored("livestock_pig"), "780");
}

Test(import_job, tells_what_is_wrong_with_a_file_it_cannot_read)
{
    struct answer sent = job_send("loku", "", JOB_HEADING "a;b;\"c;1\n"), done = job_result(&sent, "loku");
    struct answer no = ask_with("POST", "/v1/imports", "loku", JOB_HEADING "a;b;\"c;1\n", JOB_CSV);
    expect_problem(no, 422, "invalid-content");
    cr_expect_str_eq(at(&done, "/state"), "done");
    cr_expect_str_eq(at(&done, "/outcome"), "rejected");
    cr_expect_str_eq(at(&done, "/errors/0/detail"), at(&no, "/errors/0/detail"));
    cr_expect_str_eq(at(&done, "/errors/0/code"), "unbalanced-quotes");
    cr_expect_str_eq(at(&done, "/rows/read"), "0");
    expect_problem(get(text_of("%s/annotated.xlsx", sent.location), "loku"), 404, "not-found");
}

/* Dry runs -------------------------------------------------------------------------------------------- */

static struct answer commit(const struct answer *planned, const char *headers)
{
    return ask_with("POST", text_of("/v1/imports/%s/commit", at(planned, "/id")), "loku",
                    text_of("{\"plan\":\"%s\"}", at(planned, "/plan")), headers);
}

Test(import_job, carries_a_dry_run_out)
{
    struct answer sent = job_send("loku", "?dry_run=true&separator=semicolon", "a,b,c\n" PIGS);
    expect_problem(
        ask("POST", text_of("%s/commit", sent.location), "loku", text_of("{\"plan\":\"%064d\"}", 0)), 409,
        "plan-outdated");
    struct answer planned = job_result(&sent, "loku");
    cr_expect_str_eq(at(&planned, "/outcome"), "planned", "%s", planned.text);
    struct answer promised = commit(&planned, "Prefer: respond-async"), done = job_result(&promised, "loku");
    cr_expect_str_eq(at(&done, "/outcome"), "accepted", "%s", done.text);
    cr_expect_str_eq(stored("livestock_pig"), "780");
    expect_problem(commit(&planned, "Prefer: respond-async"), 409, "already-exists");
}

Test(import_job, is_made_of_a_large_plan_unasked)
{
    struct answer one = ask_with("POST", "/v1/imports?dry_run=true", "loku", PIGS, JOB_CSV);
    struct answer two = ask_with("POST", "/v1/imports?dry_run=true", "loku", PIGS "\n", JOB_CSV);
    import_job_configure(sizeof PIGS - 2, 1);
    cr_expect_eq(commit(&one, NULL).status, 202, "a file above the limit");
    expect_problem(commit(&two, NULL), 429, "too-many-imports");
}

Test(import_job, carries_nothing_out_that_was_not_planned)
{
    struct answer planned = ask_with("POST", "/v1/imports?dry_run=true", "loku", PIGS, JOB_CSV);
    struct answer promised = commit(&planned, "Prefer: respond-async");
    long id = plan_draft(&lo_ku, "2022-Q2", "livestock_pig=700");
    struct answer failed = job_result(&promised, "loku");
    cr_expect_str_eq(at(&failed, "/state"), "failed", "%s", failed.text);
    cr_expect_str_eq(at(&failed, "/problem/code"), "plan-outdated");
    cr_expect_str_eq(at(&failed, "/problem/import"), at(&planned, "/id"));
    cr_expect_str_eq(at(&failed, "/problem/instance"), header_of(&promised, "X-Request-Id"));
    cr_expect_str_eq(stored("livestock_pig"), "700", "of %ld", id);
}
