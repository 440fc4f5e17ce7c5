-- import_job_take: the job to be worked on next; its attempt is counted.
-- in:   nothing
-- out:  one row: the import and its ticket, sealed; nulls when there is nothing to do
-- cost: index import_job_waiting
select t.import_id, t.sealed from app.import_job_take() t
