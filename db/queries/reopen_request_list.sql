-- reopen_request_list: requests to open reports again, newest first, one page: those of the own unit, or of the district's units.
-- in:   $1 unit text: codes, commas between   $2 period text: codes   $3 form text   $4 decision text   $5 cursor text: id   $6 limit int
-- out:  one row a request
-- raises: TD400 (cursor, unknown codes)
select a.*, case when lead(true) over (order by q.id desc) then a.id::text end as _next
  from app.reopen_request q cross join lateral app.reopen_shown(q) a
 where (select app.expect_codes(p_unit => $1, p_period => $2, p_form => $3))
   and ($1::text is null or a.unit = any (app.codes($1)))
   and ($2::text is null or a.period = any (app.codes($2)))
   and ($3::text is null or a.form = $3)
   and ($4::text is null or coalesce(q.decision, 'open') = $4)
   and q.id < coalesce(app.cursor_number($5), 9223372036854775807)
 order by q.id desc
 limit coalesce($6::int, 50)
