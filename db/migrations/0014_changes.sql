-- migrate:up

-- The change feed: what a puller must know to keep a replica.  A transaction writes which things it changed; a reader asks for what was
-- committed between two snapshots of the database, so that nothing is missed or told twice however transactions overlap, and nobody
-- waits for anybody.  What is told of a thing is how it stands when it is told.

create table app.change (
    id          bigint generated always as identity primary key,
    xid         xid8 not null default pg_current_xact_id(),
    at          timestamptz not null default now(),
    kind        text not null check (kind in ('unit', 'target', 'submission', 'publication')),
    subject     bigint not null,
    code        text not null,
    unit_id     int,
    receiver_id int,
    was         text,
    became      text,
    published   boolean not null default false
);
create index change_order on app.change (xid, id);
comment on table app.change is 'Which things were changed by which transaction, for 90 days.';
comment on column app.change.id is 'Order within a transaction.';
comment on column app.change.xid is 'The transaction.';
comment on column app.change.at is 'When it began.';
comment on column app.change.kind is 'What was changed.';
comment on column app.change.subject is 'Its number.';
comment on column app.change.code is 'By what answers name it: the code of a unit, the number of the others.';
comment on column app.change.unit_id is 'Unit of a submission or target.';
comment on column app.change.receiver_id is 'Unit a submission is sent to.';
comment on column app.change.was is 'State of a submission before; null: it was not there.';
comment on column app.change.became is 'State of a submission after.';
comment on column app.change.published is 'Had the district published it?';

create function app.change_forget() returns void
language sql security definer set search_path = app, pg_catalog, pg_temp
begin atomic
    delete from app.change
     where id in (select o.id from app.change o
                   where o.id in (select x.id from app.change x order by x.id limit 2) and o.at < now() - interval '91 days' for update skip locked);
end;
comment on function app.change_forget is 'Forgets two old changes: called for each new one, so that they do not pile up.';

create function app.submission_made_known() returns trigger
language plpgsql as $$
begin
    insert into app.change (kind, subject, code, unit_id, receiver_id, became)
    select 'submission', n.id, n.id, n.unit_id, n.receiver_id, n.state from fresh n order by n.id;
    perform app.change_forget();
    return null;
end $$;
comment on function app.submission_made_known is 'Tells the feed of new submissions.';
create trigger made_known after insert on app.submission referencing new table as fresh
    for each statement execute function app.submission_made_known();

create function app.submission_change_known() returns trigger
language plpgsql as $$
begin
    insert into app.change (kind, subject, code, unit_id, receiver_id, was, became, published)
    select 'submission', n.id, n.id, n.unit_id, n.receiver_id, o.state, n.state,
           exists (select from app.publication p where (p.unit_id, p.form_id, p.period_id) = (n.receiver_id, n.form_id, n.period_id))
      from fresh n join stale o on o.id = n.id order by n.id;
    perform app.change_forget();
    return null;
end $$;
comment on function app.submission_change_known is 'Tells the feed of submissions that changed; who could see them before learns that they cannot any more.';
create trigger change_known after update on app.submission referencing old table as stale new table as fresh
    for each statement execute function app.submission_change_known();

create function app.value_change_known() returns trigger
language plpgsql as $$
begin
    insert into app.change (kind, subject, code, unit_id, receiver_id, was, became)
    select 'submission', s.id, s.id, s.unit_id, s.receiver_id, s.state, s.state
      from app.submission s
     where s.id in (select c.submission_id from changed c)
       and not exists (select from app.change k where k.xid = pg_current_xact_id() and k.kind = 'submission' and k.subject = s.id)
     order by s.id;
    return null;
end $$;
comment on function app.value_change_known is 'Tells the feed of figures that changed without their submission: whoever enters some gives it a new version as well.';
create trigger change_known_insert after insert on app.submission_value referencing new table as changed
    for each statement execute function app.value_change_known();
create trigger change_known_update after update on app.submission_value referencing new table as changed
    for each statement execute function app.value_change_known();
create trigger change_known_delete after delete on app.submission_value referencing old table as changed
    for each statement execute function app.value_change_known();

create function app.publication_made_known() returns trigger
language plpgsql as $$
begin
    insert into app.change (kind, subject, code) select 'publication', n.id, n.id from fresh n order by n.id;
    insert into app.change (kind, subject, code, unit_id, receiver_id, was, became, published)
    select 'submission', s.id, s.id, s.unit_id, s.receiver_id, s.state, s.state, true
      from fresh n join app.submission s on (s.receiver_id, s.form_id, s.period_id) = (n.unit_id, n.form_id, n.period_id) and s.state = 'accepted'
     order by s.id;
    return null;
end $$;
comment on function app.publication_made_known is 'Tells the feed of publications, and of the submissions that everybody sees by them.';
create trigger made_known after insert on app.publication referencing new table as fresh
    for each statement execute function app.publication_made_known();

create function app.target_change_known() returns trigger
language plpgsql as $$
begin
    insert into app.change (kind, subject, code, unit_id) select 'target', c.id, c.id, c.unit_id from changed c order by c.id;
    return null;
end $$;
comment on function app.target_change_known is 'Tells the feed of targets.';
create trigger change_known_insert after insert on app.target referencing new table as changed
    for each statement execute function app.target_change_known();
create trigger change_known_update after update on app.target referencing new table as changed
    for each statement execute function app.target_change_known();
create trigger change_known_delete after delete on app.target referencing old table as changed
    for each statement execute function app.target_change_known();

create function app.unit_change_known() returns trigger
language plpgsql as $$
begin
    insert into app.change (kind, subject, code) select 'unit', c.id, c.code from changed c order by c.id;
    return null;
end $$;
comment on function app.unit_change_known is 'Tells the feed of units.';
create trigger change_known_insert after insert on app.unit referencing new table as changed
    for each statement execute function app.unit_change_known();
create trigger change_known_update after update on app.unit referencing new table as changed
    for each statement execute function app.unit_change_known();
create trigger change_known_delete after delete on app.unit referencing old table as changed
    for each statement execute function app.unit_change_known();

create function app.unit_part_change_known() returns trigger
language plpgsql as $$
begin
    insert into app.change (kind, subject, code)
    select distinct 'unit', u.id, u.code from changed c join app.unit u on u.id = c.unit_id order by u.id;
    return null;
end $$;
comment on function app.unit_part_change_known is 'Tells the feed of units whose names, official codes or parents changed.';
create trigger change_known_insert after insert on app.unit_name referencing new table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_update after update on app.unit_name referencing new table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_delete after delete on app.unit_name referencing old table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_insert after insert on app.unit_code referencing new table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_update after update on app.unit_code referencing new table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_delete after delete on app.unit_code referencing old table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_insert after insert on app.unit_parent referencing new table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_update after update on app.unit_parent referencing new table as changed
    for each statement execute function app.unit_part_change_known();
create trigger change_known_delete after delete on app.unit_parent referencing old table as changed
    for each statement execute function app.unit_part_change_known();

-- Who sees which changes: those of things that could be seen before or after.
alter table app.change enable row level security;
alter table app.change force row level security;
create policy guards on app.change to current_user using (true) with check (true);
create policy told_by_triggers on app.change for insert to thidua_api with check
    (pg_trigger_depth() > 0 and xid = pg_current_xact_id() and at = now());
create policy in_reach on app.change for select to thidua_api using
    (case kind
         when 'submission' then
             unit_id = any ((select app.reach('own'))::int[])
             or (('draft' <> was or 'draft' <> became) and receiver_id = any ((select app.reach('received'))::int[]))
             or ('accepted' in (was, became)
                 and (receiver_id = any ((select app.reach('accepted'))::int[]) or (published and (select app.me()) is not null)))
         when 'target' then unit_id = any ((select app.reach('own') || app.reach('received') || app.reach('accepted'))::int[])
         else (select app.me()) is not null
     end);
grant select, insert on app.change to thidua_api;

-- Cursors ------------------------------------------------------------------------------------------

create function app.cursor_mac(p_text text) returns text
language plpgsql stable security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    return (select left(encode(sha256(s.key || sha256(s.key || convert_to('cursor|' || p_text, 'UTF8'))), 'hex'), 16) from app.secret s);
end $$;
comment on function app.cursor_mac is 'By which a cursor is known to be one of ours, and whole.';

create function app.cursor_write(p_text text) returns text
language plpgsql stable as $$
begin
    return translate(encode(convert_to(app.cursor_mac(p_text) || p_text, 'UTF8'), 'base64'), E'+/=\n', '-_');
end $$;
comment on function app.cursor_write is 'A text as a cursor.';

create function app.cursor_read(p_cursor text) returns text
language plpgsql stable as $$
declare
    told text;
begin
    perform app.expect_cursor(p_cursor ~ '^[A-Za-z0-9_-]{24,}$');
    begin
        told := convert_from(decode(translate(p_cursor, '-_', '+/') || repeat('=', (4 - length(p_cursor) % 4) % 4), 'base64'), 'UTF8');
    exception when data_exception then -- no base64, no UTF-8
        told := '';
    end;
    perform app.expect_cursor(left(told, 16) = app.cursor_mac(substr(told, 17)));
    return substr(told, 17);
end $$;
comment on function app.cursor_read is 'The text of a cursor; 400 for one that we did not give.';

create type app.feed_place as (
    phase     text,        -- snapshot: telling all there is; window: what was committed from since to upto
    since     pg_snapshot,
    upto      pg_snapshot, -- null: up to now
    last_xid  xid8,
    last_id   bigint,      -- the last one told: of the window, or of a kind of the snapshot
    last_kind int,
    told_at   timestamptz,
    sight     text
);
comment on type app.feed_place is 'Where a puller is in the feed.';

create function app.sight() returns text
language plpgsql stable as $$
begin
    return md5(concat_ws('|', app.me(), app.reach('own')::text, app.reach('received')::text, app.reach('accepted')::text));
end $$;
comment on function app.sight is 'What the caller can see, in short: when it changes, a replica must be made anew.';

create function app.feed_from(p_cursor text) returns app.feed_place
language plpgsql stable as $$
declare
    place app.feed_place;
begin
    if p_cursor is null then
        return row('snapshot', pg_current_snapshot(), null, null, 0, 0, now(), app.sight())::app.feed_place;
    end if;
    begin
        place := app.cursor_read(p_cursor)::app.feed_place;
    exception when data_exception or syntax_error then -- a cursor of something else
        perform app.expect_cursor(false);
    end;
    if place.sight <> app.sight() then
        perform app.problem(410, 'cursor-expired', jsonb_build_object('reason', 'rights'));
    elsif place.told_at < now() - interval '90 days' or pg_snapshot_xmax(place.since) > pg_snapshot_xmax(pg_current_snapshot()) then
        perform app.problem(410, 'cursor-expired', jsonb_build_object('reason', 'age'));
    end if;
    return place;
end $$;
comment on function app.feed_from is 'Where a cursor points; without one a replica starts from a snapshot of all there is.';

-- Telling ------------------------------------------------------------------------------------------

create function app.told_unit(p_unit int) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('code', u.code, 'kind', u.kind, 'valid_from', lower(u.valid), 'valid_to', upper(u.valid) - 1,
                'names', (select coalesce(json_agg(json_build_object('name', n.name, 'valid_from', lower(n.valid), 'valid_to', upper(n.valid) - 1)
                                                   order by lower(n.valid) nulls first), '[]') from app.unit_name n where n.unit_id = u.id),
                'official_codes', (select coalesce(json_agg(json_build_object('scheme', c.scheme, 'code', c.code, 'valid_from', lower(c.valid), 'valid_to', upper(c.valid) - 1)
                                                            order by lower(c.valid) nulls first), '[]') from app.unit_code c where c.unit_id = u.id),
                'parents', (select coalesce(json_agg(json_build_object('parent', p.code, 'valid_from', lower(x.valid), 'valid_to', upper(x.valid) - 1)
                                                     order by lower(x.valid) nulls first), '[]')
                              from app.unit_parent x join app.unit p on p.id = x.parent_id where x.unit_id = u.id))
              from app.unit u where u.id = p_unit);
end $$;
comment on function app.told_unit is 'A unit as the feed tells it; null: it is not there.';

create function app.told_target(p_target bigint) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('id', t.id, 'unit', u.code, 'indicator', i.code, 'year', t.year, 'document', d.code, 'revision', t.revision,
                                     'comparator', t.comparator, 'value', t.value, 'baseline_value', t.baseline_value, 'baseline_year', t.baseline_year)
              from app.target t join app.unit u on u.id = t.unit_id join app.indicator i on i.id = t.indicator_id join app.document d on d.id = t.document_id
             where t.id = p_target);
end $$;
comment on function app.told_target is 'A target as the feed tells it; null: it is not there, or not the caller''s to see.';

create function app.told_publication(p_publication bigint) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('id', b.id, 'unit', u.code, 'form', f.code, 'period', p.code, 'published_at', b.published_at)
              from app.publication b join app.unit u on u.id = b.unit_id join app.form f on f.id = b.form_id join app.period p on p.id = b.period_id
             where b.id = p_publication);
end $$;
comment on function app.told_publication is 'A publication as the feed tells it.';

create function app.told_submission(p_submission bigint) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('id', s.id, 'form', f.code, 'unit', u.code, 'period', p.code, 'receiver', r.code, 'state', s.state, 'version', s.version,
                'invented', s.invented, 'submitted_at', s.submitted_at, 'decided_at', s.decided_at,
                'values', (select coalesce(json_agg(json_build_object('indicator', i.code, 'value', trim_scale(v.value), 'numerator', trim_scale(v.numerator),
                                                        'denominator', trim_scale(v.denominator), 'missing_reason', v.missing_reason, 'status', v.status)
                                                    order by i.sort_order), '[]')
                             from app.submission_value v join app.indicator i on i.id = v.indicator_id where v.submission_id = s.id))
              from app.submission s join app.form f on f.id = s.form_id join app.unit u on u.id = s.unit_id join app.period p on p.id = s.period_id
              join app.unit r on r.id = s.receiver_id
             where s.id = p_submission);
end $$;
comment on function app.told_submission is 'A submission with its entered figures as the feed tells it; null: it is not there, or not the caller''s to see.';

create function app.told(p_kind text, p_subject bigint) returns json
language plpgsql stable as $$
begin
    return case p_kind when 'unit' then app.told_unit(p_subject::int) when 'target' then app.told_target(p_subject)
                       when 'publication' then app.told_publication(p_subject) else app.told_submission(p_subject) end;
end $$;
comment on function app.told is 'How a thing stands, as far as the caller sees it; null: it does not.';

create function app.feed_item(p_kind text, p_key text, p_data json) returns json
language sql immutable
return json_build_object('op', case when p_data is null then 'delete' else 'upsert' end, 'kind', p_kind, 'key', p_key, 'data', p_data);
comment on function app.feed_item is 'An element of the feed.';

create function app.feed_snapshot(p app.feed_place, p_limit int, out items json, out next text, out more boolean)
language plpgsql stable as $$
declare
    told bigint;
begin
    with page as materialized (
        select x.* from (
            (select 1 as ord, 'unit' as kind, u.id::bigint as subject, u.code::text as key from app.unit u
              where p.last_kind < 1 or (p.last_kind = 1 and u.id > p.last_id) order by u.id limit p_limit + 1)
            union all
            (select 2, 'target', t.id, t.id::text from app.target t
              where p.last_kind < 2 or (p.last_kind = 2 and t.id > p.last_id) order by t.id limit p_limit + 1)
            union all
            (select 3, 'publication', b.id, b.id::text from app.publication b
              where p.last_kind < 3 or (p.last_kind = 3 and b.id > p.last_id) order by b.id limit p_limit + 1)
            union all
            (select 4, 'submission', s.id, s.id::text from app.submission s
              where p.last_kind < 4 or (p.last_kind = 4 and s.id > p.last_id) order by s.id limit p_limit + 1)) x
         order by x.ord, x.subject limit p_limit + 1
    ), numbered as (
        select g.*, row_number() over (order by g.ord, g.subject) as nth from page g
    )
    select count(*), coalesce(json_agg(app.feed_item(n.kind, n.key, app.told(n.kind, n.subject)) order by n.nth) filter (where n.nth <= p_limit), '[]'),
           max(n.ord) filter (where n.nth = p_limit), max(n.subject) filter (where n.nth = p_limit)
      into told, items, p.last_kind, p.last_id
      from numbered n;
    more := true; -- after the snapshot what has been committed meanwhile
    if told <= p_limit then
        p := row('window', p.since, null, null, 0, 0, p.told_at, p.sight)::app.feed_place;
    end if;
    next := app.cursor_write(p::text);
end $$;
comment on function app.feed_snapshot is 'A page of all there is; behind the last one come the changes since the first.';

create function app.feed_window(p app.feed_place, p_limit int, out items json, out next text, out more boolean)
language plpgsql stable as $$
declare
    until constant pg_snapshot := coalesce(p.upto, pg_current_snapshot());
    told bigint;
begin
    with page as materialized (
        select c.*
          from app.change c
         where c.xid >= pg_snapshot_xmin(p.since) and c.xid < pg_snapshot_xmax(until)
           and (c.xid, c.id) > (coalesce(p.last_xid, '0'::xid8), p.last_id)
           and pg_visible_in_snapshot(c.xid, until) and not pg_visible_in_snapshot(c.xid, p.since)
         order by c.xid, c.id limit p_limit + 1
    ), numbered as (
        select g.*, row_number() over (order by g.xid, g.id) as nth from page g
    ), told_of as ( -- once a page: how it stands does not depend on how often it changed
        select n.kind, n.code, n.subject, max(n.nth) as nth from numbered n where n.nth <= p_limit group by n.kind, n.code, n.subject
    )
    select (select count(*) from page), coalesce(json_agg(app.feed_item(t.kind, t.code, app.told(t.kind, t.subject)) order by t.nth), '[]'),
           (select n.xid from numbered n where n.nth = p_limit), (select n.id from numbered n where n.nth = p_limit)
      into told, items, p.last_xid, p.last_id
      from told_of t;
    more := told > p_limit;
    p.upto := until;
    if not more then
        p := row('window', until, null, null, 0, 0, now(), p.sight)::app.feed_place;
    end if;
    next := app.cursor_write(p::text);
end $$;
comment on function app.feed_window is 'A page of what was committed between two snapshots, in the order of the transactions.';

create function app.feed(p_cursor text, p_limit int, out items json, out next text, out more boolean)
language plpgsql stable as $$
declare
    place constant app.feed_place := app.feed_from(p_cursor);
begin
    if place.phase = 'snapshot' then
        select f.* into items, next, more from app.feed_snapshot(place, p_limit) f;
    else
        select f.* into items, next, more from app.feed_window(place, p_limit) f;
    end if;
end $$;
comment on function app.feed is 'A page of the feed from a cursor, and the cursor of the one behind it.';

-- migrate:down
drop function app.feed, app.feed_window, app.feed_snapshot, app.feed_item, app.told, app.told_submission, app.told_publication, app.told_target, app.told_unit,
    app.feed_from, app.sight;
drop type app.feed_place;
drop function app.cursor_read, app.cursor_write, app.cursor_mac;
drop function app.submission_made_known, app.submission_change_known, app.value_change_known, app.publication_made_known, app.target_change_known,
    app.unit_change_known, app.unit_part_change_known cascade; -- and their triggers
drop function app.change_forget;
drop table app.change;
