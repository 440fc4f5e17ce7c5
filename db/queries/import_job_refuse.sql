-- import_job_refuse: end a job whose file cannot be read.
-- in:   $1 import bigint   $2 faults jsonb
-- out:  one row of nothing
select app.import_job_refuse($1::bigint, $2::jsonb)
