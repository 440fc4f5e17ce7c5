-- follow_up_close: say what came of a follow-up mark; its owner or who opened it, once.
-- in:   $1 id bigint   $2 body text {text}   $3 faults jsonb
-- out:  one row; none when the caller may not see the mark
-- raises: TD403 forbidden, TD409 illegal-transition, TD422 with all faults
with body as (
    select app.body($2) as b
), seen as materialized (
    select m as m, b from body, app.follow_up m where m.id = $1::bigint and app.expect_open(m)
), fault as (
    select app.fault('/text', 'too-short', '{"min": 1}') as f from seen where jsonb_typeof(b -> 'text') = 'string' and b ->> 'text' !~ '\S' and b ->> 'text' <> ''
), verdict as materialized (
    select n.* from seen n where app.refuse($3::jsonb || (select coalesce(jsonb_agg(f), '[]') from fault))
), kept as (
    update app.follow_up t set closing_text = btrim(n.b ->> 'text', E' \n\r\t') from verdict n where t.id = (n.m).id
    returning t.*
)
select a.*, t.*
  from kept k cross join lateral app.follow_up_shown(k) a
 cross join lateral app.answered(200, null, null, to_json(a)) t
