-- submission_update: change values of a draft or a returned submission; absent = unchanged, "value": null = not answered;
--   without a status a value keeps the one it has.
-- in:   $1 id bigint   $2 If-Match text   $3 body text {as_of_date?, note?, values?}   $4 faults jsonb
-- out:  one row: what became of it, in few bytes; none when the caller may not see it
-- raises: TD403, TD409 with allowed_actions, TD412 stale-version, TD422 with all faults, TD423 locked
with body as (
    select app.body($3) as b
), seen as materialized (
    select s as s, p as period, u.kind, b, app.expect_edit(s, $2, b) as ok,
           'OFFICE_STAT_OFFICER@' || s.unit_id = any (app.grants()) as all_fields
      from body, app.submission s
      join app.period p on p.id = s.period_id
      join app.unit u on u.id = s.unit_id
     where s.id = $1::bigint
), sent as materialized (
    select v from seen n, app.values_read(n.b -> 'values', (n.s).form_id, (n.period).ends_on) v where n.ok
), fault as (
    select app.value_faults(sent.v, n.kind, n.all_fields) as f from sent, seen n
    union all
    select app.total_faults(sent.v, (n.s).id) from sent, seen n
), verdict as materialized (
    select n.* from seen n where n.ok and app.refuse($4::jsonb || (select coalesce(jsonb_agg(f), '[]') from fault))
), kept as (
    update app.submission t
       set as_of_date = case when n.b ? 'as_of_date' then (n.b ->> 'as_of_date')::date else t.as_of_date end,
           note = case when n.b ? 'note' then n.b ->> 'note' else t.note end
      from verdict n
     where t.id = (n.s).id and t.version = (n.s).version
    returning t
), cleared as (
    delete from app.submission_value v using kept k, sent, app.value_written(sent.v) w
     where v.submission_id = (k.t).id and v.indicator_id = (sent.v).indicator_id and not w.given
    returning 1
), stored as (
    insert into app.submission_value as v (submission_id, unit_id, indicator_id, value, numerator, denominator, missing_reason, status, note, written_by)
    select (k.t).id, (k.t).unit_id, (sent.v).indicator_id, w.value, w.numerator, w.denominator, w.missing_reason,
           coalesce((sent.v).item ->> 'status', o.status, w.status), w.note, (select app.me())
      from kept k cross join sent cross join lateral app.value_written(sent.v) w
      left join app.submission_value o on o.submission_id = (k.t).id and o.indicator_id = (sent.v).indicator_id
     where w.given
    on conflict (submission_id, indicator_id) do update
       set (value, numerator, denominator, missing_reason, status, note, written_by, written_at, import_id, import_row)
         = (excluded.value, excluded.numerator, excluded.denominator, excluded.missing_reason, excluded.status, excluded.note, excluded.written_by, now(), null, null)
     where (v.value, v.numerator, v.denominator, v.missing_reason, v.status, v.note)
           is distinct from (excluded.value, excluded.numerator, excluded.denominator, excluded.missing_reason, excluded.status, excluded.note)
    returning 1
)
select a.*, t.*
  from verdict n
  left join kept k on true
 cross join lateral (select app.expect_kept(k.t) as s) z
 cross join lateral (select (z.s).id, app.shown_state(z.s) as state, (z.s).version, (select count(*) from stored) + (select count(*) from cleared) as changed,
                            (z.s).updated_at, to_json(app.allowed_actions(z.s, app.grants())) as allowed_actions) a
 cross join lateral app.answered(200, null, app.submission_etag(z.s), to_json(a)) t
