-- publication_list: what districts have published, newest first, one page.
-- in:   $1 unit text: codes, commas between   $2 period text: codes   $3 form text   $4 cursor text: id   $5 limit int
-- out:  one row a publication
-- raises: TD400 (cursor, unknown codes)
select b.id, u.code as unit, f.code as form, p.code as period, b.published_at, app.account_name(b.published_by) as published_by, b.note::text as note,
       case when lead(true) over (order by b.id desc) then b.id::text end as _next
  from app.publication b
  join app.unit u on u.id = b.unit_id
  join app.form f on f.id = b.form_id
  join app.period p on p.id = b.period_id
 where (select app.expect_codes(p_unit => $1, p_period => $2, p_form => $3))
   and ($1::text is null or u.code = any (app.codes($1)))
   and ($2::text is null or p.code = any (app.codes($2)))
   and ($3::text is null or f.code = $3)
   and b.id < coalesce(app.cursor_number($4), 9223372036854775807)
 order by b.id desc
 limit coalesce($5::int, 50)
