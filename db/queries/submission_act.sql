-- submission_act: take a step of the workflow: submit, withdraw, return or accept.
-- in:   $1 id bigint   $2 If-Match text   $3 body text {action, reason?}   $4 faults jsonb
-- out:  one row: the submission without its values; none when the caller may not see it
-- raises: TD403, TD409 illegal-transition with allowed_actions, TD412 stale-version, TD422 with all faults, TD423 locked
with body as (
    select app.body($3) as b
), asked as materialized (
    select s as s, b from body, app.submission s where s.id = $1::bigint and ($4::jsonb = '[]' or app.refuse($4::jsonb))
), seen as materialized (
    select a.s, a.b, app.expect_step(a.s, a.b ->> 'action', $2) as r from asked a
), fault as (
    select app.fault('/reason', 'reason-required', '{}') as f from seen where (r).reasoned and coalesce(b ->> 'reason', '') !~ '\S'
    union all
    select app.answer_faults(n.s) from seen n where (n.r).action = 'submit'
), verdict as materialized (
    select n.* from seen n where app.refuse((select coalesce(jsonb_agg(f), '[]') from fault))
), kept as (
    update app.submission t
       set state = (n.r).to_state, reason = nullif(btrim(n.b ->> 'reason', E' \n\r\t'), '')
      from verdict n
     where t.id = (n.s).id and t.version = (n.s).version
    returning t
)
select a.*, t.*
  from verdict n
  left join kept k on true
 cross join lateral (select app.expect_kept(k.t) as s) z
 cross join lateral app.submission_summary(z.s, app.grants()) a
 cross join lateral app.answered(200, null, app.submission_etag(z.s), to_json(a)) t
