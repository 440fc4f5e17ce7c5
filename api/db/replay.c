/* replay.c: an answer that was given before, as rows. */
#include "db/replay.h"
#include "db/db.h"
#include <jansson.h>
#include <string.h>

enum { COLUMNS_MAX = 16 };

bool replay_is_one(const PGresult *failed)
{
    const char *sqlstate = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
    return sqlstate && strcmp(sqlstate, "TDR00") == 0;
}

static bool name_columns(PGresult *rows, json_t *told)
{
    PGresAttDesc columns[COLUMNS_MAX] = {0};
    const char *name;
    json_t *value;
    int count = 0;
    json_object_foreach(told, name, value)
    {
        if (count == COLUMNS_MAX)
            return false;
        columns[count++].name = (char *)name; /* libpq copies it */
    }
    return PQsetResultAttrs(rows, count, columns) == 1;
}

static bool fill_row(PGresult *rows, json_t *told)
{
    const char *name;
    json_t *value;
    int column = 0;
    json_object_foreach(told, name, value)
    {
        char *text = (char *)json_string_value(value); /* libpq copies it */
        int length = text ? (int)json_string_length(value) : -1;
        if (PQsetvalue(rows, 0, column++, text, length) != 1)
            return false;
    }
    return true;
}

PGresult *replay_rows(const PGresult *failed)
{
    const char *detail = PQresultErrorField(failed, PG_DIAG_MESSAGE_DETAIL);
    json_auto_t *told = detail ? json_loads(detail, 0, NULL) : NULL;
    pgresult_auto_t *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    if (!json_is_object(told) || !rows || !name_columns(rows, told) || !fill_row(rows, told))
        return NULL;
    return give(&rows);
}
