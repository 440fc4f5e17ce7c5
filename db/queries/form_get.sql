-- form_get: one form with its indicators in the plan's order, as defined on a day.
-- in:   $1 code text   $2 as_of date
-- out:  one row
select f.code, f.name_vi::text as name, f.name_en::text as name_en, f.level, f.frequency, f.four_eyes,
       lower(f.valid) as valid_from, upper(f.valid) - 1 as valid_to,
       (select coalesce(json_agg(json_build_object('indicator', i.code, 'name', v.name_vi, 'name_en', v.name_en, 'unit_of_measure', v.unit_vi,
                   'value_type', v.value_type, 'entry', v.entry, 'decimals', v.decimals, 'low', v.low, 'high', v.high, 'pair_of', v.pair_of,
                   'applies_to', to_json(v.applies_to), 'required', x.required) order by i.sort_order), '[]')
          from app.form_indicator x
          join app.indicator i on i.id = x.indicator_id
          join app.indicator_version v on v.indicator_id = i.id and v.valid @> coalesce($2::timestamptz::date, current_date)
         where x.form_id = f.id) as indicators
  from app.form f
 where f.code = $1
