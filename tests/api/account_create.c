/* account_create: POST /v1/accounts: a new account; administrators alone. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(account_create, .init = world_open, .fini = world_close, .timeout = 30);

#define KRONG "{\"role\":\"OFFICE_STAT_OFFICER\",\"unit\":\"kbang-krong\"}"
#define PASSWORD "mot mat khau dai"

static struct answer create(const char *login, const char *more)
{
    return ask("POST", "/v1/accounts", "admin",
               text_of("{\"login\":\"%s\",\"name\":\"Nguyễn Văn A\",%s}", login, more));
}

static struct answer sign_in(const char *login, const char *password)
{
    return ask("POST", "/v1/sessions", NULL,
               text_of("{\"login\":\"%s\",\"password\":\"%s\"}", login, password));
}

Test(account_create, makes_an_account_that_can_be_read_back)
{
    struct answer made = create("krong", "\"roles\":[" KRONG "]");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_str_eq(made.location, "/v1/accounts/krong");
    struct answer read = get("/v1/accounts/krong", "admin");
    cr_expect_str_eq(at(&read, "/name"), "Nguyễn Văn A");
    cr_expect_str_eq(at(&read, "/roles"), "[" KRONG "]");
    cr_expect_str_eq(at(&read, "/disabled"), "false");
    cr_expect_str_eq(read.etag, made.etag);
}

Test(account_create, makes_a_password_and_shows_it_once)
{
    struct answer made = create("krong", "\"roles\":[]");
    const char *password = at(&made, "/password");
    cr_assert_eq(strlen(password), (size_t)PASSWORD_SIZE - 1, "%s", made.text);
    struct answer session = sign_in("krong", password), read = get("/v1/accounts/krong", "admin");
    cr_expect_eq(session.status, 201, "%s", session.text);
    cr_expect_str_eq(at(&session, "/login"), "krong");
    cr_expect_str_eq(at(&read, "/password"), "(absent)");
}

Test(account_create, takes_a_password_and_does_not_repeat_it)
{
    struct answer made = create("krong", "\"roles\":[],\"password\":\"" PASSWORD "\"");
    cr_assert_eq(made.status, 201, "%s", made.text);
    cr_expect_null(strstr(made.text, PASSWORD));
    cr_expect_eq(sign_in("krong", PASSWORD).status, 201);
}

Test(account_create, keeps_no_password)
{
    struct answer made = create("krong", "\"roles\":[]"),
                  other = create("krong2", "\"roles\":[],\"password\":\"" PASSWORD "\"");
    cr_assert(made.status == 201 && other.status == 201);
    cr_expect_eq(database_holds(at(&made, "/password")), 0);
    cr_expect_eq(database_holds(PASSWORD), 0);
    cr_expect_str_eq(
        world_value(
            "select count(distinct password_salt) || ' ' || count(distinct password_verifier) from app.account"
            " where login like 'krong%'"),
        "2 2", "each has a salt of its own");
}

Test(account_create, gives_several_roles_each_once)
{
    struct answer made = create("krong", "\"roles\":[" KRONG "," KRONG
                                         ",{\"role\":\"COMMUNE_LEADER\",\"unit\":\"kbang-krong\"}]");
    cr_expect_str_eq(at(&made, "/roles"),
                     "[{\"role\":\"COMMUNE_LEADER\",\"unit\":\"kbang-krong\"}," KRONG "]");
}

Test(account_create, gives_the_rights_of_the_roles_at_once)
{
    create("krong", "\"roles\":[" KRONG "],\"password\":\"" PASSWORD "\"");
    struct answer session = sign_in("krong", PASSWORD);
    struct answer made = ask_with("POST", "/v1/submissions", NULL, plan_body("kbang-krong", "2022", ""),
                                  text_of("Authorization: Bearer %s", at(&session, "/token")));
    cr_expect_eq(made.status, 201, "%s", made.text);
}

Test(account_create, makes_demonstration_accounts_by_demonstration_administrators_alone)
{
    struct answer real = create("krong", "\"roles\":[]");
    cr_expect_str_eq(at(&real, "/demo"), "false");
    world_sql("update app.account set demo = true where login = 'admin'");
    struct answer demo = create("krong-demo", "\"roles\":[]");
    cr_expect_str_eq(at(&demo, "/demo"), "true");
}

struct caller {
    char login[16];
    int status;
};

/* The one who may comes last. */
static const struct caller callers[] = {
    {"loku", 403},     {"loku-lead", 403}, {"kbang", 403},  {"kbang-lead", 403},
    {"province", 403}, {"nobody", 403},    {"reader", 403}, {"expired", 401},
    {"revoked", 401},  {"disabled", 401},  {"", 401},       {"admin", 201},
};

static void expect_caller(const struct caller *who)
{
    const char *body =
        "{\"login\":\"krong\",\"name\":\"A\",\"roles\":[{\"role\":\"ADMIN\",\"unit\":\"gia-lai\"}]}";
    struct answer made = ask("POST", "/v1/accounts", who->login[0] ? who->login : NULL, body);
    cr_expect_eq(made.status, who->status, "%s: %s", who->login, made.text);
    cr_expect_str_eq(world_value("select count(*) from app.account where login = 'krong'"),
                     who->status == 201 ? "1" : "0");
}

Test(account_create, is_for_administrators_alone)
{
    for (size_t i = 0; i < COUNT(callers); i++)
        expect_caller(&callers[i]);
}

Test(account_create, tells_somebody_who_may_not_nothing_of_the_accounts_there_are)
{
    const char *body = "{\"login\":\"konpne\",\"name\":\"A\",\"roles\":[]}";
    struct answer taken = ask("POST", "/v1/accounts", "loku", body);
    expect_problem(taken, 403, "forbidden");
    cr_expect_null(strstr(taken.text, "konpne"));
}

Test(account_create, refuses_a_login_that_exists)
{
    expect_problem(create("loku", "\"roles\":[]"), 409, "already-exists");
    expect_problem(create("disabled", "\"roles\":[]"), 409, "already-exists");
    struct answer loku = get("/v1/accounts/loku", "admin");
    cr_expect_str_eq(at(&loku, "/name"), "Tài khoản loku");
}

struct fault {
    char more[200], faults[120];
};

static const struct fault faults[] = {
    {"\"roles\":[" KRONG ",{\"role\":\"KING\",\"unit\":\"kbang\"}]", "/roles/1/role unknown-role\n"},
    {"\"roles\":[{\"role\":\"ADMIN\",\"unit\":\"kbang-x\"}]", "/roles/0/unit unknown-unit\n"},
    {"\"roles\":[{\"role\":\"ADMIN\",\"unit\":\"kbang-krong\"}]", "/roles/0/unit role-not-at-level\n"},
    {"\"roles\":[{\"role\":\"OFFICE_STAT_OFFICER\",\"unit\":\"kbang\"}]",
     "/roles/0/unit role-not-at-level\n"},
    {"\"roles\":[{\"role\":\"VILLAGE_HEAD\",\"unit\":\"kbang-lo-ku\"}]", "/roles/0/unit role-not-at-level\n"},
    {"\"roles\":[{\"role\":\"PROVINCE_PULL\",\"unit\":\"kbang\"}]", "/roles/0/unit role-not-at-level\n"},
    {"\"roles\":[{\"role\":\"ADMIN\"},7,{\"role\":1,\"unit\":\"kbang\"}]",
     "/roles/0/unit missing-member\n/roles/1 wrong-type\n/roles/2/role wrong-type\n"},
    {"\"roles\":{}", "/roles wrong-type\n"},
    {"\"rolles\":[]", "/roles missing-member\n/rolles unknown-member\n"},
    {"\"roles\":[],\"password\":\"short\"", "/password too-short\n"},
    {"\"roles\":[],\"password\":null", "/password wrong-type\n"},
    {"\"roles\":[],\"demo\":true", "/demo unknown-member\n"},
    {"\"roles\":[{\"role\":\"KING\",\"unit\":\"kbang-krong\"}],\"password\":\"short\"",
     "/password too-short\n/roles/0/role unknown-role\n"},
};

static void expect_faults(const struct fault *of)
{
    struct answer no = create("krong", of->more);
    expect_problem(no, 422, "invalid-content");
    cr_expect_str_eq(faults_of(&no), of->faults, "%s: %s", of->more, no.text);
    cr_expect_str_eq(world_value("select count(*) from app.account where login = 'krong'"), "0");
}

Test(account_create, reports_every_fault_with_its_place)
{
    for (size_t i = 0; i < COUNT(faults); i++)
        expect_faults(&faults[i]);
}

static const char *const logins[] = {"Krong",       "lơ-ku", "-krong",    "k rong",
                                     "krong@kbang", "k'--",  "k\\u0000x2"};

static void expect_no_login(const char *login)
{
    struct answer no = create(login, "\"roles\":[{\"role\":\"KING\",\"unit\":\"kbang\"}]");
    if (strstr(login, "\\u0000"))
        expect_problem(no, 400, "malformed-json");
    else
        cr_expect_str_eq(faults_of(&no), "/login not-a-login\n/roles/0/role unknown-role\n", "%s: %s", login,
                         no.text);
}

Test(account_create, refuses_what_cannot_be_a_login)
{
    for (size_t i = 0; i < COUNT(logins); i++)
        expect_no_login(logins[i]);
}

Test(account_create, keeps_a_name_in_nfc)
{
    struct answer made =
        ask("POST", "/v1/accounts", "admin", "{\"login\":\"krong\",\"name\":\"Lo\xcc\x9b Ku\",\"roles\":[]}");
    cr_expect_str_eq(at(&made, "/name"), "L\xc6\xa1 Ku");
}
