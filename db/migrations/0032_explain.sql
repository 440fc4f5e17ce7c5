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


-- migrate:down
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
