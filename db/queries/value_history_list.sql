-- value_history_list: what became of one value of a report, oldest first, one page.
-- in:   $1 id bigint   $2 code of the indicator   $3 cursor text: number of the entry   $4 limit int
-- out:  one row an entry: entered (the unit alone sees it), submitted, accepted; from: the entry of the same kind before it
-- raises: TD400 (cursor), TD404 when the caller may not see the submission or there is no such indicator
with entry as (
    select r.*, app.revision_shown(r) as now_shown, lag(app.revision_shown(r)) over (partition by r.event order by r.id) as before
      from app.value_revision r
     where r.submission_id = $1::bigint and r.indicator_id = app.expect_figure($1::bigint, $2)
)
select e.id, e.at, e.by_name as by, e.event, e.before as "from", e.now_shown as "to", e.import_id, e.import_row,
       case when lead(true) over (order by e.id) then e.id::text end as _next
  from entry e
 where e.id > coalesce(app.cursor_number($3), 0)
 order by e.id
 limit coalesce($4::int, 50)
