-- unit_change_preview: what a reorganisation would touch.
-- in:   $1 dry_run text   $2 body text {effective_on, links: [{kind, from, to?, whole?, population?, population_of?, parent?}], new_units?: [{code, kind, name, parent}]}
--       $3 faults jsonb
-- out:  one row
-- raises: TD400 only-dry-run, TD422 with all faults
-- note: lists have what the caller may see, and no more is counted
with body as materialized (
    select app.body($2) as b
), good as materialized (
    select app.refuse_parameters(case when $1::text = 'true' then '[]' else jsonb_build_array(app.parameter_fault('dry_run', 'only-dry-run', '{}')) end)
       and app.refuse($3::jsonb) and app.refuse((select coalesce(jsonb_agg(f), '[]') from app.unit_change_faults(b) f)) as ok, b -- faults of the shape first: else it cannot be read
      from body
)
select (good.b ->> 'effective_on')::date as effective_on, x.units, x.below, x.accounts, x.submissions, x.targets, x.groups, x.expected_reports
  from good cross join lateral (select p.* from app.unit_change_preview(good.b) p where good.ok offset 0) x
