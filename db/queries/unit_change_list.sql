-- unit_change_list: reorganisations with their links, oldest first, one page.
-- in:   $1 cursor text: code of the last event   $2 limit int
-- out:  one row an event
-- raises: TD400 malformed-parameter (cursor)
select c.code, c.effective_on, c.legal_basis::text as legal_basis, c.note::text as note,
       (select coalesce(json_agg(json_build_object('kind', l.kind, 'from', f.code, 'to', t.code, 'whole', l.whole, 'population', l.population,
                                                   'population_of', l.population_of, 'area_km2', l.area_km2, 'note', l.note,
                                                   'verification', l.verification) order by l.id), '[]')
          from app.unit_change_link l
          join app.unit f on f.id = l.from_unit_id
          left join app.unit t on t.id = l.to_unit_id
         where l.change_id = c.id) as links,
       case when lead(true) over (order by c.effective_on, c.code) then c.code::text end as _next
  from app.unit_change c
 where app.expect_cursor($1::text is null or exists (select from app.unit_change x where x.code = $1))
   and ($1::text is null or (c.effective_on, c.code::text) > (select x.effective_on, x.code::text from app.unit_change x where x.code = $1))
 order by c.effective_on, c.code
 limit coalesce($2::int, 50)
