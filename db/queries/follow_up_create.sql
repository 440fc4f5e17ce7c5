-- follow_up_create: mark a report or one of its values for somebody to look after until a day.
-- in:   $1 id bigint   $2 body text {indicator?, text, owner, due_on}   $3 faults jsonb
-- out:  one row; none when the caller may not see the submission
-- raises: TD403 forbidden, TD422 with all faults
with body as (
    select app.body($2) as b
), seen as materialized (
    select s as s, b from body, app.submission s where s.id = $1::bigint and app.expect_follower(s)
), verdict as materialized (
    select n.* from seen n where app.refuse($3::jsonb || (select coalesce(jsonb_agg(f), '[]') from seen, app.follow_up_faults(s, b) f))
), made as (
    insert into app.follow_up (submission_id, unit_id, indicator_id, text, owner_login, due_on)
    select (n.s).id, (n.s).unit_id, (select i.id from app.indicator i where i.code = n.b ->> 'indicator'), btrim(n.b ->> 'text', E' \n\r\t'), n.b ->> 'owner',
           (n.b ->> 'due_on')::date
      from verdict n
    returning *
)
select a.*, t.*
  from made m cross join lateral app.follow_up_shown(m) a
 cross join lateral app.answered(201, null, null, to_json(a)) t
