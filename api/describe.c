/* describe.c: the tables of the program as JSON. */
#include "describe.h"
#include "http/params.h"
#include "queries.h"
#include "routes.h"
#include <string.h>

static json_t *shape_members(const struct member *members);

static json_t *type_names(unsigned types)
{
    json_t *names = json_array();
    for (unsigned type = STRING; type <= NULLABLE; type *= 2)
        if (types & type)
            json_array_append_new(names, json_string(shape_type_name(type)));
    return names;
}

static json_t *text_list(const char *const *texts)
{
    json_t *list = texts ? json_array() : NULL;
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static json_t *shape_of(const struct member *shape)
{
    json_t *described = json_object();
    json_object_set_new(described, "types", type_names(shape->types));
    json_object_set_new(described, "required", json_boolean(shape->flags & REQUIRED));
    json_object_set_new(described, "lines", json_boolean(shape->flags & LINES));
    if (shape->min_length)
        json_object_set_new(described, "min_length", json_integer((json_int_t)shape->min_length));
    if (shape->max_length)
        json_object_set_new(described, "max_length", json_integer((json_int_t)shape->max_length));
    if (shape->low != 0 || shape->high != 0) {
        json_object_set_new(described, "low", json_real(shape->low));
        json_object_set_new(described, "high", json_real(shape->high));
    }
    json_object_set_new(described, "choices", text_list(shape->choices));
    json_object_set_new(described, "members", shape->members ? shape_members(shape->members) : NULL);
    json_object_set_new(described, "items", shape->items ? shape_of(shape->items) : NULL);
    return described;
}

static json_t *shape_members(const struct member *members)
{
    json_t *described = json_object();
    for (; members->name; members++)
        json_object_set_new(described, members->name, shape_of(members));
    return described;
}

static json_t *param_of(const char *declared)
{
    static const char *const kinds[] = {"int", "code", "moment", "text", "list", "choice"};
    const struct param *param = param_named(declared);
    if (!param)
        return json_pack("{s:s, s:s}", "name", declared, "kind", "not in params.def");
    return json_pack("{s:s, s:s, s:b, s:I, s:I, s:s*}", "name", param->name, "kind", kinds[param->kind],
                     "required", strchr(declared, '!') != NULL, "low", (json_int_t)param->low, "high",
                     (json_int_t)param->high, "choices", param->choices);
}

static json_t *params_of(const struct route *route)
{
    json_t *params = json_array();
    for (int i = 0; route->params[i]; i++)
        json_array_append_new(params, param_of(route->params[i]));
    return params;
}

static json_t *route_of(const struct route *route)
{
    static const char *const accesses[] = {"OPEN",     "SIGNED_IN",     "DATA_READ", "DATA_WRITE",
                                           "WORKFLOW", "CATALOG_WRITE", "ACCOUNTS"};
    static const char *const shapes[] = {"ONE", "LIST", "NOTHING"};
    const char *query = route->query == NO_QUERY ? NULL : sql_queries[route->query].name;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:o*, s:I, s:s*, s:o}", "operation",
                     route->operation, "method", route->method, "path", route->path, "access",
                     accesses[route->access], "shape", shapes[route->shape], "if_match",
                     (route->flags & IF_MATCH) != 0, "file", (route->flags & FILE_BODY) != 0, "conditional",
                     (route->flags & CONDITIONAL) != 0, "reads", (route->flags & READS) != 0, "body",
                     route->body ? shape_members(route->body) : NULL, "body_max", (json_int_t)route->body_max,
                     "query", query, "parameters", params_of(route));
}

static json_t *problem_of(enum problem_kind kind)
{
    const struct problem_text *text = problem_text(kind);
    return json_pack("{s:s, s:i, s:b, s:s, s:s, s:s, s:s, s:s, s:s}", "slug", text->slug, "status",
                     text->status, "retryable", text->retryable, "title_en", text->title[EN], "title_vi",
                     text->title[VI], "detail_en", text->detail[EN], "detail_vi", text->detail[VI],
                     "advice_en", text->advice[EN], "advice_vi", text->advice[VI]);
}

static json_t *fault_of(const struct fault_text *text)
{
    return json_pack("{s:s, s:s, s:s}", "code", text->code, "text_en", text->text[EN], "text_vi",
                     text->text[VI]);
}

void describe(FILE *to)
{
    json_t *lines = json_array(), *problems = json_array(), *faults = json_array();
    for (size_t i = 0; i < routes.count; i++)
        json_array_append_new(lines, route_of(&routes.routes[i]));
    for (enum problem_kind kind = PROBLEM_none + 1; kind < PROBLEM_COUNT; kind++)
        json_array_append_new(problems, problem_of(kind));
    for (size_t i = 0; i < fault_texts_count; i++)
        json_array_append_new(faults, fault_of(&fault_texts[i]));
    json_auto_t *all = json_pack("{s:o, s:o, s:o}", "routes", lines, "problems", problems, "faults", faults);
    json_dumpf(all, to, JSON_INDENT(2));
    fputc('\n', to);
}
