-- data_cell_list: the aggregate query as a table, one row a cell, in the order of data_get or so that one dimension can stand in columns, one page.
-- in:   $1 unit text   $2 indicator text   $3 period text   $4 collapse text   $5 status text   $6 as_of text   $7 boundaries text: as data_get's
--       $8 columns text: unit, indicator or period; null: none   $9 cursor text: number of the last cell   $10 limit int
-- out:  one row a cell; with columns, in which one it stands, of how many, and beside what
-- raises: TD400 with all faults of the selectors (and cursor), TD400 table-too-wide, TD413 query-too-large
with answer as materialized (
    select d.dims, d.cells, json_array_length(d.dims -> 0 -> 'items') as units, json_array_length(d.dims -> 1 -> 'items') as lines,
           json_array_length(d.dims -> 2 -> 'items') as windows
      from app.data(row($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, false, $7::text, false)::app.data_query, null) d
), heading as materialized ( -- names alone do not tell villages apart, nor a figure from its target
    select h.ord - 1 as place, h.code, count(*) over () as width,
           h.name || case when h.is_asked_of or count(*) over (partition by h.name) > 1 then ' [' || h.code || ']' else '' end as name
      from answer a
     cross join lateral json_array_elements(a.dims -> array_position('{unit,indicator,period}', $8::text) - 1 -> 'items') with ordinality as x(v, ord)
     cross join lateral (select x.ord, coalesce(x.v ->> 'measure' <> 'value', false) as is_asked_of, concat_ws('.', x.v ->> 'code', nullif(x.v ->> 'measure', 'value')) as code,
                                coalesce(x.v ->> 'name', x.v ->> 'code') || coalesce(' (' || (x.v ->> 'unit_of_measure') || ')', '') as name) h
), wide as materialized (
    select app.expect_width((select count(*)::int from heading)) as ok
), numbered as (
    select c.v, (c.ord - 1) / (a.lines * a.windows) as unit, (c.ord - 1) / a.windows % a.lines as line, (c.ord - 1) % a.windows as period
      from wide cross join answer a cross join lateral json_array_elements(a.cells) with ordinality as c(v, ord)
     where wide.ok
), cell as (
    select n.*, case $8::text when 'unit' then (n.line * a.windows + n.period) * a.units + n.unit
                              when 'indicator' then (n.unit * a.windows + n.period) * a.lines + n.line
                              else (n.unit * a.lines + n.line) * a.windows + n.period end + 1 as ord
      from numbered n cross join answer a
), page as (
    select c.* from cell c where c.ord > coalesce(app.cursor_number($9), 0) and c.ord <= coalesce(app.cursor_number($9), 0) + coalesce($10::int, 50)
)
select u.v ->> 'code' as unit, u.v ->> 'name' as unit_name, i.v ->> 'code' as indicator, i.v ->> 'name' as name, i.v ->> 'measure' as measure,
       i.v ->> 'unit_of_measure' as unit_of_measure, p.v ->> 'code' as period, (c.v ->> 'value')::numeric as value, (c.v ->> 'n')::int as n,
       (c.v ->> 'expected')::int as expected, (c.v ->> 'coverage')::numeric as coverage, (c.v ->> 'numerator')::numeric as numerator,
       (c.v ->> 'denominator')::numeric as denominator, c.v -> 'flags' as flags, c.v ->> 'why' as why,
       case when json_array_length(a.cells) > coalesce(app.cursor_number($9), 0) + coalesce($10::int, 50) then c.ord::text end as _next,
       h.width as _width, h.code as _column, h.name as _column_name,
       case $8::text when 'unit' then ',indicator,name,measure,unit_of_measure,period,' when 'indicator' then ',unit,unit_name,period,'
                     when 'period' then ',unit,unit_name,indicator,name,measure,unit_of_measure,' end as _beside
  from page c cross join answer a
 cross join lateral (select a.dims -> 0 -> 'items' -> c.unit::int as v) u
 cross join lateral (select a.dims -> 1 -> 'items' -> c.line::int as v) i
 cross join lateral (select a.dims -> 2 -> 'items' -> c.period::int as v) p
  left join heading h on h.place = case $8::text when 'unit' then c.unit when 'indicator' then c.line when 'period' then c.period end
 order by c.ord
