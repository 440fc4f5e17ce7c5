-- extension_create: give units of the district more time; its home affairs office alone.
-- in:   $1 body text {unit, period, form?, units: [code | children(code)], due_at?, expires_at, reason}   $2 faults jsonb
-- out:  one row
-- raises: TD403 forbidden, TD422 with all faults
with body as (
    select app.body($1) as b
), named as materialized (
    select u as unit, f as form, p as period, b
      from body
      left join app.unit u on u.code = b ->> 'unit'
      left join app.form f on f.code = b ->> 'form'
      left join app.period p on p.code = b ->> 'period'
), sent as materialized (
    select e.item #>> '{}' as code, '/units/' || (e.ord - 1) as pointer, u.id, e.item #>> '{}' = 'children(' || (n.unit).code || ')' as is_all
      from named n, jsonb_array_elements(case jsonb_typeof(n.b -> 'units') when 'array' then n.b -> 'units' else '[]' end) with ordinality as e(item, ord)
      left join app.unit u on u.code = e.item #>> '{}'
     where jsonb_typeof(e.item) = 'string'
), chosen as materialized (
    select s.id from sent s where s.id is not null
    union
    select x.unit_id from named n, app.unit_parent x
     where x.parent_id = (n.unit).id and x.valid @> (n.period).ends_on and exists (select from sent s where s.is_all)
), fault as (
    select app.fault('/form', 'unknown-form', jsonb_build_object('form', left(b ->> 'form', 64))) as f
      from named where (form).id is null and jsonb_typeof(b -> 'form') = 'string'
    union all
    select app.fault('/form', 'form-not-for-period', jsonb_build_object('form', (form).code, 'period', (period).code))
      from named where (form).frequency <> (period).frequency
    union all
    select app.fault('/period', 'unknown-period', jsonb_build_object('period', left(b ->> 'period', 64)))
      from named where (period).id is null and jsonb_typeof(b -> 'period') = 'string'
    union all
    select app.fault('/unit', 'unknown-unit', jsonb_build_object('unit', left(b ->> 'unit', 64)))
      from named where (unit).id is null and jsonb_typeof(b -> 'unit') = 'string'
    union all
    select app.fault(s.pointer, 'unknown-unit', jsonb_build_object('unit', left(s.code, 64))) from sent s where s.id is null and s.is_all is not true
    union all
    select app.fault(s.pointer, 'unit-not-below', jsonb_build_object('unit', s.code, 'district', (n.unit).code, 'period', (n.period).code))
      from sent s, named n
     where s.id is not null and (n.unit).id is not null and (n.period).id is not null
       and app.unit_parent_on(s.id, (n.period).ends_on) is distinct from (n.unit).id
    union all
    select app.fault('/expires_at', 'not-in-future', '{}') from named where app.instant_or_null(b ->> 'expires_at') <= now()
    union all
    select app.fault('/due_at', 'due-after-expiry', '{}') from named where app.instant_or_null(b ->> 'due_at') > app.instant_or_null(b ->> 'expires_at')
    union all
    select app.fault('/reason', 'too-short', '{"min": 1}') from named where jsonb_typeof(b -> 'reason') = 'string' and b ->> 'reason' !~ '\S' and b ->> 'reason' <> ''
), verdict as materialized (
    select ((unit).id is null or (unit).id = any (app.units_of_role('DISTRICT_HOME_AFFAIRS'))
            or (app.refuse($2::jsonb) and app.expect_grant('DISTRICT_HOME_AFFAIRS', (unit).id)))
       and app.refuse($2::jsonb || (select coalesce(jsonb_agg(f), '[]') from fault)) as ok
      from named
), made as (
    insert into app.extension (receiver_id, period_id, form_id, due_at, expires_at, reason)
    select (unit).id, (period).id, (form).id, (b ->> 'due_at')::timestamptz, (b ->> 'expires_at')::timestamptz, btrim(b ->> 'reason', E' \n\r\t')
      from named, verdict where ok
    returning *
), given as (
    insert into app.extension_unit (extension_id, receiver_id, period_id, unit_id)
    select m.id, m.receiver_id, m.period_id, c.id from made m, chosen c
    returning unit_id
)
select a.*, t.*
  from (select m.id, u.code::text as unit, p.code::text as period, f.code::text as form,
               (select to_json(array_agg(x.code order by x.code)) from given g join app.unit x on x.id = g.unit_id) as units,
               m.due_at, m.expires_at, m.reason::text as reason, app.account_name(m.created_by) as created_by, m.created_at
          from made m join app.unit u on u.id = m.receiver_id join app.period p on p.id = m.period_id left join app.form f on f.id = m.form_id) a
 cross join lateral app.answered(201, null, null, to_json(a)) t
