-- reopen_request_create: ask the district to open a report again that it accepted or that is locked; the unit's leader alone.
-- in:   $1 id bigint   $2 body text {reason}   $3 faults jsonb
-- out:  one row; none when the caller may not see the submission
-- raises: TD403 forbidden, TD409 illegal-transition, TD422 with all faults, 23505 reopen_request_once_at_a_time
with body as (
    select app.body($2) as b
), seen as materialized (
    select s as s, b from body, app.submission s where s.id = $1::bigint and app.expect_grant('COMMUNE_LEADER', s.unit_id)
), fault as (
    select app.fault('/reason', 'too-short', '{"min": 1}') as f from seen where jsonb_typeof(b -> 'reason') = 'string' and b ->> 'reason' !~ '\S' and b ->> 'reason' <> ''
), verdict as materialized (
    select n.* from seen n where app.refuse($3::jsonb || (select coalesce(jsonb_agg(f), '[]') from fault))
), made as (
    insert into app.reopen_request (submission_id, unit_id, receiver_id, reason)
    select (n.s).id, (n.s).unit_id, (n.s).receiver_id, btrim(n.b ->> 'reason', E' \n\r\t') from verdict n
    returning *
)
select a.*, t.*
  from made m cross join lateral app.reopen_shown(m) a
 cross join lateral app.answered(201, null, null, to_json(a)) t
