-- migrate:up

-- The aggregate query: nodes × lines × windows.  A node is a unit, a group of units, or several made one; a line an indicator, or what
-- follows from its figures (target, achievement, coverage, rank); a window any days that reporting periods fill.  It can be computed
-- as of an instant, and says from what it was computed.

-- Groups of units ----------------------------------------------------------------------------------

create table app.unit_group (
    id      int generated always as identity primary key,
    code    app.code not null unique,
    name_vi app.line not null,
    name_en app.line not null,
    note    app.prose
);
comment on table app.unit_group is 'Units that are looked at together though no unit of the administration unites them: the land of a district that has ended.';
comment on column app.unit_group.id is 'Internal number.';
comment on column app.unit_group.code is 'Code of our own.';
comment on column app.unit_group.name_vi is 'Vietnamese name.';
comment on column app.unit_group.name_en is 'English name.';
comment on column app.unit_group.note is 'What to know about it.';

create table app.unit_group_member (
    group_id int not null references app.unit_group,
    unit_id  int not null references app.unit,
    valid    daterange not null check (not isempty(valid)),
    primary key (group_id, unit_id, valid),
    constraint unit_group_member_once exclude using gist (group_id with =, unit_id with =, valid with &&)
);
create index unit_group_member_unit on app.unit_group_member (unit_id);
comment on table app.unit_group_member is 'Which units a group has, through time; with what stands below them.';
comment on column app.unit_group_member.group_id is 'Group.';
comment on column app.unit_group_member.unit_id is 'Unit.';
comment on column app.unit_group_member.valid is 'Days on which it is in the group.';
grant select on app.unit_group, app.unit_group_member to thidua_api;
call app.audit_table('app.unit_group');
call app.audit_table('app.unit_group_member');

-- When what was accepted -----------------------------------------------------------------------------

create table app.acceptance (
    id            bigint generated always as identity primary key,
    submission_id bigint not null,
    unit_id       int not null,
    form_id       int not null,
    period_id     int not null,
    receiver_id   int not null,
    accepted_at   timestamptz not null,
    ended_at      timestamptz,
    invented      boolean not null,
    foreign key (submission_id, unit_id) references app.submission (id, unit_id),
    constraint acceptance_lasts check (ended_at >= accepted_at)
);
create unique index acceptance_stands on app.acceptance (submission_id) where ended_at is null;
create index acceptance_unit on app.acceptance (unit_id, period_id);
comment on table app.acceptance is 'From when to when submissions were accepted, written by the trigger of the step alone: what a figure of an earlier day was made of.  It repeats what the audit has of submissions, and is not audited itself.';
comment on column app.acceptance.id is 'Number.';
comment on column app.acceptance.submission_id is 'Submission.';
comment on column app.acceptance.unit_id is 'Its unit.';
comment on column app.acceptance.form_id is 'Its form.';
comment on column app.acceptance.period_id is 'Its period.';
comment on column app.acceptance.receiver_id is 'The unit it was sent to.';
comment on column app.acceptance.accepted_at is 'Since when.';
comment on column app.acceptance.ended_at is 'Until when: it was opened again; null: it still is.';
comment on column app.acceptance.invented is 'Entered by a demonstration account.';

create function app.acceptance_kept() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    if new.state = 'accepted' then
        insert into app.acceptance (submission_id, unit_id, form_id, period_id, receiver_id, accepted_at, invented)
        values (new.id, new.unit_id, new.form_id, new.period_id, new.receiver_id, now(), new.invented);
    else
        update app.acceptance set ended_at = now() where submission_id = new.id and ended_at is null;
    end if;
    return null;
end $$;
comment on function app.acceptance_kept is 'Keeps from when to when a submission is accepted.';
create trigger acceptance_kept after update on app.submission for each row
    when (old.state is distinct from new.state and 'accepted' in (old.state, new.state)) execute function app.acceptance_kept();

alter table app.submission no force row level security;
alter table app.submission_transition no force row level security;
insert into app.acceptance (submission_id, unit_id, form_id, period_id, receiver_id, accepted_at, ended_at, invented)
select s.id, s.unit_id, s.form_id, s.period_id, s.receiver_id, t.at,
       (select min(n.at) from app.submission_transition n where n.submission_id = s.id and n.id > t.id), s.invented
  from app.submission_transition t join app.submission s on s.id = t.submission_id
 where t.action = 'accept' order by t.id;
alter table app.submission force row level security;
alter table app.submission_transition force row level security;

alter table app.acceptance enable row level security;
alter table app.acceptance force row level security;
create policy guards on app.acceptance to current_user using (true) with check (true);
create policy in_reach on app.acceptance for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[]) or receiver_id = any ((select app.reach('received'))::int[])
     or receiver_id = any ((select app.reach('accepted'))::int[])
     or ((select app.me()) is not null
         and exists (select from app.publication p where (p.unit_id, p.form_id, p.period_id) = (acceptance.receiver_id, acceptance.form_id, acceptance.period_id))));
grant select on app.acceptance to thidua_api;

-- What was accepted once may be seen by whoever may see it now, also after it was opened again.
drop policy in_reach on app.value_revision;
create policy in_reach on app.value_revision for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or (event <> 'entered' and exists (select from app.submission s where s.id = submission_id and s.receiver_id = any ((select app.reach('received'))::int[])))
     or (event = 'accepted' and exists (select from app.acceptance a where a.submission_id = value_revision.submission_id)));

-- The figures ----------------------------------------------------------------------------------------

-- Boundaries ---------------------------------------------------------------------------------------

create function app.unit_shares(p_from date, p_to date)
returns table (source int, target int, share numeric)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    with recursive event as (
        select row_number() over (order by c.effective_on) as nth, c.effective_on from (select distinct x.effective_on from app.unit_change x where x.effective_on > p_from and x.effective_on <= p_to) c
    ), link as ( -- a unit keeps what no link takes from it
        select e.nth, l.from_unit_id, l.to_unit_id, case when l.whole then 1 else l.population::numeric / l.population_of end as share
          from event e join app.unit_change c on c.effective_on = e.effective_on join app.unit_change_link l on l.change_id = c.id
         where l.to_unit_id is not null
    ), flow as (
        select u.id as source, u.id as target, 1::numeric as share, 0::bigint as nth
          from app.unit u join app.unit_kind k on k.code = u.kind and k.level = 'commune' where u.valid @> p_from
        union all
        select f.source, coalesce(l.to_unit_id, f.target), f.share * coalesce(l.share, 1), f.nth + 1
          from flow f
          join event e on e.nth = f.nth + 1
          left join link l on l.nth = e.nth and l.from_unit_id = f.target
    )
    select f.source, f.target, sum(f.share) from flow f where f.nth = (select count(*) from event) group by f.source, f.target;
end $$;
comment on function app.unit_shares is 'What of each commune of a day is in which commune of a later day, by the people of the dated reorganisations between; of one commune the shares add up to 1.';

create function app.recast_from(p_day date, p_boundaries date)
returns table (source int, target int, share numeric, parts int)
language plpgsql stable as $$
#variable_conflict use_column
begin
    if p_day <= p_boundaries then
        return query select x.source, x.target, x.share, 1 from app.unit_shares(p_day, p_boundaries) x;
    else -- a merged unit is not taken apart: it goes where all that it is made of goes
        return query select x.target, x.source, 1::numeric, (count(*) over (partition by x.target))::int from app.unit_shares(p_boundaries, p_day) x;
    end if;
end $$;
comment on function app.recast_from is 'Which communes of a day stand for which ones of other boundaries: with which share of theirs, and how many of the others they are made of.';

create type app.figures_how as (as_of timestamptz, submitted_too boolean, explain boolean, boundaries date);
comment on type app.figures_how is 'How an aggregate is computed: as of which instant (null: now); from what is submitted but not decided on as well; with what each figure was made of; in the boundaries of which day (null: as reported).';

drop function app.accepted_values;
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

drop function app.cells;
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

-- Selectors ----------------------------------------------------------------------------------------

create function app.selectors(p_text text) returns table (text text, ord bigint)
language plpgsql immutable parallel safe rows 5 as $$ -- inlined it would be taken for a thousand, and whole tables read for them
begin
    return query select btrim(t.text), t.ord from regexp_split_to_table(p_text, ',(?![^()]*\))') with ordinality as t(text, ord);
end $$;
comment on function app.selectors is 'The selectors of a parameter, commas between; commas in brackets belong to a selector.';

create function app.selector_argument(p_text text, p_function text) returns text
language sql immutable parallel safe
return substring(p_text from '^' || p_function || '\(\s*([^()]*?)\s*\)$');
comment on function app.selector_argument is 'What stands in the brackets of a selector like children(kbang); null: it is another.';

create function app.select_windows(p_selector text, p_now timestamptz)
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

create function app.select_lines(p_selector text) returns table (ord bigint, indicator_id int, measure text, fault jsonb)
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

create function app.select_nodes(p_selector text, p_days date[])
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

-- The query ----------------------------------------------------------------------------------------

create type app.data_query as (unit text, indicator text, period text, collapse text, status text, as_of text, explain boolean, boundaries text, in_body boolean);
comment on type app.data_query is 'What is asked of the aggregate, as parameters or as members of a body.';

create function app.refuse_query(p_faults jsonb, p_in_body boolean) returns boolean
language plpgsql as $$
begin
    if p_in_body then
        return app.refuse((select coalesce(jsonb_agg(f - 'parameter' || jsonb_build_object('pointer', '/' || (f ->> 'parameter'))), '[]') from jsonb_array_elements(p_faults) f));
    end if;
    return app.refuse_parameters(p_faults);
end $$;
comment on function app.refuse_query is 'Refuses a query with all its faults at once: 400 of parameters, 422 of a body.';

create function app.as_of_instant(p_text text) returns timestamptz
language sql stable
return case when p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
            then least(((app.date_or_null(p_text) + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh') - interval '1 microsecond',
                       case when app.date_or_null(p_text) = (now() at time zone 'Asia/Ho_Chi_Minh')::date then now() end)
            else app.instant_or_null(p_text) end;
comment on function app.as_of_instant is 'An instant; of a day its end, of today now.';

create function app.boundaries_day(p_text text) returns date
language sql stable
return case when p_text = 'current' then (now() at time zone 'Asia/Ho_Chi_Minh')::date else app.date_or_null(p_text) end;
comment on function app.boundaries_day is 'The day whose boundaries are asked for; null: as reported.';

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

create function app.refuse_large(p_cells bigint, p_limit int) returns boolean
language plpgsql immutable as $$
begin
    if p_cells > p_limit then
        perform app.problem(413, 'query-too-large', jsonb_build_object('cells', p_cells, 'limit', p_limit));
    end if;
    return true;
end $$;
comment on function app.refuse_large(bigint, int) is '413 with the count, before anything is computed.';

create function app.target_in_force(p_unit int, p_indicator int, p_year int) returns app.target
language plpgsql stable as $$
begin
    return (select t from app.target t join app.document d on d.id = t.document_id
             where t.unit_id = p_unit and t.indicator_id = p_indicator and t.year = p_year
             order by d.issued_on desc nulls last, t.revision desc, t.id desc limit 1);
end $$;
comment on function app.target_in_force is 'What the last document sets the unit for a year; null: nothing.';

create type app.data_cell as (d app.indicator_version, value numeric, n int, expected int, numerator numeric, denominator numeric, flags text[], why text, inputs jsonb, place bigint);
comment on type app.data_cell is 'A computed figure, with its place among the others of its line and window.';

create function app.plan_ratio(c app.data_cell, t app.target) returns numeric
language sql immutable
return case when (c.d).direction = 'higher' and (c.d).value_type <> 'boolean' and t.value > 0
            then trim_scale(round(100 * case when c.numerator is not null and (c.d).result = 'ratio' then (c.d).scale * c.numerator / nullif(c.denominator, 0)
                                             else c.value end / t.value, 2)) end;
comment on function app.plan_ratio is 'Percent of a target, from the exact fraction; only where higher is better.';

create function app.verdict(c app.data_cell, t app.target) returns text
language sql immutable
return app.meets(t.comparator, t.value, case when (c.d).result = 'ratio' then (c.d).scale * coalesce(c.numerator, c.value) else c.value end,
                 case when (c.d).result = 'ratio' then coalesce(c.denominator, 1) else 1 end);
comment on function app.verdict is 'exceeded, met or not_met; null where there is no figure or no target.';

create function app.cell_shown(p_measure text, c app.data_cell, t app.target, p_explain boolean) returns json
language plpgsql stable as $$
declare
    coverage constant numeric := case when c.expected > 0 then trim_scale(round(c.n::numeric / c.expected, 3)) end;
    value numeric := case p_measure when 'value' then c.value when 'target' then trim_scale(t.value) when 'achievement' then app.plan_ratio(c, t)
                                    when 'coverage' then coverage else c.place end;
    flags text[] := case p_measure when 'target' then '{}' when 'achievement' then array_remove(c.flags || app.verdict(c, t), null) else c.flags end;
    why text := case when p_measure = 'coverage' then case when c.expected = 0 then 'not_expected' when c.n is null then 'not_published' end
                     when p_measure = 'target' then case when t.id is null then 'no_target' end
                     when c.why is not null then c.why
                     when p_measure = 'achievement' then case when t.id is null then 'no_target' when value is null then 'no_ratio' end end;
begin
    if p_explain then
        return json_build_object('value', value, 'n', c.n, 'expected', c.expected, 'coverage', coverage, 'numerator', c.numerator, 'denominator', c.denominator,
            'flags', to_json(flags), 'why', why, 'formula', json_build_object('aggregation', (c.d).aggregation, 'result', (c.d).result, 'scale', (c.d).scale,
                'valid_from', lower((c.d).valid)), 'inputs', c.inputs);
    end if;
    return json_build_object('value', value, 'n', c.n, 'expected', c.expected, 'coverage', coverage,
        'numerator', case when p_measure = 'value' then c.numerator end, 'denominator', case when p_measure = 'value' then c.denominator end,
        'flags', to_json(flags), 'why', why);
end $$;
comment on function app.cell_shown is 'A figure, or what is asked of it, as answers show it.';

create type app.data_frame as (
    windows text[], starts date[], ends date[], coarsest int[],       -- by number; coarsest: which reports may fill one that is no period
    nodes text[], names text[], node int[], root int[], valid daterange[], -- the nodes by number; then a root each, with its node
    indicators int[], measures text[]);                               -- the lines by number
comment on type app.data_frame is 'The three dimensions of a query, resolved.';

create function app.data_frame(q app.data_query) returns app.data_frame
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

create function app.data_dims(f app.data_frame) returns json
language plpgsql stable as $$
begin
    return json_build_array(
        json_build_object('id', 'unit', 'items', (select coalesce(json_agg(json_build_object('code', n.code, 'name', n.name) order by n.ord), '[]')
                                                    from unnest(f.nodes, f.names) with ordinality as n(code, name, ord))),
        json_build_object('id', 'indicator', 'items', (
            select coalesce(json_agg(json_build_object('code', i.code, 'measure', l.measure, 'name', d.name_vi, 'name_en', d.name_en,
                       'unit_of_measure', case when l.measure in ('value', 'target') then d.unit_vi when l.measure = 'achievement' then '%' end,
                       'aggregation', d.aggregation) order by l.ord), '[]')
              from unnest(f.indicators, f.measures) with ordinality as l(id, measure, ord)
              join app.indicator i on i.id = l.id
              left join lateral (select v.* from app.indicator_version v where v.indicator_id = i.id order by lower(v.valid) desc nulls last limit 1) d on true)),
        json_build_object('id', 'period', 'items', (select coalesce(json_agg(json_build_object('code', w.code, 'from', w.s, 'to', w.e) order by w.ord), '[]')
                                                      from unnest(f.windows, f.starts, f.ends) with ordinality as w(code, s, e, ord))));
end $$;
comment on function app.data_dims is 'The dimensions of an answer.';

create function app.chains_digest(p_units int[]) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return (select md5(string_agg(h.chain || ':' || h.seq, ',' order by h.chain)) from app.audit_head h
             where h.unit_id = any (p_units) or h.chain like 'table:%');
end $$;
comment on function app.chains_digest is 'The version of everything that units and the catalogue say: where the chains of their changes end.';

create function app.data_tag(q app.data_query, f app.data_frame) returns text
language plpgsql stable as $$
declare
    units int[] := case when q.boundaries is null or q.boundaries = 'as_reported' then app.unit_ids_within(f.root) else array(select u.id from app.unit u) end;
begin
    units := units || array(select x.parent_id from app.unit_parent x where x.unit_id = any (units)); -- who publishes them
    return format('W/"%s"', md5(concat_ws('|', q::text, app.sight(), (now() at time zone 'Asia/Ho_Chi_Minh')::date, app.chains_digest(units))));
end $$;
comment on function app.data_tag is 'Entity tag of an answer, from the version of the units below those asked for and of the catalogue, before anything is computed.';

create function app.data(q app.data_query, p_if_none_match text, out etag text, out unchanged boolean, out dims json, out cells json, out meta json)
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

drop function app.select_units, app.select_indicators;
drop function app.refuse_large(bigint);

-- migrate:down
drop function app.data, app.data_tag, app.chains_digest, app.data_dims, app.data_frame, app.cell_shown, app.verdict, app.plan_ratio, app.target_in_force, app.refuse_large(bigint, int), app.data_faults, app.node_days, app.boundaries_day, app.as_of_instant,
    app.refuse_query, app.select_nodes, app.select_lines, app.select_windows, app.selector_argument, app.selectors;
drop type app.data_frame, app.data_cell, app.data_query;
drop function app.cells(int[], int[], int[]), app.cells(int[], int[], daterange[], int[], date[], date[], int[], app.figures_how), app.accepted_values;
drop type app.figures_how;
drop function app.recast_from, app.unit_shares;
drop policy in_reach on app.value_revision;
create policy in_reach on app.value_revision for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or (event <> 'entered' and exists (select from app.submission s where s.id = submission_id and s.receiver_id = any ((select app.reach('received'))::int[])))
     or (event = 'accepted' and exists (select from app.submission s where s.id = submission_id and s.state = 'accepted')));
drop trigger acceptance_kept on app.submission;
drop function app.acceptance_kept;
drop table app.acceptance, app.unit_group_member, app.unit_group;

create function app.accepted_values(p_units int[], p_forms int[], p_periods int[], p_indicators int[])
returns table (unit_id int, form_id int, period_id int, indicator_id int, value numeric, denominator numeric, missing_reason text, status text, invented boolean)
language plpgsql stable set enable_nestloop = on as $$
#variable_conflict use_column
begin
    return query
    select s.unit_id, s.form_id, s.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, s.invented
      from app.submission s
      join app.submission_value v on v.submission_id = s.id and v.indicator_id = any (p_indicators)
     where s.state = 'accepted' and s.form_id = any (p_forms) and s.unit_id = any (p_units) and s.period_id = any (p_periods);
end $$;
comment on function app.accepted_values is 'The accepted figures that a query needs, as far as the caller sees them.';

create function app.cells(p_units int[], p_indicators int[], p_periods int[])
returns table (unit_id int, indicator_id int, period_id int, d app.indicator_version, value numeric, n int, expected int,
               numerator numeric, denominator numeric, flags text[], why text)
language plpgsql stable set enable_nestloop = off as $$ -- the planner cannot know how few or many rows each step has
#variable_conflict use_column
begin
    return query
    with recursive asked as materialized (
        select row_number() over () as aid, i.id as indicator_id, p.id as period_id, d.id as version_id, d.aggregation, d.weight_id, d.applies_to
          from unnest(p_indicators) i(id)
          join app.period p on p.id = any (p_periods)
          left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
    ), need as materialized (   -- the entered figures behind each asked one
        select a.aid, a.period_id, coalesce(t.indicator_id, a.indicator_id) as source_id,
               coalesce(t.side, 'numerator') as side, coalesce(t.coefficient, 1) as coefficient, coalesce(t.counts, 'value') as counts
          from asked a left join app.indicator_term t on t.version_id = a.version_id
        union all
        select a.aid, a.period_id, a.weight_id, 'weight', 1, 'value' from asked a where a.weight_id is not null
    ), tiling as ( -- forms that ask a source, and how their periods tile the asked one
        select k.period_id, k.source_id, f.form_id, q.id as from_id, q.ends_on = p.ends_on as is_last, d.measure, q.id <> p.id as finer,
               array_position('{month,quarter,half,nine_months,year}', q.frequency) as coarseness,
               sum(q.ends_on - q.starts_on + 1) over (partition by k.period_id, k.source_id, f.form_id) = p.ends_on - p.starts_on + 1 as tiles
          from (select distinct source_id, period_id from need) k
          join app.period p on p.id = k.period_id
          join app.indicator_version d on d.indicator_id = k.source_id and d.valid @> p.ends_on
          join app.form_indicator f on f.indicator_id = k.source_id and f.level = 'commune' and f.valid @> p.ends_on
          join app.period q on q.frequency = f.frequency and q.starts_on >= p.starts_on and q.ends_on <= p.ends_on
    ), supply as materialized ( -- the coarsest one serves; flows add up over it, stocks and statuses are those of its last period
        select row_number() over () as sid, t.*
          from (select t.*, max(t.coarseness) over (partition by t.period_id, t.source_id) as best from tiling t where t.tiles) t
         where t.coarseness = t.best and (t.measure = 'flow' or t.is_last)
    ), below as (
        select u.id as unit_id, p.id as period_id, p.ends_on, u.id
          from unnest(p_units) u(id) join app.period p on p.id = any (p_periods)
        union
        select b.unit_id, b.period_id, b.ends_on, x.unit_id
          from below b join app.unit_parent x on x.parent_id = b.id and x.valid @> b.ends_on
    ), reporter as materialized ( -- who is expected to report: commune-level units alive on the period's last day
        select row_number() over () as rid, b.unit_id, b.period_id, b.id, u.kind, x.parent_id,
               b.id = any ((select app.reach('own'))::int[]) or x.parent_id = any ((select app.reach('received'))::int[])
               or x.parent_id = any ((select app.reach('accepted'))::int[]) as in_reach
          from below b
          join app.unit u on u.id = b.id and u.valid @> b.ends_on
          join app.unit_kind k on k.code = u.kind and k.level = 'commune'
          left join app.unit_parent x on x.unit_id = b.id and x.valid @> b.ends_on
    ), accepted as materialized ( -- every accepted figure that is needed, once
        select v.unit_id::bigint << 32 | y.sid as key, v.invented, v.value, v.denominator as den, v.missing_reason, v.status
          from app.accepted_values(array(select distinct r.id from reporter r), array(select distinct y.form_id from supply y),
                                   array(select distinct y.from_id from supply y), array(select distinct y.source_id from supply y)) v
          join supply y on y.form_id = v.form_id and y.from_id = v.period_id and y.source_id = v.indicator_id
    ), source as materialized ( -- one entered figure of one reporter for the asked period
        select r.rid << 32 | s.source_id as key,
               count(*) = count(a.value) + count(*) filter (where a.missing_reason = 'not_applicable') as complete,
               bool_and(coalesce(a.missing_reason = 'not_applicable', false)) as not_applicable,
               sum(a.value) as value, sum(a.den) as den,
               bool_or(a.status = 'ESTIMATE') as estimate, bool_or(a.status <> 'OFFICIAL') as provisional, bool_or(a.invented) as invented,
               bool_or(s.finer and s.measure = 'flow') as accumulated,
               bool_and(r.in_reach or b.id is not null) as visible
          from reporter r
          join supply s on s.period_id = r.period_id
          left join app.publication b on b.unit_id = r.parent_id and b.form_id = s.form_id and b.period_id = s.from_id
          left join accepted a on a.key = (r.id::bigint << 32 | s.sid)
         group by r.rid, s.source_id
    ), part as materialized (   -- one asked figure of one reporter
        select r.unit_id, r.id as reporter_id, r.kind, n.aid,
               coalesce(bool_and(x.complete) filter (where n.side <> 'weight'), false) as own_complete,
               coalesce(bool_and(x.complete), false) as complete,
               bool_and(x.key is not null) as asked_for,
               coalesce(bool_and(x.not_applicable) filter (where n.side <> 'weight'), false) as not_applicable,
               coalesce(bool_and(x.visible), true) as visible,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'numerator') as num,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'denominator') as den,
               sum(x.value) filter (where n.side = 'weight') as weight, sum(x.den) as pair_den,
               bool_or(x.estimate) as estimate, bool_or(x.provisional) as provisional, bool_or(x.invented) as invented, bool_or(x.accumulated) as accumulated
          from reporter r
          join need n on n.period_id = r.period_id
          left join source x on x.key = (r.rid << 32 | n.source_id)
         group by r.rid, r.unit_id, r.id, r.kind, n.aid
    ), fraction as ( -- as numerator and denominator; a unit's own figure needs no weight
        select t.*, a.aggregation, t.unit_id = t.reporter_id as single,
               t.kind = any (a.applies_to) and t.asked_for and not t.not_applicable as expected,
               case when t.unit_id = t.reporter_id then t.own_complete else t.complete end as counted,
               case when a.weight_id is not null and t.unit_id <> t.reporter_id then t.num * t.weight else t.num end as top,
               case when a.weight_id is not null then case when t.unit_id = t.reporter_id then 1 else t.weight end
                    else coalesce(t.den, t.pair_den) end as bottom
          from part t
          join asked a on a.aid = t.aid
    ), total as materialized (
        select f.unit_id::bigint << 32 | f.aid as key, bool_or(f.single) as single, bool_and(f.visible) as visible,
               (count(*) filter (where f.expected))::int as expected, (count(*) filter (where f.expected and f.counted))::int as n,
               sum(f.top) filter (where f.expected and f.counted) as top, sum(f.bottom) filter (where f.expected and f.counted) as bottom,
               count(*) filter (where f.expected and f.counted and f.top >= 1) as true_count,
               count(*) filter (where f.expected and f.counted and f.top >= f.bottom) as complete_count,
               bool_or(f.estimate) filter (where f.expected and f.counted) as estimate, bool_or(f.provisional) filter (where f.expected and f.counted) as provisional,
               bool_or(f.invented) filter (where f.expected and f.counted) as invented, bool_or(f.accumulated) filter (where f.expected and f.counted) as accumulated
          from fraction f group by f.unit_id, f.aid
    ), summed as (
        select u.id as unit_id, a.indicator_id, a.period_id, a.version_id, a.weight_id is not null as mean,
               a.weight_id is not null and t.single as own_mean, t.visible, coalesce(t.expected, 0) as expected, coalesce(t.n, 0) as n,
               t.estimate, t.provisional, t.invented, t.accumulated,
               case when t.n = 0 or not t.visible then null when t.single then t.top
                    when a.aggregation = 'count_true' then t.true_count when a.aggregation = 'count_complete' then t.complete_count
                    else t.top end as top,
               case when t.n = 0 or not t.visible then null when t.single then t.bottom
                    when a.aggregation in ('count_true', 'count_complete') then t.n else t.bottom end as bottom
          from unnest(p_units) u(id) cross join asked a
          left join total t on t.key = (u.id::bigint << 32 | a.aid)
    )
    select s.unit_id, s.indicator_id, s.period_id, d,
           case when s.own_mean then trim_scale(s.top) else app.figure_value(d, s.top, s.bottom) end,
           case when s.visible is false then null else s.n end, s.expected,
           case when s.bottom is not null and not s.own_mean then trim_scale(s.top) end, case when not s.own_mean then trim_scale(s.bottom) end,
           case when s.top is null then '{}'::text[] else array_remove(array[
               case when s.n < s.expected then 'partial' end,
               case when s.estimate or (s.mean and not s.own_mean) then 'estimate' end,
               case when s.provisional then 'provisional' end,
               case when s.accumulated then 'accumulated' end,
               case when s.invented then 'invented' end], null) end,
           case when s.expected = 0 then 'not_expected' when s.visible is false then 'not_published'
                when s.n = 0 then 'not_reported'
                when d.result = 'ratio' and not s.own_mean and coalesce(s.bottom, 0) = 0 then 'zero_denominator' end
      from summed s
      left join app.indicator_version d on d.id = s.version_id; -- not defined yet: nobody is expected to report it
end $$;
comment on function app.cells is 'The aggregate: units × indicators × periods from accepted submissions alone.  Sums for flows and stocks, ratio of sums for rates, a weighted mean for income, counts for statuses; never a mean of rates.  Missing is not zero: n of expected units reported, and a null says why.';

create function app.select_indicators(p_selector text) returns table (id int, ord bigint, fault jsonb)
language sql stable
begin atomic
    select i.id, min(t.ord), case when i.id is null then app.parameter_fault('indicator', 'unknown-indicator', jsonb_build_object('indicator', left(min(t.text), 64))) end
      from unnest(app.codes(p_selector)) with ordinality as t(text, ord)
      left join app.indicator i on i.code = t.text
     group by i.id, case when i.id is null then t.text end
    union all
    select i.id, i.sort_order, null from app.indicator i where p_selector is null and i.kind <> 'base';
end;
comment on function app.select_indicators is 'Indicators of a selector: codes with commas between, in the order asked; null: the lines of the plan and their components.';

create function app.select_units(p_selector text, p_periods text) returns table (id int, ord bigint, fault jsonb)
language sql stable
begin atomic
    with token as (
        select t.text, t.ord, substring(t.text from '^children\(([^()]*)\)$') as parent
          from unnest(app.codes(p_selector)) with ordinality as t(text, ord)
    ), named as (
        select t.*, u.id, u.code from token t left join app.unit u on u.code = coalesce(t.parent, t.text)
    ), chosen as (
        select n.id, n.ord, n.code::text as code from named n where n.id is not null and n.parent is null
        union all
        select distinct c.id, n.ord, c.code::text
          from named n
          join app.unit_parent x on x.parent_id = n.id
          join app.period p on p.code = any (app.codes(p_periods)) and x.valid @> p.ends_on
          join app.unit c on c.id = x.unit_id and c.valid @> p.ends_on
         where n.parent is not null
    )
    select c.id, min(c.rank), null::jsonb
      from (select c.id, row_number() over (order by c.ord, c.code) as rank from chosen c) c
     group by c.id
    union all
    select null, null, app.parameter_fault('unit', 'unknown-unit', jsonb_build_object('unit', left(n.text, 64))) from named n where n.id is null
    union all
    select null, null, app.parameter_fault('unit', 'missing-parameter') where p_selector is null;
end;
comment on function app.select_units is 'Units of a selector: codes and children(code), commas between; children are those of the asked periods'' last days, by code.';

create function app.refuse_large(p_cells bigint) returns boolean
language plpgsql immutable as $$
begin
    if p_cells > 20000 then
        perform app.problem(413, 'query-too-large', jsonb_build_object('cells', p_cells, 'limit', 20000));
    end if;
    return true;
end $$;
comment on function app.refuse_large is '413 with the count, before anything is computed.';
