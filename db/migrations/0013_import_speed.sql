-- migrate:up

-- Files of 100,000 rows: the same rules, carried out by sets.  Nothing that depends on a unit, a report or the caller is worked out
-- for each row, rows are narrow, and what they say is taken apart once.

-- Files --------------------------------------------------------------------------------------------

create or replace function app.import_stage() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    if to_regclass('pg_temp.import_row') is null then
        create temporary table import_row (
            n int, unit text, period text, indicator text, value text, numerator text, denominator text, missing_reason text, status text,
            note text, clear boolean, percent boolean, truth boolean, said text, fault text, fault_field text) on commit delete rows;
        create temporary table import_fault (n int, field text, code text, params jsonb, said text) on commit delete rows;
        grant select, insert on pg_temp.import_row, pg_temp.import_fault to thidua_api;
    end if;
    if to_regclass('pg_temp.import_figure') is null then
        create temporary table import_figure (
            n int, first int, unit_id int, period_id int, form_id int, submission_id bigint, indicator_id int, definition_id int,
            kind text, all_fields boolean, code text, field text, given text[], item jsonb,
            said text, code_fault text, fault_field text, percent boolean) on commit delete rows;
        create temporary table import_step (
            n int, action text, unit_id int, period_id int, form_id int, submission_id bigint, indicator_id int,
            value numeric, numerator numeric, denominator numeric, missing_reason text, status text, note text) on commit delete rows;
        grant select, insert on pg_temp.import_figure, pg_temp.import_step to thidua_api;
    end if;
end $$;

-- The planner is told after each step: a connection keeps plans, and those of a file of ten rows do not fit one of 100,000.
drop function app.import_analyze;
create function app.import_analyze(p_staged text) returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set default_statistics_target = 10 as $$
begin
    case p_staged
        when 'row' then analyze pg_temp.import_row;
        when 'figure' then analyze pg_temp.import_figure;
        when 'step' then analyze pg_temp.import_step;
    end case;
end $$;
comment on function app.import_analyze is 'Lets the planner know how many rows there are in a temporary table of an import; a small sample says enough.';

create or replace function app.import_look(p_import app.import) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_figure
    with mine as materialized (
        select u.id, u.code, u.kind, k.level, h.all_fields
          from (select r.id, bool_or(r.all_fields) as all_fields
                  from (select unnest(app.units_of_role('OFFICE_STAT_OFFICER')) as id, true as all_fields
                        union all select unnest(app.units_of_role('CULTURE_INFO_OFFICER')), false) r
                 group by r.id) h
          join app.unit u on u.id = h.id
          join app.unit_kind k on k.code = u.kind
    ), unit_named as materialized ( -- a name that two of them bear names none
        select x.name, min(x.id) as id
          from (select distinct app.fold(n.name) as name, m.id from mine m join app.unit_name n on n.unit_id = m.id) x
         group by x.name having count(*) = 1
    ), unit_said as materialized (
        select s.said, m.*
          from (select distinct coalesce(r.unit, p_import.unit) as said from pg_temp.import_row r) s
          left join mine c on c.code = s.said
          left join unit_named b on c.id is null and b.name = app.fold(s.said)
          join mine m on m.id = coalesce(c.id, b.id)
    ), indicator_named as materialized (
        select app.fold(v.name_vi) as name, min(v.indicator_id) as id from app.indicator_version v group by 1
    ), indicator_said as materialized (
        select s.said, i.id, i.field
          from (select distinct r.indicator as said from pg_temp.import_row r) s
          left join app.indicator c on c.code = lower(s.said)
          left join indicator_named b on c.id is null and b.name = app.fold(s.said)
          join app.indicator i on i.id = coalesce(c.id, b.id)
    )
    select r.n,
           min(r.n) over (partition by u.id, p.id, i.id, case when u.id is null or p.id is null or i.id is null then r.n end),
           u.id, p.id, f.form_id, s.id, i.id, d.id, u.kind, u.all_fields, coalesce(r.indicator, ''), i.field,
           case when r.clear then '{}'
                else array_remove(array[case when x.item ? 'value' then 'value' end, case when x.item ? 'numerator' then 'numerator' end,
                                        case when x.item ? 'denominator' then 'denominator' end,
                                        case when x.item ? 'missing_reason' then 'missing_reason' end], null) end,
           x.item, r.said, case when d.value_type = 'boolean' and r.truth is not null then null else r.fault end, r.fault_field, r.percent
      from pg_temp.import_row r
      left join unit_said u on u.said = coalesce(r.unit, p_import.unit)
      left join app.period p on p.code = coalesce(r.period, p_import.period)
      left join indicator_said i on i.said = r.indicator
      left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
      left join app.form_indicator f on f.indicator_id = i.id and f.level = u.level and f.frequency = p.frequency and f.valid @> p.ends_on
      left join app.import_word m on m.field = 'missing_reason' and m.word = app.fold(r.missing_reason)
      left join app.import_word w on w.field = 'status' and w.word = app.fold(r.status)
      left join app.submission s on s.form_id = f.form_id and s.unit_id = u.id and s.period_id = p.id
      cross join lateral (select case when r.clear then '{"value": null}'
                                      else jsonb_strip_nulls(jsonb_build_object(
                                               'value', case when d.value_type = 'boolean' and r.truth is not null then to_jsonb(r.truth) else to_jsonb(r.value::numeric) end,
                                               'numerator', r.numerator::numeric, 'denominator', r.denominator::numeric,
                                               'missing_reason', case when d.value_type = 'boolean' and r.truth is not null then null else m.code end)) end
                                 || jsonb_strip_nulls(jsonb_build_object('status', w.code, 'note', normalize(r.note, nfc))) as item
                          offset 0) x; -- else it would be made wherever it is named
end $$;
comment on function app.import_look is 'What each row speaks of, as far as the caller may report it.';

-- A row is judged as the element of a body would be; which row it is, and of which it is a copy, is told here.
create or replace function app.import_judge(p_import app.import) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_fault
    select s.n, coalesce(nullif(split_part(f ->> 'pointer', '/', 4), ''), 'value'), f ->> 'code', f -> 'params', null
      from pg_temp.import_figure s
      left join app.indicator_version d on d.id = s.definition_id
     cross join lateral app.value_faults(row('/rows/0', s.code, s.indicator_id, s.field, s.form_id is not null, '/rows/0', s.given, s.item, d)::app.sent_value,
                                         s.kind, s.all_fields) f
     where s.unit_id is not null and s.period_id is not null and s.indicator_id is not null
       and (s.code_fault is null or f ->> 'code' <> 'one-of-value')
       and not (cardinality(s.given) = 0 and f ->> 'code' = 'one-of-value')
    union all
    select s.n, 'indicator', 'duplicate-row', jsonb_build_object('indicator', s.code, 'first', s.first), null
      from pg_temp.import_figure s where s.first <> s.n
    union all
    select s.n, s.fault_field, s.code_fault, jsonb_build_object('text', left(s.said, 40)), s.said from pg_temp.import_figure s where s.code_fault is not null
    union all
    select s.n, 'value', 'percent-not-expected', jsonb_build_object('text', left(s.said, 40), 'unit', d.unit_vi), s.said
      from pg_temp.import_figure s join app.indicator_version d on d.id = s.definition_id where s.percent and d.value_type <> 'percent'
    union all
    select r.n, 'unit', case when coalesce(r.unit, p_import.unit) is null then 'unit-missing' else 'unit-not-yours' end,
           jsonb_build_object('unit', left(coalesce(r.unit, p_import.unit), 64)), r.unit
      from pg_temp.import_row r join pg_temp.import_figure s on s.n = r.n where s.unit_id is null
    union all
    select r.n, 'period', case when coalesce(r.period, p_import.period) is null then 'period-missing' else 'unknown-period' end,
           jsonb_build_object('period', left(coalesce(r.period, p_import.period), 64)), r.period
      from pg_temp.import_row r join pg_temp.import_figure s on s.n = r.n where s.period_id is null
    union all
    select r.n, 'indicator', 'unknown-indicator', jsonb_build_object('indicator', left(coalesce(r.indicator, ''), 64)), r.indicator
      from pg_temp.import_row r join pg_temp.import_figure s on s.n = r.n where s.indicator_id is null
    union all
    select k.n, k.field, 'unknown-word', jsonb_build_object('text', left(k.said, 40), 'choices',
               (select string_agg(distinct w.code, ', ') from app.import_word w where w.field = k.field)), k.said
      from (select r.n, 'missing_reason' as field, r.missing_reason as said from pg_temp.import_row r where r.missing_reason is not null
            union all select r.n, 'status', r.status from pg_temp.import_row r where r.status is not null) k
     where not exists (select from app.import_word w where w.field = k.field and w.word = app.fold(k.said))
    union all
    select r.n, 'note', 'too-long', '{"max": 4000}', left(r.note, 40) from pg_temp.import_row r where length(r.note) > 4000
    union all
    select s.n, k.field, k.code, k.params, null
      from (select t.unit_id, t.period_id, t.form_id, f ->> 'code' as code, f -> 'params' as params,
                   case split_part(f ->> 'pointer', '/', 2) when 'form' then 'period' else split_part(f ->> 'pointer', '/', 2) end as field
              from (select distinct unit_id, period_id, form_id from pg_temp.import_figure where form_id is not null) t
              join app.unit u on u.id = t.unit_id
              join app.period p on p.id = t.period_id
              join app.form m on m.id = t.form_id
             cross join lateral app.unit_faults(u, m, p) f
            offset 0) k -- for each report, not for each row
      join pg_temp.import_figure s on (s.unit_id, s.period_id, s.form_id) = (k.unit_id, k.period_id, k.form_id)
    union all
    select s.n, 'period', 'period-locked', jsonb_build_object('period', k.code, 'since', to_char(k.locks_at, 'HH24:MI DD/MM/YYYY')), null
      from (select t.form_id, t.unit_id, t.period_id, p.code, d.locks_at
              from (select distinct coalesce(form_id, 0) as form_id, coalesce(unit_id, 0) as unit_id, period_id
                      from pg_temp.import_figure where period_id is not null) t
              join app.period p on p.id = t.period_id and p.locks_at <= now()
             cross join lateral app.deadlines(t.form_id, t.unit_id, t.period_id) d
             where d.locks_at <= now()
            offset 0) k
      join pg_temp.import_figure s on (coalesce(s.form_id, 0), coalesce(s.unit_id, 0), s.period_id) = (k.form_id, k.unit_id, k.period_id)
    union all
    select s.n, 'unit', 'not-editable', jsonb_build_object('state', t.state), null
      from pg_temp.import_figure s join app.submission t on t.id = s.submission_id where t.state not in ('draft', 'returned')
    union all
    select s.n, 'unit', 'draft-missing', '{}', null
      from pg_temp.import_figure s where s.unit_id is not null and s.form_id is not null and s.submission_id is null and not s.all_fields
    union all
    select s.n, 'value', 'value-exists', jsonb_build_object('current', trim_scale(x.value)), s.said
      from pg_temp.import_figure s join app.submission_value x on x.submission_id = s.submission_id and x.indicator_id = s.indicator_id
     where p_import.on_existing = 'error';
end $$;
comment on function app.import_judge is 'Everything that is wrong with any row.';

create or replace function app.import_decide(p_import app.import) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_step
    select s.n, case when f.n is not null then 'rejected'
                     when cardinality(s.given) = 0 and not s.item ? 'value' then 'unchanged'
                     when cardinality(s.given) = 0 then case when x.indicator_id is null then 'unchanged' else 'deleted' end
                     when x.indicator_id is null then 'created'
                     when p_import.on_existing = 'skip'
                          or (w.value, w.numerator, w.denominator, w.missing_reason, coalesce(s.item ->> 'status', x.status, w.status), w.note)
                             is not distinct from (x.value, x.numerator, x.denominator, x.missing_reason, x.status, x.note::text) then 'unchanged'
                     else 'updated' end,
           s.unit_id, s.period_id, s.form_id, s.submission_id, s.indicator_id,
           w.value, w.numerator, w.denominator, w.missing_reason, coalesce(s.item ->> 'status', x.status, w.status), w.note
      from pg_temp.import_figure s
      left join app.indicator_version d on d.id = s.definition_id
     cross join lateral app.value_written(row('/rows/0', s.code, s.indicator_id, s.field, s.form_id is not null, '/rows/0', s.given, s.item, d)::app.sent_value) w
      left join app.submission_value x on x.submission_id = s.submission_id and x.indicator_id = s.indicator_id
      left join (select distinct t.n from pg_temp.import_fault t) f on f.n = s.n;
end $$;
comment on function app.import_decide is 'What is to be done with each row: created, updated, unchanged, deleted or rejected; and what is to be kept of it.';

create or replace function app.import_plan() returns bytea
language plpgsql as $$
begin
    return (select sha256(convert_to(coalesce(string_agg(concat_ws(' ', s.n, s.action, s.submission_id, t.version), E'\n' order by s.n), ''), 'UTF8'))
              from pg_temp.import_step s left join app.submission t on t.id = s.submission_id);
end $$;

create or replace function app.import_counts(p_kept boolean) returns jsonb
language plpgsql as $$
begin
    return (
        select jsonb_build_object('read', count(*),
                   'created', count(*) filter (where p_kept and action = 'created'), 'updated', count(*) filter (where p_kept and action = 'updated'),
                   'unchanged', count(*) filter (where p_kept and action = 'unchanged'), 'deleted', count(*) filter (where p_kept and action = 'deleted'),
                   'rejected', count(*) filter (where not p_kept or action = 'rejected'), 'faulty', count(*) filter (where action = 'rejected'))
          from pg_temp.import_step);
end $$;

create or replace function app.import_apply(p_import app.import) returns void
language plpgsql as $$
declare
    written bigint;
    more bigint;
begin
    update app.submission t set note = t.note
     where t.id in (select s.submission_id from pg_temp.import_step s where s.action in ('created', 'updated', 'deleted'));
    insert into app.submission (form_id, unit_id, period_id, receiver_id, created_by)
    select k.form_id, k.unit_id, k.period_id, app.unit_parent_on(k.unit_id, p.ends_on), (select app.me())
      from (select distinct s.form_id, s.unit_id, s.period_id from pg_temp.import_step s where s.action = 'created' and s.submission_id is null offset 0) k
      join app.period p on p.id = k.period_id
     order by k.form_id, k.unit_id, k.period_id;
    delete from app.submission_value v using pg_temp.import_step s
     where s.action = 'deleted' and v.submission_id = s.submission_id and v.indicator_id = s.indicator_id;
    update app.submission_value v
       set (value, numerator, denominator, missing_reason, status, note, written_by, written_at, import_id, import_row)
         = (s.value, s.numerator, s.denominator, s.missing_reason, s.status, s.note, (select app.me()), now(), p_import.id, s.n)
      from pg_temp.import_step s
     where s.action = 'updated' and v.submission_id = s.submission_id and v.indicator_id = s.indicator_id;
    get diagnostics written = row_count;
    insert into app.submission_value (submission_id, unit_id, indicator_id, value, numerator, denominator, missing_reason, status, note,
                                      written_by, import_id, import_row)
    select t.id, s.unit_id, s.indicator_id, s.value, s.numerator, s.denominator, s.missing_reason, s.status, s.note, (select app.me()), p_import.id, s.n
      from pg_temp.import_step s
      join app.submission t on (t.form_id, t.unit_id, t.period_id) = (s.form_id, s.unit_id, s.period_id)
     where s.action = 'created'
     order by t.id, s.n
    on conflict (submission_id, indicator_id) do nothing;
    get diagnostics more = row_count;
    perform app.expect_written(written + more = (select count(*) from pg_temp.import_step s where s.action in ('created', 'updated')));
end $$;
comment on function app.import_apply is 'Does what was decided; tried again when another change came between.';

create or replace function app.import_findings() returns jsonb
language plpgsql as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'unit', u.code, 'period', p.code, 'submission', f.submission_id, 'rule', (f.r).code, 'severity', (f.r).severity,
                   'name', (f.r).name_vi, 'name_en', (f.r).name_en, 'figure', f.figure, 'low', f.low, 'high', f.high,
                   'indicators', app.finding_indicators((f.r).id)) order by u.code, p.ends_on, (f.r).code), '[]')
          from (select * from app.rule_findings(array(
                    select t.id from (select distinct s.form_id, s.unit_id, s.period_id from pg_temp.import_step s
                                       where s.action in ('created', 'updated', 'deleted')) k
                      join app.submission t on (t.form_id, t.unit_id, t.period_id) = (k.form_id, k.unit_id, k.period_id))) f
                 where f.outcome = 'failed' order by f.submission_id, (f.r).id limit 1000) f
          join app.submission s on s.id = f.submission_id
          join app.unit u on u.id = s.unit_id
          join app.period p on p.id = s.period_id);
end $$;

create or replace function app.import_judge_totals(p_import app.import) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_fault
    select s.n, coalesce(s.given[1], 'value'), 'entered-by-village', jsonb_strip_nulls(jsonb_build_object('indicator', s.code, 'total', t.value)), s.said
      from app.village_totals(array(select distinct s.submission_id from pg_temp.import_figure s where s.submission_id is not null)) t
      join pg_temp.import_figure s on s.submission_id = t.submission_id and s.indicator_id = t.indicator_id
      left join app.indicator_version d on d.id = s.definition_id
     cross join lateral app.value_written(row('/rows/0', s.code, s.indicator_id, s.field, s.form_id is not null, '/rows/0', s.given, s.item, d)::app.sent_value) w
     where (cardinality(s.given) > 0 or s.item ? 'value')
       and (w.value, w.missing_reason) is distinct from (t.value, t.missing_reason)
       and not (p_import.on_existing = 'skip' and num_nonnulls(t.value, t.missing_reason) = 1);
end $$;

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
    perform set_config('work_mem', '64MB', true); -- the rows of the largest file are sorted in memory
    select t.* into i from app.import t where t.id = p_import;
    i.unit := coalesce(i.unit, nullif(p_unit, ''));
    i.period := coalesce(i.period, nullif(p_period, ''));
    i.locale := coalesce(i.locale, nullif(p_locale, ''));
    if i.media_type = 'application/json' then
        perform app.import_unpack(i.file);
    end if;
    perform app.import_analyze('row'), app.import_look(i);
    perform app.import_analyze('figure'), app.import_judge(i), app.import_judge_totals(i);
    perform app.import_decide(i), app.import_analyze('step');
    decided := app.import_plan();
    select count(*), count(*) > 0 into total, faulty from (select distinct * from pg_temp.import_fault) f;
    if decided <> (select p.plan from app.import p where p.id = i.plan_id) then
        perform app.problem(409, 'plan-outdated', '{}', jsonb_build_object('import', i.plan_id));
    end if;
    kept := not faulty or (i.mode = 'partial' and exists (select from pg_temp.import_step s where s.action <> 'rejected'));
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

-- Rules --------------------------------------------------------------------------------------------

create or replace function app.rule_results(p_submissions bigint[])
returns table (submission_id bigint, rule_id int, figure numeric, low numeric, high numeric, holds boolean)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    with subject as materialized (
        select s.id, s.form_id, s.unit_id, s.period_id, p.starts_on, p.ends_on, p.year
          from app.submission s join app.period p on p.id = s.period_id where s.id = any (p_submissions)
    ), day as (
        select distinct x.form_id, x.ends_on from subject x
    ), concerned as materialized ( -- rules all of whose figures the form asks for
        select d.form_id, d.ends_on, r.id as rule_id
          from day d join app.rule r on r.valid @> d.ends_on
         where not exists (select from app.rule_term t
                            where t.rule_id = r.id and t.taken = 'value'
                              and not exists (select from app.form_indicator f where f.form_id = d.form_id and f.indicator_id = t.indicator_id))
    ), term as materialized (
        select c.form_id, c.ends_on, c.rule_id, t.side, t.taken, t.indicator_id, t.coefficient
          from concerned c join app.rule_term t on t.rule_id = c.rule_id
    ), asked as materialized ( -- what is not in the report itself
        select x.*, t.rule_id, t.side, t.taken, t.indicator_id, t.coefficient
          from subject x join term t on t.form_id = x.form_id and t.ends_on = x.ends_on and t.taken <> 'value'
    ), reported as materialized (
        select x.id, x.form_id, x.ends_on, v.indicator_id, v.value
          from subject x join app.submission_value v on v.submission_id = x.id and v.value is not null
    ), part as ( -- due: how many figures a rule asks for, less those that are there; so what was found need not be joined to what was asked
        select x.id, c.rule_id, null as side, null::numeric as value, c.terms as due
          from subject x
          join (select t.form_id, t.ends_on, t.rule_id, count(*) as terms from term t group by t.form_id, t.ends_on, t.rule_id) c
            on c.form_id = x.form_id and c.ends_on = x.ends_on
        union all
        select v.id, t.rule_id, t.side, t.coefficient * v.value, -1
          from reported v join term t on t.taken = 'value' and t.indicator_id = v.indicator_id and t.form_id = v.form_id and t.ends_on = v.ends_on
        union all -- the last period before that was submitted on the same form
        select a.id, a.rule_id, a.side, a.coefficient * v.value, -1
          from asked a
         cross join lateral (select b.id from app.submission b join app.period q on q.id = b.period_id and q.ends_on < a.starts_on
                              where b.form_id = a.form_id and b.unit_id = a.unit_id and b.state in ('submitted', 'accepted')
                              order by q.ends_on desc limit 1) l
          join app.submission_value v on v.submission_id = l.id and v.indicator_id = a.indicator_id and v.value is not null
         where a.taken = 'earlier'
        union all -- the most that periods of one length inside the window add up to, of what was submitted
        select k.id, k.rule_id, k.side, k.coefficient * max(k.total), -1
          from (select a.id, a.rule_id, a.side, a.coefficient, a.indicator_id, sum(v.value) as total
                  from asked a
                  join app.submission b on b.unit_id = a.unit_id and b.state in ('submitted', 'accepted')
                  join app.period q on q.id = b.period_id and q.id <> a.period_id and q.starts_on >= a.starts_on and q.ends_on <= a.ends_on
                  join app.submission_value v on v.submission_id = b.id and v.indicator_id = a.indicator_id
                 where a.taken = 'within'
                 group by a.id, a.rule_id, a.side, a.coefficient, a.indicator_id, q.frequency) k
         group by k.id, k.rule_id, k.side, k.coefficient, k.indicator_id
        having max(k.total) is not null
        union all -- the level that the last document sets the unit for the year
        select a.id, a.rule_id, a.side, a.coefficient * g.value, -1
          from asked a
         cross join lateral (select t.value from app.target t join app.document d on d.id = t.document_id
                              where t.unit_id = a.unit_id and t.indicator_id = a.indicator_id and t.year = a.year
                              order by d.issued_on desc nulls last, t.revision desc, t.id desc limit 1) g
         where a.taken = 'target' and g.value is not null
    ), side as (
        select k.id, k.rule_id, sum(k.due) = 0 as known,
               sum(k.value) filter (where k.side = 'left') as l, coalesce(sum(k.value) filter (where k.side = 'right'), 1) as r,
               coalesce(sum(k.value) filter (where k.side = 'divisor'), 1) as d
          from part k
         group by k.id, k.rule_id
    )
    select k.id, k.rule_id, case when k.known then trim_scale(k.l) end,
           case when k.known and k.d <> 0 then trim_scale(round(r.low * k.r / k.d, 6)) end,
           case when k.known and k.d <> 0 then trim_scale(round(r.high * k.r / k.d, 6)) end,
           case when k.known then coalesce(k.l * k.d >= r.low * k.r, true) and coalesce(k.l * k.d <= r.high * k.r, true) end
      from side k join app.rule r on r.id = k.rule_id;
end $$;
drop function app.value_earlier, app.value_within, app.target_now;

-- Guards -------------------------------------------------------------------------------------------

create function app.grants_for(p_unit int) returns text[]
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return (select coalesce(array_agg(g.role || '@' || g.unit_id), '{}') from app.account_role g where g.account_id = app.me() and g.unit_id = p_unit);
end $$;
comment on function app.grants_for is 'The roles of the caller for one unit, as in app.grants(), which takes long to read for whoever has a thousand.';

create or replace function app.submission_guard() returns trigger
language plpgsql as $$
declare
    r app.transition_rule;
begin
    perform app.refuse_locked(old.form_id, old.unit_id, old.period_id);
    if (new.id, new.form_id, new.unit_id, new.period_id, new.receiver_id, new.created_by, new.created_at, new.invented)
       is distinct from (old.id, old.form_id, old.unit_id, old.period_id, old.receiver_id, old.created_by, old.created_at, old.invented) then
        perform app.problem(403, 'forbidden');
    end if;
    if new.state = old.state then
        if new.reason is distinct from old.reason or not app.may_edit(old, app.grants_for(old.unit_id)) then
            perform app.problem(403, 'forbidden');
        end if;
    else
        select * into r from app.transition_rule where from_state = old.state and to_state = new.state;
        if not found or not app.may_step(old, r, app.grants()) then
            perform app.problem(403, 'forbidden');
        end if;
        if r.action = 'reopen' and not exists (select from app.reopen_request q
                where q.submission_id = old.id and q.decision = 'grant' and q.decided_at = now()) then
            perform app.problem(403, 'forbidden');
        end if;
        if r.action = 'submit' then
            perform app.refuse((select coalesce(jsonb_agg(f), '[]') from app.submit_faults(old) f));
        end if;
        if (new.as_of_date, new.note) is distinct from (old.as_of_date, old.note) then
            perform app.problem(403, 'forbidden');
        end if;
        new.submitted_at := case when r.action = 'submit' then now() else old.submitted_at end;
        new.decided_at := case when r.side = 'receiver' then now() end;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
end $$;

create or replace function app.value_guard() returns trigger
language plpgsql as $$
declare
    s app.submission;
begin
    for s in select t.* from app.submission t join app.period p on p.id = t.period_id
              where t.id in (select distinct submission_id from changed) and (t.state not in ('draft', 'returned') or p.locks_at <= now()) loop
        perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
        if s.state not in ('draft', 'returned') then
            perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state));
        end if;
    end loop;
    return null;
end $$;

-- The record of changes ----------------------------------------------------------------------------

create or replace function app.audit_content(jsonb) returns jsonb
language sql immutable parallel safe
return case when $1 ?| '{password_salt,password_verifier,hash,key,answer_body,sealed,file}'::text[]
            then $1 - '{password_salt,password_verifier,hash,key,answer_body,sealed,file}'::text[] else $1 end;

create or replace function app.audit_inserted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'insert', null, array_agg(app.audit_content(n.content)))
       from (select to_jsonb(r) as content from new_rows r offset 0) n having count(*) > 0; -- else a row would be written out twice
    return null;
end $$;

create or replace function app.audit_changed() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'update', array_agg(app.audit_content(o.content)),
                             (select array_agg(app.audit_content(n.content)) from (select to_jsonb(r) as content from new_rows r offset 0) n))
       from (select to_jsonb(r) as content from old_rows r offset 0) o having count(*) > 0;
    return null;
end $$;

create or replace function app.audit_deleted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'delete', array_agg(app.audit_content(o.content)), null)
       from (select to_jsonb(r) as content from old_rows r offset 0) o having count(*) > 0;
    return null;
end $$;

create or replace function app.audit_take(p_chains text[]) returns void
language plpgsql as $$
begin
    insert into app.audit_head (chain, unit_id, account_id)
    select c, (select u.id from app.unit u where c like 'unit:%' and u.code = substr(c, 6)), case when c like 'account:%' then substr(c, 9)::int end
      from unnest(p_chains) c where not exists (select from app.audit_head h where h.chain = c)
     group by c order by c collate "C"
    on conflict (chain) do nothing;
    perform from app.audit_head where chain = any (p_chains) order by chain for update;
end $$;

-- Rows of one unit are of one chain, and so are those of no unit that name one account: a chain is looked up once for them all.
create or replace function app.audit_append(p_table name, p_action text, p_before jsonb[], p_after jsonb[]) returns void
language plpgsql as $$
declare
    me constant int := app.me();
    asked constant text := current_setting('app.request', true);
    keys text[];
    chains text[];
    moment timestamptz;
    cause text;
begin
    select array_agg(k.key), array_agg(app.audit_chain(jsonb_build_object('unit_id', k.unit, 'account_id', k.account), me, p_table))
      into keys, chains
      from (select distinct coalesce(c ->> 'unit_id', '/' || (c ->> 'account_id'), '') as key, c ->> 'unit_id' as unit,
                   case when c ->> 'unit_id' is null then c ->> 'account_id' end as account
              from unnest(coalesce(p_before, p_after)) c) k;
    perform app.audit_take(chains);
    moment := clock_timestamp();
    cause := app.audit_cause(moment, me, session_user, asked, p_table, p_action);
    with head as materialized (
        select k.key, h.chain, h.hash, h.seq from unnest(keys, chains) k(key, chain) join app.audit_head h on h.chain = k.chain
    ), written as (
        insert into app.audit (id, at, account_id, db_role, request, table_name, action, unit_id, before, after, chain, seq, digest, hash)
        overriding system value
        select id, moment, me, session_user, asked, p_table, p_action, unit_id, before, after, chain, seq, digest,
               app.audit_hash(start, digest) over (partition by chain order by seq)
          from (select p.*, sha256(convert_to(app.audit_text(p.chain, p.seq, p.id, cause, p.unit_id, p.before, p.after), 'UTF8')) as digest
                  from (select h.chain, h.hash as start, h.seq + row_number() over (partition by h.chain order by c.nth) as seq,
                               nextval('app.audit_id_seq') as id, c.unit_id, c.before, c.after
                          from (select x.before, x.after, x.nth, (coalesce(x.before, x.after) ->> 'unit_id')::int as unit_id,
                                       coalesce(coalesce(x.before, x.after) ->> 'unit_id', '/' || (coalesce(x.before, x.after) ->> 'account_id'), '') as key
                                  from unnest(p_before, p_after) with ordinality as x(before, after, nth)) c
                          join head h on h.key = c.key) p
                offset 0) d -- else the digest would be computed wherever it is named
        returning chain, seq, hash
    )
    update app.audit_head h set seq = w.seq, hash = w.hash, at = moment
      from (select distinct on (chain) chain, seq, hash from written order by chain, seq desc) w
     where h.chain = w.chain and h.chain = any (chains);
end $$;

-- migrate:down
create or replace function app.audit_inserted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'insert', null, array_agg(app.audit_content(to_jsonb(n))))
       from new_rows n having count(*) > 0;
    return null;
end $$;

create or replace function app.audit_changed() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'update', array_agg(app.audit_content(to_jsonb(o))),
                             (select array_agg(app.audit_content(to_jsonb(n))) from new_rows n))
       from old_rows o having count(*) > 0;
    return null;
end $$;

create or replace function app.audit_deleted() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
    perform app.audit_append(tg_table_name, 'delete', array_agg(app.audit_content(to_jsonb(o))), null)
       from old_rows o having count(*) > 0;
    return null;
end $$;

create or replace function app.audit_content(jsonb) returns jsonb
language sql immutable parallel safe
return $1 - '{password_salt,password_verifier,hash,key,answer_body,sealed,file}'::text[];

create or replace function app.audit_append(p_table name, p_action text, p_before jsonb[], p_after jsonb[]) returns void
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

create or replace function app.audit_take(p_chains text[]) returns void
language plpgsql as $$
begin
    insert into app.audit_head (chain, unit_id, account_id)
    select c, (select u.id from app.unit u where 'unit:' || u.code = c), case when c like 'account:%' then substr(c, 9)::int end
      from unnest(p_chains) c where not exists (select from app.audit_head h where h.chain = c)
     group by c order by c collate "C"
    on conflict (chain) do nothing;
    perform from app.audit_head where chain = any (p_chains) order by chain for update;
end $$;

create or replace function app.value_guard() returns trigger
language plpgsql as $$
declare
    s app.submission;
begin
    for s in select * from app.submission where id in (select distinct submission_id from changed) loop
        perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
        if s.state not in ('draft', 'returned') then
            perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state));
        end if;
    end loop;
    return null;
end $$;

create or replace function app.submission_guard() returns trigger
language plpgsql as $$
declare
    r app.transition_rule;
begin
    perform app.refuse_locked(old.form_id, old.unit_id, old.period_id);
    if (new.id, new.form_id, new.unit_id, new.period_id, new.receiver_id, new.created_by, new.created_at, new.invented)
       is distinct from (old.id, old.form_id, old.unit_id, old.period_id, old.receiver_id, old.created_by, old.created_at, old.invented) then
        perform app.problem(403, 'forbidden');
    end if;
    if new.state = old.state then
        if new.reason is distinct from old.reason or not app.may_edit(old, app.grants()) then
            perform app.problem(403, 'forbidden');
        end if;
    else
        select * into r from app.transition_rule where from_state = old.state and to_state = new.state;
        if not found or not app.may_step(old, r, app.grants()) then
            perform app.problem(403, 'forbidden');
        end if;
        if r.action = 'reopen' and not exists (select from app.reopen_request q
                where q.submission_id = old.id and q.decision = 'grant' and q.decided_at = now()) then
            perform app.problem(403, 'forbidden');
        end if;
        if r.action = 'submit' then
            perform app.refuse((select coalesce(jsonb_agg(f), '[]') from app.submit_faults(old) f));
        end if;
        if (new.as_of_date, new.note) is distinct from (old.as_of_date, old.note) then
            perform app.problem(403, 'forbidden');
        end if;
        new.submitted_at := case when r.action = 'submit' then now() else old.submitted_at end;
        new.decided_at := case when r.side = 'receiver' then now() end;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
end $$;

drop function app.grants_for;

create function app.value_earlier(s app.submission, p_day date, p_indicator int) returns numeric
language plpgsql stable as $$
begin
    return (select v.value
              from app.submission b
              join app.period q on q.id = b.period_id and q.ends_on < p_day
              left join app.submission_value v on v.submission_id = b.id and v.indicator_id = p_indicator
             where b.form_id = s.form_id and b.unit_id = s.unit_id and b.state in ('submitted', 'accepted')
             order by q.ends_on desc limit 1);
end $$;
comment on function app.value_earlier is 'The figure of the last period before this first day that was submitted on the same form; null: none, or no figure in it.';

create function app.value_within(s app.submission, p_from date, p_to date, p_indicator int) returns numeric
language plpgsql stable as $$
begin
    return (select max(k.total)
              from (select sum(v.value) as total
                      from app.submission b
                      join app.period q on q.id = b.period_id and q.id <> s.period_id and q.starts_on >= p_from and q.ends_on <= p_to
                      join app.submission_value v on v.submission_id = b.id and v.indicator_id = p_indicator
                     where b.unit_id = s.unit_id and b.state in ('submitted', 'accepted')
                     group by q.frequency) k);
end $$;
comment on function app.value_within is 'The most that periods of one length inside this window add up to, of what was submitted; null: none.';

create function app.target_now(p_unit int, p_indicator int, p_year int) returns numeric
language plpgsql stable as $$
begin
    return (select t.value from app.target t join app.document d on d.id = t.document_id
             where t.unit_id = p_unit and t.indicator_id = p_indicator and t.year = p_year
             order by d.issued_on desc nulls last, t.revision desc, t.id desc limit 1);
end $$;
comment on function app.target_now is 'The level that the last document sets the unit for a year; null: none.';

create or replace function app.rule_results(p_submissions bigint[])
returns table (submission_id bigint, rule_id int, figure numeric, low numeric, high numeric, holds boolean)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    with subject as materialized (
        select s, p as period from app.submission s join app.period p on p.id = s.period_id where s.id = any (p_submissions)
    ), day as (
        select distinct (x.s).form_id, (x.period).ends_on from subject x
    ), concerned as materialized ( -- rules all of whose figures the form asks for
        select d.form_id, d.ends_on, r.id, r.low, r.high
          from day d join app.rule r on r.valid @> d.ends_on
         where not exists (select from app.rule_term t
                            where t.rule_id = r.id and t.taken = 'value'
                              and not exists (select from app.form_indicator f where f.form_id = d.form_id and f.indicator_id = t.indicator_id))
    ), part as (
        select (x.s).id as submission_id, c.id as rule_id, c.low, c.high, t.side,
               t.coefficient * case t.taken when 'value' then v.value
                                            when 'earlier' then app.value_earlier(x.s, (x.period).starts_on, t.indicator_id)
                                            when 'within' then app.value_within(x.s, (x.period).starts_on, (x.period).ends_on, t.indicator_id)
                                            else app.target_now((x.s).unit_id, t.indicator_id, (x.period).year) end as value
          from subject x
          join concerned c on c.form_id = (x.s).form_id and c.ends_on = (x.period).ends_on
          join app.rule_term t on t.rule_id = c.id
          left join app.submission_value v on t.taken = 'value' and v.submission_id = (x.s).id and v.indicator_id = t.indicator_id
    ), side as (
        select k.submission_id, k.rule_id, k.low, k.high, bool_and(k.value is not null) as known,
               sum(k.value) filter (where k.side = 'left') as l, coalesce(sum(k.value) filter (where k.side = 'right'), 1) as r,
               coalesce(sum(k.value) filter (where k.side = 'divisor'), 1) as d
          from part k
         group by k.submission_id, k.rule_id, k.low, k.high
    )
    select k.submission_id, k.rule_id, case when k.known then trim_scale(k.l) end,
           case when k.known and k.d <> 0 then trim_scale(round(k.low * k.r / k.d, 6)) end,
           case when k.known and k.d <> 0 then trim_scale(round(k.high * k.r / k.d, 6)) end,
           case when k.known then coalesce(k.l * k.d >= k.low * k.r, true) and coalesce(k.l * k.d <= k.high * k.r, true) end
      from side k;
end $$;

create or replace function app.import_judge_totals(p_import app.import) returns void
language plpgsql as $$
begin
    insert into pg_temp.import_fault
    select s.n, coalesce((s.v).given[1], 'value'), 'entered-by-village', jsonb_strip_nulls(jsonb_build_object('indicator', (s.v).code, 'total', t.value)), s.said
      from app.village_totals(array(select distinct s.submission_id from pg_temp.import_seen s where s.submission_id is not null)) t
      join pg_temp.import_seen s on s.submission_id = t.submission_id and (s.v).indicator_id = t.indicator_id
     cross join lateral app.value_written(s.v) w
     where (cardinality((s.v).given) > 0 or (s.v).item ? 'value')
       and (w.value, w.missing_reason) is distinct from (t.value, t.missing_reason)
       and not (p_import.on_existing = 'skip' and num_nonnulls(t.value, t.missing_reason) = 1);
end $$;

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

create or replace function app.import_findings() returns jsonb
language plpgsql as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'unit', u.code, 'period', p.code, 'submission', f.submission_id, 'rule', (f.r).code, 'severity', (f.r).severity,
                   'name', (f.r).name_vi, 'name_en', (f.r).name_en, 'figure', f.figure, 'low', f.low, 'high', f.high,
                   'indicators', app.finding_indicators((f.r).id)) order by u.code, p.ends_on, (f.r).code), '[]')
          from (select * from app.rule_findings(array(select distinct s.submission_id from pg_temp.import_seen s
                                                       where s.action in ('created', 'updated', 'deleted') and s.submission_id is not null)) f
                 where f.outcome = 'failed' order by f.submission_id, (f.r).id limit 1000) f
          join app.submission s on s.id = f.submission_id
          join app.unit u on u.id = s.unit_id
          join app.period p on p.id = s.period_id);
end $$;

create or replace function app.import_apply(p_import app.import) returns void
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

create or replace function app.import_counts(p_kept boolean) returns jsonb
language plpgsql as $$
begin
    return (
        select jsonb_build_object('read', count(*),
                   'created', count(*) filter (where p_kept and action = 'created'), 'updated', count(*) filter (where p_kept and action = 'updated'),
                   'unchanged', count(*) filter (where p_kept and action = 'unchanged'), 'deleted', count(*) filter (where p_kept and action = 'deleted'),
                   'rejected', count(*) filter (where not p_kept or action = 'rejected'), 'faulty', count(*) filter (where action = 'rejected'))
          from pg_temp.import_seen);
end $$;

create or replace function app.import_plan() returns bytea
language plpgsql as $$
begin
    return (select sha256(convert_to(coalesce(string_agg(concat_ws(' ', s.n, s.action, s.submission_id, t.version), E'\n' order by s.n), ''), 'UTF8'))
              from pg_temp.import_seen s left join app.submission t on t.id = s.submission_id);
end $$;

create or replace function app.import_decide(p_import app.import) returns void
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

create or replace function app.import_judge(p_import app.import) returns void
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

create or replace function app.import_look(p_import app.import) returns void
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

drop function app.import_analyze;
create function app.import_analyze() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    analyze pg_temp.import_row;
end $$;
comment on function app.import_analyze is 'Lets the planner know how many rows there are.';

create or replace function app.import_stage() returns void
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
