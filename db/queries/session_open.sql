-- session_open: who is calling, and may it write: the first statement of every request's transaction.
-- in:   $1 SHA-256 of the caller's token, bytea or null   $2 scope text: '' any, null open to all
--       $3 writes boolean   $4 request id text
-- out:  one row of nothing
-- raises: TD401 unauthenticated, TD403 insufficient-scope
-- cost: primary keys
select app.session_open($1::bytea, $2::text, $3::boolean, $4::text)
