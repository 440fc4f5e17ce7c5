/* config.h: the settings, read once from the environment.
 *
 * Each is the environment variable THIDUA_<name>; settings.def lists them.  A variable THIDUA_… that is
 * no setting stops the start: a slip of the pen must not go unnoticed.
 */
#pragma once
#include "base/auto.h"
#include <stdbool.h>
#include <stdio.h>

enum setting {
#define SETTING(name, ...) SETTING_##name,
#include "base/settings.def"
#undef SETTING
    SETTING_COUNT
};

struct config {
    const char *text[SETTING_COUNT]; /* borrowed from the environment or from settings.def */
};

/* Read and check all settings of an environment like `environ`.  False: every fault was printed on `to`. */
bool config_read(struct config *config, char *const *environment, FILE *to) MUST_CHECK;

/* Print the settings with defaults and meanings. */
void config_explain(FILE *to);

/* A setting that is a number. */
unsigned long config_number(const struct config *config, enum setting setting);

/* Number of worker threads meant by the setting. */
unsigned config_workers(const struct config *config);

/* The first line of a file; the caller frees it.  NULL when it cannot be read; errno says why. */
char *config_secret(const char *path) MUST_CHECK;
