-- unit_get: one unit with everything dated, its successors and predecessors; a closed unit is still there.
-- in:   $1 code text   $2 as_of date
-- out:  one row
select u.code, u.kind, k.level, app.unit_name_on(u.id, d.day) as name,
       (select c.code from app.unit_code c where c.unit_id = u.id and c.valid @> d.day) as official_code,
       (select p.code from app.unit p where p.id = app.unit_parent_on(u.id, d.day)) as parent,
       lower(u.valid) as valid_from, upper(u.valid) - 1 as valid_to, u.valid @> d.day as alive, d.day as as_of,
       (select coalesce(json_agg(json_build_object('name', n.name, 'name_gso', n.name_gso, 'variants', to_json(n.variants),
                                                   'valid_from', lower(n.valid), 'valid_to', upper(n.valid) - 1) order by lower(n.valid) nulls first), '[]')
          from app.unit_name n where n.unit_id = u.id) as names,
       (select coalesce(json_agg(json_build_object('scheme', c.scheme, 'code', c.code, 'valid_from', lower(c.valid), 'valid_to', upper(c.valid) - 1)
                                 order by lower(c.valid) nulls first), '[]')
          from app.unit_code c where c.unit_id = u.id) as official_codes,
       (select coalesce(json_agg(json_build_object('parent', p.code, 'valid_from', lower(x.valid), 'valid_to', upper(x.valid) - 1)
                                 order by lower(x.valid) nulls first), '[]')
          from app.unit_parent x join app.unit p on p.id = x.parent_id where x.unit_id = u.id) as parents,
       (select coalesce(json_agg(json_build_object('unit', t.code, 'change', c.code, 'effective_on', c.effective_on, 'kind', l.kind,
                                                   'whole', l.whole, 'population', l.population, 'population_of', l.population_of) order by c.effective_on, t.code), '[]')
          from app.unit_change_link l join app.unit_change c on c.id = l.change_id join app.unit t on t.id = l.to_unit_id
         where l.from_unit_id = u.id and l.to_unit_id <> u.id) as successors,
       (select coalesce(json_agg(json_build_object('unit', f.code, 'change', c.code, 'effective_on', c.effective_on, 'kind', l.kind,
                                                   'whole', l.whole, 'population', l.population, 'population_of', l.population_of) order by c.effective_on, f.code), '[]')
          from app.unit_change_link l join app.unit_change c on c.id = l.change_id join app.unit f on f.id = l.from_unit_id
         where l.to_unit_id = u.id and l.from_unit_id <> u.id) as predecessors,
       u.note::text as note, u.source::text as source
  from app.unit u
  join app.unit_kind k on k.code = u.kind
 cross join lateral (select coalesce($2::timestamptz::date, upper(u.valid) - 1, current_date) as day) d
 where u.code = $1
