/* villages.c: figures of Lơ Ku by village, for tests. */
#include "support/villages.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <string.h>

const char *villages_path(long id)
{
    return plan_path(id, "/village-values");
}

/* `,"value":4` or the like; NULL: the part is left alone. */
static const char *part_of(const char *word, int length)
{
    switch (word[0]) {
    case '_': return NULL;
    case '-': return ",\"value\":null";
    case 'x': return ",\"missing_reason\":\"not_applicable\"";
    default: return text_of(",\"value\":%.*s", length, word);
    }
}

const char *villages_change(const char *indicator, const char *parts)
{
    const char *values = "";
    for (int village = 1; *parts; village++) {
        int length = (int)strcspn(parts, " ");
        const char *part = part_of(parts, length);
        if (part)
            values = text_of("%s%s{\"village\":\"kbang-lo-ku-%02d\",\"indicator\":\"%s\"%s}", values,
                             *values ? "," : "", village, indicator, part);
        parts += length + (parts[length] == ' ');
    }
    return text_of("{\"values\":[%s]}", values);
}

struct answer villages_enter(long id, const char *login, const char *indicator, const char *parts)
{
    return ask_with("PATCH", villages_path(id), login, villages_change(indicator, parts), plan_if_match(id));
}

long villages_propose(const char *indicator, const char *value)
{
    struct answer made = ask("POST", "/v1/village-proposals", "loku-village",
                             text_of("{\"village\":\"kbang-lo-ku-01\",\"period\":\"2022\",\"values\":"
                                     "[{\"indicator\":\"%s\",\"value\":%s}]}",
                                     indicator, value));
    cr_assert_eq(made.status, 201, "%s", made.text);
    return strtol(at(&made, "/proposals/0/id"), NULL, 10);
}

const char *villages_figure(const struct answer *sheet, const char *indicator, const char *member)
{
    for (int i = 0;; i++) {
        const char *code = at(sheet, text_of("/indicators/%d/indicator", i));
        if (strcmp(code, "(absent)") == 0 || strcmp(code, indicator) == 0)
            return at(sheet, text_of("/indicators/%d/%s", i, member));
    }
}
