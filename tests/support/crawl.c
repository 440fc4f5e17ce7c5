/* crawl.c: every operation of routes.def, called on the objects of one commune. */
#include "support/crawl.h"
#include "support/client.h"
#include <criterion/criterion.h>
#include <string.h>

#define NOTE_MARK "ghi chú kín của xã"
#define NAME_MARK "Người giữ số liệu kín"
#define TOKEN_MARK "mã kín của máy"
#define FIGURE_MARK "31415.9"

/* What stands at a path: SQL for the value of its placeholder and for its entity tag, where
 * crawl.unit, crawl.officer and crawl.submission are the holder's. */
static const struct {
    const char *path, *value, *etag;
} places[] = {
    {"/v1/submissions/{id}", "current_setting('crawl.submission')",
     "(select app.submission_etag(s) from app.submission s where s.id = current_setting('crawl.submission')::bigint)"},
    {"/v1/reopen-requests/{id}",
     "(select coalesce(min(q.id), 999999) from app.reopen_request q where q.submission_id = current_setting('crawl.submission')::bigint)",
     NULL},
    {"/v1/follow-ups/{id}",
     "(select coalesce(min(m.id), 999999) from app.follow_up m where m.submission_id = current_setting('crawl.submission')::bigint)",
     NULL},
    {"/v1/tokens/{id}",
     "(select min(t.id) from app.token t join app.account a on a.id = t.account_id and a.login = current_setting('crawl.officer'))",
     NULL},
    {"/v1/accounts/{login}", "current_setting('crawl.officer')",
     "(select format('\"%s-%s\"', id, version) from app.account where login = current_setting('crawl.officer'))"},
    {"/v1/receipts/{id}",
     "(select min(r.id) from app.receipt r join app.account a on a.id = r.account_id and a.login = current_setting('crawl.officer'))",
     NULL},
    {"/v1/imports/{id}",
     "(select min(i.id) from app.import i join app.account a on a.id = i.account_id and a.login = current_setting('crawl.officer'))",
     NULL},
    {"/v1/units/{code}", "current_setting('crawl.unit')", NULL},
    {"/v1/documents/{code}", "'kh-43-ubnd-lo-ku-2022'", NULL},
    {"/v1/indicators/{code}", "'grain_output'", NULL},
    {"/v1/forms/{code}", "'ktxh-nam'", NULL},
    {"/v1/periods/{code}", "'2022-12'",
     "(select format('\"%s-%s\"', id, version) from app.period where code = '2022-12')"},
    {"/problems/{slug}", "'locked'", NULL},
};

static void name_holder(const struct holder *holder)
{
    world_sql(
        text_of("select set_config('crawl.unit', '%s', false), set_config('crawl.officer', '%s', false), "
                "set_config('crawl.submission', '%ld', false)",
                holder->commune->unit, holder->commune->officer, holder->submission));
}

/* A comment on it, a mark to follow up, more time for it and the wish to open it again, in whatever state:
 * with the mark. */
static void talk_about(const struct holder *holder)
{
    struct answer said = ask("POST", plan_path(holder->submission, "/comments"), holder->commune->officer,
                             "{\"text\":\"" NOTE_MARK "\"}");
    cr_assert_eq(said.status, 201, "%s", said.text);
    struct answer marked =
        ask("POST", plan_path(holder->submission, "/follow-ups"), holder->commune->officer,
            text_of("{\"text\":\"" NOTE_MARK "\",\"owner\":\"%s\",\"due_on\":\"2100-01-01\"}",
                    holder->commune->officer));
    cr_assert_eq(marked.status, 201, "%s", marked.text);
    const char *more = text_of("{\"unit\":\"kbang\",\"period\":\"%s\",\"units\":[\"%s\"],"
                               "\"expires_at\":\"2100-01-01T00:00:00Z\",\"reason\":\"" NOTE_MARK "\"}",
                               holder->period, holder->commune->unit);
    struct answer given = ask("POST", "/v1/extensions", "kbang", more);
    cr_assert_eq(given.status, 201, "%s", given.text);
    world_sql(text_of(
        "set session_replication_role = replica; insert into app.reopen_request (submission_id, unit_id, "
        "form_id, period_id, receiver_id, reason, requested_by, requester_name) select id, unit_id, form_id, "
        "period_id, receiver_id, '" NOTE_MARK "', created_by, '" NAME_MARK
        "' from app.submission where id = %ld; reset session_replication_role",
        holder->submission));
}

struct holder holder_with(const struct commune *commune, const char *period, const char *state)
{
    struct holder holder = {commune, period, 0};
    world_sql(
        text_of("update app.account set name = '" NAME_MARK "' where login like '%s%%'", commune->officer));
    world_sql(text_of("update app.token set name = '" TOKEN_MARK
                      "' where account_id in (select id from app.account where login = '%s')",
                      commune->officer));
    world_sql(text_of(
        "insert into app.import (account_id, media_type, mode, on_existing, dry_run, file, file_sha256, outcome, counts, faults, faults_total, plan) "
        "select id, 'text/csv', 'atomic', 'update', false, '" NOTE_MARK
        "', sha256('a'), 'accepted', '{\"read\":1,\"created\":1,\"updated\":0,\"unchanged\":0,\"deleted\":0,\"rejected\":0,\"faulty\":0}', '[]', 0, sha256('b') from app.account where login = '%s'",
        commune->officer));
    holder.submission = plan_draft(commune, period, "grain_output=" FIGURE_MARK);
    struct answer noted = ask_with("PATCH", plan_path(holder.submission, ""), commune->officer,
                                   "{\"note\":\"" NOTE_MARK "\"}", plan_if_match(holder.submission));
    cr_assert_eq(noted.status, 200, "%s", noted.text);
    if (strcmp(state, "draft") != 0)
        cr_assert_eq(plan_step(holder.submission, commune->leader, "submit", NULL).status, 200);
    if (strcmp(state, "returned") == 0)
        cr_assert_eq(plan_step(holder.submission, "kbang", "return", NOTE_MARK).status, 200);
    if (strcmp(state, "accepted") == 0)
        cr_assert_eq(plan_step(holder.submission, "kbang", "accept", NULL).status, 200);
    talk_about(&holder);
    return holder;
}

const char *mark_in(const struct answer *answer)
{
    static const char *const marks[] = {NOTE_MARK, NAME_MARK, TOKEN_MARK, FIGURE_MARK};
    for (size_t i = 0; i < COUNT(marks); i++)
        if (strstr(answer->text, marks[i]))
            return marks[i];
    return NULL;
}

static int place_of(const struct route *route)
{
    for (size_t i = 0; i < COUNT(places); i++)
        if (strncmp(route->path, places[i].path, strlen(places[i].path)) == 0)
            return (int)i;
    cr_assert_fail("tests/support/crawl.c does not know what stands at %s", route->path);
    return -1;
}

/* The first placeholder is the place's; one behind it names a figure. */
static const char *path_of(const struct route *route, const struct holder *holder)
{
    const char *open = strchr(route->path, '{'), *close = open ? strchr(open, '}') : NULL;
    if (!open)
        return route->path;
    const char *figure = strstr(close, "{code}");
    cr_assert(figure || !strchr(close, '{'), "tests/support/crawl.c does not know %s of %s", close,
              route->path);
    name_holder(holder);
    const char *value = world_value(text_of("select %s", places[place_of(route)].value));
    const char *path = text_of("%.*s%s", (int)(open - route->path), route->path, value);
    if (!figure)
        return text_of("%s%s", path, close + 1);
    return text_of("%s%.*sgrain_output%s", path, (int)(figure - close - 1), close + 1,
                   figure + strlen("{code}"));
}

static const char *form_of(const char *period)
{
    return strlen(period) == 4 ? "ktxh-nam"
           : period[5] == 'H'  ? "ktxh-6-thang"
           : period[5] == 'Q'  ? "ktxh-quy"
                               : "ktxh-thang";
}

/* What a name means wherever it occurs; NULL: nothing in particular. */
static const char *meaning(const char *name, const struct holder *holder)
{
    const struct {
        const char *name, *text;
    } known[] = {
        {"unit", holder->commune->unit},
        {"period", holder->period},
        {"form", form_of(holder->period)},
        {"indicator", "grain_output"},
        {"owner", holder->commune->officer},
        {"login", holder->commune->officer},
        {"role", "OFFICE_STAT_OFFICER"},
        {"code", "2023"},
        {"starts_on", "2022-12-15"},
        {"ends_on", "2023-12-14"},
        {"password", "mot mat khau dai"},
        {"name", "tên mới"},
        {"due_on", "2100-01-01"},
        {"dry_run", "true"},
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].text;
    return strcmp(name, "village") == 0 ? text_of("%s-01", holder->commune->unit) : NULL;
}

const char *crawl_path(const struct route *route, const struct holder *holder)
{
    const char *path = path_of(route, holder);
    char separator = '?';
    for (const char *const *param = route->params; *param; param++) {
        size_t length = strcspn(*param, "!");
        const char *name = text_of("%.*s", (int)length, *param), *value = meaning(name, holder);
        if ((*param)[length] != '!' && strcmp(name, "unit") != 0)
            continue;
        cr_assert_not_null(value, "tests/support/crawl.c has no value for the parameter %s", name);
        path = text_of("%s%c%s=%s", path, separator, name, value);
        separator = '&';
    }
    return path;
}

static json_t *sample_of(const struct member *member, const struct holder *holder);

/* Required members; where none is, all. */
static json_t *sample_object(const struct member *members, const struct holder *holder)
{
    json_t *object = json_object();
    bool some = false;
    for (const struct member *m = members; m && m->name; m++)
        some |= m->flags & REQUIRED;
    for (const struct member *m = members; m && m->name; m++)
        if (!some || m->flags & REQUIRED)
            json_object_set_new(object, m->name, sample_of(m, holder));
    return object;
}

static json_t *sample_text(const struct member *member, const struct holder *holder)
{
    const char *text = meaning(member->name, holder);
    if (member->choices)
        text = member->choices[0];
    else if (!text)
        text = member->types & DATE      ? "2022-12-14"
               : member->types & INSTANT ? "2030-01-01T00:00:00+07:00"
                                         : "mot mat khau";
    return json_string(text);
}

static json_t *sample_of(const struct member *member, const struct holder *holder)
{
    if (member->types & (STRING | CODE | DATE | INSTANT))
        return sample_text(member, holder);
    if (member->types & (INTEGER | DECIMAL))
        return json_integer(member->low > 1 ? (json_int_t)member->low : 1);
    if (member->types & BOOLEAN)
        return json_false();
    if (member->types & ARRAY) {
        struct member item = *member->items;
        if (item.types & STRING)
            item.name = member->name; /* a list of units is made of units */
        return json_pack("[o]", sample_of(&item, holder));
    }
    return sample_object(member->members, holder);
}

const char *crawl_body(const struct route *route, const struct holder *holder)
{
    if (route->flags & FILE_BODY)
        return text_of(
            "{\"rows\":[{\"unit\":\"%s\",\"period\":\"%s\",\"indicator\":\"grain_output\",\"value\":1}]}",
            holder->commune->unit, holder->period);
    if (!route->body)
        return NULL;
    json_auto_t *body = sample_object(route->body, holder);
    return client_keep(json_dumps(body, JSON_COMPACT));
}

const char *crawl_headers(const struct route *route, const struct holder *holder)
{
    if (!(route->flags & IF_MATCH))
        return NULL;
    const char *etag = places[place_of(route)].etag;
    cr_assert_not_null(etag, "tests/support/crawl.c knows no entity tag of %s", route->path);
    name_holder(holder);
    return text_of("If-Match: %s", world_value(text_of("select %s", etag)));
}

struct answer crawl(const struct route *route, const struct holder *holder, const char *login,
                    const char *header)
{
    const char *if_match = crawl_headers(route, holder);
    if (if_match && header)
        header = text_of("%s\r\n%s", if_match, header);
    return ask_for((struct wish){route->method, crawl_path(route, holder), login, crawl_body(route, holder),
                                 header ? header : if_match});
}

bool crawl_writes(const struct route *route)
{
    return route_writes(route);
}

const char *crawl_caller(const struct route *route)
{
    static const char *const callers[ACCESS_COUNT] = {
        [SIGNED_IN] = "loku",     [DATA_READ] = "loku",      [DATA_WRITE] = "loku",
        [WORKFLOW] = "loku-lead", [CATALOG_WRITE] = "kbang", [ACCOUNTS] = "admin",
    };
    if (strcmp(route->operation, "publication_create") == 0)
        return "kbang-lead";
    if (strcmp(route->operation, "village_proposal_create") == 0)
        return "loku-village";
    if (strcmp(route->operation, "extension_create") == 0
        || strcmp(route->operation, "reopen_request_decide") == 0)
        return "kbang";
    return callers[route->access];
}
