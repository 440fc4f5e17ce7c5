-- data_cell_list: the aggregate query as a table, one row a cell, in the order of data_get, one page.
-- in:   $1 unit text   $2 indicator text   $3 period text   $4 collapse text   $5 status text   $6 as_of text   $7 boundaries text: as data_get's
--       $8 cursor text: number of the last cell   $9 limit int
-- out:  one row a cell
-- raises: TD400 with all faults of the selectors (and cursor), TD413 query-too-large
with answer as materialized (
    select d.dims, d.cells, json_array_length(d.dims -> 1 -> 'items') as lines, json_array_length(d.dims -> 2 -> 'items') as windows
      from app.data(row($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, false, $7::text, false)::app.data_query, null) d
), cell as (
    select c.v, c.ord, (c.ord - 1) / (a.lines * a.windows) as unit, (c.ord - 1) / a.windows % a.lines as line, (c.ord - 1) % a.windows as period
      from answer a cross join lateral json_array_elements(a.cells) with ordinality as c(v, ord)
     where c.ord > coalesce(app.cursor_number($8), 0) and c.ord <= coalesce(app.cursor_number($8), 0) + coalesce($9::int, 50)
)
select u.v ->> 'code' as unit, u.v ->> 'name' as unit_name, i.v ->> 'code' as indicator, i.v ->> 'name' as name, i.v ->> 'measure' as measure,
       i.v ->> 'unit_of_measure' as unit_of_measure, p.v ->> 'code' as period, (c.v ->> 'value')::numeric as value, (c.v ->> 'n')::int as n,
       (c.v ->> 'expected')::int as expected, (c.v ->> 'coverage')::numeric as coverage, (c.v ->> 'numerator')::numeric as numerator,
       (c.v ->> 'denominator')::numeric as denominator, c.v -> 'flags' as flags, c.v ->> 'why' as why,
       case when json_array_length(a.cells) > coalesce(app.cursor_number($8), 0) + coalesce($9::int, 50) then c.ord::text end as _next
  from cell c cross join answer a
 cross join lateral (select a.dims -> 0 -> 'items' -> c.unit::int as v) u
 cross join lateral (select a.dims -> 1 -> 'items' -> c.line::int as v) i
 cross join lateral (select a.dims -> 2 -> 'items' -> c.period::int as v) p
 order by c.ord
