-- token_delete: revoke one of the caller's tokens.
-- in:   $1 id bigint
-- out:  one row; none when it is not the caller's or already revoked
with revoked as (
    update app.token set revoked_at = now()
     where id = $1::bigint and account_id = app.me() and revoked_at is null
    returning 1
)
select 204 as _status from revoked
