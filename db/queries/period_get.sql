-- period_get: one period.
-- in:   $1 code text
-- out:  one row
select format('"%s-%s"', p.id, p.version) as _etag,
       p.code, p.frequency, p.year, p.starts_on, p.ends_on, p.due_at, p.grace_until, p.locks_at, coalesce(p.locks_at <= now(), false) as locked
  from app.period p
 where p.code = $1
