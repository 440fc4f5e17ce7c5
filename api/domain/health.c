/* health.c: what the service says of itself without asking the database. */
#include "domain/operations.h"
#include "queries.h"

bool health_live(struct request *rq, struct reply *rp, struct problem *problem)
{
    (void)rq, (void)problem;
    rp->status = 200;
    buf_adds(&rp->body, "{\"status\":\"live\",\"version\":\"" THIDUA_VERSION "\"}");
    return true;
}

bool openapi_get(struct request *rq, struct reply *rp, struct problem *problem)
{
    (void)rq, (void)problem;
    rp->status = 200;
    rp->type = "application/yaml";
    buf_adds(&rp->body, openapi_yaml);
    return true;
}
