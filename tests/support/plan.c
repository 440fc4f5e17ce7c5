/* plan.c: reports on the plan of Lơ Ku (43/KH-UBND, 2022) and the steps they take. */
#include "support/plan.h"
#include "support/client.h"
#include <criterion/criterion.h>
#include <stdarg.h>
#include <string.h>

enum { YEAR = 1, HALF = 2, QUARTER = 4, MONTH = 8, OFTEN = YEAR | HALF | QUARTER, ALWAYS = OFTEN | MONTH };
enum { FIGURE_SIZE = 64 };

const struct commune lo_ku = {"kbang-lo-ku", "loku", "loku-lead"};
const struct commune kon_pne = {"kbang-kon-pne", "konpne", "konpne-lead"};
const struct commune town = {"kbang-town", "town", "town-lead"};

/* The plan's own targets reached; its 2,719 kg of grain a head imply 3,312 people. */
static const struct {
    const char *indicator, *figure;
    int forms;
} usual[] = {
    {"grain_output", "9007.4", OFTEN},
    {"sown_area", "3994", OFTEN},
    {"new_forest_area", "40", ALWAYS},
    {"income_per_capita", "32.5", YEAR},
    {"livestock_pig", "780", ALWAYS},
    {"livestock_cattle", "1110", ALWAYS},
    {"livestock_buffalo", "217", ALWAYS},
    {"livestock_goat", "920", ALWAYS},
    {"land_cert_area", "30", OFTEN},
    {"local_budget_revenue", "216", ALWAYS},
    {"vocational_trained", "25", ALWAYS},
    {"ntm_commune_criteria", "13/19", YEAR},
    {"ntm_commune_c01", "true", YEAR},
    {"ntm_commune_c15", "true", YEAR},
    {"ntm_village_criteria", "15/19", YEAR},
    {"ntm_village_c05", "true", YEAR},
    {"ntm_village_c13", "true", YEAR},
    {"health_station_standard", "true", YEAR},
    {"boarding_school_standard", "true", YEAR},
    {"kindergarten_standard", "true", YEAR},
    {"conscripts_delivered", "8", YEAR},
    {"population_avg", "3312", YEAR},
    {"households_total", "800", OFTEN},
    {"households_poor", "215", OFTEN},
    {"households_bhyt", "770", YEAR},
    {"households_grid", "800", YEAR},
    {"households_water", "795", YEAR},
    {"households_tv_fm", "793", YEAR},
    {"births", "60", OFTEN},
    {"deaths", "21", OFTEN},
    {"children_u5_measured", "300", YEAR},
    {"children_u5_malnourished", "62", YEAR},
    {"villages_total", "9", YEAR},
    {"villages_cultural", "9", YEAR},
    {"families_cultural", "690", YEAR},
    {"sec_eligible_villages", "9", YEAR},
    {"sec_eligible_agencies", "4", YEAR},
    {"sec_eligible_schools", "2", YEAR},
    {"sec_safe_villages", "9", YEAR},
    {"sec_safe_agencies", "4", YEAR},
    {"sec_safe_schools", "2", YEAR},
};

void plan_open_without_rules(void)
{
    world_open();
    world_sql("update app.rule set valid = '[1900-01-01,1900-01-02)'");
}

static const char *kept(struct buf *text)
{
    size_t length = 0;
    return client_keep(text->len ? buf_take(text, &length) : strdup(""));
}

const char *text_of(const char *format, ...)
{
    char *text = NULL;
    va_list values;
    va_start(values, format);
    int length = vasprintf(&text, format, values);
    va_end(values);
    cr_assert(length >= 0);
    return client_keep(text);
}

struct commune commune_staffed(const char *unit)
{
    const char *leader = text_of("%s-lead", unit);
    world_sql(text_of(
        "with a as (insert into app.account (login, name, password_salt, password_verifier, password_opslimit,"
        " password_memlimit) select login, login, '\\x%032d', '\\x%064d', 2, 67108864"
        " from unnest('{%s,%s}'::text[]) login returning id, login), r as (insert into app.account_role"
        " select a.id, case a.login when '%s' then 'OFFICE_STAT_OFFICER' else 'COMMUNE_LEADER' end, u.id"
        " from a, app.unit u where u.code = '%s')"
        " insert into app.token (account_id, name, hash, scopes, expires_at)"
        " select id, 'test', sha256(convert_to('thidua_' || rpad(login, 43, '0'), 'UTF8')),"
        " '{data:read,data:write,workflow}', now() + interval '1 day' from a",
        0, 0, unit, leader, unit, unit));
    return (struct commune){unit, unit, leader};
}

/* Take the next word off *words: its indicator and its figure. */
static bool take_word(const char **words, char indicator[FIGURE_SIZE], char figure[FIGURE_SIZE])
{
    *words += strspn(*words, " ");
    size_t length = strcspn(*words, " "), name = strcspn(*words, "=");
    if (length == 0)
        return false;
    cr_assert(name < length && length < FIGURE_SIZE, "no figure: %s", *words);
    snprintf(indicator, FIGURE_SIZE, "%.*s", (int)name, *words);
    snprintf(figure, FIGURE_SIZE, "%.*s", (int)(length - name - 1), *words + name + 1);
    *words += length;
    return true;
}

static bool is_chosen(const char *words, const char *wanted, char figure[FIGURE_SIZE])
{
    char indicator[FIGURE_SIZE];
    while (take_word(&words, indicator, figure))
        if (strcmp(indicator, wanted) == 0)
            return true;
    return false;
}

static void add_figure(struct buf *to, const char *indicator, const char *figure)
{
    const char *of = figure[0] == '"' ? NULL : strchr(figure, '/');
    if (strcmp(figure, "-") == 0)
        return;
    buf_addf(to, "%s{\"indicator\":\"%s\",", to->len ? "," : "", indicator);
    if (figure[0] == '!')
        buf_addf(to, "\"missing_reason\":\"%s\"}", figure + 1);
    else if (of)
        buf_addf(to, "\"numerator\":%.*s,\"denominator\":%s}", (int)(of - figure), figure, of + 1);
    else
        buf_addf(to, "\"value\":%s}", figure);
}

static int form_of(const char *period)
{
    if (strlen(period) == 4)
        return YEAR;
    return period[5] == 'H' ? HALF : period[5] == 'Q' ? QUARTER : MONTH;
}

static const char *form_name(int form)
{
    return form == YEAR      ? "ktxh-nam"
           : form == HALF    ? "ktxh-6-thang"
           : form == QUARTER ? "ktxh-quy"
                             : "ktxh-thang";
}

static bool is_usual(const char *indicator, const char *unit, int form)
{
    bool is_town = strcmp(unit, town.unit) == 0;
    for (size_t i = 0; i < COUNT(usual); i++)
        if (strcmp(usual[i].indicator, indicator) == 0)
            return usual[i].forms & form && !(is_town && strncmp(indicator, "ntm_", 4) == 0);
    return false;
}

const char *plan_body(const char *unit, const char *period, const char *figures)
{
    buf_auto_t values = {0}, body = {0};
    char indicator[FIGURE_SIZE], figure[FIGURE_SIZE];
    int form = form_of(period);
    for (size_t i = 0; i < COUNT(usual); i++)
        if (is_usual(usual[i].indicator, unit, form))
            add_figure(&values, usual[i].indicator,
                       is_chosen(figures, usual[i].indicator, figure) ? figure : usual[i].figure);
    while (take_word(&figures, indicator, figure))
        if (!is_usual(indicator, unit, form))
            add_figure(&values, indicator, figure);
    buf_addf(&body, "{\"form\":\"%s\",\"unit\":\"%s\",\"period\":\"%s\",\"values\":[%s]}", form_name(form),
             unit, period, values.len ? values.text : "");
    return kept(&body);
}

const char *plan_change(const char *figures)
{
    buf_auto_t values = {0}, body = {0};
    char indicator[FIGURE_SIZE], figure[FIGURE_SIZE];
    while (take_word(&figures, indicator, figure))
        add_figure(&values, indicator, figure);
    buf_addf(&body, "{\"values\":[%s]}", values.len ? values.text : "");
    return kept(&body);
}

const char *plan_etag(long id)
{
    return world_value(text_of("select app.submission_etag(s) from app.submission s where id = %ld", id));
}

const char *plan_path(long id, const char *rest)
{
    return text_of("/v1/submissions/%ld%s", id, rest);
}

const char *plan_if_match(long id)
{
    return text_of("If-Match: %s", plan_etag(id));
}

long plan_draft(const struct commune *commune, const char *period, const char *figures)
{
    const char *body = plan_body(commune->unit, period, figures);
    struct answer made = ask("POST", "/v1/submissions", commune->officer, body);
    cr_assert_eq(made.status, 201, "%s", made.text);
    return strtol(at(&made, "/id"), NULL, 10);
}

struct answer plan_step(long id, const char *login, const char *action, const char *reason)
{
    json_auto_t *step = json_pack("{s:s, s:s*}", "action", action, "reason", reason);
    str_auto_t *body = json_dumps(step, JSON_COMPACT);
    return ask_with("POST", plan_path(id, "/actions"), login, body, plan_if_match(id));
}

static void step(long id, const char *login, const char *action, const char *reason)
{
    struct answer done = plan_step(id, login, action, reason);
    cr_assert_eq(done.status, 200, "%s by %s: %s", action, login, done.text);
}

long plan_submitted(const struct commune *commune, const char *period, const char *figures)
{
    long id = plan_draft(commune, period, figures);
    step(id, commune->leader, "submit", NULL);
    return id;
}

long plan_accepted(const struct commune *commune, const char *period, const char *figures)
{
    long id = plan_submitted(commune, period, figures);
    step(id, "kbang", "accept", NULL);
    return id;
}

long plan_in_state(const struct commune *commune, const char *period, const char *state)
{
    long id = plan_draft(commune, period, "");
    if (strcmp(state, "draft") != 0)
        step(id, commune->leader, "submit", NULL);
    if (strcmp(state, "returned") == 0)
        step(id, "kbang", "return", "Kiểm tra lại số hộ nghèo.");
    if (strcmp(state, "accepted") == 0)
        step(id, "kbang", "accept", NULL);
    return id;
}

/* Where the element of an indicator stands: "/values/3" or "/items/3"; NULL when there is none. */
static const char *place_of(const struct answer *answer, const char *indicator)
{
    static const char *const lists[] = {"values", "items"};
    for (size_t l = 0; l < COUNT(lists); l++) {
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(answer->json, lists[l]), i, item)
        {
            const char *name = json_string_value(json_object_get(item, "indicator"));
            if (name && strcmp(name, indicator) == 0)
                return text_of("/%s/%zu", lists[l], i);
        }
    }
    return NULL;
}

const char *figure_of(const struct answer *answer, const char *indicator, const char *member)
{
    const char *place = place_of(answer, indicator);
    return place ? at(answer, text_of("%s/%s", place, member)) : "(absent)";
}

/* PostgreSQL writes a blank on both sides of the colon, the service none. */
static const char *after_member(const char *text, const char *member)
{
    const char *name = text_of("\"%s\"", member);
    const char *found = text ? strstr(text, name) : NULL;
    return found ? found + strlen(name) + strspn(found + strlen(name), " :") : NULL;
}

const char *digits_of(const struct answer *answer, const char *indicator, const char *member)
{
    const char *element = strstr(answer->text, text_of("\"%s\"", indicator));
    const char *digits = after_member(element, member);
    return digits ? text_of("%.*s", (int)strcspn(digits, " ,}"), digits) : "(absent)";
}

struct answer plan_data(const char *login, const char *units, const char *indicators, const char *periods)
{
    const char *path = text_of("/v1/data?unit=%s&indicator=%s&period=%s", units, indicators, periods);
    struct answer cube = ask("GET", path, login, NULL);
    cr_assert_eq(cube.status, 200, "%s: %s", path, cube.text);
    return cube;
}

const char *cell_of(const struct answer *cube, int nth)
{
    buf_auto_t text = {0};
    size_t i;
    json_t *flag;
    const char *place = text_of("/cells/%d", nth), *why = at(cube, text_of("%s/why", place));
    buf_addf(&text, "%s %s/%s", at(cube, text_of("%s/value", place)), at(cube, text_of("%s/n", place)),
             at(cube, text_of("%s/expected", place)));
    json_t *cell = json_array_get(json_object_get(cube->json, "cells"), (size_t)nth);
    json_array_foreach(json_object_get(cell, "flags"), i, flag)
        buf_addf(&text, " %s", json_string_value(flag));
    if (strcmp(why, "null") != 0)
        buf_addf(&text, " (%s)", why);
    return kept(&text);
}

const char *faults_of(const struct answer *answer)
{
    buf_auto_t list = {0};
    size_t i;
    json_t *fault;
    json_array_foreach(json_object_get(answer->json, "errors"), i, fault)
    {
        const char *where = json_string_value(json_object_get(fault, "pointer"));
        if (!where)
            where = json_string_value(json_object_get(fault, "parameter"));
        buf_addf(&list, "%s %s\n", where ? where : "?", json_string_value(json_object_get(fault, "code")));
    }
    return kept(&list);
}
