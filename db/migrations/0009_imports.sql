-- migrate:up

-- Files of figures: rows go by COPY into a table of the connection, are judged by a fixed number of statements, by the same rules as
-- every other way in (app.value_faults), and all of the file's faults are told at once.

create table app.import (
    id          bigint generated always as identity primary key,
    account_id  int not null references app.account,
    made_at     timestamptz not null default now(),
    media_type  text not null check (media_type in ('application/json', 'text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')),
    locale      text check (locale in ('vi', 'en')),
    mode        text not null check (mode in ('atomic', 'partial')),
    on_existing text not null check (on_existing in ('update', 'skip', 'error')),
    dry_run     boolean not null,
    unit        text,
    period      text,
    plan_id     bigint references app.import,
    file        bytea not null,
    file_sha256 bytea not null check (length(file_sha256) = 32),
    outcome     text check (outcome in ('accepted', 'partial', 'rejected', 'planned')),
    counts      jsonb,
    faults      jsonb,
    faults_total int,
    plan        bytea,
    constraint import_planned_once unique (plan_id)
);
create index import_account on app.import (account_id, id);
comment on table app.import is 'Files that were sent, what became of them, and what was wrong.';
comment on column app.import.id is 'Number.';
comment on column app.import.account_id is 'Who sent it.';
comment on column app.import.made_at is 'Server clock.';
comment on column app.import.media_type is 'What it was sent as.';
comment on column app.import.locale is 'Which mark stands before decimals: vi comma, en point; null: not declared, what is ambiguous is refused.';
comment on column app.import.mode is 'atomic: all or nothing; partial: the rows without faults.';
comment on column app.import.on_existing is 'A figure that is there already: update it, skip the row, or error.';
comment on column app.import.dry_run is 'Only said what would be done.';
comment on column app.import.unit is 'Unit of rows that name none.';
comment on column app.import.period is 'Period of rows that name none.';
comment on column app.import.plan_id is 'The dry run that this carries out.';
comment on column app.import.file is 'The file as received: for the annotated workbook, and for carrying out a dry run.';
comment on column app.import.file_sha256 is 'Its SHA-256.';
comment on column app.import.outcome is 'accepted, partial, rejected, or planned by a dry run; null only inside the transaction.';
comment on column app.import.counts is '{read, created, updated, unchanged, deleted, rejected}, which add up to read.';
comment on column app.import.faults is 'The first 1,000 faults, each with row, column, cell, text, code.';
comment on column app.import.faults_total is 'How many there are.';
comment on column app.import.plan is 'SHA-256 over what is to be done with each row: carrying a plan out does just that.';

alter table app.import enable row level security;
alter table app.import force row level security;
create policy own on app.import to thidua_api using (account_id = (select app.me())) with check (account_id = (select app.me()));
grant select, insert on app.import to thidua_api;
grant update (unit, period, locale, outcome, counts, faults, faults_total, plan) on app.import to thidua_api;

create function app.import_guard() returns trigger
language plpgsql as $$
begin
    if old.outcome is not null then
        perform app.problem(403, 'forbidden');
    end if;
    return new;
end $$;
comment on function app.import_guard is 'What became of a file is said once.';
create trigger import_guard before update on app.import for each row execute function app.import_guard();

alter table app.submission_value add constraint submission_value_import foreign key (import_id) references app.import;

create table app.import_word (
    field text not null check (field in ('missing_reason', 'status')),
    word  text not null check (word = app.fold(word)),
    code  text not null,
    primary key (field, word)
);
comment on table app.import_word is 'What people write in a file for the codes of the contract; case and accents do not matter.';
comment on column app.import_word.field is 'Column it stands in.';
comment on column app.import_word.word is 'The word, folded.';
comment on column app.import_word.code is 'The code it means.';
insert into app.import_word values
    ('missing_reason', 'not_available', 'not_available'), ('missing_reason', 'khong co so lieu', 'not_available'),
    ('missing_reason', 'not_collected', 'not_collected'), ('missing_reason', 'chua thu thap', 'not_collected'),
    ('missing_reason', 'not_applicable', 'not_applicable'), ('missing_reason', 'khong ap dung', 'not_applicable'),
    ('missing_reason', 'confidential', 'confidential'), ('missing_reason', 'bao mat', 'confidential'),
    ('status', 'estimate', 'ESTIMATE'), ('status', 'uoc thuc hien', 'ESTIMATE'), ('status', 'uoc', 'ESTIMATE'),
    ('status', 'provisional', 'PROVISIONAL'), ('status', 'so bo', 'PROVISIONAL'),
    ('status', 'official', 'OFFICIAL'), ('status', 'chinh thuc', 'OFFICIAL');
grant select on app.import_word to thidua_api;
call app.audit_table('app.import_word');

-- Staging ------------------------------------------------------------------------------------------
-- Temporary tables of the connection, emptied at each commit: no trace of a file that was refused.  They are the owner's; the service's
-- role may not make any.

create function app.import_stage() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    if to_regclass('pg_temp.import_row') is null then
        create temporary table import_row (
            n int, unit text, period text, indicator text, value text, numerator text, denominator text, missing_reason text, status text,
            note text, clear boolean, percent boolean, truth boolean, said text, fault text, fault_field text) on commit delete rows;
        create temporary table import_seen (
            n int, unit_id int, period_id int, form_id int, submission_id bigint, kind text, all_fields boolean, v app.sent_value, said text,
            code_fault text, fault_field text, percent boolean, action text) on commit delete rows;
        create temporary table import_fault (n int, field text, code text, params jsonb, said text) on commit delete rows;
        grant select, insert on pg_temp.import_row, pg_temp.import_fault to thidua_api;
        grant select, insert, update on pg_temp.import_seen to thidua_api;
    end if;
end $$;
comment on function app.import_stage is 'Makes the temporary tables of an import, once a connection.';

create function app.import_analyze() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    analyze pg_temp.import_row;
end $$;
comment on function app.import_analyze is 'Lets the planner know how many rows there are.';

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

-- Judging ------------------------------------------------------------------------------------------

create function app.column_name(p_column int) returns text
language sql immutable strict
return case when p_column > 26 then chr(64 + (p_column - 1) / 26) else '' end || chr(65 + (p_column - 1) % 26);
comment on function app.column_name is 'Column of a sheet: 4 is D.';

create function app.import_look(p_import app.import) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_seen
    with mine as materialized (
        select u as unit, k.level, u.id = any (app.units_of_role('OFFICE_STAT_OFFICER')) as all_fields,
               array(select app.fold(n.name) from app.unit_name n where n.unit_id = u.id) as names
          from app.unit u join app.unit_kind k on k.code = u.kind
         where u.id = any (app.units_of_role('OFFICE_STAT_OFFICER') || app.units_of_role('CULTURE_INFO_OFFICER'))
    ), unit_said as materialized (
        select s.said, m.unit, m.level, m.all_fields
          from (select distinct coalesce(r.unit, p_import.unit) as said from pg_temp.import_row r) s
          join mine m on (m.unit).code = s.said
                      or (app.fold(s.said) = any (m.names) and (select count(*) from mine o where app.fold(s.said) = any (o.names)) = 1)
    ), indicator_said as materialized (
        select s.said, i.id, i.field
          from (select distinct r.indicator as said from pg_temp.import_row r) s
          cross join lateral (select i.id, i.field from app.indicator i where i.code = lower(s.said)
                              union all
                              select i.id, i.field from app.indicator i
                               where not exists (select from app.indicator o where o.code = lower(s.said))
                                 and exists (select from app.indicator_version v where v.indicator_id = i.id and app.fold(v.name_vi) = app.fold(s.said))
                              limit 1) i
    )
    select r.n, (u.unit).id, p.id, f.form_id, s.id, (u.unit).kind, u.all_fields,
           row('/rows/' || r.n, coalesce(r.indicator, ''), i.id, i.field, f.form_id is not null,
               '/rows/' || min(r.n) over (partition by (u.unit).id, p.id, i.id, case when (u.unit).id is null or p.id is null or i.id is null then r.n end),
               g.given, g.item, d)::app.sent_value,
           r.said, case when d.value_type = 'boolean' and r.truth is not null then null else r.fault end, r.fault_field, r.percent, null
      from pg_temp.import_row r
      left join unit_said u on u.said = coalesce(r.unit, p_import.unit)
      left join app.period p on p.code = coalesce(r.period, p_import.period)
      left join indicator_said i on i.said = r.indicator
      left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
      left join app.form_indicator f on f.indicator_id = i.id and f.level = u.level and f.frequency = p.frequency and f.valid @> p.ends_on
      left join app.import_word m on m.field = 'missing_reason' and m.word = app.fold(r.missing_reason)
      left join app.import_word w on w.field = 'status' and w.word = app.fold(r.status)
      left join app.submission s on s.form_id = f.form_id and s.unit_id = (u.unit).id and s.period_id = p.id
      cross join lateral (select case when r.clear then '{"value": null}'
                                      else jsonb_strip_nulls(jsonb_build_object(
                                               'value', case when d.value_type = 'boolean' and r.truth is not null then to_jsonb(r.truth) else to_jsonb(r.value::numeric) end,
                                               'numerator', r.numerator::numeric, 'denominator', r.denominator::numeric,
                                               'missing_reason', case when d.value_type = 'boolean' and r.truth is not null then null else m.code end)) end
                                 || jsonb_strip_nulls(jsonb_build_object('status', w.code, 'note', normalize(r.note, nfc))) as item) x
      cross join lateral (select x.item, array(select k from jsonb_object_keys(x.item) k
                                                where k in ('value', 'numerator', 'denominator', 'missing_reason') and not coalesce(r.clear, false)) as given) g;
end $$;
comment on function app.import_look is 'What each row speaks of, as far as the caller may report it.';

create function app.import_judge(p_import app.import) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_fault
    select s.n, coalesce(nullif(split_part(f ->> 'pointer', '/', 4), ''), 'value'), f ->> 'code', f -> 'params', null
      from pg_temp.import_seen s cross join lateral app.value_faults(s.v, s.kind, s.all_fields) f
     where s.unit_id is not null and s.period_id is not null and (s.v).indicator_id is not null
       and (s.code_fault is null or f ->> 'code' <> 'one-of-value')
       and not (cardinality((s.v).given) = 0 and f ->> 'code' = 'one-of-value')
       and f ->> 'code' <> 'duplicate-indicator'
    union all
    select s.n, 'indicator', 'duplicate-row', jsonb_build_object('indicator', (s.v).code, 'first', split_part((s.v).first, '/', 3)::int), null
      from pg_temp.import_seen s where (s.v).first <> (s.v).pointer
    union all
    select s.n, s.fault_field, s.code_fault, jsonb_build_object('text', left(s.said, 40)), s.said from pg_temp.import_seen s where s.code_fault is not null
    union all
    select s.n, 'value', 'percent-not-expected', jsonb_build_object('text', left(s.said, 40), 'unit', ((s.v).definition).unit_vi), s.said
      from pg_temp.import_seen s where s.percent and ((s.v).definition).value_type <> 'percent'
    union all
    select r.n, 'unit', case when coalesce(r.unit, p_import.unit) is null then 'unit-missing' else 'unit-not-yours' end,
           jsonb_build_object('unit', left(coalesce(r.unit, p_import.unit), 64)), r.unit
      from pg_temp.import_row r join pg_temp.import_seen s on s.n = r.n where s.unit_id is null
    union all
    select r.n, 'period', case when coalesce(r.period, p_import.period) is null then 'period-missing' else 'unknown-period' end,
           jsonb_build_object('period', left(coalesce(r.period, p_import.period), 64)), r.period
      from pg_temp.import_row r join pg_temp.import_seen s on s.n = r.n where s.period_id is null
    union all
    select r.n, 'indicator', 'unknown-indicator', jsonb_build_object('indicator', left(coalesce(r.indicator, ''), 64)), r.indicator
      from pg_temp.import_row r join pg_temp.import_seen s on s.n = r.n where (s.v).indicator_id is null
    union all
    select r.n, k.field, 'unknown-word', jsonb_build_object('text', left(k.said, 40), 'choices',
               (select string_agg(distinct w.code, ', ') from app.import_word w where w.field = k.field)), k.said
      from pg_temp.import_row r cross join lateral (values ('missing_reason', r.missing_reason), ('status', r.status)) k(field, said)
     where k.said is not null and not exists (select from app.import_word w where w.field = k.field and w.word = app.fold(k.said))
    union all
    select r.n, 'note', 'too-long', '{"max": 4000}', left(r.note, 40) from pg_temp.import_row r where length(r.note) > 4000
    union all
    select s.n, case split_part(f ->> 'pointer', '/', 2) when 'form' then 'period' else split_part(f ->> 'pointer', '/', 2) end, f ->> 'code', f -> 'params', null
      from (select distinct unit_id, period_id, form_id from pg_temp.import_seen where form_id is not null) k
      join app.unit u on u.id = k.unit_id
      join app.period p on p.id = k.period_id
      join app.form m on m.id = k.form_id
      cross join lateral app.unit_faults(u, m, p) f
      join pg_temp.import_seen s on (s.unit_id, s.period_id, s.form_id) = (k.unit_id, k.period_id, k.form_id)
    union all
    select s.n, 'period', 'period-locked', jsonb_build_object('period', p.code, 'since', to_char(d.locks_at, 'HH24:MI DD/MM/YYYY')), null
      from (select distinct coalesce(form_id, 0) as form_id, coalesce(unit_id, 0) as unit_id, period_id from pg_temp.import_seen where period_id is not null) k
      join app.period p on p.id = k.period_id and p.locks_at <= now()
      cross join lateral app.deadlines(k.form_id, k.unit_id, k.period_id) d
      join pg_temp.import_seen s on (coalesce(s.form_id, 0), coalesce(s.unit_id, 0), s.period_id) = (k.form_id, k.unit_id, k.period_id)
     where d.locks_at <= now()
    union all
    select s.n, 'unit', 'not-editable', jsonb_build_object('state', t.state), null
      from pg_temp.import_seen s join app.submission t on t.id = s.submission_id where t.state not in ('draft', 'returned')
    union all
    select s.n, 'unit', 'draft-missing', '{}', null
      from pg_temp.import_seen s where s.unit_id is not null and s.form_id is not null and s.submission_id is null and not s.all_fields
    union all
    select s.n, 'value', 'value-exists', jsonb_build_object('current', trim_scale(x.value)), s.said
      from pg_temp.import_seen s join app.submission_value x on x.submission_id = s.submission_id and x.indicator_id = (s.v).indicator_id
     where p_import.on_existing = 'error';
end $$;
comment on function app.import_judge is 'Everything that is wrong with any row.';

create function app.import_decide(p_import app.import) returns void
language plpgsql as $$
begin
    update pg_temp.import_seen s
       set action = case when exists (select from pg_temp.import_fault f where f.n = s.n) then 'rejected'
                         when cardinality((s.v).given) = 0 and not (s.v).item ? 'value' then 'unchanged'
                         when cardinality((s.v).given) = 0 then case when x.indicator_id is null then 'unchanged' else 'deleted' end
                         when x.indicator_id is null then 'created'
                         when p_import.on_existing = 'skip'
                              or (w.value, w.numerator, w.denominator, w.missing_reason, coalesce((t.v).item ->> 'status', x.status, w.status), w.note)
                                 is not distinct from (x.value, x.numerator, x.denominator, x.missing_reason, x.status, x.note::text) then 'unchanged'
                         else 'updated' end
      from pg_temp.import_seen t
     cross join lateral app.value_written(t.v) w
      left join app.submission_value x on x.submission_id = t.submission_id and x.indicator_id = (t.v).indicator_id
     where t.n = s.n;
end $$;
comment on function app.import_decide is 'What is to be done with each row: created, updated, unchanged, deleted or rejected.';

create function app.import_plan() returns bytea
language plpgsql as $$
begin
    return (select sha256(convert_to(coalesce(string_agg(concat_ws(' ', s.n, s.action, s.submission_id, t.version), E'\n' order by s.n), ''), 'UTF8'))
              from pg_temp.import_seen s left join app.submission t on t.id = s.submission_id);
end $$;
comment on function app.import_plan is 'What is to be done, and to which versions: carrying it out later must mean the same.';

create function app.import_unpack(p_file bytea) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_row
    select e.n, e.item ->> 'unit', e.item ->> 'period', e.item ->> 'indicator', f.value, f.numerator, f.denominator,
           e.item ->> 'missing_reason', e.item ->> 'status', e.item ->> 'note',
           e.item ? 'value' and e.item -> 'value' = 'null' and num_nonnulls(e.item ->> 'numerator', e.item ->> 'missing_reason') = 0,
           false, case e.item -> 'value' when 'true' then true when 'false' then false end, e.item ->> f.wrong,
           case when f.wrong is not null then 'not-a-number' end, f.wrong
      from jsonb_array_elements(app.body(convert_from(p_file, 'UTF8')) -> 'rows') with ordinality as e(item, n)
     cross join lateral (
           select app.number(nullif(e.item -> 'value', 'true'))::text as value, app.number(e.item -> 'numerator')::text as numerator,
                  app.number(e.item -> 'denominator')::text as denominator,
                  case when app.number(e.item -> 'value') is null and e.item ->> 'value' is not null then 'value'
                       when app.number(e.item -> 'numerator') is null and e.item ->> 'numerator' is not null then 'numerator'
                       when app.number(e.item -> 'denominator') is null and e.item ->> 'denominator' is not null then 'denominator' end as wrong) f;
end $$;
comment on function app.import_unpack is 'The rows of a JSON import; a number is taken as it stands, text only as a plain decimal.';

create function app.import_counts(p_kept boolean) returns jsonb
language plpgsql as $$
begin
    return (
        select jsonb_build_object('read', count(*),
                   'created', count(*) filter (where p_kept and action = 'created'), 'updated', count(*) filter (where p_kept and action = 'updated'),
                   'unchanged', count(*) filter (where p_kept and action = 'unchanged'), 'deleted', count(*) filter (where p_kept and action = 'deleted'),
                   'rejected', count(*) filter (where not p_kept or action = 'rejected'), 'faulty', count(*) filter (where action = 'rejected'))
          from pg_temp.import_seen);
end $$;
comment on function app.import_counts is 'created + updated + unchanged + deleted + rejected = read; where nothing is kept every row is rejected.  faulty: rows with faults of their own.';

create function app.import_faults(p_columns jsonb) returns jsonb
language plpgsql as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'pointer', case when p_columns is null then '/rows/' || (f.n - 1) || '/' || f.field end,
                   'row', f.n, 'column', app.column_name((p_columns ->> f.field)::int),
                   'cell', app.column_name((p_columns ->> f.field)::int) || f.n,
                   'text', coalesce(f.said, case f.field when 'unit' then r.unit when 'period' then r.period when 'indicator' then r.indicator
                                                          when 'missing_reason' then r.missing_reason when 'status' then r.status else r.said end),
                   'code', f.code, 'params', coalesce(f.params, '{}'))) order by f.n, f.field, f.code), '[]')
          from (select distinct * from pg_temp.import_fault order by n, field, code limit 1000) f
          join pg_temp.import_row r on r.n = f.n);
end $$;
comment on function app.import_faults is 'The first 1,000 faults with their places.';

-- Carrying out -------------------------------------------------------------------------------------

create function app.import_apply(p_import app.import) returns void
language plpgsql as $$
begin
    update app.submission t set note = t.note
     where t.id in (select s.submission_id from pg_temp.import_seen s where s.action in ('created', 'updated', 'deleted'));
    insert into app.submission (form_id, unit_id, period_id, receiver_id, created_by)
    select distinct s.form_id, s.unit_id, s.period_id, app.unit_parent_on(s.unit_id, p.ends_on), app.me()
      from pg_temp.import_seen s join app.period p on p.id = s.period_id
     where s.action = 'created' and s.submission_id is null;
    update pg_temp.import_seen s set submission_id = t.id
      from app.submission t
     where s.submission_id is null and s.action = 'created' and (t.form_id, t.unit_id, t.period_id) = (s.form_id, s.unit_id, s.period_id);
    delete from app.submission_value v using pg_temp.import_seen s
     where s.action = 'deleted' and v.submission_id = s.submission_id and v.indicator_id = (s.v).indicator_id;
    insert into app.submission_value as v (submission_id, unit_id, indicator_id, value, numerator, denominator, missing_reason, status, note,
                                           written_by, import_id, import_row)
    select s.submission_id, s.unit_id, (s.v).indicator_id, w.value, w.numerator, w.denominator, w.missing_reason,
           coalesce((s.v).item ->> 'status', x.status, w.status), w.note,
           app.me(), p_import.id, s.n
      from pg_temp.import_seen s cross join lateral app.value_written(s.v) w
      left join app.submission_value x on x.submission_id = s.submission_id and x.indicator_id = (s.v).indicator_id
     where s.action in ('created', 'updated')
     order by s.submission_id, s.n
    on conflict (submission_id, indicator_id) do update
       set (value, numerator, denominator, missing_reason, status, note, written_by, written_at, import_id, import_row)
         = (excluded.value, excluded.numerator, excluded.denominator, excluded.missing_reason, excluded.status, excluded.note,
            excluded.written_by, now(), excluded.import_id, excluded.import_row);
end $$;
comment on function app.import_apply is 'Does what was decided.';

create function app.import_run(p_import bigint, p_columns jsonb, p_unit text, p_period text, p_locale text) returns app.import
language plpgsql as $$
declare
    i app.import;
    faulty boolean;
    kept boolean;
    decided bytea;
    total int;
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
    perform app.import_decide(i);
    decided := app.import_plan();
    select count(*), count(*) > 0 into total, faulty from (select distinct * from pg_temp.import_fault) f;
    if decided <> (select p.plan from app.import p where p.id = i.plan_id) then
        perform app.problem(409, 'plan-outdated', '{}', jsonb_build_object('import', i.plan_id));
    end if;
    kept := not faulty or (i.mode = 'partial' and exists (select from pg_temp.import_seen s where s.action <> 'rejected'));
    if kept and not i.dry_run then
        perform app.import_apply(i);
    end if;
    update app.import t
       set outcome = case when i.dry_run then 'planned' when not kept then 'rejected' when faulty then 'partial' else 'accepted' end,
           counts = app.import_counts(kept), faults = app.import_faults(p_columns), faults_total = total, plan = decided
     where t.id = i.id
    returning * into i;
    return i;
end $$;
comment on function app.import_run is 'Judges the staged rows and carries out what is good of them: a number of statements that does not depend on that of the rows.';

create function app.import_told(i app.import)
returns table (id bigint, outcome text, committed boolean, dry_run boolean, mode text, on_existing text, locale text, rows json,
               plan text, errors_total int, made_at timestamptz, file_sha256 text)
language sql stable
begin atomic
    select i.id, i.outcome, i.outcome in ('accepted', 'partial'), i.dry_run, i.mode, i.on_existing, i.locale, i.counts::json,
           case when i.outcome = 'planned' then encode(i.plan, 'hex') end, i.faults_total, i.made_at, encode(i.file_sha256, 'hex');
end;
comment on function app.import_told is 'An import as answers show it; errors are told beside it.';

call app.audit_table('app.import');

-- migrate:down
drop function app.import_told, app.import_run, app.import_apply, app.import_unpack, app.import_faults, app.import_counts, app.import_plan, app.import_decide,
    app.import_judge, app.import_look, app.column_name, app.import_start, app.import_analyze, app.import_stage;
alter table app.submission_value drop constraint submission_value_import;
drop table app.import, app.import_word;
drop function app.import_guard;
