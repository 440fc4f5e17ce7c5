-- data_get: the aggregate query: units × indicators × periods, dense, row-major, from accepted submissions.
-- in:   $1 unit text   $2 indicator text; null: the plan's lines   $3 period text: selectors, commas between   $4 collapse text: unit, period
--       $5 status text: accepted (as without) or submitted   $6 as_of text: a day or an instant   $7 explain boolean
--       $8 boundaries text: as_reported (as without), current, or a day
-- out:  one row, the whole document
-- raises: TD400 with all faults of the selectors, TD413 query-too-large
select d.dims, d.cells, d.meta
  from app.data(row($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::text, false)::app.data_query) d
