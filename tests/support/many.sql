-- many.sql: ten communes of a district of their own, an officer and a leader each, somebody who sees all of them, and the months of 20 years: room for
-- 2,400 reports.  Run as superuser on a database of the tests; logins are many-a and many-a-lead, tokens as in world.sql.

insert into app.unit (code, kind, valid)
select 'many-' || n, 'COMMUNE', '[1980-01-01,)' from regexp_split_to_table('abcdefghij', '') n;
insert into app.unit (code, kind, valid) values ('many', 'DISTRICT', '[1980-01-01,)');
insert into app.unit_name (unit_id, name, valid)
select id, code, valid from app.unit where code like 'many%';
insert into app.unit_parent (unit_id, parent_id, valid)
select u.id, p.id, u.valid from app.unit u, app.unit p where u.code like 'many-%' and p.code = 'many';

insert into app.period (code, frequency, year, ordinal, starts_on, ends_on)
select to_char(m, 'YYYY-MM'), 'month', extract(year from m), extract(month from m), (m - interval '1 month')::date + 14, m::date + 13
  from generate_series('2026-01-01'::timestamp, '2045-12-01', interval '1 month') m;

create function pg_temp.person(p_login text, variadic p_roles text[]) returns void
language sql as $$
    select app.account_bootstrap(p_login, p_login, jsonb_build_object('salt', repeat('00', 16), 'verifier', repeat('00', 32),
                                 'opslimit', 2, 'memlimit', 67108864), p_roles, false);
    insert into app.token (account_id, name, hash, scopes, expires_at)
    select id, 'many', sha256(convert_to('thidua_' || rpad(p_login, 43, '0'), 'UTF8')), '{data:read,data:write,workflow}', now() + interval '1 day'
      from app.account where login = p_login;
$$;
do $$ begin
    perform pg_temp.person(code, 'OFFICE_STAT_OFFICER@' || code), pg_temp.person(code || '-lead', 'COMMUNE_LEADER@' || code)
       from app.unit where code like 'many-%';
    perform pg_temp.person('many-watch', variadic array(select 'MASS_ORG@' || code from app.unit where code like 'many-%')); -- sees drafts of all
end $$;
