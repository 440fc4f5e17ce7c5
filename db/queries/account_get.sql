-- account_get: one account.
-- in:   $1 login text
-- out:  one row; none when the caller may not see it
select format('"%s-%s"', a.id, a.version) as _etag,
       a.login, a.name, a.demo, a.disabled_at is not null as disabled, a.created_at,
       (select coalesce(json_agg(json_build_object('role', r.role, 'unit', u.code) order by r.role, u.code), '[]')
          from app.account_role r join app.unit u on u.id = r.unit_id where r.account_id = a.id) as roles
  from app.account a
 where a.login = $1
