-- validation_get: what a submit would say of a report as it stands.
-- in:   $1 id bigint
-- out:  one row; the service adds _errors with their texts; none when the caller may not see it
-- note: who sees only what was submitted of a returned report gets neither faults nor findings
with seen as materialized (
    select s as s, app.sees_reworking(s, app.grants()) as sees from app.submission s where s.id = $1::bigint
), fault as materialized (
    select f from seen, app.submit_faults(seen.s) f where sees
)
select app.submission_etag(seen.s) as _etag, x.id as submission, x.form, x.unit, x.period, x.state,
       seen.sees and not exists (select from fault) as passes,
       (select coalesce(json_agg(f), '[]') from fault) as _errors,
       (select coalesce(json_agg(json_build_object('rule', (f.r).code, 'kind', (f.r).kind, 'severity', (f.r).severity,
                   'name', (f.r).name_vi, 'name_en', (f.r).name_en, 'outcome', f.outcome, 'figure', f.figure, 'low', f.low, 'high', f.high,
                   'indicators', app.finding_indicators((f.r).id), 'justification', app.justification_shown(f.j)) order by (f.r).id), '[]')
          from app.rule_findings(array[(seen.s).id]) f where sees) as findings,
       x.allowed_actions
  from seen, app.submission_summary(seen.s, app.grants()) x
