-- import_job_leave: a job that is not done, for the time being or for good.
-- in:   $1 SHA-256 of its ticket, bytea   $2 import bigint   $3 problem jsonb, null when the service broke it off
--       $4 may it be tried again? boolean
-- out:  one row: its state; null when it is not ours any more
select app.import_job_leave($1::bytea, $2::bigint, $3::jsonb, $4::boolean) as state
