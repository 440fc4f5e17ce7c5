/* validation.c: what a submit would say of a report, and what justifies figures that a rule questions. */
#include "db/rows_json.h"
#include "domain/operations.h"
#include "domain/serve_query.h"
#include "http/reply.h"

enum { TEXT_MAX = 4000 };

const struct member justification_body[] = {
    {"rule", STRING, REQUIRED, .min_length = 1, .max_length = 64},
    {"text", STRING, REQUIRED | LINES, .min_length = 1, .max_length = TEXT_MAX},
    {0},
};

/* The faults get their texts here; the figures beside them stay as PostgreSQL printed them. */
static bool tell_faults(const struct request *rq, const char *told, struct reply *rp, struct problem *problem)
{
    json_auto_t *faults = told ? json_loads(told, 0, NULL) : NULL;
    faults_describe(faults, rq->language);
    str_auto_t *text = faults ? json_dumps(faults, JSON_COMPACT) : NULL;
    if (!text)
        return problem_set(problem, PROBLEM_internal, NULL);
    reply_add_json(rp, "errors", text);
    return true;
}

bool validation_get(struct request *rq, struct reply *rp, struct problem *problem)
{
    struct db_call call = call_of(rq, SQL_validation_get);
    call.arg[call.args++] = rq->path_value[0];
    pgresult_auto_t *rows = db_run(&call, problem);
    return rows && serve_rows(rq, rows, rp, problem)
           && tell_faults(rq, rows_told(rows, 0, "_errors"), rp, problem);
}
