-- justification_create: say why figures that a rule questions are right.
-- in:   $1 id bigint   $2 body text {rule, text}   $3 faults jsonb
-- out:  one row; none when the caller may not see the submission
-- raises: TD403 forbidden, TD409 with allowed_actions, TD422 with all faults, TD423 locked
with body as (
    select app.body($2) as b
), seen as materialized (
    select s as s, b from body, app.submission s where s.id = $1::bigint and app.expect_justifier(s)
), verdict as materialized (
    select n.* from seen n where app.refuse($3::jsonb || (select coalesce(jsonb_agg(f), '[]') from seen, app.justification_faults(b, s) f))
), made as (
    insert into app.justification (submission_id, unit_id, rule_id, text)
    select (n.s).id, (n.s).unit_id, (select r.id from app.rule r where r.code = n.b ->> 'rule'), btrim(n.b ->> 'text', E' \n\r\t')
      from verdict n
    returning *
)
select a.*, t.*
  from (select m.id, m.submission_id as submission, (select r.code::text from app.rule r where r.id = m.rule_id) as rule, m.text::text as text,
               m.figure, m.low, m.high, m.writer_name::text as by, m.writer_role as role, m.written_at as at from made m) a
 cross join lateral app.answered(201, null, null, to_json(a)) t
