-- audit_head_list: where the chains of the record of changes end, of those the caller may see, one page.
-- in:   $1 unit text: codes, commas between   $2 cursor text: id   $3 limit int
-- out:  one row a chain, in the order in which they began
-- raises: TD400 (cursor, unknown codes)
select h.chain::text as chain, u.code as unit, app.unit_name_on(u.id, current_date) as unit_name, h.seq, encode(h.hash, 'hex') as hash, h.at,
       case when lead(true) over (order by h.id) then h.id::text end as _next
  from app.audit_head h
  left join app.unit u on u.id = h.unit_id
 where (select app.expect_codes(p_unit => $1))
   and ($1::text is null or u.code = any (app.codes($1)))
   and h.id > coalesce(app.cursor_number($2), 0)
 order by h.id
 limit coalesce($3::int, 50)
