-- token_create: a token of the caller's; the service adds its secret to the answer, once.
-- in:   $1 body text {name, scopes, expires_in_days}   $2 faults jsonb   $3 SHA-256 of the secret, bytea   $4 the secret, sealed, text
-- out:  one row
-- raises: TD403 insufficient-scope: a token makes none that may more, TD422 with all faults
with body as (
    select app.body($1) as b
), verdict as materialized (
    select app.refuse($2::jsonb) and app.expect_scopes(array(select jsonb_array_elements_text(b -> 'scopes') from body)) as ok
), made as (
    insert into app.token (account_id, name, hash, scopes, expires_at)
    select app.me(), b ->> 'name', $3::bytea, array(select distinct jsonb_array_elements_text(b -> 'scopes')),
           now() + (b ->> 'expires_in_days')::int * interval '1 day'
      from body, verdict where ok
    returning id, name, scopes, created_at, expires_at
)
select a.*, t.*
  from (select id, name, to_json(scopes) as scopes, created_at, expires_at from made) a
 cross join lateral app.answered(201, null, null, to_json(a), $4::text) t
