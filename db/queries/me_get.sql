-- me_get: the caller: account and roles.
-- out:  one row
-- cost: primary keys
select a.login, a.name, a.demo, a.created_at,
       (select coalesce(json_agg(json_build_object('role', r.role, 'unit', u.code, 'unit_name', app.unit_name_on(u.id, current_date)) order by r.role, u.code), '[]')
          from app.account_role r join app.unit u on u.id = r.unit_id where r.account_id = a.id) as roles
  from app.account a
 where a.id = app.me()
