-- token_list: the caller's own tokens; never their secrets.
-- in:   $1 cursor text: id   $2 limit int
-- out:  one row a token
-- raises: TD400 malformed-parameter (cursor)
-- cost: index token_account
select t.id, t.name, to_json(t.scopes) as scopes, t.created_at, t.expires_at, t.revoked_at,
       case when lead(true) over (order by t.id) then t.id::text end as _next
  from app.token t
 where t.account_id = app.me() and t.id > coalesce(app.cursor_number($1), 0)
 order by t.id
 limit coalesce($2::int, 50)
