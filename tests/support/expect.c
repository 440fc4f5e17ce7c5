/* expect.c: what answers are expected to be, in a line; and what is in the database behind them. */
#include "support/expect.h"
#include "support/client.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

static bool says(const struct answer *answer, const char *pointer)
{
    const char *text = at(answer, pointer);
    return text[0] && strcmp(text, "(absent)") != 0 && strcmp(text, "null") != 0;
}

/* The database shows through. */
static const char *leaked_word(const char *text)
{
    static const char *const words[] = {
        "SQLSTATE", "syntax error", "relation \"", "column \"", "PL/pgSQL", "violates",
        "ERROR:",   "CONTEXT:",     "pg_",         "libpq",     "app.",     "operator"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcasestr(text, words[i]))
            return words[i];
    return NULL;
}

const char *flaw_of(const struct answer *answer)
{
    static const char *const members[] = {"/type", "/title", "/status", "/detail", "/code", "/instance"};
    if (answer->status < 400 || answer->status > 499)
        return text_of("status %d", answer->status);
    if (strcmp(answer->type, "application/problem+json") != 0 || !answer->json)
        return text_of("type %s", answer->type);
    for (size_t i = 0; i < COUNT(members); i++)
        if (!says(answer, members[i]))
            return text_of("no %s", members[i]);
    if (strtol(at(answer, "/status"), NULL, 10) != answer->status)
        return "another status in the body";
    if (strcmp(at(answer, "/type"), text_of("/problems/%s", at(answer, "/code"))) != 0)
        return "type and code differ";
    if (strcmp(at(answer, "/instance"), header_of(answer, "X-Request-Id")) != 0)
        return "instance is not the request's id";
    const char *signature = strstr(answer->text, "\"signature\""); /* letters at random may spell anything */
    const char *word = leaked_word(signature ? text_of("%.*s", (int)(signature - answer->text), answer->text)
                                             : answer->text);
    return word ? text_of("it says %s", word) : NULL;
}

void expect_problem_at(struct answer answer, int status, const char *slug, const char *file, int line)
{
    const char *flaw = flaw_of(&answer);
    cr_expect_null(flaw, "%s:%d: %s: %s", file, line, flaw ? flaw : "", answer.text);
    cr_expect(answer.status == status && strcmp(at(&answer, "/code"), slug) == 0,
              "%s:%d: wanted %d %s: %d %s", file, line, status, slug, answer.status, answer.text);
}

void expect_fault_at(struct answer answer, int status, const char *slug, const char *fault, const char *file,
                     int line)
{
    expect_problem_at(answer, status, slug, file, line);
    cr_expect_str_eq(faults_of(&answer), text_of("%s\n", fault), "%s:%d: wanted %s alone: %s", file, line,
                     fault, answer.text);
}

struct answer get(const char *path, const char *login)
{
    return ask("GET", path, login, NULL);
}

static const char *text_of_json(const json_t *value)
{
    if (!value)
        return "(absent)";
    if (json_is_string(value))
        return json_string_value(value);
    return client_keep(json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15)));
}

const json_t *item_with(const struct answer *list, const char *member, const char *text)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(list->json, "items"), i,
                       item) if (strcmp(text_of_json(json_object_get(item, member)), text) == 0) return item;
    return NULL;
}

const char *of_item(const struct answer *list, const char *member, const char *text, const char *wanted)
{
    return text_of_json(json_object_get(item_with(list, member, text), wanted));
}

static void add_column(struct buf *to, const struct answer *list, const char *member)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(list->json, "items"), i, item)
        buf_addf(to, "%s%s", to->len ? " " : "", text_of_json(json_object_get(item, member)));
}

static const char *kept(struct buf *text)
{
    size_t length = 0;
    return client_keep(text->len ? buf_take(text, &length) : strdup(""));
}

const char *column_of(const struct answer *list, const char *member)
{
    buf_auto_t column = {0};
    add_column(&column, list, member);
    return kept(&column);
}

const char *column_of_pages(const char *path, const char *login, const char *member, int limit)
{
    enum { PAGES_MAX = 200 };
    buf_auto_t column = {0};
    const char *next = "";
    for (int page = 0; page < PAGES_MAX && strcmp(next, "null") != 0; page++) {
        const char *cursor = page ? text_of("&cursor=%s", next) : "";
        struct answer list = get(text_of("%slimit=%d%s", path, limit, cursor), login);
        cr_assert_eq(list.status, 200, "%s", list.text);
        cr_assert_leq(json_array_size(json_object_get(list.json, "items")), (size_t)limit);
        add_column(&column, &list, member);
        next = at(&list, "/next");
    }
    cr_expect_str_eq(next, "null", "%s has no last page", path);
    return kept(&column);
}

/* The secret of a session nobody signed in for. */
static const char *session_token(const char *login, const char *name)
{
    const char *token = text_of("thidua_session-%s-%s", login, name);
    world_sql(
        text_of("insert into app.session (hash, account_id, address, expires_at) select "
                "sha256(convert_to('%s', 'UTF8')), id, 'test', now() + interval '1 hour' from app.account "
                "where login = '%s' on conflict do nothing",
                token, login));
    return token;
}

const char *bearer_of(const char *login, const char *name)
{
    return text_of("Authorization: Bearer %s", session_token(login, name));
}

const char *cookie_of(const char *login, const char *name)
{
    return text_of("Cookie: thidua_session=%s", session_token(login, name));
}

int database_holds(const char *text)
{
    world_sql(
        "create or replace function pg_temp.holds(wanted text) returns bigint language plpgsql as $$"
        " declare t regclass; found bigint; total bigint := 0; begin"
        " for t in select c.oid from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' loop"
        " execute format('select count(*) from %s r where strpos(r::text, $1) > 0"
        "  or strpos(r::text, encode(convert_to($1, ''UTF8''), ''hex'')) > 0', t) into found using wanted;"
        " total := total + found; end loop; return total; end $$");
    return (int)strtol(world_value(text_of("select pg_temp.holds('%s')", text)), NULL, 10);
}

const char *database_digest(const char *login)
{
    world_sql(
        "create or replace function pg_temp.digest(own_login text) returns text language plpgsql as $$"
        " declare t regclass; rows text; total text := ''; me int; units int[]; begin"
        " select a.id into me from app.account a where a.login = own_login;"
        " select array_agg(unit_id) into units from app.account_role where account_id = me;"
        " for t in select c.oid from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind = 'r'"
        "  and c.relname not in ('audit', 'audit_head', 'sign_in_failure', 'answer') order by c.relname loop"
        " execute format('select md5(coalesce(string_agg(r::text, chr(10) order by r::text), '''')) from %s r"
        "  where coalesce((to_jsonb(r) ->> ''account_id'')::int <> $1, true)"
        "  and coalesce((to_jsonb(r) ->> ''unit_id'')::int <> all ($2), true)', t) into rows using me, units;"
        " total := total || ' ' || t || '=' || rows; end loop; return total; end $$");
    return world_value(login ? text_of("select pg_temp.digest('%s')", login) : "select pg_temp.digest(null)");
}

int changes_recorded(void)
{
    return (int)strtol(world_value("select count(*) from app.audit"), NULL, 10);
}
