-- migrate:up

-- Checks on the data: figures that stand out, and marks for what somebody has to follow up.

-- Outliers -----------------------------------------------------------------------------------------

create function app.quantile(p_sorted numeric[], p_share numeric) returns numeric
language plpgsql immutable parallel safe as $$
declare
    place constant numeric := (cardinality(p_sorted) - 1) * p_share;
    below constant int := floor(place)::int + 1;
begin
    return p_sorted[below] + (place - floor(place)) * (coalesce(p_sorted[below + 1], p_sorted[below]) - p_sorted[below]);
end $$;
comment on function app.quantile is 'As percentile_cont, which knows doubles alone: exact for halves and quarters.  The figures in their order.';

create function app.compared(p_value numeric, p_figures numeric[], out n int, out median numeric, out mad numeric, out z numeric,
                             out low_fence numeric, out high_fence numeric, out lowest numeric, out highest numeric, out outside text[])
language plpgsql immutable parallel safe as $$
declare
    sorted constant numeric[] := array(select v from unnest(p_figures) v order by v);
    low_quarter constant numeric := app.quantile(sorted, 0.25);
    high_quarter constant numeric := app.quantile(sorted, 0.75);
begin
    n := cardinality(sorted);
    outside := '{}';
    if n < 5 then
        return;
    end if;
    median := app.quantile(sorted, 0.5);
    mad := app.quantile(array(select abs(v - median) as away from unnest(sorted) v order by away), 0.5);
    z := round(0.6745 * (p_value - median) / nullif(mad, 0), 3);
    low_fence := low_quarter - 1.5 * (high_quarter - low_quarter);
    high_fence := high_quarter + 1.5 * (high_quarter - low_quarter);
    lowest := sorted[1];
    highest := sorted[n];
    outside := array_remove(array[
        case when mad > 0 and 0.6745 * abs(p_value - median) > 3.5 * mad then 'z' end,
        case when p_value not between low_fence and high_fence then 'fences' end,
        case when p_value not between lowest and highest then 'range' end], null);
end $$;
comment on function app.compared is 'How a figure stands to others, five at least: robust z = 0.6745 (x − median) / MAD with 3.5 as threshold (Iglewicz and Hoaglin 1993), none where MAD is 0; Tukey''s fences; lowest and highest of them.  Exact; z alone is rounded, for showing.';

create function app.outliers(p_units int[], p_forms int[], p_periods int[])
returns table (submission_id bigint, unit_id int, form_id int, period_id int, state text, indicator_id int, name text, unit_of_measure text, value numeric, against text,
               n int, median numeric, mad numeric, z numeric, low_fence numeric, high_fence numeric, lowest numeric, highest numeric, outside text[], finding text)
language plpgsql stable as $$
#variable_conflict use_column
begin
    return query
    with asked as materialized (
        select s.id, s.unit_id, s.form_id, s.period_id, s.receiver_id from app.submission s
         where s.unit_id = any (p_units) and s.period_id = any (p_periods) and (p_forms is null or s.form_id = any (p_forms))
    ), series as materialized ( -- the reports of these units in their order; nth: how many before it count
        select s.id, s.unit_id, s.form_id, s.period_id = any (p_periods) as asked, s.state in ('submitted', 'accepted') as counts,
               count(*) filter (where s.state in ('submitted', 'accepted')) over (partition by s.unit_id, s.form_id order by p.ends_on
                                                                                  rows between unbounded preceding and 1 preceding) as nth
          from (select distinct a.unit_id, a.form_id from asked a) a
          join app.submission s on (s.unit_id, s.form_id) = (a.unit_id, a.form_id)
          join app.period p on p.id = s.period_id
    ), needed as (
        select x.id, x.asked, x.nth from series x where x.asked
        union
        select h.id, h.asked, h.nth from series x
          join series h on (h.unit_id, h.form_id) = (x.unit_id, x.form_id) and h.counts and h.nth between x.nth - 12 and x.nth - 1
         where x.asked
    ), neighbour as (
        select s.id from (select distinct a.receiver_id, a.form_id, a.period_id from asked a) a
          join app.submission s on (s.receiver_id, s.form_id, s.period_id) = (a.receiver_id, a.form_id, a.period_id) and s.state in ('submitted', 'accepted')
        except
        select x.id from needed x
    ), figure as materialized (
        select s as s, s.id, s.unit_id, s.form_id, s.period_id, s.receiver_id, s.state in ('submitted', 'accepted') as counts, x.asked, x.nth,
               f.indicator_id, f.value, (f.d).result, (f.d).unit_code, (f.d).name_vi, (f.d).unit_vi
          from (select n.id, n.asked, n.nth from needed n union all select n.id, false, null from neighbour n) x
          join app.submission s on s.id = x.id
         cross join lateral app.submission_figures(s) f
         where f.value is not null and (f.d).value_type <> 'boolean'
    ), past as (
        select f.*, array_agg(f.value) filter (where f.counts) over (partition by f.unit_id, f.form_id, f.indicator_id, f.unit_code order by f.nth
                                                                     range between 12 preceding and 1 preceding) as figures
          from figure f where f.nth is not null
    ), peers as materialized (
        select f.receiver_id, f.form_id, f.period_id, f.indicator_id, array_agg(f.id order by f.id) as ids, array_agg(f.value order by f.id) as figures
          from figure f where f.counts and f.result = 'ratio'
         group by f.receiver_id, f.form_id, f.period_id, f.indicator_id
    ), pair as (
        select f.*, 'history' as against, f.figures as others from past f where f.asked
        union all
        select f.*, 'peers', array(select o.figure from unnest(q.ids, q.figures) as o(id, figure) where o.id <> f.id)
          from past f
          left join peers q on (q.receiver_id, q.form_id, q.period_id, q.indicator_id) = (f.receiver_id, f.form_id, f.period_id, f.indicator_id)
         where f.asked and f.result = 'ratio'
    )
    select f.id, f.unit_id, f.form_id, f.period_id, app.shown_state(f.s), f.indicator_id, f.name_vi::text, f.unit_vi::text, f.value, f.against,
           c.n, trim_scale(c.median), trim_scale(c.mad), trim_scale(c.z), trim_scale(c.low_fence), trim_scale(c.high_fence), c.lowest, c.highest, c.outside,
           case when c.n < 5 then 'insufficient_' || f.against when c.outside && '{z,fences}' then 'outlier' else 'ok' end
      from pair f
     cross join lateral app.compared(f.value, coalesce(f.others, '{}')) c;
end $$;
comment on function app.outliers is 'Each figure of the reports the caller sees beside those of the unit''s last twelve reports before it, and each rate beside those of the units with the same receiver; what counts as other is submitted or accepted, and seen by the caller.';

-- Follow-up marks ----------------------------------------------------------------------------------

create function app.today() returns date
language plpgsql stable as $$
begin
    return (now() at time zone 'Asia/Ho_Chi_Minh')::date;
end $$;
comment on function app.today is 'The day it is in Vietnam, by the server''s clock.';

create function app.day_end(p_day date) returns timestamptz
language plpgsql stable as $$
begin
    return (p_day + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh';
end $$;
comment on function app.day_end is 'The instant at which a day is over in Vietnam.';

create table app.follow_up (
    id            bigint generated always as identity primary key,
    submission_id bigint not null,
    unit_id       int not null,
    indicator_id  int references app.indicator,
    text          app.prose not null constraint follow_up_says_something check (text ~ '\S'),
    owner_id      int not null references app.account,
    owner_login   text not null,
    owner_name    app.line not null,
    due_on        date not null,
    side          text not null check (side in ('unit', 'receiver')),
    opened_by     int not null references app.account,
    opener_name   app.line not null,
    opener_role   text not null references app.role,
    opened_at     timestamptz not null default now(),
    closing_text  app.prose check (closing_text ~ '\S'),
    closed_by     int references app.account,
    closer_name   app.line,
    closed_at     timestamptz,
    foreign key (submission_id, unit_id) references app.submission (id, unit_id),
    constraint follow_up_closed check (num_nonnulls(closing_text, closed_by, closer_name, closed_at) in (0, 4))
);
create index follow_up_submission on app.follow_up (submission_id);
create index follow_up_owner on app.follow_up (owner_id) where closed_at is null;
comment on table app.follow_up is 'What somebody has to look after in a report or one of its values, until a day; closed once, by a word.';
comment on column app.follow_up.id is 'Order of opening.';
comment on column app.follow_up.submission_id is 'Submission.';
comment on column app.follow_up.unit_id is 'Its unit.';
comment on column app.follow_up.indicator_id is 'The value it is about; null for the whole report.';
comment on column app.follow_up.text is 'What is to be done.';
comment on column app.follow_up.owner_id is 'Who has to.';
comment on column app.follow_up.owner_login is 'Login of the owner, as it was named.';
comment on column app.follow_up.owner_name is 'Name at that time.';
comment on column app.follow_up.due_on is 'Last day for it, in Vietnam.';
comment on column app.follow_up.side is 'Opened for the reporting unit or for the receiver.';
comment on column app.follow_up.opened_by is 'Who opened it.';
comment on column app.follow_up.opener_name is 'Name at that time.';
comment on column app.follow_up.opener_role is 'In which role.';
comment on column app.follow_up.opened_at is 'Server clock.';
comment on column app.follow_up.closing_text is 'What came of it; this and all that follow are null while it is open.';
comment on column app.follow_up.closed_by is 'Who closed it: the owner, or who opened it.';
comment on column app.follow_up.closer_name is 'Name at that time.';
comment on column app.follow_up.closed_at is 'Server clock.';

create function app.follow_up_role(s app.submission, p_grants text[]) returns text
language plpgsql stable as $$
begin
    return (select r.role
              from unnest('{COMMUNE_LEADER,OFFICE_STAT_OFFICER,CULTURE_INFO_OFFICER,DISTRICT_HOME_AFFAIRS}'::text[]) with ordinality as r(role, nth)
             where r.role || '@' || case when r.role ~ '^DISTRICT' then s.receiver_id else s.unit_id end = any (p_grants)
             order by r.nth limit 1);
end $$;
comment on function app.follow_up_role is 'The role in which the caller may open a mark on a report; null: in none.';

create function app.expect_follower(s app.submission) returns boolean
language plpgsql stable as $$
begin
    if app.follow_up_role(s, app.grants()) is null then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;
comment on function app.expect_follower is '403 for whoever sees a report and is neither its unit''s officer or leader nor its receiver''s home affairs office.';

create function app.follow_up_owner(p_login text, p_unit int, p_receiver int, out id int, out name text)
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    select a.id, a.name::text into follow_up_owner.id, follow_up_owner.name
      from app.account a
     where a.login = p_login and a.disabled_at is null and (p_unit = any (app.reach('own')) or p_receiver = any (app.reach('received')))
       and exists (select from app.account_role g join app.role r on r.code = g.role
                    where g.account_id = a.id and r.reach in ('own', 'received') and g.unit_id in (p_unit, p_receiver));
end $$;
comment on function app.follow_up_owner is 'The account of a login that holds a role for the unit or (null: it sees nothing yet) for the receiver; null: none such.  Tells nothing of others, and nothing to others than these two.';

create function app.owner_of(s app.submission, p_login text, out id int, out name text)
language plpgsql stable as $$
begin
    select o.id, o.name into owner_of.id, owner_of.name from app.follow_up_owner(p_login, s.unit_id, case when s.state <> 'draft' then s.receiver_id end) o;
end $$;
comment on function app.owner_of is 'Who can be the owner of a mark on a report: accounts that see it.  The caller sees the report, too.';

create function app.follow_up_faults(s app.submission, b jsonb) returns setof jsonb
language sql stable
begin atomic
    select app.comment_faults('', b, s)
    union all
    select app.fault('/owner', 'owner-not-of-report', jsonb_build_object('owner', left(b ->> 'owner', 64)))
      from app.owner_of(s, b ->> 'owner') o where jsonb_typeof(b -> 'owner') = 'string' and o.id is null
    union all
    select app.fault('/due_on', 'day-passed') where app.date_or_null(b ->> 'due_on') < app.today();
end;
comment on function app.follow_up_faults is 'What is wrong with one mark.';

create function app.follow_up_stamp() returns trigger
language plpgsql as $$
declare
    s app.submission;
    o record;
begin
    select * into s from app.submission where id = app.expect_submission(new.submission_id);
    perform app.expect_follower(s);
    select * into o from app.owner_of(s, new.owner_login);
    if o.id is null then
        perform app.problem(403, 'forbidden');
    end if;
    new.owner_id := o.id;
    new.owner_name := o.name;
    new.opener_role := app.follow_up_role(s, app.grants());
    new.side := case when new.opener_role ~ '^DISTRICT' then 'receiver' else 'unit' end;
    new.opened_by := app.me();
    new.opener_name := app.account_name(app.me());
    new.opened_at := now();
    return new;
end $$;
comment on function app.follow_up_stamp is 'Whoever opens a mark is named, with the side; the owner is somebody who sees the report.';
create trigger follow_up_stamp before insert on app.follow_up for each row execute function app.follow_up_stamp();

create function app.expect_open(m app.follow_up) returns boolean
language plpgsql stable as $$
begin
    if app.me() not in (m.owner_id, m.opened_by) then
        perform app.problem(403, 'forbidden');
    elsif m.closed_at is not null then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'close', 'state', 'closed'), '{"allowed_actions": []}');
    end if;
    return true;
end $$;
comment on function app.expect_open is '403 for everybody but the owner and who opened it, 409 when it is closed already.';

create function app.follow_up_guard() returns trigger
language plpgsql as $$
begin
    perform app.expect_open(old);
    new.closed_by := app.me();
    new.closer_name := app.account_name(app.me());
    new.closed_at := now();
    return new;
end $$;
comment on function app.follow_up_guard is 'A mark is closed once, by its owner or by who opened it; nothing else of it changes.';
create trigger follow_up_guard before update on app.follow_up for each row execute function app.follow_up_guard();

create function app.follow_up_shown(m app.follow_up)
returns table (id bigint, submission bigint, unit text, form text, period text, indicator text, text text, owner text, owner_name text, due_on date, state text, overdue boolean,
               side text, opened_by text, role text, opened_at timestamptz, closing_text text, closed_by text, closed_at timestamptz)
language sql stable
begin atomic
    select m.id, m.submission_id, u.code, f.code, p.code, i.code, m.text, m.owner_login, m.owner_name, m.due_on,
           case when m.closed_at is null then 'open' else 'closed' end, m.closed_at is null and m.due_on < app.today(),
           m.side, m.opener_name, m.opener_role, m.opened_at, m.closing_text, m.closer_name, m.closed_at
      from app.submission s
      join app.unit u on u.id = s.unit_id
      join app.form f on f.id = s.form_id
      join app.period p on p.id = s.period_id
      left join app.indicator i on i.id = m.indicator_id
     where s.id = m.submission_id;
end;
comment on function app.follow_up_shown is 'A mark as answers show it.';

alter table app.follow_up enable row level security;
alter table app.follow_up force row level security;
-- As comments: both sides, the receiver as soon and as long as it sees the report.
create policy in_reach on app.follow_up for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or exists (select from app.submission s where s.id = submission_id and s.state <> 'draft' and s.receiver_id = any ((select app.reach('received'))::int[])));
create policy taking_part on app.follow_up for insert to thidua_api with check
    (opened_by = (select app.me()) and exists (select from app.submission s where s.id = submission_id));
create policy owner_or_opener_closes on app.follow_up for update to thidua_api using ((select app.me()) in (owner_id, opened_by));
grant select on app.follow_up to thidua_api;
grant insert (submission_id, unit_id, indicator_id, text, owner_login, due_on) on app.follow_up to thidua_api;
grant update (closing_text) on app.follow_up to thidua_api;
call app.audit_table('app.follow_up');

create or replace function app.tasks()
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
    select 'follow_up', s.unit_id, s.form_id, s.period_id, s.id, s.state, null, app.day_end(m.due_on), null, m.due_on < app.today(), '/v1/follow-ups/' || m.id || '/closing'
      from app.follow_up m join app.submission s on s.id = m.submission_id where m.owner_id = (select app.me()) and m.closed_at is null
    union all
    select 'publish', c.receiver_id, c.form_id, c.period_id, null, null, c.n, null, null, false, '/v1/publications' from complete c;
end $$;

-- migrate:down
create or replace function app.tasks()
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
drop table app.follow_up cascade; -- and what takes or gives its rows
drop function if exists app.follow_up_shown, app.expect_open;
drop function app.follow_up_guard, app.follow_up_stamp, app.follow_up_faults, app.owner_of, app.follow_up_owner, app.expect_follower, app.follow_up_role, app.day_end, app.today;
drop function app.outliers, app.compared, app.quantile;
