-- scale.sql: a world of p_communes communes that report 40 figures a month, for tests/load/scale.  Takes the variables communes and years.
--
-- The first province has 220 communes in 17 districts, the first district 14, as Gia Lai and Kbang had; what is more is spread over
-- 688 districts of 62 provinces, so that 10,600 communes are the country.  The figures come in by months, as they would.

set session_replication_role = replica; -- no guards, no record, no history: reading is what is measured

create temporary table commune as
select n, case when n <= 14 then 1 when n <= 220 then 2 + (n - 15) % 16 else 18 + (n - 221) % 688 end as district from generate_series(1, :communes) n;
create temporary table district as
select d, case when d <= 17 then 1 else 2 + (d - 18) % 62 end as province from (select distinct district as d from commune) x;

insert into app.unit (code, kind, valid)
select 'scale-p-' || p, 'PROVINCE', '[1980-01-01,)' from (select distinct province as p from district) x order by p;
insert into app.unit (code, kind, valid) select 'scale-d-' || d, 'DISTRICT', '[1980-01-01,)' from district order by d;
insert into app.unit (code, kind, valid) select 'scale-c-' || n, 'COMMUNE', '[1980-01-01,)' from commune order by n;
insert into app.unit_name (unit_id, name, valid) select id, code, valid from app.unit where code like 'scale-%';
insert into app.unit_parent (unit_id, parent_id, valid)
select u.id, p.id, u.valid
  from (select 'scale-d-' || d as unit, 'scale-p-' || province as parent from district union all select 'scale-c-' || n, 'scale-d-' || district from commune) x
  join app.unit u on u.code = x.unit join app.unit p on p.code = x.parent;

-- The monthly report asks 8 figures; with 32 of the yearly one it asks 40.
insert into app.form_indicator (form_id, indicator_id, level, frequency, valid)
select m.id, y.indicator_id, m.level, m.frequency, m.valid
  from app.form m
 cross join lateral (select f.indicator_id from app.form_indicator f join app.form y on y.id = f.form_id and y.code = 'ktxh-nam'
                      where f.indicator_id not in (select indicator_id from app.form_indicator where form_id = m.id)
                      order by f.indicator_id limit 40 - (select count(*) from app.form_indicator where form_id = m.id)) y
 where m.code = 'ktxh-thang';
insert into app.period (code, frequency, year, ordinal, starts_on, ends_on)
select to_char(d, 'YYYY-MM'), 'month', extract(year from d), extract(month from d), d - interval '1 month' + interval '14 days', d + interval '13 days'
  from generate_series('2023-01-01'::date, make_date(2021 + :years, 12, 1), '1 month') d;

insert into app.submission (form_id, unit_id, period_id, receiver_id, state, created_by, submitted_at, decided_at)
select f.id, u.id, p.id, x.parent_id, 'accepted', 1, now(), now()
  from app.form f, app.period p, app.unit u join app.unit_parent x on x.unit_id = u.id
 where f.code = 'ktxh-thang' and p.frequency = 'month' and p.year < 2022 + :years and u.code like 'scale-c-%'
 order by p.starts_on, u.id;
insert into app.submission_value (submission_id, unit_id, indicator_id, value, numerator, denominator, status, written_by)
select s.id, s.unit_id, v.indicator_id, case v.value_type when 'boolean' then 1 else case when v.entry = 'pair' then 13 else 100 + s.id % 1000 end end,
       case when v.entry = 'pair' then 13 end, case when v.entry = 'pair' then 19 end, 'OFFICIAL', 1
  from app.submission s
  join app.form_indicator f on f.form_id = s.form_id
  join app.indicator_version v on v.indicator_id = f.indicator_id and upper_inf(v.valid);
insert into app.publication (unit_id, form_id, period_id, published_by)
select distinct receiver_id, form_id, period_id, 1 from app.submission;
set session_replication_role = origin;
analyze app.submission, app.submission_value;
select app.totals_rebuild(); -- no trigger saw these reports

-- Who reads: offices of the first district and of its province, and somebody to whom all provinces send.
select app.account_bootstrap(x.login, 'Đo tốc độ', jsonb_build_object('salt', repeat('00', 16), 'verifier', repeat('00', 32), 'opslimit', 2, 'memlimit', 67108864),
                             x.roles, true)
  from (values ('scale-district', array['DISTRICT_HOME_AFFAIRS@scale-d-1']), ('scale-province', array['PROVINCE_PULL@scale-p-1']),
               ('scale-country', array(select 'PROVINCE_PULL@' || code from app.unit where code like 'scale-p-%'))) x(login, roles);
insert into app.token (account_id, name, hash, scopes, expires_at)
select id, 'scale', sha256(convert_to(login, 'UTF8')), '{data:read}', now() + interval '1 day' from app.account where login like 'scale-%';
