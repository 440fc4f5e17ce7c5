/* lists.c: every list of routes.def, with at least two entries. */
#include "support/lists.h"
#include "support/expect.h"
#include "support/villages.h"
#include <criterion/criterion.h>
#include <string.h>

static void publish(const char *form, const char *period)
{
    const char *body = text_of("{\"unit\":\"kbang\",\"form\":\"%s\",\"period\":\"%s\"}", form, period);
    struct answer made = ask("POST", "/v1/publications", "kbang-lead", body);
    cr_assert_eq(made.status, 201, "%s", made.text);
}

struct holder lists_filled(void)
{
    villages_propose("births", "1");
    villages_propose("deaths", "2");
    holder_with(&lo_ku, "2022-Q1", "draft");
    struct holder holder = holder_with(&lo_ku, "2022", "accepted");
    struct answer said = ask("POST", plan_path(holder.submission, "/comments"), "loku",
                             "{\"text\":\"=1+1\",\"indicator\":\"births\"}");
    cr_assert_eq(said.status, 201, "%s", said.text);
    publish("ktxh-nam", "2022");
    publish("ktxh-quy", "2022-Q1");
    world_sql("insert into app.token (account_id, name, hash, scopes, expires_at) select id, '-máy', "
              "sha256('x'), '{data:read}', now() + interval '1 day' from app.account where login = 'loku'");
    return holder;
}

bool lists_has(const struct route *route)
{
    return route->shape == LIST && route->query != NO_QUERY;
}

const char *lists_path(const struct route *route, const struct holder *holder)
{
    const char *path = crawl_path(route, holder);
    bool needs = false;
    for (const char *const *param = route->params; *param; param++)
        needs |= strchr(*param, '!') != NULL;
    return text_of("%.*s%s", (int)strcspn(path, "?"), path,
                   needs ? "?unit=kbang-lo-ku&period=2022,2022-Q1" : "");
}

const char *lists_caller(const struct route *route)
{
    return strcmp(route->operation, "account_list") == 0 ? "admin" : crawl_caller(route);
}

const char *lists_with(const char *path, const char *param)
{
    return text_of("%s%c%s", path, strchr(path, '?') ? '&' : '?', param);
}

json_t *lists_items(const char *path, const char *login)
{
    json_t *items = json_array();
    for (const char *at = lists_with(path, "limit=500"); at;) {
        struct answer page = get(at, login);
        cr_assert_eq(page.status, 200, "%s: %s", at, page.text);
        json_array_extend(items, json_object_get(page.json, "items"));
        at = lists_next(&page);
    }
    cr_assert_geq(json_array_size(items), 2, "%s has too few entries to tell", path);
    return items;
}

const char *lists_next(const struct answer *answer)
{
    const char *link = header_of(answer, "Link");
    const char *end = strstr(link, ">; rel=\"next\"");
    cr_assert(!link[0] || (link[0] == '<' && end), "%s", link);
    return link[0] ? text_of("%.*s", (int)(end - link - 1), link + 1) : NULL;
}
