-- extension_list: more time that districts have given, newest first, one page; a commune sees those that name it, and itself in them.
-- in:   $1 unit text: codes, commas between: given to one of these   $2 period text: codes   $3 form text   $4 cursor text: id   $5 limit int
-- out:  one row an extension
-- raises: TD400 (cursor, unknown codes)
select x.id, u.code::text as unit, p.code::text as period, f.code::text as form,
       (select coalesce(to_json(array_agg(c.code order by c.code)), '[]') from app.extension_unit g join app.unit c on c.id = g.unit_id where g.extension_id = x.id) as units,
       x.due_at, x.expires_at, x.reason::text as reason, app.account_name(x.created_by) as created_by, x.created_at,
       case when lead(true) over (order by x.id desc) then x.id::text end as _next
  from app.extension x
  join app.unit u on u.id = x.receiver_id
  join app.period p on p.id = x.period_id
  left join app.form f on f.id = x.form_id
 where (select app.expect_codes(p_unit => $1, p_period => $2, p_form => $3))
   and ($1::text is null or exists (select from app.extension_unit g join app.unit c on c.id = g.unit_id where g.extension_id = x.id and c.code = any (app.codes($1))))
   and ($2::text is null or p.code = any (app.codes($2)))
   and ($3::text is null or f.code = $3 or f.code is null)
   and x.id < coalesce(app.cursor_number($4), 9223372036854775807)
 order by x.id desc
 limit coalesce($5::int, 50)
