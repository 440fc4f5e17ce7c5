-- import_source: a file as it was sent, how, and what is wrong with it; of the caller's own.
-- in:   $1 id bigint
-- out:  one row of text, but for the file; none when there is no such file of the caller's
select i.media_type, i.locale, i.mode, i.on_existing, i.unit, i.period, i.file, i.outcome, encode(i.plan, 'hex') as plan,
       encode(i.file_sha256, 'hex') as file_sha256, i.faults::text as faults, i.separator, i.sheet
  from app.import i
 where i.id = $1::bigint
