-- unit_list: units, those alive on a day or all there ever were, one page.
-- in:   $1 within text: code of a unit above   $2 level text   $3 as_of date   $4 q text: name, in any spelling
--       $5 cursor text: code   $6 limit int
-- out:  one row a unit
-- raises: TD400 unknown unit
with ask as materialized (
    select app.refuse_parameters(case when $1::text is null or exists (select from app.unit where code = $1) then '[]'
                                      else jsonb_build_array(jsonb_build_object('parameter', 'within', 'code', 'unknown-unit',
                                                             'params', jsonb_build_object('unit', left($1, 64)))) end) as ok,
           app.fold($4::text) as q
), found as (
    select u.*, k.level, coalesce($3::timestamptz::date, upper(u.valid) - 1, current_date) as day
      from ask, app.unit u
      join app.unit_kind k on k.code = u.kind
     where ok
       and ($2::text is null or k.level = $2)
       and ($3::timestamptz::date is null or u.valid @> $3::timestamptz::date)
       and ($1::text is null or u.id = any (app.unit_ids_below((select id from app.unit where code = $1), $3::timestamptz::date)))
       and (q is null or app.fold(u.code) = q
            or exists (select from app.unit_name n
                        where n.unit_id = u.id and ($3::timestamptz::date is null or n.valid @> $3::timestamptz::date)
                          and (strpos(app.fold(n.name), q) > 0 or exists (select from unnest(n.variants) v where strpos(app.fold(v), q) > 0))))
       and u.code > coalesce($5::text, '')
)
select f.code, f.kind, f.level, app.unit_name_on(f.id, f.day) as name,
       (select c.code from app.unit_code c where c.unit_id = f.id and c.valid @> f.day) as official_code,
       (select p.code from app.unit p where p.id = app.unit_parent_on(f.id, f.day)) as parent,
       lower(f.valid) as valid_from, upper(f.valid) - 1 as valid_to,
       case when lead(true) over (order by f.code) then f.code::text end as _next
  from found f
 order by f.code
 limit coalesce($6::int, 50)
