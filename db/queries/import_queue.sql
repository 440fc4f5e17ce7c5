-- import_queue: keep a file that was sent, and leave it to a job.
-- in:   $1 to $12 as import_start   $13 SHA-256 of the job's ticket, bytea   $14 the ticket, sealed, text
--       $15 how many unfinished jobs an account may have, int
-- out:  one row, as import_create
-- raises: TD429 too-many-imports
with made as materialized (
    select app.import_queue(k, $13::bytea, $14::text, $15::int) as i
      from app.import_keep($1::text, $2::text, $3::text, $4::text, $5::boolean, $6::text, $7::text, $8::bigint, $9::bytea, $10::bytea,
                           $11::text, $12::text) k
)
select a.*, t.*
  from made
 cross join lateral (select x.id, 'queued' as state, x.outcome, x.committed, x.dry_run, x.mode, x.on_existing, x.locale, x.rows, x.plan, x.errors_total,
                            x.made_at, x.file_sha256, '[]'::json as errors, '[]'::json as findings, null::json as problem
                       from app.import_told(made.i) x) a
 cross join lateral app.answered(202, '/v1/imports/' || a.id, null, to_json(a)) t
