-- indicator_get: one indicator with all its definitions.
-- in:   $1 code text
-- out:  one row
select i.code, i.kind, i.section, p.code as parent, i.sort_order, i.field,
       (select coalesce(json_agg(c.code order by c.sort_order), '[]') from app.indicator c where c.parent_id = i.id) as components,
       (select coalesce(json_agg(json_build_object('valid_from', lower(v.valid), 'valid_to', upper(v.valid) - 1, 'name', v.name_vi, 'name_en', v.name_en,
                   'unit_of_measure', v.unit_vi, 'unit_code', v.unit_code, 'value_type', v.value_type, 'decimals', v.decimals, 'measure', v.measure,
                   'direction', v.direction, 'entry', v.entry, 'result', v.result, 'scale', v.scale, 'aggregation', v.aggregation,
                   'weight', (select w.code from app.indicator w where w.id = v.weight_id), 'low', v.low, 'high', v.high, 'pair_of', v.pair_of,
                   'applies_to', to_json(v.applies_to), 'definition', v.definition,
                   'formula', (select json_agg(json_build_object('side', t.side, 'indicator', s.code, 'coefficient', t.coefficient, 'counts', t.counts)
                                               order by t.side desc, s.sort_order)
                                 from app.indicator_term t join app.indicator s on s.id = t.indicator_id where t.version_id = v.id))
                order by lower(v.valid) nulls first), '[]')
          from app.indicator_version v where v.indicator_id = i.id) as versions
  from app.indicator i
  left join app.indicator p on p.id = i.parent_id
 where i.code = $1
