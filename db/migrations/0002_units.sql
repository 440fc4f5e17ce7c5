-- migrate:up

-- Units, their dated names, official codes and parents, what happened to them, and who holds which role where.

create table app.unit_kind (
    code    text primary key check (code ~ '^[A-Z_]{3,40}$'),
    level   text not null check (level in ('province', 'district', 'commune', 'village')),
    name_vi app.line not null,
    name_en app.line not null,
    unique (code, level)
);
comment on table app.unit_kind is 'Kinds of unit and the level they stand at.';
comment on column app.unit_kind.code is 'Kind of unit, as in the glossary.';
comment on column app.unit_kind.level is 'Level in the tree.';
comment on column app.unit_kind.name_vi is 'Vietnamese name.';
comment on column app.unit_kind.name_en is 'English name.';
insert into app.unit_kind values
    ('PROVINCE', 'province', 'tỉnh', 'province'),
    ('DISTRICT', 'district', 'huyện', 'district'),
    ('COMMUNE', 'commune', 'xã', 'commune'),
    ('TOWN', 'commune', 'thị trấn', 'town'),
    ('VILLAGE', 'village', 'thôn, làng', 'village'),
    ('RESIDENTIAL_GROUP', 'village', 'tổ dân phố', 'residential group');

create table app.unit (
    id       int generated always as identity primary key,
    code     app.code not null unique,
    kind     text not null references app.unit_kind,
    valid    daterange not null check (not isempty(valid)),
    note     app.prose,
    source   app.prose
);
comment on table app.unit is 'A province, district, commune, town or village for as long as it exists.  Official codes are reused over time; ours never.';
comment on column app.unit.id is 'Internal number.';
comment on column app.unit.code is 'Code of our own, never reused.';
comment on column app.unit.kind is 'Kind of unit.';
comment on column app.unit.valid is 'Days of its life; open at an end that is unknown or not yet there.';
comment on column app.unit.note is 'What to know about it.';
comment on column app.unit.source is 'Where this is from, and how far it was verified.';

create table app.unit_name (
    unit_id  int not null references app.unit,
    name     app.line not null,
    name_gso app.line,
    variants text[] not null default '{}',
    valid    daterange not null check (not isempty(valid)),
    primary key (unit_id, valid),
    constraint unit_name_one_at_a_time exclude using gist (unit_id with =, valid with &&)
);
comment on table app.unit_name is 'Names of a unit through time.';
comment on column app.unit_name.unit_id is 'Unit.';
comment on column app.unit_name.name is 'Official name, as the resolutions write it.';
comment on column app.unit_name.name_gso is 'Name in the data of the statistics office, where it differs.';
comment on column app.unit_name.variants is 'Other spellings, for searching.';
comment on column app.unit_name.valid is 'Days it was in use.';

create table app.unit_code (
    unit_id int not null references app.unit,
    scheme  text not null default 'gso' check (scheme in ('gso')),
    code    text not null check (code ~ '^[0-9]{2,5}$'),
    valid   daterange not null check (not isempty(valid)),
    primary key (unit_id, scheme, valid),
    constraint unit_code_one_unit_at_a_time exclude using gist (scheme with =, code with =, valid with &&),
    constraint unit_code_one_code_at_a_time exclude using gist (scheme with =, unit_id with =, valid with &&)
);
comment on table app.unit_code is 'Official codes through time (mã đơn vị hành chính): 23674 and 52 each meant two units.';
comment on column app.unit_code.unit_id is 'Unit.';
comment on column app.unit_code.scheme is 'Who gives the code: gso = General Statistics Office.';
comment on column app.unit_code.code is 'The code.';
comment on column app.unit_code.valid is 'Days it meant this unit.';

create table app.unit_parent (
    unit_id   int not null references app.unit,
    parent_id int not null references app.unit check (parent_id <> unit_id),
    valid     daterange not null check (not isempty(valid)),
    primary key (unit_id, valid),
    constraint unit_parent_one_at_a_time exclude using gist (unit_id with =, valid with &&)
);
create index unit_parent_parent on app.unit_parent (parent_id);
comment on table app.unit_parent is 'The tree through time.';
comment on column app.unit_parent.unit_id is 'Unit.';
comment on column app.unit_parent.parent_id is 'The unit it belongs to.';
comment on column app.unit_parent.valid is 'Days it belonged there.';

create table app.unit_change (
    id           int generated always as identity primary key,
    code         app.code not null unique,
    effective_on date not null,
    legal_basis  app.prose not null,
    note         app.prose
);
comment on table app.unit_change is 'Reorganisations: dated events with links from old units to new ones.  No value is ever moved by them.';
comment on column app.unit_change.id is 'Internal number.';
comment on column app.unit_change.code is 'Code of the event.';
comment on column app.unit_change.effective_on is 'First day of the new order.';
comment on column app.unit_change.legal_basis is 'Resolution or law, with what of it was verified.';
comment on column app.unit_change.note is 'What to know about it.';

create table app.unit_change_link (
    id           int generated always as identity primary key,
    change_id    int not null references app.unit_change,
    kind         text not null check (kind in ('MERGE', 'PARTIAL_TRANSFER', 'RECODE', 'ABOLISH', 'UNCHANGED_NEW_PARENT')),
    from_unit_id int not null references app.unit,
    to_unit_id   int references app.unit,
    whole        boolean not null,
    population   int check (population >= 0),
    population_of int check (population_of >= population),
    area_km2     numeric check (area_km2 >= 0),
    note         app.prose,
    verification app.prose,
    constraint unit_change_link_once unique nulls not distinct (change_id, kind, from_unit_id, to_unit_id)
);
comment on table app.unit_change_link is 'What of an old unit went to which new one.';
comment on column app.unit_change_link.id is 'Internal number.';
comment on column app.unit_change_link.change_id is 'The event.';
comment on column app.unit_change_link.kind is 'What happened.';
comment on column app.unit_change_link.from_unit_id is 'Unit before.';
comment on column app.unit_change_link.to_unit_id is 'Unit after; null when it ended without a successor.';
comment on column app.unit_change_link.whole is 'All of the unit, or a part.';
comment on column app.unit_change_link.population is 'People who moved with a part.';
comment on column app.unit_change_link.population_of is 'People of the unit before: the share is population / population_of.';
comment on column app.unit_change_link.area_km2 is 'Area that moved with a part, km².';
comment on column app.unit_change_link.note is 'What to know about it.';
comment on column app.unit_change_link.verification is 'How far this was verified.';

-- Roles of accounts --------------------------------------------------------------------------------

create table app.account_role (
    account_id int not null references app.account,
    role       text not null references app.role,
    unit_id    int not null references app.unit,
    primary key (account_id, role, unit_id)
);
create index account_role_unit on app.account_role (unit_id);
comment on table app.account_role is 'Who holds which role where; one person may hold several.';
comment on column app.account_role.account_id is 'Account.';
comment on column app.account_role.role is 'Role.';
comment on column app.account_role.unit_id is 'Unit it is held for.';

create function app.unit_ids_within(roots int[]) returns int[]
language plpgsql stable parallel safe as $$
begin
    return (
    with recursive below as (
        select unnest(roots) as id
        union
        select p.unit_id from app.unit_parent p join below on below.id = p.parent_id
    )
    select coalesce(array_agg(id), '{}') from below);
end $$;
comment on function app.unit_ids_within is 'These units and everything that ever stood below them.';

create function app.unit_ids_below(p_root int, p_day date) returns int[]
language sql stable parallel safe
begin atomic
    with recursive below as (
        select p.unit_id as id from app.unit_parent p where p.parent_id = p_root and (p_day is null or p.valid @> p_day)
        union
        select p.unit_id from app.unit_parent p join below on below.id = p.parent_id and (p_day is null or p.valid @> p_day)
    )
    select coalesce(array_agg(id), '{}') from below;
end;
comment on function app.unit_ids_below is 'Everything below a unit on a day, or that ever was.';

create function app.reach(p_reach text) returns int[]
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    units int[] := app.sealed_get('reach_' || p_reach)::int[];
begin
    if units is null then
        select app.unit_ids_within(array_agg(g.unit_id)) into units
          from app.account_role g
          join app.role r on r.code = g.role
          join app.unit u on u.id = g.unit_id
          join app.unit_kind k on k.code = u.kind
         where g.account_id = app.me()
           and p_reach = case when r.reach = 'own' and k.level not in ('commune', 'village') then 'received' else r.reach end;
        perform app.sealed_put('reach_' || p_reach, units::text);
    end if;
    return units;
end $$;
comment on function app.reach is 'Units whose data the caller sees in this way: own, received or accepted (app.role.reach).  A district''s council member has no commune of the own: received.';

create function app.grants() returns text[]
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    held text[] := app.sealed_get('grants')::text[];
begin
    if held is null then
        select coalesce(array_agg(g.role || '@' || g.unit_id), '{}') into held from app.account_role g where g.account_id = app.me();
        perform app.sealed_put('grants', held::text);
    end if;
    return held;
end $$;
comment on function app.grants is 'All roles of the caller, as ROLE@unit_id.';

create function app.units_of_role(p_role text) returns int[]
language plpgsql stable as $$
begin
    return (select coalesce(array_agg(split_part(g, '@', 2)::int), '{}') from unnest(app.grants()) g where split_part(g, '@', 1) = p_role);
end $$;
comment on function app.units_of_role is 'Units the caller holds this role for.';

create function app.is_admin() returns boolean
language sql stable
return cardinality(app.units_of_role('ADMIN')) > 0;
comment on function app.is_admin is 'Is the caller an administrator?';

create function app.expect_admin() returns boolean
language plpgsql stable as $$
begin
    if not app.is_admin() then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;
comment on function app.expect_admin is '403 for everybody but administrators.';

create function app.account_roles_read(p_roles jsonb)
returns table (role text, unit_id int, fault jsonb)
language sql stable
begin atomic
    select r.code, u.id,
           case when r.code is null then app.fault('/roles/' || (e.ord - 1) || '/role', 'unknown-role', jsonb_build_object('role', left(e.item ->> 'role', 64)))
                when u.id is null then app.fault('/roles/' || (e.ord - 1) || '/unit', 'unknown-unit', jsonb_build_object('unit', left(e.item ->> 'unit', 64)))
                when not k.level = any (r.levels)
                then app.fault('/roles/' || (e.ord - 1) || '/unit', 'role-not-at-level', jsonb_build_object('role', r.code, 'level', k.level)) end
      from jsonb_array_elements(case jsonb_typeof(p_roles) when 'array' then p_roles else '[]' end) with ordinality as e(item, ord)
      left join app.role r on r.code = e.item ->> 'role'
      left join app.unit u on u.code = e.item ->> 'unit'
      left join app.unit_kind k on k.code = u.kind
     where jsonb_typeof(e.item) = 'object' and jsonb_typeof(e.item -> 'role') = 'string' and jsonb_typeof(e.item -> 'unit') = 'string';
end;
comment on function app.account_roles_read is 'The roles of a body, each found or with its fault.';

create function app.account_name(p_account int) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return (select name::text from app.account where id = p_account and app.me() is not null);
end $$;
comment on function app.account_name is 'Name of whoever did something, for those who may see what was done.';

-- What a unit was on a day ---------------------------------------------------------------------------

create function app.unit_name_on(p_unit int, p_day date) returns text
language plpgsql stable as $$
begin
    return (
    select n.name::text from app.unit_name n where n.unit_id = p_unit
     order by n.valid @> p_day desc, lower(n.valid) > p_day, lower(n.valid) desc nulls last limit 1);
end $$;
comment on function app.unit_name_on is 'Name of a unit on a day; outside its life the nearest one.';

create function app.unit_parent_on(p_unit int, p_day date) returns int
language plpgsql stable as $$
begin
    return (select p.parent_id from app.unit_parent p where p.unit_id = p_unit and p.valid @> p_day);
end $$;
comment on function app.unit_parent_on is 'The unit it belonged to on a day.';

-- Row-level security -------------------------------------------------------------------------------
-- Forced, so that not even the owner reads past it.  The owner's policies serve the SECURITY DEFINER
-- functions above (sign-in, reach, the record of changes) and nothing that a commune reports.

do $$
declare
    t text;
begin
    foreach t in array '{account,account_role,session,token,sign_in_failure,secret,audit}'::text[] loop
        execute format('alter table app.%I enable row level security', t);
        execute format('alter table app.%I force row level security', t);
        execute format('create policy guards on app.%I to current_user using (true) with check (true)', t);
    end loop;
end $$;

create policy self_or_admin on app.account for select to thidua_api using (id = (select app.me()) or (select app.is_admin()));
create policy admin_makes on app.account for insert to thidua_api with check ((select app.is_admin()));
create policy admin_changes on app.account for update to thidua_api using ((select app.is_admin()));
create policy self_or_admin on app.account_role for select to thidua_api using (account_id = (select app.me()) or (select app.is_admin()));
create policy admin_gives on app.account_role for insert to thidua_api with check ((select app.is_admin()));
create policy admin_takes on app.account_role for delete to thidua_api using ((select app.is_admin()));
create policy own_tokens on app.token for select to thidua_api using (account_id = (select app.me()));
create policy own_tokens_made on app.token for insert to thidua_api with check (account_id = (select app.me()));
create policy own_tokens_revoked on app.token for update to thidua_api using (account_id = (select app.me()));

grant select (id, login, name, demo, version, created_at, disabled_at) on app.account to thidua_api;
grant insert (login, name, password_salt, password_verifier, password_opslimit, password_memlimit, demo) on app.account to thidua_api;
grant update (name, password_salt, password_verifier, password_opslimit, password_memlimit, version, disabled_at) on app.account to thidua_api;
grant select, insert, delete on app.account_role to thidua_api;
grant select (id, account_id, name, scopes, created_at, expires_at, revoked_at) on app.token to thidua_api;
grant insert (account_id, name, hash, scopes, expires_at) on app.token to thidua_api;
grant update (revoked_at) on app.token to thidua_api;
grant select on app.role, app.unit_kind, app.unit, app.unit_name, app.unit_code, app.unit_parent,
                app.unit_change, app.unit_change_link to thidua_api;

-- Signing in ---------------------------------------------------------------------------------------

create function app.sign_in_find(p_login text, p_address text, out salt bytea, out opslimit int, out memlimit int)
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    failures int;
begin
    select greatest(count(*) filter (where f.login = p_login), count(*) filter (where f.address = p_address) / 4) into failures
      from app.sign_in_failure f
     where (f.login = p_login or f.address = p_address) and f.at > now() - interval '15 minutes';
    if failures >= 10 then
        perform app.problem(429, 'too-many-attempts', '{"minutes": 15}');
    end if;
    select a.password_salt, a.password_opslimit, a.password_memlimit into salt, opslimit, memlimit
      from app.account a where a.login = p_login;
    if not found then
        select substr(sha256(s.key || convert_to(p_login, 'UTF8')), 1, 16), 2, 67108864 into salt, opslimit, memlimit from app.secret s;
    end if;
end $$;
comment on function app.sign_in_find is 'Salt and cost of a login''s argon2id; an unknown login gets made-up ones, always the same.  After 10 failures of a login or 40 of an address in 15 minutes: 429.';

create function app.sign_in(p_login text, p_key bytea, p_hash bytea, p_address text, out account_id int, out name text, out expires_at timestamptz)
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    delete from app.sign_in_failure where at < now() - interval '1 day';
    select a.id, a.name, now() + interval '12 hours' into account_id, name, expires_at from app.account a
     where a.login = p_login and a.disabled_at is null and a.password_verifier = sha256(p_key);
    if not found then
        insert into app.sign_in_failure (login, address) values (left(p_login, 200), left(p_address, 100));
        return;
    end if;
    delete from app.session s where s.account_id = sign_in.account_id and s.expires_at < now();
    insert into app.session (hash, account_id, address, expires_at) values (p_hash, account_id, left(p_address, 100), sign_in.expires_at);
    perform app.sealed_put('account', account_id::text);
end $$;
comment on function app.sign_in is 'Opens a session of 12 hours, a working day, for whoever shows the argon2id key of the password; nulls, and a failure counted, otherwise.';

create function app.session_end() returns int
language sql security definer set search_path = app, pg_catalog, pg_temp
begin atomic
    with ended as (
        delete from app.session where account_id = app.me() and hash = decode(current_setting('app.token'), 'hex') returning 1
    )
    select count(*)::int from ended;
end;
comment on function app.session_end is 'Ends the session whose token made this request; the number of sessions ended.';

create function app.expect_scopes(p_scopes text[]) returns boolean
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    lacking text := (
        select s from unnest(p_scopes) s
         where exists (select from app.token t where t.hash = decode(current_setting('app.token', true), 'hex') and not s = any (t.scopes))
         limit 1);
begin
    if lacking is not null then
        perform app.problem(403, 'insufficient-scope', jsonb_build_object('scope', lacking));
    end if;
    return true;
end $$;
comment on function app.expect_scopes is '403 unless the token that made this request has these scopes; a session has all.';

create function app.account_bootstrap(p_login text, p_name text, p_password jsonb, p_roles text[], p_demo boolean) returns boolean
language plpgsql as $$
declare
    made int;
begin
    insert into app.account (login, name, password_salt, password_verifier, password_opslimit, password_memlimit, demo)
    values (p_login, p_name, decode(p_password ->> 'salt', 'hex'), decode(p_password ->> 'verifier', 'hex'),
            (p_password ->> 'opslimit')::int, (p_password ->> 'memlimit')::int, p_demo)
    on conflict (login) do nothing returning id into made;
    insert into app.account_role (account_id, role, unit_id)
    select made, split_part(r, '@', 1), u.id
      from unnest(p_roles) r left join app.unit u on u.code = split_part(r, '@', 2)
     where made is not null;
    return made is not null;
end $$;
revoke all on function app.account_bootstrap from public;
comment on function app.account_bootstrap is 'Makes an account from the command line, as the owner: password as {salt, verifier (hex), opslimit, memlimit}, roles as ROLE@unit; false when the login exists.';

call app.audit_table('app.unit_kind');
call app.audit_table('app.unit');
call app.audit_table('app.unit_name');
call app.audit_table('app.unit_code');
call app.audit_table('app.unit_parent');
call app.audit_table('app.unit_change');
call app.audit_table('app.unit_change_link');
call app.audit_table('app.account_role');

-- migrate:down
drop function app.account_bootstrap, app.expect_scopes, app.session_end, app.sign_in, app.sign_in_find,
    app.unit_parent_on, app.unit_name_on, app.account_name, app.account_roles_read, app.expect_admin;
drop policy self_or_admin on app.account;
drop policy admin_makes on app.account;
drop policy admin_changes on app.account;
drop policy own_tokens on app.token;
drop policy own_tokens_made on app.token;
drop policy own_tokens_revoked on app.token;
drop function app.is_admin, app.grants, app.units_of_role, app.reach cascade;
drop function app.unit_ids_within, app.unit_ids_below;
drop table app.account_role;
do $$
declare
    t text;
begin
    foreach t in array '{account,session,token,sign_in_failure,secret,audit}'::text[] loop
        execute format('drop policy guards on app.%I', t);
        execute format('alter table app.%I no force row level security', t);
        execute format('alter table app.%I disable row level security', t);
    end loop;
end $$;
drop table app.unit_change_link, app.unit_change, app.unit_parent, app.unit_code, app.unit_name, app.unit, app.unit_kind;
