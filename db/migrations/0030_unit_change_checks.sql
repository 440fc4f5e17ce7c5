-- migrate:up

-- A planned reorganisation is checked for what cannot be: units that go away twice, successors that end themselves, a tree that is none;
-- and what it touches is counted alike for reports, targets, groups and accounts.

create or replace function app.planned_links(p_body jsonb) returns setof app.planned_link
language plpgsql stable as $$
begin
    return query
    select x.ord::int - 1, x.l ->> 'kind', x.l ->> 'from', f.id, x.l ->> 'to', t.id,
           case x.l ->> 'kind' when 'ABOLISH' then true when 'PARTIAL_TRANSFER' then false else coalesce((x.l ->> 'whole')::boolean, x.l ->> 'population' is null) end,
           (x.l ->> 'population')::int, (x.l ->> 'population_of')::int, x.l ->> 'parent'
      from jsonb_array_elements(p_body -> 'links') with ordinality as x(l, ord)
      left join app.unit f on f.code = x.l ->> 'from'
      left join app.unit t on t.code = x.l ->> 'to';
end $$;

create function app.planned_ends(p_body jsonb) returns table (code text)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    select l.source from app.planned_links(p_body) l
     group by l.source
    having bool_or(l.kind in ('MERGE', 'ABOLISH')) and not bool_or(l.target is not distinct from l.source);
end $$;
comment on function app.planned_ends is 'Units that end with a planned reorganisation: merged or abolished, and no link leads back to them.';

create function app.planned_rank(p_body jsonb, p_code text) returns int
language plpgsql stable as $$
begin
    return (select array_position(array['province', 'district', 'commune', 'village'], k.level) from app.unit_kind k
             where k.code = coalesce((select u.kind from app.unit u where u.code = p_code),
                                     (select min(n ->> 'kind') from jsonb_array_elements(p_body -> 'new_units') n where n ->> 'code' = p_code)));
end $$;
comment on function app.planned_rank is 'How far down in the tree a unit stands that is there, or will be, from 1 for a province; null: it is not known.';

create function app.left_behind(p_ended int[], p_named int[], p_day date) returns int[]
language plpgsql stable as $$
begin
    return array(with recursive below as (
        select p.unit_id from app.unit_parent p where p.parent_id = any (p_ended) and p.valid @> p_day and p.unit_id <> all (p_named)
        union
        select p.unit_id from below b join app.unit_parent p on p.parent_id = b.unit_id and p.valid @> p_day and p.unit_id <> all (p_named)
    ) select b.unit_id from below b);
end $$;
comment on function app.left_behind is 'Units below others that end, of which the plan itself says nothing; nor are units below those that it names.';

create or replace function app.unit_change_faults(p_body jsonb) returns setof jsonb
language plpgsql stable as $$
declare
    day constant date := app.date_or_null(p_body ->> 'effective_on');
    new_codes constant text[] := array(select n ->> 'code' from jsonb_array_elements(p_body -> 'new_units') n);
begin
    return query
    with link as materialized (
        select l.*, l.target is not distinct from l.source as stays
          from app.planned_links(p_body) l
    ), ended as materialized (
        select u.id, x.code from app.planned_ends(p_body) x left join app.unit u on u.code = x.code
    ), over as materialized ( -- what there is no more on the day
        select e.code from ended e
        union
        select u.code from app.unit u
         where u.id = any (app.left_behind(array(select e.id from ended e where e.id is not null), array(select l.source_id from link l where l.source_id is not null), day - 1))
    ), whole as materialized ( -- the link that takes all of a unit away
        select l.source, min(l.nth) as nth from link l where l.whole and not l.stays and l.kind in ('MERGE', 'ABOLISH') group by l.source
    ), placed as ( -- who is to report to whom
        select '/links/' || l.nth || '/parent' as pointer, l.source as unit, l.parent from link l where l.parent is not null
        union all
        select '/new_units/' || n.ord - 1 || '/parent', n.v ->> 'code', n.v ->> 'parent' from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord)
    ), named as (
        select '/links/' || l.nth || '/from' as pointer, l.source as code, l.source_id as id, day - 1 as on_day from link l
        union all
        select '/links/' || l.nth || '/to', l.target, l.target_id, case when l.target = l.source then day - 1 else day end from link l where l.target is not null and l.target <> all (new_codes)
        union all
        select '/links/' || l.nth || '/parent', l.parent, u.id, day from link l left join app.unit u on u.code = l.parent where l.parent is not null and l.parent <> all (new_codes)
        union all
        select '/new_units/' || n.ord - 1 || '/parent', n.v ->> 'parent', u.id, day
          from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord) left join app.unit u on u.code = n.v ->> 'parent'
         where n.v ->> 'parent' <> all (new_codes)
    )
    select app.fault(n.pointer, 'unknown-unit', jsonb_build_object('unit', left(n.code, 64))) from named n where n.id is null
    union all
    select app.fault(n.pointer, 'unit-not-alive', jsonb_build_object('unit', n.code, 'day', n.on_day)) from named n join app.unit u on u.id = n.id
     where not u.valid @> n.on_day or (n.on_day = day and u.code in (select o.code from over o))
    union all
    select app.fault(p.pointer, 'not-above', jsonb_build_object('unit', p.unit, 'parent', p.parent)) from placed p
     where app.planned_rank(p_body, p.parent) >= app.planned_rank(p_body, p.unit)
    union all
    select app.fault('/links/' || l.nth || '/to', 'other-level', jsonb_build_object('unit', l.source, 'other', l.target)) from link l
     where l.kind in ('MERGE', 'PARTIAL_TRANSFER') and app.planned_rank(p_body, l.target) <> app.planned_rank(p_body, l.source)
    union all
    select app.fault('/links/' || l.nth || '/to', 'not-itself', jsonb_build_object('unit', l.source)) from link l
     where l.kind in ('RECODE', 'UNCHANGED_NEW_PARENT') and l.target is not null and not l.stays
    union all
    select app.fault('/links/' || l.nth || '/parent', 'missing-member', '{}') from link l where l.kind = 'UNCHANGED_NEW_PARENT' and l.parent is null
    union all -- who goes on below a unit that ends has to say where
    select app.fault('/links/' || min(l.nth) || '/parent', 'missing-member', '{}')
      from link l join app.unit u on u.id = app.unit_parent_on(l.source_id, day - 1)
     where u.code in (select o.code from over o) and l.source not in (select o.code from over o)
     group by l.source having count(l.parent) = 0 and not bool_or(l.kind = 'UNCHANGED_NEW_PARENT')
    union all
    select app.fault('/links/' || l.nth || '/whole', 'part-not-whole', '{}') from link l
     where l.kind = 'PARTIAL_TRANSFER' and p_body #>> array['links', l.nth::text, 'whole'] = 'true'
    union all
    select app.fault('/new_units/' || n.ord - 1 || '/parent', 'missing-member', '{}')
      from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord) where n.v ->> 'parent' is null and n.v ->> 'kind' <> 'PROVINCE'
    union all
    select app.fault('/links/' || l.nth, 'nothing-left', jsonb_build_object('unit', l.source, 'first', w.nth)) from link l join whole w on w.source = l.source and w.nth <> l.nth
     where not exists (select from link x where (x.kind, x.source) = (l.kind, l.source) and x.target is not distinct from l.target and x.nth < l.nth)
    union all
    select app.fault('/new_units/' || n.ord - 1 || '/code', 'unit-exists', jsonb_build_object('unit', n.v ->> 'code'))
      from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord)
     where exists (select from app.unit u where u.code = n.v ->> 'code') or n.v ->> 'code' = any (new_codes[:n.ord::int - 1])
    union all
    select app.fault('/links/' || l.nth || '/to', 'missing-member', '{}') from link l where l.kind <> 'ABOLISH' and l.target is null
    union all
    select app.fault('/links/' || l.nth || '/to', 'has-no-successor', '{}') from link l where l.kind = 'ABOLISH' and l.target is not null
    union all
    select app.fault('/links/' || l.nth, 'duplicate-link', jsonb_build_object('first', f.nth))
      from link l join lateral (select min(x.nth) as nth from link x where (x.kind, x.source) = (l.kind, l.source) and x.target is not distinct from l.target) f on f.nth < l.nth
    union all
    select app.fault('/links/' || l.nth || '/population', 'missing-member', '{}') from link l where l.population is null and not l.whole
    union all
    select app.fault('/links/' || l.nth || '/population_of', 'missing-member', '{}') from link l where not l.whole and l.population_of is null
    union all
    select app.fault('/links/' || min(l.nth) || '/population', 'parts-do-not-add-up', jsonb_build_object('unit', l.source, 'sum', sum(l.population), 'population', max(l.population_of)))
      from link l where not l.whole and l.population is not null and l.population_of is not null
     group by l.source
    having sum(l.population) > max(l.population_of) or min(l.population_of) <> max(l.population_of)
        or (sum(l.population) < max(l.population_of) and (l.source in (select o.code from over o) or bool_or(l.stays)));
end $$;

comment on function app.unit_change_faults is 'Everything that is wrong with a planned reorganisation: units that are not there on its day, or not any more; parts that do not make the whole; a tree that is none.';

create or replace function app.unit_change_preview(p_body jsonb, out units json, out below json, out accounts json, out submissions json, out targets json, out groups json,
                                        out expected_reports int)
language plpgsql stable as $$
declare
    day constant date := (p_body ->> 'effective_on')::date;
    links constant app.planned_link[] := array(select l from app.planned_links(p_body) l);
    ended constant int[] := array(select u.id from app.planned_ends(p_body) e join app.unit u on u.code = e.code);
    moved constant int[] := array(select distinct l.source_id from unnest(links) l where l.parent is not null and l.source_id <> all (ended));
    ended_below constant int[] := app.left_behind(ended, array(select l.source_id from unnest(links) l), day - 1);
    over constant int[] := ended || ended_below;
begin
    units := (select json_agg(json_build_object('code', u.code, 'name', u.name, 'change', u.change, 'successors', u.successors) order by u.rank, u.code)
                from (select 1 as rank, x.code::text as code, app.unit_name_on(x.id, day - 1) as name,
                             case when x.id = any (ended) then 'ends' when x.id = any (moved) then 'moves' when bool_or(l.kind = 'RECODE') then 'recoded' else 'gives' end as change,
                             coalesce(json_agg(json_build_object('code', l.target, 'share', case when l.whole then 1 else round(l.population::numeric / nullif(l.population_of, 0), 6) end)
                                               order by l.nth) filter (where l.target is not null), '[]') as successors
                        from unnest(links) l join app.unit x on x.id = l.source_id group by x.id, x.code
                      union all
                      select 2, x.code::text, app.unit_name_on(x.id, day), 'takes', '[]'
                        from app.unit x where x.id in (select l.target_id from unnest(links) l) and x.id not in (select l.source_id from unnest(links) l)
                      union all
                      select 3, n ->> 'code', n ->> 'name', 'begins', '[]' from jsonb_array_elements(p_body -> 'new_units') n) u);
    below := app.counted_list(array(select json_build_object('code', u.code, 'name', app.unit_name_on(u.id, day - 1), 'kind', u.kind)
                                      from app.unit u where u.id = any (ended_below) and u.valid @> (day - 1) order by u.code));
    if app.is_admin() then
        accounts := app.counted_list(array(select json_build_object('login', a.login, 'name', a.name, 'role', r.role, 'unit', u.code)
                                             from app.account_role r join app.account a on a.id = r.account_id and a.disabled_at is null join app.unit u on u.id = r.unit_id
                                            where r.unit_id = any (over) order by u.code, a.login, r.role));
    end if;
    submissions := app.counted_list(array(
        select json_build_object('id', s.id, 'unit', u.code, 'form', f.code, 'period', p.code, 'state', app.shown_state(s), 'ends_after', p.ends_on >= day and s.unit_id = any (over))
          from app.submission s join app.unit u on u.id = s.unit_id join app.form f on f.id = s.form_id join app.period p on p.id = s.period_id
         where s.unit_id = any (over || moved) and (s.state <> 'accepted' or p.ends_on >= day) order by u.code, p.ends_on, f.code));
    targets := app.counted_list(array(
        select json_build_object('unit', u.code, 'indicator', i.code, 'year', t.year, 'document', d.code)
          from app.target t join app.unit u on u.id = t.unit_id join app.indicator i on i.id = t.indicator_id join app.document d on d.id = t.document_id
         where t.unit_id = any (over) and t.year >= extract(year from day) order by u.code, t.year, i.sort_order, d.code));
    groups := app.counted_list(array(select json_build_object('group', g.code, 'unit', u.code)
                                       from app.unit_group_member m join app.unit_group g on g.id = m.group_id join app.unit u on u.id = m.unit_id
                                      where m.unit_id = any (over) and m.valid @> (day - 1) order by g.code, u.code));
    expected_reports := (select count(*) from app.unit u join app.unit_kind k on k.code = u.kind join app.form f on f.level = k.level
                           join app.period p on p.frequency = f.frequency and p.ends_on >= day and f.valid @> p.ends_on
                          where u.id = any (over) and u.valid @> p.ends_on);
end $$;

-- migrate:down
create or replace function app.unit_change_preview(p_body jsonb, out units json, out below json, out accounts json, out submissions json, out targets json, out groups json,
                                        out expected_reports int)
language plpgsql stable as $$
declare
    day constant date := (p_body ->> 'effective_on')::date;
    links constant app.planned_link[] := array(select l from app.planned_links(p_body) l);
    ended constant int[] := array(select distinct l.source_id from unnest(links) l where l.kind in ('MERGE', 'ABOLISH')
                                     and not exists (select from unnest(links) s where s.source = l.source and s.target = l.source));
    moved constant int[] := array(select distinct l.source_id from unnest(links) l where l.parent is not null or l.kind = 'UNCHANGED_NEW_PARENT');
    ended_below int[] := array(select distinct x from unnest(ended) e cross join lateral unnest(app.unit_ids_below(e, day - 1)) x except select unnest(ended));
begin
    units := (select json_agg(json_build_object('code', u.code, 'name', u.name, 'change', u.change, 'successors', u.successors) order by u.rank, u.code)
                from (select 1 as rank, x.code::text as code, app.unit_name_on(x.id, day - 1) as name,
                             case when x.id = any (ended) then 'ends' when x.id = any (moved) then 'moves' when bool_or(l.kind = 'RECODE') then 'recoded' else 'gives' end as change,
                             coalesce(json_agg(json_build_object('code', l.target, 'share', case when l.whole then 1 else round(l.population::numeric / nullif(l.population_of, 0), 6) end)
                                               order by l.nth) filter (where l.target is not null), '[]') as successors
                        from unnest(links) l join app.unit x on x.id = l.source_id group by x.id, x.code
                      union all
                      select 2, x.code::text, app.unit_name_on(x.id, day), 'takes', '[]'
                        from app.unit x where x.id in (select l.target_id from unnest(links) l) and x.id not in (select l.source_id from unnest(links) l)
                      union all
                      select 3, n ->> 'code', n ->> 'name', 'begins', '[]' from jsonb_array_elements(p_body -> 'new_units') n) u);
    below := app.counted_list(array(select json_build_object('code', u.code, 'name', app.unit_name_on(u.id, day - 1), 'kind', u.kind)
                                      from app.unit u where u.id = any (ended_below) and u.valid @> (day - 1) order by u.code));
    if app.is_admin() then
        accounts := app.counted_list(array(select json_build_object('login', a.login, 'name', a.name, 'role', r.role, 'unit', u.code)
                                             from app.account_role r join app.account a on a.id = r.account_id and a.disabled_at is null join app.unit u on u.id = r.unit_id
                                            where r.unit_id = any (ended || ended_below) order by u.code, a.login, r.role));
    end if;
    submissions := app.counted_list(array(
        select json_build_object('id', s.id, 'unit', u.code, 'form', f.code, 'period', p.code, 'state', s.state, 'ends_after', p.ends_on >= day)
          from app.submission s join app.unit u on u.id = s.unit_id join app.form f on f.id = s.form_id join app.period p on p.id = s.period_id
         where s.unit_id = any (ended || moved) and (s.state <> 'accepted' or p.ends_on >= day) order by u.code, p.ends_on, f.code));
    targets := app.counted_list(array(
        select json_build_object('unit', u.code, 'indicator', i.code, 'year', t.year, 'document', d.code)
          from app.target t join app.unit u on u.id = t.unit_id join app.indicator i on i.id = t.indicator_id join app.document d on d.id = t.document_id
         where t.unit_id = any (ended) and t.year >= extract(year from day) order by u.code, t.year, i.sort_order, d.code));
    groups := app.counted_list(array(select json_build_object('group', g.code, 'unit', u.code)
                                       from app.unit_group_member m join app.unit_group g on g.id = m.group_id join app.unit u on u.id = m.unit_id
                                      where m.unit_id = any (ended) and m.valid @> (day - 1) order by g.code, u.code));
    expected_reports := (select count(*) from app.unit u join app.unit_kind k on k.code = u.kind join app.form f on f.level = k.level
                           join app.period p on p.frequency = f.frequency and p.ends_on >= day and f.valid @> p.ends_on
                          where u.id = any (ended || ended_below) and u.valid @> p.ends_on);
end $$;
create or replace function app.unit_change_faults(p_body jsonb) returns setof jsonb
language plpgsql stable as $$
declare
    day constant date := app.date_or_null(p_body ->> 'effective_on');
    new_codes constant text[] := array(select n ->> 'code' from jsonb_array_elements(p_body -> 'new_units') n);
begin
    return query
    with link as materialized (
        select l.* from app.planned_links(p_body) l
    ), named as (
        select '/links/' || l.nth || '/from' as pointer, l.source as code, l.source_id as id, day - 1 as on_day from link l
        union all
        select '/links/' || l.nth || '/to', l.target, l.target_id, case when l.target = l.source then day - 1 else day end from link l where l.target is not null and l.target <> all (new_codes)
        union all
        select '/links/' || l.nth || '/parent', l.parent, u.id, day from link l left join app.unit u on u.code = l.parent where l.parent is not null and l.parent <> all (new_codes)
        union all
        select '/new_units/' || n.ord - 1 || '/parent', n.v ->> 'parent', u.id, day
          from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord) left join app.unit u on u.code = n.v ->> 'parent'
         where n.v ->> 'parent' <> all (new_codes)
    )
    select app.fault(n.pointer, 'unknown-unit', jsonb_build_object('unit', left(n.code, 64))) from named n where n.id is null
    union all
    select app.fault(n.pointer, 'unit-not-alive', jsonb_build_object('unit', n.code, 'day', n.on_day)) from named n join app.unit u on u.id = n.id where not u.valid @> n.on_day
    union all
    select app.fault('/new_units/' || n.ord - 1 || '/code', 'unit-exists', jsonb_build_object('unit', n.v ->> 'code'))
      from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord)
     where exists (select from app.unit u where u.code = n.v ->> 'code') or n.v ->> 'code' = any (new_codes[:n.ord::int - 1])
    union all
    select app.fault('/links/' || l.nth || '/to', 'missing-member', '{}') from link l where l.kind <> 'ABOLISH' and l.target is null
    union all
    select app.fault('/links/' || l.nth || '/to', 'has-no-successor', '{}') from link l where l.kind = 'ABOLISH' and l.target is not null
    union all
    select app.fault('/links/' || l.nth, 'duplicate-link', jsonb_build_object('first', f.nth))
      from link l join lateral (select min(x.nth) as nth from link x where (x.kind, x.source) = (l.kind, l.source) and x.target is not distinct from l.target) f on f.nth < l.nth
    union all
    select app.fault('/links/' || l.nth || '/population', 'missing-member', '{}') from link l where not l.whole and l.population is null
    union all
    select app.fault('/links/' || l.nth || '/population_of', 'missing-member', '{}') from link l where not l.whole and l.population_of is null
    union all
    select app.fault('/links/' || min(l.nth) || '/population', 'parts-do-not-add-up', jsonb_build_object('unit', l.source, 'sum', sum(l.population), 'population', max(l.population_of)))
      from link l where not l.whole and l.population is not null and l.population_of is not null
     group by l.source
    having sum(l.population) <> max(l.population_of) or min(l.population_of) <> max(l.population_of);
end $$;
comment on function app.unit_change_faults is 'Everything that is wrong with a planned reorganisation: units that are not there on its day, parts that do not make the whole.';
drop function app.left_behind, app.planned_rank, app.planned_ends;
create or replace function app.planned_links(p_body jsonb) returns setof app.planned_link
language plpgsql stable as $$
begin
    return query
    select x.ord::int - 1, x.l ->> 'kind', x.l ->> 'from', f.id, x.l ->> 'to', t.id, coalesce((x.l ->> 'whole')::boolean, not x.l ? 'population'),
           (x.l ->> 'population')::int, (x.l ->> 'population_of')::int, x.l ->> 'parent'
      from jsonb_array_elements(p_body -> 'links') with ordinality as x(l, ord)
      left join app.unit f on f.code = x.l ->> 'from'
      left join app.unit t on t.code = x.l ->> 'to';
end $$;
