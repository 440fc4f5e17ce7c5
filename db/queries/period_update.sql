-- period_update: move the instants of a period: due, grace, lock; the district's home affairs office alone.  A later lock unlocks.
-- in:   $1 code text   $2 If-Match text   $3 body text {due_at?, grace_until?, locks_at?}   $4 faults jsonb
-- out:  one row; none when there is no such period
-- raises: TD403 forbidden, TD412 stale-version, TD422 with all faults
with body as (
    select app.body($3) as b
), seen as (
    select p as p, format('"%s-%s"', p.id, p.version) as etag from app.period p where p.code = $1
), verdict as materialized (
    select (s.p).id, (s.p).version, b from seen s, body
     where app.expect_home_affairs() and app.expect_version($2, s.etag, app.period_difference(s.p, b)) and app.refuse($4::jsonb || app.period_faults(b - '{code,starts_on,ends_on}'::text[], s.p))
), kept as (
    update app.period p
       set due_at = case when b ? 'due_at' then (b ->> 'due_at')::timestamptz else p.due_at end,
           grace_until = case when b ? 'grace_until' then (b ->> 'grace_until')::timestamptz else p.grace_until end,
           locks_at = case when b ? 'locks_at' then (b ->> 'locks_at')::timestamptz else p.locks_at end
      from verdict v
     where p.id = v.id and p.version = v.version
    returning p.*
)
select a.*, t.*
  from verdict v
  left join kept p on true
 cross join lateral (select p.code, p.frequency, p.year, p.starts_on, p.ends_on, p.due_at, p.grace_until, p.locks_at,
                            coalesce(p.locks_at <= now(), false) as locked where app.expect_written(p.id is not null)) a
 cross join lateral app.answered(200, null, format('"%s-%s"', p.id, p.version), to_json(a)) t
