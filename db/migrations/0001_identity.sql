-- migrate:up

-- Who is calling, and the record of everything that was changed.  Nothing of communes yet.

do $$ begin
    if not exists (select from pg_roles where rolname = 'thidua_api') then
        create role thidua_api login;
    end if;
end $$;
alter role thidua_api set search_path = app, pg_catalog;
alter role thidua_api set timezone = 'Asia/Ho_Chi_Minh';
alter role thidua_api set statement_timeout = '5s';
alter role thidua_api set lock_timeout = '2s';
alter role thidua_api set idle_in_transaction_session_timeout = '10s';
alter role thidua_api set jit = off; -- compiling a plan takes longer than any request of ours

do $$ begin
    execute format('revoke temporary on database %I from public', current_database()); -- the service needs no objects of its own
end $$;

create schema app;
comment on schema app is 'Emulation and indicator reporting of the communes of a district.';
grant usage on schema app to thidua_api;
create extension btree_gist schema app;
create extension unaccent schema app;

create domain app.code as text check (value ~ '^[a-z0-9][a-z0-9_-]{0,63}$');
comment on domain app.code is 'A code of our own: stable, never reused, fit for URLs.';
create domain app.line as text check (value is nfc normalized and value !~ '[[:cntrl:]]' and value <> '' and length(value) <= 500);
comment on domain app.line is 'One line written by people, NFC (Unicode TR 15), at most 500 characters.';
create domain app.prose as text check (value is nfc normalized and length(value) <= 10000);
comment on domain app.prose is 'Text written by people, NFC, at most 10,000 characters.';

-- Texts ------------------------------------------------------------------------------------------

create function app.fold(text) returns text
language sql immutable parallel safe strict
return lower(app.unaccent('app.unaccent', normalize($1, nfc)));
comment on function app.fold is 'Text without accents and case, for searching: "Lơ Ku", in NFC or NFD, becomes "lo ku".';

create function app.body(text) returns jsonb
language sql immutable parallel safe strict
return case when $1 is nfc normalized and strpos($1, '\u') = 0 then $1::jsonb
            else normalize($1::jsonb::text, nfc)::jsonb end;
comment on function app.body is 'A request body as jsonb, its strings in NFC; digits of numbers stay as sent.';

-- Problems ---------------------------------------------------------------------------------------

create function app.problem(status int, slug text, params jsonb default '{}', members jsonb default '{}') returns void
language plpgsql as $$
begin
    raise exception using errcode = 'TD' || status, message = slug,
        detail = jsonb_build_object('params', params, 'members', members)::text;
end $$;
comment on function app.problem is 'Ends the transaction with a problem (RFC 9457) of this status and slug; the service has its texts.';

create collation app.natural_order (provider = icu, locale = 'en-u-kn-true');
comment on collation app.natural_order is 'Sorts /values/2 before /values/10.';

create function app.fault(pointer text, code text, params jsonb default '{}') returns jsonb
language sql immutable parallel safe
return jsonb_build_object('pointer', pointer, 'code', code, 'params', params);
comment on function app.fault is 'One fault of a body: RFC 6901 pointer, code of api/base/faults.def, what its text names.';

create function app.refuse(faults jsonb) returns boolean
language plpgsql as $$
begin
    if jsonb_array_length(faults) > 0 then
        raise exception using errcode = 'TD422', message = 'invalid-content',
            detail = jsonb_build_object('errors',
                (select jsonb_agg(f order by f ->> 'pointer' collate app.natural_order, f ->> 'code') from jsonb_array_elements(faults) f))::text;
    end if;
    return true;
end $$;
comment on function app.refuse is 'Refuses a body with all its faults at once; true when there are none.';

create function app.refuse_parameters(faults jsonb) returns boolean
language plpgsql as $$
begin
    if jsonb_array_length(faults) > 0 then
        raise exception using errcode = 'TD400', message = 'invalid-parameters',
            detail = jsonb_build_object('errors', faults)::text;
    end if;
    return true;
end $$;
comment on function app.refuse_parameters is 'Refuses a query string with all its faults at once ({parameter, code, params}); true when there are none.';

create function app.expect_cursor(p_known boolean) returns boolean
language plpgsql immutable as $$
begin
    if not p_known then
        raise exception using errcode = 'TD400', message = 'malformed-parameter',
            detail = jsonb_build_object('errors', jsonb_build_array(jsonb_build_object('parameter', 'cursor', 'code', 'invalid')))::text;
    end if;
    return true;
end $$;
comment on function app.expect_cursor is '400 for a cursor that no page gave.';

create function app.cursor_number(p_cursor text) returns bigint
language plpgsql immutable as $$
begin
    perform app.expect_cursor(p_cursor ~ '^[0-9]{1,18}$');
    return p_cursor::bigint;
end $$;
comment on function app.cursor_number is 'The cursor of a list in the order of numbers.';

-- Accounts ---------------------------------------------------------------------------------------

create table app.role (
    code    text primary key check (code ~ '^[A-Z_]{3,40}$'),
    name_vi app.line not null,
    name_en app.line not null,
    reach   text not null check (reach in ('own', 'received', 'accepted', 'none')),
    levels  text[] not null
);
comment on table app.role is 'Roles drawn from the plan (43/KH-UBND, section III and recipients); combinable, each held for a unit.';
comment on column app.role.code is 'Role code.';
comment on column app.role.name_vi is 'Vietnamese name.';
comment on column app.role.name_en is 'English name.';
comment on column app.role.reach is 'Which submissions it shows: own = all of the unit and below; received = those sent to the unit or below, drafts excepted; accepted = accepted ones only; none.';
comment on column app.role.levels is 'Levels of the units it can be held for.';
insert into app.role values
    ('VILLAGE_HEAD',          'Trưởng thôn, làng',                          'Village head',                                   'own', '{village}'),
    ('OFFICE_STAT_OFFICER',   'Công chức Văn phòng – Thống kê xã',          'Commune office and statistics officer',          'own', '{commune}'),
    ('CULTURE_INFO_OFFICER',  'Công chức Văn hóa – Thông tin xã',           'Commune culture and information officer',        'own', '{commune}'),
    ('MASS_ORG',              'Ủy ban MTTQ, đoàn thể xã',                   'Fatherland Front and mass organisations',        'own', '{commune}'),
    ('COMMUNE_LEADER',        'Lãnh đạo UBND xã',                           'Commune People''s Committee leader',             'own', '{commune}'),
    ('COUNCIL_MEMBER',        'Thành viên Hội đồng Thi đua – Khen thưởng',  'Emulation and commendation council member',      'own', '{commune,district}'),
    ('DISTRICT_HOME_AFFAIRS', 'Phòng Nội vụ huyện',                         'District home affairs office',                   'received', '{district}'),
    ('DISTRICT_LEADER',       'Lãnh đạo UBND huyện',                        'District People''s Committee leader',            'received', '{district}'),
    ('DISTRICT_VIEWER',       'Người xem bảng điều hành huyện',             'District dashboard viewer',                      'received', '{district}'),
    ('PROVINCE_PULL',         'Hệ thống của tỉnh lấy số liệu',              'Provincial system pulling data',                 'accepted', '{province}'),
    ('ADMIN',                 'Quản trị hệ thống',                          'Administrator',                                  'none', '{province,district}');

create table app.account (
    id            int generated always as identity primary key,
    login         text not null constraint account_login_shape check (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    name          app.line not null,
    password_salt bytea not null check (length(password_salt) = 16),
    password_verifier bytea not null check (length(password_verifier) = 32),
    password_opslimit int not null check (password_opslimit > 0),
    password_memlimit int not null check (password_memlimit > 0),
    demo          boolean not null default false,
    version       int not null default 1,
    created_at    timestamptz not null default now(),
    disabled_at   timestamptz,
    constraint account_login_once unique (login)
);
comment on table app.account is 'People and machines that sign in.  Disabled, never deleted: what they did stays theirs.';
comment on column app.account.id is 'Internal number.';
comment on column app.account.login is 'Name to sign in with.';
comment on column app.account.name is 'Name as people know it.';
comment on column app.account.password_salt is 'Salt of argon2id (RFC 9106), by libsodium.';
comment on column app.account.password_verifier is 'SHA-256 of the argon2id key of the password: the service must show the key, so knowing a login is not enough.  Never read by it.';
comment on column app.account.password_opslimit is 'argon2id passes.';
comment on column app.account.password_memlimit is 'argon2id memory, bytes.';
comment on column app.account.demo is 'Whatever this account enters is invented.';
comment on column app.account.version is 'Row version, for ETag and If-Match.';
comment on column app.account.created_at is 'When it was made.';
comment on column app.account.disabled_at is 'Since when it may not sign in; null while it may.';

create table app.session (
    hash       bytea primary key check (length(hash) = 32),
    account_id int not null references app.account,
    address    text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index session_account on app.session (account_id);
comment on table app.session is 'Sign-ins: a browser''s cookie or a short-lived bearer token.';
comment on column app.session.hash is 'SHA-256 of the secret, which the caller alone has.';
comment on column app.session.account_id is 'Who signed in.';
comment on column app.session.address is 'Address it was made from.';
comment on column app.session.created_at is 'When.';
comment on column app.session.expires_at is 'Until when it is good.';

create table app.token (
    id         int generated always as identity primary key,
    account_id int not null references app.account,
    name       app.line not null,
    hash       bytea not null unique check (length(hash) = 32),
    scopes     text[] not null constraint token_scopes_known check
               (scopes <@ '{data:read,data:write,workflow,catalog:write,accounts:write}' and cardinality(scopes) > 0),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz
);
create index token_account on app.token (account_id);
comment on table app.token is 'Tokens for machines: shown once, stored as SHA-256.';
comment on column app.token.id is 'Internal number.';
comment on column app.token.account_id is 'Whose it is; it never may more than its owner.';
comment on column app.token.name is 'What its owner calls it.';
comment on column app.token.hash is 'SHA-256 of the secret.';
comment on column app.token.scopes is 'What it may be used for.';
comment on column app.token.created_at is 'When it was made.';
comment on column app.token.expires_at is 'Until when it is good.';
comment on column app.token.revoked_at is 'Since when it is revoked; null while it is not.';

create table app.sign_in_failure (
    login   text not null check (length(login) <= 200),
    address text not null check (length(address) <= 100),
    at      timestamptz not null default now()
);
create index sign_in_failure_login on app.sign_in_failure (login, at);
create index sign_in_failure_address on app.sign_in_failure (address, at);
comment on table app.sign_in_failure is 'Failed sign-ins of the last day, to slow guessing down.';
comment on column app.sign_in_failure.login is 'Name that was tried.';
comment on column app.sign_in_failure.address is 'Address it was tried from.';
comment on column app.sign_in_failure.at is 'When.';

create table app.secret (
    only_one boolean primary key default true check (only_one),
    key      bytea not null
);
comment on table app.secret is 'Key that seals the identity of a transaction; nobody but the owner reads it.';
comment on column app.secret.only_one is 'There is one row.';
comment on column app.secret.key is '32 random bytes.';
insert into app.secret (key)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

-- Identity of a transaction ----------------------------------------------------------------------

create function app.seal(p_name text, p_value text) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return (
        select encode(sha256(s.key || sha256(s.key || convert_to(concat_ws('|', pg_backend_pid(), extract(epoch from now()), p_name, p_value), 'UTF8'))), 'hex')
          from app.secret s);
end $$;
comment on function app.seal is 'What only these functions can write beside a setting: bound to its name, this backend and this transaction.';

create function app.sealed_put(p_name text, p_value text) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return set_config('app.' || p_name, app.seal(p_name, p_value) || p_value, true);
end $$;
comment on function app.sealed_put is 'Keeps a value for the rest of the transaction.';
revoke all on function app.seal, app.sealed_put from public;

create function app.sealed_get(p_name text) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    kept constant text := current_setting('app.' || p_name, true);
begin
    return case when length(kept) >= 64 and left(kept, 64) = app.seal(p_name, substr(kept, 65)) then substr(kept, 65) end;
end $$;
comment on function app.sealed_get is 'A kept value; null when there is none, or when somebody else wrote the setting.';

create function app.me() returns int
language plpgsql stable as $$
begin
    return app.sealed_get('account')::int;
end $$;
comment on function app.me is 'The account calling in this transaction; null when nobody signed in, or the setting was forged.';

create function app.session_open(p_hash bytea, p_scope text, p_writes boolean, p_request text) returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    caller int;
    allowed text[];
begin
    perform set_config('app.request', coalesce(p_request, ''), true);
    perform set_config('app.' || kept, '', true) from unnest('{account,grants,reach_own,reach_received,reach_accepted}'::text[]) kept;
    if p_hash is not null then
        select a.id, c.scopes into caller, allowed
          from (select s.account_id, null::text[] as scopes from app.session s
                 where s.hash = p_hash and s.expires_at > now()
                union all
                select t.account_id, t.scopes from app.token t
                 where t.hash = p_hash and t.expires_at > now() and t.revoked_at is null) c
          join app.account a on a.id = c.account_id and a.disabled_at is null;
        if found then
            perform app.sealed_put('account', caller::text),
                    set_config('app.token', encode(p_hash, 'hex'), true);
        end if;
    end if;
    if p_scope is not null and caller is null then
        perform app.problem(401, 'unauthenticated');
    elsif p_scope <> '' and not (allowed is null or p_scope = any (allowed)) then
        perform app.problem(403, 'insufficient-scope', jsonb_build_object('scope', p_scope));
    end if;
    if not p_writes then
        perform set_config('transaction_read_only', 'on', true);
    end if;
end $$;
comment on function app.session_open is 'First statement of every request: who is calling (SHA-256 of the token), for what scope ('''' any, null open to all), reading or writing.';

-- The record of changes --------------------------------------------------------------------------

create table app.audit (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default clock_timestamp(),
    account_id int,
    db_role    name not null default session_user,
    request    text,
    table_name name not null,
    action     text not null check (action in ('insert', 'update', 'delete')),
    unit_id    int,
    before     jsonb,
    after      jsonb
);
create index audit_table_at on app.audit (table_name, at);
comment on table app.audit is 'Every change of every table, written by trigger; append-only, for every role.';
comment on column app.audit.id is 'Order of writing.';
comment on column app.audit.at is 'Server clock.';
comment on column app.audit.account_id is 'Who; null for the owner''s own work (migrations, seeds).';
comment on column app.audit.db_role is 'Database role that was connected.';
comment on column app.audit.request is 'X-Request-Id of the request.';
comment on column app.audit.table_name is 'Table of schema app.';
comment on column app.audit.action is 'insert, update or delete.';
comment on column app.audit.unit_id is 'Unit whose data it is, where the row says.';
comment on column app.audit.before is 'The row before, secrets left out.';
comment on column app.audit.after is 'The row after, secrets left out.';

create function app.audit_refuse() returns trigger
language plpgsql as $$
begin
    raise exception using errcode = 'TD403', message = 'forbidden';
end $$;
comment on function app.audit_refuse is 'The record of changes is append-only, and emptying another table would pass by it.';
create trigger audit_append_only before update or delete or truncate on app.audit
    for each statement execute function app.audit_refuse();

create function app.audit_inserted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    insert into app.audit (account_id, request, table_name, action, unit_id, after)
    select me, current_setting('app.request', true), tg_table_name, 'insert', (r ->> 'unit_id')::int, r
      from (select (select app.me()) as me, to_jsonb(n) - '{password_salt,password_verifier,hash,key}'::text[] as r from new_rows n) t;
    return null;
end $$;
comment on function app.audit_inserted is 'Records inserted rows, one statement for all of them.';

create function app.audit_changed() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    hidden constant text[] := '{password_salt,password_verifier,hash,key}';
    row_before constant jsonb := to_jsonb(old) - hidden;
    row_after constant jsonb := case when tg_op = 'UPDATE' then to_jsonb(new) - hidden end;
begin
    insert into app.audit (account_id, request, table_name, action, unit_id, before, after)
    values (app.me(), current_setting('app.request', true), tg_table_name, lower(tg_op),
            (row_before ->> 'unit_id')::int, row_before, row_after);
    return null;
end $$;
comment on function app.audit_changed is 'Records an updated or deleted row.';

create procedure app.audit_table(target regclass)
language plpgsql as $$
begin
    execute format('create trigger audit_inserted after insert on %s referencing new table as new_rows '
                   'for each statement execute function app.audit_inserted()', target);
    execute format('create trigger audit_changed after update or delete on %s '
                   'for each row execute function app.audit_changed()', target);
    execute format('create trigger audit_emptied before truncate on %s '
                   'for each statement execute function app.audit_refuse()', target);
end $$;
revoke all on procedure app.audit_table from public;
comment on procedure app.audit_table is 'Puts the three recording triggers on a table.';

call app.audit_table('app.role');
call app.audit_table('app.account');
call app.audit_table('app.session');
call app.audit_table('app.token');
call app.audit_table('app.sign_in_failure');
call app.audit_table('app.secret');

-- migrate:down
drop schema app cascade;
