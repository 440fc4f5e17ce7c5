-- migrate:up

-- What a streaming standby needs so that reads may go there: a pulse, by which it can be told how far behind it is at most.

create table app.heartbeat (
    one bool primary key default true check (one),
    at  timestamptz not null default now()
);
insert into app.heartbeat default values;
comment on table app.heartbeat is 'The pulse of the primary, beaten by each process of the service that reads from a standby; the one row is not audited, for it says nothing about anybody.';
comment on column app.heartbeat.one is 'There is one row.';
comment on column app.heartbeat.at is 'Last beat.';
grant select on app.heartbeat to thidua_api;

create function app.beat() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    update app.heartbeat set at = now() where at < now() - interval '500 milliseconds';
end $$;
comment on function app.beat is 'One beat; several processes beat no faster than one.';

create function app.standby_fresh(p_position pg_lsn, p_seconds int) returns pg_lsn
language plpgsql stable as $$
declare
    replayed constant pg_lsn := pg_last_wal_replay_lsn();
begin
    if not pg_is_in_recovery() then
        return pg_current_wal_insert_lsn();
    end if;
    if replayed < p_position or (select h.at from app.heartbeat h) < now() - make_interval(secs => p_seconds) then
        raise exception using errcode = 'TDR01', message = 'standby-behind';
    end if;
    return replayed;
end $$;
comment on function app.standby_fresh is 'How far this server is; TDR01 when it has not what the caller has seen (p_position), or is more than these seconds behind.';

-- migrate:down
drop function app.standby_fresh, app.beat;
drop table app.heartbeat;
