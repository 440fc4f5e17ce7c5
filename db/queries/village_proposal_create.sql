-- village_proposal_create: a village's head proposes figures for the village; the commune's officer decides.
-- in:   $1 body text {village, period, values: [{indicator, value | missing_reason, note?}]}   $2 faults jsonb
-- out:  one row
-- raises: TD404 another's village, TD403 not its head, TD422 with all faults, TD423 locked
with body as (
    select app.body($1) as b
), named as materialized (
    select v as village, p as period, b
      from body
      left join app.unit v on v.code = b ->> 'village'
      left join app.period p on p.code = b ->> 'period'
), verdict as materialized (
    select n.*, (jsonb_typeof(b -> 'village') is distinct from 'string' or app.expect_role('VILLAGE_HEAD', coalesce((village).id, 0)))
                and app.refuse($2::jsonb || (select coalesce(jsonb_agg(f), '[]') from named x, app.village_proposal_faults(x.b, x.village, x.period) f)) as ok
      from named n
)
select a.*, t.*
  from (select (n.village).code::text as village, (n.period).code::text as period, app.propose(n.b, (n.village).id, n.period) as proposals, now() as at from verdict n where n.ok) a
 cross join lateral app.answered(201, null, null, to_json(a)) t
