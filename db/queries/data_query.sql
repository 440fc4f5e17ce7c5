-- data_query: the aggregate as data_get, asked for by a body.
-- in:   $1 body text {unit: [selector], indicator?: [selector], period: [selector], collapse?: [unit, period], status?, as_of?, explain?, boundaries?}
--       $2 faults jsonb
-- out:  one row, the whole document
-- raises: TD422 with all faults; TD413 query-too-large
with body as materialized (
    select app.body($1) as b
), good as materialized (
    select app.refuse(app.data_query_faults(b, $2::jsonb)) as ok, b from body
)
select d.dims, d.cells, d.meta
  from good cross join lateral (select x.* from app.data(app.data_query_of(good.b), null) x where good.ok offset 0) d
