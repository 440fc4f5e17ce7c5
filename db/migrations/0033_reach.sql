-- migrate:up

-- What the caller sees in each of the ways is read at once, for the policies of most tables ask for all of them; and may_edit, which is too
-- large for the planner to put in place, is no SQL function any more, which would be planned anew by each request.

create or replace function app.reach(p_reach text) returns int[]
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    units int[] := app.sealed_get('reach_' || p_reach)::int[];
    way record;
begin
    if units is not null then
        return units;
    end if;
    for way in
        with held as materialized (
            select case when r.reach = 'own' and k.level not in ('commune', 'village') then 'received' else r.reach end as reach, g.unit_id
              from app.account_role g
              join app.role r on r.code = g.role
              join app.unit u on u.id = g.unit_id
              join app.unit_kind k on k.code = u.kind
             where g.account_id = app.me()
        )
        select x.reach, case when exists (select from held h where h.reach = x.reach)
                             then app.unit_ids_within(array(select h.unit_id from held h where h.reach = x.reach)) else '{}' end as of_way
          from unnest('{own,received,accepted}'::text[]) x(reach)
    loop
        perform app.sealed_put('reach_' || way.reach, way.of_way::text);
        if way.reach = p_reach then
            units := way.of_way;
        end if;
    end loop;
    return units;
end $$;

create or replace function app.may_edit(s app.submission, p_grants text[]) returns boolean
language plpgsql immutable parallel safe as $$
begin
    return s.state in ('draft', 'returned') and ('OFFICE_STAT_OFFICER@' || s.unit_id = any (p_grants) or 'CULTURE_INFO_OFFICER@' || s.unit_id = any (p_grants));
end $$;

-- migrate:down
create or replace function app.may_edit(s app.submission, p_grants text[]) returns boolean
language sql immutable parallel safe
return s.state in ('draft', 'returned')
   and ('OFFICE_STAT_OFFICER@' || s.unit_id = any (p_grants) or 'CULTURE_INFO_OFFICER@' || s.unit_id = any (p_grants));
create or replace function app.reach(p_reach text) returns int[]
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    units int[] := app.sealed_get('reach_' || p_reach)::int[];
begin
    if units is null then
        select app.unit_ids_within(array_agg(g.unit_id)) into units
          from app.account_role g
          join app.role r on r.code = g.role
          join app.unit u on u.id = g.unit_id
          join app.unit_kind k on k.code = u.kind
         where g.account_id = app.me()
           and p_reach = case when r.reach = 'own' and k.level not in ('commune', 'village') then 'received' else r.reach end;
        perform app.sealed_put('reach_' || p_reach, units::text);
    end if;
    return units;
end $$;
