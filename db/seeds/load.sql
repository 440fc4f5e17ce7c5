-- Loads the files of this folder: all or nothing, and a second time changes nothing.
-- From this folder, as the owner of the database:
--     psql -X -v ON_ERROR_STOP=1 --single-transaction -f load.sql
-- A row that is missing is inserted, one that differs is changed, no other row is written; none is deleted.

\encoding UTF8
set local datestyle = iso;

create or replace function pg_temp.id_of(p_table regclass, p_code text) returns int
language plpgsql stable as $$
declare
    found_id int;
begin
    if p_code is null then
        return null;
    end if;
    execute format('select id from %s where code = $1', p_table) into found_id using p_code;
    if found_id is null then
        raise exception 'no such code in %: %', p_table, p_code;
    end if;
    return found_id;
end $$;

create or replace function pg_temp.days(p_first date, p_last date) returns daterange
language sql immutable
return daterange(p_first, p_last, '[]');

create or replace function pg_temp.list(p_items text) returns text[]
language sql immutable
return coalesce(string_to_array(p_items, '; '), '{}');

-- Units --------------------------------------------------------------------------------------------
-- A dated row is known by its first day.  Rows are changed before any is added: one that is to end makes
-- room for the next.

create temporary table units (code text, kind text, valid_from date, valid_to date, note text, source text)
    on commit drop;
\copy units from 'units.csv' with (format csv, header match)

merge into app.unit t
using (select code, kind, pg_temp.days(valid_from, valid_to) as valid, note, source from units) s
on t.code = s.code
when matched and (t.kind, t.valid, t.note, t.source) is distinct from (s.kind, s.valid, s.note, s.source) then
    update set kind = s.kind, valid = s.valid, note = s.note, source = s.source
when not matched then
    insert (code, kind, valid, note, source) values (s.code, s.kind, s.valid, s.note, s.source);

create temporary table unit_names
   (unit text, name text, name_gso text, variants text, valid_from date, valid_to date)
    on commit drop;
\copy unit_names from 'unit_names.csv' with (format csv, header match)
create or replace temporary view unit_name_seed as
select pg_temp.id_of('app.unit', unit) as unit_id, name, name_gso, pg_temp.list(variants) as variants,
       pg_temp.days(valid_from, valid_to) as valid
  from unit_names;

update app.unit_name t set name = s.name, name_gso = s.name_gso, variants = s.variants, valid = s.valid
  from unit_name_seed s
 where t.unit_id = s.unit_id and lower(t.valid) is not distinct from lower(s.valid)
   and (t.name, t.name_gso, t.variants, t.valid) is distinct from (s.name, s.name_gso, s.variants, s.valid);
insert into app.unit_name (unit_id, name, name_gso, variants, valid)
select unit_id, name, name_gso, variants, valid
  from unit_name_seed s
 where not exists (select from app.unit_name t where t.unit_id = s.unit_id and t.valid = s.valid);

create temporary table unit_codes (unit text, scheme text, code text, valid_from date, valid_to date)
    on commit drop;
\copy unit_codes from 'unit_codes.csv' with (format csv, header match)
create or replace temporary view unit_code_seed as
select pg_temp.id_of('app.unit', unit) as unit_id, scheme, code, pg_temp.days(valid_from, valid_to) as valid
  from unit_codes;

update app.unit_code t set code = s.code, valid = s.valid
  from unit_code_seed s
 where t.unit_id = s.unit_id and t.scheme = s.scheme and lower(t.valid) is not distinct from lower(s.valid)
   and (t.code, t.valid) is distinct from (s.code, s.valid);
insert into app.unit_code (unit_id, scheme, code, valid)
select unit_id, scheme, code, valid
  from unit_code_seed s
 where not exists (select from app.unit_code t
                    where t.unit_id = s.unit_id and t.scheme = s.scheme and t.valid = s.valid);

create temporary table unit_parents (unit text, parent text, valid_from date, valid_to date)
    on commit drop;
\copy unit_parents from 'unit_parents.csv' with (format csv, header match)
create or replace temporary view unit_parent_seed as
select pg_temp.id_of('app.unit', unit) as unit_id, pg_temp.id_of('app.unit', parent) as parent_id,
       pg_temp.days(valid_from, valid_to) as valid
  from unit_parents;

update app.unit_parent t set parent_id = s.parent_id, valid = s.valid
  from unit_parent_seed s
 where t.unit_id = s.unit_id and lower(t.valid) is not distinct from lower(s.valid)
   and (t.parent_id, t.valid) is distinct from (s.parent_id, s.valid);
insert into app.unit_parent (unit_id, parent_id, valid)
select unit_id, parent_id, valid
  from unit_parent_seed s
 where not exists (select from app.unit_parent t where t.unit_id = s.unit_id and t.valid = s.valid);

create temporary table unit_changes (code text, effective_on date, legal_basis text, note text)
    on commit drop;
\copy unit_changes from 'unit_changes.csv' with (format csv, header match)

merge into app.unit_change t
using unit_changes s
on t.code = s.code
when matched and (t.effective_on, t.legal_basis, t.note)
                 is distinct from (s.effective_on, s.legal_basis, s.note) then
    update set effective_on = s.effective_on, legal_basis = s.legal_basis, note = s.note
when not matched then
    insert (code, effective_on, legal_basis, note) values (s.code, s.effective_on, s.legal_basis, s.note);

create temporary table unit_change_links
   (change text, kind text, from_unit text, to_unit text, whole boolean,
    population int, population_of int, area_km2 numeric, note text, verification text)
    on commit drop;
\copy unit_change_links from 'unit_change_links.csv' with (format csv, header match)

merge into app.unit_change_link t
using (select pg_temp.id_of('app.unit_change', change) as change_id, kind,
              pg_temp.id_of('app.unit', from_unit) as from_unit_id, pg_temp.id_of('app.unit', to_unit) as to_unit_id,
              whole, population, population_of, area_km2, note, verification
         from unit_change_links) s
on t.change_id = s.change_id and t.kind = s.kind and t.from_unit_id = s.from_unit_id
   and t.to_unit_id is not distinct from s.to_unit_id
when matched and (t.whole, t.population, t.population_of, t.area_km2, t.note, t.verification)
                 is distinct from (s.whole, s.population, s.population_of, s.area_km2, s.note, s.verification) then
    update set whole = s.whole, population = s.population, population_of = s.population_of,
               area_km2 = s.area_km2, note = s.note, verification = s.verification
when not matched then
    insert (change_id, kind, from_unit_id, to_unit_id, whole, population, population_of, area_km2,
            note, verification)
    values (s.change_id, s.kind, s.from_unit_id, s.to_unit_id, s.whole, s.population, s.population_of, s.area_km2,
            s.note, s.verification);

create temporary table unit_groups (code text, name_vi text, name_en text, note text)
    on commit drop;
\copy unit_groups from 'unit_groups.csv' with (format csv, header match)

merge into app.unit_group t
using unit_groups s on t.code = s.code
when matched and (t.name_vi, t.name_en, t.note) is distinct from (s.name_vi, s.name_en, s.note) then
    update set name_vi = s.name_vi, name_en = s.name_en, note = s.note
when not matched then
    insert (code, name_vi, name_en, note) values (s.code, s.name_vi, s.name_en, s.note);

create temporary table unit_group_members ("group" text, unit text, valid_from date, valid_to date)
    on commit drop;
\copy unit_group_members from 'unit_group_members.csv' with (format csv, header match)

merge into app.unit_group_member t
using (select pg_temp.id_of('app.unit_group', "group") as group_id, pg_temp.id_of('app.unit', unit) as unit_id,
              pg_temp.days(valid_from, valid_to) as valid
         from unit_group_members) s
on t.group_id = s.group_id and t.unit_id = s.unit_id and lower(t.valid) is not distinct from lower(s.valid)
when matched and t.valid is distinct from s.valid then
    update set valid = s.valid
when not matched then
    insert (group_id, unit_id, valid) values (s.group_id, s.unit_id, s.valid);

-- Documents ----------------------------------------------------------------------------------------

create temporary table documents
   (code text, kind text, number text, symbol text, issuer text, issuer_unit text, issued_on date,
    issue_place text, title text, title_as_issued text, signer_title text, signer_name text, verified boolean,
    note text)
    on commit drop;
\copy documents from 'documents.csv' with (format csv, header match)

merge into app.document t
using (select d.*, pg_temp.id_of('app.unit', issuer_unit) as issuer_unit_id from documents d) s
on t.code = s.code
when matched and (t.kind, t.number, t.symbol, t.issuer, t.issuer_unit_id, t.issued_on, t.issue_place, t.title,
                  t.title_as_issued, t.signer_title, t.signer_name, t.verified, t.note)
                 is distinct from
                 (s.kind, s.number, s.symbol, s.issuer, s.issuer_unit_id, s.issued_on, s.issue_place, s.title,
                  s.title_as_issued, s.signer_title, s.signer_name, s.verified, s.note) then
    update set kind = s.kind, number = s.number, symbol = s.symbol, issuer = s.issuer,
               issuer_unit_id = s.issuer_unit_id, issued_on = s.issued_on, issue_place = s.issue_place,
               title = s.title, title_as_issued = s.title_as_issued,
               signer_title = s.signer_title, signer_name = s.signer_name, verified = s.verified, note = s.note
when not matched then
    insert (code, kind, number, symbol, issuer, issuer_unit_id, issued_on, issue_place, title, title_as_issued,
            signer_title, signer_name, verified, note)
    values (s.code, s.kind, s.number, s.symbol, s.issuer, s.issuer_unit_id, s.issued_on, s.issue_place, s.title,
            s.title_as_issued, s.signer_title, s.signer_name, s.verified, s.note);

create temporary table document_links (document text, relation text, target text, clause text)
    on commit drop;
\copy document_links from 'document_links.csv' with (format csv, header match)

merge into app.document_link t
using (select pg_temp.id_of('app.document', document) as document_id, relation,
              pg_temp.id_of('app.document', target) as target_id, clause
         from document_links) s
on t.document_id = s.document_id and t.relation = s.relation and t.target_id = s.target_id
when matched and t.clause is distinct from s.clause then
    update set clause = s.clause
when not matched then
    insert (document_id, relation, target_id, clause) values (s.document_id, s.relation, s.target_id, s.clause);

-- Indicators ---------------------------------------------------------------------------------------

create temporary table indicators (code text, kind text, parent text, section text, sort_order int, field text)
    on commit drop;
\copy indicators from 'indicators.csv' with (format csv, header match)

merge into app.indicator t
using indicators s
on t.code = s.code
when matched and (t.kind, t.section, t.sort_order, t.field)
                 is distinct from (s.kind, s.section, s.sort_order, s.field) then
    update set kind = s.kind, section = s.section, sort_order = s.sort_order, field = s.field
when not matched then
    insert (code, kind, section, sort_order, field) values (s.code, s.kind, s.section, s.sort_order, s.field);

-- Parents stand in the same table.
update app.indicator t set parent_id = s.parent_id
  from (select code, pg_temp.id_of('app.indicator', parent) as parent_id from indicators) s
 where t.code = s.code and t.parent_id is distinct from s.parent_id;

create temporary table indicator_versions
   (indicator text, valid_from date, valid_to date, name_vi text, name_en text, unit_vi text, unit_code text,
    value_type text, decimals int, measure text, direction text, entry text, result text, scale numeric,
    aggregation text, weight text, low numeric, high numeric, pair_of numeric, applies_to text, definition text)
    on commit drop;
\copy indicator_versions from 'indicator_versions.csv' with (format csv, header match)
create or replace temporary view indicator_version_seed as
select pg_temp.id_of('app.indicator', indicator) as indicator_id, pg_temp.days(valid_from, valid_to) as valid,
       name_vi, name_en, unit_vi, unit_code, value_type, decimals, measure, direction, entry, result, scale,
       aggregation, pg_temp.id_of('app.indicator', weight) as weight_id, low, high, pair_of,
       pg_temp.list(applies_to) as applies_to, definition
  from indicator_versions;

update app.indicator_version t
   set valid = s.valid, name_vi = s.name_vi, name_en = s.name_en, unit_vi = s.unit_vi, unit_code = s.unit_code,
       value_type = s.value_type, decimals = s.decimals, measure = s.measure, direction = s.direction,
       entry = s.entry, result = s.result, scale = s.scale, aggregation = s.aggregation, weight_id = s.weight_id,
       low = s.low, high = s.high, pair_of = s.pair_of, applies_to = s.applies_to, definition = s.definition
  from indicator_version_seed s
 where t.indicator_id = s.indicator_id and lower(t.valid) is not distinct from lower(s.valid)
   and (t.valid, t.name_vi, t.name_en, t.unit_vi, t.unit_code, t.value_type, t.decimals, t.measure, t.direction,
        t.entry, t.result, t.scale, t.aggregation, t.weight_id, t.low, t.high, t.pair_of, t.applies_to, t.definition)
       is distinct from
       (s.valid, s.name_vi, s.name_en, s.unit_vi, s.unit_code, s.value_type, s.decimals, s.measure, s.direction,
        s.entry, s.result, s.scale, s.aggregation, s.weight_id, s.low, s.high, s.pair_of, s.applies_to, s.definition);
insert into app.indicator_version
      (indicator_id, valid, name_vi, name_en, unit_vi, unit_code, value_type, decimals, measure, direction,
       entry, result, scale, aggregation, weight_id, low, high, pair_of, applies_to, definition)
select indicator_id, valid, name_vi, name_en, unit_vi, unit_code, value_type, decimals, measure, direction,
       entry, result, scale, aggregation, weight_id, low, high, pair_of, applies_to, definition
  from indicator_version_seed s
 where not exists (select from app.indicator_version t
                    where t.indicator_id = s.indicator_id and t.valid = s.valid);

create temporary table indicator_terms
   (indicator text, valid_from date, side text, term text, coefficient numeric, counts text)
    on commit drop;
\copy indicator_terms from 'indicator_terms.csv' with (format csv, header match)

merge into app.indicator_term t
using (select v.id as version_id, f.side, pg_temp.id_of('app.indicator', f.term) as indicator_id,
              f.coefficient, f.counts
         from indicator_terms f
         left join app.indicator_version v on v.indicator_id = pg_temp.id_of('app.indicator', f.indicator)
              and lower(v.valid) is not distinct from f.valid_from) s
on t.version_id = s.version_id and t.side = s.side and t.indicator_id = s.indicator_id
when matched and (t.coefficient, t.counts) is distinct from (s.coefficient, s.counts) then
    update set coefficient = s.coefficient, counts = s.counts
when not matched then
    insert (version_id, side, indicator_id, coefficient, counts)
    values (s.version_id, s.side, s.indicator_id, s.coefficient, s.counts);

-- Periods ------------------------------------------------------------------------------------------
-- When a period is due, excused and locked is for the district to say: what it set is left alone.

create temporary table periods (code text, frequency text, year int, ordinal int, starts_on date, ends_on date,
    due_at timestamptz, grace_until timestamptz, locks_at timestamptz)
    on commit drop;
\copy periods from 'periods.csv' with (format csv, header match)

merge into app.period t
using periods s
on t.code = s.code
when matched and (t.frequency, t.year, t.ordinal, t.starts_on, t.ends_on)
                 is distinct from (s.frequency, s.year, s.ordinal, s.starts_on, s.ends_on) then
    update set frequency = s.frequency, year = s.year, ordinal = s.ordinal,
               starts_on = s.starts_on, ends_on = s.ends_on
when not matched then
    insert (code, frequency, year, ordinal, starts_on, ends_on, due_at, grace_until, locks_at)
    values (s.code, s.frequency, s.year, s.ordinal, s.starts_on, s.ends_on, s.due_at, s.grace_until, s.locks_at);

-- Forms --------------------------------------------------------------------------------------------

create temporary table forms (code text, name_vi text, name_en text, level text, frequency text, four_eyes boolean,
    valid_from date, valid_to date)
    on commit drop;
\copy forms from 'forms.csv' with (format csv, header match)

merge into app.form t
using (select f.*, pg_temp.days(valid_from, valid_to) as valid from forms f) s
on t.code = s.code
when matched and (t.name_vi, t.name_en, t.level, t.frequency, t.four_eyes, t.valid)
                 is distinct from (s.name_vi, s.name_en, s.level, s.frequency, s.four_eyes, s.valid) then
    update set name_vi = s.name_vi, name_en = s.name_en, level = s.level, frequency = s.frequency,
               four_eyes = s.four_eyes, valid = s.valid
when not matched then
    insert (code, name_vi, name_en, level, frequency, four_eyes, valid)
    values (s.code, s.name_vi, s.name_en, s.level, s.frequency, s.four_eyes, s.valid);

create temporary table form_indicators (form text, indicator text, required boolean)
    on commit drop;
\copy form_indicators from 'form_indicators.csv' with (format csv, header match)

merge into app.form_indicator t
using (select f.id as form_id, f.level, f.frequency, f.valid,
              pg_temp.id_of('app.indicator', q.indicator) as indicator_id, q.required
         from form_indicators q left join app.form f on f.id = pg_temp.id_of('app.form', q.form)) s
on t.form_id = s.form_id and t.indicator_id = s.indicator_id
when matched and t.required is distinct from s.required then
    update set required = s.required
when not matched then
    insert (form_id, indicator_id, level, frequency, valid, required)
    values (s.form_id, s.indicator_id, s.level, s.frequency, s.valid, s.required);

-- Targets ------------------------------------------------------------------------------------------

create temporary table targets
   (unit text, indicator text, year int, document text, revision int, comparator text,
    comparator_implied boolean, value numeric, text_as_issued text, baseline_value numeric, baseline_year int,
    is_key boolean, note text)
    on commit drop;
\copy targets from 'targets.csv' with (format csv, header match)

merge into app.target t
using (select q.*, pg_temp.id_of('app.unit', unit) as unit_id,
              pg_temp.id_of('app.indicator', indicator) as indicator_id,
              pg_temp.id_of('app.document', document) as document_id
         from targets q) s
on t.unit_id = s.unit_id and t.indicator_id = s.indicator_id and t.year = s.year
   and t.document_id = s.document_id and t.revision = s.revision
when matched and (t.comparator, t.comparator_implied, t.value, t.text_as_issued, t.baseline_value,
                  t.baseline_year, t.is_key, t.note)
                 is distinct from
                 (s.comparator, s.comparator_implied, s.value, s.text_as_issued, s.baseline_value,
                  s.baseline_year, s.is_key, s.note) then
    update set comparator = s.comparator, comparator_implied = s.comparator_implied, value = s.value,
               text_as_issued = s.text_as_issued, baseline_value = s.baseline_value,
               baseline_year = s.baseline_year, is_key = s.is_key, note = s.note
when not matched then
    insert (unit_id, indicator_id, year, document_id, revision, comparator, comparator_implied, value,
            text_as_issued, baseline_value, baseline_year, is_key, note)
    values (s.unit_id, s.indicator_id, s.year, s.document_id, s.revision, s.comparator, s.comparator_implied,
            s.value, s.text_as_issued, s.baseline_value, s.baseline_year, s.is_key, s.note);

-- Rules --------------------------------------------------------------------------------------------

create temporary table rules (code text, kind text, severity text, valid_from date, valid_to date, low numeric, high numeric,
    name_vi text, name_en text, source text)
    on commit drop;
\copy rules from 'rules.csv' with (format csv, header match)

merge into app.rule t
using (select r.*, pg_temp.days(valid_from, valid_to) as valid from rules r) s
on t.code = s.code
when matched and (t.kind, t.severity, t.valid, t.low, t.high, t.name_vi, t.name_en, t.source)
                 is distinct from (s.kind, s.severity, s.valid, s.low, s.high, s.name_vi, s.name_en, s.source) then
    update set kind = s.kind, severity = s.severity, valid = s.valid, low = s.low, high = s.high,
               name_vi = s.name_vi, name_en = s.name_en, source = s.source
when not matched then
    insert (code, kind, severity, valid, low, high, name_vi, name_en, source)
    values (s.code, s.kind, s.severity, s.valid, s.low, s.high, s.name_vi, s.name_en, s.source);

create temporary table rule_terms (rule text, side text, taken text, indicator text, coefficient numeric)
    on commit drop;
\copy rule_terms from 'rule_terms.csv' with (format csv, header match)

merge into app.rule_term t
using (select pg_temp.id_of('app.rule', k.rule) as rule_id, k.side, k.taken, pg_temp.id_of('app.indicator', k.indicator) as indicator_id, k.coefficient
         from rule_terms k) s
on t.rule_id = s.rule_id and t.side = s.side and t.taken = s.taken and t.indicator_id = s.indicator_id
when matched and t.coefficient is distinct from s.coefficient then
    update set coefficient = s.coefficient
when not matched then
    insert (rule_id, side, taken, indicator_id, coefficient)
    values (s.rule_id, s.side, s.taken, s.indicator_id, s.coefficient);
