-- task_list: what the caller has to do, by lock time, then by due time, one page.
-- in:   $1 cursor text: how many were told   $2 limit int
-- out:  one row a task
-- raises: TD400 malformed-parameter (cursor)
with numbered as (
    select t.*, u.code::text as unit, app.unit_name_on(u.id, p.ends_on) as unit_name, f.code::text as form, p.code::text as period,
           row_number() over (order by t.locks_at nulls last, t.due_at nulls last, p.ends_on, t.kind, u.code, f.code) as nth, count(*) over () as total
      from app.tasks() t join app.unit u on u.id = t.unit_id join app.form f on f.id = t.form_id join app.period p on p.id = t.period_id
)
select n.kind, n.unit, n.unit_name, n.form, n.period, n.submission_id as submission, n.state, n.count, n.due_at, n.locks_at, n.late, n.href,
       case when n.total > coalesce(app.cursor_number($1), 0) + coalesce($2::int, 50) then n.nth::text end as _next
  from numbered n
 where n.nth > coalesce(app.cursor_number($1), 0)
 order by n.nth
 limit coalesce($2::int, 50)
