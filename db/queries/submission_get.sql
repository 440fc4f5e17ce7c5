-- submission_get: one submission with its values, the totals and rates that follow from them, its steps, and what justifies figures
--   that rules question.
-- in:   $1 id bigint   $2 If-None-Match text or null
-- out:  one row; none when the caller may not see it; nothing but its entity tag when that is known
-- note: the receiver of a returned submission sees what was submitted (in its steps), not the draft being reworked
with seen as materialized (
    select s as s, app.submission_etag(s) as etag, coalesce(app.etag_matches(replace($2::text, 'W/', ''), app.submission_etag(s)), false) as known
      from app.submission s where s.id = $1::bigint
)
select case when seen.known then 304 end as _status, seen.etag as _etag, x.*,
       case when not seen.known then (select coalesce(json_agg(json_build_object('indicator', i.code, 'name', (f.d).name_vi, 'unit_of_measure', (f.d).unit_vi,
                   'value', case when (f.d).value_type = 'boolean' then to_json(f.value = 1) else to_json(f.value) end,
                   'numerator', f.numerator, 'denominator', f.denominator, 'missing_reason', f.missing_reason,
                   'status', f.status, 'note', f.note, 'computed', f.computed) order by i.sort_order), '[]')
          from app.submission_figures(seen.s) f join app.indicator i on i.id = f.indicator_id) end as "values",
       case when not seen.known then (select coalesce(json_agg(json_build_object('at', t.at, 'action', t.action, 'from', t.from_state, 'to', t.to_state, 'by', t.actor_name,
                   'role', t.actor_role, 'reason', t.reason) order by t.id), '[]')
          from app.submission_transition t where t.submission_id = $1::bigint) end as transitions,
       case when not seen.known then (select coalesce(json_agg(json_build_object('rule', r.code, 'name', r.name_vi, 'name_en', r.name_en, 'figure', j.figure, 'low', j.low, 'high', j.high,
                   'text', j.text, 'by', j.writer_name, 'role', j.writer_role, 'at', j.written_at) order by j.id), '[]')
          from app.justification j join app.rule r on r.id = j.rule_id where j.submission_id = $1::bigint) end as justifications
  from seen left join lateral (select y.* from app.submission_summary(seen.s, app.grants()) y where not seen.known) x on true
