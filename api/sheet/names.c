/* names.c: names of parts and attributes of an OOXML package. */
#include "sheet/package.h"
#include <stdio.h>
#include <string.h>

/* Cut the last folder off a path that ends in "/" or is empty.  False: there is none. */
static bool leave_folder(char *path)
{
    size_t length = strlen(path);
    if (length == 0)
        return false;
    path[length - 1] = '\0';
    char *slash = strrchr(path, '/');
    path[slash ? (size_t)(slash - path) + 1 : 0] = '\0';
    return true;
}

/* Add the first segment of *target, moving past it. */
static bool take_segment(const char **target, char path[PART_SIZE])
{
    size_t length = strcspn(*target, "/"), before = strlen(path);
    bool folder = (*target)[length] == '/';
    const char *segment = *target;
    *target += length + folder;
    if (length == 0 || (length == 1 && *segment == '.'))
        return true;
    if (length == 2 && strncmp(segment, "..", 2) == 0)
        return leave_folder(path);
    if (before + length + folder >= PART_SIZE)
        return false;
    memcpy(path + before, segment, length + folder);
    path[before + length + folder] = '\0';
    return true;
}

bool package_resolve(const char *part, const char *target, char resolved[PART_SIZE])
{
    const char *name = strrchr(part, '/');
    size_t folder = name && *target != '/' ? (size_t)(name - part) + 1 : 0;
    if (folder >= PART_SIZE)
        return false;
    memcpy(resolved, part, folder);
    resolved[folder] = '\0';
    while (*target)
        if (!take_segment(&target, resolved))
            return false;
    return true;
}

bool package_rels(const char *part, char rels[PART_SIZE])
{
    const char *name = strrchr(part, '/');
    int folder = name ? (int)(name - part) + 1 : 0;
    return snprintf(rels, PART_SIZE, "%.*s_rels/%s.rels", folder, part, part + folder) < PART_SIZE;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        const char *colon = strrchr(*attributes, ':');
        if (strcmp(colon ? colon + 1 : *attributes, name) == 0)
            return attributes[1];
    }
    return NULL;
}

bool xml_is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}
