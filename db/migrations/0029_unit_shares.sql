-- migrate:up

-- A unit that gives away a part and goes on keeps the rest, and is another one in other boundaries.

create or replace function app.unit_shares(p_from date, p_to date)
returns table (source int, target int, share numeric)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    with recursive event as (
        select row_number() over (order by c.effective_on) as nth, c.effective_on from (select distinct x.effective_on from app.unit_change x where x.effective_on > p_from and x.effective_on <= p_to) c
    ), gone as (
        select e.nth, e.effective_on, l.from_unit_id, l.to_unit_id, case when l.whole then 1 else l.population::numeric / l.population_of end as share
          from event e join app.unit_change c on c.effective_on = e.effective_on join app.unit_change_link l on l.change_id = c.id
         where l.to_unit_id <> l.from_unit_id
    ), link as ( -- a unit that goes on keeps what no link takes from it
        select g.nth, g.from_unit_id, g.to_unit_id, g.share from gone g
        union all
        select g.nth, g.from_unit_id, g.from_unit_id, greatest(1 - sum(g.share), 0)
          from gone g join app.unit u on u.id = g.from_unit_id and u.valid @> g.effective_on
         group by g.nth, g.from_unit_id
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

alter table app.unit_change_link add constraint unit_change_link_part check (whole or (num_nulls(population, population_of) = 0 and population_of > 0));
alter table app.unit_change_link add constraint unit_change_link_transfer check (kind <> 'PARTIAL_TRANSFER' or not whole);
comment on constraint unit_change_link_transfer on app.unit_change_link is 'What is transferred in part is a part.';

create function app.links_guard() returns trigger
language plpgsql as $$
begin
    if (select sum(case when l.whole then 1 else l.population::numeric / l.population_of end) > 1.000000001
          from app.unit_change_link l join app.unit_change c on c.id = l.change_id
         where l.from_unit_id = new.from_unit_id and l.to_unit_id <> l.from_unit_id
           and c.effective_on = (select x.effective_on from app.unit_change x where x.id = new.change_id)) then
        raise exception using errcode = '23514', message = 'more than all of a unit goes elsewhere', constraint = 'unit_change_link_sum', table = 'unit_change_link';
    end if;
    return null;
end $$;
comment on function app.links_guard is 'On one day no more of a unit goes to others than there is.';
create constraint trigger unit_change_link_sum after insert or update on app.unit_change_link deferrable initially deferred
    for each row execute function app.links_guard();
comment on constraint unit_change_link_part on app.unit_change_link is 'Of a part it is known how much of the whole it is.';

-- migrate:down
drop trigger unit_change_link_sum on app.unit_change_link;
drop function app.links_guard;
alter table app.unit_change_link drop constraint unit_change_link_transfer;
alter table app.unit_change_link drop constraint unit_change_link_part;
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
create or replace function app.unit_shares(p_from date, p_to date)
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
