-- form_list: forms, one page.
-- in:   $1 cursor text: code   $2 limit int
-- out:  one row a form
select f.code, f.name_vi::text as name, f.name_en::text as name_en, f.level, f.frequency, f.four_eyes,
       lower(f.valid) as valid_from, upper(f.valid) - 1 as valid_to,
       (select count(*) from app.form_indicator x where x.form_id = f.id) as indicator_count,
       case when lead(true) over (order by f.code) then f.code::text end as _next
  from app.form f
 where f.code > coalesce($1::text, '')
 order by f.code
 limit coalesce($2::int, 50)
