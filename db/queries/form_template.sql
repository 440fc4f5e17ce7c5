-- form_template: what a workbook for filling in a unit's report on a form for a period shows.
-- in:   $1 form code text   $2 unit text   $3 period text
-- out:  one row; none when the form does not exist or the unit is none of the caller's own
-- raises: TD400 for unknown codes, and when the unit does not report that form for that period
with named as materialized (
    select f as form, u as unit, p as period,
           (select q.id from app.period q where q.frequency = p.frequency and q.ends_on < p.starts_on order by q.ends_on desc limit 1) as before
      from app.form f, app.unit u, app.period p
     where f.code = $1 and u.code = $2 and p.code = $3 and u.id = any (app.reach('own'))
       and app.expect_codes(p_unit => $2, p_period => $3)
), checked as materialized (
    select n.* from named n
     where app.refuse_parameters((select coalesce(jsonb_agg(jsonb_build_object('parameter', case f ->> 'pointer' when '/unit' then 'unit' else 'period' end,
                                                                                'code', f ->> 'code', 'params', f -> 'params')), '[]')
                                  from app.unit_faults(n.unit, n.form, n.period) f))
), figure as (
    select x.indicator_id, x.value, x.numerator, x.denominator, x.missing_reason, x.note, s.period_id, s.invented
      from checked c
      join app.submission s on s.form_id = (c.form).id and s.unit_id = (c.unit).id and s.period_id in ((c.period).id, c.before)
     cross join lateral app.submission_figures(s) x
), line as (
    select i.code, i.sort_order, v.name_vi, v.unit_vi, v.entry, v.value_type, v.result, v.scale, v.decimals, v.id as version_id,
           (select t.text_as_issued::text from app.target t
             where t.unit_id = (c.unit).id and t.indicator_id = i.id and t.year = (c.period).year order by t.revision desc, t.id limit 1) as target,
           b.value as before, n.value, n.numerator, n.denominator, n.missing_reason, n.note
      from checked c
      join app.indicator i on true
      join app.indicator_version v on v.indicator_id = i.id and v.valid @> (c.period).ends_on and (c.unit).kind = any (v.applies_to)
      left join app.form_indicator f on f.form_id = (c.form).id and f.indicator_id = i.id
      left join figure n on n.indicator_id = i.id and n.period_id = (c.period).id
      left join figure b on b.indicator_id = i.id and b.period_id = c.before
     where f.indicator_id is not null
        or (v.entry = 'computed' and not exists (
               select from app.indicator_term t
                where t.version_id = v.id and not exists (select from app.form_indicator g where g.form_id = (c.form).id and g.indicator_id = t.indicator_id)))
)
select (c.form).code as form, (c.form).name_vi::text as form_name, (c.unit).code as unit, app.unit_name_on((c.unit).id, (c.period).ends_on) as unit_name,
       (c.period).code as period, coalesce((select bool_or(f.invented) from figure f), false) as invented,
       (select json_agg(json_build_object('code', l.code, 'name', l.name_vi, 'unit_of_measure', l.unit_vi, 'entry', l.entry, 'value_type', l.value_type,
                   'ratio', l.result = 'ratio', 'scale', l.scale, 'decimals', l.decimals, 'target', l.target, 'before', l.before::text, 'value', l.value::text,
                   'numerator', l.numerator::text, 'denominator', l.denominator::text, 'missing_reason', l.missing_reason, 'note', l.note,
                   'terms', (select json_agg(json_build_object('side', t.side, 'code', i.code, 'coefficient', t.coefficient::text, 'presence', t.counts = 'presence'))
                               from app.indicator_term t join app.indicator i on i.id = t.indicator_id where t.version_id = l.version_id)) order by l.sort_order)
          from line l) as lines
  from checked c
