-- submission_comment_list: what is said about a report and its values, oldest first, one page.
-- in:   $1 id bigint   $2 indicator text: codes, commas between   $3 cursor text: number of the comment   $4 limit int
-- out:  one row a comment
-- raises: TD400 (cursor, unknown codes), TD404 when the caller may not see the submission
select c.id, c.submission_id as submission, i.code::text as indicator, c.text::text as text, c.visibility, c.side, c.writer_name::text as by, c.writer_role as role,
       c.written_at as at, case when lead(true) over (order by c.id) then c.id::text end as _next
  from app.submission_comment c
  left join app.indicator i on i.id = c.indicator_id
 where (select app.expect_codes(p_indicator => $2))
   and c.submission_id = app.expect_submission($1::bigint)
   and ($2::text is null or i.code = any (app.codes($2)))
   and c.id > coalesce(app.cursor_number($3), 0)
 order by c.id
 limit coalesce($4::int, 50)
