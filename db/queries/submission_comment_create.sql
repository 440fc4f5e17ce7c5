-- submission_comment_create: say something about a report or one of its values.
-- in:   $1 id bigint   $2 body text {indicator?, text, visibility?}   $3 faults jsonb
-- out:  one row; none when the caller may not see the submission
-- raises: TD403 forbidden, TD422 with all faults
with body as (
    select app.body($2) as b
), seen as materialized (
    select s as s, b from body, app.submission s where s.id = $1::bigint and app.expect_commenter(s)
), verdict as materialized (
    select n.* from seen n where app.refuse($3::jsonb || (select coalesce(jsonb_agg(f), '[]') from seen, app.comment_faults('', b, s) f))
), made as (
    insert into app.submission_comment (submission_id, unit_id, indicator_id, visibility, text)
    select (n.s).id, (n.s).unit_id, (select i.id from app.indicator i where i.code = n.b ->> 'indicator'), n.b ->> 'visibility', btrim(n.b ->> 'text', E' \n\r\t')
      from verdict n
    returning *
)
select a.*, t.*
  from (select m.id, m.submission_id as submission, (select i.code::text from app.indicator i where i.id = m.indicator_id) as indicator, m.text::text as text,
               m.visibility, m.side, m.writer_name::text as by, m.writer_role as role, m.written_at as at from made m) a
 cross join lateral app.answered(201, null, null, to_json(a)) t
