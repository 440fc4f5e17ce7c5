/* config.c: the settings, read once from the environment. */
#include "base/config.h"
#include <string.h>
#include <unistd.h>

static const char prefix[] = "THIDUA_";
enum { PREFIX_LENGTH = sizeof prefix - 1, WORKERS_MAX = 256, SIZE_MAX_SET = 1 << 30, FEW_MAX = 10000 };

static bool is_text(const char *value)
{
    return value[0] != '\0';
}

static bool is_any(const char *value)
{
    return value != NULL;
}

static bool is_readable(const char *value)
{
    return value[0] == '\0' || access(value, R_OK) == 0;
}

static bool is_number(const char *value, long low, long high)
{
    char *end = NULL;
    long number = strtol(value, &end, 10);
    return end != value && *end == '\0' && number >= low && number <= high;
}

/* MHD needs two threads to deal connections to. */
static bool is_count(const char *value)
{
    return is_number(value, 0, WORKERS_MAX) && strcmp(value, "1") != 0;
}

static bool is_size(const char *value)
{
    return is_number(value, 0, SIZE_MAX_SET);
}

static bool is_few(const char *value)
{
    return is_number(value, 1, FEW_MAX);
}

static bool is_address(const char *value)
{
    if (strncmp(value, "unix:/", 6) == 0)
        return true;
    return strncmp(value, "127.0.0.1:", 10) == 0 && is_number(value + 10, 0, 65535);
}

static bool is_level(const char *value)
{
    return strcmp(value, "error") == 0 || strcmp(value, "warning") == 0 || strcmp(value, "info") == 0
           || strcmp(value, "debug") == 0;
}

static const struct {
    const char *name, *usual;
    bool (*check)(const char *value);
    const char *meaning;
} settings[SETTING_COUNT] = {
#define SETTING(name, usual, check, meaning) {#name, usual, check, meaning},
#include "base/settings.def"
#undef SETTING
};

static int setting_named(const char *name, size_t length)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (strlen(settings[i].name) == length && memcmp(settings[i].name, name, length) == 0)
            return i;
    return -1;
}

static bool take_variable(struct config *config, const char *variable, FILE *to)
{
    const char *name = variable + PREFIX_LENGTH;
    size_t length = strcspn(name, "=");
    int setting = setting_named(name, length);
    if (setting < 0) {
        fprintf(to, "thidua-api: %s%.*s is not a setting; see thidua-api --help\n", prefix, (int)length,
                name);
        return false;
    }
    config->text[setting] = name[length] ? name + length + 1 : "";
    return true;
}

static bool check(const struct config *config, enum setting setting, FILE *to)
{
    if (settings[setting].check(config->text[setting]))
        return true;
    fprintf(to, "thidua-api: %s%s cannot be \"%s\": %s\n", prefix, settings[setting].name,
            config->text[setting], settings[setting].meaning);
    return false;
}

bool config_read(struct config *config, char *const *environment, FILE *to)
{
    bool good = true;
    for (int i = 0; i < SETTING_COUNT; i++)
        config->text[i] = settings[i].usual;
    for (; *environment; environment++)
        if (strncmp(*environment, prefix, PREFIX_LENGTH) == 0)
            good &= take_variable(config, *environment, to);
    for (enum setting i = 0; i < SETTING_COUNT; i++)
        good &= check(config, i, to);
    return good;
}

void config_explain(FILE *to)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        fprintf(to, "  %s%s (%s)\n      %s\n", prefix, settings[i].name,
                settings[i].usual[0] ? settings[i].usual : "empty", settings[i].meaning);
}

unsigned long config_number(const struct config *config, enum setting setting)
{
    return strtoul(config->text[setting], NULL, 10);
}

unsigned config_workers(const struct config *config)
{
    unsigned set = (unsigned)config_number(config, SETTING_WORKERS);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (set)
        return set;
    return processors > 2 ? 2 * (unsigned)processors : 4;
}

char *config_secret(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *line = NULL;
    size_t size = 0;
    ssize_t length = getline(&line, &size, file);
    fclose(file);
    if (length < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}
