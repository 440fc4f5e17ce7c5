-- migrate:up

-- Figures by village: a commune's figure may be entered village by village.  Then it is the sum of its parts, by triggers alone,
-- and there is none before each village has its part: missing is not zero.  A village's head proposes, the commune's officer decides.

create table app.village_proposal (
    id             bigint generated always as identity primary key,
    unit_id        int not null references app.unit,
    village_id     int not null references app.unit,
    period_id      int not null references app.period,
    indicator_id   int not null references app.indicator,
    value          numeric,
    missing_reason text check (missing_reason = 'not_applicable'),
    note           app.prose,
    proposed_by    int not null references app.account,
    proposer_name  app.line not null,
    proposed_at    timestamptz not null default now(),
    decision       text check (decision in ('take', 'refuse')),
    reason         app.prose,
    decided_by     int references app.account,
    decider_name   app.line,
    decided_at     timestamptz,
    constraint village_proposal_one_of check (num_nonnulls(value, missing_reason) = 1),
    constraint village_proposal_size check (abs(value) < 1e15 and scale(value) <= 6),
    constraint village_proposal_decided check (num_nonnulls(decision, decided_by, decider_name, decided_at) in (0, 4)),
    constraint village_proposal_refused_with_reason check (decision is distinct from 'refuse' or (reason ~ '\S') is true)
);
create index village_proposal_unit on app.village_proposal (unit_id, period_id, indicator_id, village_id);
create index village_proposal_village on app.village_proposal (village_id);
comment on table app.village_proposal is 'Figures that heads of villages propose for their village; of several that are open for the same figure the last counts.  The commune takes one or refuses it.';
comment on column app.village_proposal.id is 'Order of writing.';
comment on column app.village_proposal.unit_id is 'The commune: the village''s parent on the last day of the period.';
comment on column app.village_proposal.village_id is 'Village.';
comment on column app.village_proposal.period_id is 'Period.';
comment on column app.village_proposal.indicator_id is 'Indicator that is entered and adds up over villages.';
comment on column app.village_proposal.value is 'The figure.';
comment on column app.village_proposal.missing_reason is 'not_applicable: the village has nothing of the kind.';
comment on column app.village_proposal.note is 'Remark of the head.';
comment on column app.village_proposal.proposed_by is 'Who.';
comment on column app.village_proposal.proposer_name is 'Name at that time.';
comment on column app.village_proposal.proposed_at is 'Server clock.';
comment on column app.village_proposal.decision is 'take: it became the village''s figure; refuse; null: open.';
comment on column app.village_proposal.reason is 'Why it was decided so; always there for a refusal.';
comment on column app.village_proposal.decided_by is 'Officer of the commune who decided.';
comment on column app.village_proposal.decider_name is 'Name at that time.';
comment on column app.village_proposal.decided_at is 'When.';

create table app.village_value (
    submission_id  bigint not null,
    unit_id        int not null,
    village_id     int not null references app.unit,
    indicator_id   int not null references app.indicator,
    value          numeric,
    missing_reason text check (missing_reason = 'not_applicable'),
    proposal_id    bigint references app.village_proposal,
    written_by     int not null references app.account,
    written_at     timestamptz not null default now(),
    primary key (submission_id, indicator_id, village_id),
    foreign key (submission_id, unit_id) references app.submission (id, unit_id),
    constraint village_value_one_of check (num_nonnulls(value, missing_reason) = 1),
    constraint village_value_size check (abs(value) < 1e15 and scale(value) <= 6)
);
create index village_value_village on app.village_value (village_id);
create index village_value_proposal on app.village_value (proposal_id);
comment on table app.village_value is 'The parts of a commune''s figure, a village each.  Where there are any, the figure in app.submission_value is their sum.';
comment on column app.village_value.submission_id is 'Submission.';
comment on column app.village_value.unit_id is 'Its unit, the commune.';
comment on column app.village_value.village_id is 'Village of the commune on the last day of the period.';
comment on column app.village_value.indicator_id is 'Indicator that is entered and adds up over villages.';
comment on column app.village_value.value is 'The village''s figure.';
comment on column app.village_value.missing_reason is 'not_applicable: the village has nothing of the kind; it adds nothing, and is not missing.';
comment on column app.village_value.proposal_id is 'Proposal of the village''s head that was taken; null: the officer''s own.';
comment on column app.village_value.written_by is 'Who entered or took it.';
comment on column app.village_value.written_at is 'When.';

-- Which villages, which figures ----------------------------------------------------------------------

create function app.villages_on(p_unit int, p_day date) returns int[]
language plpgsql stable as $$
begin
    return (select coalesce(array_agg(u.id order by u.code), '{}')
              from app.unit_parent p
              join app.unit u on u.id = p.unit_id and u.valid @> p_day
              join app.unit_kind k on k.code = u.kind and k.level = 'village'
             where p.parent_id = p_unit and p.valid @> p_day);
end $$;
comment on function app.villages_on is 'The villages and residential groups of a commune on a day.';

create function app.adds_up_over_villages(d app.indicator_version) returns boolean
language sql immutable parallel safe
return d.entry = 'value' and d.aggregation = 'sum' and d.value_type <> 'boolean';
comment on function app.adds_up_over_villages is 'May an indicator be entered by village?  Only what is entered as one number and summed over units.';

create function app.village_totals(p_submissions bigint[])
returns table (submission_id bigint, indicator_id int, villages int, answered int, value numeric, missing_reason text)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    with report as (
        select s.id, app.villages_on(s.unit_id, p.ends_on) as villages
          from app.submission s join app.period p on p.id = s.period_id
         where s.id = any (p_submissions) and exists (select from app.village_value v where v.submission_id = s.id)
    ), summed as (
        select v.submission_id, v.indicator_id, cardinality(r.villages) as villages, count(*)::int as answered, sum(v.value) as value
          from report r join app.village_value v on v.submission_id = r.id and v.village_id = any (r.villages)
         group by v.submission_id, v.indicator_id, r.villages
    )
    select t.submission_id, t.indicator_id, t.villages, t.answered, case when t.answered = t.villages then trim_scale(t.value) end,
           case when t.answered = t.villages and t.value is null then 'not_applicable' end
      from summed t;
end $$;
comment on function app.village_totals is 'What the parts of reports add up to: nothing before every village has its part; not_applicable where it is that for all.';

-- Consistent by construction -------------------------------------------------------------------------

create function app.village_value_stamp() returns trigger
language plpgsql as $$
begin
    if not new.village_id = any ((select app.villages_on(s.unit_id, p.ends_on) from app.submission s join app.period p on p.id = s.period_id
                                   where s.id = new.submission_id)::int[]) then
        perform app.problem(403, 'forbidden');
    end if;
    new.written_by := app.me();
    new.written_at := now();
    return new;
end $$;
comment on function app.village_value_stamp is 'A part is of one of the commune''s villages, and names who wrote it.';
create trigger village_value_stamp before insert or update on app.village_value for each row execute function app.village_value_stamp();

create function app.village_summed() returns trigger
language plpgsql as $$
declare
    reports constant bigint[] := array(select distinct c.submission_id from changed c);
begin
    perform from app.submission s where s.id = any (reports) order by s.id for update; -- one after the other: each sum sees all parts
    delete from app.submission_value v
     where (v.submission_id, v.indicator_id) in (select c.submission_id, c.indicator_id from changed c)
       and not exists (select from app.village_totals(reports) t
                        where (t.submission_id, t.indicator_id) = (v.submission_id, v.indicator_id) and num_nonnulls(t.value, t.missing_reason) = 1);
    insert into app.submission_value as v (submission_id, unit_id, indicator_id, value, missing_reason, written_by)
    select distinct t.submission_id, c.unit_id, t.indicator_id, t.value, t.missing_reason, app.me()
      from app.village_totals(reports) t join changed c using (submission_id, indicator_id)
     where num_nonnulls(t.value, t.missing_reason) = 1
    on conflict (submission_id, indicator_id) do update
       set (value, missing_reason, written_by, written_at, import_id, import_row)
         = (excluded.value, excluded.missing_reason, excluded.written_by, now(), null, null)
     where (v.value, v.missing_reason) is distinct from (excluded.value, excluded.missing_reason);
    return null;
end $$;
comment on function app.village_summed is 'Keeps the commune''s figure equal to the sum of its parts: no figure while a village''s part is missing.';
create trigger village_summed_insert after insert on app.village_value referencing new table as changed
    for each statement execute function app.village_summed();
create trigger village_summed_update after update on app.village_value referencing new table as changed
    for each statement execute function app.village_summed();
create trigger village_summed_delete after delete on app.village_value referencing old table as changed
    for each statement execute function app.village_summed();
create trigger village_guard_insert after insert on app.village_value referencing new table as changed
    for each statement execute function app.value_guard();
create trigger village_guard_update after update on app.village_value referencing old table as changed
    for each statement execute function app.value_guard();
create trigger village_guard_delete after delete on app.village_value referencing old table as changed
    for each statement execute function app.value_guard();

create function app.village_fault(p_pointer text, p_indicator int, p_value numeric) returns jsonb
language sql stable
return app.fault(p_pointer, 'entered-by-village', jsonb_strip_nulls(jsonb_build_object(
    'indicator', (select i.code from app.indicator i where i.id = p_indicator), 'total', p_value)));
comment on function app.village_fault is 'A figure that is the sum of its parts was to become another.';

create function app.total_guard() returns trigger
language plpgsql as $$
begin
    if exists (select from app.village_value w where w.submission_id in (select c.submission_id from changed c)) then
        perform app.refuse((
            select coalesce(jsonb_agg(distinct app.village_fault('/values', t.indicator_id, t.value)), '[]')
              from app.village_totals(array(select distinct c.submission_id from changed c)) t
              join changed c on (c.submission_id, c.indicator_id) = (t.submission_id, t.indicator_id)
              left join app.submission_value v on (v.submission_id, v.indicator_id) = (t.submission_id, t.indicator_id)
             where (v.value, v.missing_reason) is distinct from (t.value, t.missing_reason)));
    end if;
    return null;
end $$;
comment on function app.total_guard is 'Where a figure is entered by village, nobody writes another than the sum, in whatever way.';
create trigger total_guard_insert after insert on app.submission_value referencing new table as changed
    for each statement execute function app.total_guard();
create trigger total_guard_update after update on app.submission_value referencing new table as changed
    for each statement execute function app.total_guard();
create trigger total_guard_delete after delete on app.submission_value referencing old table as changed
    for each statement execute function app.total_guard();

create function app.total_faults(v app.sent_value, p_submission bigint) returns setof jsonb
language sql stable
begin atomic
    select app.village_fault(v.pointer || coalesce('/' || v.given[1], '/value'), t.indicator_id, t.value)
      from app.village_totals(array[p_submission]) t, app.value_written(v) w
     where t.indicator_id = v.indicator_id and (w.value, w.missing_reason) is distinct from (t.value, t.missing_reason);
end;
comment on function app.total_faults is 'A value that says something else than the sum of its parts.';

create function app.village_faults(s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.fault('/values', 'villages-missing', jsonb_build_object('indicator', i.code, 'name', d.name_vi, 'villages',
               (select string_agg(app.unit_name_on(u, p.ends_on), ', ' order by u)
                  from unnest(app.villages_on(s.unit_id, p.ends_on)) u
                 where not exists (select from app.village_value v where (v.submission_id, v.indicator_id, v.village_id) = (s.id, t.indicator_id, u)))))
      from app.village_totals(array[s.id]) t
      join app.period p on p.id = s.period_id
      join app.indicator i on i.id = t.indicator_id
      join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
     where t.answered < t.villages
     order by i.sort_order;
end;
comment on function app.village_faults is 'Figures entered by village that lack the parts of some.';

create or replace function app.submit_faults(s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.answer_faults(s)
    union all
    select app.village_faults(s)
    union all
    select app.status_faults(s)
    union all
    select app.rule_faults(s);
end;

create or replace function app.wrote(s app.submission) returns boolean
language plpgsql stable as $$
begin
    return s.created_by = app.me()
    or exists (select from app.submission_value v where v.submission_id = s.id and v.written_by = app.me())
    or exists (select from app.village_value v where v.submission_id = s.id and v.written_by = app.me());
end $$;

create or replace function app.submission_stepped() returns trigger
language plpgsql as $$
begin
    if new.state in ('submitted', 'accepted') then
        perform app.keep_revision(new, new.state);
    elsif old.state = 'submitted' and new.state = 'returned' and app.remarks_since_submit(new) is null then
        insert into app.submission_comment (submission_id, unit_id, visibility, text) values (new.id, new.unit_id, 'shared', new.reason);
    end if;
    insert into app.submission_transition
        (submission_id, unit_id, action, from_state, to_state, actor_id, actor_name, actor_role, reason, content)
    select new.id, new.unit_id, r.action, r.from_state, r.to_state, app.me(), app.account_name(app.me()), r.role, new.reason,
           case when r.action = 'submit' then
               (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('indicator', i.code, 'value', v.value, 'numerator', v.numerator,
                                   'denominator', v.denominator, 'missing_reason', v.missing_reason, 'status', v.status, 'note', v.note,
                                   'villages', (select jsonb_agg(jsonb_build_object('village', u.code, 'value', w.value, 'missing_reason', w.missing_reason) order by u.code)
                                                  from app.village_value w join app.unit u on u.id = w.village_id
                                                 where (w.submission_id, w.indicator_id) = (v.submission_id, v.indicator_id))))
                                 order by i.sort_order)
                  from app.submission_value v join app.indicator i on i.id = v.indicator_id where v.submission_id = new.id) end
      from app.transition_rule r
     where r.from_state = old.state and r.to_state = new.state;
    return null;
end $$;

-- Proposing ------------------------------------------------------------------------------------------

create function app.village_proposal_stamp() returns trigger
language plpgsql as $$
begin
    new.unit_id := (select app.unit_parent_on(new.village_id, p.ends_on) from app.period p where p.id = new.period_id);
    new.proposed_by := app.me();
    new.proposer_name := app.account_name(app.me());
    new.proposed_at := now();
    return new;
end $$;
comment on function app.village_proposal_stamp is 'Whoever proposes is named; it goes to the commune the village is in on the last day of the period.';
create trigger village_proposal_stamp before insert on app.village_proposal for each row execute function app.village_proposal_stamp();

create function app.is_superseded(q app.village_proposal) returns boolean
language plpgsql stable as $$
begin
    return q.decision is null
       and exists (select from app.village_proposal n where n.id > q.id and (n.unit_id, n.period_id, n.indicator_id, n.village_id)
                                                                           = (q.unit_id, q.period_id, q.indicator_id, q.village_id));
end $$;
comment on function app.is_superseded is 'Was a later figure proposed before this one was decided on?';

create function app.village_proposal_decided() returns trigger
language plpgsql as $$
begin
    if old.decision is not null or app.is_superseded(old) then
        perform app.problem(403, 'forbidden');
    end if;
    new.decided_by := app.me();
    new.decider_name := app.account_name(app.me());
    new.decided_at := now();
    return new;
end $$;
comment on function app.village_proposal_decided is 'A proposal is decided on once, the last one for a figure alone, and whoever decides is named.';
create trigger village_proposal_decided before update on app.village_proposal for each row execute function app.village_proposal_decided();

create function app.village_part_faults(v app.sent_value, p_kind text, p_all_fields boolean) returns setof jsonb
language sql stable
begin atomic
    select app.value_faults(v, p_kind, p_all_fields)
    union all
    select app.fault(v.pointer || '/indicator', 'not-by-village', jsonb_build_object('indicator', v.code))
     where not app.adds_up_over_villages(v.definition);
end;
comment on function app.village_part_faults is 'Everything that is wrong with a village''s part of a figure, for a commune of this kind.';

create function app.village_values_read(p_values jsonb, p_unit int, p_period app.period, p_form int)
returns table (v app.sent_value, village_id int, form_id int)
language sql stable
begin atomic
    select row('/values/' || (e.ord - 1), e.item ->> 'indicator', i.id, i.field, f.form_id is not null,
               '/values/' || (min(e.ord) over (partition by e.item ->> 'indicator', e.item ->> 'village') - 1),
               array(select k from jsonb_each(e.item) as j(k, v) where k in ('value', 'missing_reason') and v <> 'null'), e.item, d)::app.sent_value,
           w.id, f.form_id
      from jsonb_array_elements(case jsonb_typeof(p_values) when 'array' then p_values else '[]' end) with ordinality as e(item, ord)
      left join app.indicator i on i.code = e.item ->> 'indicator'
      left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p_period.ends_on
      left join app.form_indicator f on f.indicator_id = i.id and f.level = 'commune' and f.frequency = p_period.frequency and f.valid @> p_period.ends_on
                                    and f.form_id = coalesce(p_form, f.form_id)
      left join app.unit w on w.code = e.item ->> 'village' and w.id = any (app.villages_on(p_unit, p_period.ends_on))
     where jsonb_typeof(e.item) = 'object' and jsonb_typeof(e.item -> 'indicator') = 'string';
end;
comment on function app.village_values_read is 'The villages'' figures of a body, each with its definition, its village (null: none of this commune''s) and the form that asks for it.';

create function app.village_proposal_faults(b jsonb, p_village app.unit, p_period app.period) returns setof jsonb
language sql stable
begin atomic
    select app.fault('/village', 'not-a-village', jsonb_build_object('unit', p_village.code))
     where (select k.level from app.unit_kind k where k.code = p_village.kind) <> 'village'
    union all
    select app.fault('/period', 'unknown-period', jsonb_build_object('period', left(b ->> 'period', 64)))
     where p_period.id is null and jsonb_typeof(b -> 'period') = 'string'
    union all
    select app.fault('/period', 'period-outside-unit-life', jsonb_build_object('unit', p_village.code, 'period', p_period.code))
     where p_period.id is not null and (not p_village.valid @> p_period.ends_on or app.unit_parent_on(p_village.id, p_period.ends_on) is null)
    union all
    select app.village_part_faults(r.v, u.kind, true)
      from app.unit u, app.village_values_read(b -> 'values', u.id, p_period, null) r
     where u.id = app.unit_parent_on(p_village.id, p_period.ends_on);
end;
comment on function app.village_proposal_faults is 'Everything that is wrong with what a head proposes.';

create function app.propose(b jsonb, p_village int, p_period app.period) returns json
language plpgsql as $$
declare
    commune constant int := app.unit_parent_on(p_village, p_period.ends_on);
    proposals json;
begin
    perform app.refuse_locked(f.form_id, commune, p_period.id)
       from (select distinct r.form_id from app.village_values_read(b -> 'values', commune, p_period, null) r) f;
    with made as (
        insert into app.village_proposal (unit_id, village_id, period_id, indicator_id, value, missing_reason, note)
        select commune, p_village, p_period.id, (r.v).indicator_id, w.value, w.missing_reason, w.note
          from app.village_values_read(b -> 'values', commune, p_period, null) r cross join lateral app.value_written(r.v) w
        returning *
    )
    select json_agg(json_build_object('id', m.id, 'indicator', i.code, 'value', m.value, 'missing_reason', m.missing_reason, 'note', m.note) order by m.id)
      into proposals
      from made m join app.indicator i on i.id = m.indicator_id;
    return proposals;
end $$;
comment on function app.propose is 'Keeps what a head proposes, before the lock of the commune.';

create function app.village_proposal_shown(q app.village_proposal)
returns table (id bigint, unit text, village text, village_name text, period text, indicator text, name text, unit_of_measure text, value numeric,
               missing_reason text, note text, proposed_by text, proposed_at timestamptz, outcome text, reason text, decided_by text, decided_at timestamptz)
language sql stable
begin atomic
    select q.id, u.code, v.code, app.unit_name_on(v.id, p.ends_on), p.code, i.code, d.name_vi, d.unit_vi, trim_scale(q.value), q.missing_reason, q.note::text,
           q.proposer_name::text, q.proposed_at, case when app.is_superseded(q) then 'superseded' when q.decision is null then 'open' when q.decision = 'take' then 'taken' else 'refused' end,
           q.reason::text, q.decider_name::text, q.decided_at
      from app.unit u, app.unit v, app.period p, app.indicator i, app.indicator_version d
     where u.id = q.unit_id and v.id = q.village_id and p.id = q.period_id and i.id = q.indicator_id
       and d.indicator_id = i.id and d.valid @> p.ends_on;
end;
comment on function app.village_proposal_shown is 'A proposal as answers show it.';

-- Entering and deciding ------------------------------------------------------------------------------

create function app.village_difference(s app.submission, b jsonb) returns jsonb
language sql stable
begin atomic
    select coalesce(jsonb_agg(app.difference((r.v).pointer, (r.v).item - '{indicator,village}'::text[],
                                  jsonb_strip_nulls(jsonb_build_object('value', trim_scale(x.value), 'missing_reason', x.missing_reason)),
                                  coalesce(x.written_by, s.updated_by), coalesce(x.written_at, s.updated_at))
                              order by (r.v).pointer collate app.natural_order), '[]')
      from app.period p
     cross join lateral app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r
     cross join lateral app.value_written(r.v) w
      left join app.village_value x on (x.submission_id, x.indicator_id, x.village_id) = (s.id, (r.v).indicator_id, r.village_id)
     where p.id = s.period_id and (w.value, w.missing_reason) is distinct from (x.value, x.missing_reason);
end;
comment on function app.village_difference is 'Where a change of villages'' figures says something else than what is stored: yours, current, by whom, when.';

create function app.expect_village_edit(s app.submission, p_if_match text, b jsonb) returns boolean
language plpgsql stable as $$
begin
    perform app.expect_edit(s, '*', '{}');
    return app.expect_version(p_if_match, app.submission_etag(s), app.village_difference(s, b));
end $$;
comment on function app.expect_village_edit is 'May villages'' figures be changed, now, by the caller, from this version?  423, 409, 403 or 412 otherwise.';

create function app.decisions_read(b jsonb, s app.submission)
returns table (pointer text, first text, id bigint, decision text, reason text, q app.village_proposal, field text)
language sql stable
begin atomic
    select '/proposals/' || (e.ord - 1), '/proposals/' || (min(e.ord) over (partition by e.item -> 'id') - 1), (e.item ->> 'id')::bigint, e.item ->> 'decision',
           btrim(e.item ->> 'reason', E' \n\r\t'), q, i.field
      from jsonb_array_elements(case jsonb_typeof(b -> 'proposals') when 'array' then b -> 'proposals' else '[]' end) with ordinality as e(item, ord)
      left join app.village_proposal q on q.id = (e.item ->> 'id')::bigint and q.unit_id = s.unit_id and q.period_id = s.period_id
                                      and exists (select from app.form_indicator f where f.form_id = s.form_id and f.indicator_id = q.indicator_id)
      left join app.indicator i on i.id = q.indicator_id
     where jsonb_typeof(e.item) = 'object' and jsonb_typeof(e.item -> 'id') = 'number';
end;
comment on function app.decisions_read is 'The decisions of a body, each with the proposal it speaks of, if that concerns this report.';

create function app.decision_faults(s app.submission, b jsonb, p_all_fields boolean) returns setof jsonb
language sql stable
begin atomic
    select app.fault(k.pointer || '/id', 'unknown-proposal', jsonb_build_object('id', k.id)) from app.decisions_read(b, s) k where (k.q).id is null
    union all
    select app.fault(k.pointer || '/id', 'proposal-not-open', jsonb_build_object('id', k.id))
      from app.decisions_read(b, s) k where (k.q).id is not null and ((k.q).decision is not null or app.is_superseded(k.q))
    union all
    select app.fault(k.pointer || '/id', 'duplicate-proposal', jsonb_build_object('id', k.id, 'first', k.first))
      from app.decisions_read(b, s) k where k.first <> k.pointer
    union all
    select app.fault(k.pointer || '/id', 'not-your-field', jsonb_build_object('indicator', (select i.code from app.indicator i where i.id = (k.q).indicator_id)))
      from app.decisions_read(b, s) k where k.field <> 'culture' and not p_all_fields
    union all
    select app.fault(k.pointer || '/reason', 'missing-member', '{}')
      from app.decisions_read(b, s) k where k.decision = 'refuse' and coalesce(k.reason, '') = ''
    union all
    select app.fault(k.pointer || '/id', 'proposal-and-value', jsonb_build_object('id', k.id, 'value', (r.v).pointer))
      from app.decisions_read(b, s) k
      join app.period p on p.id = s.period_id
     cross join lateral app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r
     where k.decision = 'take' and ((k.q).indicator_id, (k.q).village_id) = ((r.v).indicator_id, r.village_id);
end;
comment on function app.decision_faults(app.submission, jsonb, boolean) is 'Everything that is wrong with decisions on proposals.';

create function app.village_change_faults(s app.submission, b jsonb, p_kind text, p_all_fields boolean) returns setof jsonb
language sql stable
begin atomic
    select f from app.period p
      cross join lateral app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r
      cross join lateral app.village_part_faults(r.v, p_kind, p_all_fields) f
     where p.id = s.period_id
    union all
    select app.fault((r.v).pointer || '/village', 'not-your-village', jsonb_build_object('unit', left((r.v).item ->> 'village', 64)))
      from app.period p cross join lateral app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r
     where p.id = s.period_id and r.village_id is null and jsonb_typeof((r.v).item -> 'village') = 'string'
    union all
    select app.decision_faults(s, b, p_all_fields);
end;
comment on function app.village_change_faults is 'Everything that is wrong with a change of villages'' figures.';

create function app.village_enter(s app.submission, b jsonb) returns table (kept app.submission, changed int)
language plpgsql as $$
#variable_conflict use_column
declare
    p app.period;
    entered int;
begin
    select * into p from app.period q where q.id = s.period_id;
    update app.submission t set note = t.note where t.id = s.id and t.version = s.version returning t.* into kept;
    perform app.expect_kept(kept);
    update app.village_proposal q set decision = k.decision, reason = k.reason from app.decisions_read(b, s) k where q.id = (k.q).id;
    delete from app.village_value v
     using app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r
     where cardinality((r.v).given) = 0 and (v.submission_id, v.indicator_id, v.village_id) = (s.id, (r.v).indicator_id, r.village_id);
    get diagnostics changed = row_count;
    insert into app.village_value as v (submission_id, unit_id, village_id, indicator_id, value, missing_reason, proposal_id, written_by)
    select s.id, s.unit_id, r.village_id, (r.v).indicator_id, w.value, w.missing_reason, null, app.me()
      from app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r cross join lateral app.value_written(r.v) w
     where w.given
    union all
    select s.id, s.unit_id, (k.q).village_id, (k.q).indicator_id, (k.q).value, (k.q).missing_reason, k.id, app.me()
      from app.decisions_read(b, s) k where k.decision = 'take'
    on conflict (submission_id, indicator_id, village_id) do update
       set (value, missing_reason, proposal_id) = (excluded.value, excluded.missing_reason, excluded.proposal_id)
     where (v.value, v.missing_reason, v.proposal_id) is distinct from (excluded.value, excluded.missing_reason, excluded.proposal_id);
    get diagnostics entered = row_count;
    changed := changed + entered;
    return next;
end $$;
comment on function app.village_enter is 'Enters parts and decides on proposals; the triggers make the sums.  How many parts were added, changed or taken back.';

create function app.village_sums(p_submission bigint, b jsonb) returns json
language plpgsql as $$ -- volatile: it sees what this statement has written
begin
    return (select coalesce(json_agg(json_build_object('indicator', i.code, 'villages', t.villages, 'answered', t.answered, 'value', t.value,
                                                       'missing_reason', t.missing_reason) order by i.sort_order), '[]')
              from app.village_totals(array[p_submission]) t join app.indicator i on i.id = t.indicator_id
             where i.code in (select v ->> 'indicator' from jsonb_array_elements(b -> 'values') v)
                or t.indicator_id in (select q.indicator_id from app.village_proposal q
                                       where q.id in (select (k ->> 'id')::bigint from jsonb_array_elements(b -> 'proposals') k)));
end $$;
comment on function app.village_sums is 'What the parts that a body speaks of add up to now.';

create function app.village_sheet(s app.submission, p_kind text, p_period app.period) returns json
language sql stable
begin atomic
    select coalesce(json_agg(json_build_object(
               'indicator', i.code, 'name', d.name_vi, 'unit_of_measure', d.unit_vi, 'by_village', t.indicator_id is not null,
               'villages', cardinality(x.villages), 'answered', coalesce(t.answered, 0), 'value', trim_scale(v.value), 'missing_reason', v.missing_reason,
               'values', (select coalesce(json_agg(json_build_object('village', u.code, 'value', trim_scale(w.value), 'missing_reason', w.missing_reason,
                                                       'by', app.account_name(w.written_by), 'at', w.written_at, 'proposal', w.proposal_id) order by u.code), '[]')
                            from app.village_value w join app.unit u on u.id = w.village_id
                           where (w.submission_id, w.indicator_id) = (s.id, i.id)),
               'proposals', (select coalesce(json_agg(json_build_object('id', q.id, 'village', u.code, 'value', trim_scale(q.value), 'missing_reason', q.missing_reason,
                                                          'note', q.note, 'by', q.proposer_name, 'at', q.proposed_at) order by u.code), '[]')
                               from app.village_proposal q join app.unit u on u.id = q.village_id
                              where (q.unit_id, q.period_id, q.indicator_id) = (s.unit_id, s.period_id, i.id) and q.decision is null and not app.is_superseded(q)))
               order by i.sort_order), '[]')
      from app.form_indicator f
      join app.indicator i on i.id = f.indicator_id
      join app.indicator_version d on d.indicator_id = i.id and d.valid @> p_period.ends_on and app.adds_up_over_villages(d) and p_kind = any (d.applies_to)
      cross join lateral (select app.villages_on(s.unit_id, p_period.ends_on) as villages) x
      left join app.village_totals(array[s.id]) t on t.indicator_id = i.id
      left join app.submission_value v on (v.submission_id, v.indicator_id) = (s.id, i.id)
     where f.form_id = s.form_id;
end;
comment on function app.village_sheet is 'The figures of a report that can be entered by village: the parts, what is proposed and open, and what stands in the report.';

-- Files --------------------------------------------------------------------------------------------

create function app.import_judge_totals(p_import app.import) returns void
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
comment on function app.import_judge_totals is 'Rows that say something else than the sum of a figure''s parts.';

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

-- Who may ------------------------------------------------------------------------------------------

alter table app.village_value enable row level security;
alter table app.village_value force row level security;
create policy in_reach on app.village_value for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or exists (select from app.submission s where s.id = submission_id and s.state in ('submitted', 'accepted')));
create policy officer_writes on app.village_value for all to thidua_api
    using (unit_id = any ((select app.units_of_role('OFFICE_STAT_OFFICER'))::int[]))
    with check (written_by = (select app.me()) and unit_id = any ((select app.units_of_role('OFFICE_STAT_OFFICER'))::int[]));
create policy culture_officer_writes on app.village_value for all to thidua_api
    using (unit_id = any ((select app.units_of_role('CULTURE_INFO_OFFICER'))::int[])
           and exists (select from app.indicator i where i.id = indicator_id and i.field = 'culture'))
    with check (written_by = (select app.me()) and unit_id = any ((select app.units_of_role('CULTURE_INFO_OFFICER'))::int[])
           and exists (select from app.indicator i where i.id = indicator_id and i.field = 'culture'));
grant select, insert, delete on app.village_value to thidua_api;
grant update (value, missing_reason, proposal_id) on app.village_value to thidua_api;

-- Of the commune and of the head who proposes, nobody else's: the district sees what was submitted.
alter table app.village_proposal enable row level security;
alter table app.village_proposal force row level security;
create policy in_reach on app.village_proposal for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[]) or village_id = any ((select app.units_of_role('VILLAGE_HEAD'))::int[]));
create policy head_proposes on app.village_proposal for insert to thidua_api with check
    (proposed_by = (select app.me()) and decision is null and village_id = any ((select app.units_of_role('VILLAGE_HEAD'))::int[]));
create policy officer_decides on app.village_proposal for update to thidua_api using
    (unit_id = any ((select app.units_of_role('OFFICE_STAT_OFFICER'))::int[]));
create policy culture_officer_decides on app.village_proposal for update to thidua_api using
    (unit_id = any ((select app.units_of_role('CULTURE_INFO_OFFICER'))::int[])
     and exists (select from app.indicator i where i.id = indicator_id and i.field = 'culture'));
grant select, insert on app.village_proposal to thidua_api;
grant update (decision, reason) on app.village_proposal to thidua_api;

call app.audit_table('app.village_value');
call app.audit_table('app.village_proposal');

-- migrate:down
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

create or replace function app.submission_stepped() returns trigger
language plpgsql as $$
begin
    if new.state in ('submitted', 'accepted') then
        perform app.keep_revision(new, new.state);
    elsif old.state = 'submitted' and new.state = 'returned' and app.remarks_since_submit(new) is null then
        insert into app.submission_comment (submission_id, unit_id, visibility, text) values (new.id, new.unit_id, 'shared', new.reason);
    end if;
    insert into app.submission_transition
        (submission_id, unit_id, action, from_state, to_state, actor_id, actor_name, actor_role, reason, content)
    select new.id, new.unit_id, r.action, r.from_state, r.to_state, app.me(), app.account_name(app.me()), r.role, new.reason,
           case when r.action = 'submit' then
               (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('indicator', i.code, 'value', v.value, 'numerator', v.numerator,
                                   'denominator', v.denominator, 'missing_reason', v.missing_reason, 'status', v.status, 'note', v.note))
                                 order by i.sort_order)
                  from app.submission_value v join app.indicator i on i.id = v.indicator_id where v.submission_id = new.id) end
      from app.transition_rule r
     where r.from_state = old.state and r.to_state = new.state;
    return null;
end $$;

create or replace function app.wrote(s app.submission) returns boolean
language plpgsql stable as $$
begin
    return s.created_by = app.me()
    or exists (select from app.submission_value v where v.submission_id = s.id and v.written_by = app.me());
end $$;

create or replace function app.submit_faults(s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.answer_faults(s)
    union all
    select app.status_faults(s)
    union all
    select app.rule_faults(s);
end;

drop table app.village_value, app.village_proposal cascade; -- and what takes or gives their rows
drop trigger total_guard_insert on app.submission_value;
drop trigger total_guard_update on app.submission_value;
drop trigger total_guard_delete on app.submission_value;
drop function if exists app.import_judge_totals, app.village_sheet, app.village_sums, app.village_enter, app.village_change_faults, app.decision_faults(app.submission, jsonb, boolean), app.decisions_read,
    app.expect_village_edit, app.village_difference, app.village_proposal_shown, app.propose, app.village_proposal_faults, app.village_values_read, app.village_part_faults,
    app.village_proposal_decided, app.is_superseded, app.village_proposal_stamp, app.village_faults, app.total_faults, app.total_guard, app.village_fault, app.village_summed,
    app.village_value_stamp, app.village_totals, app.adds_up_over_villages, app.villages_on;
