-- import.sql: what tests/load/import needs beside bench.sql: one account that may report for 1,000 communes, and the rows of
-- a file of three years: what bench.body.json reports, with figures that differ.  Takes the variable `body`.

insert into app.unit (code, kind, valid)
select format('bench-c-%s', n), 'COMMUNE', '[1980-01-01,)' from generate_series(1, 1000) n;
insert into app.unit_name (unit_id, name, valid)
select id, 'xã ' || code, valid from app.unit where code like 'bench-c-%';
insert into app.unit_parent (unit_id, parent_id, valid)
select u.id, p.id, u.valid from app.unit u, app.unit p where u.code like 'bench-c-%' and p.code = 'bench';

select app.account_bootstrap('bench-c', 'Đo tốc độ', jsonb_build_object('salt', repeat('00', 16), 'verifier', repeat('00', 32), 'opslimit', 2, 'memlimit', 67108864),
                             array(select 'OFFICE_STAT_OFFICER@' || code from app.unit where code like 'bench-c-%'), true);
insert into app.token (account_id, name, hash, scopes, expires_at)
select id, 'bench', sha256(convert_to('thidua_' || rpad(login, 43, '_'), 'UTF8')), '{data:read,data:write,workflow}', now() + interval '1 day'
  from app.account where login = 'bench-c';

-- The n-th file: unit by unit, year by year, as an office would gather them.
create schema bench;
create table bench.told as select nth, v from jsonb_array_elements(:'body'::jsonb -> 'values') with ordinality as t(v, nth);
create view bench.file as
select (p.year - 2023) / 3 + 1 as file, row_number() over (partition by (p.year - 2023) / 3 order by u.id, p.year, t.nth) as n,
       u.code as unit, p.code as period, t.v ->> 'indicator' as indicator,
       case when t.v ? 'numerator' then format('%s/%s', t.v ->> 'numerator', t.v ->> 'denominator')
            when t.v -> 'value' = 'true' then 'có'
            when (t.v ->> 'value')::numeric > 100 then ((t.v ->> 'value')::numeric + u.id % 10)::text else t.v ->> 'value' end as value
  from app.unit u, app.period p, bench.told t
 where u.code like 'bench-c-%' and p.frequency = 'year' and p.year >= 2023;
create table bench.plain (unit text, period text, indicator text, value text);
