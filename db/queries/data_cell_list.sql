-- data_cell_list: the aggregate query as a table, one row a cell, in the order of data_get or so that one or two dimensions can stand in columns, one page.
-- in:   $1 unit text   $2 indicator text   $3 period text   $4 collapse text   $5 status text   $6 as_of text   $7 boundaries text: as data_get's
--       $8 columns text: one or two of unit, indicator, period; null: none   $9 cursor text: number of the last cell   $10 limit int
-- out:  one row a cell; with columns, in which one it stands, of how many, and beside what
-- raises: TD400 with all faults of the selectors (and cursor), TD400 table-too-wide, TD413 query-too-large
-- cost: dims and cells are taken apart once, for all rows
with answer as materialized (
    select d.dims, d.cells
      from app.data(row($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, false, $7::text, false)::app.data_query, null) d
), size as materialized (
    select json_array_length(a.cells) as cells, json_array_length(a.dims -> 1 -> 'items') as lines, json_array_length(a.dims -> 2 -> 'items') as windows,
           coalesce(app.cursor_number($9), 0) as after, coalesce(app.cursor_number($9), 0) + coalesce($10::int, 50) as until
      from answer a
), across as materialized (
    select c.ids is not null as some, coalesce('unit' = any (c.ids), false) as unit, coalesce('indicator' = any (c.ids), false) as line,
           coalesce('period' = any (c.ids), false) as period
      from string_to_array($8::text, ',') c(ids)
), item as materialized (
    select d.ord as dim, i.ord - 1 as place, i.v ->> 'code' as code, i.v ->> 'name' as name, i.v ->> 'measure' as measure, i.v ->> 'unit_of_measure' as unit_of_measure
      from answer a
     cross join lateral json_array_elements(a.dims) with ordinality as d(v, ord)
     cross join lateral json_array_elements(d.v -> 'items') with ordinality as i(v, ord)
), label as materialized ( -- names alone do not tell villages apart, nor a figure from its target
    select l.dim, l.place, l.code, l.name || case when l.measure <> 'value' or count(*) over (partition by l.dim, l.name) > 1 then ' [' || l.code || ']' else '' end as name
      from across x
     cross join lateral (select i.dim, i.place, i.measure, concat_ws('.', i.code, nullif(i.measure, 'value')) as code,
                                coalesce(i.name, i.code) || coalesce(' (' || i.unit_of_measure || ')', '') as name
                           from item i where i.dim = 1 and x.unit or i.dim = 2 and x.line or i.dim = 3 and x.period) l
    union all
    select d.dim, 0, null, null
      from across x cross join lateral unnest(array[x.unit, x.line, x.period]) with ordinality as d(is_across, dim) where not d.is_across
), heading as materialized (
    select row_number() over (order by u.place, i.place, p.place) - 1 as place, concat_ws('/', u.code, i.code, p.code) as code, concat_ws(' / ', u.name, i.name, p.name) as name
      from label u cross join label i cross join label p
     where u.dim = 1 and i.dim = 2 and p.dim = 3
), wide as materialized (
    select count(*) as width, app.expect_width(count(*)::int) as ok from heading
), numbered as (
    select c.v, (c.ord - 1) / (s.lines * s.windows) as unit, (c.ord - 1) / s.windows % s.lines as line, (c.ord - 1) % s.windows as period
      from wide cross join size s cross join answer a cross join lateral json_array_elements(a.cells) with ordinality as c(v, ord)
     where wide.ok
), cell as (
    select n.*, row_number() over (order by case when not x.unit then n.unit end, case when not x.line then n.line end, case when not x.period then n.period end,
                                            n.unit, n.line, n.period) as ord
      from numbered n cross join across x
), page as materialized (
    select c.*, (c.ord - 1) % w.width as place from cell c cross join size s cross join wide w where c.ord > s.after and c.ord <= s.until
)
select u.code as unit, u.name as unit_name, i.code as indicator, i.name as name, i.measure as measure, i.unit_of_measure as unit_of_measure, p.code as period,
       (c.v ->> 'value')::numeric as value, (c.v ->> 'n')::int as n, (c.v ->> 'expected')::int as expected, (c.v ->> 'coverage')::numeric as coverage,
       (c.v ->> 'numerator')::numeric as numerator, (c.v ->> 'denominator')::numeric as denominator, c.v -> 'flags' as flags, c.v ->> 'why' as why,
       case when s.cells > s.until then c.ord::text end as _next,
       case when x.some then w.width end as _width, h.code as _column, h.name as _column_name,
       ',' || concat_ws(',', case when not x.unit then 'unit,unit_name' end, case when not x.line then 'indicator,name,measure,unit_of_measure' end,
                        case when not x.period then 'period' end) || ',' as _beside
  from page c cross join size s cross join across x cross join wide w
  join item u on u.dim = 1 and u.place = c.unit
  join item i on i.dim = 2 and i.place = c.line
  join item p on p.dim = 3 and p.place = c.period
  join heading h on h.place = c.place
 order by c.ord
