-- position_get: where the primary's write-ahead log ends, after what was just done.
-- out:  one row
select pg_current_wal_insert_lsn() as position
