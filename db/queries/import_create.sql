-- import_create: judge the rows that were copied in, and carry out what the mode allows.
-- in:   $1 import bigint   $2 columns jsonb: which field stands in which column of the sheet, null for JSON
--       $3 unit text, $4 period text, $5 locale text: what the file itself says, '' for nothing
-- out:  one row; errors lack their texts, which the service adds; _rejected when nothing was kept for them
-- raises: TD409 plan-outdated
with done as materialized (
    select app.import_run($1::bigint, $2::jsonb, $3::text, $4::text, $5::text) as i
)
select a.*, t.*, (done.i).outcome = 'rejected' as _rejected
  from done
 cross join lateral (select x.*, (done.i).faults::json as errors, (done.i).findings::json as findings, null::json as problem from app.import_told(done.i) x) a
 cross join lateral app.answered(201, '/v1/imports/' || a.id, null, to_json(a)) t
