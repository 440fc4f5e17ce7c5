-- data_get: the aggregate query: units × indicators × periods, dense, row-major, from accepted submissions.
-- in:   $1 unit text: codes and children(code), commas between   $2 indicator text: codes; null: the plan's lines   $3 period text: codes
-- out:  one row, the whole document
-- raises: TD400 with all faults of the selectors, TD413 query-too-large
with units as materialized (
    select * from app.select_units($1, $3)
), indicators as materialized (
    select * from app.select_indicators($2)
), periods as materialized (
    select * from app.select_periods($3)
), verdict as materialized (
    select app.refuse_parameters(coalesce((select jsonb_agg(f.fault) from (select fault from units union all select fault from indicators
                                           union all select fault from periods) f where f.fault is not null), '[]'))
       and app.refuse_large((select count(*) from units) * (select count(*) from indicators) * (select count(*) from periods)) as ok
), cell as (
    select c.*, u.ord as u_ord, i.ord as i_ord, p.ord as p_ord
      from verdict
      cross join lateral app.cells((select array_agg(id) from units where ok), (select array_agg(id) from indicators), (select array_agg(id) from periods)) c
      join units u on u.id = c.unit_id
      join indicators i on i.id = c.indicator_id
      join periods p on p.id = c.period_id
)
select json_build_array(
           json_build_object('id', 'unit', 'items', (select coalesce(json_agg(json_build_object('code', x.code, 'name',
               app.unit_name_on(u.id, (select max(q.ends_on) from periods s join app.period q on q.id = s.id))) order by u.ord), '[]') from units u join app.unit x on x.id = u.id)),
           json_build_object('id', 'indicator', 'items', (select json_agg(json_build_object('code', x.code, 'name', d.name_vi, 'name_en', d.name_en,
               'unit_of_measure', d.unit_vi, 'aggregation', d.aggregation) order by i.ord)
               from indicators i join app.indicator x on x.id = i.id
               left join lateral (select v.* from app.indicator_version v where v.indicator_id = i.id order by lower(v.valid) desc nulls last limit 1) d on true)),
           json_build_object('id', 'period', 'items', (select json_agg(json_build_object('code', x.code, 'from', x.starts_on, 'to', x.ends_on) order by p.ord)
               from periods p join app.period x on x.id = p.id))) as dims,
       coalesce((select json_agg(json_build_object('value', c.value, 'n', c.n, 'expected', c.expected,
                   'coverage', case when c.expected > 0 then trim_scale(round(c.n::numeric / c.expected, 3)) end,
                   'numerator', c.numerator, 'denominator', c.denominator, 'flags', to_json(c.flags), 'why', c.why)
                   order by c.u_ord, c.i_ord, c.p_ord) from cell c), '[]') as cells,
       json_build_object('status', 'accepted', 'at', now(), 'invented', coalesce((select bool_or('invented' = any (c.flags)) from cell c), false)) as meta
