/* route.c: which operation is meant by a method and a path. */
#include "http/route.h"
#include <ctype.h>
#include <string.h>

enum { ID_DIGITS_MAX = 18 }; /* whatever has as many fits a bigint */

static bool fits_id(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isdigit((unsigned char)value[i]))
            return false;
    return length <= ID_DIGITS_MAX;
}

static bool fits_slug(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!islower((unsigned char)value[i]) && !isdigit((unsigned char)value[i]) && !strchr("_-", value[i]))
            return false;
    return true;
}

static bool fits_code(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)value[i]) && !strchr("_-", value[i]))
            return false;
    return true;
}

static bool fits_login(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!islower((unsigned char)value[i]) && !isdigit((unsigned char)value[i])
            && !strchr("._-", value[i]))
            return false;
    return value[0] != '.';
}

/* Is the value one of the placeholder, "{id}…" or "{code}…"? */
static bool fits(const char *placeholder, const char *value, size_t length)
{
    if (length == 0 || length >= PATH_VALUE_SIZE)
        return false;
    if (strncmp(placeholder, "{id}", 4) == 0)
        return fits_id(value, length);
    if (strncmp(placeholder, "{slug}", 6) == 0)
        return fits_slug(value, length);
    if (strncmp(placeholder, "{login}", 7) == 0)
        return fits_login(value, length);
    return fits_code(value, length);
}

/* Take a placeholder's value off the path, moving past both. */
static bool take_value(const char **pattern, const char **path, char value[PATH_VALUE_SIZE])
{
    size_t length = strcspn(*path, "/?");
    if (!fits(*pattern, *path, length))
        return false;
    memcpy(value, *path, length);
    value[length] = '\0';
    *path += length;
    *pattern = strchr(*pattern, '}') + 1;
    return true;
}

static bool path_fits(const char *pattern, const char *path, char value[PATH_VALUES_MAX][PATH_VALUE_SIZE])
{
    for (int n = 0; *pattern;) {
        if (*pattern == '{') {
            if (!take_value(&pattern, &path, value[n++]))
                return false;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0' || *path == '?';
}

const struct route *route_find(const struct route_table *table, const char *method, const char *path,
                               char path_value[PATH_VALUES_MAX][PATH_VALUE_SIZE])
{
    const char *meant = strcmp(method, "HEAD") == 0 ? "GET" : method;
    for (size_t i = 0; i < table->count; i++) {
        const struct route *route = &table->routes[i];
        if (strcmp(route->method, meant) == 0 && path_fits(route->path, path, path_value))
            return route;
    }
    return NULL;
}

bool route_allow(const struct route_table *table, const char *path, struct buf *out)
{
    char unused[PATH_VALUES_MAX][PATH_VALUE_SIZE];
    bool known = false;
    for (size_t i = 0; i < table->count; i++) {
        const struct route *route = &table->routes[i];
        if (!path_fits(route->path, path, unused))
            continue;
        known = true;
        buf_adds(out, route->method);
        buf_adds(out, strcmp(route->method, "GET") == 0 ? ", HEAD, " : ", ");
    }
    if (known)
        buf_adds(out, "OPTIONS");
    return known;
}
