/* audit_command.c: the record of changes on the command line. */
#include "domain/audit_command.h"
#include "db/db.h"
#include "domain/audit_chain.h"
#include <getopt.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

static void file_release(FILE **file)
{
    if (*file)
        fclose(*file);
}
#define file_auto_t __attribute__((cleanup(file_release))) FILE

/* Row by row as they come: memory stays flat. */
static bool write_rows(PGconn *pg)
{
    bool good = PQsendQuery(pg, "select app.audit_dump()") && PQsetSingleRowMode(pg);
    for (bool more = good; more;) {
        pgresult_auto_t *row = PQgetResult(pg);
        ExecStatusType status = PQresultStatus(row);
        more = row && (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK);
        good = more || !row;
        if (status == PGRES_SINGLE_TUPLE && puts(PQgetvalue(row, 0, 0)) < 0)
            return false;
    }
    return good && fflush(stdout) == 0;
}

int audit_dump(int argc, char *const *argv)
{
    if (argc != 1) {
        fprintf(stderr, "usage: thidua-api %s >FILE\n", argv[0]);
        return EXIT_USAGE;
    }
    PGconn *pg = db_connect_as_owner();
    bool good = write_rows(pg);
    if (!good && ferror(stdout))
        perror("thidua-api: standard output");
    else if (!good)
        fprintf(stderr, "thidua-api: %s", PQerrorMessage(pg));
    PQfinish(pg);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool read_options(int argc, char *const *argv, const char **head)
{
    static const struct option options[] = {{"head", required_argument, NULL, 'h'}, {0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option != 'h')
            return false;
        *head = optarg;
    }
    return optind + 1 == argc;
}

static FILE *opened(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!file)
        perror(path);
    return file;
}

static json_t *heads_of(const char *path)
{
    file_auto_t *file = opened(path);
    json_t *heads = file ? audit_heads_read(file) : NULL;
    if (file && !heads)
        fprintf(stderr, "%s: these are no heads of chains, or they contradict each other\n", path);
    return heads;
}

static int tell(const struct audit_verdict *verdict, const char *head)
{
    if (verdict->fault[0]) {
        printf("audit chain broken: %s\n", verdict->fault);
        return EXIT_FAILURE;
    }
    printf("audit chain whole: %ld rows, %ld chains", verdict->rows, verdict->chains);
    if (head)
        printf(", %ld published heads met", verdict->heads);
    return putchar('\n') == EOF;
}

static int check_file(const char *path, const char *head)
{
    struct audit_verdict verdict;
    json_auto_t *heads = head ? heads_of(head) : NULL;
    if (head && !heads)
        return EXIT_USAGE;
    file_auto_t *dump = opened(path);
    if (!dump)
        return EXIT_USAGE;
    if (!audit_verify(dump, heads, &verdict) && ferror(dump)) {
        perror(path);
        return EXIT_USAGE;
    }
    return tell(&verdict, head);
}

int audit_check(int argc, char *const *argv)
{
    const char *head = NULL;
    if (read_options(argc, argv, &head))
        return check_file(argv[optind], head);
    fprintf(stderr, "usage: thidua-api %s FILE [--head FILE]; FILE is - for standard input\n", argv[0]);
    return EXIT_USAGE;
}
