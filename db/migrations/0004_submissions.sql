-- migrate:up

-- What units report: submissions, their values, the steps they take, what the district publishes.

create table app.submission (
    id           bigint generated always as identity primary key,
    form_id      int not null references app.form,
    unit_id      int not null references app.unit,
    period_id    int not null references app.period,
    receiver_id  int not null references app.unit check (receiver_id <> unit_id),
    state        text not null default 'draft' check (state in ('draft', 'submitted', 'returned', 'accepted')),
    version      int not null default 1,
    as_of_date   date,
    note         app.prose,
    reason       app.prose,
    invented     boolean not null default false,
    created_by   int not null references app.account,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    submitted_at timestamptz,
    decided_at   timestamptz,
    constraint submission_once_per_form_unit_period unique (form_id, unit_id, period_id),
    constraint submission_of_unit unique (id, unit_id),
    constraint submission_returned_with_reason check (state <> 'returned' or (reason ~ '\S') is true),
    constraint submission_instants check ((state = 'draft' or submitted_at is not null) and (state in ('returned', 'accepted')) = (decided_at is not null))
);
create index submission_unit_period on app.submission (unit_id, period_id);
create index submission_receiver on app.submission (receiver_id, period_id);
create index submission_period on app.submission (period_id, form_id);
comment on table app.submission is 'What a unit reports on a form for a period: one, whoever sends it.';
comment on column app.submission.id is 'Number.';
comment on column app.submission.form_id is 'Form.';
comment on column app.submission.unit_id is 'Reporting unit.';
comment on column app.submission.period_id is 'Period.';
comment on column app.submission.receiver_id is 'The unit it is sent to: the parent on the last day of the period.';
comment on column app.submission.state is 'draft → submitted → returned or accepted.';
comment on column app.submission.version is 'Row version, for ETag and If-Match; every change of a value or the state adds one.';
comment on column app.submission.as_of_date is 'Date of the figures (tính đến ngày).';
comment on column app.submission.note is 'Difficulties, recommendations.';
comment on column app.submission.reason is 'Reason of the last step; always there for a return.';
comment on column app.submission.invented is 'Entered by a demonstration account.';
comment on column app.submission.created_by is 'Who started it.';
comment on column app.submission.created_at is 'When.';
comment on column app.submission.updated_at is 'Last change.';
comment on column app.submission.submitted_at is 'Last submission; lateness is judged by it.';
comment on column app.submission.decided_at is 'When it was returned or accepted.';

create table app.submission_value (
    submission_id  bigint not null,
    unit_id        int not null,
    indicator_id   int not null references app.indicator,
    value          numeric,
    numerator      numeric,
    denominator    numeric,
    missing_reason text check (missing_reason in ('not_available', 'not_collected', 'not_applicable', 'confidential')),
    status         text not null default 'PROVISIONAL' check (status in ('ESTIMATE', 'PROVISIONAL', 'OFFICIAL')),
    note           app.prose,
    written_by     int not null references app.account,
    written_at     timestamptz not null default now(),
    primary key (submission_id, indicator_id),
    foreign key (submission_id, unit_id) references app.submission (id, unit_id),
    constraint submission_value_one_of check
        (num_nonnulls(value, missing_reason) = 1 and (numerator is null) = (denominator is null) and (value is not null or numerator is null)),
    constraint submission_value_pair check (numerator between 0 and denominator),
    constraint submission_value_size check (abs(value) < 1e15 and scale(value) <= 6)
);
create index submission_value_indicator on app.submission_value (indicator_id);
comment on table app.submission_value is 'The figures.  No row: not answered; a missing_reason: answered, there is none.  Neither is zero.';
comment on column app.submission_value.submission_id is 'Submission.';
comment on column app.submission_value.unit_id is 'Its unit.';
comment on column app.submission_value.indicator_id is 'Indicator; totals and rates are never stored.';
comment on column app.submission_value.value is 'The figure, exact; 1 or 0 for a status; the numerator for a pair.';
comment on column app.submission_value.numerator is 'Of a pair: criteria met.';
comment on column app.submission_value.denominator is 'Of a pair: out of how many.';
comment on column app.submission_value.missing_reason is 'Why there is no figure.';
comment on column app.submission_value.status is 'ESTIMATE (ước thực hiện), PROVISIONAL (sơ bộ), OFFICIAL (chính thức).';
comment on column app.submission_value.note is 'Remark of the reporter.';
comment on column app.submission_value.written_by is 'Who entered it.';
comment on column app.submission_value.written_at is 'When.';

create table app.submission_transition (
    id            bigint generated always as identity primary key,
    submission_id bigint not null,
    unit_id       int not null,
    at            timestamptz not null default now(),
    action        text not null,
    from_state    text not null,
    to_state      text not null,
    actor_id      int not null references app.account,
    actor_name    app.line not null,
    actor_role    text not null references app.role,
    reason        app.prose,
    content       jsonb,
    foreign key (submission_id, unit_id) references app.submission (id, unit_id)
);
create index submission_transition_submission on app.submission_transition (submission_id);
comment on table app.submission_transition is 'Steps of submissions, append-only.';
comment on column app.submission_transition.id is 'Order of the steps.';
comment on column app.submission_transition.submission_id is 'Submission.';
comment on column app.submission_transition.unit_id is 'Its unit.';
comment on column app.submission_transition.at is 'Server clock.';
comment on column app.submission_transition.action is 'submit, withdraw, return or accept.';
comment on column app.submission_transition.from_state is 'State before.';
comment on column app.submission_transition.to_state is 'State after.';
comment on column app.submission_transition.actor_id is 'Who.';
comment on column app.submission_transition.actor_name is 'Name at that time: a later change of office does not alter who signed.';
comment on column app.submission_transition.actor_role is 'In which role.';
comment on column app.submission_transition.reason is 'Why; always there for a return.';
comment on column app.submission_transition.content is 'What was submitted, value by value, so that a returned report stays as it was.';

create table app.transition_rule (
    action     text not null check (action in ('submit', 'withdraw', 'return', 'accept')),
    from_state text not null,
    to_state   text not null,
    role       text not null references app.role,
    side       text not null check (side in ('unit', 'receiver')),
    reasoned   boolean not null,
    primary key (action, from_state),
    unique (from_state, to_state)
);
comment on table app.transition_rule is 'The workflow: who may take which step (clauses of the plan, III.3; recipients).';
comment on column app.transition_rule.action is 'Step.';
comment on column app.transition_rule.from_state is 'From.';
comment on column app.transition_rule.to_state is 'To.';
comment on column app.transition_rule.role is 'Role that may.';
comment on column app.transition_rule.side is 'Held for the reporting unit or for the receiver.';
comment on column app.transition_rule.reasoned is 'A reason is required.';
insert into app.transition_rule values
    ('submit',   'draft',     'submitted', 'COMMUNE_LEADER',        'unit',     false),
    ('submit',   'returned',  'submitted', 'COMMUNE_LEADER',        'unit',     false),
    ('withdraw', 'submitted', 'draft',     'COMMUNE_LEADER',        'unit',     false),
    ('return',   'submitted', 'returned',  'DISTRICT_HOME_AFFAIRS', 'receiver', true),
    ('accept',   'submitted', 'accepted',  'DISTRICT_HOME_AFFAIRS', 'receiver', false);

create table app.publication (
    id           int generated always as identity primary key,
    unit_id      int not null references app.unit,
    form_id      int not null references app.form,
    period_id    int not null references app.period,
    published_by int not null references app.account,
    published_at timestamptz not null default now(),
    note         app.prose,
    constraint publication_once unique (unit_id, form_id, period_id)
);
comment on table app.publication is 'What a district has published to all its communes: the accepted submissions of a form and period.';
comment on column app.publication.id is 'Number.';
comment on column app.publication.unit_id is 'The district.';
comment on column app.publication.form_id is 'Form.';
comment on column app.publication.period_id is 'Period.';
comment on column app.publication.published_by is 'District leader who did.';
comment on column app.publication.published_at is 'When.';
comment on column app.publication.note is 'Remark.';

-- Who may -----------------------------------------------------------------------------------------

create function app.is_locked(p_period int) returns boolean
language plpgsql stable as $$
begin
    return (select p.locks_at <= now() from app.period p where p.id = p_period) is true;
end $$;
comment on function app.is_locked is 'Has the period''s lock passed, by the server''s clock?';

create function app.refuse_locked(p_period int) returns void
language plpgsql stable as $$
declare
    p app.period;
begin
    select * into p from app.period where id = p_period and locks_at <= now();
    if found then
        perform app.problem(423, 'locked', jsonb_build_object('period', p.code, 'since', to_char(p.locks_at, 'HH24:MI DD/MM/YYYY')),
            jsonb_build_object('lock', jsonb_build_object('reason', 'period_locked', 'period', p.code, 'since', p.locks_at,
                'unlock', jsonb_build_object('role', 'DISTRICT_HOME_AFFAIRS', 'method', 'PATCH', 'href', '/v1/periods/' || p.code, 'member', 'locks_at')),
                'allowed_actions', '[]'::jsonb));
    end if;
end $$;
comment on function app.refuse_locked is '423 with why, since when and how to unlock.';

create function app.may_edit(s app.submission, p_grants text[]) returns boolean
language sql immutable parallel safe
return s.state in ('draft', 'returned')
   and ('OFFICE_STAT_OFFICER@' || s.unit_id = any (p_grants) or 'CULTURE_INFO_OFFICER@' || s.unit_id = any (p_grants));
comment on function app.may_edit is 'May the caller change its values (lock apart)?';

create function app.wrote(s app.submission) returns boolean
language plpgsql stable as $$
begin
    return s.created_by = app.me()
    or exists (select from app.submission_value v where v.submission_id = s.id and v.written_by = app.me());
end $$;
comment on function app.wrote is 'Did the caller start it or enter any of it?';

create function app.may_step(s app.submission, r app.transition_rule, p_grants text[]) returns boolean
language sql stable
return r.role || '@' || case r.side when 'unit' then s.unit_id else s.receiver_id end = any (p_grants)
   and not (r.action = 'submit' and app.wrote(s) and (select f.four_eyes from app.form f where f.id = s.form_id));
comment on function app.may_step is 'May the caller take this step (state and lock apart)?  Whoever wrote it does not submit it.';

create function app.allowed_actions(s app.submission, p_grants text[]) returns text[]
language plpgsql stable as $$
begin
    return (
    select case when app.is_locked(s.period_id) then '{}'::text[]
                else case when app.may_edit(s, p_grants) then '{edit}'::text[] else '{}'::text[] end
                     || coalesce((select array_agg(r.action order by r.action) from app.transition_rule r
                                   where r.from_state = s.state and app.may_step(s, r, p_grants)), '{}') end);
end $$;
comment on function app.allowed_actions is 'What the caller may do next: edit, submit, withdraw, return, accept.';

create function app.shown_state(s app.submission) returns text
language sql stable
return case when s.state = 'accepted' and app.is_locked(s.period_id) then 'locked' else s.state end;
comment on function app.shown_state is 'The state as shown: an accepted submission is locked from its period''s lock on.';

create function app.submission_etag(s app.submission) returns text
language sql stable
return format('"%s-%s"', s.id, s.version);
comment on function app.submission_etag is 'Entity tag: from the row version, independent of format.';

create function app.etag_matches(p_if_match text, p_etag text) returns boolean
language sql immutable parallel safe
return btrim(p_if_match) = '*' or p_etag = any (regexp_split_to_array(btrim(p_if_match), '\s*,\s*'));
comment on function app.etag_matches is 'If-Match of RFC 9110, 13.1.1: strong comparison with a list, or *.';

create function app.expect_version(p_if_match text, p_etag text) returns boolean
language plpgsql stable as $$
begin
    if not app.etag_matches(p_if_match, p_etag) then
        perform app.problem(412, 'stale-version', '{}', jsonb_build_object('current_etag', p_etag));
    end if;
    return true;
end $$;
comment on function app.expect_version is '412 with the current entity tag, unless If-Match names it.';

create function app.expect_written(p_written boolean) returns boolean
language plpgsql stable as $$
begin
    if not p_written then
        perform app.problem(412, 'stale-version', '{}', jsonb_build_object('current_etag', null));
    end if;
    return true;
end $$;
comment on function app.expect_written is '412 when another change came between reading and writing.';

create function app.expect_role(p_role text, p_unit int) returns boolean
language plpgsql stable as $$
begin
    if not p_unit = any (app.reach('own')) then
        perform app.problem(404, 'not-found');
    elsif not p_role || '@' || p_unit = any (app.grants()) then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;
comment on function app.expect_role is '404 for another''s unit, 403 for the own one without this role.';

create function app.expect_grant(p_role text, p_unit int) returns boolean
language plpgsql stable as $$
begin
    if not p_role || '@' || p_unit = any (app.grants()) then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;
comment on function app.expect_grant is '403 without this role for this unit.';

create function app.expect_submission(p_id bigint) returns bigint
language plpgsql stable as $$
begin
    if not exists (select from app.submission where id = p_id) then
        perform app.problem(404, 'not-found');
    end if;
    return p_id;
end $$;
comment on function app.expect_submission is '404 for a submission the caller may not see, as for one that is not there.';

create function app.refuse_existing(p_form int, p_unit int, p_period int) returns boolean
language plpgsql stable as $$
declare
    s app.submission;
begin
    select * into s from app.submission where (form_id, unit_id, period_id) = (p_form, p_unit, p_period);
    if found then
        perform app.problem(409, 'already-exists', '{}', jsonb_build_object('existing', jsonb_build_object(
            'id', s.id, 'href', '/v1/submissions/' || s.id, 'etag', app.submission_etag(s), 'state', app.shown_state(s)),
            'allowed_actions', app.allowed_actions(s, app.grants())));
    end if;
    return true;
end $$;
comment on function app.refuse_existing is '409 with where the existing submission is: form × unit × period is unique.';

create function app.expect_edit(s app.submission, p_if_match text) returns boolean
language plpgsql stable as $$
begin
    perform app.refuse_locked(s.period_id);
    if s.state not in ('draft', 'returned') then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif not app.may_edit(s, app.grants()) then
        perform app.problem(403, 'forbidden', '{}', jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    end if;
    return app.expect_version(p_if_match, app.submission_etag(s));
end $$;
comment on function app.expect_edit is 'May its values be changed, now, by the caller, from this version?  423, 409, 403 or 412 otherwise.';

create function app.expect_step(s app.submission, p_action text, p_if_match text) returns app.transition_rule
language plpgsql stable as $$
declare
    r app.transition_rule;
    allowed jsonb;
begin
    perform app.refuse_locked(s.period_id);
    select * into r from app.transition_rule where action = p_action and from_state = s.state;
    if not found or not app.may_step(s, r, app.grants()) then
        allowed := jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants()));
        if r.action is null then
            perform app.problem(409, 'illegal-transition', jsonb_build_object('action', p_action, 'state', s.state), allowed);
        elsif r.role || '@' || s.unit_id = any (app.grants()) then
            perform app.problem(403, 'four-eyes', '{}', allowed);
        end if;
        perform app.problem(403, 'forbidden', '{}', allowed);
    end if;
    perform app.expect_version(p_if_match, app.submission_etag(s));
    return r;
end $$;
comment on function app.expect_step is 'The rule of a step the caller may take now from this version; 423, 409, 403 or 412 otherwise.';

create function app.expect_kept(p_kept app.submission) returns app.submission
language plpgsql stable as $$
begin
    perform app.expect_written(not p_kept is null);
    return p_kept;
end $$;
comment on function app.expect_kept is '412 when another change came between reading and writing.';

create function app.sees_reworking(s app.submission, p_grants text[]) returns boolean
language sql immutable parallel safe
return s.state <> 'returned' or exists (select from unnest(p_grants) g where split_part(g, '@', 2) = s.unit_id::text);
comment on function app.sees_reworking is 'What a commune changes in a returned submission is its own until it is submitted again.';

create function app.submission_summary(s app.submission, p_grants text[])
returns table (id bigint, form text, unit text, unit_name text, period text, receiver text, state text, version int,
               as_of_date date, note text, reason text, invented boolean, late boolean, created_by text, created_at timestamptz,
               updated_at timestamptz, submitted_at timestamptz, decided_at timestamptz, due_at timestamptz, locks_at timestamptz,
               allowed_actions json)
language sql stable
begin atomic
    select s.id, f.code, u.code, app.unit_name_on(u.id, p.ends_on), p.code, r.code, app.shown_state(s), s.version,
           case when app.sees_reworking(s, p_grants) then s.as_of_date end, case when app.sees_reworking(s, p_grants) then s.note::text end, s.reason::text, s.invented, coalesce(coalesce(s.submitted_at, now()) > p.due_at, false),
           app.account_name(s.created_by), s.created_at, s.updated_at, s.submitted_at, s.decided_at, p.due_at, p.locks_at,
           to_json(app.allowed_actions(s, p_grants))
      from app.form f, app.unit u, app.period p, app.unit r
     where f.id = s.form_id and u.id = s.unit_id and p.id = s.period_id and r.id = s.receiver_id;
end;
comment on function app.submission_summary is 'A submission as answers show it, with what the caller may do next.';

-- Guards: what holds whoever writes, and however ----------------------------------------------------

create function app.submission_guard() returns trigger
language plpgsql as $$
declare
    r app.transition_rule;
begin
    perform app.refuse_locked(old.period_id);
    if (new.id, new.form_id, new.unit_id, new.period_id, new.receiver_id, new.created_by, new.created_at, new.invented)
       is distinct from (old.id, old.form_id, old.unit_id, old.period_id, old.receiver_id, old.created_by, old.created_at, old.invented) then
        perform app.problem(403, 'forbidden');
    end if;
    if new.state = old.state then
        if new.reason is distinct from old.reason or not app.may_edit(old, app.grants()) then
            perform app.problem(403, 'forbidden');
        end if;
    else
        select * into r from app.transition_rule where from_state = old.state and to_state = new.state;
        if not found or not app.may_step(old, r, app.grants()) then
            perform app.problem(403, 'forbidden');
        end if;
        if (new.as_of_date, new.note) is distinct from (old.as_of_date, old.note) then
            perform app.problem(403, 'forbidden');
        end if;
        new.submitted_at := case when r.action = 'submit' then now() else old.submitted_at end;
        new.decided_at := case when r.side = 'receiver' then now() end;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
end $$;
comment on function app.submission_guard is 'No step but the workflow''s, by whom it allows; the district never edits; nothing after the lock.';
create trigger submission_guard before update on app.submission for each row execute function app.submission_guard();

create function app.submission_start_guard() returns trigger
language plpgsql as $$
begin
    perform app.refuse_locked(new.period_id);
    new.state := 'draft';
    new.version := 1;
    new.created_by := app.me();
    new.invented := coalesce((select a.demo from app.account a where a.id = app.me()), false);
    return new;
end $$;
comment on function app.submission_start_guard is 'A submission starts as a draft of the caller, before the lock.';
create trigger submission_start_guard before insert on app.submission for each row execute function app.submission_start_guard();

create function app.value_guard() returns trigger
language plpgsql as $$
declare
    s app.submission;
begin
    for s in select * from app.submission where id in (select distinct submission_id from changed) loop
        perform app.refuse_locked(s.period_id);
        if s.state not in ('draft', 'returned') then
            perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state));
        end if;
    end loop;
    return null;
end $$;
comment on function app.value_guard is 'Values change only while the submission is a draft or returned, and never after the lock.';
create trigger value_guard_insert after insert on app.submission_value referencing new table as changed
    for each statement execute function app.value_guard();
create trigger value_guard_update after update on app.submission_value referencing old table as changed
    for each statement execute function app.value_guard();
create trigger value_guard_delete after delete on app.submission_value referencing old table as changed
    for each statement execute function app.value_guard();

create function app.submission_stepped() returns trigger
language plpgsql as $$
begin
    insert into app.submission_transition
        (submission_id, unit_id, action, from_state, to_state, actor_id, actor_name, actor_role, reason, content)
    select new.id, new.unit_id, r.action, r.from_state, r.to_state, app.me(), app.account_name(app.me()), r.role, new.reason,
           case when r.action = 'submit' then
               (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('indicator', i.code, 'value', v.value, 'numerator', v.numerator,
                                   'denominator', v.denominator, 'missing_reason', v.missing_reason, 'status', v.status, 'note', v.note))
                                 order by i.sort_order)
                  from app.submission_value v join app.indicator i on i.id = v.indicator_id where v.submission_id = new.id) end
      from app.transition_rule r
     where r.from_state = old.state and r.to_state = new.state;
    return null;
end $$;
comment on function app.submission_stepped is 'Records every step, by whom and why; a submit with the figures as they were.';
create trigger submission_stepped after update on app.submission for each row
    when (old.state is distinct from new.state) execute function app.submission_stepped();

create function app.publication_stamp() returns trigger
language plpgsql as $$
begin
    new.published_by := app.me();
    new.published_at := now();
    return new;
end $$;
comment on function app.publication_stamp is 'Whoever publishes is named.';
create trigger publication_stamp before insert on app.publication for each row execute function app.publication_stamp();

-- Row-level security --------------------------------------------------------------------------------
-- No policy for the owner: what communes report is read by nobody who did not sign in.

alter table app.submission enable row level security;
alter table app.submission force row level security;
alter table app.submission_value enable row level security;
alter table app.submission_value force row level security;
alter table app.submission_transition enable row level security;
alter table app.submission_transition force row level security;
alter table app.publication enable row level security;
alter table app.publication force row level security;

create policy in_reach on app.submission for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or (state <> 'draft' and receiver_id = any ((select app.reach('received'))::int[]))
     or (state = 'accepted' and receiver_id = any ((select app.reach('accepted'))::int[]))
     or (state = 'accepted' and (select app.me()) is not null
         and exists (select from app.publication p where p.unit_id = submission.receiver_id and p.form_id = submission.form_id and p.period_id = submission.period_id)));
create policy officer_starts on app.submission for insert to thidua_api with check
    (unit_id = any ((select app.units_of_role('OFFICE_STAT_OFFICER'))::int[]) and state = 'draft');
create policy guarded on app.submission for update to thidua_api using (true) with check (true);

-- The values of a returned submission are being reworked: the receiver has them as they were submitted.
create policy in_reach on app.submission_value for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or exists (select from app.submission s where s.id = submission_id and s.state in ('submitted', 'accepted')));
create policy officer_writes on app.submission_value for all to thidua_api
    using (unit_id = any ((select app.units_of_role('OFFICE_STAT_OFFICER'))::int[]))
    with check (written_by = (select app.me()) and unit_id = any ((select app.units_of_role('OFFICE_STAT_OFFICER'))::int[]));
create policy culture_officer_writes on app.submission_value for all to thidua_api
    using (unit_id = any ((select app.units_of_role('CULTURE_INFO_OFFICER'))::int[])
           and exists (select from app.indicator i where i.id = indicator_id and i.field = 'culture'))
    with check (written_by = (select app.me()) and unit_id = any ((select app.units_of_role('CULTURE_INFO_OFFICER'))::int[])
           and exists (select from app.indicator i where i.id = indicator_id and i.field = 'culture'));

create policy in_reach on app.submission_transition for select to thidua_api using
    (exists (select from app.submission s where s.id = submission_id)
     and (unit_id = any ((select app.reach('own'))::int[])
          or exists (select from app.submission s where s.id = submission_id and s.receiver_id = any ((select app.reach('received'))::int[]))));
-- Only the trigger tells of a step, and only of one that was just taken, by whom the rules allow it.
create policy taken on app.submission_transition for insert to thidua_api with check
    (pg_trigger_depth() > 0 and actor_id = (select app.me()) and actor_name = app.account_name(actor_id) and at = now()
     and exists (select from app.submission s join app.transition_rule r on r.to_state = s.state
                  where s.id = submission_id and s.updated_at = now()
                    and (r.action, r.from_state, r.to_state, r.role)
                      = (submission_transition.action, submission_transition.from_state, submission_transition.to_state, actor_role)
                    and r.role || '@' || case r.side when 'unit' then s.unit_id else s.receiver_id end = any (app.grants())));

create policy everybody on app.publication for select to thidua_api using ((select app.me()) is not null);
create policy leader_publishes on app.publication for insert to thidua_api with check
    (unit_id = any ((select app.units_of_role('DISTRICT_LEADER'))::int[]));

grant select, insert, update on app.submission to thidua_api;
grant select, insert, update, delete on app.submission_value to thidua_api;
grant select, insert on app.submission_transition to thidua_api;
grant select, insert on app.publication to thidua_api;
grant select on app.transition_rule to thidua_api;

call app.audit_table('app.submission');
call app.audit_table('app.submission_value');
call app.audit_table('app.submission_transition');
call app.audit_table('app.transition_rule');
call app.audit_table('app.publication');

-- migrate:down
drop table app.publication, app.submission_transition, app.transition_rule, app.submission_value cascade; -- and what takes or gives their rows
drop function if exists app.refuse_existing, app.expect_submission, app.expect_grant, app.submission_summary, app.sees_reworking, app.expect_kept, app.expect_step, app.expect_edit, app.expect_role, app.submission_etag, app.shown_state, app.allowed_actions, app.may_edit, app.wrote;
drop table app.submission cascade;
drop function app.publication_stamp, app.submission_stepped, app.value_guard, app.submission_start_guard,
    app.submission_guard, app.expect_written, app.expect_version, app.etag_matches, app.refuse_locked, app.is_locked;
