/* workbook.c: what a workbook consists of. */
#include "sheet/workbook.h"
#include <stdio.h>
#include <string.h>

struct reading {
    struct workbook *workbook;
    struct package *package;
    bool is_workbook; /* by its root */
    bool any;         /* an element has been seen */
};

static bool ends_with(const char *text, const char *end)
{
    size_t length = text ? strlen(text) : 0, size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

/* The kinds of workbook that are not read say so here, of a part: defaults (SheetJS writes that of .xlsb into
 * every workbook) say nothing. */
static void on_content_type(void *state, const char *name, const char **attributes)
{
    struct reading *reading = state;
    const char *type = strcmp(name, "Override") == 0 ? xml_attribute(attributes, "ContentType") : NULL;
    if (type && strcasestr(type, "sheet.binary"))
        package_refuse(reading->package, "binary-workbook", NULL);
    else if (type && (strcasestr(type, "macroEnabled") || strcasestr(type, "vbaProject")))
        package_refuse(reading->package, "macro-workbook", NULL);
}

/* The target of a relationship of the part, if it is of this type and inside the package. */
static bool target_of(const char **attributes, const char *type, const char *part, char target[PART_SIZE])
{
    const char *found = xml_attribute(attributes, "Target"), *mode = xml_attribute(attributes, "TargetMode");
    bool inside = !mode || strcmp(mode, "External") != 0;
    return found && inside && ends_with(xml_attribute(attributes, "Type"), type)
           && package_resolve(part, found, target);
}

static void on_root_relation(void *state, const char *name, const char **attributes)
{
    struct reading *reading = state;
    if (strcmp(name, "Relationship") == 0 && !reading->workbook->part[0])
        target_of(attributes, "/officeDocument", "", reading->workbook->part);
}

/* Give the sheet with this relationship its part. */
static void place_sheet(json_t *sheets, const char *id, const char *part)
{
    size_t i;
    json_t *sheet;
    json_array_foreach(sheets, i, sheet)
    {
        const char *its = json_string_value(json_object_get(sheet, "id"));
        if (id && its && strcmp(its, id) == 0)
            json_object_set_new(sheet, "part", json_string(part));
    }
}

static void on_workbook_relation(void *state, const char *name, const char **attributes)
{
    struct reading *reading = state;
    struct workbook *workbook = reading->workbook;
    char sheet[PART_SIZE];
    if (strcmp(name, "Relationship") != 0)
        return;
    if (target_of(attributes, "/worksheet", workbook->part, sheet))
        place_sheet(workbook->sheets, xml_attribute(attributes, "Id"), sheet);
    else if (!target_of(attributes, "/sharedStrings", workbook->part, workbook->texts))
        target_of(attributes, "/styles", workbook->part, workbook->styles);
}

static void add_sheet(struct reading *reading, const char **attributes)
{
    const char *state = xml_attribute(attributes, "state"), *name = xml_attribute(attributes, "name");
    const char *id = NULL;
    for (const char **a = attributes; *a; a += 2)
        if (ends_with(*a, ":id"))
            id = a[1];
    if (json_array_size(reading->workbook->sheets) == SHEETS_MAX) {
        package_refuse(reading->package, "too-many-sheets", json_pack("{s:i}", "max", SHEETS_MAX));
        return;
    }
    bool hidden = state && strcmp(state, "visible") != 0;
    json_array_append_new(reading->workbook->sheets, json_pack("{s:s, s:s, s:b}", "name", name ? name : "",
                                                               "id", id ? id : "", "hidden", hidden));
}

static void on_workbook(void *state, const char *name, const char **attributes)
{
    struct reading *reading = state;
    reading->is_workbook = reading->is_workbook || (!reading->any && strcmp(name, "workbook") == 0);
    reading->any = true;
    if (!reading->is_workbook)
        package_stop(reading->package);
    else if (strcmp(name, "workbookPr") == 0)
        reading->workbook->since_1904 = xml_is_true(xml_attribute(attributes, "date1904"));
    else if (strcmp(name, "sheet") == 0)
        add_sheet(reading, attributes);
}

/* Add the fault unless one says more already. */
static bool refuse_unless_failed(struct package *package, const char *code)
{
    return package->failed ? false : package_refuse(package, code, NULL);
}

static bool find_parts(struct reading *reading)
{
    struct package *package = reading->package;
    struct workbook *workbook = reading->workbook;
    struct xml_reader types = {on_content_type, .state = reading},
                      root = {on_root_relation, .state = reading};
    struct xml_reader book = {on_workbook, .state = reading},
                      relations = {on_workbook_relation, .state = reading};
    char rels[PART_SIZE];
    if (!package_has(package, "[Content_Types].xml") || !package_has(package, "_rels/.rels"))
        return package_refuse(package, "not-a-workbook", NULL);
    if (!package_parse(package, "[Content_Types].xml", &types)
        || !package_parse(package, "_rels/.rels", &root))
        return false;
    if (!workbook->part[0])
        return package_refuse(package, "not-a-workbook", NULL);
    if (!package_parse(package, workbook->part, &book) || !reading->is_workbook)
        return refuse_unless_failed(package, "not-a-workbook");
    return package_rels(workbook->part, rels) && package_parse(package, rels, &relations);
}

static bool is_wanted(const json_t *sheet, const char *name)
{
    bool has_cells = json_object_get(sheet, "part") != NULL;
    const char *its = json_string_value(json_object_get(sheet, "name"));
    return has_cells
           && (name ? strcmp(its ? its : "", name) == 0 : !json_is_true(json_object_get(sheet, "hidden")));
}

static json_t *names_of(const json_t *sheets)
{
    size_t i;
    const json_t *sheet;
    json_t *names = json_array();
    json_array_foreach((json_t *)sheets, i, sheet)
    {
        json_array_append(names, json_object_get(sheet, "name"));
    }
    return names;
}

static bool choose_sheet(struct workbook *workbook, struct package *package, const char *name)
{
    size_t i;
    const json_t *sheet;
    json_array_foreach(workbook->sheets, i, sheet)
    {
        if (!is_wanted(sheet, name))
            continue;
        snprintf(workbook->sheet, PART_SIZE, "%s", json_string_value(json_object_get(sheet, "part")));
        return true;
    }
    if (!name)
        return package_refuse(package, "no-visible-sheet", NULL);
    return package_refuse(package, "no-such-sheet",
                          json_pack("{s:s, s:o}", "sheet", name, "sheets", names_of(workbook->sheets)));
}

bool workbook_read(struct workbook *workbook, struct package *package, const char *sheet)
{
    struct reading reading = {.workbook = workbook, .package = package};
    *workbook = (struct workbook){.sheets = json_array()};
    if (!find_parts(&reading))
        return refuse_unless_failed(package, "not-a-workbook");
    return choose_sheet(workbook, package, sheet);
}

void workbook_release(struct workbook *workbook)
{
    json_decref(workbook->sheets);
}
