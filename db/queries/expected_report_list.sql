-- expected_report_list: the matrix unit × form × period of what is owed, with state and lateness, one page.
-- in:   $1 unit text: selectors, commas between; null: all that the caller sees   $2 form text   $3 period text: selectors
--       $4 cursor text: period.form.unit   $5 limit int
-- out:  one row an expected report, of units in the caller's reach
-- raises: TD400 (cursor, selectors that name nothing)
-- note: state is what the caller may see: a district sees no drafts, the province what is accepted; null: nothing of it
with asked as materialized (
    select app.expect_codes(p_form => $2) as ok, app.expect_windows($3) as periods
), place as materialized (
    select p.ends_on, p.id as period_id, c.parts[2]::int as form_id, c.parts[3]::int as unit_id
      from (select string_to_array($4, '.') as parts, app.expect_cursor($4 ~ '^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$') as ok) c
      join app.period p on c.ok and p.id = c.parts[1]::int
     where $4::text is not null
), page as (
    select e.*, p.ends_on, p.code::text as period, row_number() over (order by p.ends_on, p.id, e.form_id, e.unit_id) as nth
      from asked a
     cross join lateral app.expected_reports(app.units_asked($1, array(select p.ends_on from app.period p where p.id = any (a.periods))),
                                             case when $2::text is not null then array(select f.id from app.form f where f.code = $2) end, a.periods) e
      join app.period p on p.id = e.period_id
      left join place o on true
     where a.ok and e.in_reach and coalesce((p.ends_on, p.id, e.form_id, e.unit_id) > (o.ends_on, o.period_id, o.form_id, o.unit_id), true)
     order by p.ends_on, p.id, e.form_id, e.unit_id
     limit coalesce($5::int, 50) + 1
)
select u.code::text as unit, app.unit_name_on(u.id, g.ends_on) as unit_name, f.code::text as form, g.period, r.code::text as receiver, (g.s).id as submission,
       case when (g.s).id is not null then app.shown_state(g.s) end as state, (g.s).submitted_at, (g.s).decided_at, g.due_at, g.locks_at, app.is_late(g.s, g.due_at) as late,
       case when (select count(*) from page) > coalesce($5::int, 50) then concat_ws('.', g.period_id, g.form_id, g.unit_id) end as _next
  from page g
  join app.unit u on u.id = g.unit_id
  join app.unit r on r.id = g.receiver_id
  join app.form f on f.id = g.form_id
 where g.nth <= coalesce($5::int, 50)
 order by g.nth
