-- session_ticket: whose job this is: the first statement of every transaction of a job.
-- in:   $1 SHA-256 of the job's ticket, bytea   $2 import bigint
-- out:  one row of nothing
-- raises: TD401 unauthenticated when it is not the ticket of this import, or not running; TD403 forbidden when the account is disabled
-- cost: primary keys
select app.session_ticket($1::bytea, $2::bigint)
