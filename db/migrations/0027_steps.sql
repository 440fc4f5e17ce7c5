-- migrate:up

-- What every request waits for, in fewer steps: SQL functions with sub-queries and unions cannot be inlined, so that each request would
-- plan them anew and set their plan up for each value.

create or replace function app.value_faults(s app.sent_value, p_kind text, p_all_fields boolean) returns setof jsonb
language plpgsql stable rows 1 as $$
declare
    d constant app.indicator_version := s.definition;
    pair constant boolean := d.entry = 'pair';
    member text;
    fault jsonb;
begin
    if d.id is null then
        return next app.fault(s.pointer || '/indicator', 'unknown-indicator', jsonb_build_object('indicator', left(s.code, 64)));
    end if;
    if d.entry = 'computed' then
        return next app.fault(s.pointer || coalesce('/' || s.given[1], '/indicator'), 'computed-indicator', jsonb_build_object('indicator', s.code));
    end if;
    if not s.asked and d.entry <> 'computed' then
        return next app.fault(s.pointer || '/indicator', 'indicator-not-in-form', jsonb_build_object('indicator', s.code));
    end if;
    if s.asked and not p_kind = any (d.applies_to) then
        return next app.fault(s.pointer || '/indicator', 'indicator-not-for-unit', jsonb_build_object('indicator', s.code));
    end if;
    if s.first <> s.pointer then
        return next app.fault(s.pointer || '/indicator', 'duplicate-indicator', jsonb_build_object('indicator', s.code, 'first', s.first));
    end if;
    if s.asked and not p_all_fields and s.field <> 'culture' then
        return next app.fault(s.pointer || '/indicator', 'not-your-field', jsonb_build_object('indicator', s.code));
    end if;
    if ('missing_reason' = any (s.given) and cardinality(s.given) > 1) or ('value' = any (s.given) and s.given && '{numerator,denominator}')
       or (cardinality(s.given) = 0 and not s.item ? 'value') then
        return next app.fault(s.pointer, 'one-of-value', '{}');
    end if;
    if pair and 'value' = any (s.given) then
        return next app.fault(s.pointer || '/value', 'pair-expected', '{}');
    end if;
    if d.entry = 'value' and s.given && '{numerator,denominator}' then
        foreach member in array s.given loop
            if member in ('numerator', 'denominator') then
                return next app.fault(s.pointer || '/' || member, 'pair-not-expected', '{}');
            end if;
        end loop;
    end if;
    if ('numerator' = any (s.given)) <> ('denominator' = any (s.given)) then
        return next app.fault(s.pointer, 'pair-incomplete', '{}');
    end if;
    if d.entry = 'value' and d.value_type = 'boolean' and 'value' = any (s.given) and jsonb_typeof(s.item -> 'value') <> 'boolean' then
        return next app.fault(s.pointer || '/value', 'boolean-expected', '{}');
    end if;
    if d.value_type <> 'boolean' and d.entry <> 'computed' then
        foreach member in array s.given loop
            if member <> 'missing_reason' then
                foreach fault in array app.number_faults(s.pointer || '/' || member, s.item -> member, d) loop
                    return next fault;
                end loop;
            end if;
        end loop;
    end if;
    if pair and app.number(s.item -> 'numerator') > app.number(s.item -> 'denominator') then
        return next app.fault(s.pointer || '/numerator', 'numerator-exceeds-denominator', '{}');
    end if;
    if pair and app.number(s.item -> 'denominator') <> d.pair_of then
        return next app.fault(s.pointer || '/denominator', 'wrong-denominator', jsonb_build_object('expected', d.pair_of));
    end if;
end $$;

drop function app.number_faults(text, jsonb, app.indicator_version);
create function app.number_faults(pointer text, x jsonb, d app.indicator_version) returns jsonb[]
language plpgsql immutable parallel safe as $$
declare
    kind constant text := jsonb_typeof(x);
    n constant numeric := app.number(x);
    high constant numeric := coalesce(d.high, 999999999999999);
    faults jsonb[] := '{}';
begin
    if kind = 'boolean' or (kind = 'string' and n is null) then
        faults := faults || app.fault(pointer, 'not-a-number', jsonb_build_object('text', left(x #>> '{}', 40)));
    end if;
    if kind in ('string', 'number') and (scale(trim_scale(n)) > d.decimals or (kind = 'string' and d.decimals < 3 and x #>> '{}' ~ '^-?[1-9][0-9]{0,2}\.[0-9]{3}$')) then
        faults := faults || app.fault(pointer, 'too-many-decimals', jsonb_build_object('decimals', d.decimals, 'unit', d.unit_vi));
    end if;
    if n < d.low then
        faults := faults || app.fault(pointer, 'below-minimum', jsonb_build_object('low', d.low, 'unit', d.unit_vi));
    end if;
    if n > high or n < -999999999999999 then
        faults := faults || app.fault(pointer, 'above-maximum', jsonb_build_object('high', high, 'unit', d.unit_vi));
    end if;
    return faults;
end $$;
comment on function app.number_faults is 'What is wrong with one number for this definition.  The text 1.200 may mean 1,200: it is not guessed at.';

create or replace function app.sees_reworking(s app.submission, p_grants text[]) returns boolean
language plpgsql immutable parallel safe as $$
begin
    return s.state <> 'returned' or exists (select from unnest(p_grants) g where split_part(g, '@', 2) = s.unit_id::text);
end $$;

create or replace function app.may_step(s app.submission, r app.transition_rule, p_grants text[]) returns boolean
language plpgsql stable as $$
begin
    return r.role || '@' || case r.side when 'unit' then s.unit_id else s.receiver_id end = any (p_grants)
       and not (r.action = 'submit' and app.wrote(s) and (select f.four_eyes from app.form f where f.id = s.form_id))
       and (r.action <> 'reopen' or exists (select from app.reopen_request q where q.submission_id = s.id
                                               and (q.decision is null or (q.decision = 'grant' and q.decided_at = now()))));
end $$;

create or replace function app.change_forget() returns void
language plpgsql security definer set search_path = app, pg_catalog, pg_temp as $$
begin
    delete from app.change where id in (select o.id from app.change o where o.id in (select x.id from app.change x order by x.id limit 2)
                                           and o.at < now() - interval '91 days' for update skip locked);
end $$;

-- migrate:down
drop function app.number_faults;
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

create or replace function app.value_faults(s app.sent_value, p_kind text, p_all_fields boolean) returns setof jsonb
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

create or replace function app.sees_reworking(s app.submission, p_grants text[]) returns boolean
language sql immutable parallel safe
return s.state <> 'returned' or exists (select from unnest(p_grants) g where split_part(g, '@', 2) = s.unit_id::text);

create or replace function app.may_step(s app.submission, r app.transition_rule, p_grants text[]) returns boolean
language sql stable
return r.role || '@' || case r.side when 'unit' then s.unit_id else s.receiver_id end = any (p_grants)
   and not (r.action = 'submit' and app.wrote(s) and (select f.four_eyes from app.form f where f.id = s.form_id))
   and (r.action <> 'reopen' or exists (select from app.reopen_request q where q.submission_id = s.id and (q.decision is null or q.decision = 'grant' and q.decided_at = now())));

create or replace function app.change_forget() returns void
language sql security definer set search_path = app, pg_catalog, pg_temp
begin atomic
    delete from app.change
     where id in (select o.id from app.change o
                   where o.id in (select x.id from app.change x order by x.id limit 2) and o.at < now() - interval '91 days' for update skip locked);
end;
