/* bootstrap.c: the first accounts, made on the command line with the owner's rights. */
#include "domain/bootstrap.h"
#include "base/buf.h"
#include "base/secret.h"
#include "db/db.h"
#include <getopt.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, PASSWORD_LINE = 256 };

struct wish {
    const char *login, *name;
    struct buf roles; /* a PostgreSQL array: {"ROLE@unit","…"} */
    bool demo;
};

static bool read_options(int argc, char *const *argv, struct wish *wish)
{
    static const struct option options[] = {{"login", required_argument, NULL, 'l'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"role", required_argument, NULL, 'r'},
                                            {"demo", no_argument, NULL, 'd'},
                                            {0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'l': wish->login = optarg; break;
        case 'n': wish->name = optarg; break;
        case 'r':
            buf_addc(&wish->roles, wish->roles.len ? ',' : '{');
            buf_add_quoted(&wish->roles, optarg);
            break;
        case 'd': wish->demo = true; break;
        default: return false;
        }
    }
    buf_adds(&wish->roles, wish->roles.len ? "}" : "{}");
    return wish->login && wish->name && optind == argc;
}

/* The first line of standard input; empty when there is none. */
static void read_password(char password[PASSWORD_LINE])
{
    if (isatty(STDIN_FILENO))
        fprintf(stderr, "Password (empty: one is made): ");
    if (!fgets(password, PASSWORD_LINE, stdin))
        password[0] = '\0';
    password[strcspn(password, "\r\n")] = '\0';
}

/* Keep the account.  *made: it did not exist. */
static bool keep(const struct wish *wish, const char *password_json, bool *made)
{
    const char *const values[] = {wish->login, wish->name, password_json, wish->roles.text,
                                  wish->demo ? "t" : "f"};
    PGconn *pg = db_connect_as_owner();
    pgresult_auto_t *kept =
        PQexecParams(pg, "select app.account_bootstrap($1, $2, $3::jsonb, $4::text[], $5::boolean)",
                     COUNT(values), NULL, values, NULL, NULL, 0);
    bool good = PQresultStatus(kept) == PGRES_TUPLES_OK;
    *made = good && PQgetvalue(kept, 0, 0)[0] == 't';
    if (!good)
        fprintf(stderr, "thidua-api: %s", PQerrorMessage(pg));
    PQfinish(pg);
    return good;
}

/* A password made here is printed, the one line on standard output. */
static int make(const struct wish *wish)
{
    char password[PASSWORD_LINE], json[PASSWORD_JSON_SIZE];
    bool made = false;
    read_password(password);
    bool shown = password[0] == '\0';
    if (shown)
        secret_make_password(password);
    if (!secret_password_json(password, json) || !keep(wish, json, &made))
        return EXIT_FAILURE;
    fprintf(stderr, "The account %s %s.\n", wish->login,
            made ? "can sign in" : "exists already; nothing was changed");
    if (made && shown)
        puts(password);
    return EXIT_SUCCESS;
}

int bootstrap_account(int argc, char *const *argv)
{
    struct wish wish = {0};
    int status = EXIT_USAGE;
    if (read_options(argc, argv, &wish))
        status = make(&wish);
    else
        fprintf(
            stderr,
            "usage: thidua-api account-create --login L --name N --role ROLE@unit [--role ...] [--demo]\n");
    buf_release(&wish.roles);
    return status;
}
