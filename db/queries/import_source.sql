-- import_source: a file as it was sent, how, and what is wrong with it; of the caller's own.
-- in:   $1 id bigint
-- out:  a row for each 128 KiB of the file, of which the first has all the rest; none when there is no such file of the caller's
-- cost: libpq makes room for the longest row, and keeps it
with source as materialized (
    select i.*, i.file || ''::bytea as bytes -- unpacked once, not for each piece
      from app.import i
     where i.id = $1::bigint
)
select s.media_type, s.locale, s.mode, s.on_existing, s.unit, s.period, s.outcome, encode(s.plan, 'hex') as plan,
       encode(s.file_sha256, 'hex') as file_sha256, case when p.begins = 1 then s.faults end as faults,
       length(s.bytes) as length, substring(s.bytes from p.begins for 131072) as piece
  from source s cross join lateral generate_series(1, greatest(length(s.bytes), 1), 131072) p(begins)
 order by p.begins
