-- data_get: the aggregate query: units × indicators × periods, dense, row-major, from accepted submissions.
-- in:   $1 unit text   $2 indicator text; null: the plan's lines   $3 period text: selectors, commas between   $4 collapse text: unit, period
--       $5 status text: accepted (as without) or submitted   $6 as_of text: a day or an instant   $7 explain boolean
--       $8 boundaries text: as_reported (as without), current, or a day   $9 If-None-Match text or null
-- out:  one row, the whole document; nothing but its entity tag when that is known
-- raises: TD400 with all faults of the selectors, TD413 query-too-large
select case when d.unchanged then 304 end as _status, d.etag as _etag, d.dims, d.cells, d.meta
  from app.data(row($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::text, false)::app.data_query, $9::text) d
