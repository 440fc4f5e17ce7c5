-- migrate:up

-- What is reported, against what, when: documents, indicators, forms, periods, targets.

-- Documents ----------------------------------------------------------------------------------------

create table app.document (
    id            int generated always as identity primary key,
    code          app.code not null unique,
    kind          text not null check (kind in ('KH', 'CT', 'NQ', 'QD', 'BC', 'LKG', 'OTHER')),
    number        text check (number ~ '^[0-9]+$'),
    symbol        app.line,
    issuer        app.line not null,
    issuer_unit_id int references app.unit,
    issued_on     date,
    issue_place   app.line,
    title         app.prose not null,
    title_as_issued app.prose,
    signer_title  app.line,
    signer_name   app.line,
    verified      boolean not null,
    note          app.prose,
    constraint document_once unique nulls not distinct (issuer, symbol, number, issued_on, title)
);
comment on table app.document is 'Plans, directives, resolutions.  Numbers restart each year per issuer and kind: the plan itself cites two documents numbered 19.';
comment on column app.document.id is 'Internal number.';
comment on column app.document.code is 'Code of our own.';
comment on column app.document.kind is 'Kind, as abbreviated by Decree 30/2020/NĐ-CP: KH plan, CT directive, NQ resolution, QD decision, BC report; LKG = appeal.';
comment on column app.document.number is 'Number; null where none is given.';
comment on column app.document.symbol is 'Symbol after the number, e.g. KH-UBND.';
comment on column app.document.issuer is 'Issuing body: committees, councils and Party bodies.';
comment on column app.document.issuer_unit_id is 'Unit of the issuing body, where it is one of ours.';
comment on column app.document.issued_on is 'Day of issue.';
comment on column app.document.issue_place is 'Place of issue.';
comment on column app.document.title is 'What it is about (trích yếu), slips of the pen corrected.';
comment on column app.document.title_as_issued is 'The wording as issued, where it differs.';
comment on column app.document.signer_title is 'Authority and title of the signer, as signed.';
comment on column app.document.signer_name is 'Signer, as signed.';
comment on column app.document.verified is 'Was the document itself seen, or only cited?';
comment on column app.document.note is 'What to know about it.';

create table app.document_link (
    document_id int not null references app.document,
    relation    text not null check (relation in ('IMPLEMENTS', 'BASED_ON', 'CONTINUES', 'TIED_TO')),
    target_id   int not null references app.document check (target_id <> document_id),
    clause      app.line,
    primary key (document_id, relation, target_id)
);
create index document_link_target on app.document_link (target_id);
comment on table app.document_link is 'How documents refer to each other: a graph, not one parent.';
comment on column app.document_link.document_id is 'The document that refers.';
comment on column app.document_link.relation is 'thực hiện, trên cơ sở, tiếp tục thực hiện, gắn với.';
comment on column app.document_link.target_id is 'The document it refers to.';
comment on column app.document_link.clause is 'Where it does.';

-- Indicators ---------------------------------------------------------------------------------------

create table app.indicator (
    id         int generated always as identity primary key,
    code       app.code not null unique,
    kind       text not null check (kind in ('headline', 'component', 'base')),
    parent_id  int references app.indicator,
    section    text not null check (section in ('kinh_te_xa_hoi', 'quoc_phong_an_ninh', 'bien_so_goc')),
    sort_order int not null unique,
    field      text not null default 'general' check (field in ('general', 'culture'))
);
comment on table app.indicator is 'What can be reported: the plan''s headline lines, their components, and the base variables that rates are computed from.';
comment on column app.indicator.id is 'Internal number.';
comment on column app.indicator.code is 'Code of our own.';
comment on column app.indicator.kind is 'A line of the plan, a part of one, or a base variable.';
comment on column app.indicator.parent_id is 'The line it is a part of.';
comment on column app.indicator.section is 'Section of the plan, 2.3; bien_so_goc = base variables, which the plan does not list.';
comment on column app.indicator.sort_order is 'Order as in the plan.';
comment on column app.indicator.field is 'culture: the culture and information officer may enter it too.';

create table app.indicator_version (
    id            int generated always as identity primary key,
    indicator_id  int not null references app.indicator,
    valid         daterange not null check (not isempty(valid)),
    name_vi       app.line not null,
    name_en       app.line not null,
    unit_vi       app.line not null,
    unit_code     text not null,
    value_type    text not null check (value_type in ('number', 'integer', 'percent', 'boolean', 'criteria_count')),
    decimals      int not null check (decimals between 0 and 6),
    measure       text not null check (measure in ('flow', 'stock', 'status', 'ratio')),
    direction     text not null check (direction in ('higher', 'lower')),
    entry         text not null check (entry in ('value', 'pair', 'computed')),
    result        text not null check (result in ('total', 'ratio')),
    scale         numeric not null default 1 check (scale > 0),
    aggregation   text not null check (aggregation in ('sum', 'ratio_of_sums', 'weighted_mean', 'count_true', 'count_complete')),
    weight_id     int references app.indicator,
    low           numeric,
    high          numeric,
    pair_of       numeric,
    applies_to    text[] not null,
    definition    app.prose,
    constraint indicator_version_one_at_a_time exclude using gist (indicator_id with =, valid with &&),
    constraint indicator_version_weighted check
        ((aggregation = 'weighted_mean') = (weight_id is not null) and (weight_id is null or (result = 'ratio' and entry = 'value'))),
    constraint indicator_version_status check (value_type <> 'boolean' or (measure = 'status' and aggregation = 'count_true'))
);
comment on table app.indicator_version is 'How an indicator is defined, through time.';
comment on column app.indicator_version.id is 'Internal number.';
comment on column app.indicator_version.indicator_id is 'Indicator.';
comment on column app.indicator_version.valid is 'Days on which this definition holds; the last day of a period decides.';
comment on column app.indicator_version.name_vi is 'Vietnamese name, as in the plan.';
comment on column app.indicator_version.name_en is 'English name.';
comment on column app.indicator_version.unit_vi is 'Unit of measure, in Vietnamese.';
comment on column app.indicator_version.unit_code is 'Unit of measure, as a code.';
comment on column app.indicator_version.value_type is 'boolean: met or not; criteria_count: criteria met of a set.';
comment on column app.indicator_version.decimals is 'Decimals of a value as entered and as shown; rates are rounded to them only for showing.';
comment on column app.indicator_version.measure is 'flow: belongs to its period and adds up over time; stock: at a date, never added over time; status: met or not at a date; ratio: computed.';
comment on column app.indicator_version.direction is 'Which way is better.';
comment on column app.indicator_version.entry is 'value: one figure; pair: numerator and denominator; computed: never typed in.';
comment on column app.indicator_version.result is 'total: the numerator is the value; ratio: scale × numerator / denominator is.';
comment on column app.indicator_version.scale is 'Factor of a ratio: 100 for percent.';
comment on column app.indicator_version.aggregation is 'Over units: sum; ratio_of_sums; weighted_mean (an estimate); count_true: units for which it is true; count_complete: units whose numerator reaches the denominator.  Never a mean of rates.';
comment on column app.indicator_version.weight_id is 'Weight of a weighted mean.';
comment on column app.indicator_version.low is 'Least value that is accepted.';
comment on column app.indicator_version.high is 'Greatest value that is accepted.';
comment on column app.indicator_version.pair_of is 'The only denominator of a pair, where it is fixed: 19 criteria.';
comment on column app.indicator_version.applies_to is 'Kinds of unit that report it.';
comment on column app.indicator_version.definition is 'What is counted, what is open or ambiguous in the source, and what was decided.';

create table app.indicator_term (
    version_id   int not null references app.indicator_version,
    side         text not null check (side in ('numerator', 'denominator')),
    indicator_id int not null references app.indicator,
    coefficient  numeric not null default 1,
    counts       text not null default 'value' check (counts in ('value', 'presence')),
    primary key (version_id, side, indicator_id)
);
create index indicator_term_indicator on app.indicator_term (indicator_id);
comment on table app.indicator_term is 'Formula of a computed indicator: sums of entered ones on both sides.';
comment on column app.indicator_term.version_id is 'Definition of the computed indicator.';
comment on column app.indicator_term.side is 'numerator or denominator.';
comment on column app.indicator_term.indicator_id is 'Entered indicator.';
comment on column app.indicator_term.coefficient is 'Factor: 1000 from tonnes to kilograms, −1 for deaths.';
comment on column app.indicator_term.counts is 'presence: 1 where it applies, whatever its value.';

-- Periods ------------------------------------------------------------------------------------------

create table app.period (
    id          int generated always as identity primary key,
    code        text not null unique constraint period_code_shape check (code ~ '^[0-9]{4}(-(H[12]|Q[1-4]|9M|0[1-9]|1[0-2]))?$'),
    frequency   text not null check (frequency in ('month', 'quarter', 'half', 'nine_months', 'year')),
    year        int not null check (year between 1990 and 2100),
    ordinal     int not null check (ordinal between 1 and 12),
    starts_on   date not null,
    ends_on     date not null,
    due_at      timestamptz,
    grace_until timestamptz,
    locks_at    timestamptz,
    version     int not null default 1,
    constraint period_once unique (frequency, year, ordinal),
    constraint period_window check (starts_on <= ends_on),
    constraint period_instants check (due_at <= grace_until and due_at <= locks_at and grace_until <= locks_at and due_at > ends_on)
);
comment on table app.period is 'Reporting periods with their own windows: under Decree 09/2019/NĐ-CP a month runs from the 15th to the 14th.  Never computed from the calendar.';
comment on column app.period.id is 'Internal number.';
comment on column app.period.code is '2022, 2022-H1, 2022-Q1, 2022-9M or 2022-03.';
comment on column app.period.frequency is 'How often such a period comes.';
comment on column app.period.year is 'Reporting year.';
comment on column app.period.ordinal is 'Which one of the year.';
comment on column app.period.starts_on is 'First day.';
comment on column app.period.ends_on is 'Last day (chốt số liệu).';
comment on column app.period.due_at is 'Until when a submission is in time.';
comment on column app.period.grace_until is 'Until when lateness is excused.';
comment on column app.period.locks_at is 'From when nothing of this period may change; null: not locked.';
comment on column app.period.version is 'Row version, for ETag and If-Match.';

-- Forms --------------------------------------------------------------------------------------------

create table app.form (
    id        int generated always as identity primary key,
    code      app.code not null unique,
    name_vi   app.line not null,
    name_en   app.line not null,
    level     text not null check (level in ('commune', 'village')),
    frequency text not null check (frequency in ('month', 'quarter', 'half', 'nine_months', 'year')),
    four_eyes boolean not null default true,
    valid     daterange not null check (not isempty(valid)),
    unique (id, level, frequency, valid)
);
comment on table app.form is 'Which indicators units of a level report how often.';
comment on column app.form.id is 'Internal number.';
comment on column app.form.code is 'Code of our own.';
comment on column app.form.name_vi is 'Vietnamese name.';
comment on column app.form.name_en is 'English name.';
comment on column app.form.level is 'Level of the units that fill it in.';
comment on column app.form.frequency is 'Frequency of its periods.';
comment on column app.form.four_eyes is 'Whoever entered a value may not submit it.';
comment on column app.form.valid is 'Days on which it is in use; the last day of a period decides.';

create table app.form_indicator (
    form_id      int not null,
    indicator_id int not null references app.indicator,
    level        text not null,
    frequency    text not null,
    valid        daterange not null,
    required     boolean not null default true,
    primary key (form_id, indicator_id),
    foreign key (form_id, level, frequency, valid) references app.form (id, level, frequency, valid) on update cascade,
    constraint form_indicator_asked_once exclude using gist (level with =, frequency with =, indicator_id with =, valid with &&)
);
create index form_indicator_indicator on app.form_indicator (indicator_id);
comment on table app.form_indicator is 'Indicators of a form.  The same figure is never asked twice for the same period.';
comment on column app.form_indicator.form_id is 'Form.';
comment on column app.form_indicator.indicator_id is 'Indicator.';
comment on column app.form_indicator.level is 'Level of the form.';
comment on column app.form_indicator.frequency is 'Frequency of the form.';
comment on column app.form_indicator.valid is 'Days on which the form is in use.';
comment on column app.form_indicator.required is 'Must be answered, by a value or a reason why there is none, before the form is submitted.';

-- Targets ------------------------------------------------------------------------------------------

create table app.target (
    id             int generated always as identity primary key,
    unit_id        int not null references app.unit,
    indicator_id   int not null references app.indicator,
    year           int not null check (year between 1990 and 2100),
    document_id    int not null references app.document,
    revision       int not null default 1 check (revision > 0),
    comparator     text not null check (comparator in ('GE', 'GT', 'LE', 'LT', 'EQ')),
    comparator_implied boolean not null default false,
    value          numeric not null,
    text_as_issued app.prose not null,
    baseline_value numeric,
    baseline_year  int,
    is_key         boolean not null default true,
    note           app.prose,
    constraint target_once unique (unit_id, indicator_id, year, document_id, revision)
);
create index target_document on app.target (document_id);
create index target_indicator on app.target (indicator_id, year);
comment on table app.target is 'Levels set by a document.  One indicator may have several in a year, each with its source; a change is a new revision.';
comment on column app.target.id is 'Internal number.';
comment on column app.target.unit_id is 'Unit it is set for.';
comment on column app.target.indicator_id is 'Indicator.';
comment on column app.target.year is 'Year it is set for.';
comment on column app.target.document_id is 'Assigning document.';
comment on column app.target.revision is 'The highest one is in force.';
comment on column app.target.comparator is 'GT is strict: > 32 is not met by exactly 32.';
comment on column app.target.comparator_implied is 'The document gives a bare figure; the comparator was inferred.';
comment on column app.target.value is 'The level; 1 for a status to be reached.';
comment on column app.target.text_as_issued is 'The line as the document has it.';
comment on column app.target.baseline_value is 'Level it starts from, where the document gives one.';
comment on column app.target.baseline_year is 'Year of the baseline.';
comment on column app.target.is_key is 'Named in the plan as a key target (chỉ tiêu trọng tâm).';
comment on column app.target.note is 'What to know about it.';

alter table app.target enable row level security;
alter table app.target force row level security;
create policy seeds on app.target to current_user using (true) with check (true);
create policy in_reach on app.target for select to thidua_api using
    (unit_id = any ((select app.reach('own'))::int[]) or unit_id = any ((select app.reach('received'))::int[])
     or unit_id = any ((select app.reach('accepted'))::int[]));

grant select on app.document, app.document_link, app.indicator, app.indicator_version, app.indicator_term,
                app.period, app.form, app.form_indicator, app.target to thidua_api;
grant insert (code, frequency, year, ordinal, starts_on, ends_on, due_at, grace_until, locks_at) on app.period to thidua_api;
grant update (due_at, grace_until, locks_at, version) on app.period to thidua_api;

create function app.date_or_null(p_text text) returns date
language plpgsql immutable as $$
begin
    return case when p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then p_text::date end;
exception when datetime_field_overflow then
    return null;
end $$;
comment on function app.date_or_null is 'A date of ISO 8601, or null.';

create function app.instant_or_null(p_text text) returns timestamptz
language plpgsql stable as $$
begin
    return case when p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$' then p_text::timestamptz end;
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
    return null;
end $$;
comment on function app.instant_or_null is 'An instant of RFC 3339, or null.';

create function app.period_code_read(p_code text)
returns table (code text, year int, frequency text, ordinal int)
language sql immutable
begin atomic
    select p_code, left(p_code, 4)::int,
           case when p_code ~ '^.{4}$' then 'year' when p_code ~ '9M$' then 'nine_months' when p_code ~ 'H.$' then 'half' when p_code ~ 'Q.$' then 'quarter' else 'month' end,
           case when p_code ~ '^.{4}$' or p_code ~ '9M$' then 1 when p_code ~ '[HQ].$' then right(p_code, 1)::int else right(p_code, 2)::int end
     where p_code ~ '^(199[0-9]|20[0-9][0-9])(-(H[12]|Q[1-4]|9M|0[1-9]|1[0-2]))?$';
end;
comment on function app.period_code_read is 'What a period''s code says; no row when it is none.';

create function app.period_faults(b jsonb, p app.period) returns jsonb
language sql stable
begin atomic
    with now_or_then as (
        select case when b ? 'starts_on' then app.date_or_null(b ->> 'starts_on') else p.starts_on end as starts_on,
               case when b ? 'ends_on' then app.date_or_null(b ->> 'ends_on') else p.ends_on end as ends_on,
               case when b ? 'due_at' then app.instant_or_null(b ->> 'due_at') else p.due_at end as due_at,
               case when b ? 'grace_until' then app.instant_or_null(b ->> 'grace_until') else p.grace_until end as grace_until,
               case when b ? 'locks_at' then app.instant_or_null(b ->> 'locks_at') else p.locks_at end as locks_at
    ), fault as (
        select app.fault('/code', 'not-a-period-code', jsonb_build_object('code', left(b ->> 'code', 64))) as f
         where jsonb_typeof(b -> 'code') = 'string' and not exists (select from app.period_code_read(b ->> 'code'))
        union all
        select app.fault('/ends_on', 'before-start', '{}') from now_or_then where ends_on < starts_on
        union all
        select app.fault('/due_at', 'due-before-end', '{}') from now_or_then where due_at <= ends_on
        union all
        select app.fault('/grace_until', 'grace-before-due', '{}') from now_or_then where grace_until < due_at
        union all
        select app.fault('/locks_at', 'lock-before-due', '{}') from now_or_then where locks_at < due_at or locks_at < grace_until
    )
    select coalesce(jsonb_agg(f), '[]') from fault;
end;
comment on function app.period_faults is 'What is wrong with a new period (p null) or with a change of one.';

create function app.expect_home_affairs() returns boolean
language plpgsql stable as $$
begin
    if cardinality(app.units_of_role('DISTRICT_HOME_AFFAIRS')) = 0 then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;
comment on function app.expect_home_affairs is '403 for everybody but a district''s home affairs office, which defines periods.';

create function app.period_guard() returns trigger
language plpgsql as $$
begin
    if session_user = 'thidua_api' then
        perform app.expect_home_affairs();
    end if;
    new.version := case when tg_op = 'UPDATE' then old.version + 1 else 1 end;
    return new;
end $$;
comment on function app.period_guard is 'Periods are defined by the district''s home affairs office alone.';
create trigger period_guard before insert or update on app.period for each row execute function app.period_guard();

call app.audit_table('app.document');
call app.audit_table('app.document_link');
call app.audit_table('app.indicator');
call app.audit_table('app.indicator_version');
call app.audit_table('app.indicator_term');
call app.audit_table('app.period');
call app.audit_table('app.form');
call app.audit_table('app.form_indicator');
call app.audit_table('app.target');

-- migrate:down
drop function app.period_faults;
drop table app.target, app.form_indicator, app.form, app.period, app.indicator_term, app.indicator_version,
    app.indicator, app.document_link, app.document;
drop function app.period_guard, app.expect_home_affairs, app.period_code_read, app.instant_or_null, app.date_or_null;
