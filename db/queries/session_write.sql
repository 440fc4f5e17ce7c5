-- session_write: who is calling, and the receipt of what is sent: the first statement of a write with a body.
-- in:   $1 SHA-256 of the caller's token, bytea or null   $2 scope text: '' any, null open to all   $3 request id text
--       $4 operation text   $5 Idempotency-Key text or null   $6 fingerprint of the request, bytea   $7 SHA-256 of its body, bytea
-- out:  one row of nothing
-- raises: TD401 unauthenticated, TD403 insufficient-scope, TD409 idempotency-in-flight, TD422 idempotency-key-reused,
--       TDR00 with the answer given before (api/db/replay.c)
-- cost: primary keys
select app.session_write($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::bytea, $7::bytea)
