-- target_list: targets the caller may see, in the plan's order, revisions included, one page.
-- in:   $1 unit text: codes, commas between   $2 year int   $3 indicator text: codes   $4 document text   $5 cursor text: id   $6 limit int
-- out:  one row a target
-- raises: TD400 (cursor, unknown codes)
select t.id, u.code as unit, i.code as indicator, t.year, d.code as document, t.revision,
       not exists (select from app.target n where (n.unit_id, n.indicator_id, n.year, n.document_id) = (t.unit_id, t.indicator_id, t.year, t.document_id)
                                              and n.revision > t.revision) as in_force,
       t.comparator, t.comparator_implied, t.value, t.text_as_issued::text as text_as_issued, t.baseline_value, t.baseline_year, t.is_key,
       t.note::text as note, case when lead(true) over (order by t.id) then t.id::text end as _next
  from app.target t
  join app.unit u on u.id = t.unit_id
  join app.indicator i on i.id = t.indicator_id
  join app.document d on d.id = t.document_id
 where (select app.expect_codes(p_unit => $1, p_indicator => $3, p_document => $4))
   and ($1::text is null or u.code = any (app.codes($1)))
   and ($2::int is null or t.year = $2::int)
   and ($3::text is null or i.code = any (app.codes($3)))
   and ($4::text is null or d.code = $4)
   and t.id > coalesce(app.cursor_number($5), 0)
 order by t.id
 limit coalesce($6::int, 50)
