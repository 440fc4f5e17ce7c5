/* replica.c: a puller's copy of what a login sees, kept by the feed of changes. */
#include "support/replica.h"
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

struct replica replica_new(const char *login)
{
    return (struct replica){.login = login, .things = json_object()};
}

void replica_release(struct replica *replica)
{
    json_decref(replica->things);
    replica->things = NULL;
}

static const char *text_in(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static const char *name_of(const json_t *item)
{
    return text_of("%s %s", text_in(item, "kind"), text_in(item, "key"));
}

static void apply(struct replica *replica, const json_t *item)
{
    if (strcmp(text_in(item, "op"), "upsert") == 0) {
        json_object_set(replica->things, name_of(item), json_object_get(item, "data"));
        replica->upserts++;
    } else {
        json_object_del(replica->things, name_of(item));
        replica->deletes++;
    }
}

static bool pull_page(struct replica *replica, int limit)
{
    const char *path = text_of("/v1/changes?limit=%d", limit);
    if (replica->cursor)
        path = text_of("%s&cursor=%s", path, replica->cursor);
    struct answer page = get(path, replica->login);
    cr_assert_eq(page.status, 200, "%s", page.text);
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(page.json, "items"), i, item) apply(replica, item);
    replica->cursor = at(&page, "/next");
    replica->pages++;
    return strcmp(at(&page, "/more"), "true") == 0;
}

void replica_pull(struct replica *replica, int limit)
{
    while (pull_page(replica, limit))
        ;
}

static const char *missing_or_other(const json_t *here, const json_t *there, const char *what)
{
    const char *name;
    json_t *data;
    json_object_foreach((json_t *)here, name, data) if (!json_equal(data, json_object_get(there, name)))
    {
        str_auto_t *one = json_dumps(data, JSON_COMPACT);
        const json_t *second = json_object_get(there, name);
        str_auto_t *other = second ? json_dumps(second, JSON_COMPACT) : NULL;
        return text_of("%s: %s: %s, %s", what, name, one, other ? other : "missing");
    }
    return NULL;
}

const char *replica_difference(const struct replica *replica)
{
    struct replica source = replica_new(replica->login);
    replica_pull(&source, 500);
    const char *difference = missing_or_other(source.things, replica->things, "in the source");
    if (!difference)
        difference = missing_or_other(replica->things, source.things, "in the replica");
    replica_release(&source);
    return difference;
}

const json_t *replica_thing(const struct replica *replica, const char *kind, const char *key)
{
    return json_object_get(replica->things, text_of("%s %s", kind, key));
}
