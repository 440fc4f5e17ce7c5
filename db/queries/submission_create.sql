-- submission_create: start a unit's report on a form for a period, with any of its values.
-- in:   $1 body text {form, unit, period, as_of_date?, note?, values?: [{indicator, value | numerator + denominator | missing_reason, status?, note?}]}
--       $2 faults jsonb
-- out:  one row: the submission without its values
-- raises: TD404 another's unit, TD403 not the officer, TD409 already-exists, TD422 with all faults, TD423 locked, 23505 submission_once_per_form_unit_period
-- note: values go from the request's own digits to numeric; they never pass through a C double
with body as (
    select app.body($1) as b
), named as materialized (
    select f as form, u as unit, p as period, b, app.unit_parent_on(u.id, p.ends_on) as receiver
      from body
      left join app.form f on f.code = b ->> 'form'
      left join app.unit u on u.code = b ->> 'unit'
      left join app.period p on p.code = b ->> 'period'
), sent as materialized (
    select v from named n, app.values_read(n.b -> 'values', (n.form).id, (n.period).ends_on) v
     where (n.form).id is not null and (n.period).id is not null
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
    select app.unit_faults(unit, form, period) from named where (unit).id is not null and (form).id is not null and (period).id is not null
    union all
    select app.value_faults(s.v, (n.unit).kind, true) from sent s, named n
), verdict as materialized (
    select ((unit).id is null or app.expect_role('OFFICE_STAT_OFFICER', (unit).id))
       and app.refuse($2::jsonb || (select coalesce(jsonb_agg(f), '[]') from fault))
       and app.refuse_existing((form).id, (unit).id, (period).id) as ok
      from named
), kept as (
    insert into app.submission as s (form_id, unit_id, period_id, receiver_id, as_of_date, note, created_by)
    select (form).id, (unit).id, (period).id, receiver, (b ->> 'as_of_date')::date, b ->> 'note', app.me()
      from named, verdict where ok
    returning s
), stored as (
    insert into app.submission_value (submission_id, unit_id, indicator_id, value, numerator, denominator, missing_reason, status, note, written_by)
    select (k.s).id, (k.s).unit_id, (v).indicator_id, w.value, w.numerator, w.denominator, w.missing_reason, w.status, w.note, (select app.me())
      from kept k, sent, app.value_written(v) w where w.given
    returning 1
)
select a.*, t.*
  from kept k
 cross join lateral (select x.*, (select count(*) from stored) as value_count from app.submission_summary(k.s, app.grants()) x) a
 cross join lateral app.answered(201, '/v1/submissions/' || a.id, app.submission_etag(k.s), to_json(a)) t
