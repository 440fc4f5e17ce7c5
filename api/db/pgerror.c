/* pgerror.c: what an error of PostgreSQL means to the caller. */
#include "db/pgerror.h"
#include <string.h>
#include <yder.h>

/* First match wins; a prefix matches its whole class. */
static const struct {
    const char *sqlstate;
    enum problem_kind kind;
} meanings[] = {
    {"23505", PROBLEM_already_exists}, /* unique_violation */
    {"23", PROBLEM_invalid_content},   /* other constraints */
    {"22003", PROBLEM_number_out_of_range},
    {"22", PROBLEM_invalid_content}, /* a value cannot be represented */
    {"42501", PROBLEM_forbidden},    /* insufficient_privilege, row-level security */
    {"57014", PROBLEM_timeout},      /* statement_timeout */
    {"55P03", PROBLEM_timeout},      /* lock_timeout */
    {"40", PROBLEM_unavailable},     /* two transactions met, again and again */
    {"08", PROBLEM_unavailable},     /* connection */
    {"53", PROBLEM_unavailable},     /* resources */
    {"57P", PROBLEM_unavailable},    /* shutting down or starting */
    {"25006", PROBLEM_internal},     /* a read operation tried to write */
};

static bool has_state(const PGresult *failed, const char *prefix)
{
    const char *sqlstate = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
    return sqlstate && strncmp(sqlstate, prefix, strlen(prefix)) == 0;
}

static void complain(const PGresult *failed)
{
    const char *sqlstate = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
    const char *context = PQresultErrorField(failed, PG_DIAG_CONTEXT);
    y_log_message(Y_LOG_LEVEL_ERROR, "sqlstate %s: %s (%s)", sqlstate ? sqlstate : "none",
                  PQresultErrorField(failed, PG_DIAG_MESSAGE_PRIMARY), context ? context : "no context");
}

/* Hand the part of the detail over to the problem. */
static json_t *part(const json_t *detail, const char *name)
{
    return json_incref(json_object_get(detail, name));
}

/* An error raised by ourselves, unless its slug or its detail is not what pgerror.h says. */
static bool raise_ours(const PGresult *failed, struct problem *problem)
{
    const char *text = PQresultErrorField(failed, PG_DIAG_MESSAGE_DETAIL);
    enum problem_kind kind = problem_of_slug(PQresultErrorField(failed, PG_DIAG_MESSAGE_PRIMARY));
    json_auto_t *detail = text ? json_loads(text, 0, NULL) : NULL;
    if (kind == PROBLEM_none || (text && !detail)) {
        complain(failed);
        return problem_set(problem, kind == PROBLEM_none ? PROBLEM_internal : kind, NULL);
    }
    if (problem->kind != PROBLEM_none)
        return false;
    *problem =
        (struct problem){kind, part(detail, "params"), part(detail, "errors"), part(detail, "members")};
    return false;
}

static enum problem_kind kind_of(const PGresult *failed)
{
    for (size_t i = 0; i < COUNT(meanings); i++)
        if (has_state(failed, meanings[i].sqlstate))
            return meanings[i].kind;
    return PROBLEM_internal;
}

bool pgerror_to_problem(const PGresult *failed, struct problem *problem)
{
    if (has_state(failed, "TD"))
        return raise_ours(failed, problem);

    enum problem_kind kind = kind_of(failed);
    if (kind == PROBLEM_internal)
        complain(failed);
    problem_set(problem, kind, NULL);
    const char *rule = PQresultErrorField(failed, PG_DIAG_CONSTRAINT_NAME);
    if (rule && problem->kind == kind && !problem->members)
        problem->members = json_pack("{s:s}", "rule", rule);
    return false;
}

bool pgerror_is_collision(const PGresult *failed)
{
    return has_state(failed, "40001") || has_state(failed, "40P01");
}
