-- rule_list: the rules between figures, one page.
-- in:   $1 form text: only rules whose figures it asks for   $2 severity text   $3 as_of date   $4 cursor text: number of the rule   $5 limit int
-- out:  one row a rule: low × right ≤ left × divisor ≤ high × right; a side without terms is 1
-- raises: TD400 (cursor, unknown form)
select r.code, r.kind, r.severity, r.name_vi::text as name, r.name_en::text as name_en, r.low, r.high,
       (select json_agg(json_build_object('side', t.side, 'taken', t.taken, 'indicator', i.code, 'coefficient', t.coefficient)
                        order by array_position('{left,right,divisor}', t.side), i.sort_order)
          from app.rule_term t join app.indicator i on i.id = t.indicator_id where t.rule_id = r.id) as terms,
       lower(r.valid) as valid_from, upper(r.valid) - 1 as valid_to, r.source::text as source,
       case when lead(true) over (order by r.id) then r.id::text end as _next
  from app.rule r
 where (select app.expect_codes(p_form => $1))
   and r.valid @> coalesce($3::timestamptz::date, current_date)
   and ($2::text is null or r.severity = $2)
   and ($1::text is null or not exists (select from app.rule_term t where t.rule_id = r.id and t.taken = 'value'
                                           and not exists (select from app.form_indicator x join app.form f on f.id = x.form_id
                                                            where f.code = $1 and x.indicator_id = t.indicator_id)))
   and r.id > coalesce(app.cursor_number($4), 0)
 order by r.id
 limit coalesce($5::int, 50)
