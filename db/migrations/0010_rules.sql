-- migrate:up

-- Rules between figures, as data: what a report must hold to be submitted, what must be explained, what is worth knowing.
-- One evaluation for every way in: a submit, GET …/validation and the findings of a file all read app.rule_results().

create table app.rule (
    id       int generated always as identity primary key,
    code     app.code not null unique,
    kind     text not null check (kind in ('range', 'sum', 'ratio', 'component', 'not_falling', 'implied')),
    severity text not null check (severity in ('block', 'warn', 'info')),
    valid    daterange not null check (not isempty(valid)),
    name_vi  app.line not null,
    name_en  app.line not null,
    low      numeric,
    high     numeric,
    source   app.prose not null,
    constraint rule_bounds check (num_nonnulls(low, high) > 0 and coalesce(low <= high, true))
);
comment on table app.rule is 'low × right ≤ left × divisor ≤ high × right, in exact numbers: a product cannot be divided by zero.';
comment on column app.rule.id is 'Internal number.';
comment on column app.rule.code is 'Code of our own.';
comment on column app.rule.kind is 'range: plausible size; sum: parts against their total; ratio: at most 100 %; component: part against whole; not_falling: against what was reported before; implied: against what other figures imply.';
comment on column app.rule.severity is 'block: is not submitted; warn: is submitted with a justification, which the receiver sees; info: is shown.';
comment on column app.rule.valid is 'Days on which it holds; the last day of a period decides.';
comment on column app.rule.name_vi is 'The rule as a Vietnamese sentence.';
comment on column app.rule.name_en is 'The rule as an English sentence.';
comment on column app.rule.low is 'Least multiple of the right side that is in order; null: none.';
comment on column app.rule.high is 'Greatest multiple of the right side that is in order; null: none.';
comment on column app.rule.source is 'Where it comes from; what is our own choice says so.';

create table app.rule_term (
    rule_id      int not null references app.rule,
    side         text not null check (side in ('left', 'right', 'divisor')),
    taken        text not null default 'value' check (taken in ('value', 'earlier', 'within', 'target')),
    indicator_id int not null references app.indicator,
    coefficient  numeric not null default 1,
    primary key (rule_id, side, taken, indicator_id),
    constraint rule_term_left check (side <> 'left' or taken = 'value')
);
create index rule_term_indicator on app.rule_term (indicator_id);
comment on table app.rule_term is 'The sums on the sides of a rule; a side without terms is 1.  Where one of its figures is missing a rule is not judged: missing is not zero.';
comment on column app.rule_term.rule_id is 'Rule.';
comment on column app.rule_term.side is 'left, right, or divisor of the right side.';
comment on column app.rule_term.taken is 'value: of the report itself; earlier: of the last period before that was submitted on this form; within: what was submitted for the periods inside this one (a year is not less than its halves: flows belong to their own window, so only windows inside each other compare); target: what the unit is to reach this year.';
comment on column app.rule_term.indicator_id is 'Entered indicator; of a pair its numerator, of a status 1 or 0.';
comment on column app.rule_term.coefficient is 'Factor.';
grant select on app.rule, app.rule_term to thidua_api;

-- Judging ------------------------------------------------------------------------------------------

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

create function app.rule_results(p_submissions bigint[])
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
comment on function app.rule_results is 'Every rule that concerns these reports: the left side, between which bounds it should lie, and whether it does; null where a figure is missing.  low and high are rounded for showing alone.';

-- Justifying ---------------------------------------------------------------------------------------

create table app.justification (
    id            bigint generated always as identity primary key,
    submission_id bigint not null,
    unit_id       int not null,
    rule_id       int not null references app.rule,
    figure        numeric not null,
    low           numeric,
    high          numeric,
    text          app.prose not null constraint justification_says_something check (text ~ '\S'),
    written_by    int not null references app.account,
    writer_name   app.line not null,
    writer_role   text not null references app.role,
    written_at    timestamptz not null default now(),
    foreign key (submission_id, unit_id) references app.submission (id, unit_id)
);
create index justification_submission on app.justification (submission_id, rule_id);
comment on table app.justification is 'Why figures that a rule questions are right, append-only; it stands for these figures alone: when they change, it no longer does.';
comment on column app.justification.id is 'Order of writing; of several for one rule the last counts.';
comment on column app.justification.submission_id is 'Submission.';
comment on column app.justification.unit_id is 'Its unit.';
comment on column app.justification.rule_id is 'Rule.';
comment on column app.justification.figure is 'What stood on the left side of the rule then.';
comment on column app.justification.low is 'Between what and …';
comment on column app.justification.high is '… what it should have been.';
comment on column app.justification.text is 'Why it is right all the same.';
comment on column app.justification.written_by is 'Who.';
comment on column app.justification.writer_name is 'Name at that time.';
comment on column app.justification.writer_role is 'In which role.';
comment on column app.justification.written_at is 'Server clock.';

create function app.rule_findings(p_submissions bigint[])
returns table (submission_id bigint, r app.rule, figure numeric, low numeric, high numeric, outcome text, j app.justification)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    select x.submission_id, r, x.figure, x.low, x.high,
           case when x.holds then 'passed' when x.holds is null then 'not_judged'
                when r.severity = 'warn' and (l.j).id is not null then 'justified' else 'failed' end, l.j
      from app.rule_results(p_submissions) x
      join app.rule r on r.id = x.rule_id
      left join lateral (select j from app.justification j
                          where not x.holds and j.submission_id = x.submission_id and j.rule_id = x.rule_id
                          order by j.id desc limit 1) l on ((l.j).figure, (l.j).low, (l.j).high) is not distinct from (x.figure, x.low, x.high);
end $$;
comment on function app.rule_findings is 'What each rule says of these reports: passed, failed, justified (by what was written about these very figures), or not_judged.';

create function app.bounds_shown(p_low numeric, p_high numeric) returns text
language sql immutable
return case when p_low is null and p_high is null then '–' when p_high is null then '≥ ' || p_low when p_low is null then '≤ ' || p_high
            when p_low = p_high then '= ' || p_low else p_low || ' – ' || p_high end;
comment on function app.bounds_shown is 'Bounds as texts name them.';

create function app.rule_fault(r app.rule, p_figure numeric, p_low numeric, p_high numeric) returns jsonb
language sql immutable
return case r.severity when 'block'
    then app.fault('/values', 'rule-broken', jsonb_build_object('rule', r.code, 'name', r.name_vi, 'name_en', r.name_en, 'figure', p_figure,
                   'bounds', app.bounds_shown(p_low, p_high)))
    else app.fault('/values', 'justification-missing', jsonb_build_object('rule', r.code, 'name', r.name_vi, 'name_en', r.name_en, 'figure', p_figure,
                   'bounds', app.bounds_shown(p_low, p_high))) end;
comment on function app.rule_fault is 'A broken rule as a submit refuses it.';

create function app.rule_faults(s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.rule_fault(f.r, f.figure, f.low, f.high) from app.rule_findings(array[s.id]) f
     where f.outcome = 'failed' and (f.r).severity <> 'info';
end;
comment on function app.rule_faults is 'Rules that keep a report from being submitted: broken ones that block, and those that want a justification without one.';

create function app.submit_faults(s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.answer_faults(s)
    union all
    select app.status_faults(s)
    union all
    select app.rule_faults(s);
end;
comment on function app.submit_faults is 'Everything for which a submit is refused; GET …/validation says the same beforehand.';

create function app.justification_role(s app.submission) returns text
language plpgsql stable as $$
begin
    return (select r.role from unnest('{COMMUNE_LEADER,OFFICE_STAT_OFFICER}'::text[]) with ordinality as r(role, nth)
             where r.role || '@' || s.unit_id = any (app.grants()) order by r.nth limit 1);
end $$;
comment on function app.justification_role is 'The role in which the caller may explain the figures of a report; null: in none.';

create function app.expect_justifier(s app.submission) returns boolean
language plpgsql stable as $$
begin
    perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
    if app.justification_role(s) is null then
        perform app.problem(403, 'forbidden', '{}', jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif s.state not in ('draft', 'returned') then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'justify', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    end if;
    return true;
end $$;
comment on function app.expect_justifier is '423, 403 or 409, unless the caller may explain the figures of this report now.';

create function app.rules_questioning(s app.submission)
returns table (r app.rule, figure numeric, low numeric, high numeric)
language sql stable
begin atomic
    select f.r, f.figure, f.low, f.high from app.rule_findings(array[s.id]) f
     where (f.r).severity = 'warn' and f.outcome in ('failed', 'justified');
end;
comment on function app.rules_questioning is 'The rules that ask for a justification of the figures of a report, justified ones too: another one replaces it.';

create function app.justification_faults(b jsonb, s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.fault('/text', 'too-short', jsonb_build_object('min', 1)) where jsonb_typeof(b -> 'text') = 'string' and b ->> 'text' !~ '\S' and b ->> 'text' <> ''
    union all
    select case when r.id is null then app.fault('/rule', 'unknown-rule', jsonb_build_object('rule', left(b ->> 'rule', 64)))
                else app.fault('/rule', 'nothing-to-justify', jsonb_build_object('rule', r.code, 'name', r.name_vi, 'name_en', r.name_en)) end
      from (select b ->> 'rule' as code where jsonb_typeof(b -> 'rule') = 'string') k
      left join app.rule r on r.code = k.code
     where not exists (select from app.rules_questioning(s) f where (f.r).id = r.id);
end;
comment on function app.justification_faults is 'What is wrong with a justification: it is of a rule that asks for one.';

create function app.justification_stamp() returns trigger
language plpgsql as $$
declare
    s app.submission;
    x record;
begin
    select * into s from app.submission where id = new.submission_id;
    perform app.expect_justifier(s);
    select f.* into x from app.rules_questioning(s) f where (f.r).id = new.rule_id;
    if not found then
        perform app.problem(403, 'forbidden');
    end if;
    new.figure := x.figure;
    new.low := x.low;
    new.high := x.high;
    new.written_by := app.me();
    new.writer_name := app.account_name(app.me());
    new.writer_role := app.justification_role(s);
    new.written_at := now();
    return new;
end $$;
comment on function app.justification_stamp is 'Whoever justifies is named, and so are the figures that are: those of the report now.';
create trigger justification_stamp before insert on app.justification for each row execute function app.justification_stamp();

-- What a unit writes while it works on a report is its own until it submits it.
alter table app.justification enable row level security;
alter table app.justification force row level security;
create policy in_reach on app.justification for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or exists (select from app.submission s where s.id = submission_id and s.state <> 'draft' and written_at <= s.submitted_at
                   and s.receiver_id = any ((select app.reach('received'))::int[])));
create policy taking_part on app.justification for insert to thidua_api with check
    (written_by = (select app.me()) and exists (select from app.submission s where s.id = submission_id));
grant select, insert on app.justification to thidua_api;

create function app.justification_shown(j app.justification) returns jsonb
language sql immutable
return case when j.id is not null then jsonb_build_object('id', j.id, 'text', j.text, 'by', j.writer_name, 'role', j.writer_role, 'at', j.written_at) end;
comment on function app.justification_shown is 'A justification as answers show it.';

create function app.finding_indicators(p_rule int) returns json
language plpgsql stable as $$
begin
    return (select json_agg(distinct i.code order by i.code) from app.rule_term t join app.indicator i on i.id = t.indicator_id
             where t.rule_id = p_rule and t.taken = 'value');
end $$;
comment on function app.finding_indicators is 'The figures of the report that a rule speaks of.';

-- What changes -------------------------------------------------------------------------------------

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
comment on function app.submission_guard is 'No step but the workflow''s, by whom it allows; nothing submitted that is incomplete, less final than accepted before, or against a rule; opened again by a decision alone; the district never edits; nothing after the lock.';

-- Files --------------------------------------------------------------------------------------------

alter table app.import add column findings jsonb;
comment on column app.import.findings is 'What rules say of the reports the file writes to, as they stand after it: the first 1,000 that are broken.';
grant update (findings) on app.import to thidua_api;

create function app.import_findings() returns jsonb
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
comment on function app.import_findings is 'The rules that the reports break to which the file has written.';

create function app.import_carry_out(p_import app.import) returns jsonb
language plpgsql as $$
declare
    findings jsonb;
begin
    perform app.import_apply(p_import);
    findings := app.import_findings();
    if p_import.dry_run then
        raise exception using errcode = 'TDDRY', message = 'only tried';
    end if;
    return findings;
exception when sqlstate 'TDDRY' then
    return findings;
end $$;
comment on function app.import_carry_out is 'Does what was decided and says what rules think of it; a dry run does it as well, and takes it back.';

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

call app.audit_table('app.rule');
call app.audit_table('app.rule_term');
call app.audit_table('app.justification');

-- migrate:down
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
            perform app.refuse((select coalesce(jsonb_agg(f), '[]') from app.status_faults(old) f));
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
comment on function app.submission_guard is 'No step but the workflow''s, by whom it allows; opened again by a decision alone, never less final than accepted before; the district never edits; nothing after the lock.';

create or replace function app.import_run(p_import bigint, p_columns jsonb, p_unit text, p_period text, p_locale text) returns app.import
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

drop function app.import_carry_out, app.import_findings, app.finding_indicators, app.justification_shown, app.justification_faults, app.rules_questioning, app.expect_justifier,
    app.justification_role, app.submit_faults, app.rule_faults, app.rule_fault, app.bounds_shown, app.rule_findings;
alter table app.import drop column findings;
drop table app.justification;
drop function app.justification_stamp, app.rule_results, app.target_now, app.value_within, app.value_earlier;
drop table app.rule_term, app.rule;
