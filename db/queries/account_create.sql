-- account_create: a new account with its roles; administrators only.
-- in:   $1 body text {login, name, roles: [{role, unit}], password?}   $2 faults jsonb
--       $3 password jsonb {salt, verifier, opslimit, memlimit}   $4 the password, sealed, text; null when it was sent
-- out:  one row
-- raises: TD403 forbidden, TD422 with all faults, 23505 account_login_once
with body as (
    select app.body($1) as b
), wanted as (
    select * from body, app.account_roles_read(b -> 'roles')
), fault as (
    select w.fault as f from wanted w where w.fault is not null
    union all
    select app.fault('/login', 'not-a-login') from body
     where length(b ->> 'login') between 2 and 40 and jsonb_typeof(b -> 'login') = 'string' and b ->> 'login' !~ '^[a-z0-9][a-z0-9._-]+$'
), verdict as materialized (
    select app.expect_admin() and app.refuse($2::jsonb || (select coalesce(jsonb_agg(f), '[]') from fault)) as ok
), made as (
    insert into app.account (login, name, password_salt, password_verifier, password_opslimit, password_memlimit, demo)
    select b ->> 'login', b ->> 'name', decode($3::jsonb ->> 'salt', 'hex'), decode($3::jsonb ->> 'verifier', 'hex'),
           ($3::jsonb ->> 'opslimit')::int, ($3::jsonb ->> 'memlimit')::int,
           (select me.demo from app.account me where me.id = app.me())
      from body, verdict where ok
    returning id, login, name, demo, created_at, version
), given as (
    insert into app.account_role (account_id, role, unit_id)
    select distinct made.id, w.role, w.unit_id from made, wanted w
    returning role, unit_id
)
select a.*, t.*
  from made m
 cross join lateral (select m.login, m.name, m.demo, false as disabled, m.created_at,
                            (select coalesce(json_agg(json_build_object('role', g.role, 'unit', u.code) order by g.role, u.code), '[]')
                               from given g join app.unit u on u.id = g.unit_id) as roles) a
 cross join lateral app.answered(201, '/v1/accounts/' || m.login, format('"%s-%s"', m.id, m.version), to_json(a), $4::text) t
