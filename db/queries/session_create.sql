-- session_create: open a session for whoever shows the argon2id key of the password.
-- in:   $1 login text   $2 key bytea, 32 bytes   $3 SHA-256 of the session's token, bytea   $4 address text
-- out:  one row; none when login or password is wrong: the failure is counted, so it must commit
select 201 as _status, $1::text as login, s.name, s.expires_at
  from app.sign_in($1, $2, $3, $4) s
 where s.account_id is not null
