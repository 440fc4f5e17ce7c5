-- account_list: accounts the caller may see: all for an administrator, else the own one.
-- in:   $1 unit text: codes, commas between   $2 cursor text: login   $3 limit int
-- out:  one row an account
-- raises: TD400 unknown unit
select a.login, a.name, a.demo, a.disabled_at is not null as disabled, a.created_at,
       (select coalesce(json_agg(json_build_object('role', r.role, 'unit', u.code) order by r.role, u.code), '[]')
          from app.account_role r join app.unit u on u.id = r.unit_id where r.account_id = a.id) as roles,
       case when lead(true) over (order by a.login) then a.login end as _next
  from app.account a
 where (select app.expect_codes(p_unit => $1))
   and a.login > coalesce($2::text, '')
   and ($1::text is null or exists (select from app.account_role r join app.unit u on u.id = r.unit_id where r.account_id = a.id and u.code = any (app.codes($1))))
 order by a.login
 limit coalesce($3::int, 50)
