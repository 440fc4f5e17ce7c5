-- migrate:up

-- Who owes what: computed from the enumerated set of expected reports (a unit's life × form × period), never asserted.

create function app.expected_reports(p_units int[], p_forms int[], p_periods int[])
returns table (unit_id int, form_id int, period_id int, receiver_id int, in_reach boolean, s app.submission, due_at timestamptz, locks_at timestamptz)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    select u.id, f.id, p.id, x.parent_id,
           u.id = any ((select app.reach('own'))::int[]) or x.parent_id = any ((select app.reach('received'))::int[])
           or x.parent_id = any ((select app.reach('accepted'))::int[]),
           s, d.due_at, d.locks_at
      from app.unit u
      join app.unit_kind k on k.code = u.kind
      join app.form f on f.level = k.level
      join app.period p on p.frequency = f.frequency and f.valid @> p.ends_on and u.valid @> p.ends_on
      join app.unit_parent x on x.unit_id = u.id and x.valid @> p.ends_on
      left join app.submission s on (s.form_id, s.unit_id, s.period_id) = (f.id, u.id, p.id)
     cross join lateral app.deadlines(f.id, u.id, p.id) d
     where u.id = any (p_units) and (p_forms is null or f.id = any (p_forms)) and (p_periods is null or p.id = any (p_periods));
end $$;
comment on function app.expected_reports is 'Every report that these units owe or owed: alive on the period''s last day, of the form''s level, the form in use; each with its submission as far as the caller sees it.';

create function app.is_late(s app.submission, p_due_at timestamptz) returns boolean
language sql stable
return coalesce(coalesce(s.submitted_at, now()) > p_due_at, false);
comment on function app.is_late is 'Was it submitted after it was due, or is it due and not submitted?  As the last submit goes; by the server''s clock.';

create function app.units_asked(p_selector text, p_days date[]) returns int[]
language plpgsql stable as $$
begin
    if p_selector is null then
        return array(select u.id from app.unit u where u.id = any (app.reach('own') || app.reach('received') || app.reach('accepted')));
    end if;
    perform app.refuse_parameters((select coalesce(jsonb_agg(n.fault), '[]') from app.select_nodes(p_selector, p_days) n where n.fault is not null));
    return app.unit_ids_within(array(select distinct n.root from app.select_nodes(p_selector, p_days) n));
end $$;
comment on function app.units_asked is 'The units of a selector and what ever stood below them; null: all that the caller sees reports of.  400 for what names nothing.';

create function app.expect_windows(p_selector text) returns int[]
language plpgsql stable as $$
begin
    perform app.refuse_parameters((select coalesce(jsonb_agg(w.fault), '[]') from app.select_windows(p_selector, now()) w where w.fault is not null));
    return array(select p.id from app.select_windows(p_selector, now()) w join app.period p on p.code = w.code);
end $$;
comment on function app.expect_windows is 'The reporting periods of a selector.  400 for what names nothing.';

-- What the caller has to do --------------------------------------------------------------------------

create function app.tasks()
returns table (kind text, unit_id int, form_id int, period_id int, submission_id bigint, state text, count int, due_at timestamptz, locks_at timestamptz, late boolean, href text)
language plpgsql stable as $$
#variable_conflict use_column
declare
    enters constant int[] := app.units_of_role('OFFICE_STAT_OFFICER');
    leads constant int[] := app.units_of_role('COMMUNE_LEADER');
    reviews constant int[] := app.units_of_role('DISTRICT_HOME_AFFAIRS');
    publishes constant int[] := app.units_of_role('DISTRICT_LEADER');
begin
    return query
    with owed as materialized ( -- of the own units, of periods that have ended
        select e.* from app.expected_reports(enters || leads, null, null) e join app.period p on p.id = e.period_id
         where p.ends_on < (now() at time zone 'Asia/Ho_Chi_Minh')::date
           and coalesce((e.s).state, 'draft') in ('draft', 'returned') and coalesce(e.locks_at > now(), true)
    ), received as materialized (
        select s, d.due_at, d.locks_at from app.submission s cross join lateral app.deadlines(s.form_id, s.unit_id, s.period_id) d
         where s.state = 'submitted' and s.receiver_id = any (reviews) and coalesce(d.locks_at > now(), true)
    ), complete as ( -- all that a district is owed is accepted, and not published
        select x.receiver_id, x.form_id, x.period_id, count(*)::int as n
          from app.submission o
         cross join lateral (select o.receiver_id, o.form_id, o.period_id) k
          join app.expected_reports(app.unit_ids_within(publishes), array[o.form_id], array[o.period_id]) x on x.receiver_id = k.receiver_id
         where o.id in (select min(m.id) from app.submission m where m.state = 'accepted' and m.receiver_id = any (publishes) group by m.receiver_id, m.form_id, m.period_id)
           and not exists (select from app.publication b where (b.unit_id, b.form_id, b.period_id) = (o.receiver_id, o.form_id, o.period_id))
         group by x.receiver_id, x.form_id, x.period_id
        having bool_and(coalesce((x.s).state, '') = 'accepted')
    )
    select case when (o.s).id is null then 'start' when (o.s).state = 'returned' then 'rework' else 'complete' end, o.unit_id, o.form_id, o.period_id, (o.s).id,
           (o.s).state, null::int, o.due_at, o.locks_at, app.is_late(o.s, o.due_at), case when (o.s).id is null then '/v1/submissions' else '/v1/submissions/' || (o.s).id end
      from owed o where o.unit_id = any (enters)
    union all
    select 'submit', o.unit_id, o.form_id, o.period_id, (o.s).id, (o.s).state, null, o.due_at, o.locks_at, app.is_late(o.s, o.due_at),
           '/v1/submissions/' || (o.s).id || '/validation'
      from owed o where o.unit_id = any (leads) and (o.s).id is not null
    union all
    select 'review', (r.s).unit_id, (r.s).form_id, (r.s).period_id, (r.s).id, (r.s).state, null, r.due_at, r.locks_at, app.is_late(r.s, r.due_at), '/v1/submissions/' || (r.s).id
      from received r
    union all
    select 'decide_reopening', q.unit_id, q.form_id, q.period_id, q.submission_id, null, null, null, null, false, '/v1/reopen-requests/' || q.id || '/decision'
      from app.reopen_request q where q.decision is null and q.receiver_id = any (reviews)
    union all
    select 'decide_proposals', o.unit_id, o.form_id, o.period_id, (o.s).id, (o.s).state, count(*)::int, o.due_at, o.locks_at, false,
           coalesce('/v1/submissions/' || (o.s).id || '/village-values', '/v1/village-proposals')
      from owed o
      join app.village_proposal q on (q.unit_id, q.period_id) = (o.unit_id, o.period_id) and q.decision is null and not app.is_superseded(q)
      join app.form_indicator f on (f.form_id, f.indicator_id) = (o.form_id, q.indicator_id)
     where o.unit_id = any (enters)
     group by o.unit_id, o.form_id, o.period_id, o.s, o.due_at, o.locks_at
    union all
    select 'publish', c.receiver_id, c.form_id, c.period_id, null, null, c.n, null, null, false, '/v1/publications' from complete c;
end $$;
comment on function app.tasks is 'What the caller has to do by the own roles, of reports that may still change.';

-- migrate:down
drop function app.tasks, app.expect_windows, app.units_asked, app.is_late, app.expected_reports;
