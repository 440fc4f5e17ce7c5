-- village_value_update: enter figures of a draft or a returned submission by village, and decide on what heads of villages proposed;
--   the report's figures become the sums.
-- in:   $1 id bigint   $2 If-Match text
--       $3 body text {values?: [{village, indicator, value | missing_reason}], proposals?: [{id, decision, reason?}]}   $4 faults jsonb
-- out:  one row: what became of it; none when the caller may not see the submission
-- raises: TD403, TD409 with allowed_actions, TD412 stale-version, TD422 with all faults, TD423 locked
with body as (
    select app.body($3) as b
), seen as materialized (
    select s as s, u.kind, b, app.expect_village_edit(s, $2, b) as ok, 'OFFICE_STAT_OFFICER@' || s.unit_id = any (app.grants()) as all_fields
      from body, app.submission s join app.unit u on u.id = s.unit_id
     where s.id = $1::bigint
), verdict as materialized (
    select n.*
      from seen n
     where n.ok and app.refuse($4::jsonb || (select coalesce(jsonb_agg(f), '[]') from seen x, app.village_change_faults(x.s, x.b, x.kind, x.all_fields) f))
), done as materialized (
    select e.*, n.b from verdict n cross join lateral app.village_enter(n.s, n.b) e
)
select a.*, t.*
  from done k
 cross join lateral (select (k.kept).id, app.shown_state(k.kept) as state, (k.kept).version, k.changed, app.village_sums((k.kept).id, k.b) as sums,
                            (k.kept).updated_at, to_json(app.allowed_actions(k.kept, app.grants())) as allowed_actions) a
 cross join lateral app.answered(200, null, app.submission_etag(k.kept), to_json(a)) t
