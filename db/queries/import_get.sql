-- import_get: what became of a file of the caller's own.
-- in:   $1 id bigint
-- out:  one row; errors lack their texts, which the service adds
select a.*, i.faults::json as errors, coalesce(i.findings, '[]')::json as findings from app.import i cross join lateral app.import_told(i) a where i.id = $1::bigint
