-- follow_up_list: follow-up marks, newest first, one page: those on the own unit's reports, or on those the district received.
-- in:   $1 unit text: codes, commas between   $2 owner text: login   $3 mark text: open, closed, overdue   $4 cursor text: id   $5 limit int
-- out:  one row a mark
-- raises: TD400 (cursor, unknown codes)
select a.*, case when lead(true) over (order by m.id desc) then a.id::text end as _next
  from app.follow_up m cross join lateral app.follow_up_shown(m) a
 where (select app.expect_codes(p_unit => $1))
   and ($1::text is null or a.unit = any (app.codes($1)))
   and ($2::text is null or a.owner = $2)
   and ($3::text is null or a.state = $3 or (a.overdue and $3 = 'overdue'))
   and m.id < coalesce(app.cursor_number($4), 9223372036854775807)
 order by m.id desc
 limit coalesce($5::int, 50)
