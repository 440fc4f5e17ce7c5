-- receipt_get: the receipt of a write of the caller's own.
-- in:   $1 id bigint
-- out:  one row; none when there is no such receipt of the caller's
select r.id, r.operation, a.login as account, encode(r.body_sha256, 'hex') as sha256, r.received_at,
       to_jsonb(r.received_at) #>> '{}' as _signed_at
  from app.receipt r join app.account a on a.id = r.account_id
 where r.id = $1::bigint
