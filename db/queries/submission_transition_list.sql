-- submission_transition_list: the steps a submission took, with what was submitted at each submit, oldest first, one page.
-- in:   $1 id bigint   $2 cursor text: number of the step   $3 limit int
-- out:  one row a step
-- raises: TD400 malformed-parameter (cursor), TD404 when the caller may not see the submission
select t.id, t.at, t.action, t.from_state as "from", t.to_state as "to", t.actor_name::text as by, t.actor_role as role, t.reason::text as reason,
       t.content::json as content, case when lead(true) over (order by t.id) then t.id::text end as _next
  from app.submission_transition t
 where t.submission_id = app.expect_submission($1::bigint) and t.id > coalesce(app.cursor_number($2), 0)
 order by t.id
 limit coalesce($3::int, 50)
