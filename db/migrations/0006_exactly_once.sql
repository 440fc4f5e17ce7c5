-- migrate:up

-- A village without signal may send twice and is counted once: a key, what it was used for, the effect and the answer are one
-- transaction.  And nobody overwrites unseen: 412 says what the other one wrote.

create table app.receipt (
    id              bigint generated always as identity primary key,
    account_id      int not null references app.account,
    operation       text not null check (operation ~ '^[a-z_]{1,63}$'),
    idempotency_key text constraint receipt_key_shape check (idempotency_key ~ '^[!-~]{8,128}$'),
    fingerprint     bytea not null check (length(fingerprint) = 32),
    body_sha256     bytea not null check (length(body_sha256) = 32),
    request         text,
    received_at     timestamptz not null default now()
);
create unique index receipt_key_once on app.receipt (account_id, idempotency_key) where idempotency_key is not null;
comment on table app.receipt is 'Every write with a body that was accepted, committed together with its effect: proof for whoever sent it, and the memory of Idempotency-Key.';
comment on column app.receipt.id is 'Number of the receipt.';
comment on column app.receipt.account_id is 'Who sent it.';
comment on column app.receipt.operation is 'What was asked for (operationId).';
comment on column app.receipt.idempotency_key is 'Idempotency-Key; null when none was sent, or once it has expired.';
comment on column app.receipt.fingerprint is 'SHA-256 of method, path and body: the same key with another request is a mistake.';
comment on column app.receipt.body_sha256 is 'SHA-256 of the body as received.';
comment on column app.receipt.request is 'X-Request-Id.';
comment on column app.receipt.received_at is 'Server clock.';

create table app.answer (
    receipt_id  bigint primary key references app.receipt,
    status      int not null check (status between 200 and 299),
    location    text,
    etag        text,
    answer_body text not null,
    sealed      text,
    answered_at timestamptz not null default now()
);
create index answer_at on app.answer (answered_at);
comment on table app.answer is 'Answers that are given again when a key comes again, for 30 days: an outage in the mountains outlasts the day that others keep them.';
comment on column app.answer.receipt_id is 'What it answers.';
comment on column app.answer.status is 'HTTP status.';
comment on column app.answer.location is 'Header Location.';
comment on column app.answer.etag is 'Header ETag.';
comment on column app.answer.answer_body is 'Body as sent, to the byte; what the service adds (the receipt, a secret shown once) is not part of it.';
comment on column app.answer.sealed is 'A secret shown once, sealed with a key that the database does not have.';
comment on column app.answer.answered_at is 'When; kept 30 days from then.';

alter table app.receipt enable row level security;
alter table app.receipt force row level security;
alter table app.answer enable row level security;
alter table app.answer force row level security;
create policy guards on app.receipt to current_user using (true) with check (true);
create policy guards on app.answer to current_user using (true) with check (true);
create policy own on app.receipt for select to thidua_api using (account_id = (select app.me()));
grant select on app.receipt to thidua_api;

-- Receiving ----------------------------------------------------------------------------------------

create function app.replay(p_receipt app.receipt, p_answer app.answer) returns void
language plpgsql as $$
begin
    raise exception using errcode = 'TDR00', message = 'replay', detail = jsonb_build_object(
        '_receipt', p_receipt.id::text, '_received_at', p_receipt.received_at, '_status', p_answer.status::text, '_replayed', 'true',
        '_location', p_answer.location, '_etag', p_answer.etag, '_sealed', p_answer.sealed, '_body', p_answer.answer_body)::text;
end $$;
comment on function app.replay is 'Ends the transaction, which has changed nothing, with the answer given before; the service sends it again.';

create function app.receive(p_account int, p_operation text, p_key text, p_fingerprint bytea, p_body_sha256 bytea,
                            out receipt bigint)
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    before app.receipt;
    answer app.answer;
begin
    for tries in 1 .. 3 loop
        begin
            insert into app.receipt as r (account_id, operation, idempotency_key, fingerprint, body_sha256, request)
            values (p_account, p_operation, p_key, p_fingerprint, p_body_sha256, current_setting('app.request', true))
            on conflict (account_id, idempotency_key) where idempotency_key is not null do nothing
            returning r.id into receipt;
        exception when lock_not_available then -- the same key is still at work elsewhere, and we waited for it
            perform app.problem(409, 'idempotency-in-flight');
        end;
        exit when receipt is not null;
        select r.* into before from app.receipt r where r.account_id = p_account and r.idempotency_key = p_key;
        continue when not found;
        select a.* into answer from app.answer a where a.receipt_id = before.id and a.answered_at > now() - interval '30 days';
        if found and before.fingerprint <> p_fingerprint then
            perform app.problem(422, 'idempotency-key-reused', jsonb_build_object('operation', before.operation));
        elsif found then
            perform app.replay(before, answer);
        end if;
        update app.receipt r set idempotency_key = null where r.id = before.id;
    end loop;
    if receipt is null then
        perform app.problem(409, 'idempotency-in-flight');
    end if;
    delete from app.answer a
     where a.receipt_id in (select o.receipt_id from app.answer o where o.answered_at < now() - interval '30 days'
                             order by o.answered_at limit 2 for update skip locked);
    perform set_config('app.receipt', receipt::text, true);
end $$;
revoke all on function app.receive from public;
comment on function app.receive is 'The receipt of a write.  A key used before ends the transaction with the answer of then; one still at work elsewhere is waited for (lock_timeout), then 409.  Forgets two expired answers, so that they never pile up.';

create function app.session_write(p_hash bytea, p_scope text, p_request text, p_operation text, p_key text, p_fingerprint bytea, p_body_sha256 bytea)
returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    perform app.session_open(p_hash, p_scope, true, p_request);
    perform set_config('app.receipt', '', true);
    if app.me() is not null then
        perform app.receive(app.me(), p_operation, p_key, p_fingerprint, p_body_sha256);
    end if;
end $$;
comment on function app.session_write is 'First statement of a write with a body: session_open, and the receipt.';

create function app.answered(p_status int, p_location text, p_etag text, p_body json, p_sealed text default null,
                             out _status int, out _location text, out _etag text, out _sealed text, out _receipt bigint, out _received_at text)
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
declare
    r app.receipt;
begin
    _status := p_status;
    _location := p_location;
    _etag := p_etag;
    _sealed := p_sealed;
    select * into r from app.receipt t
     where t.id = nullif(current_setting('app.receipt', true), '')::bigint and t.account_id = app.me() and t.received_at = now();
    if found then
        _receipt := r.id;
        _received_at := to_jsonb(r.received_at) #>> '{}';
    end if;
    if r.idempotency_key is not null then
        insert into app.answer (receipt_id, status, location, etag, answer_body, sealed) values (r.id, p_status, p_location, p_etag, p_body::text, p_sealed);
    end if;
end $$;
comment on function app.answered is 'Last word of a write: what the server is told beside the body, the receipt among it; keeps the answer for when the same key comes again.';

-- Signing in makes a session; sent again with the same key it is the same session.
drop function app.sign_in;
create function app.sign_in(p_login text, p_key bytea, p_hash bytea, p_address text, p_idempotency_key text, p_fingerprint bytea, p_body_sha256 bytea,
                            out account_id int, out name text, out expires_at timestamptz)
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    delete from app.sign_in_failure where at < now() - interval '1 day';
    select a.id, a.name, now() + interval '12 hours' into account_id, name, expires_at from app.account a
     where a.login = p_login and a.disabled_at is null and a.password_verifier = sha256(p_key);
    if not found then
        insert into app.sign_in_failure (login, address) values (left(p_login, 200), left(p_address, 100));
        return;
    end if;
    perform app.receive(account_id, 'session_create', p_idempotency_key, p_fingerprint, p_body_sha256);
    delete from app.session s where s.account_id = sign_in.account_id and s.expires_at < now();
    insert into app.session (hash, account_id, address, expires_at) values (p_hash, account_id, left(p_address, 100), sign_in.expires_at);
    perform app.sealed_put('account', account_id::text);
end $$;
comment on function app.sign_in is 'Opens a session of 12 hours, a working day, for whoever shows the argon2id key of the password; nulls, and a failure counted, otherwise.';

-- Nothing overwritten unseen -----------------------------------------------------------------------

alter table app.submission add column updated_by int references app.account;
comment on column app.submission.updated_by is 'Who changed it last.';
alter table app.period add column updated_by int references app.account, add column updated_at timestamptz;
comment on column app.period.updated_by is 'Who changed it last; null for the seeds.';
comment on column app.period.updated_at is 'When.';
alter table app.account add column updated_by int references app.account, add column updated_at timestamptz;
comment on column app.account.updated_by is 'Who changed it last; null for the command line.';
comment on column app.account.updated_at is 'When.';

grant select (updated_by, updated_at) on app.account to thidua_api;

create function app.change_stamp() returns trigger
language plpgsql as $$
begin
    new.updated_by := app.me();
    new.updated_at := now();
    return new;
end $$;
comment on function app.change_stamp is 'Whoever changes a row is named in it.';
create trigger stamp before insert or update on app.submission for each row execute function app.change_stamp();
create trigger stamp before insert or update on app.period for each row execute function app.change_stamp();
create trigger stamp before insert or update on app.account for each row execute function app.change_stamp();

create function app.difference(p_pointer text, p_yours jsonb, p_current jsonb, p_by int, p_at timestamptz) returns jsonb
language sql stable
return jsonb_build_object('pointer', p_pointer, 'yours', p_yours, 'current', p_current, 'by', app.account_name(p_by), 'at', p_at);
comment on function app.difference is 'One member of a body that says something else than what is stored.';

create function app.members_differing(b jsonb, p_now jsonb, p_by int, p_at timestamptz) returns jsonb
language sql stable
return coalesce((select jsonb_agg(app.difference('/' || m.key, m.value, p_now -> m.key, p_by, p_at) order by m.key)
                   from jsonb_each(b) m where p_now ? m.key and m.value is distinct from p_now -> m.key), '[]');
comment on function app.members_differing is 'The members of a body that differ from the stored ones.';

create function app.value_shown(v app.submission_value, d app.indicator_version) returns jsonb
language sql immutable
return jsonb_strip_nulls(jsonb_build_object(
    'value', case when d.entry = 'pair' then null when d.value_type = 'boolean' then to_jsonb(v.value = 1) else to_jsonb(trim_scale(v.value)) end,
    'numerator', trim_scale(v.numerator), 'denominator', trim_scale(v.denominator), 'missing_reason', v.missing_reason, 'status', v.status, 'note', v.note));
comment on function app.value_shown is 'A stored value as bodies write it.';

create function app.submission_difference(s app.submission, b jsonb) returns jsonb
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
comment on function app.submission_difference is 'Where a change of a submission says something else than what is stored: yours, current, by whom, when.';

create function app.refuse_stale(p_etag text, p_changed jsonb) returns void
language plpgsql as $$
begin
    perform app.problem(412, 'stale-version', '{}', jsonb_build_object('current_etag', p_etag, 'changed', p_changed));
end $$;
comment on function app.refuse_stale is '412 with the current entity tag and the difference, member by member.';

drop function app.expect_version;
create function app.expect_version(p_if_match text, p_etag text, p_changed jsonb) returns boolean
language plpgsql stable as $$
begin
    if not app.etag_matches(p_if_match, p_etag) then
        perform app.refuse_stale(p_etag, p_changed);
    end if;
    return true;
end $$;
comment on function app.expect_version is '412 with the current entity tag and the difference, unless If-Match names it.';

-- Who lost a race is run again by the service, and then finds the other's version.
create or replace function app.expect_written(p_written boolean) returns boolean
language plpgsql stable as $$
begin
    if not p_written then
        raise exception using errcode = 'serialization_failure', message = 'another change came between reading and writing';
    end if;
    return true;
end $$;
comment on function app.expect_written is 'Fails so that it is tried again when another change came between reading and writing.';
comment on function app.expect_kept is 'What was written; tried again when another change came between reading and writing.';

drop function app.expect_edit;
create function app.expect_edit(s app.submission, p_if_match text, b jsonb) returns boolean
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
comment on function app.expect_edit is 'May its values be changed, now, by the caller, from this version, as the body asks?  423, 409, 403 or 412 otherwise.';

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

create function app.period_difference(p app.period, b jsonb) returns jsonb
language sql stable
return app.members_differing(
    (select coalesce(jsonb_object_agg(m.key, coalesce(to_jsonb(app.instant_or_null(m.value #>> '{}')), m.value)), '{}') from jsonb_each(b) m),
    jsonb_build_object('due_at', p.due_at, 'grace_until', p.grace_until, 'locks_at', p.locks_at), p.updated_by, p.updated_at);
comment on function app.period_difference is 'Where a change of a period says something else than what is stored.';

create function app.account_difference(p_account int, b jsonb) returns jsonb
language sql stable
return (select app.members_differing(b, jsonb_build_object('name', a.name, 'disabled', a.disabled_at is not null,
    'roles', (select coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'unit', u.code) order by r.role, u.code), '[]')
                from app.account_role r join app.unit u on u.id = r.unit_id where r.account_id = a.id)), a.updated_by, a.updated_at)
          from app.account a where a.id = p_account);
comment on function app.account_difference is 'Where a change of an account says something else than what is stored; nothing of its password.';

call app.audit_table('app.receipt');
call app.audit_table('app.answer');

-- migrate:down
drop function app.account_difference, app.period_difference, app.expect_edit, app.expect_version, app.refuse_stale, app.submission_difference,
    app.value_shown, app.members_differing, app.difference, app.sign_in, app.answered, app.session_write, app.receive, app.replay;
create function app.expect_version(p_if_match text, p_etag text) returns boolean
language plpgsql stable as $$
begin
    if not app.etag_matches(p_if_match, p_etag) then
        perform app.problem(412, 'stale-version', '{}', jsonb_build_object('current_etag', p_etag));
    end if;
    return true;
end $$;
comment on function app.expect_version is '412 with the current entity tag, unless If-Match names it.';

create or replace function app.expect_written(p_written boolean) returns boolean
language plpgsql stable as $$
begin
    if not p_written then
        perform app.problem(412, 'stale-version', '{}', jsonb_build_object('current_etag', null));
    end if;
    return true;
end $$;
comment on function app.expect_written is '412 when another change came between reading and writing.';
comment on function app.expect_kept is '412 when another change came between reading and writing.';

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
    perform app.expect_version(p_if_match, app.submission_etag(s));
    return r;
end $$;
comment on function app.expect_step is 'The rule of a step the caller may take now from this version; 423, 409, 403 or 412 otherwise.';

create function app.sign_in(p_login text, p_key bytea, p_hash bytea, p_address text, out account_id int, out name text, out expires_at timestamptz)
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    delete from app.sign_in_failure where at < now() - interval '1 day';
    select a.id, a.name, now() + interval '12 hours' into account_id, name, expires_at from app.account a
     where a.login = p_login and a.disabled_at is null and a.password_verifier = sha256(p_key);
    if not found then
        insert into app.sign_in_failure (login, address) values (left(p_login, 200), left(p_address, 100));
        return;
    end if;
    delete from app.session s where s.account_id = sign_in.account_id and s.expires_at < now();
    insert into app.session (hash, account_id, address, expires_at) values (p_hash, account_id, left(p_address, 100), sign_in.expires_at);
    perform app.sealed_put('account', account_id::text);
end $$;
comment on function app.sign_in is 'Opens a session of 12 hours, a working day, for whoever shows the argon2id key of the password; nulls, and a failure counted, otherwise.';

drop trigger stamp on app.submission;
drop trigger stamp on app.period;
drop trigger stamp on app.account;
drop function app.change_stamp;
alter table app.submission drop column updated_by;
alter table app.period drop column updated_by, drop column updated_at;
alter table app.account drop column updated_by, drop column updated_at;
drop table app.answer, app.receipt;
