-- migrate:up

-- The rules of the numbers: what may be typed in, what is computed, how units and periods add up.

-- Reading what was sent ----------------------------------------------------------------------------

create function app.number(jsonb) returns numeric
language sql immutable parallel safe
return case jsonb_typeof($1)
           when 'number' then $1::numeric
           when 'boolean' then case when $1::boolean then 1 else 0 end
           when 'string' then case when $1 #>> '{}' ~ '^-?[0-9]{1,18}(\.[0-9]{1,12})?$' then ($1 #>> '{}')::numeric end
       end;
comment on function app.number is 'A JSON number, a plain decimal string, or true/false as 1/0; null for anything else: 9.007,4 is not guessed at.';

create type app.sent_value as (
    pointer      text,
    code         text,
    indicator_id int,
    field        text,
    asked        boolean,
    first        text,
    given        text[],
    item         jsonb,
    definition   app.indicator_version
);
comment on type app.sent_value is 'One element of a body''s values beside the definition it speaks of.';

create function app.values_read(p_values jsonb, p_form int, p_day date) returns setof app.sent_value
language sql stable
begin atomic
    select '/values/' || (e.ord - 1), e.item ->> 'indicator', i.id, i.field, f.form_id is not null,
           '/values/' || (min(e.ord) over (partition by e.item ->> 'indicator') - 1),
           array(select k from jsonb_each(e.item) as j(k, v) where k in ('value', 'numerator', 'denominator', 'missing_reason') and v <> 'null'),
           e.item, v
      from jsonb_array_elements(case jsonb_typeof(p_values) when 'array' then p_values else '[]' end) with ordinality as e(item, ord)
      left join app.indicator i on i.code = e.item ->> 'indicator'
      left join app.indicator_version v on v.indicator_id = i.id and v.valid @> p_day
      left join app.form_indicator f on f.form_id = p_form and f.indicator_id = i.id
     where jsonb_typeof(e.item) = 'object' and jsonb_typeof(e.item -> 'indicator') = 'string';
end;
comment on function app.values_read is 'The values of a body, each with its definition on a day.';

create function app.number_faults(pointer text, x jsonb, d app.indicator_version) returns setof jsonb
language sql immutable
begin atomic
    select app.fault(pointer, 'not-a-number', jsonb_build_object('text', left(x #>> '{}', 40)))
     where jsonb_typeof(x) in ('string', 'boolean') and (app.number(x) is null or jsonb_typeof(x) = 'boolean')
    union all
    select app.fault(pointer, 'too-many-decimals', jsonb_build_object('decimals', d.decimals, 'unit', d.unit_vi))
     where jsonb_typeof(x) in ('string', 'number')
       and (scale(trim_scale(app.number(x))) > d.decimals
            or (jsonb_typeof(x) = 'string' and d.decimals < 3 and x #>> '{}' ~ '^-?[1-9][0-9]{0,2}\.[0-9]{3}$'))
    union all
    select app.fault(pointer, 'below-minimum', jsonb_build_object('low', d.low, 'unit', d.unit_vi))
     where app.number(x) < d.low
    union all
    select app.fault(pointer, 'above-maximum', jsonb_build_object('high', coalesce(d.high, 999999999999999), 'unit', d.unit_vi))
     where app.number(x) > coalesce(d.high, 999999999999999) or app.number(x) < -999999999999999;
end;
comment on function app.number_faults is 'What is wrong with one number for this definition.  The text 1.200 may mean 1,200: it is not guessed at.';

create function app.value_faults(s app.sent_value, p_kind text, p_all_fields boolean) returns setof jsonb
language sql stable
begin atomic
    select app.fault(s.pointer || '/indicator', 'unknown-indicator', jsonb_build_object('indicator', left(s.code, 64)))
     where (s.definition).id is null
    union all
    select app.fault(s.pointer || coalesce('/' || s.given[1], '/indicator'), 'computed-indicator', jsonb_build_object('indicator', s.code))
     where (s.definition).entry = 'computed'
    union all
    select app.fault(s.pointer || '/indicator', 'indicator-not-in-form', jsonb_build_object('indicator', s.code))
     where not s.asked and (s.definition).entry <> 'computed'
    union all
    select app.fault(s.pointer || '/indicator', 'indicator-not-for-unit', jsonb_build_object('indicator', s.code))
     where s.asked and not p_kind = any ((s.definition).applies_to)
    union all
    select app.fault(s.pointer || '/indicator', 'duplicate-indicator', jsonb_build_object('indicator', s.code, 'first', s.first))
     where s.first <> s.pointer
    union all
    select app.fault(s.pointer || '/indicator', 'not-your-field', jsonb_build_object('indicator', s.code))
     where s.asked and not p_all_fields and s.field <> 'culture'
    union all
    select app.fault(s.pointer, 'one-of-value', '{}')
     where ('missing_reason' = any (s.given) and cardinality(s.given) > 1)
        or ('value' = any (s.given) and s.given && '{numerator,denominator}')
        or (cardinality(s.given) = 0 and not s.item ? 'value')
    union all
    select app.fault(s.pointer || '/value', 'pair-expected', '{}')
     where (s.definition).entry = 'pair' and 'value' = any (s.given)
    union all
    select app.fault(s.pointer || '/' || g, 'pair-not-expected', '{}')
      from unnest(s.given) g where (s.definition).entry = 'value' and g in ('numerator', 'denominator')
    union all
    select app.fault(s.pointer, 'pair-incomplete', '{}')
     where ('numerator' = any (s.given)) <> ('denominator' = any (s.given))
    union all
    select app.fault(s.pointer || '/value', 'boolean-expected', '{}')
     where (s.definition).entry = 'value' and (s.definition).value_type = 'boolean'
       and 'value' = any (s.given) and jsonb_typeof(s.item -> 'value') <> 'boolean'
    union all
    select f from unnest(s.given) g, app.number_faults(s.pointer || '/' || g, s.item -> g, s.definition) f
     where g <> 'missing_reason' and (s.definition).value_type <> 'boolean' and (s.definition).entry <> 'computed'
    union all
    select app.fault(s.pointer || '/numerator', 'numerator-exceeds-denominator', '{}')
     where (s.definition).entry = 'pair' and app.number(s.item -> 'numerator') > app.number(s.item -> 'denominator')
    union all
    select app.fault(s.pointer || '/denominator', 'wrong-denominator', jsonb_build_object('expected', (s.definition).pair_of))
     where (s.definition).entry = 'pair' and app.number(s.item -> 'denominator') <> (s.definition).pair_of;
end;
comment on function app.value_faults is 'Everything that is wrong with one value, for a unit of this kind; p_all_fields: the caller may enter every field, not culture alone.';

create function app.value_written(s app.sent_value)
returns table (given boolean, value numeric, numerator numeric, denominator numeric, missing_reason text, status text, note text)
language sql immutable
begin atomic
    select cardinality(s.given) > 0, trim_scale(app.number(case when (s.definition).entry = 'pair' then s.item -> 'numerator' else s.item -> 'value' end)),
           trim_scale(app.number(s.item -> 'numerator')), trim_scale(app.number(s.item -> 'denominator')),
           s.item ->> 'missing_reason', coalesce(s.item ->> 'status', 'PROVISIONAL'), s.item ->> 'note';
end;
comment on function app.value_written is 'What is kept of one faultless value; given is false for a value to be cleared.';

create function app.unit_faults(p_unit app.unit, p_form app.form, p_period app.period) returns setof jsonb
language sql stable
begin atomic
    select app.fault('/form', 'form-not-for-unit', jsonb_build_object('form', p_form.code))
     where p_form.level <> (select k.level from app.unit_kind k where k.code = p_unit.kind)
    union all
    select app.fault('/period', 'form-not-for-period', jsonb_build_object('form', p_form.code, 'period', p_period.code))
     where p_form.frequency <> p_period.frequency or not p_form.valid @> p_period.ends_on
    union all
    select app.fault('/unit', 'unit-closed', jsonb_build_object('unit', p_unit.code, 'since', upper(p_unit.valid), 'period', p_period.code))
     where upper(p_unit.valid) <= p_period.starts_on
    union all
    select app.fault('/period', 'period-outside-unit-life', jsonb_build_object('unit', p_unit.code, 'period', p_period.code))
     where not p_unit.valid @> p_period.ends_on and not upper(p_unit.valid) <= p_period.starts_on is true;
end;
comment on function app.unit_faults is 'May this unit report this form for this period?  The last day of the period decides.';

create function app.answer_faults(s app.submission) returns setof jsonb
language sql stable
begin atomic
    select app.fault('/values', 'not-answered', jsonb_build_object('indicator', i.code, 'name', v.name_vi))
      from app.form_indicator f
      join app.indicator i on i.id = f.indicator_id
      join app.period p on p.id = s.period_id
      join app.unit u on u.id = s.unit_id
      join app.indicator_version v on v.indicator_id = i.id and v.valid @> p.ends_on and u.kind = any (v.applies_to)
      left join app.submission_value x on x.submission_id = s.id and x.indicator_id = i.id
     where f.form_id = s.form_id and f.required and x.indicator_id is null
     order by i.sort_order;
end;
comment on function app.answer_faults is 'What is not answered yet.  Zero is an answer and so is a missing_reason; no answer is not zero.';

-- Figures ------------------------------------------------------------------------------------------

create function app.figure_value(d app.indicator_version, p_numerator numeric, p_denominator numeric) returns numeric
language sql immutable parallel safe
return trim_scale(case when d.result = 'total' then p_numerator
                       when p_denominator <> 0 then round(d.scale * p_numerator / p_denominator, d.decimals) end);
comment on function app.figure_value is 'The value of a numerator and denominator: rates are rounded to the indicator''s decimals, here and nowhere before.';

create function app.meets(p_comparator text, p_target numeric, p_figure numeric, p_of numeric) returns text
language sql immutable parallel safe
return case when p_figure is null or p_of is null or p_of <= 0 then null
            when p_comparator = 'GE' and p_figure > p_target * p_of then 'exceeded'
            when p_comparator = 'LE' and p_figure < p_target * p_of then 'exceeded'
            when case p_comparator when 'GE' then p_figure >= p_target * p_of
                                   when 'GT' then p_figure > p_target * p_of
                                   when 'LE' then p_figure <= p_target * p_of
                                   when 'LT' then p_figure < p_target * p_of
                                   when 'EQ' then p_figure = p_target * p_of end then 'met'
            else 'not_met' end;
comment on function app.meets is 'exceeded, met or not_met, on the exact fraction figure / of, never on the rounded value: 32 is not > 32, and 100 % is numerator = denominator.';

create function app.submission_figures(s app.submission)
returns table (indicator_id int, d app.indicator_version, value numeric, numerator numeric, denominator numeric,
               missing_reason text, status text, note text, computed boolean)
language sql stable
begin atomic
    with mine as (
        select v.*, p.ends_on from app.submission_value v, app.period p where v.submission_id = s.id and p.id = s.period_id
    ), computed as (
        select d as def,
               sum(t.coefficient * case t.counts when 'value' then coalesce(m.value, 0) else (m.value is not null)::int end) filter (where t.side = 'numerator') as num,
               sum(t.coefficient * case t.counts when 'value' then coalesce(m.value, 0) else (m.value is not null)::int end) filter (where t.side = 'denominator') as den,
               bool_and(coalesce(m.value is not null or m.missing_reason = 'not_applicable', false)) as complete
          from app.indicator_version d
          join app.indicator_term t on t.version_id = d.id
          join app.period p on p.id = s.period_id and d.valid @> p.ends_on
          left join mine m on m.indicator_id = t.indicator_id
         group by d.id, d.*
        having count(m.indicator_id) > 0
    )
    select m.indicator_id, d, trim_scale(m.value), m.numerator, m.denominator, m.missing_reason, m.status, m.note::text, false
      from mine m join app.indicator_version d on d.indicator_id = m.indicator_id and d.valid @> m.ends_on
    union all
    select (c.def).indicator_id, c.def, app.figure_value(c.def, c.num, c.den), trim_scale(c.num), trim_scale(c.den), null, null, null, true
      from computed c where c.complete is true;
end;
comment on function app.submission_figures is 'What a submission says: entered values, and the totals and rates that follow from them once all their parts are there.';

create function app.accepted_values(p_units int[], p_forms int[], p_periods int[], p_indicators int[])
returns table (unit_id int, form_id int, period_id int, indicator_id int, value numeric, denominator numeric, missing_reason text, status text, invented boolean)
language plpgsql stable set enable_nestloop = on as $$
#variable_conflict use_column
begin
    return query
    select s.unit_id, s.form_id, s.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, s.invented
      from app.submission s
      join app.submission_value v on v.submission_id = s.id and v.indicator_id = any (p_indicators)
     where s.state = 'accepted' and s.form_id = any (p_forms) and s.unit_id = any (p_units) and s.period_id = any (p_periods);
end $$;
comment on function app.accepted_values is 'The accepted figures that a query needs, as far as the caller sees them.';

create function app.cells(p_units int[], p_indicators int[], p_periods int[])
returns table (unit_id int, indicator_id int, period_id int, d app.indicator_version, value numeric, n int, expected int,
               numerator numeric, denominator numeric, flags text[], why text)
language plpgsql stable set enable_nestloop = off as $$ -- the planner cannot know how few or many rows each step has
#variable_conflict use_column
begin
    return query
    with recursive asked as materialized (
        select row_number() over () as aid, i.id as indicator_id, p.id as period_id, d.id as version_id, d.aggregation, d.weight_id, d.applies_to
          from unnest(p_indicators) i(id)
          join app.period p on p.id = any (p_periods)
          left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
    ), need as materialized (   -- the entered figures behind each asked one
        select a.aid, a.period_id, coalesce(t.indicator_id, a.indicator_id) as source_id,
               coalesce(t.side, 'numerator') as side, coalesce(t.coefficient, 1) as coefficient, coalesce(t.counts, 'value') as counts
          from asked a left join app.indicator_term t on t.version_id = a.version_id
        union all
        select a.aid, a.period_id, a.weight_id, 'weight', 1, 'value' from asked a where a.weight_id is not null
    ), tiling as ( -- forms that ask a source, and how their periods tile the asked one
        select k.period_id, k.source_id, f.form_id, q.id as from_id, q.ends_on = p.ends_on as is_last, d.measure, q.id <> p.id as finer,
               array_position('{month,quarter,half,nine_months,year}', q.frequency) as coarseness,
               sum(q.ends_on - q.starts_on + 1) over (partition by k.period_id, k.source_id, f.form_id) = p.ends_on - p.starts_on + 1 as tiles
          from (select distinct source_id, period_id from need) k
          join app.period p on p.id = k.period_id
          join app.indicator_version d on d.indicator_id = k.source_id and d.valid @> p.ends_on
          join app.form_indicator f on f.indicator_id = k.source_id and f.level = 'commune' and f.valid @> p.ends_on
          join app.period q on q.frequency = f.frequency and q.starts_on >= p.starts_on and q.ends_on <= p.ends_on
    ), supply as materialized ( -- the coarsest one serves; flows add up over it, stocks and statuses are those of its last period
        select row_number() over () as sid, t.*
          from (select t.*, max(t.coarseness) over (partition by t.period_id, t.source_id) as best from tiling t where t.tiles) t
         where t.coarseness = t.best and (t.measure = 'flow' or t.is_last)
    ), below as (
        select u.id as unit_id, p.id as period_id, p.ends_on, u.id
          from unnest(p_units) u(id) join app.period p on p.id = any (p_periods)
        union
        select b.unit_id, b.period_id, b.ends_on, x.unit_id
          from below b join app.unit_parent x on x.parent_id = b.id and x.valid @> b.ends_on
    ), reporter as materialized ( -- who is expected to report: commune-level units alive on the period's last day
        select row_number() over () as rid, b.unit_id, b.period_id, b.id, u.kind, x.parent_id,
               b.id = any ((select app.reach('own'))::int[]) or x.parent_id = any ((select app.reach('received'))::int[])
               or x.parent_id = any ((select app.reach('accepted'))::int[]) as in_reach
          from below b
          join app.unit u on u.id = b.id and u.valid @> b.ends_on
          join app.unit_kind k on k.code = u.kind and k.level = 'commune'
          left join app.unit_parent x on x.unit_id = b.id and x.valid @> b.ends_on
    ), accepted as materialized ( -- every accepted figure that is needed, once
        select v.unit_id::bigint << 32 | y.sid as key, v.invented, v.value, v.denominator as den, v.missing_reason, v.status
          from app.accepted_values(array(select distinct r.id from reporter r), array(select distinct y.form_id from supply y),
                                   array(select distinct y.from_id from supply y), array(select distinct y.source_id from supply y)) v
          join supply y on y.form_id = v.form_id and y.from_id = v.period_id and y.source_id = v.indicator_id
    ), source as materialized ( -- one entered figure of one reporter for the asked period
        select r.rid << 32 | s.source_id as key,
               count(*) = count(a.value) + count(*) filter (where a.missing_reason = 'not_applicable') as complete,
               bool_and(coalesce(a.missing_reason = 'not_applicable', false)) as not_applicable,
               sum(a.value) as value, sum(a.den) as den,
               bool_or(a.status = 'ESTIMATE') as estimate, bool_or(a.status <> 'OFFICIAL') as provisional, bool_or(a.invented) as invented,
               bool_or(s.finer and s.measure = 'flow') as accumulated,
               bool_and(r.in_reach or b.id is not null) as visible
          from reporter r
          join supply s on s.period_id = r.period_id
          left join app.publication b on b.unit_id = r.parent_id and b.form_id = s.form_id and b.period_id = s.from_id
          left join accepted a on a.key = (r.id::bigint << 32 | s.sid)
         group by r.rid, s.source_id
    ), part as materialized (   -- one asked figure of one reporter
        select r.unit_id, r.id as reporter_id, r.kind, n.aid,
               coalesce(bool_and(x.complete) filter (where n.side <> 'weight'), false) as own_complete,
               coalesce(bool_and(x.complete), false) as complete,
               bool_and(x.key is not null) as asked_for,
               coalesce(bool_and(x.not_applicable) filter (where n.side <> 'weight'), false) as not_applicable,
               coalesce(bool_and(x.visible), true) as visible,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'numerator') as num,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'denominator') as den,
               sum(x.value) filter (where n.side = 'weight') as weight, sum(x.den) as pair_den,
               bool_or(x.estimate) as estimate, bool_or(x.provisional) as provisional, bool_or(x.invented) as invented, bool_or(x.accumulated) as accumulated
          from reporter r
          join need n on n.period_id = r.period_id
          left join source x on x.key = (r.rid << 32 | n.source_id)
         group by r.rid, r.unit_id, r.id, r.kind, n.aid
    ), fraction as ( -- as numerator and denominator; a unit's own figure needs no weight
        select t.*, a.aggregation, t.unit_id = t.reporter_id as single,
               t.kind = any (a.applies_to) and t.asked_for and not t.not_applicable as expected,
               case when t.unit_id = t.reporter_id then t.own_complete else t.complete end as counted,
               case when a.weight_id is not null and t.unit_id <> t.reporter_id then t.num * t.weight else t.num end as top,
               case when a.weight_id is not null then case when t.unit_id = t.reporter_id then 1 else t.weight end
                    else coalesce(t.den, t.pair_den) end as bottom
          from part t
          join asked a on a.aid = t.aid
    ), total as materialized (
        select f.unit_id::bigint << 32 | f.aid as key, bool_or(f.single) as single, bool_and(f.visible) as visible,
               (count(*) filter (where f.expected))::int as expected, (count(*) filter (where f.expected and f.counted))::int as n,
               sum(f.top) filter (where f.expected and f.counted) as top, sum(f.bottom) filter (where f.expected and f.counted) as bottom,
               count(*) filter (where f.expected and f.counted and f.top >= 1) as true_count,
               count(*) filter (where f.expected and f.counted and f.top >= f.bottom) as complete_count,
               bool_or(f.estimate) filter (where f.expected and f.counted) as estimate, bool_or(f.provisional) filter (where f.expected and f.counted) as provisional,
               bool_or(f.invented) filter (where f.expected and f.counted) as invented, bool_or(f.accumulated) filter (where f.expected and f.counted) as accumulated
          from fraction f group by f.unit_id, f.aid
    ), summed as (
        select u.id as unit_id, a.indicator_id, a.period_id, a.version_id, a.weight_id is not null as mean,
               a.weight_id is not null and t.single as own_mean, t.visible, coalesce(t.expected, 0) as expected, coalesce(t.n, 0) as n,
               t.estimate, t.provisional, t.invented, t.accumulated,
               case when t.n = 0 or not t.visible then null when t.single then t.top
                    when a.aggregation = 'count_true' then t.true_count when a.aggregation = 'count_complete' then t.complete_count
                    else t.top end as top,
               case when t.n = 0 or not t.visible then null when t.single then t.bottom
                    when a.aggregation in ('count_true', 'count_complete') then t.n else t.bottom end as bottom
          from unnest(p_units) u(id) cross join asked a
          left join total t on t.key = (u.id::bigint << 32 | a.aid)
    )
    select s.unit_id, s.indicator_id, s.period_id, d,
           case when s.own_mean then trim_scale(s.top) else app.figure_value(d, s.top, s.bottom) end,
           case when s.visible is false then null else s.n end, s.expected,
           case when s.bottom is not null and not s.own_mean then trim_scale(s.top) end, case when not s.own_mean then trim_scale(s.bottom) end,
           case when s.top is null then '{}'::text[] else array_remove(array[
               case when s.n < s.expected then 'partial' end,
               case when s.estimate or (s.mean and not s.own_mean) then 'estimate' end,
               case when s.provisional then 'provisional' end,
               case when s.accumulated then 'accumulated' end,
               case when s.invented then 'invented' end], null) end,
           case when s.expected = 0 then 'not_expected' when s.visible is false then 'not_published'
                when s.n = 0 then 'not_reported'
                when d.result = 'ratio' and not s.own_mean and coalesce(s.bottom, 0) = 0 then 'zero_denominator' end
      from summed s
      left join app.indicator_version d on d.id = s.version_id; -- not defined yet: nobody is expected to report it
end $$;
comment on function app.cells is 'The aggregate: units × indicators × periods from accepted submissions alone.  Sums for flows and stocks, ratio of sums for rates, a weighted mean for income, counts for statuses; never a mean of rates.  Missing is not zero: n of expected units reported, and a null says why.';

-- Selectors ----------------------------------------------------------------------------------------

create function app.parameter_fault(p_parameter text, p_code text, p_params jsonb default '{}') returns jsonb
language sql immutable parallel safe
return jsonb_build_object('parameter', p_parameter, 'code', p_code, 'params', p_params);
comment on function app.parameter_fault is 'One fault of a query string.';

create function app.codes(p_selector text) returns text[]
language sql immutable parallel safe
return regexp_split_to_array(p_selector, '\s*,\s*');
comment on function app.codes is 'The codes of a selector, commas between.';

create function app.expect_codes(p_unit text default null, p_period text default null, p_form text default null,
                                 p_indicator text default null, p_document text default null) returns boolean
language plpgsql stable as $$
begin
    return app.refuse_parameters((
        select coalesce(jsonb_agg(fault), '[]') from (
            select app.parameter_fault('unit', 'unknown-unit', jsonb_build_object('unit', left(c, 64))) as fault
              from unnest(app.codes(p_unit)) c where not exists (select from app.unit u where u.code = c)
            union all
            select app.parameter_fault('period', 'unknown-period', jsonb_build_object('period', left(c, 64)))
              from unnest(app.codes(p_period)) c where not exists (select from app.period p where p.code = c)
            union all
            select app.parameter_fault('form', 'unknown-form', jsonb_build_object('form', left(p_form, 64)))
             where p_form is not null and not exists (select from app.form f where f.code = p_form)
            union all
            select app.parameter_fault('indicator', 'unknown-indicator', jsonb_build_object('indicator', left(c, 64)))
              from unnest(app.codes(p_indicator)) c where not exists (select from app.indicator i where i.code = c)
            union all
            select app.parameter_fault('document', 'unknown-document', jsonb_build_object('document', left(p_document, 64)))
             where p_document is not null and not exists (select from app.document d where d.code = p_document)) f));
end $$;
comment on function app.expect_codes is '400 for filters that name nothing: an empty list would be taken for an answer.';

create function app.expect_choice(p_parameter text, p_value text, p_choices text[]) returns boolean
language plpgsql immutable as $$
begin
    return p_value is null or p_value = any (p_choices) or app.refuse_parameters(jsonb_build_array(
        app.parameter_fault(p_parameter, 'not-a-choice', jsonb_build_object('choices', array_to_string(p_choices, ', ')))));
end $$;
comment on function app.expect_choice is '400 for anything but these values.';

create function app.select_periods(p_selector text) returns table (id int, ord bigint, fault jsonb)
language sql stable
begin atomic
    select p.id, min(t.ord), case when p.id is null then app.parameter_fault('period', 'unknown-period', jsonb_build_object('period', left(min(t.text), 64))) end
      from unnest(app.codes(p_selector)) with ordinality as t(text, ord)
      left join app.period p on p.code = t.text
     group by p.id, case when p.id is null then t.text end
    union all
    select null, null, app.parameter_fault('period', 'missing-parameter') where p_selector is null;
end;
comment on function app.select_periods is 'Periods of a selector: codes with commas between, in the order asked.';

create function app.select_indicators(p_selector text) returns table (id int, ord bigint, fault jsonb)
language sql stable
begin atomic
    select i.id, min(t.ord), case when i.id is null then app.parameter_fault('indicator', 'unknown-indicator', jsonb_build_object('indicator', left(min(t.text), 64))) end
      from unnest(app.codes(p_selector)) with ordinality as t(text, ord)
      left join app.indicator i on i.code = t.text
     group by i.id, case when i.id is null then t.text end
    union all
    select i.id, i.sort_order, null from app.indicator i where p_selector is null and i.kind <> 'base';
end;
comment on function app.select_indicators is 'Indicators of a selector: codes with commas between, in the order asked; null: the lines of the plan and their components.';

create function app.select_units(p_selector text, p_periods text) returns table (id int, ord bigint, fault jsonb)
language sql stable
begin atomic
    with token as (
        select t.text, t.ord, substring(t.text from '^children\(([^()]*)\)$') as parent
          from unnest(app.codes(p_selector)) with ordinality as t(text, ord)
    ), named as (
        select t.*, u.id, u.code from token t left join app.unit u on u.code = coalesce(t.parent, t.text)
    ), chosen as (
        select n.id, n.ord, n.code::text as code from named n where n.id is not null and n.parent is null
        union all
        select distinct c.id, n.ord, c.code::text
          from named n
          join app.unit_parent x on x.parent_id = n.id
          join app.period p on p.code = any (app.codes(p_periods)) and x.valid @> p.ends_on
          join app.unit c on c.id = x.unit_id and c.valid @> p.ends_on
         where n.parent is not null
    )
    select c.id, min(c.rank), null::jsonb
      from (select c.id, row_number() over (order by c.ord, c.code) as rank from chosen c) c
     group by c.id
    union all
    select null, null, app.parameter_fault('unit', 'unknown-unit', jsonb_build_object('unit', left(n.text, 64))) from named n where n.id is null
    union all
    select null, null, app.parameter_fault('unit', 'missing-parameter') where p_selector is null;
end;
comment on function app.select_units is 'Units of a selector: codes and children(code), commas between; children are those of the asked periods'' last days, by code.';

create function app.refuse_large(p_cells bigint) returns boolean
language plpgsql immutable as $$
begin
    if p_cells > 20000 then
        perform app.problem(413, 'query-too-large', jsonb_build_object('cells', p_cells, 'limit', 20000));
    end if;
    return true;
end $$;
comment on function app.refuse_large is '413 with the count, before anything is computed.';

create function app.refuse_several(p_count bigint, p_parameter text) returns boolean
language plpgsql immutable as $$
begin
    if p_count > 1 then
        perform app.refuse_parameters(jsonb_build_array(app.parameter_fault(p_parameter, 'only-one')));
    end if;
    return true;
end $$;
comment on function app.refuse_several is '400 where a selector may name one thing only.';

-- migrate:down
drop function app.refuse_several, app.refuse_large, app.select_units, app.select_indicators, app.select_periods, app.expect_choice, app.expect_codes, app.codes,
    app.parameter_fault;
drop function app.cells, app.accepted_values, app.submission_figures, app.meets, app.figure_value, app.answer_faults, app.unit_faults, app.value_written, app.value_faults,
    app.number_faults, app.values_read;
drop type app.sent_value;
drop function app.number;
