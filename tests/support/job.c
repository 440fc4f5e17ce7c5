/* job.c: files that are worked on after they were answered. */
#include "support/job.h"
#include "domain/import_job.h"
#include "domain/import_runner.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

enum { MOMENT = 20000, MOMENTS_MAX = 1500 }; /* 30 seconds */

static bool works;

void job_world_open(void)
{
    works = false;
    world_open();
}

void job_world_close(void)
{
    job_worker_stops();
    world_close();
}

void job_worker_starts(void)
{
    cr_assert(works || import_runner_start());
    works = true;
}

void job_worker_stops(void)
{
    if (works)
        import_runner_stop();
    works = false;
}

struct answer job_send(const char *login, const char *parameters, const char *file)
{
    return ask_with("POST", text_of("/v1/imports%s", parameters), login, file,
                    JOB_CSV "\r\nPrefer: respond-async");
}

struct answer job_now(const struct answer *sent, const char *login)
{
    return get(sent->location, login);
}

void job_await(const char *sql, const char *text)
{
    const char *found = "";
    for (int i = 0; i < MOMENTS_MAX && strcmp(found, text) != 0; i++) {
        usleep(i ? MOMENT : 0);
        found = world_value(sql);
    }
    cr_assert_str_eq(found, text, "%s", sql);
}

struct answer job_result(const struct answer *sent, const char *login)
{
    cr_assert_eq(sent->status, 202, "%s", sent->text);
    job_worker_starts();
    job_await(text_of("select state in ('done', 'failed') from app.import_job where import_id = %s",
                      at(sent, "/id")),
              "t");
    return job_now(sent, login);
}
