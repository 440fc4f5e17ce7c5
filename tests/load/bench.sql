-- bench.sql: what the benchmark needs beside the seeds: 1,000 communes a side (a: the service, b: pgbench, n: Node) with an officer each, 36 years of periods,
-- and an accepted submission of each of the district's 14 units to read.

set time zone 'Asia/Ho_Chi_Minh';

insert into app.unit (code, kind, valid)
select format('bench-%s-%s', side, n), 'COMMUNE', '[1980-01-01,)' from unnest('{a,b,n}'::text[]) side, generate_series(1, 1000) n;
insert into app.unit_name (unit_id, name, valid)
select id, 'xã ' || code, valid from app.unit where code like 'bench-%';
insert into app.unit (code, kind, valid) values ('bench', 'DISTRICT', '[1980-01-01,)');
insert into app.unit_parent (unit_id, parent_id, valid)
select u.id, p.id, u.valid from app.unit u, app.unit p where u.code like 'bench-%' and p.code = 'bench';
insert into app.period (code, frequency, year, ordinal, starts_on, ends_on)
select y::text, 'year', y, 1, make_date(y - 1, 12, 15), make_date(y, 12, 14) from generate_series(2023, 2058) y;

-- An officer for each commune; who reads is the district's office.
create function pg_temp.person(p_login text, p_role text) returns void
language sql as $$
    select app.account_bootstrap(p_login, 'Đo tốc độ', jsonb_build_object('salt', repeat('00', 16), 'verifier', repeat('00', 32),
                                 'opslimit', 2, 'memlimit', 67108864), array[p_role], true);
    insert into app.token (account_id, name, hash, scopes, expires_at)
    select id, 'bench', sha256(convert_to('thidua_' || rpad(p_login, 43, '_'), 'UTF8')), '{data:read,data:write,workflow}', now() + interval '1 day'
      from app.account where login = p_login;
$$;
do $$ begin
    perform pg_temp.person(code, 'OFFICE_STAT_OFFICER@' || code) from app.unit where code like 'bench-%';
    perform pg_temp.person('bench', 'DISTRICT_HOME_AFFAIRS@kbang');
end $$;

-- Accepted submissions of 2022, written as the superuser: the guards are not what is measured here.
set session_replication_role = replica;
insert into app.submission (form_id, unit_id, period_id, receiver_id, state, created_by, submitted_at, decided_at)
select f.id, x.unit_id, p.id, x.parent_id, 'accepted', (select id from app.account where login = 'bench'), now(), now()
  from app.form f, app.period p, app.unit_parent x join app.unit d on d.id = x.parent_id and d.code = 'kbang'
 where f.code = 'ktxh-nam' and p.code = '2022' and x.valid @> p.ends_on;
insert into app.submission_value (submission_id, unit_id, indicator_id, value, numerator, denominator, written_by)
select s.id, s.unit_id, i.id, case when v.value_type = 'boolean' then 1 when v.entry = 'pair' then 13 else 100 + s.id end,
       case when v.entry = 'pair' then 13 end, case when v.entry = 'pair' then 19 end, s.created_by
  from app.submission s
  join app.unit u on u.id = s.unit_id
  join app.form_indicator f on f.form_id = s.form_id
  join app.indicator i on i.id = f.indicator_id
  join app.indicator_version v on v.indicator_id = i.id and u.kind = any (v.applies_to);
set session_replication_role = origin;
analyze app.submission, app.submission_value;
select app.totals_rebuild(); -- no trigger saw these reports
