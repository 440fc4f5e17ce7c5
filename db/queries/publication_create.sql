-- publication_create: publish the accepted submissions of a form and period to all communes of the district; its leader alone.
-- in:   $1 body text {unit, form, period, note?}   $2 faults jsonb
-- out:  one row
-- raises: TD403 forbidden, TD422 with all faults, 23505 publication_once
with body as (
    select app.body($1) as b
), named as materialized (
    select u as unit, f as form, p as period, b
      from body
      left join app.unit u on u.code = b ->> 'unit'
      left join app.form f on f.code = b ->> 'form'
      left join app.period p on p.code = b ->> 'period'
), fault as (
    select app.fault('/form', 'unknown-form', jsonb_build_object('form', left(b ->> 'form', 64))) as f
      from named where (form).id is null and jsonb_typeof(b -> 'form') = 'string'
    union all
    select app.fault('/unit', 'unknown-unit', jsonb_build_object('unit', left(b ->> 'unit', 64)))
      from named where (unit).id is null and jsonb_typeof(b -> 'unit') = 'string'
    union all
    select app.fault('/period', 'unknown-period', jsonb_build_object('period', left(b ->> 'period', 64)))
      from named where (period).id is null and jsonb_typeof(b -> 'period') = 'string'
    union all
    select app.fault('/period', 'form-not-for-period', jsonb_build_object('form', (form).code, 'period', (period).code))
      from named where (form).frequency <> (period).frequency
), verdict as materialized (
    select app.refuse($2::jsonb || (select coalesce(jsonb_agg(f), '[]') from fault)) and app.expect_grant('DISTRICT_LEADER', (unit).id) as ok from named
), made as (
    insert into app.publication (unit_id, form_id, period_id, published_by, note)
    select (unit).id, (form).id, (period).id, app.me(), b ->> 'note' from named, verdict where ok
    returning *
)
select a.*, t.*
  from (select m.id, u.code as unit, f.code as form, p.code as period, m.published_at,
               app.account_name(m.published_by) as published_by, m.note::text as note
          from made m join app.unit u on u.id = m.unit_id join app.form f on f.id = m.form_id join app.period p on p.id = m.period_id) a
 cross join lateral app.answered(201, null, null, to_json(a)) t
