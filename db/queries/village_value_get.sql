-- village_value_get: the figures of a submission by village: parts, what is proposed, what they add up to.
-- in:   $1 id bigint
-- out:  one row; none when the caller may not see the submission
-- note: the receiver of a returned submission sees no parts; what was submitted is in its steps
select app.submission_etag(s) as _etag, s.id, u.code::text as unit, f.code::text as form, p.code::text as period, app.shown_state(s) as state, s.version,
       (select coalesce(json_agg(json_build_object('code', v.code, 'name', app.unit_name_on(v.id, p.ends_on)) order by v.code), '[]')
          from app.unit v where v.id = any (app.villages_on(u.id, p.ends_on))) as villages,
       case when app.sees_reworking(s, app.grants()) then app.village_sheet(s, u.kind, p) else '[]' end as indicators,
       to_json(app.allowed_actions(s, app.grants())) as allowed_actions
  from app.submission s
  join app.unit u on u.id = s.unit_id
  join app.form f on f.id = s.form_id
  join app.period p on p.id = s.period_id
 where s.id = $1::bigint
