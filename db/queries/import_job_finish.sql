-- import_job_finish: judge the rows of a job, carry out what the mode allows, and end the job with its ticket.
-- in:   as import_create
-- out:  one row: the outcome
-- raises: TD409 plan-outdated
with done as materialized (
    select app.import_run($1::bigint, $2::jsonb, $3::text, $4::text, $5::text) as i
)
select (done.i).outcome, app.import_job_done() from done
