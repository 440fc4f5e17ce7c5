-- migrate:up

-- A standby that was promoted is not read from any more.

create or replace function app.standby_fresh(p_position pg_lsn, p_seconds int) returns pg_lsn
language plpgsql stable as $$
declare
    replayed constant pg_lsn := pg_last_wal_replay_lsn();
begin
    if not pg_is_in_recovery() then -- its log has gone its own way: positions in it tell nothing
        raise exception using errcode = 'TDR02', message = 'no-standby';
    end if;
    if replayed < p_position or (select h.at from app.heartbeat h) < now() - make_interval(secs => p_seconds) then
        raise exception using errcode = 'TDR01', message = 'standby-behind';
    end if;
    return replayed;
end $$;
comment on function app.standby_fresh is 'How far this server is; TDR01 when it has not what the caller has seen (p_position), or is more than these seconds behind; TDR02 when it is no standby (any more).';

-- migrate:down
create or replace function app.standby_fresh(p_position pg_lsn, p_seconds int) returns pg_lsn
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
