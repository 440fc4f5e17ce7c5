-- import_get: what became of a file of the caller's own.
-- in:   $1 id bigint
-- out:  one row; errors and problem lack their texts, which the service adds
select a.*, coalesce(i.faults, '[]')::json as errors, coalesce(i.findings, '[]')::json as findings,
       (select (j.problem || jsonb_build_object('instance', coalesce(j.request, '')))::json from app.import_job j where j.import_id = i.id) as problem
  from app.import i cross join lateral app.import_told(i) a where i.id = $1::bigint
