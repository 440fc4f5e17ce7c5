-- indicator_list: the catalogue in the plan's order, as defined on a day, one page.
-- in:   $1 section text   $2 kind text   $3 form text   $4 as_of date   $5 cursor text: sort order   $6 limit int
-- out:  one row an indicator
-- raises: TD400 (cursor, unknown form, unknown kind)
select i.code, i.kind, i.section, p.code as parent, i.sort_order, v.name_vi::text as name, v.name_en::text as name_en,
       v.unit_vi::text as unit_of_measure, v.unit_code, v.value_type, v.decimals, v.measure, v.direction, v.entry, v.aggregation,
       case when lead(true) over (order by i.sort_order) then i.sort_order::text end as _next
  from app.indicator i
  join app.indicator_version v on v.indicator_id = i.id and v.valid @> coalesce($4::timestamptz::date, current_date)
  left join app.indicator p on p.id = i.parent_id
 where (select app.expect_codes(p_form => $3) and app.expect_choice('kind', $2, '{headline,component,base}'))
   and ($1::text is null or i.section = $1)
   and ($2::text is null or i.kind = $2)
   and ($3::text is null or exists (select from app.form_indicator x join app.form f on f.id = x.form_id where x.indicator_id = i.id and f.code = $3))
   and i.sort_order > coalesce(app.cursor_number($5), -1)
 order by i.sort_order
 limit coalesce($6::int, 50)
