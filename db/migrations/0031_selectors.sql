-- migrate:up

-- Selectors of units: what children(X) and descendants(X, level) cost is bounded by the tree, not by how often they are named and for how many periods.

create or replace function app.select_nodes(p_selector text, p_days date[])
returns table (ord bigint, node text, name text, root int, valid daterange, fault jsonb)
language plpgsql stable as $$ -- whose plan is kept
#variable_conflict use_column
begin
    return query
    with recursive token as (
        select t.text, t.ord, app.selector_argument(t.text, 'group') as group_code,
               coalesce(app.selector_argument(t.text, 'children'), (regexp_match(t.text, '^descendants\(\s*([^(),]*?)\s*,\s*[a-z]+\s*\)$'))[1]) as parent,
               (regexp_match(t.text, '^descendants\([^(),]*,\s*(province|district|commune|village)\s*\)$'))[1] as level,
               t.text like 'descendants(%' as deep
          from app.selectors(p_selector) t
    ), stem as ( -- children(X) and descendants(X, level) of a unit, or of what a group had
        select t.ord, t.deep, t.level, u.id, '(,)'::daterange as valid from token t join app.unit u on u.code = t.parent
        union all
        select t.ord, t.deep, t.level, m.unit_id, m.valid from token t join app.unit_group g on g.code = t.parent join app.unit_group_member m on m.group_id = g.id
    ), below as ( -- each subtree gone down once, however often it is named and whatever the number of days
        select min(s.ord) as ord, s.deep, s.level, s.id, (select range_agg(daterange(d, d, '[]')) from unnest(p_days) d) * datemultirange(s.valid) as days, 0 as depth
          from stem s where not s.deep or s.level is not null group by s.deep, s.level, s.id, s.valid
        union all
        select b.ord, b.deep, b.level, x.unit_id, b.days * datemultirange(x.valid), b.depth + 1
          from below b cross join lateral (select y.unit_id, y.valid from app.unit_parent y where y.parent_id = b.id offset 0) x
         where b.days && x.valid and b.depth < case when b.deep then 64 else 1 end -- deeper than any tree; a circle would end here
    ), chosen as (
        select t.ord, u.code::text as node, app.unit_name_on(u.id, (select max(d) from unnest(p_days) d)) as name, u.id as root, '(,)'::daterange as valid
          from token t join app.unit u on u.code = t.text
        union all
        select t.ord, g.code::text, g.name_vi::text, m.unit_id, m.valid
          from token t join app.unit_group g on g.code = t.group_code join app.unit_group_member m on m.group_id = g.id
        union all
        select distinct b.ord, c.code::text, app.unit_name_on(c.id, (select max(d) from unnest(p_days) d)), c.id, '(,)'::daterange
          from below b
          join app.unit c on c.id = b.id and c.valid && b.days
          join app.unit_kind k on k.code = c.kind
         where b.depth > 0 and (not b.deep or k.level = b.level)
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

-- migrate:down
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
