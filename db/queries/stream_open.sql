-- stream_open: all rows of a list may take longer than a page: the time PostgreSQL gives the query that follows.
-- in:   nothing
-- out:  one row of nothing
select set_config('statement_timeout', '60s', true)
