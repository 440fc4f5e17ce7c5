-- import_list: files the caller sent, latest first, one page.
-- in:   $1 cursor text or null   $2 limit int or null
-- out:  one row a file; _next is the cursor of the following page, null on the last one
-- cost: index import_account backwards
with page as (
    select i, row_number() over (order by i.id desc) as nth
      from app.import i
     where i.id < coalesce(app.cursor_number($1), 9223372036854775807)
     order by i.id desc
     limit coalesce($2::int, 50) + 1
)
select a.*, case when (select count(*) from page) > coalesce($2::int, 50) then a.id::text end as _next
  from page cross join lateral app.import_told(page.i) a
 where nth <= coalesce($2::int, 50)
 order by a.id desc
