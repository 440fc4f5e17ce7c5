-- migrate:up

-- Long files are answered 202 and worked on by a job, which outlives the service.  A job runs as its account, through row-level
-- security, without the caller's token: by a ticket for this one import, of which the database knows the SHA-256, and the service's
-- own key opens what is stored beside it.  Whoever has only the database cannot use it; the service's role without it is nobody.

alter table app.import
    add column separator text check (separator in ('comma', 'semicolon', 'tab')),
    add column sheet text check (length(sheet) <= 100);
comment on column app.import.separator is 'What separates the columns of CSV; null: the one the heading uses.';
comment on column app.import.sheet is 'Sheet of a workbook; null: the first visible one.';
comment on column app.import.outcome is 'accepted, partial, rejected, or planned by a dry run; null while it is queued or running, and when its job failed.';

create table app.import_job (
    import_id  bigint primary key references app.import,
    account_id int not null references app.account,
    state      text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    attempts   int not null default 0 check (attempts between 0 and 3),
    due_at     timestamptz not null default now(),
    request    text,
    hash       bytea check (length(hash) = 32),
    sealed     text,
    problem    jsonb,
    started_at timestamptz,
    ended_at   timestamptz,
    constraint import_job_ticket check ((state in ('queued', 'running')) = (hash is not null) and (hash is null) = (sealed is null)),
    constraint import_job_problem check ((state = 'failed') = (problem is not null))
);
create index import_job_waiting on app.import_job (attempts, import_id) where state in ('queued', 'running');
create index import_job_account on app.import_job (account_id) where state in ('queued', 'running');
comment on table app.import_job is 'Imports that are worked on after they were answered.';
comment on column app.import_job.import_id is 'Import.';
comment on column app.import_job.account_id is 'Who sent it, and as whom it runs.';
comment on column app.import_job.state is 'queued, running, done (the import says how), or failed: nothing was kept.';
comment on column app.import_job.attempts is 'How often it was begun, counted before it is; an attempt that the service broke off itself does not count.';
comment on column app.import_job.due_at is 'Not to be begun again before.';
comment on column app.import_job.request is 'X-Request-Id of the request that sent it.';
comment on column app.import_job.hash is 'SHA-256 of the ticket; null once the job has ended, and the ticket with it.';
comment on column app.import_job.sealed is 'The ticket, sealed with a key that the database does not have.';
comment on column app.import_job.problem is 'Why it failed: {code, params, errors, members}.';
comment on column app.import_job.started_at is 'When the last attempt began.';
comment on column app.import_job.ended_at is 'When it ended.';

alter table app.import_job enable row level security;
alter table app.import_job force row level security;
create policy guards on app.import_job to current_user using (true) with check (true);
create policy own on app.import_job to thidua_api using (account_id = (select app.me())) with check (account_id = (select app.me()));
grant select (import_id, account_id, state, attempts, due_at, request, problem, started_at, ended_at) on app.import_job to thidua_api;
grant insert (import_id, account_id, request, hash, sealed) on app.import_job to thidua_api;

-- Accepting ----------------------------------------------------------------------------------------

create function app.expect_importer() returns void
language plpgsql as $$
begin
    if cardinality(app.units_of_role('OFFICE_STAT_OFFICER')) + cardinality(app.units_of_role('CULTURE_INFO_OFFICER')) = 0 then
        perform app.problem(403, 'forbidden');
    end if;
end $$;
comment on function app.expect_importer is '403 for who enters figures of no unit.';

create function app.import_keep(p_media_type text, p_locale text, p_mode text, p_on_existing text, p_dry_run boolean, p_unit text, p_period text,
                                p_plan bigint, p_file bytea, p_sha256 bytea, p_separator text, p_sheet text) returns app.import
language plpgsql as $$
declare
    made app.import;
begin
    perform app.expect_importer();
    insert into app.import (account_id, media_type, locale, mode, on_existing, dry_run, unit, period, plan_id, file, file_sha256, separator, sheet)
    values (app.me(), p_media_type, p_locale, p_mode, p_on_existing, p_dry_run, p_unit, p_period, p_plan, p_file, p_sha256, p_separator, p_sheet)
    returning * into made;
    made.file := ''; -- a row that is handed on would carry a copy
    return made;
end $$;
comment on function app.import_keep is 'Keeps a file as it was sent; the row, without the file.';

drop function app.import_start;
create function app.import_start(p_media_type text, p_locale text, p_mode text, p_on_existing text, p_dry_run boolean, p_unit text, p_period text,
                                 p_plan bigint, p_file bytea, p_sha256 bytea, p_separator text, p_sheet text) returns bigint
language plpgsql as $$
declare
    made constant app.import := app.import_keep(p_media_type, p_locale, p_mode, p_on_existing, p_dry_run, p_unit, p_period, p_plan, p_file, p_sha256,
                                                p_separator, p_sheet);
begin
    perform app.import_stage();
    perform set_config('statement_timeout', '60s', true);
    return made.id;
end $$;
comment on function app.import_start is 'Keeps the file and makes room for its rows.';

create function app.import_queue(p_import app.import, p_hash bytea, p_sealed text, p_most int) returns app.import
language plpgsql as $$
begin
    if (select count(*) from app.import_job j where j.account_id = app.me() and j.state in ('queued', 'running')) >= p_most then
        perform app.problem(429, 'too-many-imports', jsonb_build_object('most', p_most));
    end if;
    insert into app.import_job (import_id, account_id, request, hash, sealed)
    values (p_import.id, app.me(), nullif(current_setting('app.request', true), ''), p_hash, p_sealed);
    return p_import;
end $$;
comment on function app.import_queue is 'Leaves a file that was kept to a job.  Its record holds the account''s chain by then, so two that come together count each other.';

-- The ticket ---------------------------------------------------------------------------------------
-- Who works on a job holds the advisory lock of its number for as long as the connection lives: a job whose service is gone is free at
-- once, one whose statement still runs is not.

create function app.session_ticket(p_hash bytea, p_import bigint) returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    j app.import_job;
begin
    perform set_config('app.' || kept, '', true)
       from unnest('{account,grants,reach_own,reach_received,reach_accepted,import,token,receipt}'::text[]) kept;
    select t.* into j from app.import_job t where t.import_id = p_import and t.hash = p_hash and t.state = 'running';
    if not found or not pg_try_advisory_xact_lock(p_import) then
        perform app.problem(401, 'unauthenticated');
    elsif exists (select from app.account a where a.id = j.account_id and a.disabled_at is not null) then
        perform app.problem(403, 'forbidden');
    end if;
    perform app.sealed_put('account', j.account_id::text), app.sealed_put('import', j.import_id::text),
            set_config('app.request', coalesce(j.request, ''), true),
            set_config('statement_timeout', '10min', true), set_config('lock_timeout', '30s', true),
            set_config('idle_in_transaction_session_timeout', '60s', true), set_config('client_connection_check_interval', '2s', true);
end $$;
comment on function app.session_ticket is 'First statement of a job''s transactions: its account calls, by the ticket (SHA-256) of this import, while it runs and nobody else works on it.';

create function app.import_job_take(out import_id bigint, out sealed text)
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    j app.import_job;
    given_up constant jsonb := '{"code": "import-given-up", "params": {"attempts": 3}}';
begin
    perform pg_advisory_unlock_all(), set_config('lock_timeout', '300ms', true);
    for import_id in select t.import_id from app.import_job t where t.state in ('queued', 'running') and t.due_at <= now() order by t.attempts, t.import_id loop
        continue when not pg_try_advisory_lock(import_job_take.import_id);
        select t.* into j from app.import_job t
         where t.import_id = import_job_take.import_id and t.state in ('queued', 'running') and t.due_at <= now() for update;
        perform set_config('app.request', coalesce(j.request, ''), true);
        begin
            if j.attempts < 3 then
                update app.import_job t
                   set state = 'running', attempts = t.attempts + 1, started_at = clock_timestamp(),
                       due_at = clock_timestamp() + interval '1 second' * (t.attempts + 1) ^ 2
                 where t.import_id = j.import_id;
                sealed := j.sealed;
                return;
            elsif j.attempts >= 3 then
                update app.import_job t set state = 'failed', problem = given_up, hash = null, sealed = null, ended_at = clock_timestamp()
                 where t.import_id = j.import_id;
            end if;
        exception when lock_not_available then -- its account is writing something long: others first
            null;
        end;
        perform pg_advisory_unlock(import_job_take.import_id);
    end loop;
    import_id := null;
end $$;
comment on function app.import_job_take is 'The job to be worked on next, its attempt counted; nulls when there is none.  To be committed before the work: a file that kills the service is given up after three attempts.  A job that failed comes after those that have not been tried.';

create function app.import_job_start(p_import bigint) returns bigint
language plpgsql as $$
begin
    perform app.expect_importer(), app.import_stage();
    return p_import;
end $$;
comment on function app.import_job_start is 'Makes room for the rows of a job.';

create function app.import_job_done() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    update app.import_job t set state = 'done', hash = null, sealed = null, ended_at = clock_timestamp()
     where t.import_id = app.sealed_get('import')::bigint and t.account_id = app.me();
    if not found then
        perform app.problem(401, 'unauthenticated');
    end if;
end $$;
comment on function app.import_job_done is 'Ends the job whose ticket opened this transaction, and the ticket.';

create function app.import_job_leave(p_hash bytea, p_import bigint, p_problem jsonb, p_again boolean) returns text
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    j app.import_job;
    ended boolean;
begin
    select t.* into j from app.import_job t where t.import_id = p_import and t.hash = p_hash and t.state = 'running' for update;
    if not found or not pg_try_advisory_xact_lock(p_import) then
        return null;
    end if;
    ended := p_problem is not null and not (p_again and j.attempts < 3);
    perform set_config('app.request', coalesce(j.request, ''), true);
    update app.import_job t
       set state = case when ended then 'failed' else 'queued' end, problem = case when ended then p_problem end,
           attempts = t.attempts - (p_problem is null)::int,
           due_at = case when p_problem is null then now() else now() + interval '5 seconds' * t.attempts ^ 2 end,
           hash = case when not ended then t.hash end, sealed = case when not ended then t.sealed end,
           ended_at = case when ended then clock_timestamp() end
     where t.import_id = p_import;
    return case when ended then 'failed' else 'queued' end;
end $$;
comment on function app.import_job_leave is 'A job that is not done: it failed for a problem, or is to be tried again; without a problem the service broke it off, and the attempt does not count.';

-- The work -----------------------------------------------------------------------------------------

create or replace function app.import_guard() returns trigger
language plpgsql as $$
begin
    if old.outcome is not null or (exists (select from app.import_job j where j.import_id = old.id)
                                   and app.sealed_get('import') is distinct from old.id::text) then
        perform app.problem(403, 'forbidden');
    end if;
    return new;
end $$;
comment on function app.import_guard is 'What became of a file is said once, and of one that was left to a job by that job.';

-- A write of the same account to the same unit holds the account's chain and waits for the unit's, which the job has.  PostgreSQL ends
-- whoever has waited for a second (deadlock_timeout) and sees the circle: the job never waits that long at once.  The other gives way,
-- and is run again.
create function app.import_await_record() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    if app.sealed_get('import') is null then
        return;
    end if;
    perform set_config('lock_timeout', '300ms', true);
    for tries in 1 .. 100 loop
        begin
            perform app.audit_take(array['account:' || app.me()]);
            exit;
        exception when lock_not_available then
            perform pg_sleep(0.1);
        end;
    end loop;
    perform set_config('lock_timeout', '30s', true);
end $$;
comment on function app.import_await_record is 'In a job: waits for the chain of its account, without being the one that gives way.';

-- The account's chain is taken at the end alone: while a job runs, who sent it may go on with other things.
create or replace function app.import_run(p_import bigint, p_columns jsonb, p_unit text, p_period text, p_locale text) returns app.import
language plpgsql as $$
declare
    i app.import;
    faulty boolean;
    kept boolean;
    decided bytea;
    total int;
    found_by_rules jsonb := '[]';
begin
    select t.* into i from app.import t where t.id = p_import;
    i.unit := coalesce(i.unit, nullif(p_unit, ''));
    i.period := coalesce(i.period, nullif(p_period, ''));
    i.locale := coalesce(i.locale, nullif(p_locale, ''));
    if i.media_type = 'application/json' then
        perform app.import_unpack(i.file);
    end if;
    perform app.import_analyze(), app.import_look(i);
    perform app.import_judge(i);
    perform app.import_judge_totals(i);
    perform app.import_decide(i);
    decided := app.import_plan();
    select count(*), count(*) > 0 into total, faulty from (select distinct * from pg_temp.import_fault) f;
    if decided <> (select p.plan from app.import p where p.id = i.plan_id) then
        perform app.problem(409, 'plan-outdated', '{}', jsonb_build_object('import', i.plan_id));
    end if;
    kept := not faulty or (i.mode = 'partial' and exists (select from pg_temp.import_seen s where s.action <> 'rejected'));
    if kept then
        found_by_rules := app.import_carry_out(i);
    end if;
    perform app.import_await_record();
    update app.import t
       set unit = i.unit, period = i.period, locale = i.locale,
           outcome = case when i.dry_run then 'planned' when not kept then 'rejected' when faulty then 'partial' else 'accepted' end,
           counts = app.import_counts(kept), faults = app.import_faults(p_columns), faults_total = total, plan = decided, findings = found_by_rules
     where t.id = i.id
    returning * into i;
    return i;
end $$;

create function app.import_job_refuse(p_import bigint, p_faults jsonb) returns void
language plpgsql as $$
begin
    perform app.import_await_record();
    update app.import t
       set outcome = 'rejected', counts = '{"read": 0, "created": 0, "updated": 0, "unchanged": 0, "deleted": 0, "rejected": 0, "faulty": 0}',
           faults = p_faults, faults_total = jsonb_array_length(p_faults), findings = '[]'
     where t.id = p_import;
    perform app.import_job_done();
end $$;
comment on function app.import_job_refuse is 'Ends a job whose file cannot be read, with what is wrong with it.';

drop function app.import_told;
create function app.import_told(i app.import)
returns table (id bigint, state text, outcome text, committed boolean, dry_run boolean, mode text, on_existing text, locale text, rows json,
               plan text, errors_total int, made_at timestamptz, file_sha256 text)
language sql stable
begin atomic
    select i.id, coalesce((select j.state from app.import_job j where j.import_id = i.id), 'done'), i.outcome,
           coalesce(i.outcome in ('accepted', 'partial'), false), i.dry_run, i.mode, i.on_existing, i.locale, i.counts::json,
           case when i.outcome = 'planned' then encode(i.plan, 'hex') end, i.faults_total, i.made_at, encode(i.file_sha256, 'hex');
end;
comment on function app.import_told is 'An import as answers show it; errors are told beside it.';

call app.audit_table('app.import_job');

-- migrate:down
drop function app.import_told;
create function app.import_told(i app.import)
returns table (id bigint, outcome text, committed boolean, dry_run boolean, mode text, on_existing text, locale text, rows json,
               plan text, errors_total int, made_at timestamptz, file_sha256 text)
language sql stable
begin atomic
    select i.id, i.outcome, i.outcome in ('accepted', 'partial'), i.dry_run, i.mode, i.on_existing, i.locale, i.counts::json,
           case when i.outcome = 'planned' then encode(i.plan, 'hex') end, i.faults_total, i.made_at, encode(i.file_sha256, 'hex');
end;
comment on function app.import_told is 'An import as answers show it; errors are told beside it.';

create or replace function app.import_run(p_import bigint, p_columns jsonb, p_unit text, p_period text, p_locale text) returns app.import
language plpgsql as $$
declare
    i app.import;
    faulty boolean;
    kept boolean;
    decided bytea;
    total int;
    found_by_rules jsonb := '[]';
begin
    update app.import t
       set unit = coalesce(t.unit, nullif(p_unit, '')), period = coalesce(t.period, nullif(p_period, '')), locale = coalesce(t.locale, nullif(p_locale, ''))
     where t.id = p_import
    returning * into i;
    if i.media_type = 'application/json' then
        perform app.import_unpack(i.file);
    end if;
    perform app.import_analyze(), app.import_look(i);
    perform app.import_judge(i);
    perform app.import_judge_totals(i);
    perform app.import_decide(i);
    decided := app.import_plan();
    select count(*), count(*) > 0 into total, faulty from (select distinct * from pg_temp.import_fault) f;
    if decided <> (select p.plan from app.import p where p.id = i.plan_id) then
        perform app.problem(409, 'plan-outdated', '{}', jsonb_build_object('import', i.plan_id));
    end if;
    kept := not faulty or (i.mode = 'partial' and exists (select from pg_temp.import_seen s where s.action <> 'rejected'));
    if kept then
        found_by_rules := app.import_carry_out(i);
    end if;
    update app.import t
       set outcome = case when i.dry_run then 'planned' when not kept then 'rejected' when faulty then 'partial' else 'accepted' end,
           counts = app.import_counts(kept), faults = app.import_faults(p_columns), faults_total = total, plan = decided, findings = found_by_rules
     where t.id = i.id
    returning * into i;
    return i;
end $$;

create or replace function app.import_guard() returns trigger
language plpgsql as $$
begin
    if old.outcome is not null then
        perform app.problem(403, 'forbidden');
    end if;
    return new;
end $$;
comment on function app.import_guard is 'What became of a file is said once.';

drop function app.import_job_refuse, app.import_await_record, app.import_job_leave, app.import_job_done, app.import_job_start, app.import_job_take,
    app.session_ticket, app.import_queue, app.import_start, app.import_keep, app.expect_importer;
create function app.import_start(p_media_type text, p_locale text, p_mode text, p_on_existing text, p_dry_run boolean, p_unit text, p_period text,
                                 p_plan bigint, p_file bytea, p_sha256 bytea) returns bigint
language plpgsql as $$
declare
    made bigint;
begin
    if cardinality(app.units_of_role('OFFICE_STAT_OFFICER')) + cardinality(app.units_of_role('CULTURE_INFO_OFFICER')) = 0 then
        perform app.problem(403, 'forbidden');
    end if;
    perform app.import_stage();
    insert into app.import (account_id, media_type, locale, mode, on_existing, dry_run, unit, period, plan_id, file, file_sha256)
    values (app.me(), p_media_type, p_locale, p_mode, p_on_existing, p_dry_run, p_unit, p_period, p_plan, p_file, p_sha256)
    returning id into made;
    perform set_config('statement_timeout', '60s', true);
    return made;
end $$;
comment on function app.import_start is 'Keeps the file and makes room for its rows.';
drop table app.import_job;
comment on column app.import.outcome is 'accepted, partial, rejected, or planned by a dry run; null only inside the transaction.';
alter table app.import drop column separator, drop column sheet;
