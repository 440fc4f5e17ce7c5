-- submission_list: the submissions the caller may see, newest first, one page.
-- in:   $1 unit text: codes, commas between   $2 period text: codes   $3 form text   $4 state text   $5 cursor text: id   $6 limit int
-- out:  one row a submission
-- raises: TD400 (cursor, unknown codes)
-- cost: primary key backwards, at most limit + 1 visible rows
with grants as materialized (
    select app.grants() as g
), page as (
    select s as s, row_number() over (order by s.id desc) as nth
      from app.submission s
     where (select app.expect_codes(p_unit => $1, p_period => $2, p_form => $3))
       and ($1::text is null or s.unit_id = any (array(select id from app.unit where code = any (app.codes($1)))))
       and ($2::text is null or s.period_id = any (array(select id from app.period where code = any (app.codes($2)))))
       and ($3::text is null or s.form_id = (select id from app.form where code = $3))
       and ($4::text is null or app.shown_state(s) = $4)
       and s.id < coalesce(app.cursor_number($5), 9223372036854775807)
     order by s.id desc
     limit coalesce($6::int, 50) + 1
)
select x.*, case when (select count(*) from page) > coalesce($6::int, 50) then x.id::text end as _next
  from page, grants, app.submission_summary(page.s, g) x
 where nth <= coalesce($6::int, 50)
 order by x.id desc
