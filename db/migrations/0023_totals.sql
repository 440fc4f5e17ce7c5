-- migrate:up

-- What the communes that report to one unit add up to, kept beside their reports: so the aggregate of a district, a province or the
-- country reads a row for each line and receiver, where it read every figure of every commune.  A total has what follows from a report
-- alone (numerator, denominator, how many count); how many are expected is counted when it is asked for.

-- One figure of one unit -----------------------------------------------------------------------------

drop function app.cells(int[], int[], int[]), app.cells(int[], int[], daterange[], int[], date[], date[], int[], app.figures_how);
drop function app.accepted_values;
alter type app.figures_how add attribute counting bigint, add attribute without bigint;
comment on type app.figures_how is 'How an aggregate is computed: as of which instant (null: now); from what is submitted but not decided on as well; with what each figure was made of; in the boundaries of which day (null: as reported); as if this submission were accepted; as if that one were not.';

create function app.accepted_values(p_units int[], p_forms int[], p_periods int[], p_indicators int[], p_how app.figures_how)
returns table (unit_id int, form_id int, period_id int, indicator_id int, value numeric, denominator numeric, missing_reason text, status text, invented boolean)
language plpgsql stable set enable_nestloop = on as $$
#variable_conflict use_column
begin
    if (p_how).as_of is null then
        return query
        select s.unit_id, s.form_id, s.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, s.invented
          from app.submission s
          join app.submission_value v on v.submission_id = s.id and v.indicator_id = any (p_indicators)
         where (s.state = 'accepted' or (s.state = 'submitted' and (p_how).submitted_too) or s.id = (p_how).counting) and s.id is distinct from (p_how).without
           and s.form_id = any (p_forms) and s.unit_id = any (p_units) and s.period_id = any (p_periods);
    else
        return query
        select a.unit_id, a.form_id, a.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, a.invented
          from app.acceptance a
         cross join lateral (select distinct on (r.indicator_id) r.* from app.value_revision r
                              where r.submission_id = a.submission_id and r.indicator_id = any (p_indicators) and r.event = 'accepted' and r.at <= (p_how).as_of
                              order by r.indicator_id, r.id desc) v
         where a.accepted_at <= (p_how).as_of and coalesce(a.ended_at > (p_how).as_of, true) and v.status is not null
           and a.form_id = any (p_forms) and a.unit_id = any (p_units) and a.period_id = any (p_periods);
    end if;
end $$;
comment on function app.accepted_values is 'The accepted figures that a query needs, as far as the caller sees them, now or as they were at an instant.';

create type app.fraction as (
    reporter int, indicator_id int, window_id int, version_id int, aggregation text,
    applies boolean, not_applicable boolean, counted boolean, visible boolean,
    top numeric, bottom numeric, weight numeric, estimate boolean, provisional boolean, invented boolean, accumulated boolean, sources jsonb);
comment on type app.fraction is 'One asked figure of one reporter, by number, for one window, as numerator and denominator: whether it is asked of such a unit, whether all its parts are there, and whether the caller may see them.';

create function app.fractions(p_units int[], p_parents int[], p_kinds text[], p_windows int[], p_single boolean[], p_in_reach boolean[],
                              p_indicators int[], p_from date[], p_to date[], p_coarsest int[], p_how app.figures_how) returns setof app.fraction
language plpgsql stable set enable_nestloop = off as $$ -- the planner cannot know how few or many rows each step has; a lateral sub-select
-- with an offset looks one row up in an index all the same
#variable_conflict use_column
begin
    return query
    with days as materialized (
        select x.id::int as window_id, x.starts_on, x.ends_on, x.coarsest from unnest(p_from, p_to, p_coarsest) with ordinality as x(starts_on, ends_on, coarsest, id)
    ), asked as materialized (
        select row_number() over () as aid, i.id as indicator_id, p.window_id, d.id as version_id, d.aggregation, d.weight_id, d.applies_to
          from unnest(p_indicators) i(id)
         cross join days p
          left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
    ), need as materialized (   -- the entered figures behind each asked one
        select a.aid, a.window_id, coalesce(t.indicator_id, a.indicator_id) as source_id,
               coalesce(t.side, 'numerator') as side, coalesce(t.coefficient, 1) as coefficient, coalesce(t.counts, 'value') as counts
          from asked a left join app.indicator_term t on t.version_id = a.version_id
        union all
        select a.aid, a.window_id, a.weight_id, 'weight', 1, 'value' from asked a where a.weight_id is not null
    ), tiling as ( -- forms that ask a source, and how their periods tile the asked window
        select k.window_id, k.source_id, f.form_id, q.id as from_id, q.ends_on = p.ends_on as is_last, d.measure,
               (q.starts_on, q.ends_on) <> (p.starts_on, p.ends_on) as finer,
               array_position('{month,quarter,half,nine_months,year}', q.frequency) as coarseness,
               sum(q.ends_on - q.starts_on + 1) over (partition by k.window_id, k.source_id, f.form_id) = p.ends_on - p.starts_on + 1 as tiles
          from (select distinct source_id, window_id from need) k
          join days p on p.window_id = k.window_id
          join app.indicator_version d on d.indicator_id = k.source_id and d.valid @> p.ends_on
          join app.form_indicator f on f.indicator_id = k.source_id and f.level = 'commune' and f.valid @> p.ends_on
          join app.period q on q.frequency = f.frequency and q.starts_on >= p.starts_on and q.ends_on <= p.ends_on
                           and array_position('{month,quarter,half,nine_months,year}', q.frequency) <= coalesce(p.coarsest, 5)
    ), supply as materialized ( -- the coarsest one serves; flows add up over it, stocks and statuses are those of its last period
        select row_number() over () as sid, t.*
          from (select t.*, max(t.coarseness) over (partition by t.window_id, t.source_id) as best from tiling t where t.tiles) t
         where t.coarseness = t.best and (t.measure = 'flow' or t.is_last)
    ), reporter as materialized (
        select x.rid, x.id, x.parent_id, x.kind, x.window_id, x.single, x.in_reach
          from unnest(p_units, p_parents, p_kinds, p_windows, p_single, p_in_reach) with ordinality as x(id, parent_id, kind, window_id, single, in_reach, rid)
    ), accepted as materialized ( -- every accepted figure that is needed, once
        select v.unit_id::bigint << 32 | y.sid as key, v.invented, v.value, v.denominator as den, v.missing_reason, v.status
          from app.accepted_values(array(select distinct r.id from reporter r), array(select distinct y.form_id from supply y),
                                   array(select distinct y.from_id from supply y), array(select distinct y.source_id from supply y), p_how) v
          join supply y on y.form_id = v.form_id and y.from_id = v.period_id and y.source_id = v.indicator_id
    ), source as materialized ( -- one entered figure of one reporter for the asked window
        select r.rid << 32 | s.source_id as key,
               count(*) = count(a.value) + count(*) filter (where a.missing_reason = 'not_applicable') as complete,
               bool_and(coalesce(a.missing_reason = 'not_applicable', false)) as not_applicable,
               sum(a.value) as value, sum(a.den) as den,
               bool_or(a.status = 'ESTIMATE') as estimate, bool_or(a.status <> 'OFFICIAL') as provisional, bool_or(a.invented) as invented,
               bool_or(s.finer and s.measure = 'flow') as accumulated,
               bool_and(r.in_reach or b.id is not null) as visible,
               case when (p_how).explain then jsonb_agg(jsonb_build_object(
                   'form', (select f.code from app.form f where f.id = s.form_id), 'period', (select q.code from app.period q where q.id = s.from_id),
                   'value', a.value, 'denominator', a.den, 'missing_reason', a.missing_reason, 'status', a.status) order by s.from_id) end as reports
          from reporter r
          join supply s on s.window_id = r.window_id
          left join lateral (select y.id from app.publication y where y.unit_id = r.parent_id and y.form_id = s.form_id and y.period_id = s.from_id and not r.in_reach offset 0) b on true
          left join accepted a on a.key = (r.id::bigint << 32 | s.sid)
         group by r.rid, s.source_id
    ), part as materialized (   -- one asked figure of one reporter
        select r.rid, r.kind, r.single, n.aid,
               coalesce(bool_and(x.complete) filter (where n.side <> 'weight'), false) as own_complete,
               coalesce(bool_and(x.complete), false) as complete,
               bool_and(x.key is not null) as asked_for,
               coalesce(bool_and(x.not_applicable) filter (where n.side <> 'weight'), false) as not_applicable,
               coalesce(bool_and(x.visible), true) as visible,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'numerator') as num,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'denominator') as den,
               sum(x.value) filter (where n.side = 'weight') as weight, sum(x.den) as pair_den,
               bool_or(x.estimate) as estimate, bool_or(x.provisional) as provisional, bool_or(x.invented) as invented, bool_or(x.accumulated) as accumulated,
               case when (p_how).explain then jsonb_agg(jsonb_build_object(
                   'indicator', (select i.code from app.indicator i where i.id = n.source_id), 'side', n.side, 'coefficient', n.coefficient, 'counts', n.counts,
                   'value', trim_scale(x.value), 'reports', coalesce(x.reports, '[]')) order by n.side, n.source_id) end as sources
          from reporter r
          join need n on n.window_id = r.window_id
          left join source x on x.key = (r.rid << 32 | n.source_id)
         group by r.rid, r.kind, r.single, n.aid
    )
    select t.rid::int, a.indicator_id, a.window_id, a.version_id, a.aggregation,
           t.kind = any (a.applies_to) and t.asked_for, t.not_applicable, case when t.single then t.own_complete else t.complete end, t.visible,
           case when a.weight_id is not null and not t.single then t.num * t.weight else t.num end, -- a unit's own figure needs no weight
           case when a.weight_id is not null then case when t.single then 1 else t.weight end else coalesce(t.den, t.pair_den) end,
           t.weight, t.estimate, t.provisional, t.invented, t.accumulated, t.sources
      from part t join asked a on a.aid = t.aid;
end $$;
comment on function app.fractions is 'What single reporters say: units with their parent and kind in windows (by number), read as of their own or as a part of a sum; × indicators.';

-- The totals -----------------------------------------------------------------------------------------

create table app.receiver_total (
    receiver_id    int not null references app.unit,
    period_id      int not null references app.period,
    version_id     int not null references app.indicator_version,
    n              int not null,
    not_applicable int not null,
    top            numeric not null,
    bottom         numeric not null,
    bottoms        int not null,
    true_count     int not null,
    complete_count int not null,
    estimates      int not null,
    provisionals   int not null,
    invented       int not null,
    primary key (period_id, receiver_id, version_id)
);
create index receiver_total_version on app.receiver_total (version_id);
create index receiver_total_receiver on app.receiver_total (receiver_id);
comment on table app.receiver_total is 'What the accepted reports of a period sent to a unit add up to, a row a line: written by triggers alone, in the transaction of the step.  It repeats what the reports say, and is not audited itself.';
comment on column app.receiver_total.receiver_id is 'The parent of those who report, on the last day of the period.';
comment on column app.receiver_total.period_id is 'Period, of just this length: figures added up from shorter ones are not kept.';
comment on column app.receiver_total.version_id is 'Definition of the line.';
comment on column app.receiver_total.n is 'How many units have all parts of the figure.';
comment on column app.receiver_total.not_applicable is 'How many say that it does not apply to them, and so are not expected.';
comment on column app.receiver_total.top is 'Sum of the numerators.';
comment on column app.receiver_total.bottom is 'Sum of the denominators.';
comment on column app.receiver_total.bottoms is 'How many have a denominator.';
comment on column app.receiver_total.true_count is 'How many say yes.';
comment on column app.receiver_total.complete_count is 'How many have reached all of it: numerator at least the denominator.';
comment on column app.receiver_total.estimates is 'How many are estimates.';
comment on column app.receiver_total.provisionals is 'How many are not official yet.';
comment on column app.receiver_total.invented is 'How many were entered by demonstration accounts.';
alter table app.receiver_total enable row level security;
alter table app.receiver_total force row level security;
create policy guards on app.receiver_total to current_user using (true) with check (true);
create policy in_reach on app.receiver_total for select to thidua_api using
    (receiver_id in (select unnest(app.reach('received'))) or receiver_id in (select unnest(app.reach('accepted'))));
grant select on app.receiver_total to thidua_api;
create policy guards on app.submission for select to current_user using (true);       -- the triggers read what they add up
create policy guards on app.submission_value for select to current_user using (true);

create function app.lines_of(p_indicators int[], p_periods int[])
returns table (indicator_id int, window_id int, version_id int, applies_to text[], asked boolean, direct boolean)
language plpgsql stable rows 40 set work_mem = '256kB' as $$ -- arrays of unknown length, so that the plan is kept
#variable_conflict use_column
begin
    return query
    with line as materialized (
        select i.id as indicator_id, w.ord::int as window_id, p.ends_on, p.frequency, d.id as version_id, d.applies_to, d.weight_id
          from unnest((select p_indicators)) i(id)
         cross join (unnest((select p_periods)) with ordinality w(id, ord) join app.period p on p.id = w.id)
          join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
    ), source as materialized (
        select l.indicator_id, l.window_id, l.ends_on, l.frequency, coalesce(t.indicator_id, l.indicator_id) as source_id
          from line l left join app.indicator_term t on t.version_id = l.version_id
        union
        select l.indicator_id, l.window_id, l.ends_on, l.frequency, l.weight_id from line l where l.weight_id is not null
    ), known as (
        select s.indicator_id, s.window_id, coalesce(bool_or(s.asks), false) as asked, coalesce(bool_or(s.asks and s.form_frequency = s.frequency), false) as direct
          from (select s.*, x.frequency as form_frequency,
                       x.valid @> s.ends_on and v.valid @> s.ends_on and array_position('{month,quarter,half,nine_months,year}', x.frequency)
                                                                     <= array_position('{month,quarter,half,nine_months,year}', s.frequency) as asks
                  from source s
                  left join app.form_indicator x on x.indicator_id = s.source_id and x.level = 'commune'
                  left join app.indicator_version v on v.indicator_id = x.indicator_id) s
         group by s.indicator_id, s.window_id, s.source_id
    ), summed as (
        select k.indicator_id, k.window_id, bool_and(k.asked) as asked, bool_and(k.direct) as direct from known k group by k.indicator_id, k.window_id
    )
    select l.indicator_id, l.window_id, l.version_id, l.applies_to, k.asked, k.direct
      from line l join summed k on k.indicator_id = l.indicator_id and k.window_id = l.window_id;
end $$;
comment on function app.lines_of is 'Indicators × periods (by number), where defined: whether any form asks for all their parts, and whether forms of just that period do.';

create function app.totals_of(p_units int[], p_periods int[], p_how app.figures_how) returns setof app.receiver_total
language plpgsql stable as $$
#variable_conflict use_column
declare
    units int[]; parents int[]; kinds text[]; windows int[];
    starts constant date[] := array(select p.starts_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord);
    ends constant date[] := array(select p.ends_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord);
    indicators constant int[] := array(select distinct l.indicator_id from app.lines_of(array(select i.id from app.indicator i), p_periods) l where l.direct);
begin
    select array_agg(u.id), array_agg(x.parent_id), array_agg(u.kind), array_agg(w.ord)
      into units, parents, kinds, windows
      from unnest(ends) with ordinality w(day, ord)
     cross join unnest(p_units) r(id)
      join app.unit u on u.id = r.id and u.valid @> w.day
      join app.unit_kind k on k.code = u.kind and k.level = 'commune'
      join app.unit_parent x on x.unit_id = u.id and x.valid @> w.day;
    if units is null then
        return;
    end if;
    return query
    select r.parent_id, p_periods[f.window_id], f.version_id, (count(*) filter (where f.counted and not f.not_applicable))::int, (count(*) filter (where f.not_applicable))::int,
           coalesce(sum(f.top) filter (where f.counted and not f.not_applicable), 0), coalesce(sum(f.bottom) filter (where f.counted and not f.not_applicable), 0),
           (count(f.bottom) filter (where f.counted and not f.not_applicable))::int,
           (count(*) filter (where f.counted and not f.not_applicable and f.top >= 1))::int, (count(*) filter (where f.counted and not f.not_applicable and f.top >= f.bottom))::int,
           (count(*) filter (where f.counted and not f.not_applicable and f.estimate))::int, (count(*) filter (where f.counted and not f.not_applicable and f.provisional))::int,
           (count(*) filter (where f.counted and not f.not_applicable and f.invented))::int
      from app.fractions(units, parents, kinds, windows, array_fill(false, array[cardinality(units)]), array_fill(true, array[cardinality(units)]),
                         indicators, starts, ends, array_fill(null::int, array[cardinality(p_periods)]), p_how) f
      join app.lines_of(indicators, p_periods) l on l.indicator_id = f.indicator_id and l.window_id = f.window_id and l.direct
      join unnest(parents) with ordinality r(parent_id, rid) on r.rid = f.reporter
     where f.applies and (f.counted or f.not_applicable)
     group by r.parent_id, f.window_id, f.version_id;
end $$;
comment on function app.totals_of is 'What the accepted reports of units in periods add up to, computed from the figures, for each unit they report to.';

create function app.totals_rebuild() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    period int;
begin
    lock table app.receiver_total in share row exclusive mode; -- what another step adds meanwhile is computed here, or added after
    delete from app.receiver_total;
    for period in select distinct s.period_id from app.submission s where s.state = 'accepted' order by 1 loop
        insert into app.receiver_total
        select t.* from app.totals_of(array(select distinct s.unit_id from app.submission s where s.period_id = period and s.state = 'accepted'), array[period],
                                      row(null, false, false, null, null, null)) t;
    end loop;
end $$;
comment on function app.totals_rebuild is 'Computes all totals anew: after formulas, forms or anything but a step of a submission have changed.';
revoke execute on function app.totals_rebuild() from public;

create function app.totals_refresh(p_receivers int[]) returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    period int;
    units int[] := array(select distinct x.unit_id from app.unit_parent x where x.parent_id = any (p_receivers));
begin
    lock table app.receiver_total in share row exclusive mode;
    for period in select t.period_id from app.receiver_total t where t.receiver_id = any (p_receivers)
                  union select s.period_id from app.submission s where s.unit_id = any (units) and s.state = 'accepted' order by 1 loop
        delete from app.receiver_total t where t.receiver_id = any (p_receivers) and t.period_id = period;
        insert into app.receiver_total
        select t.* from app.totals_of(units, array[period], row(null, false, false, null, null, null)) t where t.receiver_id = any (p_receivers);
    end loop;
end $$;
comment on function app.totals_refresh is 'Computes the totals of some receivers anew: units have come to them or gone.';
revoke execute on function app.totals_refresh(int[]) from public;

create function app.totals_kept() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    sign constant int := case when new.state = 'accepted' then 1 else -1 end;
begin
    insert into app.receiver_total as t
    select x.receiver_id, x.period_id, x.version_id, sum(x.sign * x.n), sum(x.sign * x.not_applicable), sum(x.sign * x.top), sum(x.sign * x.bottom), sum(x.sign * x.bottoms),
           sum(x.sign * x.true_count), sum(x.sign * x.complete_count), sum(x.sign * x.estimates), sum(x.sign * x.provisionals), sum(x.sign * x.invented)
      from (select sign as sign, w.* from app.totals_of(array[new.unit_id], array[new.period_id], row(null, false, false, null, new.id, null)) w
            union all
            select -sign, w.* from app.totals_of(array[new.unit_id], array[new.period_id], row(null, false, false, null, null, new.id)) w) x
     group by x.receiver_id, x.period_id, x.version_id
     order by x.receiver_id, x.period_id, x.version_id
    on conflict (period_id, receiver_id, version_id) do update
       set n = t.n + excluded.n, not_applicable = t.not_applicable + excluded.not_applicable, top = t.top + excluded.top, bottom = t.bottom + excluded.bottom,
           bottoms = t.bottoms + excluded.bottoms, true_count = t.true_count + excluded.true_count, complete_count = t.complete_count + excluded.complete_count,
           estimates = t.estimates + excluded.estimates, provisionals = t.provisionals + excluded.provisionals, invented = t.invented + excluded.invented;
    return null;
end $$;
comment on function app.totals_kept is 'Adds to the totals what a submission changes by being accepted, and takes it away when it is opened again: what its unit says with it, less what it says without it.';
create trigger totals_kept after update on app.submission for each row
    when (old.state is distinct from new.state and 'accepted' in (old.state, new.state)) execute function app.totals_kept();

create function app.totals_without() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    perform app.totals_refresh(array(select distinct x.parent_id from gone g join app.unit_parent x on x.unit_id = g.unit_id where g.state = 'accepted'));
    return null;
end $$;
comment on function app.totals_without is 'Totals without the submissions that were deleted, which no operation does.';
create trigger totals_without after delete on app.submission referencing old table as gone for each statement execute function app.totals_without();

create function app.totals_moved() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        perform app.totals_refresh(array(select distinct c.parent_id from come c));
    elsif tg_op = 'DELETE' then
        perform app.totals_refresh(array(select distinct g.parent_id from gone g));
    else
        perform app.totals_refresh(array(select g.parent_id from gone g union select c.parent_id from come c));
    end if;
    return null;
end $$;
comment on function app.totals_moved is 'Totals after a reorganisation: of the units that others have come to, or gone from.';
create trigger totals_moved_in after insert on app.unit_parent referencing new table as come for each statement execute function app.totals_moved();
create trigger totals_moved after update on app.unit_parent referencing old table as gone new table as come for each statement execute function app.totals_moved();
create trigger totals_moved_out after delete on app.unit_parent referencing old table as gone for each statement execute function app.totals_moved();

create function app.totals_of_life() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    perform app.totals_refresh(array(select distinct x.parent_id from gone g join come c on c.id = g.id join app.unit_parent x on x.unit_id = g.id
                                      where (g.kind, g.valid) is distinct from (c.kind, c.valid)));
    return null;
end $$;
comment on function app.totals_of_life is 'Totals after a unit''s life or kind has changed.';
create trigger totals_of_life after update on app.unit referencing old table as gone new table as come for each statement execute function app.totals_of_life();

create function app.totals_redefined() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    changed boolean;
begin
    if tg_op = 'INSERT' then
        changed := exists (select from come);
    elsif tg_op = 'DELETE' then
        changed := exists (select from gone);
    else
        changed := exists (table come except table gone);
    end if;
    if changed and exists (select from app.submission s where s.state = 'accepted') then
        perform app.totals_rebuild();
    end if;
    return null;
end $$;
comment on function app.totals_redefined is 'Totals after definitions, forms or the days of periods have changed.';
create trigger totals_defined after insert on app.indicator_version referencing new table as come for each statement execute function app.totals_redefined();
create trigger totals_redefined after update on app.indicator_version referencing old table as gone new table as come for each statement execute function app.totals_redefined();
create trigger totals_defined after insert on app.indicator_term referencing new table as come for each statement execute function app.totals_redefined();
create trigger totals_redefined after update on app.indicator_term referencing old table as gone new table as come for each statement execute function app.totals_redefined();
create trigger totals_undefined after delete on app.indicator_term referencing old table as gone for each statement execute function app.totals_redefined();
create trigger totals_asked after insert on app.form_indicator referencing new table as come for each statement execute function app.totals_redefined();
create trigger totals_asked_otherwise after update on app.form_indicator referencing old table as gone new table as come for each statement execute function app.totals_redefined();
create trigger totals_asked_no_more after delete on app.form_indicator referencing old table as gone for each statement execute function app.totals_redefined();
do $$ begin perform app.totals_rebuild(); end $$;

-- The aggregate --------------------------------------------------------------------------------------

create function app.picked(p_all anyarray, p_which int[]) returns anyarray
language plpgsql immutable parallel safe as $$
begin
    return array(select p_all[w.i] from unnest(p_which) with ordinality w(i, ord) order by w.ord);
end $$;
comment on function app.picked is 'These elements of an array, in this order.';

create type app.node_total as (
    node_id int, indicator_id int, window_id int, single boolean, visible boolean, expected int, n int, top numeric, bottom numeric,
    true_count int, complete_count int, estimate boolean, provisional boolean, invented boolean, accumulated boolean,
    recast boolean, split boolean, stuck boolean, inputs jsonb);
comment on type app.node_total is 'What the units of a node say together of a line in a window (by number).  Single: it is one unit''s own figure; recast, split: of other boundaries, by shares; stuck: they do not allow it.';

create function app.totals_read(p_nodes int[], p_roots int[], p_valid daterange[], p_indicators int[], p_windows int[], p_periods int[]) returns setof app.node_total
language plpgsql stable as $$ -- arrays of unknown length, so that the plan is kept
#variable_conflict use_column
begin
    if cardinality(p_periods) = 0 then
        return;
    end if;
    return query
    with recursive span as materialized (
        select x.ord::int as window_id, p.id as period_id, p.ends_on from unnest((select p_periods)) with ordinality x(id, ord) join app.period p on p.id = x.id
    ), upper as materialized (
        select array_agg(k.code) filter (where k.level in ('province', 'district')) as kinds, array_agg(k.code) filter (where k.level = 'commune') as communes from app.unit_kind k
    ), stand as ( -- on the last days of the periods
        select x.node, w.window_id, w.ends_on, u.id, u.kind, null::int as parent_id
          from unnest((select p_nodes), (select p_roots), (select p_valid)) x(node, root, valid)
         cross join span w
         cross join lateral (select y.id, y.kind from app.unit y where y.id = x.root and x.valid @> w.ends_on offset 0) u
        union
        select s.node, s.window_id, s.ends_on, c.id, c.kind, s.id
          from stand s
         cross join lateral (select u.id, u.kind from app.unit_parent y join app.unit u on u.id = y.unit_id and (u.valid @> s.ends_on or u.kind = any ((select kinds from upper)::text[]))
                              where y.parent_id = s.id and (y.valid @> s.ends_on) is true offset 0) c
         where s.kind = any ((select kinds from upper)::text[])
    ), reporter as materialized (
        select s.node, s.window_id, s.parent_id, s.kind, count(*) as communes from stand s where s.kind = any ((select communes from upper)::text[]) and s.parent_id is not null
         group by s.node, s.window_id, s.parent_id, s.kind
    ), fit as materialized ( -- nodes above communes, of which the caller sees every receiver
        select s.node from stand s group by s.node having bool_and(s.parent_id is not null or s.kind = any ((select kinds from upper)::text[]))
        except
        select r.node from reporter r
         where r.parent_id not in (select unnest(app.reach('received'))) and r.parent_id not in (select unnest(app.reach('accepted')))
    ), line as materialized ( -- lines that every period has totals of
        select l.* from (select l.*, count(*) over (partition by l.indicator_id) as windows from app.lines_of(p_indicators, p_periods) l where l.direct or not l.asked) l
         where l.windows = cardinality(p_periods)
    ), staff as materialized (
        select r.node, r.window_id, r.kind, sum(r.communes) as communes from reporter r group by r.node, r.window_id, r.kind
    ), total as materialized (
        select r.node, r.window_id, t.version_id, sum(t.n)::int as n, sum(t.not_applicable)::int as not_applicable, sum(t.top) as top, sum(t.bottom) as bottom,
               sum(t.bottoms) as bottoms, sum(t.true_count)::int as true_count, sum(t.complete_count)::int as complete_count,
               sum(t.estimates) > 0 as estimate, sum(t.provisionals) > 0 as provisional, sum(t.invented) > 0 as invented
          from (select distinct r.node, r.window_id, r.parent_id from reporter r) r
          join span w on w.window_id = r.window_id
         cross join lateral (select y.* from app.receiver_total y where y.receiver_id = r.parent_id and y.period_id = w.period_id offset 0) t
         group by r.node, r.window_id, t.version_id
    )
    select f.node, l.indicator_id, (select p_windows)[l.window_id], false, true,
           case when l.asked then coalesce((select sum(s.communes) from staff s where s.node = f.node and s.window_id = l.window_id and s.kind = any (l.applies_to)), 0)::int
                                  - coalesce(t.not_applicable, 0) else 0 end,
           coalesce(t.n, 0), case when t.n > 0 then t.top end, case when t.bottoms > 0 then t.bottom end, t.true_count, t.complete_count,
           t.estimate, t.provisional, t.invented, false, false, false, false, null::jsonb
      from fit f
     cross join line l
      left join total t on t.node = f.node and t.window_id = l.window_id and t.version_id = l.version_id;
end $$;
comment on function app.totals_read is 'What kept totals say of nodes × indicators × periods, for those nodes and indicators that they can speak of: none but nodes above the communes, wholly in the caller''s reach, and lines of just these periods'' forms.';

create function app.totals_computed(p_nodes int[], p_roots int[], p_valid daterange[], p_indicators int[], p_windows int[], p_from date[], p_to date[], p_coarsest int[], p_how app.figures_how)
returns setof app.node_total
language plpgsql stable set enable_nestloop = off as $$ -- as app.fractions
#variable_conflict use_column
begin
    if cardinality(p_nodes) * cardinality(p_indicators) * cardinality(p_windows) = 0 then
        return;
    end if;
    return query
    with recursive node as materialized (
        select x.id, x.root, x.valid from unnest(p_nodes, p_roots, p_valid) as x(id, root, valid)
    ), lone as materialized ( -- a node that is one unit
        select x.id, min(x.root) as root from node x group by x.id having count(*) = 1
    ), days as materialized (
        select x.id::int as window_id, x.ends_on from unnest(p_to) with ordinality as x(ends_on, id)
    ), below as ( -- within the boundaries of the window's last day, or of the day asked for
        select x.id as node_id, p.window_id, p.ends_on, coalesce((p_how).boundaries, p.ends_on) as day, x.root as id
          from node x join days p on x.valid @> coalesce((p_how).boundaries, p.ends_on)
        union
        select b.node_id, b.window_id, b.ends_on, b.day, x.unit_id
          from below b cross join lateral (select y.unit_id from app.unit_parent y where y.parent_id = b.id and (y.valid @> b.day) is true offset 0) x
    ), standing as materialized ( -- which communes of the window stand for the node, with what share of theirs
        select b.node_id, b.window_id, b.ends_on, b.id, 1::numeric as share, true as same, true as fits from below b where (p_how).boundaries is null
        union all
        select b.node_id, b.window_id, b.ends_on, r.source, least(sum(r.share), max(r.parts)), bool_and(r.source = r.target),
               case when b.ends_on <= (p_how).boundaries then true else count(*) = max(r.parts) end
          from (select distinct d.ends_on from days d) d
         cross join lateral app.recast_from(d.ends_on, (p_how).boundaries) r
          join below b on b.ends_on = d.ends_on and b.id = r.target
         where (p_how).boundaries is not null
         group by b.node_id, b.window_id, b.ends_on, r.source
    ), reporter as materialized ( -- who is expected to report: commune-level units alive on the window's last day
        select row_number() over () as rid, b.node_id, b.window_id, b.id, u.kind, x.parent_id,
               case when b.ends_on <= coalesce((p_how).boundaries, b.ends_on) then b.share else 1 end as share, b.same, b.fits,
               coalesce(b.same and l.root = b.id and ((p_how).boundaries is null or count(*) over (partition by b.node_id, b.window_id) = 1), false) as single,
               b.id = any ((select app.reach('own'))::int[]) or x.parent_id = any ((select app.reach('received'))::int[])
               or x.parent_id = any ((select app.reach('accepted'))::int[]) as in_reach
          from standing b
         cross join lateral (select y.kind from app.unit y where y.id = b.id and (y.valid @> b.ends_on) is true offset 0) u
          join app.unit_kind k on k.code = u.kind and k.level = 'commune'
          left join lone l on l.id = b.node_id
          left join lateral (select y.parent_id from app.unit_parent y where y.unit_id = b.id and (y.valid @> b.ends_on) is true offset 0) x on true
    ), fraction as materialized (
        select f.*, f.applies and not f.not_applicable as expected, f.applies and not f.not_applicable and f.counted as included
          from app.fractions(array(select r.id from reporter r order by r.rid), array(select r.parent_id from reporter r order by r.rid), array(select r.kind from reporter r order by r.rid),
                             array(select r.window_id from reporter r order by r.rid), array(select r.single from reporter r order by r.rid),
                             array(select r.in_reach from reporter r order by r.rid), p_indicators, p_from, p_to, p_coarsest, p_how) f
    )
    select r.node_id, f.indicator_id, p_windows[f.window_id], bool_or(r.single), bool_and(f.visible),
           (count(*) filter (where f.expected))::int, (count(*) filter (where f.included))::int,
           sum(r.share * f.top) filter (where f.included), sum(r.share * f.bottom) filter (where f.included),
           (count(*) filter (where f.included and f.top >= 1))::int, (count(*) filter (where f.included and f.top >= f.bottom))::int,
           bool_or(f.estimate) filter (where f.included), bool_or(f.provisional) filter (where f.included),
           bool_or(f.invented) filter (where f.included), bool_or(f.accumulated) filter (where f.included),
           not bool_and(r.same), bool_or(r.share <> 1),
           not bool_and(r.fits) or (not bool_and(r.same) and bool_or(f.aggregation in ('count_true', 'count_complete'))),
           case when (p_how).explain and bool_and(f.visible) then jsonb_agg(jsonb_build_object(
               'share', r.share, 'unit', (select u.code from app.unit u where u.id = r.id), 'expected', f.expected, 'counted', f.included,
               'numerator', case when f.included then trim_scale(r.share * f.top) end, 'denominator', case when f.included then trim_scale(r.share * f.bottom) end,
               'weight', case when f.included then f.weight end, 'sources', f.sources)
               order by (select u.code from app.unit u where u.id = r.id)) end
      from fraction f join reporter r on r.rid = f.reporter
     group by r.node_id, f.indicator_id, f.window_id;
end $$;
comment on function app.totals_computed is 'The same of any nodes and windows, from the figures.';

create function app.cells(p_nodes int[], p_roots int[], p_valid daterange[], p_indicators int[], p_from date[], p_to date[], p_coarsest int[], p_how app.figures_how)
returns table (node_id int, indicator_id int, window_id int, d app.indicator_version, value numeric, n int, expected int,
               numerator numeric, denominator numeric, flags text[], why text, inputs jsonb)
language plpgsql stable as $$
#variable_conflict use_column
declare
    whole int[] := '{}';   -- numbers of the windows that are a period, and these periods
    periods int[] := '{}';
    others int[];
    known app.node_total[] := '{}';
    lines int[];           -- that totals speak of
    rest int[];            -- places of the nodes that they do not speak of
begin
    if (p_how).as_of is null and not (p_how).submitted_too and not (p_how).explain and (p_how).boundaries is null then
        select coalesce(array_agg(w.ord::int order by w.ord), '{}'), coalesce(array_agg(p.id order by w.ord), '{}') into whole, periods
          from unnest((select p_from), (select p_to), (select p_coarsest)) with ordinality w(starts_on, ends_on, coarsest, ord)
          join app.period p on p.starts_on = w.starts_on and p.ends_on = w.ends_on
         where w.coarsest is null;
        known := array(select t from app.totals_read(p_nodes, p_roots, p_valid, p_indicators, whole, periods) t);
    end if;
    others := array(select w.ord from generate_subscripts(p_from, 1) w(ord) where w.ord <> all (whole));
    lines := array(select i.id from unnest(p_indicators) i(id) where i.id in (select t.indicator_id from unnest(known) t));
    rest := array(select x.ord from unnest(p_nodes) with ordinality x(id, ord) where x.id not in (select t.node_id from unnest(known) t));
    if cardinality(others) > 0 then
        known := known || array(select t from app.totals_computed(p_nodes, p_roots, p_valid, p_indicators, others, app.picked(p_from, others), app.picked(p_to, others),
                                                                  app.picked(p_coarsest, others), p_how) t);
    end if;
    if cardinality(whole) > 0 and cardinality(lines) < cardinality(p_indicators) then
        known := known || array(select t from app.totals_computed(p_nodes, p_roots, p_valid, array(select i.id from unnest(p_indicators) i(id) where i.id <> all (lines)),
                                                                  whole, app.picked(p_from, whole), app.picked(p_to, whole), app.picked(p_coarsest, whole), p_how) t);
    end if;
    if cardinality(whole) > 0 and cardinality(lines) > 0 and cardinality(rest) > 0 then
        known := known || array(select t from app.totals_computed(app.picked(p_nodes, rest), app.picked(p_roots, rest), app.picked(p_valid, rest), lines,
                                                                  whole, app.picked(p_from, whole), app.picked(p_to, whole), app.picked(p_coarsest, whole), p_how) t);
    end if;
    return query
    with said as materialized (
        select t.* from unnest((select known)) t
    ), asked as materialized (
        select i.id as indicator_id, w.id::int as window_id, v.id as version_id
          from unnest((select p_indicators)) i(id) cross join unnest((select p_to)) with ordinality w(ends_on, id)
          left join lateral (select y.id from app.indicator_version y where y.indicator_id = i.id and y.valid @> w.ends_on offset 0) v on true
    ), summed as (
        select u.id as node_id, a.indicator_id, a.window_id, d, d.weight_id is not null as mean, d.weight_id is not null and t.single as own_mean,
               t.visible, coalesce(t.expected, 0) as expected, coalesce(t.n, 0) as n, t.estimate, t.provisional, t.invented, t.accumulated, t.inputs, t.recast, t.split, t.stuck,
               case when t.n = 0 or not t.visible or t.stuck then null when t.single then t.top
                    when d.aggregation = 'count_true' then t.true_count when d.aggregation = 'count_complete' then t.complete_count
                    else t.top end as top,
               case when t.n = 0 or not t.visible or t.stuck then null when t.single then t.bottom
                    when d.aggregation in ('count_true', 'count_complete') then t.n else t.bottom end as bottom
          from (select distinct x.id from unnest((select p_nodes)) x(id)) u
         cross join asked a
          left join app.indicator_version d on d.id = a.version_id -- not defined yet: nobody is expected to report it
          left join said t on t.node_id = u.id and t.indicator_id = a.indicator_id and t.window_id = a.window_id
    )
    select s.node_id, s.indicator_id, s.window_id, s.d,
           case when s.own_mean then trim_scale(s.top) when s.split and (s.d).result = 'total' then trim_scale(round(s.top, (s.d).decimals)) else app.figure_value(s.d, s.top, s.bottom) end,
           case when s.visible is false then null else s.n end, s.expected,
           case when s.bottom is not null and not s.own_mean then trim_scale(s.top) end, case when not s.own_mean then trim_scale(s.bottom) end,
           case when s.top is null then '{}'::text[] else array_remove(array[
               case when s.n < s.expected then 'partial' end,
               case when s.estimate or (s.mean and not s.own_mean) or s.split then 'estimate' end,
               case when s.provisional then 'provisional' end,
               case when s.accumulated then 'accumulated' end,
               case when s.recast then 'recast' end,
               case when s.invented then 'invented' end], null) end,
           case when s.expected = 0 then 'not_expected' when s.visible is false then 'not_published'
                when s.n = 0 then 'not_reported' when s.stuck then 'not_recastable'
                when (s.d).result = 'ratio' and not s.own_mean and coalesce(s.bottom, 0) = 0 then 'zero_denominator' end,
           s.inputs
      from summed s;
end $$;
comment on function app.cells is 'The aggregate: nodes × indicators × windows from accepted submissions alone.  Sums for flows and stocks, ratio of sums for rates, a weighted mean for income, counts for statuses; never a mean of rates.  Missing is not zero: n of expected units reported, and a null says why.  What kept totals can say, they say.';

create function app.cells(p_units int[], p_indicators int[], p_periods int[])
returns table (unit_id int, indicator_id int, period_id int, d app.indicator_version, value numeric, n int, expected int,
               numerator numeric, denominator numeric, flags text[], why text)
language sql stable
begin atomic
    select c.node_id, c.indicator_id, p_periods[c.window_id], c.d, c.value, c.n, c.expected, c.numerator, c.denominator, c.flags, c.why
      from app.cells(p_units, p_units, array(select '(,)'::daterange from unnest(p_units)), p_indicators,
                     array(select p.starts_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord),
                     array(select p.ends_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord),
                     array_fill(null::int, array[cardinality(p_periods)]),
                     row(null, false, false, null, null, null)) c;
end;
comment on function app.cells(int[], int[], int[]) is 'The same of single units and reporting periods, now.';

-- The query, its selectors read once ------------------------------------------------------------------

drop function app.data_faults, app.node_days;
create or replace function app.select_windows(p_selector text, p_now timestamptz)
returns table (ord bigint, code text, starts_on date, ends_on date, coarsest int, made boolean, fault jsonb)
language plpgsql stable as $$ -- whose plan is kept
#variable_conflict use_column
begin
    return query
    with token as (
        select t.text, t.ord, regexp_match(t.text, '^([0-9A-Za-z-]+)\.\.([0-9A-Za-z-]+)$') as ends,
               regexp_match(t.text, '^last\(\s*([0-9]{1,3})\s*,\s*(month|quarter|half|nine_months|year)\s*\)$') as latest,
               app.selector_argument(t.text, 'ytd') as until
          from app.selectors(p_selector) t
    ), found as (
        select t.ord, t.text, p.code::text as code, p.starts_on, p.ends_on, p.starts_on as rank, p.frequency, false as made
          from token t
          join app.period a on a.code = coalesce(t.ends[1], t.text)
          join app.period z on z.code = coalesce(t.ends[2], t.text)
          join app.period p on p.frequency = a.frequency and a.frequency = z.frequency and p.starts_on between a.starts_on and z.starts_on
         where t.latest is null and t.until is null
        union all
        select t.ord, t.text, p.code::text, p.starts_on, p.ends_on, p.starts_on, p.frequency, false
          from token t
         cross join lateral (select q.* from app.period q where q.frequency = t.latest[2] and q.ends_on < (p_now at time zone 'Asia/Ho_Chi_Minh')::date
                              order by q.ends_on desc limit t.latest[1]::int) p
         where t.latest is not null
        union all
        select t.ord, t.text, 'ytd(' || p.code || ')', y.starts_on, p.ends_on, p.starts_on, p.frequency, true
          from token t join app.period p on p.code = t.until
          join app.period y on y.frequency = 'year' and y.year = p.year
         where t.until is not null and y.starts_on <= p.starts_on and p.ends_on <= y.ends_on
    ), ranked as (
        select min(f.rank_of) as ord, f.code, f.starts_on, f.ends_on, array_position('{month,quarter,half,nine_months,year}', f.frequency) as coarsest, f.made
          from (select f.*, row_number() over (order by f.ord, f.rank) as rank_of from found f) f
         group by f.code, f.starts_on, f.ends_on, f.frequency, f.made
    )
    select r.ord, r.code, r.starts_on, r.ends_on, r.coarsest, r.made, null::jsonb from ranked r
    union all
    select t.ord, null, null, null, null, null, app.parameter_fault('period', 'unknown-period', jsonb_build_object('period', left(t.text, 64)))
      from token t where t.latest is null and not exists (select from found f where f.ord = t.ord)
    union all
    select t.ord, null, null, null, null, null, app.parameter_fault('period', 'no-period-yet', jsonb_build_object('period', left(t.text, 64)))
      from token t where t.latest is not null and not exists (select from found f where f.ord = t.ord)
    union all
    select null, null, null, null, null, null, app.parameter_fault('period', 'missing-parameter') where p_selector is null;
end $$;

create or replace function app.select_lines(p_selector text) returns table (ord bigint, indicator_id int, measure text, fault jsonb)
language plpgsql stable as $$ -- whose plan is kept
#variable_conflict use_column
begin
    return query
    with token as (
        select t.text, t.ord, coalesce(substring(t.text from '\.([a-z]+)$'), 'value') as measure, regexp_replace(t.text, '\.[a-z]+$', '') as name
          from app.selectors(p_selector) t
    ), found as (
        select t.ord, i.id, t.measure, i.sort_order from token t join app.indicator i on i.code = t.name
        union all
        select t.ord, c.id, t.measure, c.sort_order
          from token t join app.indicator p on p.code = app.selector_argument(t.name, 'children') join app.indicator c on c.parent_id = p.id
        union all
        select t.ord, i.id, t.measure, i.sort_order from token t join app.indicator i on i.section = app.selector_argument(t.name, 'section')
        union all
        select t.ord, i.id, t.measure, i.sort_order
          from token t join app.form f on f.code = app.selector_argument(t.name, 'form') join app.form_indicator x on x.form_id = f.id join app.indicator i on i.id = x.indicator_id
    ), ranked as (
        select min(f.rank_of) as ord, f.id, f.measure
          from (select f.*, row_number() over (order by f.ord, f.sort_order) as rank_of from found f) f
         group by f.id, f.measure
    )
    select r.ord, r.id, r.measure, null::jsonb from ranked r where r.measure in ('value', 'target', 'achievement', 'coverage', 'rank')
    union all
    select i.sort_order, i.id, 'value', null from app.indicator i where p_selector is null and i.kind <> 'base'
    union all
    select t.ord, null, null, app.parameter_fault('indicator', 'unknown-indicator', jsonb_build_object('indicator', left(t.name, 64)))
      from token t where not exists (select from found f where f.ord = t.ord)
    union all
    select t.ord, null, null, app.parameter_fault('indicator', 'unknown-suffix', jsonb_build_object('suffix', t.measure, 'choices', 'target, achievement, coverage, rank'))
      from token t where t.measure not in ('value', 'target', 'achievement', 'coverage', 'rank');
end $$;

create or replace function app.select_nodes(p_selector text, p_days date[])
returns table (ord bigint, node text, name text, root int, valid daterange, fault jsonb)
language plpgsql stable as $$ -- whose plan is kept
#variable_conflict use_column
begin
    return query
    with token as (
        select t.text, t.ord, app.selector_argument(t.text, 'group') as group_code,
               coalesce(app.selector_argument(t.text, 'children'), (regexp_match(t.text, '^descendants\(\s*([^(),]*?)\s*,\s*[a-z]+\s*\)$'))[1]) as parent,
               (regexp_match(t.text, '^descendants\([^(),]*,\s*(province|district|commune|village)\s*\)$'))[1] as level,
               t.text like 'descendants(%' as deep
          from app.selectors(p_selector) t
    ), stem as ( -- children(X) and descendants(X, level) of a unit, or of what a group had
        select t.ord, t.deep, t.level, u.id, '(,)'::daterange as valid from token t join app.unit u on u.code = t.parent
        union all
        select t.ord, t.deep, t.level, m.unit_id, m.valid from token t join app.unit_group g on g.code = t.parent join app.unit_group_member m on m.group_id = g.id
    ), chosen as (
        select t.ord, u.code::text as node, app.unit_name_on(u.id, (select max(d) from unnest(p_days) d)) as name, u.id as root, '(,)'::daterange as valid
          from token t join app.unit u on u.code = t.text
        union all
        select t.ord, g.code::text, g.name_vi::text, m.unit_id, m.valid
          from token t join app.unit_group g on g.code = t.group_code join app.unit_group_member m on m.group_id = g.id
        union all
        select distinct s.ord, c.code::text, app.unit_name_on(c.id, (select max(d) from unnest(p_days) d)), c.id, '(,)'::daterange
          from stem s
         cross join lateral unnest(p_days) as day(d)
          join app.unit_parent x on x.parent_id = s.id and x.valid @> day.d
          join app.unit c on c.id = x.unit_id and c.valid @> day.d
         where not s.deep and s.valid @> day.d
        union all
        select distinct s.ord, c.code::text, app.unit_name_on(c.id, (select max(d) from unnest(p_days) d)), c.id, '(,)'::daterange
          from stem s
         cross join lateral unnest(p_days) as day(d)
         cross join lateral unnest(app.unit_ids_below(s.id, day.d)) as b(id)
          join app.unit c on c.id = b.id and c.valid @> day.d
          join app.unit_kind k on k.code = c.kind and k.level = s.level
         where s.deep and s.valid @> day.d
    ), ranked as (
        select c.node, min(c.rank) as ord from (select c.node, row_number() over (order by c.ord, c.node) as rank from chosen c) c group by c.node
    )
    select distinct r.ord, c.node, c.name, c.root, c.valid, null::jsonb from chosen c join ranked r on r.node = c.node
    union all
    select t.ord, null, null, null, null, case when t.deep and t.level is null then app.parameter_fault('unit', 'unknown-level', jsonb_build_object('unit', left(t.text, 80)))
                                              when t.group_code is not null then app.parameter_fault('unit', 'unknown-group', jsonb_build_object('group', left(t.group_code, 64)))
                                              else app.parameter_fault('unit', 'unknown-unit', jsonb_build_object('unit', left(coalesce(t.parent, t.text), 64))) end
      from token t
     where not exists (select from chosen c where c.ord = t.ord) and not exists (select from stem s where s.ord = t.ord and (not s.deep or s.level is not null))
    union all
    select null, null, null, null, null, app.parameter_fault('unit', 'missing-parameter') where p_selector is null;
end $$;

alter type app.data_frame add attribute faults jsonb;

create function app.fault_of(p_fault jsonb, p_ord bigint) returns jsonb
language plpgsql immutable parallel safe as $$
begin
    return p_fault || case when p_ord is not null then jsonb_build_object('nth', p_ord - 1) else '{}' end;
end $$;
comment on function app.fault_of is 'A fault with the place of its selector among those sent, for the pointer into a body.';

create or replace function app.refuse_query(p_faults jsonb, p_in_body boolean) returns boolean
language plpgsql as $$
begin
    if p_in_body then
        return app.refuse((select coalesce(jsonb_agg(f - '{parameter,nth}'::text[] || jsonb_build_object('pointer', concat_ws('/', '', f ->> 'parameter', f ->> 'nth'))), '[]')
                             from jsonb_array_elements(p_faults) f));
    end if;
    return app.refuse_parameters((select coalesce(jsonb_agg(f - 'nth'), '[]') from jsonb_array_elements(p_faults) f));
end $$;

create function app.query_faults(q app.data_query) returns setof jsonb
language plpgsql stable as $$
begin
    return query
    select app.parameter_fault('as_of', 'in-future', '{}') where app.as_of_instant(q.as_of) > now()
    union all
    select app.parameter_fault('boundaries', 'not-boundaries', '{}') where q.boundaries not in ('as_reported', 'current') and app.date_or_null(q.boundaries) is null
    union all
    select app.parameter_fault('boundaries', 'in-future', '{}') where app.boundaries_day(q.boundaries) > app.boundaries_day('current')
    union all
    select app.parameter_fault('as_of', 'not-an-instant', '{}') where q.as_of is not null and app.as_of_instant(q.as_of) is null
    union all
    select app.parameter_fault('status', 'not-as-of', '{}') where q.as_of is not null and q.status = 'submitted'
    union all
    select app.parameter_fault('collapse', 'not-a-choice', '{"choices": "unit, period"}')
     where exists (select from app.selectors(q.collapse) c where c.text not in ('unit', 'period'));
end $$;
comment on function app.query_faults is 'What is wrong with a query beside its selectors.';

create or replace function app.data_frame(q app.data_query) returns app.data_frame
language plpgsql stable as $$
declare
    f app.data_frame;
    together constant text[] := array(select c.text from app.selectors(q.collapse) c);
    bounds constant date := app.boundaries_day(q.boundaries);
    of_windows jsonb;
    of_nodes jsonb;
    of_lines jsonb;
begin
    with chosen as materialized (
        select w.* from app.select_windows(q.period, coalesce(app.as_of_instant(q.as_of), now())) w
    )
    select coalesce(array_agg(w.code order by w.ord) filter (where w.fault is null), '{}'), coalesce(array_agg(w.starts_on order by w.ord) filter (where w.fault is null), '{}'),
           coalesce(array_agg(w.ends_on order by w.ord) filter (where w.fault is null), '{}'),
           coalesce(array_agg(case when w.made or 'period' = any (together) then w.coarsest end order by w.ord) filter (where w.fault is null), '{}'),
           coalesce(jsonb_agg(app.fault_of(w.fault, w.ord)) filter (where w.fault is not null), '[]')
           || case when 'period' = any (together) and sum(w.ends_on - w.starts_on + 1) <> max(w.ends_on) - min(w.starts_on) + 1
                   then jsonb_build_array(app.parameter_fault('period', 'periods-not-adjacent', '{}')) else '[]' end
      into f.windows, f.starts, f.ends, f.coarsest, of_windows
      from chosen w;
    with chosen as materialized (
        select dense_rank() over (order by n.ord)::int as id, n.* from app.select_nodes(q.unit, case when bounds is not null then array[bounds] else f.ends end) n
    ), named as (
        select distinct c.id, c.node, c.name from chosen c where c.fault is null
    )
    select coalesce((select array_agg(n.node order by n.id) from named n), '{}'), coalesce((select array_agg(n.name order by n.id) from named n), '{}'),
           coalesce(array_agg(c.id order by c.id, c.root) filter (where c.fault is null), '{}'), coalesce(array_agg(c.root order by c.id, c.root) filter (where c.fault is null), '{}'),
           coalesce(array_agg(c.valid order by c.id, c.root) filter (where c.fault is null), '{}'), coalesce(jsonb_agg(app.fault_of(c.fault, c.ord)) filter (where c.fault is not null), '[]')
      into f.nodes, f.names, f.node, f.root, f.valid, of_nodes
      from chosen c;
    if 'period' = any (together) and cardinality(f.windows) > 0 then
        f.windows := array[(select w from unnest(f.windows, f.starts) as x(w, s) order by s limit 1) || '..' || (select w from unnest(f.windows, f.ends) as x(w, e) order by e desc limit 1)];
        f.starts := array[(select min(s) from unnest(f.starts) s)];
        f.ends := array[(select max(e) from unnest(f.ends) e)];
        f.coarsest := array[(select max(c) from unnest(f.coarsest) c)];
    end if;
    if 'unit' = any (together) and cardinality(f.nodes) > 0 then
        f.node := array_fill(1, array[cardinality(f.node)]);
        f.nodes := array['*'];
        f.names := array[left(q.unit, 200)];
    end if;
    select coalesce(array_agg(l.indicator_id order by l.ord) filter (where l.fault is null), '{}'), coalesce(array_agg(l.measure order by l.ord) filter (where l.fault is null), '{}'),
           coalesce(jsonb_agg(app.fault_of(l.fault, l.ord)) filter (where l.fault is not null), '[]')
      into f.indicators, f.measures, of_lines
      from app.select_lines(q.indicator) l;
    f.faults := (select coalesce(jsonb_agg(x), '[]') from app.query_faults(q) x) || of_nodes || of_lines || of_windows;
    return f;
end $$;
comment on function app.data_frame is 'What the selectors of a query name, and all that is wrong with it; what is collapsed is one.';
comment on type app.data_frame is 'The three dimensions of a query, resolved, and its faults.';

create or replace function app.chains_digest(p_units int[]) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return (select md5(string_agg(x.chain || ':' || x.seq, ',' order by x.chain))
              from (select h.chain, h.seq from unnest((select p_units)) u(id) cross join lateral (select y.chain, y.seq from app.audit_head y where y.unit_id = u.id offset 0) h
                    union
                    select h.chain, h.seq from app.audit_head h where h.chain >= 'table:' and h.chain < 'table;') x);
end $$;
create index audit_head_unit on app.audit_head (unit_id);

create or replace function app.data(q app.data_query, p_if_none_match text, out etag text, out unchanged boolean, out dims json, out cells json, out meta json)
language plpgsql stable as $$
declare
    how app.figures_how := row(app.as_of_instant(q.as_of), coalesce(q.status = 'submitted', false), coalesce(q.explain, false), app.boundaries_day(q.boundaries), null, null);
    f app.data_frame := app.data_frame(q);
    invented boolean;
begin
    perform app.refuse_query(f.faults, q.in_body);
    etag := app.data_tag(q, f);
    unchanged := coalesce(app.etag_matches(p_if_none_match, etag), false);
    if unchanged then
        return;
    end if;
    perform app.refuse_large(cardinality(f.nodes)::bigint * cardinality(f.indicators) * cardinality(f.windows), case when how.explain then 200 else 20000 end);
    with figure as materialized (
        select c.node_id, c.indicator_id, c.window_id, 'invented' = any (c.flags) as invented,
               row(c.d, c.value, c.n, c.expected, c.numerator, c.denominator, c.flags, c.why, c.inputs,
                   case when c.value is not null then rank() over (partition by c.indicator_id, c.window_id, c.value is null
                                                                   order by case when (c.d).direction = 'higher' then -c.value else c.value end) end)::app.data_cell as cell
          from app.cells(f.node, f.root, f.valid, array(select distinct x from unnest(f.indicators) x), f.starts, f.ends, f.coarsest, how) c
    ), single as (
        select x.node, min(x.root) as root from unnest((select f.node), (select f.root)) as x(node, root) group by x.node having count(*) = 1
    )
    select coalesce(json_agg(app.cell_shown(l.measure, g.cell, case when s.root is not null then app.target_in_force(s.root, g.indicator_id, extract(year from f.ends[g.window_id])::int) end, how.explain) order by g.node_id, l.ord, g.window_id), '[]'), coalesce(bool_or(g.invented), false)
      into cells, invented
      from figure g
      join unnest((select f.indicators), (select f.measures)) with ordinality as l(id, measure, ord) on l.id = g.indicator_id
      left join single s on s.node = g.node_id and l.measure in ('target', 'achievement');
    dims := app.data_dims(f);
    meta := json_build_object('status', coalesce(q.status, 'accepted'), 'at', now(), 'as_of', how.as_of, 'boundaries', how.boundaries, 'invented', invented);
end $$;

create or replace function app.unit_ids_within(roots int[]) returns int[]
language plpgsql stable parallel safe set work_mem = '256kB' as $$ -- the planner expects far more than there are, and would have the
-- memory for them cleared each time
begin
    return (
    with recursive below as (
        select unnest((select roots)) as id
        union -- each looked up, where the planner would read the whole table once a level
        select x.unit_id from below b cross join lateral (select p.unit_id from app.unit_parent p where p.parent_id = b.id offset 0) x
    )
    select coalesce(array_agg(id), '{}') from below);
end $$;

-- migrate:down
drop function app.cells(int[], int[], int[]), app.cells(int[], int[], daterange[], int[], date[], date[], int[], app.figures_how), app.totals_computed, app.totals_read, app.picked, app.fractions;
drop type app.node_total, app.fraction;
drop trigger totals_defined on app.indicator_version;
drop trigger totals_redefined on app.indicator_version;
drop trigger totals_defined on app.indicator_term;
drop trigger totals_redefined on app.indicator_term;
drop trigger totals_undefined on app.indicator_term;
drop trigger totals_asked on app.form_indicator;
drop trigger totals_asked_otherwise on app.form_indicator;
drop trigger totals_asked_no_more on app.form_indicator;
drop trigger totals_of_life on app.unit;
drop trigger totals_moved_in on app.unit_parent;
drop trigger totals_moved on app.unit_parent;
drop trigger totals_moved_out on app.unit_parent;
drop trigger totals_without on app.submission;
drop trigger totals_kept on app.submission;
drop function app.totals_redefined, app.totals_of_life, app.totals_moved, app.totals_without, app.totals_kept, app.totals_refresh, app.totals_rebuild, app.totals_of, app.lines_of;
drop policy guards on app.submission;
drop policy guards on app.submission_value;
drop table app.receiver_total;
drop index app.audit_head_unit;
drop function app.accepted_values, app.query_faults, app.fault_of;
alter type app.figures_how drop attribute counting, drop attribute without;
comment on type app.figures_how is 'How an aggregate is computed: as of which instant (null: now); from what is submitted but not decided on as well; with what each figure was made of; in the boundaries of which day (null: as reported).';
alter type app.data_frame drop attribute faults;
comment on type app.data_frame is 'The three dimensions of a query, resolved.';
create or replace function app.unit_ids_within(roots int[]) returns int[]
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
alter function app.unit_ids_within reset work_mem;

create function app.accepted_values(p_units int[], p_forms int[], p_periods int[], p_indicators int[], p_how app.figures_how)
returns table (unit_id int, form_id int, period_id int, indicator_id int, value numeric, denominator numeric, missing_reason text, status text, invented boolean)
language plpgsql stable set enable_nestloop = on as $$
#variable_conflict use_column
begin
    if (p_how).as_of is null then
        return query
        select s.unit_id, s.form_id, s.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, s.invented
          from app.submission s
          join app.submission_value v on v.submission_id = s.id and v.indicator_id = any (p_indicators)
         where (s.state = 'accepted' or (s.state = 'submitted' and (p_how).submitted_too))
           and s.form_id = any (p_forms) and s.unit_id = any (p_units) and s.period_id = any (p_periods);
    else
        return query
        select a.unit_id, a.form_id, a.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, a.invented
          from app.acceptance a
         cross join lateral (select distinct on (r.indicator_id) r.* from app.value_revision r
                              where r.submission_id = a.submission_id and r.indicator_id = any (p_indicators) and r.event = 'accepted' and r.at <= (p_how).as_of
                              order by r.indicator_id, r.id desc) v
         where a.accepted_at <= (p_how).as_of and coalesce(a.ended_at > (p_how).as_of, true) and v.status is not null
           and a.form_id = any (p_forms) and a.unit_id = any (p_units) and a.period_id = any (p_periods);
    end if;
end $$;
comment on function app.accepted_values is 'The accepted figures that a query needs, as far as the caller sees them, now or as they were at an instant.';

create function app.cells(p_nodes int[], p_roots int[], p_valid daterange[], p_indicators int[], p_from date[], p_to date[], p_coarsest int[], p_how app.figures_how)
returns table (node_id int, indicator_id int, window_id int, d app.indicator_version, value numeric, n int, expected int,
               numerator numeric, denominator numeric, flags text[], why text, inputs jsonb)
language plpgsql stable set enable_nestloop = off as $$ -- the planner cannot know how few or many rows each step has; a lateral sub-select
-- with an offset looks one row up in an index all the same
#variable_conflict use_column
begin
    return query
    with recursive node as materialized (
        select x.id, x.root, x.valid from unnest(p_nodes, p_roots, p_valid) as x(id, root, valid)
    ), lone as materialized ( -- a node that is one unit
        select x.id, min(x.root) as root from node x group by x.id having count(*) = 1
    ), days as materialized (
        select x.id::int as window_id, x.starts_on, x.ends_on, x.coarsest from unnest(p_from, p_to, p_coarsest) with ordinality as x(starts_on, ends_on, coarsest, id)
    ), asked as materialized (
        select row_number() over () as aid, i.id as indicator_id, p.window_id, d.id as version_id, d.aggregation, d.weight_id, d.applies_to
          from unnest(p_indicators) i(id)
         cross join days p
          left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
    ), need as materialized (   -- the entered figures behind each asked one
        select a.aid, a.window_id, coalesce(t.indicator_id, a.indicator_id) as source_id,
               coalesce(t.side, 'numerator') as side, coalesce(t.coefficient, 1) as coefficient, coalesce(t.counts, 'value') as counts
          from asked a left join app.indicator_term t on t.version_id = a.version_id
        union all
        select a.aid, a.window_id, a.weight_id, 'weight', 1, 'value' from asked a where a.weight_id is not null
    ), tiling as ( -- forms that ask a source, and how their periods tile the asked window
        select k.window_id, k.source_id, f.form_id, q.id as from_id, q.ends_on = p.ends_on as is_last, d.measure,
               (q.starts_on, q.ends_on) <> (p.starts_on, p.ends_on) as finer,
               array_position('{month,quarter,half,nine_months,year}', q.frequency) as coarseness,
               sum(q.ends_on - q.starts_on + 1) over (partition by k.window_id, k.source_id, f.form_id) = p.ends_on - p.starts_on + 1 as tiles
          from (select distinct source_id, window_id from need) k
          join days p on p.window_id = k.window_id
          join app.indicator_version d on d.indicator_id = k.source_id and d.valid @> p.ends_on
          join app.form_indicator f on f.indicator_id = k.source_id and f.level = 'commune' and f.valid @> p.ends_on
          join app.period q on q.frequency = f.frequency and q.starts_on >= p.starts_on and q.ends_on <= p.ends_on
                           and array_position('{month,quarter,half,nine_months,year}', q.frequency) <= coalesce(p.coarsest, 5)
    ), supply as materialized ( -- the coarsest one serves; flows add up over it, stocks and statuses are those of its last period
        select row_number() over () as sid, t.*
          from (select t.*, max(t.coarseness) over (partition by t.window_id, t.source_id) as best from tiling t where t.tiles) t
         where t.coarseness = t.best and (t.measure = 'flow' or t.is_last)
    ), below as ( -- within the boundaries of the window's last day, or of the day asked for
        select x.id as node_id, p.window_id, p.ends_on, coalesce((p_how).boundaries, p.ends_on) as day, x.root as id
          from node x join days p on x.valid @> coalesce((p_how).boundaries, p.ends_on)
        union
        select b.node_id, b.window_id, b.ends_on, b.day, x.unit_id
          from below b cross join lateral (select y.unit_id from app.unit_parent y where y.parent_id = b.id and (y.valid @> b.day) is true offset 0) x
    ), standing as materialized ( -- which communes of the window stand for the node, with what share of theirs
        select b.node_id, b.window_id, b.ends_on, b.id, 1::numeric as share, true as same, true as fits from below b where (p_how).boundaries is null
        union all
        select b.node_id, b.window_id, b.ends_on, r.source, least(sum(r.share), max(r.parts)), bool_and(r.source = r.target),
               case when b.ends_on <= (p_how).boundaries then true else count(*) = max(r.parts) end
          from (select distinct d.ends_on from days d) d
         cross join lateral app.recast_from(d.ends_on, (p_how).boundaries) r
          join below b on b.ends_on = d.ends_on and b.id = r.target
         where (p_how).boundaries is not null
         group by b.node_id, b.window_id, b.ends_on, r.source
    ), reporter as materialized ( -- who is expected to report: commune-level units alive on the window's last day
        select row_number() over () as rid, b.node_id, b.window_id, b.id, u.kind, x.parent_id,
               case when b.ends_on <= coalesce((p_how).boundaries, b.ends_on) then b.share else 1 end as share, b.same, b.fits,
               coalesce(b.same and l.root = b.id and ((p_how).boundaries is null or count(*) over (partition by b.node_id, b.window_id) = 1), false) as single,
               b.id = any ((select app.reach('own'))::int[]) or x.parent_id = any ((select app.reach('received'))::int[])
               or x.parent_id = any ((select app.reach('accepted'))::int[]) as in_reach
          from standing b
         cross join lateral (select y.kind from app.unit y where y.id = b.id and (y.valid @> b.ends_on) is true offset 0) u
          join app.unit_kind k on k.code = u.kind and k.level = 'commune'
          left join lone l on l.id = b.node_id
          left join lateral (select y.parent_id from app.unit_parent y where y.unit_id = b.id and (y.valid @> b.ends_on) is true offset 0) x on true
    ), accepted as materialized ( -- every accepted figure that is needed, once
        select v.unit_id::bigint << 32 | y.sid as key, v.invented, v.value, v.denominator as den, v.missing_reason, v.status
          from app.accepted_values(array(select distinct r.id from reporter r), array(select distinct y.form_id from supply y),
                                   array(select distinct y.from_id from supply y), array(select distinct y.source_id from supply y), p_how) v
          join supply y on y.form_id = v.form_id and y.from_id = v.period_id and y.source_id = v.indicator_id
    ), source as materialized ( -- one entered figure of one reporter for the asked window
        select r.rid << 32 | s.source_id as key,
               count(*) = count(a.value) + count(*) filter (where a.missing_reason = 'not_applicable') as complete,
               bool_and(coalesce(a.missing_reason = 'not_applicable', false)) as not_applicable,
               sum(a.value) as value, sum(a.den) as den,
               bool_or(a.status = 'ESTIMATE') as estimate, bool_or(a.status <> 'OFFICIAL') as provisional, bool_or(a.invented) as invented,
               bool_or(s.finer and s.measure = 'flow') as accumulated,
               bool_and(r.in_reach or b.id is not null) as visible,
               case when (p_how).explain then jsonb_agg(jsonb_build_object(
                   'form', (select f.code from app.form f where f.id = s.form_id), 'period', (select q.code from app.period q where q.id = s.from_id),
                   'value', a.value, 'denominator', a.den, 'missing_reason', a.missing_reason, 'status', a.status) order by s.from_id) end as reports
          from reporter r
          join supply s on s.window_id = r.window_id
          left join lateral (select y.id from app.publication y where y.unit_id = r.parent_id and y.form_id = s.form_id and y.period_id = s.from_id offset 0) b on true
          left join accepted a on a.key = (r.id::bigint << 32 | s.sid)
         group by r.rid, s.source_id
    ), part as materialized (   -- one asked figure of one reporter
        select r.node_id, r.id as reporter_id, r.kind, r.single, r.share, r.same, r.fits, n.aid,
               coalesce(bool_and(x.complete) filter (where n.side <> 'weight'), false) as own_complete,
               coalesce(bool_and(x.complete), false) as complete,
               bool_and(x.key is not null) as asked_for,
               coalesce(bool_and(x.not_applicable) filter (where n.side <> 'weight'), false) as not_applicable,
               coalesce(bool_and(x.visible), true) as visible,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'numerator') as num,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'denominator') as den,
               sum(x.value) filter (where n.side = 'weight') as weight, sum(x.den) as pair_den,
               bool_or(x.estimate) as estimate, bool_or(x.provisional) as provisional, bool_or(x.invented) as invented, bool_or(x.accumulated) as accumulated,
               case when (p_how).explain then jsonb_agg(jsonb_build_object(
                   'indicator', (select i.code from app.indicator i where i.id = n.source_id), 'side', n.side, 'coefficient', n.coefficient, 'counts', n.counts,
                   'value', trim_scale(x.value), 'reports', coalesce(x.reports, '[]')) order by n.side, n.source_id) end as sources
          from reporter r
          join need n on n.window_id = r.window_id
          left join source x on x.key = (r.rid << 32 | n.source_id)
         group by r.rid, r.node_id, r.id, r.kind, r.single, r.share, r.same, r.fits, n.aid
    ), fraction as ( -- as numerator and denominator; a unit's own figure needs no weight
        select t.*, a.aggregation,
               t.kind = any (a.applies_to) and t.asked_for and not t.not_applicable as expected,
               case when t.single then t.own_complete else t.complete end as counted,
               t.share * case when a.weight_id is not null and not t.single then t.num * t.weight else t.num end as top,
               t.share * case when a.weight_id is not null then case when t.single then 1 else t.weight end
                              else coalesce(t.den, t.pair_den) end as bottom
          from part t
          join asked a on a.aid = t.aid
    ), total as materialized (
        select f.node_id::bigint << 32 | f.aid as key, bool_or(f.single) as single, bool_and(f.visible) as visible,
               (count(*) filter (where f.expected))::int as expected, (count(*) filter (where f.expected and f.counted))::int as n,
               sum(f.top) filter (where f.expected and f.counted) as top, sum(f.bottom) filter (where f.expected and f.counted) as bottom,
               count(*) filter (where f.expected and f.counted and f.top >= 1) as true_count,
               count(*) filter (where f.expected and f.counted and f.top >= f.bottom) as complete_count,
               bool_or(f.estimate) filter (where f.expected and f.counted) as estimate, bool_or(f.provisional) filter (where f.expected and f.counted) as provisional,
               bool_or(f.invented) filter (where f.expected and f.counted) as invented, bool_or(f.accumulated) filter (where f.expected and f.counted) as accumulated,
               not bool_and(f.same) as recast, bool_or(f.share <> 1) as split,
               not bool_and(f.fits) or (not bool_and(f.same) and bool_or(f.aggregation in ('count_true', 'count_complete'))) as stuck,
               case when (p_how).explain and bool_and(f.visible) then jsonb_agg(jsonb_build_object(
                   'share', f.share, 'unit', (select u.code from app.unit u where u.id = f.reporter_id), 'expected', f.expected, 'counted', f.expected and f.counted,
                   'numerator', case when f.expected and f.counted then trim_scale(f.top) end, 'denominator', case when f.expected and f.counted then trim_scale(f.bottom) end,
                   'weight', case when f.expected and f.counted then f.weight end, 'sources', f.sources)
                   order by (select u.code from app.unit u where u.id = f.reporter_id)) end as inputs
          from fraction f group by f.node_id, f.aid
    ), summed as (
        select u.id as node_id, a.indicator_id, a.window_id, a.version_id, a.weight_id is not null as mean,
               a.weight_id is not null and t.single as own_mean, t.visible, coalesce(t.expected, 0) as expected, coalesce(t.n, 0) as n,
               t.estimate, t.provisional, t.invented, t.accumulated, t.inputs, t.recast, t.split, t.stuck,
               case when t.n = 0 or not t.visible or t.stuck then null when t.single then t.top
                    when a.aggregation = 'count_true' then t.true_count when a.aggregation = 'count_complete' then t.complete_count
                    else t.top end as top,
               case when t.n = 0 or not t.visible or t.stuck then null when t.single then t.bottom
                    when a.aggregation in ('count_true', 'count_complete') then t.n else t.bottom end as bottom
          from (select distinct x.id from node x) u cross join asked a
          left join total t on t.key = (u.id::bigint << 32 | a.aid)
    )
    select s.node_id, s.indicator_id, s.window_id, d,
           case when s.own_mean then trim_scale(s.top) when s.split and d.result = 'total' then trim_scale(round(s.top, d.decimals)) else app.figure_value(d, s.top, s.bottom) end,
           case when s.visible is false then null else s.n end, s.expected,
           case when s.bottom is not null and not s.own_mean then trim_scale(s.top) end, case when not s.own_mean then trim_scale(s.bottom) end,
           case when s.top is null then '{}'::text[] else array_remove(array[
               case when s.n < s.expected then 'partial' end,
               case when s.estimate or (s.mean and not s.own_mean) or s.split then 'estimate' end,
               case when s.provisional then 'provisional' end,
               case when s.accumulated then 'accumulated' end,
               case when s.recast then 'recast' end,
               case when s.invented then 'invented' end], null) end,
           case when s.expected = 0 then 'not_expected' when s.visible is false then 'not_published'
                when s.n = 0 then 'not_reported' when s.stuck then 'not_recastable'
                when d.result = 'ratio' and not s.own_mean and coalesce(s.bottom, 0) = 0 then 'zero_denominator' end,
           s.inputs
      from summed s
      left join app.indicator_version d on d.id = s.version_id; -- not defined yet: nobody is expected to report it
end $$;
comment on function app.cells is 'The aggregate: nodes × indicators × windows from accepted submissions alone.  Sums for flows and stocks, ratio of sums for rates, a weighted mean for income, counts for statuses; never a mean of rates.  Missing is not zero: n of expected units reported, and a null says why.';

create function app.cells(p_units int[], p_indicators int[], p_periods int[])
returns table (unit_id int, indicator_id int, period_id int, d app.indicator_version, value numeric, n int, expected int,
               numerator numeric, denominator numeric, flags text[], why text)
language sql stable
begin atomic
    select c.node_id, c.indicator_id, p_periods[c.window_id], c.d, c.value, c.n, c.expected, c.numerator, c.denominator, c.flags, c.why
      from app.cells(p_units, p_units, array(select '(,)'::daterange from unnest(p_units)), p_indicators,
                     array(select p.starts_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord),
                     array(select p.ends_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord),
                     array_fill(null::int, array[cardinality(p_periods)]),
                     row(null, false, false, null)) c;
end;
comment on function app.cells(int[], int[], int[]) is 'The same of single units and reporting periods, now.';

create function app.node_days(q app.data_query) returns date[]
language sql stable
return case when app.boundaries_day(q.boundaries) is not null then array[app.boundaries_day(q.boundaries)]
            else array(select w.ends_on from app.select_windows(q.period, coalesce(app.as_of_instant(q.as_of), now())) w where w.fault is null) end;
comment on function app.node_days is 'The days on which the units of a query are looked for.';

create function app.data_faults(q app.data_query) returns setof jsonb
language sql stable
begin atomic
    select app.parameter_fault('as_of', 'in-future', '{}') where app.as_of_instant(q.as_of) > now()
    union all
    select app.parameter_fault('boundaries', 'not-boundaries', '{}') where q.boundaries not in ('as_reported', 'current') and app.date_or_null(q.boundaries) is null
    union all
    select app.parameter_fault('boundaries', 'in-future', '{}') where app.boundaries_day(q.boundaries) > app.boundaries_day('current')
    union all
    select app.parameter_fault('as_of', 'not-an-instant', '{}') where q.as_of is not null and app.as_of_instant(q.as_of) is null
    union all
    select app.parameter_fault('status', 'not-as-of', '{}') where q.as_of is not null and q.status = 'submitted'
    union all
    select app.parameter_fault('collapse', 'not-a-choice', '{"choices": "unit, period"}')
     where exists (select from app.selectors(q.collapse) c where c.text not in ('unit', 'period'))
    union all
    select n.fault from app.select_nodes(q.unit, app.node_days(q)) n
     where n.fault is not null
    union all
    select l.fault from app.select_lines(q.indicator) l where l.fault is not null
    union all
    select w.fault from app.select_windows(q.period, coalesce(app.as_of_instant(q.as_of), now())) w where w.fault is not null
    union all
    select app.parameter_fault('period', 'periods-not-adjacent', '{}')
      from app.select_windows(q.period, coalesce(app.as_of_instant(q.as_of), now())) w
     where 'period' in (select c.text from app.selectors(q.collapse) c) and w.fault is null
    having sum(w.ends_on - w.starts_on + 1) <> max(w.ends_on) - min(w.starts_on) + 1;
end;
comment on function app.data_faults is 'Everything that is wrong with a query.';

create or replace function app.select_windows(p_selector text, p_now timestamptz)
returns table (ord bigint, code text, starts_on date, ends_on date, coarsest int, made boolean, fault jsonb)
language sql stable
begin atomic
    with token as (
        select t.text, t.ord, regexp_match(t.text, '^([0-9A-Za-z-]+)\.\.([0-9A-Za-z-]+)$') as ends,
               regexp_match(t.text, '^last\(\s*([0-9]{1,3})\s*,\s*(month|quarter|half|nine_months|year)\s*\)$') as latest,
               app.selector_argument(t.text, 'ytd') as until
          from app.selectors(p_selector) t
    ), found as (
        select t.ord, t.text, p.code::text as code, p.starts_on, p.ends_on, p.starts_on as rank, p.frequency, false as made
          from token t
          join app.period a on a.code = coalesce(t.ends[1], t.text)
          join app.period z on z.code = coalesce(t.ends[2], t.text)
          join app.period p on p.frequency = a.frequency and a.frequency = z.frequency and p.starts_on between a.starts_on and z.starts_on
         where t.latest is null and t.until is null
        union all
        select t.ord, t.text, p.code::text, p.starts_on, p.ends_on, p.starts_on, p.frequency, false
          from token t
         cross join lateral (select q.* from app.period q where q.frequency = t.latest[2] and q.ends_on < (p_now at time zone 'Asia/Ho_Chi_Minh')::date
                              order by q.ends_on desc limit t.latest[1]::int) p
         where t.latest is not null
        union all
        select t.ord, t.text, 'ytd(' || p.code || ')', y.starts_on, p.ends_on, p.starts_on, p.frequency, true
          from token t join app.period p on p.code = t.until
          join app.period y on y.frequency = 'year' and y.year = p.year
         where t.until is not null and y.starts_on <= p.starts_on and p.ends_on <= y.ends_on
    ), ranked as (
        select min(f.rank_of) as ord, f.code, f.starts_on, f.ends_on, array_position('{month,quarter,half,nine_months,year}', f.frequency) as coarsest, f.made
          from (select f.*, row_number() over (order by f.ord, f.rank) as rank_of from found f) f
         group by f.code, f.starts_on, f.ends_on, f.frequency, f.made
    )
    select r.ord, r.code, r.starts_on, r.ends_on, r.coarsest, r.made, null::jsonb from ranked r
    union all
    select null, null, null, null, null, null, app.parameter_fault('period', 'unknown-period', jsonb_build_object('period', left(t.text, 64)))
      from token t where t.latest is null and not exists (select from found f where f.ord = t.ord)
    union all
    select null, null, null, null, null, null, app.parameter_fault('period', 'no-period-yet', jsonb_build_object('period', left(t.text, 64)))
      from token t where t.latest is not null and not exists (select from found f where f.ord = t.ord)
    union all
    select null, null, null, null, null, null, app.parameter_fault('period', 'missing-parameter') where p_selector is null;
end;
comment on function app.select_windows is 'Days of a selector, with the length of its periods; made: of several periods: codes of periods, from..to of one frequency, last(12,month): those that have ended, ytd(code): from the year''s first day to the end of a period.';

create or replace function app.select_lines(p_selector text) returns table (ord bigint, indicator_id int, measure text, fault jsonb)
language sql stable
begin atomic
    with token as (
        select t.text, t.ord, coalesce(substring(t.text from '\.([a-z]+)$'), 'value') as measure, regexp_replace(t.text, '\.[a-z]+$', '') as name
          from app.selectors(p_selector) t
    ), found as (
        select t.ord, i.id, t.measure, i.sort_order from token t join app.indicator i on i.code = t.name
        union all
        select t.ord, c.id, t.measure, c.sort_order
          from token t join app.indicator p on p.code = app.selector_argument(t.name, 'children') join app.indicator c on c.parent_id = p.id
        union all
        select t.ord, i.id, t.measure, i.sort_order from token t join app.indicator i on i.section = app.selector_argument(t.name, 'section')
        union all
        select t.ord, i.id, t.measure, i.sort_order
          from token t join app.form f on f.code = app.selector_argument(t.name, 'form') join app.form_indicator x on x.form_id = f.id join app.indicator i on i.id = x.indicator_id
    ), ranked as (
        select min(f.rank_of) as ord, f.id, f.measure
          from (select f.*, row_number() over (order by f.ord, f.sort_order) as rank_of from found f) f
         group by f.id, f.measure
    )
    select r.ord, r.id, r.measure, null::jsonb from ranked r where r.measure in ('value', 'target', 'achievement', 'coverage', 'rank')
    union all
    select i.sort_order, i.id, 'value', null from app.indicator i where p_selector is null and i.kind <> 'base'
    union all
    select null, null, null, app.parameter_fault('indicator', 'unknown-indicator', jsonb_build_object('indicator', left(t.name, 64)))
      from token t where not exists (select from found f where f.ord = t.ord)
    union all
    select null, null, null, app.parameter_fault('indicator', 'unknown-suffix', jsonb_build_object('suffix', t.measure, 'choices', 'target, achievement, coverage, rank'))
      from token t where t.measure not in ('value', 'target', 'achievement', 'coverage', 'rank');
end;
comment on function app.select_lines is 'Lines of a selector: codes, children(code), section(name), form(code), each with or without .target .achievement .coverage .rank; null: the lines of the plan and their components.';

create or replace function app.select_nodes(p_selector text, p_days date[])
returns table (ord bigint, node text, name text, root int, valid daterange, fault jsonb)
language sql stable
begin atomic
    with token as (
        select t.text, t.ord, app.selector_argument(t.text, 'group') as group_code,
               coalesce(app.selector_argument(t.text, 'children'), (regexp_match(t.text, '^descendants\(\s*([^(),]*?)\s*,\s*[a-z]+\s*\)$'))[1]) as parent,
               (regexp_match(t.text, '^descendants\([^(),]*,\s*(province|district|commune|village)\s*\)$'))[1] as level,
               t.text like 'descendants(%' as deep
          from app.selectors(p_selector) t
    ), stem as ( -- children(X) and descendants(X, level) of a unit, or of what a group had
        select t.ord, t.deep, t.level, u.id, '(,)'::daterange as valid from token t join app.unit u on u.code = t.parent
        union all
        select t.ord, t.deep, t.level, m.unit_id, m.valid from token t join app.unit_group g on g.code = t.parent join app.unit_group_member m on m.group_id = g.id
    ), chosen as (
        select t.ord, u.code::text as node, app.unit_name_on(u.id, (select max(d) from unnest(p_days) d)) as name, u.id as root, '(,)'::daterange as valid
          from token t join app.unit u on u.code = t.text
        union all
        select t.ord, g.code::text, g.name_vi::text, m.unit_id, m.valid
          from token t join app.unit_group g on g.code = t.group_code join app.unit_group_member m on m.group_id = g.id
        union all
        select distinct s.ord, c.code::text, app.unit_name_on(c.id, (select max(d) from unnest(p_days) d)), c.id, '(,)'::daterange
          from stem s
         cross join lateral unnest(p_days) as day(d)
          join app.unit_parent x on x.parent_id = s.id and x.valid @> day.d
          join app.unit c on c.id = x.unit_id and c.valid @> day.d
         where not s.deep and s.valid @> day.d
        union all
        select distinct s.ord, c.code::text, app.unit_name_on(c.id, (select max(d) from unnest(p_days) d)), c.id, '(,)'::daterange
          from stem s
         cross join lateral unnest(p_days) as day(d)
         cross join lateral unnest(app.unit_ids_below(s.id, day.d)) as b(id)
          join app.unit c on c.id = b.id and c.valid @> day.d
          join app.unit_kind k on k.code = c.kind and k.level = s.level
         where s.deep and s.valid @> day.d
    ), ranked as (
        select c.node, min(c.rank) as ord from (select c.node, row_number() over (order by c.ord, c.node) as rank from chosen c) c group by c.node
    )
    select distinct r.ord, c.node, c.name, c.root, c.valid, null::jsonb from chosen c join ranked r on r.node = c.node
    union all
    select null, null, null, null, null, case when t.deep and t.level is null then app.parameter_fault('unit', 'unknown-level', jsonb_build_object('unit', left(t.text, 80)))
                                              when t.group_code is not null then app.parameter_fault('unit', 'unknown-group', jsonb_build_object('group', left(t.group_code, 64)))
                                              else app.parameter_fault('unit', 'unknown-unit', jsonb_build_object('unit', left(coalesce(t.parent, t.text), 64))) end
      from token t
     where not exists (select from chosen c where c.ord = t.ord) and not exists (select from stem s where s.ord = t.ord and (not s.deep or s.level is not null))
    union all
    select null, null, null, null, null, app.parameter_fault('unit', 'missing-parameter') where p_selector is null;
end;
comment on function app.select_nodes is 'Nodes of a selector: codes of units, group(code), children(code), descendants(code,level), commas between; children are those of the asked last days, by code; a node has one root or, a group, several.';

create or replace function app.data_frame(q app.data_query) returns app.data_frame
language plpgsql stable as $$
declare
    f app.data_frame;
    together constant text[] := array(select c.text from app.selectors(q.collapse) c);
begin
    select coalesce(array_agg(w.code order by w.ord), '{}'), coalesce(array_agg(w.starts_on order by w.ord), '{}'), coalesce(array_agg(w.ends_on order by w.ord), '{}'),
           coalesce(array_agg(case when w.made or 'period' = any (together) then w.coarsest end order by w.ord), '{}')
      into f.windows, f.starts, f.ends, f.coarsest
      from app.select_windows(q.period, coalesce(app.as_of_instant(q.as_of), now())) w;
    if 'period' = any (together) then
        f.windows := array[(select w from unnest(f.windows, f.starts) as x(w, s) order by s limit 1) || '..' || (select w from unnest(f.windows, f.ends) as x(w, e) order by e desc limit 1)];
        f.starts := array[(select min(s) from unnest(f.starts) s)];
        f.ends := array[(select max(e) from unnest(f.ends) e)];
        f.coarsest := array[(select max(c) from unnest(f.coarsest) c)];
    end if;
    with chosen as (
        select dense_rank() over (order by n.ord)::int as id, n.* from app.select_nodes(q.unit, app.node_days(q)) n
    ), named as (
        select distinct c.id, c.node, c.name from chosen c
    )
    select coalesce((select array_agg(n.node order by n.id) from named n), '{}'), coalesce((select array_agg(n.name order by n.id) from named n), '{}'),
           coalesce(array_agg(c.id order by c.id, c.root), '{}'), coalesce(array_agg(c.root order by c.id, c.root), '{}'), coalesce(array_agg(c.valid order by c.id, c.root), '{}')
      into f.nodes, f.names, f.node, f.root, f.valid
      from chosen c;
    if 'unit' = any (together) and cardinality(f.nodes) > 0 then
        f.node := array_fill(1, array[cardinality(f.node)]);
        f.nodes := array['*'];
        f.names := array[left(q.unit, 200)];
    end if;
    select coalesce(array_agg(l.indicator_id order by l.ord), '{}'), coalesce(array_agg(l.measure order by l.ord), '{}') into f.indicators, f.measures
      from app.select_lines(q.indicator) l;
    return f;
end $$;
comment on function app.data_frame is 'What the selectors of a query name; what is collapsed is one.';

create or replace function app.chains_digest(p_units int[]) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return (select md5(string_agg(h.chain || ':' || h.seq, ',' order by h.chain)) from app.audit_head h
             where h.unit_id = any (p_units) or h.chain like 'table:%');
end $$;
comment on function app.chains_digest is 'The version of everything that units and the catalogue say: where the chains of their changes end.';

create or replace function app.data(q app.data_query, p_if_none_match text, out etag text, out unchanged boolean, out dims json, out cells json, out meta json)
language plpgsql stable as $$
declare
    how app.figures_how := row(app.as_of_instant(q.as_of), coalesce(q.status = 'submitted', false), coalesce(q.explain, false), app.boundaries_day(q.boundaries));
    f app.data_frame;
    invented boolean;
begin
    perform app.refuse_query((select coalesce(jsonb_agg(x), '[]') from app.data_faults(q) x), q.in_body);
    f := app.data_frame(q);
    etag := app.data_tag(q, f);
    unchanged := coalesce(app.etag_matches(p_if_none_match, etag), false);
    if unchanged then
        return;
    end if;
    perform app.refuse_large(cardinality(f.nodes)::bigint * cardinality(f.indicators) * cardinality(f.windows), case when how.explain then 200 else 20000 end);
    with figure as materialized (
        select c.node_id, c.indicator_id, c.window_id, 'invented' = any (c.flags) as invented,
               row(c.d, c.value, c.n, c.expected, c.numerator, c.denominator, c.flags, c.why, c.inputs,
                   case when c.value is not null then rank() over (partition by c.indicator_id, c.window_id, c.value is null
                                                                   order by case when (c.d).direction = 'higher' then -c.value else c.value end) end)::app.data_cell as cell
          from app.cells(f.node, f.root, f.valid, array(select distinct x from unnest(f.indicators) x), f.starts, f.ends, f.coarsest, how) c
    ), single as (
        select x.node, min(x.root) as root from unnest(f.node, f.root) as x(node, root) group by x.node having count(*) = 1
    )
    select coalesce(json_agg(app.cell_shown(l.measure, g.cell, t, how.explain) order by g.node_id, l.ord, g.window_id), '[]'), coalesce(bool_or(g.invented), false)
      into cells, invented
      from figure g
      join unnest(f.indicators, f.measures) with ordinality as l(id, measure, ord) on l.id = g.indicator_id
      left join single s on s.node = g.node_id and l.measure in ('target', 'achievement')
      left join lateral (select app.target_in_force(s.root, g.indicator_id, extract(year from f.ends[g.window_id])::int) as t where s.root is not null) y on true
      left join lateral (select (y.t).*) t on true;
    dims := app.data_dims(f);
    meta := json_build_object('status', coalesce(q.status, 'accepted'), 'at', now(), 'as_of', how.as_of, 'boundaries', how.boundaries, 'invented', invented);
end $$;
comment on function app.data is 'The answer to a query of the aggregate: dimensions and dense cells, row by row.';

create or replace function app.refuse_query(p_faults jsonb, p_in_body boolean) returns boolean
language plpgsql as $$
begin
    if p_in_body then
        return app.refuse((select coalesce(jsonb_agg(f - 'parameter' || jsonb_build_object('pointer', '/' || (f ->> 'parameter'))), '[]') from jsonb_array_elements(p_faults) f));
    end if;
    return app.refuse_parameters(p_faults);
end $$;
