-- reporting_rate_list: completeness and timeliness by unit, form and period, counted over the expected reports, one page.
-- in:   $1 unit text: selectors, commas between   $2 form text   $3 period text: selectors   $4 cursor text: how many were told   $5 limit int
-- out:  one row for each unit asked, form and period where reports are expected; counts are null where some are not the caller's to see
-- raises: TD400 (cursor, selectors that name nothing)
with asked as materialized (
    select app.expect_codes(p_form => $2) as ok, app.expect_windows($3) as periods
), days as materialized (
    select array(select p.ends_on from app.period p where p.id = any (a.periods)) as ends from asked a
), node as materialized (
    select n.* from asked a, days d cross join lateral app.select_nodes($1, d.ends) n
     where a.ok and app.refuse_parameters((select coalesce(jsonb_agg(x.fault), '[]') from app.select_nodes($1, d.ends) x where x.fault is not null))
), member as materialized ( -- who stood below each node on the last day of each period
    select distinct n.ord, n.node, n.name, p.id as period_id, b.id as unit_id
      from node n
     cross join asked a
      join app.period p on p.id = any (a.periods) and n.valid @> p.ends_on
     cross join lateral unnest(app.unit_ids_below(n.root, p.ends_on) || n.root) as b(id)
), rate as (
    select m.ord, m.node, m.name, e.form_id, e.period_id, count(*)::int as expected, bool_and(e.in_reach) as visible,
           count(*) filter (where (e.s).state in ('submitted', 'accepted'))::int as submitted,
           count(*) filter (where (e.s).state in ('submitted', 'accepted') and not app.is_late(e.s, e.due_at))::int as on_time,
           count(*) filter (where (e.s).state = 'accepted')::int as accepted
      from asked a
     cross join lateral app.expected_reports(array(select distinct m.unit_id from member m),
                                             case when $2::text is not null then array(select f.id from app.form f where f.code = $2) end, a.periods) e
      join member m on (m.unit_id, m.period_id) = (e.unit_id, e.period_id)
     group by m.ord, m.node, m.name, e.form_id, e.period_id
), numbered as (
    select r.*, p.code::text as period, f.code::text as form, row_number() over (order by r.ord, p.ends_on, p.id, f.id) as nth, count(*) over () as total
      from rate r join app.period p on p.id = r.period_id join app.form f on f.id = r.form_id
)
select n.node as unit, n.name as unit_name, n.form, n.period, n.expected, case when n.visible then n.submitted end as submitted,
       case when n.visible then n.on_time end as on_time, case when n.visible then n.accepted end as accepted,
       case when n.visible then trim_scale(round(n.submitted::numeric / n.expected, 3)) end as completeness,
       case when n.visible then trim_scale(round(n.on_time::numeric / n.expected, 3)) end as timeliness,
       case when n.total > coalesce(app.cursor_number($4), 0) + coalesce($5::int, 50) then n.nth::text end as _next
  from numbered n
 where n.nth > coalesce(app.cursor_number($4), 0)
 order by n.nth
 limit coalesce($5::int, 50)
