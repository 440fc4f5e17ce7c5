/* A line with the method, the rest is the path: what is found is allowed, and its values are plain. */
#include "fuzz/target.h"
#include "routes.h"

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char values[PATH_VALUES_MAX][PATH_VALUE_SIZE] = {""};
    str_auto_t *text = fuzz_text(data, size);
    char *path = text;
    const char *method = strsep(&path, "\n");
    if (!path)
        return 0;
    buf_auto_t allowed = {0};
    bool known = route_allow(&routes, path, &allowed);
    const struct route *route = route_find(&routes, method, path, values);
    HOLDS(!route || (known && strstr(allowed.text, route->method)));
    HOLDS(!route || (path[0] == '/' && !strstr(path, "//")) || strchr(path, '?'));
    for (int i = 0; route && i < PATH_VALUES_MAX; i++)
        HOLDS(values[i][strspn(values[i], plain)] == '\0');
    return 0;
}
