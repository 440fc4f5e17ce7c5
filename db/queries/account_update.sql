-- account_update: change name, password, roles or the disabled state of an account; administrators only.
-- in:   $1 login text   $2 If-Match text   $3 body text {name?, password?, disabled?, roles?}   $4 faults jsonb
--       $5 password jsonb or null
-- out:  one row; none when there is no such account
-- raises: TD403 forbidden, TD412 stale-version, TD422 with all faults
with body as (
    select app.body($3) as b
), seen as (
    select a.id, a.version, format('"%s-%s"', a.id, a.version) as etag from app.account a where a.login = $1
), wanted as (
    select * from body, app.account_roles_read(coalesce(b -> 'roles', '[]'))
), verdict as materialized (
    select s.id, s.version from seen s, body
     where app.expect_admin() and app.expect_version($2, s.etag, app.account_difference(s.id, b - 'password'))
       and app.refuse($4::jsonb || (select coalesce(jsonb_agg(w.fault), '[]') from wanted w where w.fault is not null))
), renamed as ( -- the password stays: the service may write it, but not read it
    update app.account a
       set version = a.version + 1,
           name = coalesce(b ->> 'name', a.name),
           disabled_at = case when b ? 'disabled' then case when (b -> 'disabled')::boolean then coalesce(a.disabled_at, now()) end else a.disabled_at end
      from verdict v, body
     where a.id = v.id and a.version = v.version and $5::jsonb is null
    returning a.id, a.login, a.name, a.demo, a.disabled_at, a.created_at, a.version, b
), rekeyed as (
    update app.account a
       set version = a.version + 1,
           name = coalesce(b ->> 'name', a.name),
           disabled_at = case when b ? 'disabled' then case when (b -> 'disabled')::boolean then coalesce(a.disabled_at, now()) end else a.disabled_at end,
           password_salt = decode($5::jsonb ->> 'salt', 'hex'),
           password_verifier = decode($5::jsonb ->> 'verifier', 'hex'),
           password_opslimit = ($5::jsonb ->> 'opslimit')::int,
           password_memlimit = ($5::jsonb ->> 'memlimit')::int
      from verdict v, body
     where a.id = v.id and a.version = v.version and $5::jsonb is not null
    returning a.id, a.login, a.name, a.demo, a.disabled_at, a.created_at, a.version, b
), kept as (
    select * from renamed union all select * from rekeyed
), taken as (
    delete from app.account_role r using kept
     where r.account_id = kept.id and kept.b ? 'roles'
       and not exists (select from wanted w where w.role = r.role and w.unit_id = r.unit_id)
), given as (
    insert into app.account_role (account_id, role, unit_id)
    select distinct kept.id, w.role, w.unit_id from kept, wanted w
    on conflict do nothing
)
select a.*, t.*
  from verdict v
  left join kept k on true
 cross join lateral (
       select k.login, k.name, k.demo, k.disabled_at is not null as disabled, k.created_at,
              case when k.b ? 'roles'
                   then (select coalesce(json_agg(json_build_object('role', w.role, 'unit', u.code) order by w.role, u.code), '[]')
                           from (select distinct role, unit_id from wanted) w join app.unit u on u.id = w.unit_id)
                   else (select coalesce(json_agg(json_build_object('role', r.role, 'unit', u.code) order by r.role, u.code), '[]')
                           from app.account_role r join app.unit u on u.id = r.unit_id where r.account_id = k.id) end as roles
        where app.expect_written(k.id is not null)) a
 cross join lateral app.answered(200, null, format('"%s-%s"', k.id, k.version), to_json(a)) t
