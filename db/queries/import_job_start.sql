-- import_job_start: make room for the rows of a job; they follow by COPY.
-- in:   $1 import bigint
-- out:  one row: the number of the import
-- raises: TD403 forbidden when the account enters figures no longer
select app.import_job_start($1::bigint) as id
