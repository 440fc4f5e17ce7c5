-- health_ready: can the service read its database?  Every query is prepared before this one runs.
-- out: one row
select 'ready' as status
