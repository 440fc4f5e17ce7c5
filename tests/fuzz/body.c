/* A request body: an object no deeper than the limit, or a problem; and the depth guard refuses nothing
 * that is JSON and shallow. */
#include "http/body.h"
#include "fuzz/target.h"

static int depth_of(const json_t *value)
{
    const char *name;
    json_t *member;
    int deepest = 0;
    if (!json_is_object(value) && !json_is_array(value))
        return 0;
    for (size_t i = 0; i < json_array_size(value); i++) {
        int depth = depth_of(json_array_get(value, i));
        deepest = depth > deepest ? depth : deepest;
    }
    json_object_foreach((json_t *)value, name, member)
    {
        int depth = depth_of(member);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    problem_auto_t problem = {0};
    json_auto_t *json = body_parse(text, size, &problem),
                *any = json_loadb(text, size, JSON_DECODE_ANY, NULL);
    HOLDS((json != NULL) == (problem.kind == PROBLEM_none));
    HOLDS(!json || (json_is_object(json) && depth_of(json) <= BODY_DEPTH_MAX));
    HOLDS(!any || depth_of(any) > BODY_DEPTH_MAX || body_is_shallow(text, size));
    return 0;
}
