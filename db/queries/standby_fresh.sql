-- standby_fresh: has a standby what the caller has seen, and is it not far behind?  The first statement of what is read there.
-- in:   $1 position text, of the write-ahead log   $2 seconds int
-- out:  one row: where it is
-- raises: TDR01, TDR02 it is no standby
select app.standby_fresh($1::pg_lsn, $2::int) as position
