-- migrate:up

-- The aggregate asked for by a body, where a list is too long for an address.

create function app.selectors_joined(p_list jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
    return (select string_agg(x.text, ',' order by x.ord) from jsonb_array_elements_text(p_list) with ordinality as x(text, ord));
end $$;
comment on function app.selectors_joined is 'A list of selectors as a parameter has it.';

create function app.selector_list_faults(p_body jsonb) returns setof jsonb
language plpgsql immutable parallel safe as $$
begin
    return query
    select app.fault('/' || member || '/' || x.ord - 1, 'not-one-selector', '{}')
      from unnest('{unit,indicator,period}'::text[]) member
     cross join lateral jsonb_array_elements_text(case jsonb_typeof(p_body -> member) when 'array' then p_body -> member else '[]' end) with ordinality as x(text, ord)
     where (select count(*) from app.selectors(x.text)) > 1
     order by member, x.ord;
end $$;
comment on function app.selector_list_faults is 'Elements that are several selectors: then no pointer could name the one that is wrong.';

create function app.data_query_of(p_body jsonb) returns app.data_query
language plpgsql immutable parallel safe as $$
begin
    return row(app.selectors_joined(p_body -> 'unit'), app.selectors_joined(p_body -> 'indicator'), app.selectors_joined(p_body -> 'period'),
               app.selectors_joined(p_body -> 'collapse'), p_body ->> 'status', p_body ->> 'as_of', (p_body ->> 'explain')::boolean, p_body ->> 'boundaries', true)::app.data_query;
end $$;
comment on function app.data_query_of is 'The query that a body asks.';

create function app.expect_width(p_width int) returns boolean
language plpgsql immutable as $$
begin
    return app.refuse_parameters(case when p_width > 1000 then jsonb_build_array(app.parameter_fault('columns', 'table-too-wide', jsonb_build_object('columns', p_width, 'max', 1000)))
                                      else '[]' end);
end $$;
comment on function app.expect_width is 'A table has 1,000 columns of figures at most.';

-- migrate:down
drop function app.expect_width, app.data_query_of, app.selector_list_faults, app.selectors_joined;
