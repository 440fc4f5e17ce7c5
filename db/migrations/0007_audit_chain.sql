-- migrate:up

-- The record of changes becomes a chain of hashes: whoever alters, removes, swaps or slips in a row afterwards breaks it,
-- and whoever keeps a published head can prove it.  One chain for each unit, so that communes do not wait for each other.
--
--     digest = SHA-256 of app.audit_text(the row)
--     hash   = SHA-256 of (hash of the row before it in its chain; 32 zero bytes for the first) and digest, one after the other

create function app.audit_chain(p_row jsonb, p_account int, p_table name) returns text
language plpgsql stable as $$
declare
    unit constant int := p_row ->> 'unit_id';
    account constant int := coalesce(p_account, (p_row ->> 'account_id')::int);
begin
    return case when unit is not null then 'unit:' || coalesce((select u.code from app.unit u where u.id = unit), unit::text)
                when account is not null then 'account:' || account
                else 'table:' || p_table end;
end $$;
comment on function app.audit_chain is 'The chain of a row: its unit''s (by code), else that of the account that wrote it, or that it is about, else of the table.  So a write waits only for others of the same unit, or of the same account.';

create function app.audit_cause(p_at timestamptz, p_account int, p_role name, p_request text, p_table name, p_action text) returns text
language sql stable parallel safe
return concat('"at": "', to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '", "account_id": ', coalesce(p_account::text, 'null'),
              ', "db_role": ', to_json(p_role::text), ', "request": ', coalesce(to_json(p_request)::text, 'null'),
              ', "table_name": ', to_json(p_table::text), ', "action": ', to_json(p_action));
comment on function app.audit_cause is 'The part of app.audit_text() that all rows of a statement have in common.';

create function app.audit_text(p_chain text, p_seq bigint, p_id bigint, p_cause text, p_unit int, p_before jsonb, p_after jsonb) returns text
language sql stable parallel safe
return concat('{"chain": ', to_json(p_chain), ', "seq": ', p_seq, ', "id": ', p_id, ', ', p_cause, ', "unit_id": ', coalesce(p_unit::text, 'null'),
              ', "before": ', coalesce(p_before::text, 'null'), ', "after": ', coalesce(p_after::text, 'null'), '}');
comment on function app.audit_text is 'What is hashed of a row, in UTF-8: a JSON object of all its columns but digest and hash, in this order, on one line; the instant in UTC with microseconds; before and after as PostgreSQL prints jsonb (members by length, then bytes; numbers with the digits they have).';

create function app.audit_link(p_last bytea, p_start bytea, p_digest bytea) returns bytea
language plpgsql immutable parallel safe as $$
begin
    return sha256(coalesce(p_last, p_start) || p_digest);
end $$;
comment on function app.audit_link is 'The hash that follows.';
create aggregate app.audit_hash(p_start bytea, p_digest bytea) (sfunc = app.audit_link, stype = bytea);
comment on aggregate app.audit_hash(bytea, bytea) is 'As a window function over digests in their order: the hash of each, starting behind p_start.';

-- Heads ------------------------------------------------------------------------------------------

create table app.audit_head (
    id         int generated always as identity primary key,
    chain      text collate "C" not null,
    unit_id    int,
    account_id int,
    seq        bigint not null default 0,
    hash       bytea not null default decode(repeat('00', 32), 'hex') check (length(hash) = 32),
    at         timestamptz not null default clock_timestamp(),
    constraint audit_head_once unique (chain)
) with (fillfactor = 50); -- updated by every change: room for the next version on the same page
comment on table app.audit_head is 'Where each chain of the record of changes ends.  Its row is the lock under which a chain grows.';
comment on column app.audit_head.id is 'Order in which the chains began.';
comment on column app.audit_head.chain is 'Chain.';
comment on column app.audit_head.unit_id is 'Unit whose chain it is.';
comment on column app.audit_head.account_id is 'Account whose chain it is, of changes that belong to no unit.';
comment on column app.audit_head.seq is 'Number of its rows.';
comment on column app.audit_head.hash is 'Hash of its last row.';
comment on column app.audit_head.at is 'When that was written.';

alter table app.audit_head enable row level security;
alter table app.audit_head force row level security;
create policy guards on app.audit_head to current_user using (true) with check (true);
create policy witnesses on app.audit_head for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or unit_id = any ((select app.reach('received'))::int[])
     or unit_id = any ((select app.reach('accepted'))::int[])
     or account_id = (select app.me())
     or (select app.is_admin()));
grant select on app.audit_head to thidua_api;
create trigger audit_head_stays before delete or truncate on app.audit_head
    for each statement execute function app.audit_refuse();

-- Rows -------------------------------------------------------------------------------------------
-- Those that are there already are chained in the order of their numbers.  The chain vouches for them from now on.

alter table app.audit add column chain text collate "C", add column seq bigint, add column digest bytea, add column hash bytea;

alter table app.audit disable trigger audit_append_only;
with named as (
    select id, app.audit_chain(coalesce(before, after), account_id, table_name) collate "C" as chain from app.audit
), numbered as (
    select id, chain, row_number() over (partition by chain order by id) as seq from named
), digested as (
    select n.*, sha256(convert_to(app.audit_text(n.chain, n.seq, a.id, app.audit_cause(a.at, a.account_id, a.db_role, a.request, a.table_name, a.action),
                                                 a.unit_id, a.before, a.after), 'UTF8')) as digest
      from numbered n join app.audit a on a.id = n.id
), linked as (
    select d.*, app.audit_hash(decode(repeat('00', 32), 'hex'), digest) over (partition by chain order by seq) as hash from digested d
)
update app.audit a set chain = l.chain, seq = l.seq, digest = l.digest, hash = l.hash from linked l where l.id = a.id;
alter table app.audit enable trigger audit_append_only;

insert into app.audit_head (chain, unit_id, account_id, seq, hash, at)
select distinct on (chain) chain, unit_id, case when unit_id is null and chain like 'account:%' then substr(chain, 9)::int end, seq, hash, at
  from app.audit order by chain, seq desc;

alter table app.audit alter column chain set not null, alter column seq set not null, alter column digest set not null, alter column hash set not null,
    add constraint audit_digests check (length(digest) = 32 and length(hash) = 32),
    add constraint audit_before_after check ((before is null) = (action = 'insert') and (after is null) = (action = 'delete')),
    add constraint audit_place unique (chain, seq);
comment on table app.audit is 'Every change of every table, written by trigger; append-only, for every role, and chained by hashes.';
comment on column app.audit.chain is 'Chain it belongs to: unit:<code>, account:<id> or table:<name>.';
comment on column app.audit.seq is 'Place in its chain, from 1, without gaps.';
comment on column app.audit.digest is 'SHA-256 of app.audit_text() of the row.';
comment on column app.audit.hash is 'SHA-256 of the hash before it and of digest.';

-- Writing ----------------------------------------------------------------------------------------
-- Only the triggers call these, with the owner's rights: nobody else can lengthen or hold up a chain.

create function app.audit_take(p_chains text[]) returns void
language plpgsql as $$
begin
    insert into app.audit_head (chain, unit_id, account_id)
    select c, (select u.id from app.unit u where 'unit:' || u.code = c), case when c like 'account:%' then substr(c, 9)::int end
      from unnest(p_chains) c where not exists (select from app.audit_head h where h.chain = c)
     group by c order by c collate "C"
    on conflict (chain) do nothing;
    perform from app.audit_head where chain = any (p_chains) order by chain for update;
end $$;
comment on function app.audit_take is 'Holds these chains until the end of the transaction; always in the order of their names, so that two statements never wait for each other in a circle.';

create function app.audit_append(p_table name, p_action text, p_before jsonb[], p_after jsonb[]) returns void
language plpgsql as $$
declare
    me constant int := app.me();
    asked constant text := current_setting('app.request', true);
    chains constant text[] := array(
        select app.audit_chain(d.content, me, p_table)
          from (select distinct on (c ->> 'unit_id' collate "C", c ->> 'account_id' collate "C") c as content from unnest(coalesce(p_before, p_after)) c) d);
    moment timestamptz;
    cause text;
begin
    perform app.audit_take(chains);
    moment := clock_timestamp();
    cause := app.audit_cause(moment, me, session_user, asked, p_table, p_action);
    with written as (
        insert into app.audit (id, at, account_id, db_role, request, table_name, action, unit_id, before, after, chain, seq, digest, hash)
        overriding system value
        select id, moment, me, session_user, asked, p_table, p_action, unit_id, before, after, chain, seq, digest,
               app.audit_hash(start, digest) over (partition by chain order by nth)
          from (select p.*, sha256(convert_to(app.audit_text(p.chain, p.seq, p.id, cause, p.unit_id, p.before, p.after), 'UTF8')) as digest
                  from (select h.chain, h.hash as start, c.nth, h.seq + row_number() over (partition by h.chain order by c.nth) as seq,
                               nextval('app.audit_id_seq') as id, c.unit_id, c.before, c.after
                          from (select x.before, x.after, x.nth, (coalesce(x.before, x.after) ->> 'unit_id')::int as unit_id,
                                       case when cardinality(chains) = 1 then chains[1]
                                            else app.audit_chain(coalesce(x.before, x.after), me, p_table) end as chain
                                  from unnest(p_before, p_after) with ordinality as x(before, after, nth)) c
                          join app.audit_head h on h.chain = c.chain and h.chain = any (chains)) p
                offset 0) d -- else the digest would be computed wherever it is named
        returning chain, seq, hash
    )
    update app.audit_head h set seq = w.seq, hash = w.hash, at = moment
      from (select distinct on (chain) chain, seq, hash from written order by chain, seq desc) w
     where h.chain = w.chain and h.chain = any (chains);
end $$;
comment on function app.audit_append is 'Records the rows of one statement: each chain is taken and moved on once, however many they are.';
revoke all on function app.audit_take, app.audit_append from public;

create function app.audit_content(jsonb) returns jsonb
language sql immutable parallel safe
return $1 - '{password_salt,password_verifier,hash,key,answer_body,sealed,file}'::text[];
comment on function app.audit_content is 'A row as it is recorded: secrets left out.';

-- Generic plans: PostgreSQL would plan the statements of app.audit_append() anew for each array of chains.
create or replace function app.audit_inserted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'insert', null, array_agg(app.audit_content(to_jsonb(n))))
       from new_rows n having count(*) > 0;
    return null;
end $$;

-- PostgreSQL puts the old and the new version of a row into their tables at the same time (trigger.c,
-- AfterTriggerSaveEvent), so the n-th here is the n-th there, whatever happened to keys.  tests/api/audit_chain.c
-- would tell if it ever did otherwise.
create or replace function app.audit_changed() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'update', array_agg(app.audit_content(to_jsonb(o))),
                             (select array_agg(app.audit_content(to_jsonb(n))) from new_rows n))
       from old_rows o having count(*) > 0;
    return null;
end $$;
comment on function app.audit_changed is 'Records updated rows, one statement for all of them.';

create function app.audit_deleted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'delete', array_agg(app.audit_content(to_jsonb(o))), null)
       from old_rows o having count(*) > 0;
    return null;
end $$;
comment on function app.audit_deleted is 'Records deleted rows, one statement for all of them.';

create or replace procedure app.audit_table(target regclass)
language plpgsql as $$
begin
    execute format('create trigger audit_inserted after insert on %s referencing new table as new_rows '
                   'for each statement execute function app.audit_inserted()', target);
    execute format('create trigger audit_changed after update on %s referencing old table as old_rows new table as new_rows '
                   'for each statement execute function app.audit_changed()', target);
    execute format('create trigger audit_deleted after delete on %s referencing old table as old_rows '
                   'for each statement execute function app.audit_deleted()', target);
    execute format('create trigger audit_emptied before truncate on %s '
                   'for each statement execute function app.audit_refuse()', target);
end $$;
comment on procedure app.audit_table is 'Puts the four recording triggers on a table.';

do $$
declare
    t regclass;
begin
    for t in select tgrelid::regclass from pg_trigger where tgfoid = 'app.audit_changed'::regproc loop
        execute format('drop trigger audit_inserted on %s', t);
        execute format('drop trigger audit_changed on %s', t);
        execute format('drop trigger audit_emptied on %s', t);
        call app.audit_table(t);
    end loop;
end $$;

-- Reading ----------------------------------------------------------------------------------------

create function app.audit_dump() returns setof text
language sql stable
begin atomic
    select format('{"hash":"%s","digest":"%s","row":%s}', encode(a.hash, 'hex'), encode(a.digest, 'hex'),
                  app.audit_text(a.chain, a.seq, a.id, app.audit_cause(a.at, a.account_id, a.db_role, a.request, a.table_name, a.action), a.unit_id, a.before, a.after))
      from app.audit a order by a.chain, a.seq;
end;
revoke all on function app.audit_dump from public;
comment on function app.audit_dump is 'The record of changes as lines of JSON, chain by chain, for thidua-api verify-audit: hash and digest as they are kept, the row as its other columns are now.';

-- migrate:down
drop function app.audit_dump;
create or replace procedure app.audit_table(target regclass)
language plpgsql as $$
begin
    execute format('create trigger audit_inserted after insert on %s referencing new table as new_rows '
                   'for each statement execute function app.audit_inserted()', target);
    execute format('create trigger audit_changed after update or delete on %s '
                   'for each row execute function app.audit_changed()', target);
    execute format('create trigger audit_emptied before truncate on %s '
                   'for each statement execute function app.audit_refuse()', target);
end $$;
comment on procedure app.audit_table is 'Puts the three recording triggers on a table.';
create or replace function app.audit_inserted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    insert into app.audit (account_id, request, table_name, action, unit_id, after)
    select me, current_setting('app.request', true), tg_table_name, 'insert', (r ->> 'unit_id')::int, r
      from (select (select app.me()) as me, to_jsonb(n) - '{password_salt,password_verifier,hash,key}'::text[] as r from new_rows n) t;
    return null;
end $$;
create or replace function app.audit_changed() returns trigger
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
do $$
declare
    t regclass;
begin
    for t in select tgrelid::regclass from pg_trigger where tgfoid = 'app.audit_changed'::regproc loop
        execute format('drop trigger audit_inserted on %s', t);
        execute format('drop trigger audit_changed on %s', t);
        execute format('drop trigger audit_deleted on %s', t);
        execute format('drop trigger audit_emptied on %s', t);
        call app.audit_table(t);
    end loop;
end $$;
drop function app.audit_deleted, app.audit_append, app.audit_take, app.audit_content;
alter table app.audit drop constraint audit_before_after, drop column chain, drop column seq, drop column digest, drop column hash;
comment on table app.audit is 'Every change of every table, written by trigger; append-only, for every role.';
drop table app.audit_head;
drop aggregate app.audit_hash(bytea, bytea);
drop function app.audit_link, app.audit_text, app.audit_cause, app.audit_chain;
