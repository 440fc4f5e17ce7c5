/* template.c: workbooks to be filled in. */
#include "sheet/template.h"
#include "db/rows_json.h"
#include "domain/operations.h"
#include "domain/serve_query.h"
#include "http/body.h"

bool form_template(struct request *rq, struct reply *rp, struct problem *problem)
{
    struct db_call call = call_of(rq, SQL_form_template);
    call.arg[call.args++] = rq->path_value[0];
    call.arg[call.args++] = rq->param[0];
    call.arg[call.args++] = rq->param[1];
    pgresult_auto_t *rows = db_run(&call, problem);
    if (!rows)
        return false;
    if (PQntuples(rows) == 0)
        return problem_set(problem, PROBLEM_not_found, NULL);
    json_auto_t *lines = json_loads(rows_told(rows, 0, "lines"), 0, NULL);
    const struct template template = {rows_told(rows, 0, "form"),
                                      rows_told(rows, 0, "form_name"),
                                      rows_told(rows, 0, "unit"),
                                      rows_told(rows, 0, "unit_name"),
                                      rows_told(rows, 0, "period"),
                                      rows_told(rows, 0, "invented")[0] == 't',
                                      lines};
    if (!template_write(&template, &rp->body))
        return problem_set(problem, PROBLEM_internal, NULL);
    rp->status = 200;
    rp->type = MEDIA_XLSX;
    return true;
}
