-- migrate:up

-- The aggregate asked for by a body, where a list is too long for an address.

create function app.selectors_joined(p_list jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
    return (select string_agg(x.text, ',' order by x.ord)
              from jsonb_array_elements_text(case jsonb_typeof(p_list) when 'array' then p_list else '[]' end) with ordinality as x(text, ord));
end $$;
comment on function app.selectors_joined is 'A list of selectors as a parameter has it; null: it is none.';

create function app.data_query_of(p_body jsonb) returns app.data_query
language plpgsql immutable parallel safe as $$
begin
    return row(app.selectors_joined(p_body -> 'unit'), app.selectors_joined(p_body -> 'indicator'), app.selectors_joined(p_body -> 'period'),
               app.selectors_joined(p_body -> 'collapse'), p_body ->> 'status', p_body ->> 'as_of', p_body -> 'explain' = 'true', p_body ->> 'boundaries', true)::app.data_query;
end $$;
comment on function app.data_query_of is 'The query that a body asks.';

create function app.selector_list_faults(p_body jsonb) returns setof jsonb
language plpgsql immutable parallel safe as $$
begin
    return query
    select app.fault('/' || member || '/' || x.ord - 1, 'not-one-selector')
      from unnest('{unit,indicator,period}'::text[]) member
     cross join lateral jsonb_array_elements(case jsonb_typeof(p_body -> member) when 'array' then p_body -> member else '[]' end) with ordinality as x(v, ord)
     where jsonb_typeof(x.v) = 'string' and regexp_replace(x.v #>> '{}', '\([^()]*\)', '', 'g') ~ '[,)]'; -- a bracket that only closes would join it to the one before
end $$;
comment on function app.selector_list_faults is 'Elements that are several selectors, or the end of one: then no pointer could name the one that is wrong.';

create function app.data_query_faults(p_body jsonb, p_shape jsonb) returns jsonb
language plpgsql stable as $$
declare
    told constant jsonb := p_shape || (select coalesce(jsonb_agg(f), '[]') from app.selector_list_faults(p_body) f);
    readable jsonb := p_body;
    pointer text;
begin
    if told = '[]' then -- app.data() finds what else there is
        return told;
    end if;
    if p_shape @> '[{"code": "too-many"}]' or jsonb_array_length(p_shape) >= 100 then -- where fault.c stops: not all are known
        return told;
    end if;
    for pointer in select f ->> 'pointer' from jsonb_array_elements(told) f loop
        readable := jsonb_set(readable, string_to_array(substr(pointer, 2), '/'), '""', false);
    end loop;
    return told || (
        select coalesce(jsonb_agg(f - '{parameter,nth}'::text[] || jsonb_build_object('pointer', x.pointer)), '[]')
          from jsonb_array_elements((app.data_frame(app.data_query_of(readable))).faults) f
         cross join lateral (select concat_ws('/', '', f ->> 'parameter', f ->> 'nth') as pointer) x
         where not exists (select from jsonb_array_elements(told) t where t ->> 'pointer' = x.pointer or starts_with(t ->> 'pointer', x.pointer || '/')));
end $$;
comment on function app.data_query_faults is 'The faults of a body beside those of its shape; none: app.data() finds what else there is.';

create function app.expect_width(p_width int) returns boolean
language plpgsql immutable as $$
begin
    return app.refuse_parameters(case when p_width > 1000 then jsonb_build_array(app.parameter_fault('columns', 'table-too-wide', jsonb_build_object('columns', p_width, 'max', 1000)))
                                      else '[]' end);
end $$;
comment on function app.expect_width is 'A table has 1,000 columns of figures at most.';

-- migrate:down
drop function app.expect_width, app.data_query_faults, app.selector_list_faults, app.data_query_of, app.selectors_joined;
