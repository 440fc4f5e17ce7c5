-- migrate:up

-- What commune and district say to each other about a report: comments, more time, opening again; and what became of each value.

-- Comments -----------------------------------------------------------------------------------------

create table app.submission_comment (
    id            bigint generated always as identity primary key,
    submission_id bigint not null,
    unit_id       int not null,
    indicator_id  int references app.indicator,
    side          text not null check (side in ('unit', 'receiver')),
    visibility    text not null check (visibility in ('own', 'shared')),
    text          app.prose not null constraint submission_comment_says_something check (text ~ '\S'),
    written_by    int not null references app.account,
    writer_name   app.line not null,
    writer_role   text not null references app.role,
    written_at    timestamptz not null default now(),
    foreign key (submission_id, unit_id) references app.submission (id, unit_id)
);
create index submission_comment_submission on app.submission_comment (submission_id);
comment on table app.submission_comment is 'What is said about a report or one of its values, append-only: a comment is corrected by another.';
comment on column app.submission_comment.id is 'Order of writing.';
comment on column app.submission_comment.submission_id is 'Submission.';
comment on column app.submission_comment.unit_id is 'Its unit.';
comment on column app.submission_comment.indicator_id is 'The value it is about; null for the whole report.';
comment on column app.submission_comment.side is 'Written for the reporting unit or for the receiver.';
comment on column app.submission_comment.visibility is 'own: for the writer''s side alone; shared: for both sides, as far as they see the submission.';
comment on column app.submission_comment.text is 'What is said.';
comment on column app.submission_comment.written_by is 'Who.';
comment on column app.submission_comment.writer_name is 'Name at that time.';
comment on column app.submission_comment.writer_role is 'In which role.';
comment on column app.submission_comment.written_at is 'Server clock.';

create function app.comment_role(s app.submission, p_grants text[]) returns text
language plpgsql stable as $$
begin
    return (select r.role
              from unnest('{COMMUNE_LEADER,OFFICE_STAT_OFFICER,CULTURE_INFO_OFFICER,DISTRICT_HOME_AFFAIRS,DISTRICT_LEADER}'::text[]) with ordinality as r(role, nth)
             where r.role || '@' || case when r.role ~ '^DISTRICT' then s.receiver_id else s.unit_id end = any (p_grants)
             order by r.nth limit 1);
end $$;
comment on function app.comment_role is 'The role in which the caller takes part in a report and may comment on it; null: in none.';

create function app.expect_commenter(s app.submission) returns boolean
language plpgsql stable as $$
begin
    if app.comment_role(s, app.grants()) is null then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;
comment on function app.expect_commenter is '403 for whoever sees a report without taking part in it.';

create function app.comment_faults(p_pointer text, c jsonb, s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.fault(p_pointer || '/text', 'too-short', jsonb_build_object('min', 1)) where jsonb_typeof(c -> 'text') = 'string' and c ->> 'text' !~ '\S' and c ->> 'text' <> ''
    union all
    select case when i.id is null then app.fault(p_pointer || '/indicator', 'unknown-indicator', jsonb_build_object('indicator', left(c ->> 'indicator', 64)))
                else app.fault(p_pointer || '/indicator', 'indicator-not-in-form', jsonb_build_object('indicator', i.code)) end
      from app.period p
      left join app.indicator i on i.code = c ->> 'indicator'
      left join app.form_indicator f on f.form_id = s.form_id and f.indicator_id = i.id
      left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on and d.entry = 'computed'
     where p.id = s.period_id and jsonb_typeof(c -> 'indicator') = 'string' and f.form_id is null and d.id is null;
end;
comment on function app.comment_faults is 'What is wrong with one comment: it may be about a figure the form asks for, or one computed from such.';

create function app.remarks_since_submit(s app.submission) returns text
language plpgsql stable as $$
begin
    return (select string_agg(c.text, E'\n' order by c.id) from app.submission_comment c
             where c.submission_id = s.id and c.side = 'receiver' and c.visibility = 'shared' and c.written_at >= s.submitted_at);
end $$;
comment on function app.remarks_since_submit is 'What the receiver has told the unit about this version, a line a comment; null: nothing.';

create function app.comment_stamp() returns trigger
language plpgsql as $$
declare
    s app.submission;
begin
    select * into s from app.submission where id = new.submission_id;
    new.writer_role := app.comment_role(s, app.grants());
    if new.writer_role is null then
        perform app.problem(403, 'forbidden');
    end if;
    new.side := case when new.writer_role ~ '^DISTRICT' then 'receiver' else 'unit' end;
    new.visibility := coalesce(new.visibility, case when new.side = 'unit' and s.state in ('draft', 'returned') then 'own' else 'shared' end);
    new.written_by := app.me();
    new.writer_name := app.account_name(app.me());
    new.written_at := now();
    return new;
end $$;
comment on function app.comment_stamp is 'Whoever comments is named, with the side; what a unit says while it is working on a report is its own unless it says otherwise.';
create trigger comment_stamp before insert on app.submission_comment for each row execute function app.comment_stamp();

alter table app.submission_comment enable row level security;
alter table app.submission_comment force row level security;
create policy in_reach on app.submission_comment for select to thidua_api using
    ((unit_id = any ((select app.reach('own'))::int[]) and (visibility = 'shared' or side = 'unit'))
     or ((visibility = 'shared' or side = 'receiver')
         and exists (select from app.submission s where s.id = submission_id and s.state <> 'draft' and s.receiver_id = any ((select app.reach('received'))::int[]))));
create policy taking_part on app.submission_comment for insert to thidua_api with check
    (written_by = (select app.me()) and exists (select from app.submission s where s.id = submission_id));
grant select, insert on app.submission_comment to thidua_api;
call app.audit_table('app.submission_comment');

-- More time ----------------------------------------------------------------------------------------

create table app.extension (
    id          bigint generated always as identity primary key,
    receiver_id int not null references app.unit,
    period_id   int not null references app.period,
    form_id     int references app.form,
    due_at      timestamptz,
    expires_at  timestamptz not null,
    reason      app.prose not null constraint extension_with_reason check (reason ~ '\S'),
    created_by  int not null references app.account,
    created_at  timestamptz not null default now(),
    constraint extension_of_period unique (id, receiver_id, period_id),
    constraint extension_instants check (expires_at > created_at and due_at <= expires_at)
);
create index extension_period on app.extension (period_id, receiver_id);
comment on table app.extension is 'More time that a district gives some of its units, append-only: of those that name a unit the last one counts.';
comment on column app.extension.id is 'Order of giving.';
comment on column app.extension.receiver_id is 'The district that gives it.';
comment on column app.extension.period_id is 'Period.';
comment on column app.extension.form_id is 'Form; null for all of the period.';
comment on column app.extension.due_at is 'Until when it is in time; null: as the period has it.';
comment on column app.extension.expires_at is 'Until then the units may change and submit, whatever the period''s lock.';
comment on column app.extension.reason is 'Why.';
comment on column app.extension.created_by is 'Who gave it.';
comment on column app.extension.created_at is 'When.';

create table app.extension_unit (
    extension_id bigint not null,
    receiver_id  int not null,
    period_id    int not null,
    unit_id      int not null references app.unit,
    primary key (unit_id, period_id, extension_id),
    foreign key (extension_id, receiver_id, period_id) references app.extension (id, receiver_id, period_id)
);
create index extension_unit_extension on app.extension_unit (extension_id);
comment on table app.extension_unit is 'The units an extension is for, each reporting to the district that gives it.';
comment on column app.extension_unit.extension_id is 'Extension.';
comment on column app.extension_unit.receiver_id is 'Its district.';
comment on column app.extension_unit.period_id is 'Its period.';
comment on column app.extension_unit.unit_id is 'Unit.';

create function app.extended(p_form int, p_unit int, p_period int, out due_at timestamptz, out expires_at timestamptz)
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    select (array_agg(x.due_at order by x.id desc) filter (where x.due_at is not null))[1], (array_agg(x.expires_at order by x.id desc))[1]
      into extended.due_at, extended.expires_at
      from app.extension_unit u join app.extension x on x.id = u.extension_id
     where u.unit_id = p_unit and u.period_id = p_period and coalesce(x.form_id = p_form, true) and app.me() is not null;
end $$;
comment on function app.extended is 'What the last extensions for a unit give; nulls without one.  The state of a report is the same for whoever sees it, so it does not go by what the caller sees.';

create function app.deadlines(p_form int, p_unit int, p_period int, out due_at timestamptz, out locks_at timestamptz)
language plpgsql stable as $$
declare
    p app.period;
    x record;
begin
    select * into p from app.period where id = p_period;
    if p.due_at is not null or p.locks_at is not null then
        select * into x from app.extended(p_form, p_unit, p_period);
        due_at := case when p.due_at is not null then greatest(p.due_at, x.due_at) end;
        locks_at := case when p.locks_at is not null then greatest(p.locks_at, x.expires_at) end;
    end if;
end $$;
comment on function app.deadlines is 'Due time and lock of a unit: the period''s, or what an extension makes later.';

create function app.is_locked(p_form int, p_unit int, p_period int) returns boolean
language plpgsql stable as $$
begin
    return exists (select from app.period p where p.id = p_period and p.locks_at <= now())
       and (select d.locks_at <= now() from app.deadlines(p_form, p_unit, p_period) d);
end $$;
comment on function app.is_locked(int, int, int) is 'Has the lock of the unit passed, by the server''s clock?';

create function app.refuse_locked(p_form int, p_unit int, p_period int) returns void
language plpgsql stable as $$
declare
    code text;
    since timestamptz;
begin
    if app.is_locked(p_form, p_unit, p_period) then
        select p.code, d.locks_at into code, since from app.period p, app.deadlines(p_form, p_unit, p_period) d where p.id = p_period;
        perform app.problem(423, 'locked', jsonb_build_object('period', code, 'since', to_char(since, 'HH24:MI DD/MM/YYYY')),
            jsonb_build_object('lock', jsonb_build_object('reason', 'period_locked', 'period', code, 'since', since,
                'unlock', jsonb_build_object('role', 'DISTRICT_HOME_AFFAIRS', 'method', 'POST', 'href', '/v1/extensions', 'member', 'expires_at')),
                'allowed_actions', '[]'::jsonb));
    end if;
end $$;
comment on function app.refuse_locked(int, int, int) is '423 with why, since when and how to unlock: for the unit alone, by an extension.';

create function app.extension_stamp() returns trigger
language plpgsql as $$
begin
    new.created_by := app.me();
    new.created_at := now();
    return new;
end $$;
comment on function app.extension_stamp is 'Whoever gives more time is named.';
create trigger extension_stamp before insert on app.extension for each row execute function app.extension_stamp();

alter table app.extension enable row level security;
alter table app.extension force row level security;
alter table app.extension_unit enable row level security;
alter table app.extension_unit force row level security;
create policy guards on app.extension for select to current_user using (true);
create policy guards on app.extension_unit for select to current_user using (true);
create policy in_reach on app.extension_unit for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[]) or receiver_id = any ((select app.reach('received'))::int[]));
create policy in_reach on app.extension for select to thidua_api using
    (receiver_id = any ((select app.reach('received'))::int[]) or exists (select from app.extension_unit u where u.extension_id = extension.id));
create policy home_affairs_gives on app.extension for insert to thidua_api with check
    (receiver_id = any ((select app.units_of_role('DISTRICT_HOME_AFFAIRS'))::int[]));
create policy home_affairs_gives on app.extension_unit for insert to thidua_api with check
    (receiver_id = any ((select app.units_of_role('DISTRICT_HOME_AFFAIRS'))::int[])
     and receiver_id = app.unit_parent_on(unit_id, (select p.ends_on from app.period p where p.id = period_id)));
grant select, insert on app.extension, app.extension_unit to thidua_api;
call app.audit_table('app.extension');
call app.audit_table('app.extension_unit');

-- Opening again ------------------------------------------------------------------------------------

create table app.reopen_request (
    id              bigint generated always as identity primary key,
    submission_id   bigint not null,
    unit_id         int not null,
    form_id         int not null references app.form,
    period_id       int not null references app.period,
    receiver_id     int not null references app.unit,
    reason          app.prose not null constraint reopen_request_with_reason check (reason ~ '\S'),
    requested_by    int not null references app.account,
    requester_name  app.line not null,
    requested_at    timestamptz not null default now(),
    decision        text check (decision in ('grant', 'refuse')),
    decision_reason app.prose check (decision_reason ~ '\S'),
    decided_by      int references app.account,
    decider_name    app.line,
    decided_at      timestamptz,
    expires_at      timestamptz,
    foreign key (submission_id, unit_id) references app.submission (id, unit_id),
    constraint reopen_request_decided check
        (num_nonnulls(decision, decision_reason, decided_by, decider_name, decided_at) in (0, 5) and (expires_at is null or decision is not distinct from 'grant'))
);
create unique index reopen_request_once_at_a_time on app.reopen_request (submission_id) where decision is null;
create index reopen_request_submission on app.reopen_request (submission_id);
comment on table app.reopen_request is 'A commune asks to change a report that was accepted or locked; its district decides.';
comment on column app.reopen_request.id is 'Number.';
comment on column app.reopen_request.submission_id is 'Submission.';
comment on column app.reopen_request.unit_id is 'Its unit.';
comment on column app.reopen_request.form_id is 'Its form: the receiver, who decides, may not see a draft.';
comment on column app.reopen_request.period_id is 'Its period.';
comment on column app.reopen_request.receiver_id is 'The unit that decides.';
comment on column app.reopen_request.reason is 'Why it should be opened.';
comment on column app.reopen_request.requested_by is 'Leader of the unit who asks.';
comment on column app.reopen_request.requester_name is 'Name at that time.';
comment on column app.reopen_request.requested_at is 'When.';
comment on column app.reopen_request.decision is 'grant or refuse; null: not decided yet.';
comment on column app.reopen_request.decision_reason is 'Why it was decided so.';
comment on column app.reopen_request.decided_by is 'Who decided.';
comment on column app.reopen_request.decider_name is 'Name at that time.';
comment on column app.reopen_request.decided_at is 'When.';
comment on column app.reopen_request.expires_at is 'Expiry of the extension that goes with it, where the lock had passed.';

alter table app.transition_rule drop constraint transition_rule_action_check;
alter table app.transition_rule add constraint transition_rule_action_check check (action in ('submit', 'withdraw', 'return', 'accept', 'reopen'));
insert into app.transition_rule values ('reopen', 'accepted', 'returned', 'DISTRICT_HOME_AFFAIRS', 'receiver', true);
comment on column app.submission_transition.action is 'submit, withdraw, return, accept or reopen.';

create function app.reopen_requested() returns trigger
language plpgsql as $$
declare
    s app.submission;
begin
    select * into s from app.submission where id = app.expect_submission(new.submission_id);
    perform app.expect_grant('COMMUNE_LEADER', s.unit_id);
    if s.state <> 'accepted' and not app.is_locked(s.form_id, s.unit_id, s.period_id) then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'request_reopen', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    end if;
    new.form_id := s.form_id;
    new.period_id := s.period_id;
    new.receiver_id := s.receiver_id;
    new.requested_by := app.me();
    new.requester_name := app.account_name(app.me());
    new.requested_at := now();
    return new;
end $$;
comment on function app.reopen_requested is 'The unit''s leader alone asks, for what was accepted or is locked.';
create trigger reopen_requested before insert on app.reopen_request for each row execute function app.reopen_requested();

create function app.reopen_shown(q app.reopen_request)
returns table (id bigint, submission bigint, unit text, form text, period text, reason text, requested_by text, requested_at timestamptz,
               decision text, decision_reason text, decided_by text, decided_at timestamptz, expires_at timestamptz)
language sql stable
begin atomic
    select q.id, q.submission_id, u.code, f.code, p.code, q.reason, q.requester_name, q.requested_at,
           coalesce(q.decision, 'open'), q.decision_reason, q.decider_name, q.decided_at, q.expires_at
      from app.unit u, app.form f, app.period p
     where u.id = q.unit_id and f.id = q.form_id and p.id = q.period_id;
end;
comment on function app.reopen_shown is 'A request as answers show it.';

create function app.expect_undecided(q app.reopen_request) returns boolean
language plpgsql stable as $$
begin
    perform app.expect_grant('DISTRICT_HOME_AFFAIRS', q.receiver_id);
    if q.decision is not null then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'decide', 'state', q.decision), '{"allowed_actions": []}');
    end if;
    return true;
end $$;
comment on function app.expect_undecided is '403 for everybody but the home affairs office of the district asked, 409 when it has decided already.';

create function app.decision_faults(q app.reopen_request, b jsonb) returns setof jsonb
language sql stable
begin atomic
    select app.fault('/expires_at', 'missing-member') where b ->> 'decision' = 'grant' and b ->> 'expires_at' is null and app.is_locked(q.form_id, q.unit_id, q.period_id)
    union all
    select app.fault('/expires_at', 'not-in-future')
     where b ->> 'decision' = 'grant' and app.instant_or_null(b ->> 'expires_at') <= now() and app.is_locked(q.form_id, q.unit_id, q.period_id)
    union all
    select app.fault('/reason', 'too-short', '{"min": 1}') where jsonb_typeof(b -> 'reason') = 'string' and b ->> 'reason' !~ '\S' and b ->> 'reason' <> '';
end;
comment on function app.decision_faults is 'What is wrong with a decision: what is locked is opened until an instant to come.';

create function app.reopen_guard() returns trigger
language plpgsql as $$
begin
    perform app.expect_undecided(old);
    if new.decision is null or to_jsonb(new) - '{decision,decision_reason,expires_at}'::text[] is distinct from to_jsonb(old) - '{decision,decision_reason,expires_at}'::text[] then
        perform app.problem(403, 'forbidden');
    end if;
    new.decided_by := app.me();
    new.decider_name := app.account_name(app.me());
    new.decided_at := now();
    if new.decision = 'refuse' or not app.is_locked(new.form_id, new.unit_id, new.period_id) then
        new.expires_at := null;
    elsif new.expires_at is null then
        perform app.problem(403, 'forbidden');
    end if;
    return new;
end $$;
comment on function app.reopen_guard is 'A request is decided once, by the home affairs office of the district asked.';
create trigger reopen_guard before update on app.reopen_request for each row execute function app.reopen_guard();

create function app.reopen_granted() returns trigger
language plpgsql as $$
begin
    if new.expires_at is not null then
        with given as (
            insert into app.extension (receiver_id, period_id, form_id, expires_at, reason)
            values (new.receiver_id, new.period_id, new.form_id, new.expires_at, new.decision_reason)
            returning *
        )
        insert into app.extension_unit (extension_id, receiver_id, period_id, unit_id)
        select g.id, g.receiver_id, g.period_id, new.unit_id from given g;
    end if;
    update app.submission set state = 'returned', reason = new.decision_reason where id = new.submission_id and state = 'accepted';
    return null;
end $$;
comment on function app.reopen_granted is 'What was accepted is returned, what is locked gets an extension: in the transaction of the decision.';
create trigger reopen_granted after update on app.reopen_request for each row when (new.decision = 'grant') execute function app.reopen_granted();

alter table app.reopen_request enable row level security;
alter table app.reopen_request force row level security;
create policy in_reach on app.reopen_request for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[]) or receiver_id = any ((select app.reach('received'))::int[]));
create policy leader_asks on app.reopen_request for insert to thidua_api with check
    (unit_id = any ((select app.units_of_role('COMMUNE_LEADER'))::int[]));
create policy home_affairs_decides on app.reopen_request for update to thidua_api using
    (receiver_id = any ((select app.units_of_role('DISTRICT_HOME_AFFAIRS'))::int[]));
grant select on app.reopen_request to thidua_api;
grant insert (submission_id, unit_id, receiver_id, reason) on app.reopen_request to thidua_api;
grant update (decision, decision_reason, expires_at) on app.reopen_request to thidua_api;
call app.audit_table('app.reopen_request');

-- What became of each value ------------------------------------------------------------------------

alter table app.submission_value add column import_id bigint, add column import_row int check (import_row > 0);
comment on column app.submission_value.import_id is 'The file it came by; null when it was typed in.';
comment on column app.submission_value.import_row is 'Row of that file, as the sheet counts.';

create table app.value_revision (
    id             bigint generated always as identity primary key,
    submission_id  bigint not null,
    unit_id        int not null,
    indicator_id   int not null,
    event          text not null check (event in ('entered', 'submitted', 'accepted')),
    at             timestamptz not null default now(),
    by_id          int,
    by_name        text,
    value          numeric,
    numerator      numeric,
    denominator    numeric,
    missing_reason text,
    status         text,
    note           text,
    import_id      bigint,
    import_row     int
);
create index value_revision_value on app.value_revision (submission_id, indicator_id, id);
comment on table app.value_revision is 'History of the figures, written by triggers alone, append-only, so without foreign keys of its own: each as it was entered, and as it was submitted and accepted where that differs from the time before.';
comment on column app.value_revision.id is 'Order of writing.';
comment on column app.value_revision.submission_id is 'Submission.';
comment on column app.value_revision.unit_id is 'Its unit.';
comment on column app.value_revision.indicator_id is 'Indicator.';
comment on column app.value_revision.event is 'entered: seen by the unit alone; submitted, accepted.';
comment on column app.value_revision.at is 'Server clock.';
comment on column app.value_revision.by_id is 'Who; null for the owner''s own work.';
comment on column app.value_revision.by_name is 'Name at that time.';
comment on column app.value_revision.value is 'As in submission_value; this and all that follow are null where an answer was taken back.';
comment on column app.value_revision.numerator is 'Of a pair: criteria met.';
comment on column app.value_revision.denominator is 'Of a pair: out of how many.';
comment on column app.value_revision.missing_reason is 'Why there is no figure.';
comment on column app.value_revision.status is 'ESTIMATE, PROVISIONAL or OFFICIAL.';
comment on column app.value_revision.note is 'Remark of the reporter.';
comment on column app.value_revision.import_id is 'Import whose file had it.';
comment on column app.value_revision.import_row is 'Row of that file.';
create trigger value_revision_append_only before update or delete or truncate on app.value_revision
    for each statement execute function app.audit_refuse();

create function app.value_entered() returns trigger
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    me constant int := app.me();
    name constant text := app.account_name(me);
begin
    if tg_op = 'DELETE' then
        insert into app.value_revision (submission_id, unit_id, indicator_id, event, by_id, by_name)
        select r.submission_id, r.unit_id, r.indicator_id, 'entered', me, name from changed r;
    else
        insert into app.value_revision (submission_id, unit_id, indicator_id, event, by_id, by_name,
                                        value, numerator, denominator, missing_reason, status, note, import_id, import_row)
        select r.submission_id, r.unit_id, r.indicator_id, 'entered', me, name,
               r.value, r.numerator, r.denominator, r.missing_reason, r.status, r.note, r.import_id, r.import_row from changed r;
    end if;
    return null;
end $$;
comment on function app.value_entered is 'Keeps values as they are entered, one statement for all of them.';
create trigger value_entered_insert after insert on app.submission_value referencing new table as changed
    for each statement execute function app.value_entered();
create trigger value_entered_update after update on app.submission_value referencing new table as changed
    for each statement execute function app.value_entered();
create trigger value_entered_delete after delete on app.submission_value referencing old table as changed
    for each statement execute function app.value_entered();

create function app.keep_revision(s app.submission, p_event text) returns void
language sql
begin atomic
    insert into app.value_revision (submission_id, unit_id, indicator_id, event, by_id, by_name,
                                    value, numerator, denominator, missing_reason, status, note, import_id, import_row)
    select s.id, s.unit_id, coalesce(v.indicator_id, l.indicator_id), p_event, app.me(), app.account_name(app.me()),
           v.value, v.numerator, v.denominator, v.missing_reason, v.status, v.note, v.import_id, v.import_row
      from (select * from app.submission_value where submission_id = s.id) v
      full join (select distinct on (r.indicator_id) r.* from app.value_revision r
                  where r.submission_id = s.id and r.event = p_event order by r.indicator_id, r.id desc) l on l.indicator_id = v.indicator_id
     where (v.value, v.numerator, v.denominator, v.missing_reason, v.status, v.note::text)
           is distinct from (l.value, l.numerator, l.denominator, l.missing_reason, l.status, l.note)
     order by 3;
end;
comment on function app.keep_revision is 'Keeps what was submitted or accepted where it differs from the time before.';

create function app.status_faults(s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.fault('/values', 'status-fell', jsonb_build_object('indicator', i.code, 'name', d.name_vi, 'accepted', r.status, 'status', v.status))
      from app.submission_value v
      join app.indicator i on i.id = v.indicator_id
      join app.period p on p.id = s.period_id
      join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
      cross join lateral (select h.status from app.value_revision h
                           where h.submission_id = s.id and h.indicator_id = v.indicator_id and h.event = 'accepted' and h.status is not null
                           order by array_position('{ESTIMATE,PROVISIONAL,OFFICIAL}', h.status) desc limit 1) r
     where v.submission_id = s.id
       and array_position('{ESTIMATE,PROVISIONAL,OFFICIAL}', v.status) < array_position('{ESTIMATE,PROVISIONAL,OFFICIAL}', r.status)
     order by i.sort_order;
end;
comment on function app.status_faults is 'Figures that are less final than what was accepted before: from estimate to provisional to official they only rise.';

create function app.revision_shown(r app.value_revision) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
                'value', case when d.entry = 'pair' then null when d.value_type = 'boolean' then to_json(r.value = 1) else to_json(trim_scale(r.value)) end,
                'numerator', trim_scale(r.numerator), 'denominator', trim_scale(r.denominator), 'missing_reason', r.missing_reason, 'status', r.status, 'note', r.note)
              from app.submission s join app.period p on p.id = s.period_id join app.indicator_version d on d.valid @> p.ends_on
             where s.id = r.submission_id and d.indicator_id = r.indicator_id and r.status is not null);
end $$;
comment on function app.revision_shown is 'A kept value as answers show it; null where an answer was taken back.';

create function app.expect_figure(p_submission bigint, p_code text) returns int
language plpgsql stable as $$
declare
    found_id int;
begin
    select i.id into found_id from app.submission s, app.indicator i where s.id = p_submission and i.code = p_code;
    if found_id is null then
        perform app.problem(404, 'not-found');
    end if;
    return found_id;
end $$;
comment on function app.expect_figure is 'The indicator; 404 when there is none, or for a submission the caller may not see.';

-- What there is already: each value as it stands, as it was submitted last, as it is accepted.  Nobody has signed in here, so
-- that the owner sees it at all it looks past row-level security for this once.
alter table app.submission no force row level security;
alter table app.submission_value no force row level security;
alter table app.submission_transition no force row level security;
with sent as (
    select distinct on (t.submission_id) t.* from app.submission_transition t where t.action = 'submit' order by t.submission_id, t.id desc
), taken as (
    select s.submission_id, s.unit_id, 'submitted' as event, s.at, s.actor_id, s.actor_name, s.content from sent s
    union all
    select distinct on (t.submission_id) t.submission_id, t.unit_id, 'accepted', t.at, t.actor_id, t.actor_name, s.content
      from app.submission_transition t join sent s using (submission_id) join app.submission x on x.id = t.submission_id
     where t.action = 'accept' and x.state = 'accepted'
), kept as (
    select v.submission_id, v.unit_id, v.indicator_id, 'entered' as event, v.written_at as at, v.written_by as by_id, a.name::text as by_name,
           v.value, v.numerator, v.denominator, v.missing_reason, v.status, v.note::text as note
      from app.submission_value v join app.account a on a.id = v.written_by
    union all
    select t.submission_id, t.unit_id, i.id, t.event, t.at, t.actor_id, t.actor_name, (c ->> 'value')::numeric, (c ->> 'numerator')::numeric,
           (c ->> 'denominator')::numeric, c ->> 'missing_reason', c ->> 'status', c ->> 'note'
      from taken t cross join lateral jsonb_array_elements(t.content) c join app.indicator i on i.code = c ->> 'indicator'
)
insert into app.value_revision (submission_id, unit_id, indicator_id, event, at, by_id, by_name, value, numerator, denominator, missing_reason, status, note)
select * from kept order by at, array_position('{entered,submitted,accepted}', event), submission_id, indicator_id;
alter table app.submission force row level security;
alter table app.submission_value force row level security;
alter table app.submission_transition force row level security;

alter table app.value_revision enable row level security;
alter table app.value_revision force row level security;
create policy recorded on app.value_revision for insert to current_user with check (event = 'entered');
create policy in_reach on app.value_revision for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[])
     or (event <> 'entered' and exists (select from app.submission s where s.id = submission_id and s.receiver_id = any ((select app.reach('received'))::int[])))
     or (event = 'accepted' and exists (select from app.submission s where s.id = submission_id and s.state = 'accepted')));
-- Only the trigger of a step tells what was submitted or accepted, and only what stands there.
create policy taken on app.value_revision for insert to thidua_api with check
    (event <> 'entered' and pg_trigger_depth() > 0 and by_id = (select app.me()) and by_name = app.account_name(by_id) and at = now()
     and exists (select from app.submission s where s.id = submission_id and s.unit_id = value_revision.unit_id and s.state = event and s.updated_at = now())
     and exists (select from app.submission_value v where v.submission_id = value_revision.submission_id and v.indicator_id = value_revision.indicator_id
                    and (v.value, v.numerator, v.denominator, v.missing_reason, v.status, v.note::text, v.import_id, v.import_row) is not distinct from
                        (value_revision.value, value_revision.numerator, value_revision.denominator, value_revision.missing_reason,
                         value_revision.status, value_revision.note, value_revision.import_id, value_revision.import_row)) = (status is not null));
grant select, insert on app.value_revision to thidua_api;

-- The rules that change ----------------------------------------------------------------------------

create or replace function app.shown_state(s app.submission) returns text
language sql stable
return case when s.state = 'accepted' and app.is_locked(s.form_id, s.unit_id, s.period_id) then 'locked' else s.state end;

create or replace function app.may_step(s app.submission, r app.transition_rule, p_grants text[]) returns boolean
language sql stable
return r.role || '@' || case r.side when 'unit' then s.unit_id else s.receiver_id end = any (p_grants)
   and not (r.action = 'submit' and app.wrote(s) and (select f.four_eyes from app.form f where f.id = s.form_id))
   and (r.action <> 'reopen' or exists (select from app.reopen_request q where q.submission_id = s.id and (q.decision is null or q.decision = 'grant' and q.decided_at = now())));
comment on function app.may_step is 'May the caller take this step (state and lock apart)?  Whoever wrote it does not submit it; opened again is what the unit asked to have opened.';

create or replace function app.allowed_actions(s app.submission, p_grants text[]) returns text[]
language plpgsql stable as $$
declare
    locked constant boolean := app.is_locked(s.form_id, s.unit_id, s.period_id);
    asked boolean;
    actions text[] := '{}';
begin
    if not locked then
        actions := case when app.may_edit(s, p_grants) then '{edit}'::text[] else '{}' end
                || coalesce((select array_agg(r.action order by r.action) from app.transition_rule r
                              where r.from_state = s.state and app.may_step(s, r, p_grants)), '{}');
    end if;
    if locked or s.state = 'accepted' then
        asked := exists (select from app.reopen_request q where q.submission_id = s.id and q.decision is null);
        if not asked and 'COMMUNE_LEADER@' || s.unit_id = any (p_grants) then
            actions := actions || '{request_reopen}';
        elsif asked and locked and 'DISTRICT_HOME_AFFAIRS@' || s.receiver_id = any (p_grants) then
            actions := actions || '{reopen}';
        end if;
    end if;
    return actions;
end $$;
comment on function app.allowed_actions is 'What the caller may do next: edit, submit, withdraw, return, accept; ask to open it again, or decide on that.';

create or replace function app.submission_summary(s app.submission, p_grants text[])
returns table (id bigint, form text, unit text, unit_name text, period text, receiver text, state text, version int,
               as_of_date date, note text, reason text, invented boolean, late boolean, created_by text, created_at timestamptz,
               updated_at timestamptz, submitted_at timestamptz, decided_at timestamptz, due_at timestamptz, locks_at timestamptz,
               allowed_actions json)
language sql stable
begin atomic
    select s.id, f.code, u.code, app.unit_name_on(u.id, p.ends_on), p.code, r.code, app.shown_state(s), s.version,
           case when app.sees_reworking(s, p_grants) then s.as_of_date end, case when app.sees_reworking(s, p_grants) then s.note::text end, s.reason::text, s.invented, coalesce(coalesce(s.submitted_at, now()) > d.due_at, false),
           app.account_name(s.created_by), s.created_at, s.updated_at, s.submitted_at, s.decided_at, d.due_at, d.locks_at,
           to_json(app.allowed_actions(s, p_grants))
      from app.form f, app.unit u, app.period p, app.unit r, app.deadlines(s.form_id, s.unit_id, s.period_id) d
     where f.id = s.form_id and u.id = s.unit_id and p.id = s.period_id and r.id = s.receiver_id;
end;

create or replace function app.expect_edit(s app.submission, p_if_match text, b jsonb) returns boolean
language plpgsql stable as $$
begin
    perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
    if s.state not in ('draft', 'returned') then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif not app.may_edit(s, app.grants()) then
        perform app.problem(403, 'forbidden', '{}', jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif not app.etag_matches(p_if_match, app.submission_etag(s)) then
        perform app.refuse_stale(app.submission_etag(s), app.submission_difference(s, b));
    end if;
    return true;
end $$;

create or replace function app.expect_step(s app.submission, p_action text, p_if_match text) returns app.transition_rule
language plpgsql stable as $$
declare
    r app.transition_rule;
    allowed jsonb;
begin
    perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
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
    perform app.expect_version(p_if_match, app.submission_etag(s), jsonb_build_array(
        app.difference('/action', to_jsonb(p_action), to_jsonb(app.shown_state(s)), s.updated_by, s.updated_at)));
    return r;
end $$;

create or replace function app.submission_guard() returns trigger
language plpgsql as $$
declare
    r app.transition_rule;
begin
    perform app.refuse_locked(old.form_id, old.unit_id, old.period_id);
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
        if r.action = 'reopen' and not exists (select from app.reopen_request q
                where q.submission_id = old.id and q.decision = 'grant' and q.decided_at = now()) then
            perform app.problem(403, 'forbidden');
        end if;
        if r.action = 'submit' then
            perform app.refuse((select coalesce(jsonb_agg(f), '[]') from app.status_faults(old) f));
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
comment on function app.submission_guard is 'No step but the workflow''s, by whom it allows; opened again by a decision alone, never less final than accepted before; the district never edits; nothing after the lock.';

create or replace function app.submission_start_guard() returns trigger
language plpgsql as $$
begin
    perform app.refuse_locked(new.form_id, new.unit_id, new.period_id);
    new.state := 'draft';
    new.version := 1;
    new.created_by := app.me();
    new.invented := coalesce((select a.demo from app.account a where a.id = app.me()), false);
    return new;
end $$;

create or replace function app.value_guard() returns trigger
language plpgsql as $$
declare
    s app.submission;
begin
    for s in select * from app.submission where id in (select distinct submission_id from changed) loop
        perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
        if s.state not in ('draft', 'returned') then
            perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state));
        end if;
    end loop;
    return null;
end $$;

create or replace function app.submission_stepped() returns trigger
language plpgsql as $$
begin
    if new.state in ('submitted', 'accepted') then
        perform app.keep_revision(new, new.state);
    elsif old.state = 'submitted' and new.state = 'returned' and app.remarks_since_submit(new) is null then
        insert into app.submission_comment (submission_id, unit_id, visibility, text) values (new.id, new.unit_id, 'shared', new.reason);
    end if;
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
comment on function app.submission_stepped is 'Records every step, by whom and why; a submit with the figures as they were; a return with at least one comment: its reason, where there is no other.';

create or replace function app.submission_difference(s app.submission, b jsonb) returns jsonb
language sql stable
begin atomic
    with sent as (
        select r.pointer, r.item, r.indicator_id, r.definition, w.*
          from app.period p, app.values_read(b -> 'values', s.form_id, p.ends_on) r, app.value_written(r) w
         where p.id = s.period_id
    ), differing as (
        select sent.pointer, app.difference(sent.pointer, sent.item - 'indicator', app.value_shown(v, sent.definition),
                                            coalesce(v.written_by, s.updated_by), coalesce(v.written_at, s.updated_at)) as d
          from sent left join app.submission_value v on v.submission_id = s.id and v.indicator_id = sent.indicator_id
         where (sent.given or v.indicator_id is not null)
           and (sent.given, sent.value, sent.denominator, sent.missing_reason, coalesce(sent.item ->> 'status', v.status, sent.status), sent.note)
               is distinct from (v.indicator_id is not null, v.value, v.denominator, v.missing_reason, v.status, v.note::text)
    )
    select app.members_differing(b - 'values'::text, jsonb_build_object('as_of_date', s.as_of_date, 'note', s.note), s.updated_by, s.updated_at)
           || coalesce(jsonb_agg(d order by pointer collate app.natural_order), '[]')
      from differing;
end;

drop function app.refuse_locked(int), app.is_locked(int);

-- migrate:down
create function app.is_locked(p_period int) returns boolean
language plpgsql stable as $$
begin
    return (select p.locks_at <= now() from app.period p where p.id = p_period) is true;
end $$;
comment on function app.is_locked(int) is 'Has the period''s lock passed, by the server''s clock?';

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
comment on function app.refuse_locked(int) is '423 with why, since when and how to unlock.';

create or replace function app.shown_state(s app.submission) returns text
language sql stable
return case when s.state = 'accepted' and app.is_locked(s.period_id) then 'locked' else s.state end;

create or replace function app.may_step(s app.submission, r app.transition_rule, p_grants text[]) returns boolean
language sql stable
return r.role || '@' || case r.side when 'unit' then s.unit_id else s.receiver_id end = any (p_grants)
   and not (r.action = 'submit' and app.wrote(s) and (select f.four_eyes from app.form f where f.id = s.form_id));
comment on function app.may_step is 'May the caller take this step (state and lock apart)?  Whoever wrote it does not submit it.';

create or replace function app.allowed_actions(s app.submission, p_grants text[]) returns text[]
language plpgsql stable as $$
begin
    return (
    select case when app.is_locked(s.period_id) then '{}'::text[]
                else case when app.may_edit(s, p_grants) then '{edit}'::text[] else '{}'::text[] end
                     || coalesce((select array_agg(r.action order by r.action) from app.transition_rule r
                                   where r.from_state = s.state and app.may_step(s, r, p_grants)), '{}') end);
end $$;
comment on function app.allowed_actions is 'What the caller may do next: edit, submit, withdraw, return, accept.';

create or replace function app.submission_summary(s app.submission, p_grants text[])
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

create or replace function app.expect_edit(s app.submission, p_if_match text, b jsonb) returns boolean
language plpgsql stable as $$
begin
    perform app.refuse_locked(s.period_id);
    if s.state not in ('draft', 'returned') then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif not app.may_edit(s, app.grants()) then
        perform app.problem(403, 'forbidden', '{}', jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif not app.etag_matches(p_if_match, app.submission_etag(s)) then
        perform app.refuse_stale(app.submission_etag(s), app.submission_difference(s, b));
    end if;
    return true;
end $$;

create or replace function app.expect_step(s app.submission, p_action text, p_if_match text) returns app.transition_rule
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
    perform app.expect_version(p_if_match, app.submission_etag(s), jsonb_build_array(
        app.difference('/action', to_jsonb(p_action), to_jsonb(app.shown_state(s)), s.updated_by, s.updated_at)));
    return r;
end $$;

create or replace function app.submission_guard() returns trigger
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

create or replace function app.submission_start_guard() returns trigger
language plpgsql as $$
begin
    perform app.refuse_locked(new.period_id);
    new.state := 'draft';
    new.version := 1;
    new.created_by := app.me();
    new.invented := coalesce((select a.demo from app.account a where a.id = app.me()), false);
    return new;
end $$;

create or replace function app.value_guard() returns trigger
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

create or replace function app.submission_stepped() returns trigger
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

create or replace function app.submission_difference(s app.submission, b jsonb) returns jsonb
language sql stable
begin atomic
    with sent as (
        select r.pointer, r.item, r.indicator_id, r.definition, w.*
          from app.period p, app.values_read(b -> 'values', s.form_id, p.ends_on) r, app.value_written(r) w
         where p.id = s.period_id
    ), differing as (
        select sent.pointer, app.difference(sent.pointer, sent.item - 'indicator', app.value_shown(v, sent.definition),
                                            coalesce(v.written_by, s.updated_by), coalesce(v.written_at, s.updated_at)) as d
          from sent left join app.submission_value v on v.submission_id = s.id and v.indicator_id = sent.indicator_id
         where (sent.given or v.indicator_id is not null)
           and (sent.given, sent.value, sent.denominator, sent.missing_reason, sent.status, sent.note)
               is distinct from (v.indicator_id is not null, v.value, v.denominator, v.missing_reason, v.status, v.note::text)
    )
    select app.members_differing(b - 'values'::text, jsonb_build_object('as_of_date', s.as_of_date, 'note', s.note), s.updated_by, s.updated_at)
           || coalesce(jsonb_agg(d order by pointer collate app.natural_order), '[]')
      from differing;
end;

alter table app.transition_rule drop constraint transition_rule_action_check;
delete from app.transition_rule where action = 'reopen';
alter table app.transition_rule add constraint transition_rule_action_check check (action in ('submit', 'withdraw', 'return', 'accept'));
comment on column app.submission_transition.action is 'submit, withdraw, return or accept.';
drop trigger value_entered_delete on app.submission_value;
drop trigger value_entered_update on app.submission_value;
drop trigger value_entered_insert on app.submission_value;
drop function app.expect_figure, app.revision_shown, app.status_faults, app.keep_revision, app.value_entered;
drop table app.value_revision;
alter table app.submission_value drop column import_id, drop column import_row;
drop function app.reopen_shown, app.decision_faults, app.expect_undecided;
drop table app.reopen_request;
drop function app.reopen_granted, app.reopen_guard, app.reopen_requested;
drop function app.refuse_locked(int, int, int), app.is_locked(int, int, int), app.deadlines, app.extended;
drop table app.extension_unit, app.extension;
drop function app.extension_stamp, app.remarks_since_submit, app.comment_faults, app.expect_commenter, app.comment_role;
drop table app.submission_comment;
drop function app.comment_stamp;
