/* config: the settings, read once from the environment. */
#include "base/config.h"
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

/* Read an environment; what was complained of goes to `said`. */
static bool read_from(char *const *environment, struct config *config, char said[800])
{
    FILE *to = fmemopen(said, 800, "w");
    bool good = config_read(config, environment, to);
    fclose(to);
    return good;
}

Test(config, has_usual_values)
{
    struct config config;
    char said[800] = "", *none[] = {"PATH=/bin", NULL};
    cr_assert(read_from(none, &config, said), "%s", said);
    cr_expect_str_eq(config.text[SETTING_LISTEN], "127.0.0.1:8080");
    cr_expect_geq(config_workers(&config), 4);
    cr_expect_eq(config_number(&config, SETTING_IMPORT_ASYNC_BYTES), 1024 * 1024);
    cr_expect_eq(config_number(&config, SETTING_IMPORT_JOBS_MAX), 10);
}

Test(config, takes_what_the_environment_says)
{
    struct config config;
    char said[800] = "", *some[] = {"THIDUA_LISTEN=unix:/run/a", "THIDUA_WORKERS=8", NULL};
    cr_assert(read_from(some, &config, said), "%s", said);
    cr_expect_str_eq(config.text[SETTING_LISTEN], "unix:/run/a");
    cr_expect_eq(config_workers(&config), 8);
}

Test(config, refuses_a_setting_it_does_not_know)
{
    struct config config;
    char said[800] = "", *wrong[] = {"THIDUA_LISTN=unix:/run/a", NULL};
    cr_expect_not(read_from(wrong, &config, said));
    cr_expect_not_null(strstr(said, "THIDUA_LISTN is not a setting"));
}

Test(config, refuses_values_it_cannot_use_all_at_once)
{
    struct config config;
    char said[800] = "";
    char *wrong[] = {"THIDUA_LISTEN=0.0.0.0:80",     "THIDUA_WORKERS=1",         "THIDUA_LOG_LEVEL=loud",
                     "THIDUA_IMPORT_ASYNC_BYTES=1M", "THIDUA_IMPORT_JOBS_MAX=0", NULL};
    cr_expect_not(read_from(wrong, &config, said));
    cr_expect_not_null(strstr(said, "THIDUA_LISTEN cannot be \"0.0.0.0:80\""));
    cr_expect_not_null(strstr(said, "THIDUA_WORKERS cannot be \"1\""));
    cr_expect_not_null(strstr(said, "THIDUA_LOG_LEVEL"));
    cr_expect_not_null(strstr(said, "THIDUA_IMPORT_ASYNC_BYTES cannot be \"1M\""));
    cr_expect_not_null(strstr(said, "THIDUA_IMPORT_JOBS_MAX cannot be \"0\""));
}

Test(config, reads_the_first_line_of_a_secret_file)
{
    char path[] = "/tmp/thidua-secret-XXXXXX";
    int file = mkstemp(path);
    cr_assert_eq(write(file, "mật khẩu\r\nmore\n", 17), 17);
    close(file);
    str_auto_t *secret = config_secret(path);
    cr_expect_str_eq(secret, "mật khẩu");
    unlink(path);
    cr_expect_null(config_secret(path));
}
