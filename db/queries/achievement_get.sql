-- achievement_get: the plan's table for a unit and a period: target as issued, baseline, result, % of plan, change on last year, verdict.
-- in:   $1 unit text   $2 period text
-- out:  one row; none for an unknown unit
-- raises: TD400 unknown or missing period
-- note: judged on exact fractions; % of plan only where higher is better
with unit as materialized (
    select u.* from app.unit u where u.code = $1
), period as materialized (
    select p.id, p.ord, p.fault from app.select_periods($2) p
), ok as materialized (
    select app.refuse_parameters(coalesce((select jsonb_agg(fault) from period where fault is not null), '[]'))
       and app.refuse_several((select count(*) from period), 'period') as ok
), this as materialized (
    select p.*, l.id as last_id from ok, period s join app.period p on p.id = s.id
      left join app.period l on l.frequency = p.frequency and l.year = p.year - 1 and l.ordinal = p.ordinal
     where ok
), line as materialized (
    select i.id, i.sort_order from app.indicator i where i.kind <> 'base'
), cell as materialized (
    select c.* from unit u, this, app.cells(array[u.id], (select array_agg(id) from line), array_remove(array[this.id, last_id], null)) c
), target as materialized (
    select distinct on (t.indicator_id, t.document_id) t.* from app.target t, unit u, this
     where t.unit_id = u.id and t.year = this.year order by t.indicator_id, t.document_id, t.revision desc
), item as (
    select i.sort_order, i.code, i.section, i.kind, p.code as parent, c.*, t.comparator, t.value as target, t.text_as_issued, t.comparator_implied,
           d.code as document, t.revision, t.baseline_value, t.baseline_year, last.value as last_value, t.id is not null as has_target,
           x.figure, x.plan,
           case when c.value is null then 'not_reported' when t.id is null then 'no_target' else app.verdict(x.figure, x.plan) end as verdict
      from cell c
      join app.indicator i on i.id = c.indicator_id
      left join app.indicator p on p.id = i.parent_id
      left join target t on t.indicator_id = c.indicator_id
      left join app.document d on d.id = t.document_id
     cross join lateral (select row(c.d, c.value, c.n, c.expected, c.numerator, c.denominator, c.flags, c.why, null, null)::app.data_cell as figure,
                                case when t.id is not null then row(t.*)::app.target end as plan) x
      left join cell last on last.indicator_id = c.indicator_id and last.period_id = (select last_id from this)
     where c.period_id = (select id from this) and (t.id is not null or c.expected > 0)
)
select u.code as unit, app.unit_name_on(u.id, this.ends_on) as unit_name, this.code as period,
       coalesce((select json_agg(json_build_object('indicator', m.code, 'name', (m.d).name_vi, 'name_en', (m.d).name_en, 'section', m.section, 'parent', m.parent,
           'unit_of_measure', (m.d).unit_vi,
           'target', case when m.has_target then json_build_object('comparator', m.comparator, 'comparator_implied', m.comparator_implied, 'value', m.target,
                         'text_as_issued', m.text_as_issued, 'document', m.document, 'revision', m.revision) end,
           'baseline', case when m.baseline_value is not null then json_build_object('value', m.baseline_value, 'year', m.baseline_year) end,
           'result', m.value, 'numerator', m.numerator, 'denominator', m.denominator, 'n', m.n, 'expected', m.expected, 'flags', to_json(m.flags), 'why', m.why,
           'plan_ratio', app.plan_ratio(m.figure, m.plan),
           'last_year', m.last_value, 'yoy_change', trim_scale(m.value - m.last_value),
           'yoy_ratio', case when m.last_value > 0 and (m.d).value_type <> 'boolean' then trim_scale(round(100 * m.value / m.last_value, 1)) end,
           'verdict', m.verdict) order by m.sort_order, m.document) from item m), '[]') as items,
       (select json_build_object('met', count(*) filter (where m.verdict = 'met'), 'exceeded', count(*) filter (where m.verdict = 'exceeded'),
                   'not_met', count(*) filter (where m.verdict = 'not_met'), 'not_reported', count(*) filter (where m.verdict = 'not_reported' and m.has_target),
                   'targets', count(*) filter (where m.has_target)) from item m) as summary,
       coalesce((select bool_or('invented' = any (m.flags)) from item m), false) as invented
  from unit u, this
