-- migrate:up

-- Without a target there is no verdict, whatever the comparison of a figure with nothing may yield.

create or replace function app.verdict(c app.data_cell, t app.target) returns text
language sql immutable
return case when t.id is not null
            then app.meets(t.comparator, t.value, case when (c.d).result = 'ratio' then (c.d).scale * coalesce(c.numerator, c.value) else c.value end,
                           case when (c.d).result = 'ratio' then coalesce(c.denominator, 1) else 1 end) end;

-- migrate:down

create or replace function app.verdict(c app.data_cell, t app.target) returns text
language sql immutable
return app.meets(t.comparator, t.value, case when (c.d).result = 'ratio' then (c.d).scale * coalesce(c.numerator, c.value) else c.value end,
                 case when (c.d).result = 'ratio' then coalesce(c.denominator, 1) else 1 end);
