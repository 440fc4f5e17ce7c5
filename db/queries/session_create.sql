-- session_create: open a session for whoever shows the argon2id key of the password.
-- in:   $1 login text   $2 key bytea, 32 bytes   $3 SHA-256 of the session's token, bytea   $4 address text
--       $5 Idempotency-Key text   $6 fingerprint of the request, bytea   $7 SHA-256 of its body, bytea
--       $8 the token, sealed, text
-- out:  one row; none when login or password is wrong: the failure is counted, so it must commit
select a.*, t.*
  from (select $1::text as login, s.name, s.expires_at from app.sign_in($1, $2, $3, $4, $5, $6, $7) s where s.account_id is not null) a
 cross join lateral app.answered(201, null, null, to_json(a), $8::text) t
