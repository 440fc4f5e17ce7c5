-- outlier_list: figures of reports beside their own history, and rates beside those of other units, one page.
-- in:   $1 unit text: selectors, commas between; null: all that the caller sees   $2 form text   $3 period text: selectors   $4 finding text
--       $5 cursor text: how many were told   $6 limit int
-- out:  one row for each figure and what it is compared with; null statistics where there are fewer than five others
-- raises: TD400 (cursor, selectors that name nothing)
with asked as materialized (
    select app.expect_codes(p_form => $2) as ok, app.expect_windows($3) as periods
), numbered as (
    select o.*, u.code::text as unit, app.unit_name_on(u.id, p.ends_on) as unit_name, f.code::text as form, p.code::text as period, i.code::text as indicator,
           row_number() over (order by p.ends_on, p.id, f.id, u.code, i.sort_order, o.against) as nth, count(*) over () as total
      from asked a
     cross join lateral app.outliers(app.units_asked($1, array(select p.ends_on from app.period p where p.id = any (a.periods))),
                                     case when $2::text is not null then array(select f.id from app.form f where f.code = $2) end, a.periods) o
      join app.unit u on u.id = o.unit_id
      join app.form f on f.id = o.form_id
      join app.period p on p.id = o.period_id
      join app.indicator i on i.id = o.indicator_id
     where a.ok and ($4::text is null or o.finding = $4)
)
select n.unit, n.unit_name, n.form, n.period, n.submission_id as submission, n.state, n.indicator, n.name, n.unit_of_measure, n.value, n.against, n.n, n.median, n.mad, n.z,
       n.low_fence, n.high_fence, n.lowest as min, n.highest as max, to_json(n.outside) as outside, n.finding,
       case when n.total > coalesce(app.cursor_number($5), 0) + coalesce($6::int, 50) then n.nth::text end as _next
  from numbered n
 where n.nth > coalesce(app.cursor_number($5), 0)
 order by n.nth
 limit coalesce($6::int, 50)
