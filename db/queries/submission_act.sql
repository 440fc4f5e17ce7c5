-- submission_act: take a step of the workflow: submit, withdraw, return or accept, and say why.
-- in:   $1 id bigint   $2 If-Match text   $3 body text {action, reason?, comments?: [{indicator?, text}]}   $4 faults jsonb
-- out:  one row: the submission without its values; none when the caller may not see it
-- raises: TD403, TD409 illegal-transition with allowed_actions, TD412 stale-version, TD422 with all faults, TD423 locked
-- note: a return needs a comment since the last submit; its reason is one, and stands for them where there is none
with body as (
    select app.body($3) as b
), asked as materialized (
    select s as s, b from body, app.submission s where s.id = $1::bigint and ($4::jsonb = '[]' or app.refuse($4::jsonb))
), seen as materialized (
    select a.s, a.b, app.expect_step(a.s, a.b ->> 'action', $2) as r from asked a
), said as materialized (
    select c.ord, c.item, btrim(c.item ->> 'text', E' \n\r\t') as text
      from seen n, jsonb_array_elements(n.b -> 'comments') with ordinality as c(item, ord)
), reason as materialized (
    select coalesce(nullif(btrim(n.b ->> 'reason', E' \n\r\t'), ''),
                    case when (n.r).action = 'return' then left(concat_ws(E'\n', app.remarks_since_submit(n.s), (select string_agg(c.text, E'\n' order by c.ord) from said c)), 4000) end) as text
      from seen n
), fault as (
    select app.fault('/reason', 'comment-required', '{}') as f from seen n, reason where (n.r).action = 'return' and reason.text !~ '\S'
    union all
    select app.comment_faults('/comments/' || (c.ord - 1), c.item, n.s) from seen n, said c
    union all
    select app.submit_faults(n.s) from seen n where (n.r).action = 'submit'
), verdict as materialized (
    select n.* from seen n where app.refuse((select coalesce(jsonb_agg(f), '[]') from fault))
), kept as (
    update app.submission t
       set state = (n.r).to_state, reason = reason.text
      from verdict n, reason
     where t.id = (n.s).id and t.version = (n.s).version
    returning t
), told as (
    insert into app.submission_comment (submission_id, unit_id, indicator_id, visibility, text)
    select (k.t).id, (k.t).unit_id, (select i.id from app.indicator i where i.code = c.item ->> 'indicator'), 'shared', c.text
      from kept k, said c order by c.ord
)
select a.*, t.*
  from verdict n
  left join kept k on true
 cross join lateral (select app.expect_kept(k.t) as s) z
 cross join lateral app.submission_summary(z.s, app.grants()) a
 cross join lateral app.answered(200, null, app.submission_etag(z.s), to_json(a)) t
