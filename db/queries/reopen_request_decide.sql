-- reopen_request_decide: open a report again, or not; the home affairs office of the district asked, once.
-- in:   $1 id bigint   $2 body text {decision, reason, expires_at?}   $3 faults jsonb
-- out:  one row; none when the caller may not see the request
-- raises: TD403 forbidden, TD409 illegal-transition, TD422 with all faults
with body as (
    select app.body($2) as b
), seen as materialized (
    select q as q, b from body, app.reopen_request q where q.id = $1::bigint and app.expect_undecided(q)
), verdict as materialized (
    select n.* from seen n where app.refuse($3::jsonb || (select coalesce(jsonb_agg(f), '[]') from seen, app.decision_faults(q, b) f))
), kept as (
    update app.reopen_request t
       set decision = n.b ->> 'decision', decision_reason = btrim(n.b ->> 'reason', E' \n\r\t'),
           expires_at = case when n.b ->> 'decision' = 'grant' then (n.b ->> 'expires_at')::timestamptz end
      from verdict n
     where t.id = (n.q).id
    returning t.*
)
select a.*, t.*
  from kept k cross join lateral app.reopen_shown(k) a
 cross join lateral app.answered(200, null, null, to_json(a)) t
