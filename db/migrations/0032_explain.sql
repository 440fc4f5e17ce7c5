-- migrate:up

-- What explain=true alone shows is put together then alone: an aggregate within a case is computed whether it is wanted or not.

create or replace function app.fractions(p_units int[], p_parents int[], p_kinds text[], p_windows int[], p_single boolean[], p_in_reach boolean[],
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
               jsonb_agg(jsonb_build_object(
                   'form', (select f.code from app.form f where f.id = s.form_id), 'period', (select q.code from app.period q where q.id = s.from_id),
                   'value', a.value, 'denominator', a.den, 'missing_reason', a.missing_reason, 'status', a.status) order by s.from_id) filter (where (p_how).explain) as reports
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
               jsonb_agg(jsonb_build_object(
                   'indicator', (select i.code from app.indicator i where i.id = n.source_id), 'side', n.side, 'coefficient', n.coefficient, 'counts', n.counts,
                   'value', trim_scale(x.value), 'reports', coalesce(x.reports, '[]')) order by n.side, n.source_id) filter (where (p_how).explain) as sources
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

create or replace function app.totals_computed(p_nodes int[], p_roots int[], p_valid daterange[], p_indicators int[], p_windows int[], p_from date[], p_to date[], p_coarsest int[], p_how app.figures_how)
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
        select b.node_id, b.window_id, b.ends_on, r.source, least(sum(r.share), max(r.parts)), bool_and(r.source = r.target and r.share = 1),
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
           case when bool_and(f.visible) then jsonb_agg(jsonb_build_object(
               'share', r.share, 'unit', (select u.code from app.unit u where u.id = r.id), 'expected', f.expected, 'counted', f.included,
               'numerator', case when f.included then trim_scale(r.share * f.top) end, 'denominator', case when f.included then trim_scale(r.share * f.bottom) end,
               'weight', case when f.included then f.weight end, 'sources', f.sources)
               order by (select u.code from app.unit u where u.id = r.id)) filter (where (p_how).explain) end
      from fraction f join reporter r on r.rid = f.reporter
     group by r.node_id, f.indicator_id, f.window_id;
end $$;

-- migrate:down
create or replace function app.totals_computed(p_nodes int[], p_roots int[], p_valid daterange[], p_indicators int[], p_windows int[], p_from date[], p_to date[], p_coarsest int[], p_how app.figures_how)
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
        select b.node_id, b.window_id, b.ends_on, r.source, least(sum(r.share), max(r.parts)), bool_and(r.source = r.target and r.share = 1),
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
create or replace function app.fractions(p_units int[], p_parents int[], p_kinds text[], p_windows int[], p_single boolean[], p_in_reach boolean[],
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
