/* database_shape: what every table, column and function of the schema has, those to come included. */
#include "support/expect.h"
#include "support/plan.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(database_shape, .init = world_open, .fini = world_close, .timeout = 30);

/* Reference data that everybody who signed in may read; every other table has row-level security. */
#define OPEN_TABLES \
    "'{role,unit_kind,unit,unit_name,unit_code,unit_parent,unit_change,unit_change_link,document,document_link," \
    "indicator,indicator_version,indicator_term,period,form,form_indicator,transition_rule,import_word,rule,rule_term,unit_group,unit_group_member,heartbeat}'::name[]"

#define TABLES "pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')"

struct rule {
    char what[64], query[600];
};

/* Each query names what breaks the rule. */
static const struct rule rules[] = {
    {"row-level security, forced",
     "select string_agg(c.relname, ' ') from " TABLES " and c.relname <> all (" OPEN_TABLES ") "
     "and not (c.relrowsecurity and c.relforcerowsecurity)"},
    {"a unit's data behind row-level security",
     "select string_agg(distinct c.relname, ' ') from pg_attribute a, " TABLES " and a.attrelid = c.oid "
     "and a.attname in ('account_id', 'submission_id', 'created_by', 'written_by', 'receiver_id') "
     "and not c.relforcerowsecurity"},
    {"the recording of changes",
     "select string_agg(c.relname, ' ') from " TABLES
     " and c.relname not in ('audit', 'audit_head', 'value_revision', 'change', 'acceptance', 'receiver_total', 'heartbeat') and (select count(*) from pg_trigger t where t.tgrelid = c.oid "
     "and t.tgname in ('audit_inserted', 'audit_changed', 'audit_deleted', 'audit_emptied') and t.tgenabled in ('O', 'A')) <> 4"},
    {"a record nobody changes",
     "select 'audit' where not exists (select from pg_trigger t where t.tgrelid = 'app.audit'::regclass and t.tgname = "
     "'audit_append_only' and t.tgenabled in ('O', 'A') and t.tgtype & 2 = 2 and t.tgtype & 56 = 56)"},
    {"a chain whose end nobody takes away",
     "select 'audit_head' where not exists (select from pg_trigger t where t.tgrelid = 'app.audit_head'::regclass and t.tgname = "
     "'audit_head_stays' and t.tgenabled in ('O', 'A') and t.tgtype & 2 = 2 and t.tgtype & 40 = 40)"},
    {"a history nobody changes",
     "select 'value_revision' where not exists (select from pg_trigger t where t.tgrelid = 'app.value_revision'::regclass and t.tgname = "
     "'value_revision_append_only' and t.tgenabled in ('O', 'A') and t.tgtype & 2 = 2 and t.tgtype & 56 = 56)"},
    {"triggers that are on", "select string_agg(c.relname || '.' || t.tgname, ' ') from pg_trigger t, " TABLES
                             " and t.tgrelid = c.oid "
                             "and t.tgenabled = 'D'"},
    {"a comment on every table", "select string_agg(c.relname, ' ') from " TABLES
                                 " and coalesce(obj_description(c.oid, 'pg_class'), '') = ''"},
    {"a comment on every column",
     "select string_agg(c.relname || '.' || a.attname, ' ') from pg_attribute a, " TABLES
     " and a.attrelid = c.oid "
     "and a.attnum > 0 and not a.attisdropped and coalesce(col_description(c.oid, a.attnum), '') = ''"},
    {"a comment on every function",
     "select string_agg(p.proname, ' ') from pg_proc p where p.pronamespace = 'app'::regnamespace and not exists (select "
     "from pg_depend d where d.objid = p.oid and d.deptype = 'e') and coalesce(obj_description(p.oid, 'pg_proc'), '') = ''"},
    {"an owner that is not the service",
     "select string_agg(x.name, ' ') from (select relname::text, relowner from pg_class union all select proname, proowner "
     "from pg_proc union all select typname, typowner from pg_type union all select nspname, nspowner from pg_namespace "
     "union all select datname, datdba from pg_database) x(name, owner) where owner = 'thidua_api'::regrole"},
    {"definers that look in pg_temp last",
     "select string_agg(p.proname, ' ') from pg_proc p where p.pronamespace = 'app'::regnamespace and p.prosecdef "
     "and not coalesce(p.proconfig @> '{\"search_path=app, pg_catalog, pg_temp\"}', false)"},
    {"a role without powers",
     "select string_agg(rolname, ' ') from pg_roles where rolname = 'thidua_api' and (rolsuper or rolinherit and exists (select from "
     "pg_auth_members m where m.member = oid) or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)"},
    {"reference data the service cannot change",
     "select string_agg(c.relname || ' ' || p, ', ') from unnest('{insert,update,delete}'::text[]) p, " TABLES
     " and c.relname = any (" OPEN_TABLES
     ") and c.relname <> 'period' and has_table_privilege('thidua_api', c.oid, p)"},
    {"tables the service cannot empty or hang on",
     "select string_agg(c.relname || ' ' || p, ', ') from unnest('{truncate,references,trigger}'::text[]) p, " TABLES
     " and has_table_privilege('thidua_api', c.oid, p)"},
    {"secrets the service cannot read",
     "select string_agg(c.relname || '.' || a.attname, ' ') from pg_attribute a, " TABLES
     " and a.attrelid = c.oid "
     "and a.attname ~ '^(password_|hash$|key$)' and c.relname <> 'audit_head' and has_column_privilege('thidua_api', c.oid, a.attnum, 'select')"},
    {"tables nobody else can read",
     "select string_agg(c.relname, ' ') from " TABLES " and exists (select from aclexplode(c.relacl) x "
     "where x.grantee not in (c.relowner, 'thidua_api'::regrole))"},
};

static void expect_no_exception(const struct rule *of)
{
    cr_expect_str_eq(world_value(of->query), "(null)", "%s", of->what);
}

Test(database_shape, has_no_exception_to)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        expect_no_exception(&rules[i]);
}

/* The queries above would find it. */
Test(database_shape, would_notice_a_table_made_carelessly)
{
    world_sql("create table app.careless (account_id int)");
    const char *unsafe =
        "select string_agg(c.relname, ' ') from " TABLES " and c.relname <> all (" OPEN_TABLES ") "
        "and not (c.relrowsecurity and c.relforcerowsecurity)";
    cr_expect_str_eq(world_value(unsafe), "careless");
}

Test(database_shape, grants_the_service_nothing_on_what_it_never_touches)
{
    const char *touched =
        "select string_agg(t || ' ' || p, ', ') from unnest('{audit,secret,session,sign_in_failure}'::text[]) t, "
        "unnest('{select,insert,update,delete}'::text[]) p where has_table_privilege('thidua_api', 'app.' || t, p)"
        " or has_any_column_privilege('thidua_api', 'app.' || t, case p when 'delete' then 'select' else p end)";
    cr_expect_str_eq(world_value(touched), "(null)");
}

Test(database_shape, lets_the_service_create_nothing)
{
    cr_expect_str_eq(
        world_value(
            "select has_schema_privilege('thidua_api', 'app', 'create') or has_schema_privilege('thidua_api', 'public', 'create')"
            " or has_database_privilege('thidua_api', current_database(), 'create')"),
        "f");
}

Test(database_shape, bounds_how_long_the_service_works_and_waits)
{
    static const char *const settings[] = {"statement_timeout", "lock_timeout",
                                           "idle_in_transaction_session_timeout"};
    for (size_t i = 0; i < COUNT(settings); i++)
        cr_expect_str_eq(
            world_value(text_of(
                "select count(*) from pg_db_role_setting s, unnest(setconfig) c where s.setrole = 'thidua_api'::regrole"
                " and c ~ '^%s=[1-9]'",
                settings[i])),
            "1", "%s", settings[i]);
}
