-- period_create: define a period with its own window; the district's home affairs office alone.
-- in:   $1 body text {code, starts_on, ends_on, due_at?, grace_until?, locks_at?}   $2 faults jsonb
-- out:  one row
-- raises: TD403 forbidden, TD422 with all faults, 23505 period_once
with body as (
    select app.body($1) as b
), verdict as materialized (
    select app.expect_home_affairs() and app.refuse($2::jsonb || app.period_faults(b, null)) as ok from body
), made as (
    insert into app.period (code, frequency, year, ordinal, starts_on, ends_on, due_at, grace_until, locks_at)
    select c.code, c.frequency, c.year, c.ordinal, (b ->> 'starts_on')::date, (b ->> 'ends_on')::date,
           (b ->> 'due_at')::timestamptz, (b ->> 'grace_until')::timestamptz, (b ->> 'locks_at')::timestamptz
      from verdict, body, app.period_code_read(b ->> 'code') c
     where ok
    returning *
)
select a.*, t.*
  from made p
 cross join lateral (select p.code, p.frequency, p.year, p.starts_on, p.ends_on, p.due_at, p.grace_until, p.locks_at,
                            coalesce(p.locks_at <= now(), false) as locked) a
 cross join lateral app.answered(201, '/v1/periods/' || p.code, format('"%s-%s"', p.id, p.version), to_json(a)) t
