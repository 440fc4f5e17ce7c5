/* main.c: start, wait for SIGTERM, stop; or one of the commands of --help. */
#include "base/config.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/signing.h"
#include "db/db.h"
#include "db/standby.h"
#include "describe.h"
#include "domain/audit_command.h"
#include "domain/bootstrap.h"
#include "domain/import_job.h"
#include "domain/import_runner.h"
#include "http/server.h"
#include "routes.h"
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, LARGE_BLOCK = 256 * 1024 };

static int help(void)
{
    puts(
        "thidua-api: reporting of indicators and emulation of the communes of a district\n\n"
        "  thidua-api                  serve until SIGTERM or SIGINT\n"
        "  thidua-api account-create   make an account with the database owner's rights;\n"
        "                              --login L --name N --role ROLE@unit [--role ...] [--demo];\n"
        "                              the password comes on standard input, or is made and printed\n"
        "  thidua-api dump-audit       write the record of changes to standard output, with the owner's rights\n"
        "  thidua-api verify-audit     is such a dump whole?  Needs no database;  FILE [--head FILE]: - is standard\n"
        "                              input, --head answers of GET /v1/audit/head that were kept; 0 yes, 1 no\n"
        "  thidua-api describe         print routes, parameters, body shapes, problems, faults as JSON\n"
        "  thidua-api --version\n\n"
        "Settings, from the environment:");
    config_explain(stdout);
    return EXIT_SUCCESS;
}

/* Threads started later inherit the mask, so only wait_for_end() hears these. */
static void hold_signals(sigset_t *ends)
{
    sigemptyset(ends);
    sigaddset(ends, SIGTERM);
    sigaddset(ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, ends, NULL);
    signal(SIGPIPE, SIG_IGN); /* a client that hung up shows when writing to it */
}

static void wait_for_end(const sigset_t *ends)
{
    int signal_number = 0;
    sigwait(ends, &signal_number);
    y_log_message(Y_LOG_LEVEL_INFO, "stopping: %s", strsignal(signal_number));
}

static int run(const struct config *config)
{
    struct server server;
    sigset_t ends;
    unsigned workers = config_workers(config);
    hold_signals(&ends);
    if (!server_start(&server, config->text[SETTING_LISTEN], workers, &routes))
        return EXIT_FAILURE;
    y_log_message(Y_LOG_LEVEL_INFO, "thidua-api " THIDUA_VERSION " listens on %s with %u workers",
                  config->text[SETTING_LISTEN], workers);
    bool works = import_runner_start() && standby_start();
    if (works)
        wait_for_end(&ends);
    standby_stop();
    import_runner_stop();
    server_stop(&server);
    return works ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* malloc would take to keeping what was large for the next time, each worker for itself: files of many MiB
 * are rare, and go back to the system. */
static void give_large_blocks_back(void)
{
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
}

static int serve(const struct config *config)
{
    const char *file = config->text[SETTING_DATABASE_PASSWORD_FILE];
    str_auto_t *password = file[0] ? config_secret(file) : NULL;
    if (file[0] && !password) {
        perror(file);
        return EXIT_FAILURE;
    }
    if (!signing_start(config->text[SETTING_SIGNING_KEY_FILE])) {
        perror(config->text[SETTING_SIGNING_KEY_FILE]);
        return EXIT_FAILURE;
    }
    if (!log_start(config->text[SETTING_LOG_LEVEL]))
        return EXIT_FAILURE;
    give_large_blocks_back();
    db_configure(config->text[SETTING_DATABASE], config->text[SETTING_DATABASE_USER], password);
    if (!db_configure_reads(config->text[SETTING_DATABASE_READ],
                            config->text[SETTING_DATABASE_READ_POSITIONS],
                            config_number(config, SETTING_DATABASE_READ_SECONDS))) {
        perror(config->text[SETTING_DATABASE_READ_POSITIONS]);
        return EXIT_FAILURE;
    }
    import_job_configure(config_number(config, SETTING_IMPORT_ASYNC_BYTES),
                         (unsigned)config_number(config, SETTING_IMPORT_JOBS_MAX));
    int status = run(config);
    log_stop();
    return status;
}

/* What needs the rights of the database's owner; NULL: none of it. */
typedef int command(int argc, char *const *argv);

static command *owners_command(const char *name)
{
    if (strcmp(name, "account-create") == 0)
        return bootstrap_account;
    return strcmp(name, "dump-audit") == 0 ? audit_dump : NULL;
}

static int show(int argc, char *const *argv)
{
    if (strcmp(argv[0], "--help") == 0)
        return help();
    if (strcmp(argv[0], "--version") == 0)
        return puts("thidua-api " THIDUA_VERSION) < 0;
    if (strcmp(argv[0], "describe") == 0)
        return describe(stdout), EXIT_SUCCESS;
    if (strcmp(argv[0], "verify-audit") == 0)
        return audit_check(argc, argv);
    fprintf(stderr, "thidua-api: %s is not a command; see thidua-api --help\n", argv[0]);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct config config;
    command *owners = argc > 1 ? owners_command(argv[1]) : NULL;
    if (argc > 1 && !owners)
        return show(argc - 1, argv + 1);
    if (!config_read(&config, environ, stderr))
        return EXIT_USAGE;
    if (!secret_start())
        return EXIT_FAILURE;
    if (!owners)
        return serve(&config);
    db_configure(config.text[SETTING_DATABASE], NULL, NULL);
    return owners(argc - 1, argv + 1);
}
