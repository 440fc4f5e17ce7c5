-- period_list: reporting periods with their own windows, oldest first, one page.
-- in:   $1 year int   $2 frequency text   $3 cursor text: code   $4 limit int
-- out:  one row a period
select p.code, p.frequency, p.year, p.starts_on, p.ends_on, p.due_at, p.grace_until, p.locks_at, coalesce(p.locks_at <= now(), false) as locked,
       case when lead(true) over (order by p.code collate "C") then p.code end as _next
  from app.period p
 where ($1::int is null or p.year = $1::int)
   and ($2::text is null or p.frequency = $2)
   and p.code collate "C" > coalesce($3::text, '')
 order by p.code collate "C"
 limit coalesce($4::int, 50)
