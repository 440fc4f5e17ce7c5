-- What db/migrations add up to.  Made by tests/schema/check --update, compared by tests/schema/check.


SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA app;

COMMENT ON SCHEMA app IS 'Emulation and indicator reporting of the communes of a district.';

CREATE COLLATION app.natural_order (provider = icu, locale = 'en-u-kn-true');

COMMENT ON COLLATION app.natural_order IS 'Sorts /values/2 before /values/10.';

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA app;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA app;

COMMENT ON EXTENSION unaccent IS 'text search dictionary that removes accents';

CREATE DOMAIN app.code AS text
	CONSTRAINT code_check CHECK ((VALUE ~ '^[a-z0-9][a-z0-9_-]{0,63}$'::text));

COMMENT ON DOMAIN app.code IS 'A code of our own: stable, never reused, fit for URLs.';

CREATE DOMAIN app.line AS text
	CONSTRAINT line_check CHECK (((VALUE IS NFC NORMALIZED) AND (VALUE !~ '[[:cntrl:]]'::text) AND (VALUE <> ''::text) AND (length(VALUE) <= 500)));

COMMENT ON DOMAIN app.line IS 'One line written by people, NFC (Unicode TR 15), at most 500 characters.';

CREATE DOMAIN app.prose AS text
	CONSTRAINT prose_check CHECK (((VALUE IS NFC NORMALIZED) AND (length(VALUE) <= 10000)));

COMMENT ON DOMAIN app.prose IS 'Text written by people, NFC, at most 10,000 characters.';

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE app.indicator_version (
    id integer NOT NULL,
    indicator_id integer NOT NULL,
    valid daterange NOT NULL,
    name_vi app.line NOT NULL,
    name_en app.line NOT NULL,
    unit_vi app.line NOT NULL,
    unit_code text NOT NULL,
    value_type text NOT NULL,
    decimals integer NOT NULL,
    measure text NOT NULL,
    direction text NOT NULL,
    entry text NOT NULL,
    result text NOT NULL,
    scale numeric DEFAULT 1 NOT NULL,
    aggregation text NOT NULL,
    weight_id integer,
    low numeric,
    high numeric,
    pair_of numeric,
    applies_to text[] NOT NULL,
    definition app.prose,
    CONSTRAINT indicator_version_aggregation_check CHECK ((aggregation = ANY (ARRAY['sum'::text, 'ratio_of_sums'::text, 'weighted_mean'::text, 'count_true'::text, 'count_complete'::text]))),
    CONSTRAINT indicator_version_decimals_check CHECK (((decimals >= 0) AND (decimals <= 6))),
    CONSTRAINT indicator_version_direction_check CHECK ((direction = ANY (ARRAY['higher'::text, 'lower'::text]))),
    CONSTRAINT indicator_version_entry_check CHECK ((entry = ANY (ARRAY['value'::text, 'pair'::text, 'computed'::text]))),
    CONSTRAINT indicator_version_measure_check CHECK ((measure = ANY (ARRAY['flow'::text, 'stock'::text, 'status'::text, 'ratio'::text]))),
    CONSTRAINT indicator_version_result_check CHECK ((result = ANY (ARRAY['total'::text, 'ratio'::text]))),
    CONSTRAINT indicator_version_scale_check CHECK ((scale > (0)::numeric)),
    CONSTRAINT indicator_version_status CHECK (((value_type <> 'boolean'::text) OR ((measure = 'status'::text) AND (aggregation = 'count_true'::text)))),
    CONSTRAINT indicator_version_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT indicator_version_value_type_check CHECK ((value_type = ANY (ARRAY['number'::text, 'integer'::text, 'percent'::text, 'boolean'::text, 'criteria_count'::text]))),
    CONSTRAINT indicator_version_weighted CHECK ((((aggregation = 'weighted_mean'::text) = (weight_id IS NOT NULL)) AND ((weight_id IS NULL) OR ((result = 'ratio'::text) AND (entry = 'value'::text)))))
);

COMMENT ON TABLE app.indicator_version IS 'How an indicator is defined, through time.';

COMMENT ON COLUMN app.indicator_version.id IS 'Internal number.';

COMMENT ON COLUMN app.indicator_version.indicator_id IS 'Indicator.';

COMMENT ON COLUMN app.indicator_version.valid IS 'Days on which this definition holds; the last day of a period decides.';

COMMENT ON COLUMN app.indicator_version.name_vi IS 'Vietnamese name, as in the plan.';

COMMENT ON COLUMN app.indicator_version.name_en IS 'English name.';

COMMENT ON COLUMN app.indicator_version.unit_vi IS 'Unit of measure, in Vietnamese.';

COMMENT ON COLUMN app.indicator_version.unit_code IS 'Unit of measure, as a code.';

COMMENT ON COLUMN app.indicator_version.value_type IS 'boolean: met or not; criteria_count: criteria met of a set.';

COMMENT ON COLUMN app.indicator_version.decimals IS 'Decimals of a value as entered and as shown; rates are rounded to them only for showing.';

COMMENT ON COLUMN app.indicator_version.measure IS 'flow: belongs to its period and adds up over time; stock: at a date, never added over time; status: met or not at a date; ratio: computed.';

COMMENT ON COLUMN app.indicator_version.direction IS 'Which way is better.';

COMMENT ON COLUMN app.indicator_version.entry IS 'value: one figure; pair: numerator and denominator; computed: never typed in.';

COMMENT ON COLUMN app.indicator_version.result IS 'total: the numerator is the value; ratio: scale × numerator / denominator is.';

COMMENT ON COLUMN app.indicator_version.scale IS 'Factor of a ratio: 100 for percent.';

COMMENT ON COLUMN app.indicator_version.aggregation IS 'Over units: sum; ratio_of_sums; weighted_mean (an estimate); count_true: units for which it is true; count_complete: units whose numerator reaches the denominator.  Never a mean of rates.';

COMMENT ON COLUMN app.indicator_version.weight_id IS 'Weight of a weighted mean.';

COMMENT ON COLUMN app.indicator_version.low IS 'Least value that is accepted.';

COMMENT ON COLUMN app.indicator_version.high IS 'Greatest value that is accepted.';

COMMENT ON COLUMN app.indicator_version.pair_of IS 'The only denominator of a pair, where it is fixed: 19 criteria.';

COMMENT ON COLUMN app.indicator_version.applies_to IS 'Kinds of unit that report it.';

COMMENT ON COLUMN app.indicator_version.definition IS 'What is counted, what is open or ambiguous in the source, and what was decided.';

CREATE TYPE app.data_cell AS (
	d app.indicator_version,
	value numeric,
	n integer,
	expected integer,
	numerator numeric,
	denominator numeric,
	flags text[],
	why text,
	inputs jsonb,
	place bigint
);

COMMENT ON TYPE app.data_cell IS 'A computed figure, with its place among the others of its line and window.';

CREATE TYPE app.data_frame AS (
	windows text[],
	starts date[],
	ends date[],
	coarsest integer[],
	nodes text[],
	names text[],
	node integer[],
	root integer[],
	valid daterange[],
	indicators integer[],
	measures text[],
	faults jsonb
);

COMMENT ON TYPE app.data_frame IS 'The three dimensions of a query, resolved, and its faults.';

CREATE TYPE app.data_query AS (
	unit text,
	indicator text,
	period text,
	collapse text,
	status text,
	as_of text,
	explain boolean,
	boundaries text,
	in_body boolean
);

COMMENT ON TYPE app.data_query IS 'What is asked of the aggregate, as parameters or as members of a body.';

CREATE TYPE app.feed_place AS (
	phase text,
	since pg_snapshot,
	upto pg_snapshot,
	last_xid xid8,
	last_id bigint,
	last_kind integer,
	told_at timestamp with time zone,
	sight text
);

COMMENT ON TYPE app.feed_place IS 'Where a puller is in the feed.';

CREATE TYPE app.figures_how AS (
	as_of timestamp with time zone,
	submitted_too boolean,
	explain boolean,
	boundaries date,
	counting bigint,
	without bigint
);

COMMENT ON TYPE app.figures_how IS 'How an aggregate is computed: as of which instant (null: now); from what is submitted but not decided on as well; with what each figure was made of; in the boundaries of which day (null: as reported); as if this submission were accepted; as if that one were not.';

CREATE TYPE app.fraction AS (
	reporter integer,
	indicator_id integer,
	window_id integer,
	version_id integer,
	aggregation text,
	applies boolean,
	not_applicable boolean,
	counted boolean,
	visible boolean,
	top numeric,
	bottom numeric,
	weight numeric,
	estimate boolean,
	provisional boolean,
	invented boolean,
	accumulated boolean,
	sources jsonb
);

COMMENT ON TYPE app.fraction IS 'One asked figure of one reporter, by number, for one window, as numerator and denominator: whether it is asked of such a unit, whether all its parts are there, and whether the caller may see them.';

CREATE TYPE app.node_total AS (
	node_id integer,
	indicator_id integer,
	window_id integer,
	single boolean,
	visible boolean,
	expected integer,
	n integer,
	top numeric,
	bottom numeric,
	true_count integer,
	complete_count integer,
	estimate boolean,
	provisional boolean,
	invented boolean,
	accumulated boolean,
	recast boolean,
	split boolean,
	stuck boolean,
	inputs jsonb
);

COMMENT ON TYPE app.node_total IS 'What the units of a node say together of a line in a window (by number).  Single: it is one unit''s own figure; recast, split: of other boundaries, by shares; stuck: they do not allow it.';

CREATE TYPE app.planned_link AS (
	nth integer,
	kind text,
	source text,
	source_id integer,
	target text,
	target_id integer,
	whole boolean,
	population integer,
	population_of integer,
	parent text
);

COMMENT ON TYPE app.planned_link IS 'A link of a planned reorganisation, by its place among those sent; ids null: unknown, or not there yet.';

CREATE TYPE app.sent_value AS (
	pointer text,
	code text,
	indicator_id integer,
	field text,
	asked boolean,
	first text,
	given text[],
	item jsonb,
	definition app.indicator_version
);

COMMENT ON TYPE app.sent_value IS 'One element of a body''s values beside the definition it speaks of.';

CREATE FUNCTION app.acceptance_kept() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    if new.state = 'accepted' then
        insert into app.acceptance (submission_id, unit_id, form_id, period_id, receiver_id, accepted_at, invented)
        values (new.id, new.unit_id, new.form_id, new.period_id, new.receiver_id, now(), new.invented);
    else
        update app.acceptance set ended_at = now() where submission_id = new.id and ended_at is null;
    end if;
    return null;
end $$;

COMMENT ON FUNCTION app.acceptance_kept() IS 'Keeps from when to when a submission is accepted.';

CREATE FUNCTION app.accepted_values(p_units integer[], p_forms integer[], p_periods integer[], p_indicators integer[], p_how app.figures_how) RETURNS TABLE(unit_id integer, form_id integer, period_id integer, indicator_id integer, value numeric, denominator numeric, missing_reason text, status text, invented boolean)
    LANGUAGE plpgsql STABLE
    SET enable_nestloop TO 'on'
    AS $$
#variable_conflict use_column
begin
    if (p_how).as_of is null then
        return query
        select s.unit_id, s.form_id, s.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, s.invented
          from app.submission s
          join app.submission_value v on v.submission_id = s.id and v.indicator_id = any (p_indicators)
         where (s.state = 'accepted' or (s.state = 'submitted' and (p_how).submitted_too) or s.id = (p_how).counting) and s.id is distinct from (p_how).without
           and s.form_id = any (p_forms) and s.unit_id = any (p_units) and s.period_id = any (p_periods);
    else
        return query
        select a.unit_id, a.form_id, a.period_id, v.indicator_id, v.value, v.denominator, v.missing_reason, v.status, a.invented
          from app.acceptance a
         cross join lateral (select distinct on (r.indicator_id) r.* from app.value_revision r
                              where r.submission_id = a.submission_id and r.indicator_id = any (p_indicators) and r.event = 'accepted' and r.at <= (p_how).as_of
                              order by r.indicator_id, r.id desc) v
         where a.accepted_at <= (p_how).as_of and coalesce(a.ended_at > (p_how).as_of, true) and v.status is not null
           and a.form_id = any (p_forms) and a.unit_id = any (p_units) and a.period_id = any (p_periods);
    end if;
end $$;

COMMENT ON FUNCTION app.accepted_values(p_units integer[], p_forms integer[], p_periods integer[], p_indicators integer[], p_how app.figures_how) IS 'The accepted figures that a query needs, as far as the caller sees them, now or as they were at an instant.';

CREATE FUNCTION app.account_bootstrap(p_login text, p_name text, p_password jsonb, p_roles text[], p_demo boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    made int;
begin
    insert into app.account (login, name, password_salt, password_verifier, password_opslimit, password_memlimit, demo)
    values (p_login, p_name, decode(p_password ->> 'salt', 'hex'), decode(p_password ->> 'verifier', 'hex'),
            (p_password ->> 'opslimit')::int, (p_password ->> 'memlimit')::int, p_demo)
    on conflict (login) do nothing returning id into made;
    insert into app.account_role (account_id, role, unit_id)
    select made, split_part(r, '@', 1), u.id
      from unnest(p_roles) r left join app.unit u on u.code = split_part(r, '@', 2)
     where made is not null;
    return made is not null;
end $$;

COMMENT ON FUNCTION app.account_bootstrap(p_login text, p_name text, p_password jsonb, p_roles text[], p_demo boolean) IS 'Makes an account from the command line, as the owner: password as {salt, verifier (hex), opslimit, memlimit}, roles as ROLE@unit; false when the login exists.';

CREATE FUNCTION app.account_name(p_account integer) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (select name::text from app.account where id = p_account and app.me() is not null);
end $$;

COMMENT ON FUNCTION app.account_name(p_account integer) IS 'Name of whoever did something, for those who may see what was done.';

CREATE FUNCTION app.difference(p_pointer text, p_yours jsonb, p_current jsonb, p_by integer, p_at timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object('pointer', p_pointer, 'yours', p_yours, 'current', p_current, 'by', app.account_name(p_by), 'at', p_at);

COMMENT ON FUNCTION app.difference(p_pointer text, p_yours jsonb, p_current jsonb, p_by integer, p_at timestamp with time zone) IS 'One member of a body that says something else than what is stored.';

CREATE FUNCTION app.members_differing(b jsonb, p_now jsonb, p_by integer, p_at timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN COALESCE((SELECT jsonb_agg(app.difference(('/'::text || m.key), m.value, (members_differing.p_now -> m.key), members_differing.p_by, members_differing.p_at) ORDER BY m.key) AS jsonb_agg FROM jsonb_each(members_differing.b) m(key, value) WHERE ((members_differing.p_now ? m.key) AND (m.value IS DISTINCT FROM (members_differing.p_now -> m.key)))), '[]'::jsonb);

COMMENT ON FUNCTION app.members_differing(b jsonb, p_now jsonb, p_by integer, p_at timestamp with time zone) IS 'The members of a body that differ from the stored ones.';

CREATE TABLE app.account (
    id integer NOT NULL,
    login text NOT NULL,
    name app.line NOT NULL,
    password_salt bytea NOT NULL,
    password_verifier bytea NOT NULL,
    password_opslimit integer NOT NULL,
    password_memlimit integer NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    disabled_at timestamp with time zone,
    updated_by integer,
    updated_at timestamp with time zone,
    CONSTRAINT account_login_shape CHECK ((login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'::text)),
    CONSTRAINT account_password_memlimit_check CHECK ((password_memlimit > 0)),
    CONSTRAINT account_password_opslimit_check CHECK ((password_opslimit > 0)),
    CONSTRAINT account_password_salt_check CHECK ((length(password_salt) = 16)),
    CONSTRAINT account_password_verifier_check CHECK ((length(password_verifier) = 32))
);

ALTER TABLE ONLY app.account FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.account IS 'People and machines that sign in.  Disabled, never deleted: what they did stays theirs.';

COMMENT ON COLUMN app.account.id IS 'Internal number.';

COMMENT ON COLUMN app.account.login IS 'Name to sign in with.';

COMMENT ON COLUMN app.account.name IS 'Name as people know it.';

COMMENT ON COLUMN app.account.password_salt IS 'Salt of argon2id (RFC 9106), by libsodium.';

COMMENT ON COLUMN app.account.password_verifier IS 'SHA-256 of the argon2id key of the password: the service must show the key, so knowing a login is not enough.  Never read by it.';

COMMENT ON COLUMN app.account.password_opslimit IS 'argon2id passes.';

COMMENT ON COLUMN app.account.password_memlimit IS 'argon2id memory, bytes.';

COMMENT ON COLUMN app.account.demo IS 'Whatever this account enters is invented.';

COMMENT ON COLUMN app.account.version IS 'Row version, for ETag and If-Match.';

COMMENT ON COLUMN app.account.created_at IS 'When it was made.';

COMMENT ON COLUMN app.account.disabled_at IS 'Since when it may not sign in; null while it may.';

COMMENT ON COLUMN app.account.updated_by IS 'Who changed it last; null for the command line.';

COMMENT ON COLUMN app.account.updated_at IS 'When.';

CREATE TABLE app.account_role (
    account_id integer NOT NULL,
    role text NOT NULL,
    unit_id integer NOT NULL
);

ALTER TABLE ONLY app.account_role FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.account_role IS 'Who holds which role where; one person may hold several.';

COMMENT ON COLUMN app.account_role.account_id IS 'Account.';

COMMENT ON COLUMN app.account_role.role IS 'Role.';

COMMENT ON COLUMN app.account_role.unit_id IS 'Unit it is held for.';

CREATE TABLE app.unit (
    id integer NOT NULL,
    code app.code NOT NULL,
    kind text NOT NULL,
    valid daterange NOT NULL,
    note app.prose,
    source app.prose,
    CONSTRAINT unit_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE app.unit IS 'A province, district, commune, town or village for as long as it exists.  Official codes are reused over time; ours never.';

COMMENT ON COLUMN app.unit.id IS 'Internal number.';

COMMENT ON COLUMN app.unit.code IS 'Code of our own, never reused.';

COMMENT ON COLUMN app.unit.kind IS 'Kind of unit.';

COMMENT ON COLUMN app.unit.valid IS 'Days of its life; open at an end that is unknown or not yet there.';

COMMENT ON COLUMN app.unit.note IS 'What to know about it.';

COMMENT ON COLUMN app.unit.source IS 'Where this is from, and how far it was verified.';

CREATE FUNCTION app.account_difference(p_account integer, b jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN (SELECT app.members_differing(account_difference.b, jsonb_build_object('name', a.name, 'disabled', (a.disabled_at IS NOT NULL), 'roles', (SELECT COALESCE(jsonb_agg(jsonb_build_object('role', r.role, 'unit', u.code) ORDER BY r.role, u.code), '[]'::jsonb) AS "coalesce" FROM (app.account_role r JOIN app.unit u ON ((u.id = r.unit_id))) WHERE (r.account_id = a.id))), a.updated_by, a.updated_at) AS members_differing FROM app.account a WHERE (a.id = account_difference.p_account));

COMMENT ON FUNCTION app.account_difference(p_account integer, b jsonb) IS 'Where a change of an account says something else than what is stored; nothing of its password.';

CREATE FUNCTION app.fault(pointer text, code text, params jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN jsonb_build_object('pointer', pointer, 'code', code, 'params', params);

COMMENT ON FUNCTION app.fault(pointer text, code text, params jsonb) IS 'One fault of a body: RFC 6901 pointer, code of api/base/faults.def, what its text names.';

CREATE TABLE app.role (
    code text NOT NULL,
    name_vi app.line NOT NULL,
    name_en app.line NOT NULL,
    reach text NOT NULL,
    levels text[] NOT NULL,
    CONSTRAINT role_code_check CHECK ((code ~ '^[A-Z_]{3,40}$'::text)),
    CONSTRAINT role_reach_check CHECK ((reach = ANY (ARRAY['own'::text, 'received'::text, 'accepted'::text, 'none'::text])))
);

COMMENT ON TABLE app.role IS 'Roles drawn from the plan (43/KH-UBND, section III and recipients); combinable, each held for a unit.';

COMMENT ON COLUMN app.role.code IS 'Role code.';

COMMENT ON COLUMN app.role.name_vi IS 'Vietnamese name.';

COMMENT ON COLUMN app.role.name_en IS 'English name.';

COMMENT ON COLUMN app.role.reach IS 'Which submissions it shows: own = all of the unit and below; received = those sent to the unit or below, drafts excepted; accepted = accepted ones only; none.';

COMMENT ON COLUMN app.role.levels IS 'Levels of the units it can be held for.';

CREATE TABLE app.unit_kind (
    code text NOT NULL,
    level text NOT NULL,
    name_vi app.line NOT NULL,
    name_en app.line NOT NULL,
    CONSTRAINT unit_kind_code_check CHECK ((code ~ '^[A-Z_]{3,40}$'::text)),
    CONSTRAINT unit_kind_level_check CHECK ((level = ANY (ARRAY['province'::text, 'district'::text, 'commune'::text, 'village'::text])))
);

COMMENT ON TABLE app.unit_kind IS 'Kinds of unit and the level they stand at.';

COMMENT ON COLUMN app.unit_kind.code IS 'Kind of unit, as in the glossary.';

COMMENT ON COLUMN app.unit_kind.level IS 'Level in the tree.';

COMMENT ON COLUMN app.unit_kind.name_vi IS 'Vietnamese name.';

COMMENT ON COLUMN app.unit_kind.name_en IS 'English name.';

CREATE FUNCTION app.account_roles_read(p_roles jsonb) RETURNS TABLE(role text, unit_id integer, fault jsonb)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT r.code,
     u.id,
         CASE
             WHEN (r.code IS NULL) THEN app.fault((('/roles/'::text || (e.ord - 1)) || '/role'::text), 'unknown-role'::text, jsonb_build_object('role', "left"((e.item ->> 'role'::text), 64)))
             WHEN (u.id IS NULL) THEN app.fault((('/roles/'::text || (e.ord - 1)) || '/unit'::text), 'unknown-unit'::text, jsonb_build_object('unit', "left"((e.item ->> 'unit'::text), 64)))
             WHEN (NOT (k.level = ANY (r.levels))) THEN app.fault((('/roles/'::text || (e.ord - 1)) || '/unit'::text), 'role-not-at-level'::text, jsonb_build_object('role', r.code, 'level', k.level))
             ELSE NULL::jsonb
         END AS "case"
    FROM (((jsonb_array_elements(
         CASE jsonb_typeof(account_roles_read.p_roles)
             WHEN 'array'::text THEN account_roles_read.p_roles
             ELSE '[]'::jsonb
         END) WITH ORDINALITY e(item, ord)
      LEFT JOIN app.role r ON ((r.code = (e.item ->> 'role'::text))))
      LEFT JOIN app.unit u ON (((u.code)::text = (e.item ->> 'unit'::text))))
      LEFT JOIN app.unit_kind k ON ((k.code = u.kind)))
   WHERE ((jsonb_typeof(e.item) = 'object'::text) AND (jsonb_typeof((e.item -> 'role'::text)) = 'string'::text) AND (jsonb_typeof((e.item -> 'unit'::text)) = 'string'::text));
END;

COMMENT ON FUNCTION app.account_roles_read(p_roles jsonb) IS 'The roles of a body, each found or with its fault.';

CREATE FUNCTION app.adds_up_over_villages(d app.indicator_version) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((d).entry = 'value'::text) AND ((d).aggregation = 'sum'::text) AND ((d).value_type <> 'boolean'::text));

COMMENT ON FUNCTION app.adds_up_over_villages(d app.indicator_version) IS 'May an indicator be entered by village?  Only what is entered as one number and summed over units.';

CREATE TABLE app.submission (
    id bigint NOT NULL,
    form_id integer NOT NULL,
    unit_id integer NOT NULL,
    period_id integer NOT NULL,
    receiver_id integer NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    as_of_date date,
    note app.prose,
    reason app.prose,
    invented boolean DEFAULT false NOT NULL,
    created_by integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    submitted_at timestamp with time zone,
    decided_at timestamp with time zone,
    updated_by integer,
    CONSTRAINT submission_check CHECK ((receiver_id <> unit_id)),
    CONSTRAINT submission_instants CHECK ((((state = 'draft'::text) OR (submitted_at IS NOT NULL)) AND ((state = ANY (ARRAY['returned'::text, 'accepted'::text])) = (decided_at IS NOT NULL)))),
    CONSTRAINT submission_returned_with_reason CHECK (((state <> 'returned'::text) OR (((reason)::text ~ '\S'::text) IS TRUE))),
    CONSTRAINT submission_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'returned'::text, 'accepted'::text])))
);

ALTER TABLE ONLY app.submission FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.submission IS 'What a unit reports on a form for a period: one, whoever sends it.';

COMMENT ON COLUMN app.submission.id IS 'Number.';

COMMENT ON COLUMN app.submission.form_id IS 'Form.';

COMMENT ON COLUMN app.submission.unit_id IS 'Reporting unit.';

COMMENT ON COLUMN app.submission.period_id IS 'Period.';

COMMENT ON COLUMN app.submission.receiver_id IS 'The unit it is sent to: the parent on the last day of the period.';

COMMENT ON COLUMN app.submission.state IS 'draft → submitted → returned or accepted.';

COMMENT ON COLUMN app.submission.version IS 'Row version, for ETag and If-Match; every change of a value or the state adds one.';

COMMENT ON COLUMN app.submission.as_of_date IS 'Date of the figures (tính đến ngày).';

COMMENT ON COLUMN app.submission.note IS 'Difficulties, recommendations.';

COMMENT ON COLUMN app.submission.reason IS 'Reason of the last step; always there for a return.';

COMMENT ON COLUMN app.submission.invented IS 'Entered by a demonstration account.';

COMMENT ON COLUMN app.submission.created_by IS 'Who started it.';

COMMENT ON COLUMN app.submission.created_at IS 'When.';

COMMENT ON COLUMN app.submission.updated_at IS 'Last change.';

COMMENT ON COLUMN app.submission.submitted_at IS 'Last submission; lateness is judged by it.';

COMMENT ON COLUMN app.submission.decided_at IS 'When it was returned or accepted.';

COMMENT ON COLUMN app.submission.updated_by IS 'Who changed it last.';

CREATE FUNCTION app.allowed_actions(s app.submission, p_grants text[]) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS $$
declare
    locked constant boolean := app.is_locked(s.form_id, s.unit_id, s.period_id);
    asked boolean;
    actions text[] := '{}';
begin
    if not locked then
        actions := case when app.may_edit(s, p_grants) then '{edit}'::text[] else '{}' end
                || coalesce((select array_agg(r.action order by r.action) from app.transition_rule r
                              where r.from_state = s.state and app.may_step(s, r, p_grants)), '{}');
    end if;
    if locked or s.state = 'accepted' then
        asked := exists (select from app.reopen_request q where q.submission_id = s.id and q.decision is null);
        if not asked and 'COMMUNE_LEADER@' || s.unit_id = any (p_grants) then
            actions := actions || '{request_reopen}';
        elsif asked and locked and 'DISTRICT_HOME_AFFAIRS@' || s.receiver_id = any (p_grants) then
            actions := actions || '{reopen}';
        end if;
    end if;
    return actions;
end $$;

COMMENT ON FUNCTION app.allowed_actions(s app.submission, p_grants text[]) IS 'What the caller may do next: edit, submit, withdraw, return, accept; ask to open it again, or decide on that.';

CREATE TABLE app.form_indicator (
    form_id integer NOT NULL,
    indicator_id integer NOT NULL,
    level text NOT NULL,
    frequency text NOT NULL,
    valid daterange NOT NULL,
    required boolean DEFAULT true NOT NULL
);

COMMENT ON TABLE app.form_indicator IS 'Indicators of a form.  The same figure is never asked twice for the same period.';

COMMENT ON COLUMN app.form_indicator.form_id IS 'Form.';

COMMENT ON COLUMN app.form_indicator.indicator_id IS 'Indicator.';

COMMENT ON COLUMN app.form_indicator.level IS 'Level of the form.';

COMMENT ON COLUMN app.form_indicator.frequency IS 'Frequency of the form.';

COMMENT ON COLUMN app.form_indicator.valid IS 'Days on which the form is in use.';

COMMENT ON COLUMN app.form_indicator.required IS 'Must be answered, by a value or a reason why there is none, before the form is submitted.';

CREATE TABLE app.indicator (
    id integer NOT NULL,
    code app.code NOT NULL,
    kind text NOT NULL,
    parent_id integer,
    section text NOT NULL,
    sort_order integer NOT NULL,
    field text DEFAULT 'general'::text NOT NULL,
    CONSTRAINT indicator_field_check CHECK ((field = ANY (ARRAY['general'::text, 'culture'::text]))),
    CONSTRAINT indicator_kind_check CHECK ((kind = ANY (ARRAY['headline'::text, 'component'::text, 'base'::text]))),
    CONSTRAINT indicator_section_check CHECK ((section = ANY (ARRAY['kinh_te_xa_hoi'::text, 'quoc_phong_an_ninh'::text, 'bien_so_goc'::text])))
);

COMMENT ON TABLE app.indicator IS 'What can be reported: the plan''s headline lines, their components, and the base variables that rates are computed from.';

COMMENT ON COLUMN app.indicator.id IS 'Internal number.';

COMMENT ON COLUMN app.indicator.code IS 'Code of our own.';

COMMENT ON COLUMN app.indicator.kind IS 'A line of the plan, a part of one, or a base variable.';

COMMENT ON COLUMN app.indicator.parent_id IS 'The line it is a part of.';

COMMENT ON COLUMN app.indicator.section IS 'Section of the plan, 2.3; bien_so_goc = base variables, which the plan does not list.';

COMMENT ON COLUMN app.indicator.sort_order IS 'Order as in the plan.';

COMMENT ON COLUMN app.indicator.field IS 'culture: the culture and information officer may enter it too.';

CREATE TABLE app.period (
    id integer NOT NULL,
    code text NOT NULL,
    frequency text NOT NULL,
    year integer NOT NULL,
    ordinal integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    due_at timestamp with time zone,
    grace_until timestamp with time zone,
    locks_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    updated_by integer,
    updated_at timestamp with time zone,
    CONSTRAINT period_code_shape CHECK ((code ~ '^[0-9]{4}(-(H[12]|Q[1-4]|9M|0[1-9]|1[0-2]))?$'::text)),
    CONSTRAINT period_frequency_check CHECK ((frequency = ANY (ARRAY['month'::text, 'quarter'::text, 'half'::text, 'nine_months'::text, 'year'::text]))),
    CONSTRAINT period_instants CHECK (((due_at <= grace_until) AND (due_at <= locks_at) AND (grace_until <= locks_at) AND (due_at > ends_on))),
    CONSTRAINT period_ordinal_check CHECK (((ordinal >= 1) AND (ordinal <= 12))),
    CONSTRAINT period_window CHECK ((starts_on <= ends_on)),
    CONSTRAINT period_year_check CHECK (((year >= 1990) AND (year <= 2100)))
);

COMMENT ON TABLE app.period IS 'Reporting periods with their own windows: under Decree 09/2019/NĐ-CP a month runs from the 15th to the 14th.  Never computed from the calendar.';

COMMENT ON COLUMN app.period.id IS 'Internal number.';

COMMENT ON COLUMN app.period.code IS '2022, 2022-H1, 2022-Q1, 2022-9M or 2022-03.';

COMMENT ON COLUMN app.period.frequency IS 'How often such a period comes.';

COMMENT ON COLUMN app.period.year IS 'Reporting year.';

COMMENT ON COLUMN app.period.ordinal IS 'Which one of the year.';

COMMENT ON COLUMN app.period.starts_on IS 'First day.';

COMMENT ON COLUMN app.period.ends_on IS 'Last day (chốt số liệu).';

COMMENT ON COLUMN app.period.due_at IS 'Until when a submission is in time.';

COMMENT ON COLUMN app.period.grace_until IS 'Until when lateness is excused.';

COMMENT ON COLUMN app.period.locks_at IS 'From when nothing of this period may change; null: not locked.';

COMMENT ON COLUMN app.period.version IS 'Row version, for ETag and If-Match.';

COMMENT ON COLUMN app.period.updated_by IS 'Who changed it last; null for the seeds.';

COMMENT ON COLUMN app.period.updated_at IS 'When.';

CREATE TABLE app.submission_value (
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    indicator_id integer NOT NULL,
    value numeric,
    numerator numeric,
    denominator numeric,
    missing_reason text,
    status text DEFAULT 'PROVISIONAL'::text NOT NULL,
    note app.prose,
    written_by integer NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    import_id bigint,
    import_row integer,
    CONSTRAINT submission_value_import_row_check CHECK ((import_row > 0)),
    CONSTRAINT submission_value_missing_reason_check CHECK ((missing_reason = ANY (ARRAY['not_available'::text, 'not_collected'::text, 'not_applicable'::text, 'confidential'::text]))),
    CONSTRAINT submission_value_one_of CHECK (((num_nonnulls(value, missing_reason) = 1) AND ((numerator IS NULL) = (denominator IS NULL)) AND ((value IS NOT NULL) OR (numerator IS NULL)))),
    CONSTRAINT submission_value_pair CHECK (((numerator >= (0)::numeric) AND (numerator <= denominator))),
    CONSTRAINT submission_value_size CHECK (((abs(value) < '1000000000000000'::numeric) AND (scale(value) <= 6))),
    CONSTRAINT submission_value_status_check CHECK ((status = ANY (ARRAY['ESTIMATE'::text, 'PROVISIONAL'::text, 'OFFICIAL'::text])))
);

ALTER TABLE ONLY app.submission_value FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.submission_value IS 'The figures.  No row: not answered; a missing_reason: answered, there is none.  Neither is zero.';

COMMENT ON COLUMN app.submission_value.submission_id IS 'Submission.';

COMMENT ON COLUMN app.submission_value.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.submission_value.indicator_id IS 'Indicator; totals and rates are never stored.';

COMMENT ON COLUMN app.submission_value.value IS 'The figure, exact; 1 or 0 for a status; the numerator for a pair.';

COMMENT ON COLUMN app.submission_value.numerator IS 'Of a pair: criteria met.';

COMMENT ON COLUMN app.submission_value.denominator IS 'Of a pair: out of how many.';

COMMENT ON COLUMN app.submission_value.missing_reason IS 'Why there is no figure.';

COMMENT ON COLUMN app.submission_value.status IS 'ESTIMATE (ước thực hiện), PROVISIONAL (sơ bộ), OFFICIAL (chính thức).';

COMMENT ON COLUMN app.submission_value.note IS 'Remark of the reporter.';

COMMENT ON COLUMN app.submission_value.written_by IS 'Who entered it.';

COMMENT ON COLUMN app.submission_value.written_at IS 'When.';

COMMENT ON COLUMN app.submission_value.import_id IS 'The file it came by; null when it was typed in.';

COMMENT ON COLUMN app.submission_value.import_row IS 'Row of that file, as the sheet counts.';

CREATE FUNCTION app.answer_faults(s app.submission) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault('/values'::text, 'not-answered'::text, jsonb_build_object('indicator', i.code, 'name', v.name_vi)) AS fault
    FROM (((((app.form_indicator f
      JOIN app.indicator i ON ((i.id = f.indicator_id)))
      JOIN app.period p ON ((p.id = (answer_faults.s).period_id)))
      JOIN app.unit u ON ((u.id = (answer_faults.s).unit_id)))
      JOIN app.indicator_version v ON (((v.indicator_id = i.id) AND (v.valid @> p.ends_on) AND (u.kind = ANY (v.applies_to)))))
      LEFT JOIN app.submission_value x ON (((x.submission_id = (answer_faults.s).id) AND (x.indicator_id = i.id))))
   WHERE ((f.form_id = (answer_faults.s).form_id) AND f.required AND (x.indicator_id IS NULL))
   ORDER BY i.sort_order;
END;

COMMENT ON FUNCTION app.answer_faults(s app.submission) IS 'What is not answered yet.  Zero is an answer and so is a missing_reason; no answer is not zero.';

CREATE FUNCTION app.answered(p_status integer, p_location text, p_etag text, p_body json, p_sealed text DEFAULT NULL::text, OUT _status integer, OUT _location text, OUT _etag text, OUT _sealed text, OUT _receipt bigint, OUT _received_at text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    r app.receipt;
begin
    _status := p_status;
    _location := p_location;
    _etag := p_etag;
    _sealed := p_sealed;
    select * into r from app.receipt t
     where t.id = nullif(current_setting('app.receipt', true), '')::bigint and t.account_id = app.me() and t.received_at = now();
    if found then
        _receipt := r.id;
        _received_at := to_jsonb(r.received_at) #>> '{}';
    end if;
    if r.idempotency_key is not null then
        insert into app.answer (receipt_id, status, location, etag, answer_body, sealed) values (r.id, p_status, p_location, p_etag, p_body::text, p_sealed);
    end if;
end $$;

COMMENT ON FUNCTION app.answered(p_status integer, p_location text, p_etag text, p_body json, p_sealed text, OUT _status integer, OUT _location text, OUT _etag text, OUT _sealed text, OUT _receipt bigint, OUT _received_at text) IS 'Last word of a write: what the server is told beside the body, the receipt among it; keeps the answer for when the same key comes again.';

CREATE FUNCTION app.date_or_null(p_text text) RETURNS date
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
begin
    return case when p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then p_text::date end;
exception when datetime_field_overflow then
    return null;
end $_$;

COMMENT ON FUNCTION app.date_or_null(p_text text) IS 'A date of ISO 8601, or null.';

CREATE FUNCTION app.instant_or_null(p_text text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $_$
begin
    return case when p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$' then p_text::timestamptz end;
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
    return null;
end $_$;

COMMENT ON FUNCTION app.instant_or_null(p_text text) IS 'An instant of RFC 3339, or null.';

CREATE FUNCTION app.as_of_instant(p_text text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    RETURN CASE WHEN (p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'::text) THEN LEAST(((((app.date_or_null(p_text) + 1))::timestamp without time zone AT TIME ZONE 'Asia/Ho_Chi_Minh'::text) - '00:00:00.000001'::interval), CASE WHEN (app.date_or_null(p_text) = ((now() AT TIME ZONE 'Asia/Ho_Chi_Minh'::text))::date) THEN now() ELSE NULL::timestamp with time zone END) ELSE app.instant_or_null(p_text) END;

COMMENT ON FUNCTION app.as_of_instant(p_text text) IS 'An instant; of a day its end, of today now.';

CREATE FUNCTION app.audit_append(p_table name, p_action text, p_before jsonb[], p_after jsonb[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    me constant int := app.me();
    asked constant text := current_setting('app.request', true);
    keys text[];
    chains text[];
    moment timestamptz;
    cause text;
begin
    select array_agg(k.key), array_agg(app.audit_chain(jsonb_build_object('unit_id', k.unit, 'account_id', k.account), me, p_table))
      into keys, chains
      from (select distinct coalesce(c ->> 'unit_id', '/' || (c ->> 'account_id'), '') as key, c ->> 'unit_id' as unit,
                   case when c ->> 'unit_id' is null then c ->> 'account_id' end as account
              from unnest(coalesce(p_before, p_after)) c) k;
    perform app.audit_take(chains);
    moment := clock_timestamp();
    cause := app.audit_cause(moment, me, session_user, asked, p_table, p_action);
    with head as materialized (
        select k.key, h.chain, h.hash, h.seq from unnest(keys, chains) k(key, chain) join app.audit_head h on h.chain = k.chain
    ), written as (
        insert into app.audit (id, at, account_id, db_role, request, table_name, action, unit_id, before, after, chain, seq, digest, hash)
        overriding system value
        select id, moment, me, session_user, asked, p_table, p_action, unit_id, before, after, chain, seq, digest,
               app.audit_hash(start, digest) over (partition by chain order by seq)
          from (select p.*, sha256(convert_to(app.audit_text(p.chain, p.seq, p.id, cause, p.unit_id, p.before, p.after), 'UTF8')) as digest
                  from (select h.chain, h.hash as start, h.seq + row_number() over (partition by h.chain order by c.nth) as seq,
                               nextval('app.audit_id_seq') as id, c.unit_id, c.before, c.after
                          from (select x.before, x.after, x.nth, (coalesce(x.before, x.after) ->> 'unit_id')::int as unit_id,
                                       coalesce(coalesce(x.before, x.after) ->> 'unit_id', '/' || (coalesce(x.before, x.after) ->> 'account_id'), '') as key
                                  from unnest(p_before, p_after) with ordinality as x(before, after, nth)) c
                          join head h on h.key = c.key) p
                offset 0) d -- else the digest would be computed wherever it is named
        returning chain, seq, hash
    )
    update app.audit_head h set seq = w.seq, hash = w.hash, at = moment
      from (select distinct on (chain) chain, seq, hash from written order by chain, seq desc) w
     where h.chain = w.chain and h.chain = any (chains);
end $$;

COMMENT ON FUNCTION app.audit_append(p_table name, p_action text, p_before jsonb[], p_after jsonb[]) IS 'Records the rows of one statement: each chain is taken and moved on once, however many they are.';

CREATE FUNCTION app.audit_cause(p_at timestamp with time zone, p_account integer, p_role name, p_request text, p_table name, p_action text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN concat('"at": "', to_char((p_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), '", "account_id": ', COALESCE((p_account)::text, 'null'::text), ', "db_role": ', to_json((p_role)::text), ', "request": ', COALESCE((to_json(p_request))::text, 'null'::text), ', "table_name": ', to_json((p_table)::text), ', "action": ', to_json(p_action));

COMMENT ON FUNCTION app.audit_cause(p_at timestamp with time zone, p_account integer, p_role name, p_request text, p_table name, p_action text) IS 'The part of app.audit_text() that all rows of a statement have in common.';

CREATE FUNCTION app.audit_chain(p_row jsonb, p_account integer, p_table name) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
    unit constant int := p_row ->> 'unit_id';
    account constant int := coalesce(p_account, (p_row ->> 'account_id')::int);
begin
    return case when unit is not null then 'unit:' || coalesce((select u.code from app.unit u where u.id = unit), unit::text)
                when account is not null then 'account:' || account
                else 'table:' || p_table end;
end $$;

COMMENT ON FUNCTION app.audit_chain(p_row jsonb, p_account integer, p_table name) IS 'The chain of a row: its unit''s (by code), else that of the account that wrote it, or that it is about, else of the table.  So a write waits only for others of the same unit, or of the same account.';

CREATE FUNCTION app.audit_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    perform app.audit_append(tg_table_name, 'update', array_agg(app.audit_content(o.content)),
                             (select array_agg(app.audit_content(n.content)) from (select to_jsonb(r) as content from new_rows r offset 0) n))
       from (select to_jsonb(r) as content from old_rows r offset 0) o having count(*) > 0;
    return null;
end $$;

COMMENT ON FUNCTION app.audit_changed() IS 'Records updated rows, one statement for all of them.';

CREATE FUNCTION app.audit_content(jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ($1 ?| '{password_salt,password_verifier,hash,key,answer_body,sealed,file}'::text[]) THEN ($1 - '{password_salt,password_verifier,hash,key,answer_body,sealed,file}'::text[]) ELSE $1 END;

COMMENT ON FUNCTION app.audit_content(jsonb) IS 'A row as it is recorded: secrets left out.';

CREATE FUNCTION app.audit_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    perform app.audit_append(tg_table_name, 'delete', array_agg(app.audit_content(o.content)), null)
       from (select to_jsonb(r) as content from old_rows r offset 0) o having count(*) > 0;
    return null;
end $$;

COMMENT ON FUNCTION app.audit_deleted() IS 'Records deleted rows, one statement for all of them.';

CREATE FUNCTION app.audit_text(p_chain text, p_seq bigint, p_id bigint, p_cause text, p_unit integer, p_before jsonb, p_after jsonb) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN concat('{"chain": ', to_json(p_chain), ', "seq": ', p_seq, ', "id": ', p_id, ', ', p_cause, ', "unit_id": ', COALESCE((p_unit)::text, 'null'::text), ', "before": ', COALESCE((p_before)::text, 'null'::text), ', "after": ', COALESCE((p_after)::text, 'null'::text), '}');

COMMENT ON FUNCTION app.audit_text(p_chain text, p_seq bigint, p_id bigint, p_cause text, p_unit integer, p_before jsonb, p_after jsonb) IS 'What is hashed of a row, in UTF-8: a JSON object of all its columns but digest and hash, in this order, on one line; the instant in UTC with microseconds; before and after as PostgreSQL prints jsonb (members by length, then bytes; numbers with the digits they have).';

CREATE TABLE app.audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account_id integer,
    db_role name DEFAULT SESSION_USER NOT NULL,
    request text,
    table_name name NOT NULL,
    action text NOT NULL,
    unit_id integer,
    before jsonb,
    after jsonb,
    chain text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    digest bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_action_check CHECK ((action = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text]))),
    CONSTRAINT audit_before_after CHECK ((((before IS NULL) = (action = 'insert'::text)) AND ((after IS NULL) = (action = 'delete'::text)))),
    CONSTRAINT audit_digests CHECK (((length(digest) = 32) AND (length(hash) = 32)))
);

ALTER TABLE ONLY app.audit FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.audit IS 'Every change of every table, written by trigger; append-only, for every role, and chained by hashes.';

COMMENT ON COLUMN app.audit.id IS 'Order of writing.';

COMMENT ON COLUMN app.audit.at IS 'Server clock.';

COMMENT ON COLUMN app.audit.account_id IS 'Who; null for the owner''s own work (migrations, seeds).';

COMMENT ON COLUMN app.audit.db_role IS 'Database role that was connected.';

COMMENT ON COLUMN app.audit.request IS 'X-Request-Id of the request.';

COMMENT ON COLUMN app.audit.table_name IS 'Table of schema app.';

COMMENT ON COLUMN app.audit.action IS 'insert, update or delete.';

COMMENT ON COLUMN app.audit.unit_id IS 'Unit whose data it is, where the row says.';

COMMENT ON COLUMN app.audit.before IS 'The row before, secrets left out.';

COMMENT ON COLUMN app.audit.after IS 'The row after, secrets left out.';

COMMENT ON COLUMN app.audit.chain IS 'Chain it belongs to: unit:<code>, account:<id> or table:<name>.';

COMMENT ON COLUMN app.audit.seq IS 'Place in its chain, from 1, without gaps.';

COMMENT ON COLUMN app.audit.digest IS 'SHA-256 of app.audit_text() of the row.';

COMMENT ON COLUMN app.audit.hash IS 'SHA-256 of the hash before it and of digest.';

CREATE FUNCTION app.audit_dump() RETURNS SETOF text
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT format('{"hash":"%s","digest":"%s","row":%s}'::text, encode(a.hash, 'hex'::text), encode(a.digest, 'hex'::text), app.audit_text(a.chain, a.seq, a.id, app.audit_cause(a.at, a.account_id, a.db_role, a.request, a.table_name, a.action), a.unit_id, a.before, a.after)) AS format
    FROM app.audit a
   ORDER BY a.chain, a.seq;
END;

COMMENT ON FUNCTION app.audit_dump() IS 'The record of changes as lines of JSON, chain by chain, for thidua-api verify-audit: hash and digest as they are kept, the row as its other columns are now.';

CREATE FUNCTION app.audit_inserted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    perform app.audit_append(tg_table_name, 'insert', null, array_agg(app.audit_content(n.content)))
       from (select to_jsonb(r) as content from new_rows r offset 0) n having count(*) > 0; -- else a row would be written out twice
    return null;
end $$;

COMMENT ON FUNCTION app.audit_inserted() IS 'Records inserted rows, one statement for all of them.';

CREATE FUNCTION app.audit_link(p_last bytea, p_start bytea, p_digest bytea) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return sha256(coalesce(p_last, p_start) || p_digest);
end $$;

COMMENT ON FUNCTION app.audit_link(p_last bytea, p_start bytea, p_digest bytea) IS 'The hash that follows.';

CREATE FUNCTION app.audit_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception using errcode = 'TD403', message = 'forbidden';
end $$;

COMMENT ON FUNCTION app.audit_refuse() IS 'The record of changes is append-only, and emptying another table would pass by it.';

CREATE PROCEDURE app.audit_table(IN target regclass)
    LANGUAGE plpgsql
    AS $$
begin
    execute format('create trigger audit_inserted after insert on %s referencing new table as new_rows '
                   'for each statement execute function app.audit_inserted()', target);
    execute format('create trigger audit_changed after update on %s referencing old table as old_rows new table as new_rows '
                   'for each statement execute function app.audit_changed()', target);
    execute format('create trigger audit_deleted after delete on %s referencing old table as old_rows '
                   'for each statement execute function app.audit_deleted()', target);
    execute format('create trigger audit_emptied before truncate on %s '
                   'for each statement execute function app.audit_refuse()', target);
end $$;

COMMENT ON PROCEDURE app.audit_table(IN target regclass) IS 'Puts the four recording triggers on a table.';

CREATE FUNCTION app.audit_take(p_chains text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.audit_head (chain, unit_id, account_id)
    select c, (select u.id from app.unit u where c like 'unit:%' and u.code = substr(c, 6)), case when c like 'account:%' then substr(c, 9)::int end
      from unnest(p_chains) c where not exists (select from app.audit_head h where h.chain = c)
     group by c order by c collate "C"
    on conflict (chain) do nothing;
    perform from app.audit_head where chain = any (p_chains) order by chain for update;
end $$;

COMMENT ON FUNCTION app.audit_take(p_chains text[]) IS 'Holds these chains until the end of the transaction; always in the order of their names, so that two statements never wait for each other in a circle.';

CREATE FUNCTION app.beat() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    update app.heartbeat set at = now() where at < now() - interval '500 milliseconds';
end $$;

COMMENT ON FUNCTION app.beat() IS 'One beat; several processes beat no faster than one.';

CREATE FUNCTION app.body(text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN (($1 IS NFC NORMALIZED) AND (strpos($1, '\u'::text) = 0)) THEN ($1)::jsonb ELSE (NORMALIZE((($1)::jsonb)::text, NFC))::jsonb END;

COMMENT ON FUNCTION app.body(text) IS 'A request body as jsonb, its strings in NFC; digits of numbers stay as sent.';

CREATE FUNCTION app.boundaries_day(p_text text) RETURNS date
    LANGUAGE sql STABLE
    RETURN CASE WHEN (p_text = 'current'::text) THEN ((now() AT TIME ZONE 'Asia/Ho_Chi_Minh'::text))::date ELSE app.date_or_null(p_text) END;

COMMENT ON FUNCTION app.boundaries_day(p_text text) IS 'The day whose boundaries are asked for; null: as reported.';

CREATE FUNCTION app.bounds_shown(p_low numeric, p_high numeric) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN ((p_low IS NULL) AND (p_high IS NULL)) THEN '–'::text WHEN (p_high IS NULL) THEN ('≥ '::text || p_low) WHEN (p_low IS NULL) THEN ('≤ '::text || p_high) WHEN (p_low = p_high) THEN ('= '::text || p_low) ELSE ((p_low || ' – '::text) || p_high) END;

COMMENT ON FUNCTION app.bounds_shown(p_low numeric, p_high numeric) IS 'Bounds as texts name them.';

CREATE TABLE app.target (
    id integer NOT NULL,
    unit_id integer NOT NULL,
    indicator_id integer NOT NULL,
    year integer NOT NULL,
    document_id integer NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    comparator text NOT NULL,
    comparator_implied boolean DEFAULT false NOT NULL,
    value numeric NOT NULL,
    text_as_issued app.prose NOT NULL,
    baseline_value numeric,
    baseline_year integer,
    is_key boolean DEFAULT true NOT NULL,
    note app.prose,
    CONSTRAINT target_comparator_check CHECK ((comparator = ANY (ARRAY['GE'::text, 'GT'::text, 'LE'::text, 'LT'::text, 'EQ'::text]))),
    CONSTRAINT target_revision_check CHECK ((revision > 0)),
    CONSTRAINT target_year_check CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY app.target FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.target IS 'Levels set by a document.  One indicator may have several in a year, each with its source; a change is a new revision.';

COMMENT ON COLUMN app.target.id IS 'Internal number.';

COMMENT ON COLUMN app.target.unit_id IS 'Unit it is set for.';

COMMENT ON COLUMN app.target.indicator_id IS 'Indicator.';

COMMENT ON COLUMN app.target.year IS 'Year it is set for.';

COMMENT ON COLUMN app.target.document_id IS 'Assigning document.';

COMMENT ON COLUMN app.target.revision IS 'The highest one is in force.';

COMMENT ON COLUMN app.target.comparator IS 'GT is strict: > 32 is not met by exactly 32.';

COMMENT ON COLUMN app.target.comparator_implied IS 'The document gives a bare figure; the comparator was inferred.';

COMMENT ON COLUMN app.target.value IS 'The level; 1 for a status to be reached.';

COMMENT ON COLUMN app.target.text_as_issued IS 'The line as the document has it.';

COMMENT ON COLUMN app.target.baseline_value IS 'Level it starts from, where the document gives one.';

COMMENT ON COLUMN app.target.baseline_year IS 'Year of the baseline.';

COMMENT ON COLUMN app.target.is_key IS 'Named in the plan as a key target (chỉ tiêu trọng tâm).';

COMMENT ON COLUMN app.target.note IS 'What to know about it.';

CREATE FUNCTION app.cell_shown(p_measure text, c app.data_cell, t app.target, p_explain boolean) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
    coverage constant numeric := case when c.expected > 0 then trim_scale(round(c.n::numeric / c.expected, 3)) end;
    value numeric := case p_measure when 'value' then c.value when 'target' then trim_scale(t.value) when 'achievement' then app.plan_ratio(c, t)
                                    when 'coverage' then coverage else c.place end;
    flags text[] := case p_measure when 'target' then '{}' when 'achievement' then array_remove(c.flags || app.verdict(c, t), null) else c.flags end;
    why text := case when p_measure = 'coverage' then case when c.expected = 0 then 'not_expected' when c.n is null then 'not_published' end
                     when p_measure = 'target' then case when t.id is null then 'no_target' end
                     when c.why is not null then c.why
                     when p_measure = 'achievement' then case when t.id is null then 'no_target' when value is null then 'no_ratio' end end;
begin
    if p_explain then
        return json_build_object('value', value, 'n', c.n, 'expected', c.expected, 'coverage', coverage, 'numerator', c.numerator, 'denominator', c.denominator,
            'flags', to_json(flags), 'why', why, 'formula', json_build_object('aggregation', (c.d).aggregation, 'result', (c.d).result, 'scale', (c.d).scale,
                'valid_from', lower((c.d).valid)), 'inputs', c.inputs);
    end if;
    return json_build_object('value', value, 'n', c.n, 'expected', c.expected, 'coverage', coverage,
        'numerator', case when p_measure = 'value' then c.numerator end, 'denominator', case when p_measure = 'value' then c.denominator end,
        'flags', to_json(flags), 'why', why);
end $$;

COMMENT ON FUNCTION app.cell_shown(p_measure text, c app.data_cell, t app.target, p_explain boolean) IS 'A figure, or what is asked of it, as answers show it.';

CREATE FUNCTION app.cells(p_nodes integer[], p_roots integer[], p_valid daterange[], p_indicators integer[], p_from date[], p_to date[], p_coarsest integer[], p_how app.figures_how) RETURNS TABLE(node_id integer, indicator_id integer, window_id integer, d app.indicator_version, value numeric, n integer, expected integer, numerator numeric, denominator numeric, flags text[], why text, inputs jsonb)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
declare
    whole int[] := '{}';   -- numbers of the windows that are a period, and these periods
    periods int[] := '{}';
    others int[];
    known app.node_total[] := '{}';
    lines int[];           -- that totals speak of
    rest int[];            -- places of the nodes that they do not speak of
begin
    if (p_how).as_of is null and not (p_how).submitted_too and not (p_how).explain and (p_how).boundaries is null then
        select coalesce(array_agg(w.ord::int order by w.ord), '{}'), coalesce(array_agg(p.id order by w.ord), '{}') into whole, periods
          from unnest((select p_from), (select p_to), (select p_coarsest)) with ordinality w(starts_on, ends_on, coarsest, ord)
          join app.period p on p.starts_on = w.starts_on and p.ends_on = w.ends_on
         where w.coarsest is null;
        known := array(select t from app.totals_read(p_nodes, p_roots, p_valid, p_indicators, whole, periods) t);
    end if;
    others := array(select w.ord from generate_subscripts(p_from, 1) w(ord) where w.ord <> all (whole));
    lines := array(select i.id from unnest(p_indicators) i(id) where i.id in (select t.indicator_id from unnest(known) t));
    rest := array(select x.ord from unnest(p_nodes) with ordinality x(id, ord) where x.id not in (select t.node_id from unnest(known) t));
    if cardinality(others) > 0 then
        known := known || array(select t from app.totals_computed(p_nodes, p_roots, p_valid, p_indicators, others, app.picked(p_from, others), app.picked(p_to, others),
                                                                  app.picked(p_coarsest, others), p_how) t);
    end if;
    if cardinality(whole) > 0 and cardinality(lines) < cardinality(p_indicators) then
        known := known || array(select t from app.totals_computed(p_nodes, p_roots, p_valid, array(select i.id from unnest(p_indicators) i(id) where i.id <> all (lines)),
                                                                  whole, app.picked(p_from, whole), app.picked(p_to, whole), app.picked(p_coarsest, whole), p_how) t);
    end if;
    if cardinality(whole) > 0 and cardinality(lines) > 0 and cardinality(rest) > 0 then
        known := known || array(select t from app.totals_computed(app.picked(p_nodes, rest), app.picked(p_roots, rest), app.picked(p_valid, rest), lines,
                                                                  whole, app.picked(p_from, whole), app.picked(p_to, whole), app.picked(p_coarsest, whole), p_how) t);
    end if;
    return query
    with said as materialized (
        select t.* from unnest((select known)) t
    ), asked as materialized (
        select i.id as indicator_id, w.id::int as window_id, v.id as version_id
          from unnest((select p_indicators)) i(id) cross join unnest((select p_to)) with ordinality w(ends_on, id)
          left join lateral (select y.id from app.indicator_version y where y.indicator_id = i.id and y.valid @> w.ends_on offset 0) v on true
    ), summed as (
        select u.id as node_id, a.indicator_id, a.window_id, d, d.weight_id is not null as mean, d.weight_id is not null and t.single as own_mean,
               t.visible, coalesce(t.expected, 0) as expected, coalesce(t.n, 0) as n, t.estimate, t.provisional, t.invented, t.accumulated, t.inputs, t.recast, t.split, t.stuck,
               case when t.n = 0 or not t.visible or t.stuck then null when t.single then t.top
                    when d.aggregation = 'count_true' then t.true_count when d.aggregation = 'count_complete' then t.complete_count
                    else t.top end as top,
               case when t.n = 0 or not t.visible or t.stuck then null when t.single then t.bottom
                    when d.aggregation in ('count_true', 'count_complete') then t.n else t.bottom end as bottom
          from (select distinct x.id from unnest((select p_nodes)) x(id)) u
         cross join asked a
          left join app.indicator_version d on d.id = a.version_id -- not defined yet: nobody is expected to report it
          left join said t on t.node_id = u.id and t.indicator_id = a.indicator_id and t.window_id = a.window_id
    )
    select s.node_id, s.indicator_id, s.window_id, s.d,
           case when s.own_mean then trim_scale(s.top) when s.split and (s.d).result = 'total' then trim_scale(round(s.top, (s.d).decimals)) else app.figure_value(s.d, s.top, s.bottom) end,
           case when s.visible is false then null else s.n end, s.expected,
           case when s.bottom is not null and not s.own_mean then trim_scale(s.top) end, case when not s.own_mean then trim_scale(s.bottom) end,
           case when s.top is null then '{}'::text[] else array_remove(array[
               case when s.n < s.expected then 'partial' end,
               case when s.estimate or (s.mean and not s.own_mean) or s.split then 'estimate' end,
               case when s.provisional then 'provisional' end,
               case when s.accumulated then 'accumulated' end,
               case when s.recast then 'recast' end,
               case when s.invented then 'invented' end], null) end,
           case when s.expected = 0 then 'not_expected' when s.visible is false then 'not_published'
                when s.n = 0 then 'not_reported' when s.stuck then 'not_recastable'
                when (s.d).result = 'ratio' and not s.own_mean and coalesce(s.bottom, 0) = 0 then 'zero_denominator' end,
           s.inputs
      from summed s;
end $$;

COMMENT ON FUNCTION app.cells(p_nodes integer[], p_roots integer[], p_valid daterange[], p_indicators integer[], p_from date[], p_to date[], p_coarsest integer[], p_how app.figures_how) IS 'The aggregate: nodes × indicators × windows from accepted submissions alone.  Sums for flows and stocks, ratio of sums for rates, a weighted mean for income, counts for statuses; never a mean of rates.  Missing is not zero: n of expected units reported, and a null says why.  What kept totals can say, they say.';

CREATE FUNCTION app.cells(p_units integer[], p_indicators integer[], p_periods integer[]) RETURNS TABLE(unit_id integer, indicator_id integer, period_id integer, d app.indicator_version, value numeric, n integer, expected integer, numerator numeric, denominator numeric, flags text[], why text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT c.node_id,
     c.indicator_id,
     (cells.p_periods)[c.window_id] AS p_periods,
     c.d,
     c.value,
     c.n,
     c.expected,
     c.numerator,
     c.denominator,
     c.flags,
     c.why
    FROM app.cells(cells.p_units, cells.p_units, ARRAY( SELECT '(,)'::daterange AS daterange
            FROM unnest(cells.p_units) unnest(unnest)), cells.p_indicators, ARRAY( SELECT p.starts_on
            FROM (unnest(cells.p_periods) WITH ORDINALITY x(id, ord)
              JOIN app.period p ON ((p.id = x.id)))
           ORDER BY x.ord), ARRAY( SELECT p.ends_on
            FROM (unnest(cells.p_periods) WITH ORDINALITY x(id, ord)
              JOIN app.period p ON ((p.id = x.id)))
           ORDER BY x.ord), array_fill(NULL::integer, ARRAY[cardinality(cells.p_periods)]), ROW(NULL::timestamp with time zone, false, false, NULL::date, NULL::bigint, NULL::bigint)) c(node_id, indicator_id, window_id, d, value, n, expected, numerator, denominator, flags, why, inputs);
END;

COMMENT ON FUNCTION app.cells(p_units integer[], p_indicators integer[], p_periods integer[]) IS 'The same of single units and reporting periods, now.';

CREATE FUNCTION app.chains_digest(p_units integer[]) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (select md5(string_agg(x.chain || ':' || x.seq, ',' order by x.chain))
              from (select h.chain, h.seq from unnest((select p_units)) u(id) cross join lateral (select y.chain, y.seq from app.audit_head y where y.unit_id = u.id offset 0) h
                    union
                    select h.chain, h.seq from app.audit_head h where h.chain >= 'table:' and h.chain < 'table;') x);
end $$;

COMMENT ON FUNCTION app.chains_digest(p_units integer[]) IS 'The version of everything that units and the catalogue say: where the chains of their changes end.';

CREATE FUNCTION app.change_forget() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from app.change where id in (select o.id from app.change o where o.id in (select x.id from app.change x order by x.id limit 2)
                                           and o.at < now() - interval '91 days' for update skip locked);
end $$;

COMMENT ON FUNCTION app.change_forget() IS 'Forgets two old changes: called for each new one, so that they do not pile up.';

CREATE FUNCTION app.change_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.updated_by := app.me();
    new.updated_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.change_stamp() IS 'Whoever changes a row is named in it.';

CREATE FUNCTION app.codes(p_selector text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_split_to_array(p_selector, '\s*,\s*'::text);

COMMENT ON FUNCTION app.codes(p_selector text) IS 'The codes of a selector, commas between.';

CREATE FUNCTION app.column_name(p_column integer) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    RETURN (CASE WHEN (p_column > 26) THEN chr((64 + ((p_column - 1) / 26))) ELSE ''::text END || chr((65 + ((p_column - 1) % 26))));

COMMENT ON FUNCTION app.column_name(p_column integer) IS 'Column of a sheet: 4 is D.';

CREATE FUNCTION app.comment_faults(p_pointer text, c jsonb, s app.submission) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault((comment_faults.p_pointer || '/text'::text), 'too-short'::text, jsonb_build_object('min', 1)) AS fault
   WHERE ((jsonb_typeof((comment_faults.c -> 'text'::text)) = 'string'::text) AND ((comment_faults.c ->> 'text'::text) !~ '\S'::text) AND ((comment_faults.c ->> 'text'::text) <> ''::text))
 UNION ALL
  SELECT
         CASE
             WHEN (i.id IS NULL) THEN app.fault((comment_faults.p_pointer || '/indicator'::text), 'unknown-indicator'::text, jsonb_build_object('indicator', "left"((comment_faults.c ->> 'indicator'::text), 64)))
             ELSE app.fault((comment_faults.p_pointer || '/indicator'::text), 'indicator-not-in-form'::text, jsonb_build_object('indicator', i.code))
         END AS fault
    FROM (((app.period p
      LEFT JOIN app.indicator i ON (((i.code)::text = (comment_faults.c ->> 'indicator'::text))))
      LEFT JOIN app.form_indicator f ON (((f.form_id = (comment_faults.s).form_id) AND (f.indicator_id = i.id))))
      LEFT JOIN app.indicator_version d ON (((d.indicator_id = i.id) AND (d.valid @> p.ends_on) AND (d.entry = 'computed'::text))))
   WHERE ((p.id = (comment_faults.s).period_id) AND (jsonb_typeof((comment_faults.c -> 'indicator'::text)) = 'string'::text) AND (f.form_id IS NULL) AND (d.id IS NULL));
END;

COMMENT ON FUNCTION app.comment_faults(p_pointer text, c jsonb, s app.submission) IS 'What is wrong with one comment: it may be about a figure the form asks for, or one computed from such.';

CREATE FUNCTION app.comment_role(s app.submission, p_grants text[]) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select r.role
              from unnest('{COMMUNE_LEADER,OFFICE_STAT_OFFICER,CULTURE_INFO_OFFICER,DISTRICT_HOME_AFFAIRS,DISTRICT_LEADER}'::text[]) with ordinality as r(role, nth)
             where r.role || '@' || case when r.role ~ '^DISTRICT' then s.receiver_id else s.unit_id end = any (p_grants)
             order by r.nth limit 1);
end $$;

COMMENT ON FUNCTION app.comment_role(s app.submission, p_grants text[]) IS 'The role in which the caller takes part in a report and may comment on it; null: in none.';

CREATE FUNCTION app.comment_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    s app.submission;
begin
    select * into s from app.submission where id = new.submission_id;
    new.writer_role := app.comment_role(s, app.grants());
    if new.writer_role is null then
        perform app.problem(403, 'forbidden');
    end if;
    new.side := case when new.writer_role ~ '^DISTRICT' then 'receiver' else 'unit' end;
    new.visibility := coalesce(new.visibility, case when new.side = 'unit' and s.state in ('draft', 'returned') then 'own' else 'shared' end);
    new.written_by := app.me();
    new.writer_name := app.account_name(app.me());
    new.written_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.comment_stamp() IS 'Whoever comments is named, with the side; what a unit says while it is working on a report is its own unless it says otherwise.';

CREATE FUNCTION app.compared(p_value numeric, p_figures numeric[], OUT n integer, OUT median numeric, OUT mad numeric, OUT z numeric, OUT low_fence numeric, OUT high_fence numeric, OUT lowest numeric, OUT highest numeric, OUT outside text[]) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    sorted constant numeric[] := array(select v from unnest(p_figures) v order by v);
    low_quarter constant numeric := app.quantile(sorted, 0.25);
    high_quarter constant numeric := app.quantile(sorted, 0.75);
begin
    n := cardinality(sorted);
    outside := '{}';
    if n < 5 then
        return;
    end if;
    median := app.quantile(sorted, 0.5);
    mad := app.quantile(array(select abs(v - median) as away from unnest(sorted) v order by away), 0.5);
    z := round(0.6745 * (p_value - median) / nullif(mad, 0), 3);
    low_fence := low_quarter - 1.5 * (high_quarter - low_quarter);
    high_fence := high_quarter + 1.5 * (high_quarter - low_quarter);
    lowest := sorted[1];
    highest := sorted[n];
    outside := array_remove(array[
        case when mad > 0 and 0.6745 * abs(p_value - median) > 3.5 * mad then 'z' end,
        case when p_value not between low_fence and high_fence then 'fences' end,
        case when p_value not between lowest and highest then 'range' end], null);
end $$;

COMMENT ON FUNCTION app.compared(p_value numeric, p_figures numeric[], OUT n integer, OUT median numeric, OUT mad numeric, OUT z numeric, OUT low_fence numeric, OUT high_fence numeric, OUT lowest numeric, OUT highest numeric, OUT outside text[]) IS 'How a figure stands to others, five at least: robust z = 0.6745 (x − median) / MAD with 3.5 as threshold (Iglewicz and Hoaglin 1993), none where MAD is 0; Tukey''s fences; lowest and highest of them.  Exact; z alone is rounded, for showing.';

CREATE FUNCTION app.counted_list(p_items json[]) RETURNS json
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    return json_build_object('count', coalesce(cardinality(p_items), 0), 'items', to_json(coalesce(p_items[:100], '{}')));
end $$;

COMMENT ON FUNCTION app.counted_list(p_items json[]) IS 'How many, and the first hundred of them.';

CREATE FUNCTION app.cursor_mac(p_text text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (select left(encode(sha256(s.key || sha256(s.key || convert_to('cursor|' || p_text, 'UTF8'))), 'hex'), 16) from app.secret s);
end $$;

COMMENT ON FUNCTION app.cursor_mac(p_text text) IS 'By which a cursor is known to be one of ours, and whole.';

CREATE FUNCTION app.cursor_number(p_cursor text) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
begin
    perform app.expect_cursor(p_cursor ~ '^[0-9]{1,18}$');
    return p_cursor::bigint;
end $_$;

COMMENT ON FUNCTION app.cursor_number(p_cursor text) IS 'The cursor of a list in the order of numbers.';

CREATE FUNCTION app.cursor_read(p_cursor text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $_$
declare
    told text;
begin
    perform app.expect_cursor(p_cursor ~ '^[A-Za-z0-9_-]{24,}$');
    begin
        told := convert_from(decode(translate(p_cursor, '-_', '+/') || repeat('=', (4 - length(p_cursor) % 4) % 4), 'base64'), 'UTF8');
    exception when data_exception then -- no base64, no UTF-8
        told := '';
    end;
    perform app.expect_cursor(left(told, 16) = app.cursor_mac(substr(told, 17)));
    return substr(told, 17);
end $_$;

COMMENT ON FUNCTION app.cursor_read(p_cursor text) IS 'The text of a cursor; 400 for one that we did not give.';

CREATE FUNCTION app.cursor_write(p_text text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return translate(encode(convert_to(app.cursor_mac(p_text) || p_text, 'UTF8'), 'base64'), E'+/=\n', '-_');
end $$;

COMMENT ON FUNCTION app.cursor_write(p_text text) IS 'A text as a cursor.';

CREATE FUNCTION app.data(q app.data_query, p_if_none_match text, OUT etag text, OUT unchanged boolean, OUT dims json, OUT cells json, OUT meta json) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
    how app.figures_how := row(app.as_of_instant(q.as_of), coalesce(q.status = 'submitted', false), coalesce(q.explain, false), app.boundaries_day(q.boundaries), null, null);
    f app.data_frame := app.data_frame(q);
    invented boolean;
begin
    perform app.refuse_query(f.faults, q.in_body);
    etag := app.data_tag(q, f);
    unchanged := coalesce(app.etag_matches(p_if_none_match, etag), false);
    if unchanged then
        return;
    end if;
    perform app.refuse_large(cardinality(f.nodes)::bigint * cardinality(f.indicators) * cardinality(f.windows), case when how.explain then 200 else 20000 end);
    with figure as materialized (
        select c.node_id, c.indicator_id, c.window_id, 'invented' = any (c.flags) as invented,
               row(c.d, c.value, c.n, c.expected, c.numerator, c.denominator, c.flags, c.why, c.inputs,
                   case when c.value is not null then rank() over (partition by c.indicator_id, c.window_id, c.value is null
                                                                   order by case when (c.d).direction = 'higher' then -c.value else c.value end) end)::app.data_cell as cell
          from app.cells(f.node, f.root, f.valid, array(select distinct x from unnest(f.indicators) x), f.starts, f.ends, f.coarsest, how) c
    ), single as (
        select x.node, min(x.root) as root from unnest((select f.node), (select f.root)) as x(node, root) group by x.node having count(*) = 1
    )
    select coalesce(json_agg(app.cell_shown(l.measure, g.cell, case when s.root is not null then app.target_in_force(s.root, g.indicator_id, extract(year from f.ends[g.window_id])::int) end, how.explain) order by g.node_id, l.ord, g.window_id), '[]'), coalesce(bool_or(g.invented), false)
      into cells, invented
      from figure g
      join unnest((select f.indicators), (select f.measures)) with ordinality as l(id, measure, ord) on l.id = g.indicator_id
      left join single s on s.node = g.node_id and l.measure in ('target', 'achievement');
    dims := app.data_dims(f);
    meta := json_build_object('status', coalesce(q.status, 'accepted'), 'at', now(), 'as_of', how.as_of, 'boundaries', how.boundaries, 'invented', invented);
end $$;

COMMENT ON FUNCTION app.data(q app.data_query, p_if_none_match text, OUT etag text, OUT unchanged boolean, OUT dims json, OUT cells json, OUT meta json) IS 'The answer to a query of the aggregate: dimensions and dense cells, row by row.';

CREATE FUNCTION app.data_dims(f app.data_frame) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return json_build_array(
        json_build_object('id', 'unit', 'items', (select coalesce(json_agg(json_build_object('code', n.code, 'name', n.name) order by n.ord), '[]')
                                                    from unnest(f.nodes, f.names) with ordinality as n(code, name, ord))),
        json_build_object('id', 'indicator', 'items', (
            select coalesce(json_agg(json_build_object('code', i.code, 'measure', l.measure, 'name', d.name_vi, 'name_en', d.name_en,
                       'unit_of_measure', case when l.measure in ('value', 'target') then d.unit_vi when l.measure = 'achievement' then '%' end,
                       'aggregation', d.aggregation) order by l.ord), '[]')
              from unnest(f.indicators, f.measures) with ordinality as l(id, measure, ord)
              join app.indicator i on i.id = l.id
              left join lateral (select v.* from app.indicator_version v where v.indicator_id = i.id order by lower(v.valid) desc nulls last limit 1) d on true)),
        json_build_object('id', 'period', 'items', (select coalesce(json_agg(json_build_object('code', w.code, 'from', w.s, 'to', w.e) order by w.ord), '[]')
                                                      from unnest(f.windows, f.starts, f.ends) with ordinality as w(code, s, e, ord))));
end $$;

COMMENT ON FUNCTION app.data_dims(f app.data_frame) IS 'The dimensions of an answer.';

CREATE FUNCTION app.data_frame(q app.data_query) RETURNS app.data_frame
    LANGUAGE plpgsql STABLE
    AS $$
declare
    f app.data_frame;
    together constant text[] := array(select c.text from app.selectors(q.collapse) c);
    bounds constant date := app.boundaries_day(q.boundaries);
    of_windows jsonb;
    of_nodes jsonb;
    of_lines jsonb;
begin
    with chosen as materialized (
        select w.* from app.select_windows(q.period, coalesce(app.as_of_instant(q.as_of), now())) w
    )
    select coalesce(array_agg(w.code order by w.ord) filter (where w.fault is null), '{}'), coalesce(array_agg(w.starts_on order by w.ord) filter (where w.fault is null), '{}'),
           coalesce(array_agg(w.ends_on order by w.ord) filter (where w.fault is null), '{}'),
           coalesce(array_agg(case when w.made or 'period' = any (together) then w.coarsest end order by w.ord) filter (where w.fault is null), '{}'),
           coalesce(jsonb_agg(app.fault_of(w.fault, w.ord)) filter (where w.fault is not null), '[]')
           || case when 'period' = any (together) and sum(w.ends_on - w.starts_on + 1) <> max(w.ends_on) - min(w.starts_on) + 1
                   then jsonb_build_array(app.parameter_fault('period', 'periods-not-adjacent', '{}')) else '[]' end
      into f.windows, f.starts, f.ends, f.coarsest, of_windows
      from chosen w;
    with chosen as materialized (
        select dense_rank() over (order by n.ord)::int as id, n.* from app.select_nodes(q.unit, case when bounds is not null then array[bounds] else f.ends end) n
    ), named as (
        select distinct c.id, c.node, c.name from chosen c where c.fault is null
    )
    select coalesce((select array_agg(n.node order by n.id) from named n), '{}'), coalesce((select array_agg(n.name order by n.id) from named n), '{}'),
           coalesce(array_agg(c.id order by c.id, c.root) filter (where c.fault is null), '{}'), coalesce(array_agg(c.root order by c.id, c.root) filter (where c.fault is null), '{}'),
           coalesce(array_agg(c.valid order by c.id, c.root) filter (where c.fault is null), '{}'), coalesce(jsonb_agg(app.fault_of(c.fault, c.ord)) filter (where c.fault is not null), '[]')
      into f.nodes, f.names, f.node, f.root, f.valid, of_nodes
      from chosen c;
    if 'period' = any (together) and cardinality(f.windows) > 0 then
        f.windows := array[(select w from unnest(f.windows, f.starts) as x(w, s) order by s limit 1) || '..' || (select w from unnest(f.windows, f.ends) as x(w, e) order by e desc limit 1)];
        f.starts := array[(select min(s) from unnest(f.starts) s)];
        f.ends := array[(select max(e) from unnest(f.ends) e)];
        f.coarsest := array[(select max(c) from unnest(f.coarsest) c)];
    end if;
    if 'unit' = any (together) and cardinality(f.nodes) > 0 then
        f.node := array_fill(1, array[cardinality(f.node)]);
        f.nodes := array['*'];
        f.names := array[left(q.unit, 200)];
    end if;
    select coalesce(array_agg(l.indicator_id order by l.ord) filter (where l.fault is null), '{}'), coalesce(array_agg(l.measure order by l.ord) filter (where l.fault is null), '{}'),
           coalesce(jsonb_agg(app.fault_of(l.fault, l.ord)) filter (where l.fault is not null), '[]')
      into f.indicators, f.measures, of_lines
      from app.select_lines(q.indicator) l;
    f.faults := (select coalesce(jsonb_agg(x), '[]') from app.query_faults(q) x) || of_nodes || of_lines || of_windows;
    return f;
end $$;

COMMENT ON FUNCTION app.data_frame(q app.data_query) IS 'What the selectors of a query name, and all that is wrong with it; what is collapsed is one.';

CREATE FUNCTION app.data_query_faults(p_body jsonb, p_shape jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
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

COMMENT ON FUNCTION app.data_query_faults(p_body jsonb, p_shape jsonb) IS 'The faults of a body beside those of its shape; none: app.data() finds what else there is.';

CREATE FUNCTION app.data_query_of(p_body jsonb) RETURNS app.data_query
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return row(app.selectors_joined(p_body -> 'unit'), app.selectors_joined(p_body -> 'indicator'), app.selectors_joined(p_body -> 'period'),
               app.selectors_joined(p_body -> 'collapse'), p_body ->> 'status', p_body ->> 'as_of', p_body -> 'explain' = 'true', p_body ->> 'boundaries', true)::app.data_query;
end $$;

COMMENT ON FUNCTION app.data_query_of(p_body jsonb) IS 'The query that a body asks.';

CREATE FUNCTION app.data_tag(q app.data_query, f app.data_frame) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
    units int[] := case when q.boundaries is null or q.boundaries = 'as_reported' then app.unit_ids_within(f.root) else array(select u.id from app.unit u) end;
begin
    units := units || array(select x.parent_id from app.unit_parent x where x.unit_id = any (units)); -- who publishes them
    return format('W/"%s"', md5(concat_ws('|', q::text, app.sight(), (now() at time zone 'Asia/Ho_Chi_Minh')::date, app.chains_digest(units))));
end $$;

COMMENT ON FUNCTION app.data_tag(q app.data_query, f app.data_frame) IS 'Entity tag of an answer, from the version of the units below those asked for and of the catalogue, before anything is computed.';

CREATE FUNCTION app.day_end(p_day date) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (p_day + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh';
end $$;

COMMENT ON FUNCTION app.day_end(p_day date) IS 'The instant at which a day is over in Vietnam.';

CREATE FUNCTION app.deadlines(p_form integer, p_unit integer, p_period integer, OUT due_at timestamp with time zone, OUT locks_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
    p app.period;
    x record;
begin
    select * into p from app.period where id = p_period;
    if p.due_at is not null or p.locks_at is not null then
        select * into x from app.extended(p_form, p_unit, p_period);
        due_at := case when p.due_at is not null then greatest(p.due_at, x.due_at) end;
        locks_at := case when p.locks_at is not null then greatest(p.locks_at, x.expires_at) end;
    end if;
end $$;

COMMENT ON FUNCTION app.deadlines(p_form integer, p_unit integer, p_period integer, OUT due_at timestamp with time zone, OUT locks_at timestamp with time zone) IS 'Due time and lock of a unit: the period''s, or what an extension makes later.';

CREATE FUNCTION app.is_locked(p_form integer, p_unit integer, p_period integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return exists (select from app.period p where p.id = p_period and p.locks_at <= now())
       and (select d.locks_at <= now() from app.deadlines(p_form, p_unit, p_period) d);
end $$;

COMMENT ON FUNCTION app.is_locked(p_form integer, p_unit integer, p_period integer) IS 'Has the lock of the unit passed, by the server''s clock?';

CREATE TABLE app.reopen_request (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    form_id integer NOT NULL,
    period_id integer NOT NULL,
    receiver_id integer NOT NULL,
    reason app.prose NOT NULL,
    requested_by integer NOT NULL,
    requester_name app.line NOT NULL,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    decision text,
    decision_reason app.prose,
    decided_by integer,
    decider_name app.line,
    decided_at timestamp with time zone,
    expires_at timestamp with time zone,
    CONSTRAINT reopen_request_decided CHECK (((num_nonnulls(decision, decision_reason, decided_by, decider_name, decided_at) = ANY (ARRAY[0, 5])) AND ((expires_at IS NULL) OR (NOT (decision IS DISTINCT FROM 'grant'::text))))),
    CONSTRAINT reopen_request_decision_check CHECK ((decision = ANY (ARRAY['grant'::text, 'refuse'::text]))),
    CONSTRAINT reopen_request_decision_reason_check CHECK (((decision_reason)::text ~ '\S'::text)),
    CONSTRAINT reopen_request_with_reason CHECK (((reason)::text ~ '\S'::text))
);

ALTER TABLE ONLY app.reopen_request FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.reopen_request IS 'A commune asks to change a report that was accepted or locked; its district decides.';

COMMENT ON COLUMN app.reopen_request.id IS 'Number.';

COMMENT ON COLUMN app.reopen_request.submission_id IS 'Submission.';

COMMENT ON COLUMN app.reopen_request.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.reopen_request.form_id IS 'Its form: the receiver, who decides, may not see a draft.';

COMMENT ON COLUMN app.reopen_request.period_id IS 'Its period.';

COMMENT ON COLUMN app.reopen_request.receiver_id IS 'The unit that decides.';

COMMENT ON COLUMN app.reopen_request.reason IS 'Why it should be opened.';

COMMENT ON COLUMN app.reopen_request.requested_by IS 'Leader of the unit who asks.';

COMMENT ON COLUMN app.reopen_request.requester_name IS 'Name at that time.';

COMMENT ON COLUMN app.reopen_request.requested_at IS 'When.';

COMMENT ON COLUMN app.reopen_request.decision IS 'grant or refuse; null: not decided yet.';

COMMENT ON COLUMN app.reopen_request.decision_reason IS 'Why it was decided so.';

COMMENT ON COLUMN app.reopen_request.decided_by IS 'Who decided.';

COMMENT ON COLUMN app.reopen_request.decider_name IS 'Name at that time.';

COMMENT ON COLUMN app.reopen_request.decided_at IS 'When.';

COMMENT ON COLUMN app.reopen_request.expires_at IS 'Expiry of the extension that goes with it, where the lock had passed.';

CREATE FUNCTION app.decision_faults(q app.reopen_request, b jsonb) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault('/expires_at'::text, 'missing-member'::text) AS fault
   WHERE (((decision_faults.b ->> 'decision'::text) = 'grant'::text) AND ((decision_faults.b ->> 'expires_at'::text) IS NULL) AND app.is_locked((decision_faults.q).form_id, (decision_faults.q).unit_id, (decision_faults.q).period_id))
 UNION ALL
  SELECT app.fault('/expires_at'::text, 'not-in-future'::text) AS fault
   WHERE (((decision_faults.b ->> 'decision'::text) = 'grant'::text) AND (app.instant_or_null((decision_faults.b ->> 'expires_at'::text)) <= now()) AND app.is_locked((decision_faults.q).form_id, (decision_faults.q).unit_id, (decision_faults.q).period_id))
 UNION ALL
  SELECT app.fault('/reason'::text, 'too-short'::text, '{"min": 1}'::jsonb) AS fault
   WHERE ((jsonb_typeof((decision_faults.b -> 'reason'::text)) = 'string'::text) AND ((decision_faults.b ->> 'reason'::text) !~ '\S'::text) AND ((decision_faults.b ->> 'reason'::text) <> ''::text));
END;

COMMENT ON FUNCTION app.decision_faults(q app.reopen_request, b jsonb) IS 'What is wrong with a decision: what is locked is opened until an instant to come.';

CREATE TABLE app.village_proposal (
    id bigint NOT NULL,
    unit_id integer NOT NULL,
    village_id integer NOT NULL,
    period_id integer NOT NULL,
    indicator_id integer NOT NULL,
    value numeric,
    missing_reason text,
    note app.prose,
    proposed_by integer NOT NULL,
    proposer_name app.line NOT NULL,
    proposed_at timestamp with time zone DEFAULT now() NOT NULL,
    decision text,
    reason app.prose,
    decided_by integer,
    decider_name app.line,
    decided_at timestamp with time zone,
    CONSTRAINT village_proposal_decided CHECK ((num_nonnulls(decision, decided_by, decider_name, decided_at) = ANY (ARRAY[0, 4]))),
    CONSTRAINT village_proposal_decision_check CHECK ((decision = ANY (ARRAY['take'::text, 'refuse'::text]))),
    CONSTRAINT village_proposal_missing_reason_check CHECK ((missing_reason = 'not_applicable'::text)),
    CONSTRAINT village_proposal_one_of CHECK ((num_nonnulls(value, missing_reason) = 1)),
    CONSTRAINT village_proposal_refused_with_reason CHECK (((decision IS DISTINCT FROM 'refuse'::text) OR (((reason)::text ~ '\S'::text) IS TRUE))),
    CONSTRAINT village_proposal_size CHECK (((abs(value) < '1000000000000000'::numeric) AND (scale(value) <= 6)))
);

ALTER TABLE ONLY app.village_proposal FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.village_proposal IS 'Figures that heads of villages propose for their village; of several that are open for the same figure the last counts.  The commune takes one or refuses it.';

COMMENT ON COLUMN app.village_proposal.id IS 'Order of writing.';

COMMENT ON COLUMN app.village_proposal.unit_id IS 'The commune: the village''s parent on the last day of the period.';

COMMENT ON COLUMN app.village_proposal.village_id IS 'Village.';

COMMENT ON COLUMN app.village_proposal.period_id IS 'Period.';

COMMENT ON COLUMN app.village_proposal.indicator_id IS 'Indicator that is entered and adds up over villages.';

COMMENT ON COLUMN app.village_proposal.value IS 'The figure.';

COMMENT ON COLUMN app.village_proposal.missing_reason IS 'not_applicable: the village has nothing of the kind.';

COMMENT ON COLUMN app.village_proposal.note IS 'Remark of the head.';

COMMENT ON COLUMN app.village_proposal.proposed_by IS 'Who.';

COMMENT ON COLUMN app.village_proposal.proposer_name IS 'Name at that time.';

COMMENT ON COLUMN app.village_proposal.proposed_at IS 'Server clock.';

COMMENT ON COLUMN app.village_proposal.decision IS 'take: it became the village''s figure; refuse; null: open.';

COMMENT ON COLUMN app.village_proposal.reason IS 'Why it was decided so; always there for a refusal.';

COMMENT ON COLUMN app.village_proposal.decided_by IS 'Officer of the commune who decided.';

COMMENT ON COLUMN app.village_proposal.decider_name IS 'Name at that time.';

COMMENT ON COLUMN app.village_proposal.decided_at IS 'When.';

CREATE FUNCTION app.decisions_read(b jsonb, s app.submission) RETURNS TABLE(pointer text, first text, id bigint, decision text, reason text, q app.village_proposal, field text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT ('/proposals/'::text || (e.ord - 1)),
     ('/proposals/'::text || (min(e.ord) OVER (PARTITION BY (e.item -> 'id'::text)) - 1)),
     ((e.item ->> 'id'::text))::bigint AS int8,
     (e.item ->> 'decision'::text),
     btrim((e.item ->> 'reason'::text), ' 
	'::text) AS btrim,
     q.*::app.village_proposal AS q,
     i.field
    FROM ((jsonb_array_elements(
         CASE jsonb_typeof((decisions_read.b -> 'proposals'::text))
             WHEN 'array'::text THEN (decisions_read.b -> 'proposals'::text)
             ELSE '[]'::jsonb
         END) WITH ORDINALITY e(item, ord)
      LEFT JOIN app.village_proposal q ON (((q.id = ((e.item ->> 'id'::text))::bigint) AND (q.unit_id = (decisions_read.s).unit_id) AND (q.period_id = (decisions_read.s).period_id) AND (EXISTS ( SELECT
            FROM app.form_indicator f
           WHERE ((f.form_id = (decisions_read.s).form_id) AND (f.indicator_id = q.indicator_id)))))))
      LEFT JOIN app.indicator i ON ((i.id = q.indicator_id)))
   WHERE ((jsonb_typeof(e.item) = 'object'::text) AND (jsonb_typeof((e.item -> 'id'::text)) = 'number'::text));
END;

COMMENT ON FUNCTION app.decisions_read(b jsonb, s app.submission) IS 'The decisions of a body, each with the proposal it speaks of, if that concerns this report.';

CREATE FUNCTION app.is_superseded(q app.village_proposal) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return q.decision is null
       and exists (select from app.village_proposal n where n.id > q.id and (n.unit_id, n.period_id, n.indicator_id, n.village_id)
                                                                           = (q.unit_id, q.period_id, q.indicator_id, q.village_id));
end $$;

COMMENT ON FUNCTION app.is_superseded(q app.village_proposal) IS 'Was a later figure proposed before this one was decided on?';

CREATE FUNCTION app.villages_on(p_unit integer, p_day date) RETURNS integer[]
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select coalesce(array_agg(u.id order by u.code), '{}')
              from app.unit_parent p
              join app.unit u on u.id = p.unit_id and u.valid @> p_day
              join app.unit_kind k on k.code = u.kind and k.level = 'village'
             where p.parent_id = p_unit and p.valid @> p_day);
end $$;

COMMENT ON FUNCTION app.villages_on(p_unit integer, p_day date) IS 'The villages and residential groups of a commune on a day.';

CREATE FUNCTION app.village_values_read(p_values jsonb, p_unit integer, p_period app.period, p_form integer) RETURNS TABLE(v app.sent_value, village_id integer, form_id integer)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT ROW(('/values/'::text || (e.ord - 1)), (e.item ->> 'indicator'::text), i.id, i.field, (f.form_id IS NOT NULL), ('/values/'::text || (min(e.ord) OVER (PARTITION BY (e.item ->> 'indicator'::text), (e.item ->> 'village'::text)) - 1)), ARRAY( SELECT j.k
            FROM jsonb_each(e.item) j(k, v)
           WHERE ((j.k = ANY (ARRAY['value'::text, 'missing_reason'::text])) AND (j.v <> 'null'::jsonb))), e.item, d.*::app.indicator_version)::app.sent_value AS "row",
     w.id,
     f.form_id
    FROM ((((jsonb_array_elements(
         CASE jsonb_typeof(village_values_read.p_values)
             WHEN 'array'::text THEN village_values_read.p_values
             ELSE '[]'::jsonb
         END) WITH ORDINALITY e(item, ord)
      LEFT JOIN app.indicator i ON (((i.code)::text = (e.item ->> 'indicator'::text))))
      LEFT JOIN app.indicator_version d ON (((d.indicator_id = i.id) AND (d.valid @> (village_values_read.p_period).ends_on))))
      LEFT JOIN app.form_indicator f ON (((f.indicator_id = i.id) AND (f.level = 'commune'::text) AND (f.frequency = (village_values_read.p_period).frequency) AND (f.valid @> (village_values_read.p_period).ends_on) AND (f.form_id = COALESCE(village_values_read.p_form, f.form_id)))))
      LEFT JOIN app.unit w ON ((((w.code)::text = (e.item ->> 'village'::text)) AND (w.id = ANY (app.villages_on(village_values_read.p_unit, (village_values_read.p_period).ends_on))))))
   WHERE ((jsonb_typeof(e.item) = 'object'::text) AND (jsonb_typeof((e.item -> 'indicator'::text)) = 'string'::text));
END;

COMMENT ON FUNCTION app.village_values_read(p_values jsonb, p_unit integer, p_period app.period, p_form integer) IS 'The villages'' figures of a body, each with its definition, its village (null: none of this commune''s) and the form that asks for it.';

CREATE FUNCTION app.decision_faults(s app.submission, b jsonb, p_all_fields boolean) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault((k.pointer || '/id'::text), 'unknown-proposal'::text, jsonb_build_object('id', k.id)) AS fault
    FROM app.decisions_read(decision_faults.b, decision_faults.s) k(pointer, first, id, decision, reason, q, field)
   WHERE ((k.q).id IS NULL)
 UNION ALL
  SELECT app.fault((k.pointer || '/id'::text), 'proposal-not-open'::text, jsonb_build_object('id', k.id)) AS fault
    FROM app.decisions_read(decision_faults.b, decision_faults.s) k(pointer, first, id, decision, reason, q, field)
   WHERE (((k.q).id IS NOT NULL) AND (((k.q).decision IS NOT NULL) OR app.is_superseded(k.q)))
 UNION ALL
  SELECT app.fault((k.pointer || '/id'::text), 'duplicate-proposal'::text, jsonb_build_object('id', k.id, 'first', k.first)) AS fault
    FROM app.decisions_read(decision_faults.b, decision_faults.s) k(pointer, first, id, decision, reason, q, field)
   WHERE (k.first <> k.pointer)
 UNION ALL
  SELECT app.fault((k.pointer || '/id'::text), 'not-your-field'::text, jsonb_build_object('indicator', ( SELECT i.code
            FROM app.indicator i
           WHERE (i.id = (k.q).indicator_id)))) AS fault
    FROM app.decisions_read(decision_faults.b, decision_faults.s) k(pointer, first, id, decision, reason, q, field)
   WHERE ((k.field <> 'culture'::text) AND (NOT decision_faults.p_all_fields))
 UNION ALL
  SELECT app.fault((k.pointer || '/reason'::text), 'missing-member'::text, '{}'::jsonb) AS fault
    FROM app.decisions_read(decision_faults.b, decision_faults.s) k(pointer, first, id, decision, reason, q, field)
   WHERE ((k.decision = 'refuse'::text) AND (COALESCE(k.reason, ''::text) = ''::text))
 UNION ALL
  SELECT app.fault((k.pointer || '/id'::text), 'proposal-and-value'::text, jsonb_build_object('id', k.id, 'value', (r.v).pointer)) AS fault
    FROM ((app.decisions_read(decision_faults.b, decision_faults.s) k(pointer, first, id, decision, reason, q, field)
      JOIN app.period p ON ((p.id = (decision_faults.s).period_id)))
      CROSS JOIN LATERAL app.village_values_read((decision_faults.b -> 'values'::text), (decision_faults.s).unit_id, p.*, (decision_faults.s).form_id) r(v, village_id, form_id))
   WHERE ((k.decision = 'take'::text) AND (((k.q).indicator_id = (r.v).indicator_id) AND ((k.q).village_id = r.village_id)));
END;

COMMENT ON FUNCTION app.decision_faults(s app.submission, b jsonb, p_all_fields boolean) IS 'Everything that is wrong with decisions on proposals.';

CREATE FUNCTION app.etag_matches(p_if_match text, p_etag text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((btrim(p_if_match) = '*'::text) OR (p_etag = ANY (regexp_split_to_array(btrim(p_if_match), '\s*,\s*'::text))));

COMMENT ON FUNCTION app.etag_matches(p_if_match text, p_etag text) IS 'If-Match of RFC 9110, 13.1.1: strong comparison with a list, or *.';

CREATE FUNCTION app.expect_admin() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if not app.is_admin() then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_admin() IS '403 for everybody but administrators.';

CREATE FUNCTION app.expect_choice(p_parameter text, p_value text, p_choices text[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    return p_value is null or p_value = any (p_choices) or app.refuse_parameters(jsonb_build_array(
        app.parameter_fault(p_parameter, 'not-a-choice', jsonb_build_object('choices', array_to_string(p_choices, ', ')))));
end $$;

COMMENT ON FUNCTION app.expect_choice(p_parameter text, p_value text, p_choices text[]) IS '400 for anything but these values.';

CREATE FUNCTION app.expect_codes(p_unit text DEFAULT NULL::text, p_period text DEFAULT NULL::text, p_form text DEFAULT NULL::text, p_indicator text DEFAULT NULL::text, p_document text DEFAULT NULL::text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
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

COMMENT ON FUNCTION app.expect_codes(p_unit text, p_period text, p_form text, p_indicator text, p_document text) IS '400 for filters that name nothing: an empty list would be taken for an answer.';

CREATE FUNCTION app.expect_commenter(s app.submission) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if app.comment_role(s, app.grants()) is null then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_commenter(s app.submission) IS '403 for whoever sees a report without taking part in it.';

CREATE FUNCTION app.expect_cursor(p_known boolean) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if not p_known then
        raise exception using errcode = 'TD400', message = 'malformed-parameter',
            detail = jsonb_build_object('errors', jsonb_build_array(jsonb_build_object('parameter', 'cursor', 'code', 'invalid')))::text;
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_cursor(p_known boolean) IS '400 for a cursor that no page gave.';

CREATE FUNCTION app.expect_edit(s app.submission, p_if_match text, b jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
    if s.state not in ('draft', 'returned') then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif not app.may_edit(s, app.grants()) then
        perform app.problem(403, 'forbidden', '{}', jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif not app.etag_matches(p_if_match, app.submission_etag(s)) then
        perform app.refuse_stale(app.submission_etag(s), app.submission_difference(s, b));
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_edit(s app.submission, p_if_match text, b jsonb) IS 'May its values be changed, now, by the caller, from this version, as the body asks?  423, 409, 403 or 412 otherwise.';

CREATE FUNCTION app.expect_figure(p_submission bigint, p_code text) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
declare
    found_id int;
begin
    select i.id into found_id from app.submission s, app.indicator i where s.id = p_submission and i.code = p_code;
    if found_id is null then
        perform app.problem(404, 'not-found');
    end if;
    return found_id;
end $$;

COMMENT ON FUNCTION app.expect_figure(p_submission bigint, p_code text) IS 'The indicator; 404 when there is none, or for a submission the caller may not see.';

CREATE FUNCTION app.expect_follower(s app.submission) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if app.follow_up_role(s, app.grants()) is null then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_follower(s app.submission) IS '403 for whoever sees a report and is neither its unit''s officer or leader nor its receiver''s home affairs office.';

CREATE FUNCTION app.expect_grant(p_role text, p_unit integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if not p_role || '@' || p_unit = any (app.grants()) then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_grant(p_role text, p_unit integer) IS '403 without this role for this unit.';

CREATE FUNCTION app.expect_home_affairs() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if cardinality(app.units_of_role('DISTRICT_HOME_AFFAIRS')) = 0 then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_home_affairs() IS '403 for everybody but a district''s home affairs office, which defines periods.';

CREATE FUNCTION app.expect_importer() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if cardinality(app.units_of_role('OFFICE_STAT_OFFICER')) + cardinality(app.units_of_role('CULTURE_INFO_OFFICER')) = 0 then
        perform app.problem(403, 'forbidden');
    end if;
end $$;

COMMENT ON FUNCTION app.expect_importer() IS '403 for who enters figures of no unit.';

CREATE FUNCTION app.expect_justifier(s app.submission) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
    if app.justification_role(s) is null then
        perform app.problem(403, 'forbidden', '{}', jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    elsif s.state not in ('draft', 'returned') then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'justify', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_justifier(s app.submission) IS '423, 403 or 409, unless the caller may explain the figures of this report now.';

CREATE FUNCTION app.expect_kept(p_kept app.submission) RETURNS app.submission
    LANGUAGE plpgsql STABLE
    AS $$
begin
    perform app.expect_written(not p_kept is null);
    return p_kept;
end $$;

COMMENT ON FUNCTION app.expect_kept(p_kept app.submission) IS 'What was written; tried again when another change came between reading and writing.';

CREATE TABLE app.follow_up (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    indicator_id integer,
    text app.prose NOT NULL,
    owner_id integer NOT NULL,
    owner_login text NOT NULL,
    owner_name app.line NOT NULL,
    due_on date NOT NULL,
    side text NOT NULL,
    opened_by integer NOT NULL,
    opener_name app.line NOT NULL,
    opener_role text NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    closing_text app.prose,
    closed_by integer,
    closer_name app.line,
    closed_at timestamp with time zone,
    CONSTRAINT follow_up_closed CHECK ((num_nonnulls(closing_text, closed_by, closer_name, closed_at) = ANY (ARRAY[0, 4]))),
    CONSTRAINT follow_up_closing_text_check CHECK (((closing_text)::text ~ '\S'::text)),
    CONSTRAINT follow_up_says_something CHECK (((text)::text ~ '\S'::text)),
    CONSTRAINT follow_up_side_check CHECK ((side = ANY (ARRAY['unit'::text, 'receiver'::text])))
);

ALTER TABLE ONLY app.follow_up FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.follow_up IS 'What somebody has to look after in a report or one of its values, until a day; closed once, by a word.';

COMMENT ON COLUMN app.follow_up.id IS 'Order of opening.';

COMMENT ON COLUMN app.follow_up.submission_id IS 'Submission.';

COMMENT ON COLUMN app.follow_up.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.follow_up.indicator_id IS 'The value it is about; null for the whole report.';

COMMENT ON COLUMN app.follow_up.text IS 'What is to be done.';

COMMENT ON COLUMN app.follow_up.owner_id IS 'Who has to.';

COMMENT ON COLUMN app.follow_up.owner_login IS 'Login of the owner, as it was named.';

COMMENT ON COLUMN app.follow_up.owner_name IS 'Name at that time.';

COMMENT ON COLUMN app.follow_up.due_on IS 'Last day for it, in Vietnam.';

COMMENT ON COLUMN app.follow_up.side IS 'Opened for the reporting unit or for the receiver.';

COMMENT ON COLUMN app.follow_up.opened_by IS 'Who opened it.';

COMMENT ON COLUMN app.follow_up.opener_name IS 'Name at that time.';

COMMENT ON COLUMN app.follow_up.opener_role IS 'In which role.';

COMMENT ON COLUMN app.follow_up.opened_at IS 'Server clock.';

COMMENT ON COLUMN app.follow_up.closing_text IS 'What came of it; this and all that follow are null while it is open.';

COMMENT ON COLUMN app.follow_up.closed_by IS 'Who closed it: the owner, or who opened it.';

COMMENT ON COLUMN app.follow_up.closer_name IS 'Name at that time.';

COMMENT ON COLUMN app.follow_up.closed_at IS 'Server clock.';

CREATE FUNCTION app.expect_open(m app.follow_up) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if app.me() not in (m.owner_id, m.opened_by) then
        perform app.problem(403, 'forbidden');
    elsif m.closed_at is not null then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'close', 'state', 'closed'), '{"allowed_actions": []}');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_open(m app.follow_up) IS '403 for everybody but the owner and who opened it, 409 when it is closed already.';

CREATE FUNCTION app.expect_role(p_role text, p_unit integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if not p_unit = any (app.reach('own')) then
        perform app.problem(404, 'not-found');
    elsif not p_role || '@' || p_unit = any (app.grants()) then
        perform app.problem(403, 'forbidden');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_role(p_role text, p_unit integer) IS '404 for another''s unit, 403 for the own one without this role.';

CREATE FUNCTION app.expect_scopes(p_scopes text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    lacking text := (
        select s from unnest(p_scopes) s
         where exists (select from app.token t where t.hash = decode(current_setting('app.token', true), 'hex') and not s = any (t.scopes))
         limit 1);
begin
    if lacking is not null then
        perform app.problem(403, 'insufficient-scope', jsonb_build_object('scope', lacking));
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_scopes(p_scopes text[]) IS '403 unless the token that made this request has these scopes; a session has all.';

CREATE TABLE app.transition_rule (
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    role text NOT NULL,
    side text NOT NULL,
    reasoned boolean NOT NULL,
    CONSTRAINT transition_rule_action_check CHECK ((action = ANY (ARRAY['submit'::text, 'withdraw'::text, 'return'::text, 'accept'::text, 'reopen'::text]))),
    CONSTRAINT transition_rule_side_check CHECK ((side = ANY (ARRAY['unit'::text, 'receiver'::text])))
);

COMMENT ON TABLE app.transition_rule IS 'The workflow: who may take which step (clauses of the plan, III.3; recipients).';

COMMENT ON COLUMN app.transition_rule.action IS 'Step.';

COMMENT ON COLUMN app.transition_rule.from_state IS 'From.';

COMMENT ON COLUMN app.transition_rule.to_state IS 'To.';

COMMENT ON COLUMN app.transition_rule.role IS 'Role that may.';

COMMENT ON COLUMN app.transition_rule.side IS 'Held for the reporting unit or for the receiver.';

COMMENT ON COLUMN app.transition_rule.reasoned IS 'A reason is required.';

CREATE FUNCTION app.expect_step(s app.submission, p_action text, p_if_match text) RETURNS app.transition_rule
    LANGUAGE plpgsql STABLE
    AS $$
declare
    r app.transition_rule;
    allowed jsonb;
begin
    perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
    select * into r from app.transition_rule where action = p_action and from_state = s.state;
    if not found or not app.may_step(s, r, app.grants()) then
        allowed := jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants()));
        if r.action is null then
            perform app.problem(409, 'illegal-transition', jsonb_build_object('action', p_action, 'state', s.state), allowed);
        elsif r.role || '@' || s.unit_id = any (app.grants()) then
            perform app.problem(403, 'four-eyes', '{}', allowed);
        end if;
        perform app.problem(403, 'forbidden', '{}', allowed);
    end if;
    perform app.expect_version(p_if_match, app.submission_etag(s), jsonb_build_array(
        app.difference('/action', to_jsonb(p_action), to_jsonb(app.shown_state(s)), s.updated_by, s.updated_at)));
    return r;
end $$;

COMMENT ON FUNCTION app.expect_step(s app.submission, p_action text, p_if_match text) IS 'The rule of a step the caller may take now from this version; 423, 409, 403 or 412 otherwise.';

CREATE FUNCTION app.expect_submission(p_id bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if not exists (select from app.submission where id = p_id) then
        perform app.problem(404, 'not-found');
    end if;
    return p_id;
end $$;

COMMENT ON FUNCTION app.expect_submission(p_id bigint) IS '404 for a submission the caller may not see, as for one that is not there.';

CREATE FUNCTION app.expect_undecided(q app.reopen_request) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    perform app.expect_grant('DISTRICT_HOME_AFFAIRS', q.receiver_id);
    if q.decision is not null then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'decide', 'state', q.decision), '{"allowed_actions": []}');
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_undecided(q app.reopen_request) IS '403 for everybody but the home affairs office of the district asked, 409 when it has decided already.';

CREATE FUNCTION app.expect_version(p_if_match text, p_etag text, p_changed jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if not app.etag_matches(p_if_match, p_etag) then
        perform app.refuse_stale(p_etag, p_changed);
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_version(p_if_match text, p_etag text, p_changed jsonb) IS '412 with the current entity tag and the difference, unless If-Match names it.';

CREATE FUNCTION app.expect_village_edit(s app.submission, p_if_match text, b jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    perform app.expect_edit(s, '*', '{}');
    return app.expect_version(p_if_match, app.submission_etag(s), app.village_difference(s, b));
end $$;

COMMENT ON FUNCTION app.expect_village_edit(s app.submission, p_if_match text, b jsonb) IS 'May villages'' figures be changed, now, by the caller, from this version?  423, 409, 403 or 412 otherwise.';

CREATE FUNCTION app.expect_width(p_width integer) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    return app.refuse_parameters(case when p_width > 1000 then jsonb_build_array(app.parameter_fault('columns', 'table-too-wide', jsonb_build_object('columns', p_width, 'max', 1000)))
                                      else '[]' end);
end $$;

COMMENT ON FUNCTION app.expect_width(p_width integer) IS 'A table has 1,000 columns of figures at most.';

CREATE FUNCTION app.expect_windows(p_selector text) RETURNS integer[]
    LANGUAGE plpgsql STABLE
    AS $$
begin
    perform app.refuse_parameters((select coalesce(jsonb_agg(w.fault), '[]') from app.select_windows(p_selector, now()) w where w.fault is not null));
    return array(select p.id from app.select_windows(p_selector, now()) w join app.period p on p.code = w.code);
end $$;

COMMENT ON FUNCTION app.expect_windows(p_selector text) IS 'The reporting periods of a selector.  400 for what names nothing.';

CREATE FUNCTION app.expect_written(p_written boolean) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if not p_written then
        raise exception using errcode = 'serialization_failure', message = 'another change came between reading and writing';
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.expect_written(p_written boolean) IS 'Fails so that it is tried again when another change came between reading and writing.';

CREATE FUNCTION app.expected_reports(p_units integer[], p_forms integer[], p_periods integer[]) RETURNS TABLE(unit_id integer, form_id integer, period_id integer, receiver_id integer, in_reach boolean, s app.submission, due_at timestamp with time zone, locks_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    return query
    select u.id, f.id, p.id, x.parent_id,
           u.id = any ((select app.reach('own'))::int[]) or x.parent_id = any ((select app.reach('received'))::int[])
           or x.parent_id = any ((select app.reach('accepted'))::int[]),
           s, d.due_at, d.locks_at
      from app.unit u
      join app.unit_kind k on k.code = u.kind
      join app.form f on f.level = k.level
      join app.period p on p.frequency = f.frequency and f.valid @> p.ends_on and u.valid @> p.ends_on
      join app.unit_parent x on x.unit_id = u.id and x.valid @> p.ends_on
      left join app.submission s on (s.form_id, s.unit_id, s.period_id) = (f.id, u.id, p.id)
     cross join lateral app.deadlines(f.id, u.id, p.id) d
     where u.id = any (p_units) and (p_forms is null or f.id = any (p_forms)) and (p_periods is null or p.id = any (p_periods));
end $$;

COMMENT ON FUNCTION app.expected_reports(p_units integer[], p_forms integer[], p_periods integer[]) IS 'Every report that these units owe or owed: alive on the period''s last day, of the form''s level, the form in use; each with its submission as far as the caller sees it.';

CREATE FUNCTION app.extended(p_form integer, p_unit integer, p_period integer, OUT due_at timestamp with time zone, OUT expires_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    select (array_agg(x.due_at order by x.id desc) filter (where x.due_at is not null))[1], (array_agg(x.expires_at order by x.id desc))[1]
      into extended.due_at, extended.expires_at
      from app.extension_unit u join app.extension x on x.id = u.extension_id
     where u.unit_id = p_unit and u.period_id = p_period and coalesce(x.form_id = p_form, true) and app.me() is not null;
end $$;

COMMENT ON FUNCTION app.extended(p_form integer, p_unit integer, p_period integer, OUT due_at timestamp with time zone, OUT expires_at timestamp with time zone) IS 'What the last extensions for a unit give; nulls without one.  The state of a report is the same for whoever sees it, so it does not go by what the caller sees.';

CREATE FUNCTION app.extension_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.created_by := app.me();
    new.created_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.extension_stamp() IS 'Whoever gives more time is named.';

CREATE FUNCTION app.fault_of(p_fault jsonb, p_ord bigint) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return p_fault || case when p_ord is not null then jsonb_build_object('nth', p_ord - 1) else '{}' end;
end $$;

COMMENT ON FUNCTION app.fault_of(p_fault jsonb, p_ord bigint) IS 'A fault with the place of its selector among those sent, for the pointer into a body.';

CREATE FUNCTION app.feed(p_cursor text, p_limit integer, OUT items json, OUT next text, OUT more boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
    place constant app.feed_place := app.feed_from(p_cursor);
begin
    if place.phase = 'snapshot' then
        select f.* into items, next, more from app.feed_snapshot(place, p_limit) f;
    else
        select f.* into items, next, more from app.feed_window(place, p_limit) f;
    end if;
end $$;

COMMENT ON FUNCTION app.feed(p_cursor text, p_limit integer, OUT items json, OUT next text, OUT more boolean) IS 'A page of the feed from a cursor, and the cursor of the one behind it.';

CREATE FUNCTION app.feed_from(p_cursor text) RETURNS app.feed_place
    LANGUAGE plpgsql STABLE
    AS $$
declare
    place app.feed_place;
begin
    if p_cursor is null then
        return row('snapshot', pg_current_snapshot(), null, null, 0, 0, now(), app.sight())::app.feed_place;
    end if;
    begin
        place := app.cursor_read(p_cursor)::app.feed_place;
    exception when data_exception or syntax_error then -- a cursor of something else
        perform app.expect_cursor(false);
    end;
    if place.sight <> app.sight() then
        perform app.problem(410, 'cursor-expired', jsonb_build_object('reason', 'rights'));
    elsif place.told_at < now() - interval '90 days' or pg_snapshot_xmax(place.since) > pg_snapshot_xmax(pg_current_snapshot()) then
        perform app.problem(410, 'cursor-expired', jsonb_build_object('reason', 'age'));
    end if;
    return place;
end $$;

COMMENT ON FUNCTION app.feed_from(p_cursor text) IS 'Where a cursor points; without one a replica starts from a snapshot of all there is.';

CREATE FUNCTION app.feed_item(p_kind text, p_key text, p_data json) RETURNS json
    LANGUAGE sql IMMUTABLE
    RETURN json_build_object('op', CASE WHEN (p_data IS NULL) THEN 'delete'::text ELSE 'upsert'::text END, 'kind', p_kind, 'key', p_key, 'data', p_data);

COMMENT ON FUNCTION app.feed_item(p_kind text, p_key text, p_data json) IS 'An element of the feed.';

CREATE FUNCTION app.feed_snapshot(p app.feed_place, p_limit integer, OUT items json, OUT next text, OUT more boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
    told bigint;
begin
    with page as materialized (
        select x.* from (
            (select 1 as ord, 'unit' as kind, u.id::bigint as subject, u.code::text as key from app.unit u
              where p.last_kind < 1 or (p.last_kind = 1 and u.id > p.last_id) order by u.id limit p_limit + 1)
            union all
            (select 2, 'target', t.id, t.id::text from app.target t
              where p.last_kind < 2 or (p.last_kind = 2 and t.id > p.last_id) order by t.id limit p_limit + 1)
            union all
            (select 3, 'publication', b.id, b.id::text from app.publication b
              where p.last_kind < 3 or (p.last_kind = 3 and b.id > p.last_id) order by b.id limit p_limit + 1)
            union all
            (select 4, 'submission', s.id, s.id::text from app.submission s
              where p.last_kind < 4 or (p.last_kind = 4 and s.id > p.last_id) order by s.id limit p_limit + 1)) x
         order by x.ord, x.subject limit p_limit + 1
    ), numbered as (
        select g.*, row_number() over (order by g.ord, g.subject) as nth from page g
    )
    select count(*), coalesce(json_agg(app.feed_item(n.kind, n.key, app.told(n.kind, n.subject)) order by n.nth) filter (where n.nth <= p_limit), '[]'),
           max(n.ord) filter (where n.nth = p_limit), max(n.subject) filter (where n.nth = p_limit)
      into told, items, p.last_kind, p.last_id
      from numbered n;
    more := true; -- after the snapshot what has been committed meanwhile
    if told <= p_limit then
        p := row('window', p.since, null, null, 0, 0, p.told_at, p.sight)::app.feed_place;
    end if;
    next := app.cursor_write(p::text);
end $$;

COMMENT ON FUNCTION app.feed_snapshot(p app.feed_place, p_limit integer, OUT items json, OUT next text, OUT more boolean) IS 'A page of all there is; behind the last one come the changes since the first.';

CREATE FUNCTION app.feed_window(p app.feed_place, p_limit integer, OUT items json, OUT next text, OUT more boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
    until constant pg_snapshot := coalesce(p.upto, pg_current_snapshot());
    told bigint;
begin
    with page as materialized (
        select c.*
          from app.change c
         where c.xid >= pg_snapshot_xmin(p.since) and c.xid < pg_snapshot_xmax(until)
           and (c.xid, c.id) > (coalesce(p.last_xid, '0'::xid8), p.last_id)
           and pg_visible_in_snapshot(c.xid, until) and not pg_visible_in_snapshot(c.xid, p.since)
         order by c.xid, c.id limit p_limit + 1
    ), numbered as (
        select g.*, row_number() over (order by g.xid, g.id) as nth from page g
    ), told_of as ( -- once a page: how it stands does not depend on how often it changed
        select n.kind, n.code, n.subject, max(n.nth) as nth from numbered n where n.nth <= p_limit group by n.kind, n.code, n.subject
    )
    select (select count(*) from page), coalesce(json_agg(app.feed_item(t.kind, t.code, app.told(t.kind, t.subject)) order by t.nth), '[]'),
           (select n.xid from numbered n where n.nth = p_limit), (select n.id from numbered n where n.nth = p_limit)
      into told, items, p.last_xid, p.last_id
      from told_of t;
    more := told > p_limit;
    p.upto := until;
    if not more then
        p := row('window', until, null, null, 0, 0, now(), p.sight)::app.feed_place;
    end if;
    next := app.cursor_write(p::text);
end $$;

COMMENT ON FUNCTION app.feed_window(p app.feed_place, p_limit integer, OUT items json, OUT next text, OUT more boolean) IS 'A page of what was committed between two snapshots, in the order of the transactions.';

CREATE FUNCTION app.figure_value(d app.indicator_version, p_numerator numeric, p_denominator numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN trim_scale(CASE WHEN ((d).result = 'total'::text) THEN p_numerator WHEN (p_denominator <> (0)::numeric) THEN round((((d).scale * p_numerator) / p_denominator), (d).decimals) ELSE NULL::numeric END);

COMMENT ON FUNCTION app.figure_value(d app.indicator_version, p_numerator numeric, p_denominator numeric) IS 'The value of a numerator and denominator: rates are rounded to the indicator''s decimals, here and nowhere before.';

CREATE FUNCTION app.finding_indicators(p_rule integer) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select json_agg(distinct i.code order by i.code) from app.rule_term t join app.indicator i on i.id = t.indicator_id
             where t.rule_id = p_rule and t.taken = 'value');
end $$;

COMMENT ON FUNCTION app.finding_indicators(p_rule integer) IS 'The figures of the report that a rule speaks of.';

CREATE FUNCTION app.fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(app.unaccent('app.unaccent'::regdictionary, NORMALIZE($1, NFC)));

COMMENT ON FUNCTION app.fold(text) IS 'Text without accents and case, for searching: "Lơ Ku", in NFC or NFD, becomes "lo ku".';

CREATE FUNCTION app.owner_of(s app.submission, p_login text, OUT id integer, OUT name text) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
begin
    select o.id, o.name into owner_of.id, owner_of.name from app.follow_up_owner(p_login, s.unit_id, case when s.state <> 'draft' then s.receiver_id end) o;
end $$;

COMMENT ON FUNCTION app.owner_of(s app.submission, p_login text, OUT id integer, OUT name text) IS 'Who can be the owner of a mark on a report: accounts that see it.  The caller sees the report, too.';

CREATE FUNCTION app.today() RETURNS date
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (now() at time zone 'Asia/Ho_Chi_Minh')::date;
end $$;

COMMENT ON FUNCTION app.today() IS 'The day it is in Vietnam, by the server''s clock.';

CREATE FUNCTION app.follow_up_faults(s app.submission, b jsonb) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.comment_faults(''::text, follow_up_faults.b, follow_up_faults.s) AS comment_faults
 UNION ALL
  SELECT app.fault('/owner'::text, 'owner-not-of-report'::text, jsonb_build_object('owner', "left"((follow_up_faults.b ->> 'owner'::text), 64))) AS fault
    FROM app.owner_of(follow_up_faults.s, (follow_up_faults.b ->> 'owner'::text)) o(id, name)
   WHERE ((jsonb_typeof((follow_up_faults.b -> 'owner'::text)) = 'string'::text) AND (o.id IS NULL))
 UNION ALL
  SELECT app.fault('/due_on'::text, 'day-passed'::text) AS fault
   WHERE (app.date_or_null((follow_up_faults.b ->> 'due_on'::text)) < app.today());
END;

COMMENT ON FUNCTION app.follow_up_faults(s app.submission, b jsonb) IS 'What is wrong with one mark.';

CREATE FUNCTION app.follow_up_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform app.expect_open(old);
    new.closed_by := app.me();
    new.closer_name := app.account_name(app.me());
    new.closed_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.follow_up_guard() IS 'A mark is closed once, by its owner or by who opened it; nothing else of it changes.';

CREATE FUNCTION app.follow_up_owner(p_login text, p_unit integer, p_receiver integer, OUT id integer, OUT name text) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    select a.id, a.name::text into follow_up_owner.id, follow_up_owner.name
      from app.account a
     where a.login = p_login and a.disabled_at is null and (p_unit = any (app.reach('own')) or p_receiver = any (app.reach('received')))
       and exists (select from app.account_role g join app.role r on r.code = g.role
                    where g.account_id = a.id and r.reach in ('own', 'received') and g.unit_id in (p_unit, p_receiver));
end $$;

COMMENT ON FUNCTION app.follow_up_owner(p_login text, p_unit integer, p_receiver integer, OUT id integer, OUT name text) IS 'The account of a login that holds a role for the unit or (null: it sees nothing yet) for the receiver; null: none such.  Tells nothing of others, and nothing to others than these two.';

CREATE FUNCTION app.follow_up_role(s app.submission, p_grants text[]) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select r.role
              from unnest('{COMMUNE_LEADER,OFFICE_STAT_OFFICER,CULTURE_INFO_OFFICER,DISTRICT_HOME_AFFAIRS}'::text[]) with ordinality as r(role, nth)
             where r.role || '@' || case when r.role ~ '^DISTRICT' then s.receiver_id else s.unit_id end = any (p_grants)
             order by r.nth limit 1);
end $$;

COMMENT ON FUNCTION app.follow_up_role(s app.submission, p_grants text[]) IS 'The role in which the caller may open a mark on a report; null: in none.';

CREATE TABLE app.form (
    id integer NOT NULL,
    code app.code NOT NULL,
    name_vi app.line NOT NULL,
    name_en app.line NOT NULL,
    level text NOT NULL,
    frequency text NOT NULL,
    four_eyes boolean DEFAULT true NOT NULL,
    valid daterange NOT NULL,
    CONSTRAINT form_frequency_check CHECK ((frequency = ANY (ARRAY['month'::text, 'quarter'::text, 'half'::text, 'nine_months'::text, 'year'::text]))),
    CONSTRAINT form_level_check CHECK ((level = ANY (ARRAY['commune'::text, 'village'::text]))),
    CONSTRAINT form_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE app.form IS 'Which indicators units of a level report how often.';

COMMENT ON COLUMN app.form.id IS 'Internal number.';

COMMENT ON COLUMN app.form.code IS 'Code of our own.';

COMMENT ON COLUMN app.form.name_vi IS 'Vietnamese name.';

COMMENT ON COLUMN app.form.name_en IS 'English name.';

COMMENT ON COLUMN app.form.level IS 'Level of the units that fill it in.';

COMMENT ON COLUMN app.form.frequency IS 'Frequency of its periods.';

COMMENT ON COLUMN app.form.four_eyes IS 'Whoever entered a value may not submit it.';

COMMENT ON COLUMN app.form.valid IS 'Days on which it is in use; the last day of a period decides.';

CREATE FUNCTION app.follow_up_shown(m app.follow_up) RETURNS TABLE(id bigint, submission bigint, unit text, form text, period text, indicator text, text text, owner text, owner_name text, due_on date, state text, overdue boolean, side text, opened_by text, role text, opened_at timestamp with time zone, closing_text text, closed_by text, closed_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (follow_up_shown.m).id AS id,
     (follow_up_shown.m).submission_id AS submission_id,
     u.code,
     f.code,
     p.code,
     i.code,
     (follow_up_shown.m).text AS text,
     (follow_up_shown.m).owner_login AS owner_login,
     (follow_up_shown.m).owner_name AS owner_name,
     (follow_up_shown.m).due_on AS due_on,
         CASE
             WHEN ((follow_up_shown.m).closed_at IS NULL) THEN 'open'::text
             ELSE 'closed'::text
         END AS "case",
     (((follow_up_shown.m).closed_at IS NULL) AND ((follow_up_shown.m).due_on < app.today())),
     (follow_up_shown.m).side AS side,
     (follow_up_shown.m).opener_name AS opener_name,
     (follow_up_shown.m).opener_role AS opener_role,
     (follow_up_shown.m).opened_at AS opened_at,
     (follow_up_shown.m).closing_text AS closing_text,
     (follow_up_shown.m).closer_name AS closer_name,
     (follow_up_shown.m).closed_at AS closed_at
    FROM ((((app.submission s
      JOIN app.unit u ON ((u.id = s.unit_id)))
      JOIN app.form f ON ((f.id = s.form_id)))
      JOIN app.period p ON ((p.id = s.period_id)))
      LEFT JOIN app.indicator i ON ((i.id = (follow_up_shown.m).indicator_id)))
   WHERE (s.id = (follow_up_shown.m).submission_id);
END;

COMMENT ON FUNCTION app.follow_up_shown(m app.follow_up) IS 'A mark as answers show it.';

CREATE FUNCTION app.follow_up_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    s app.submission;
    o record;
begin
    select * into s from app.submission where id = app.expect_submission(new.submission_id);
    perform app.expect_follower(s);
    select * into o from app.owner_of(s, new.owner_login);
    if o.id is null then
        perform app.problem(403, 'forbidden');
    end if;
    new.owner_id := o.id;
    new.owner_name := o.name;
    new.opener_role := app.follow_up_role(s, app.grants());
    new.side := case when new.opener_role ~ '^DISTRICT' then 'receiver' else 'unit' end;
    new.opened_by := app.me();
    new.opener_name := app.account_name(app.me());
    new.opened_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.follow_up_stamp() IS 'Whoever opens a mark is named, with the side; the owner is somebody who sees the report.';

CREATE FUNCTION app.fractions(p_units integer[], p_parents integer[], p_kinds text[], p_windows integer[], p_single boolean[], p_in_reach boolean[], p_indicators integer[], p_from date[], p_to date[], p_coarsest integer[], p_how app.figures_how) RETURNS SETOF app.fraction
    LANGUAGE plpgsql STABLE
    SET enable_nestloop TO 'off'
    AS $$ -- the planner cannot know how few or many rows each step has; a lateral sub-select
#variable_conflict use_column
begin
    return query
    with days as materialized (
        select x.id::int as window_id, x.starts_on, x.ends_on, x.coarsest from unnest(p_from, p_to, p_coarsest) with ordinality as x(starts_on, ends_on, coarsest, id)
    ), asked as materialized (
        select row_number() over () as aid, i.id as indicator_id, p.window_id, d.id as version_id, d.aggregation, d.weight_id, d.applies_to
          from unnest(p_indicators) i(id)
         cross join days p
          left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
    ), need as materialized (   -- the entered figures behind each asked one
        select a.aid, a.window_id, coalesce(t.indicator_id, a.indicator_id) as source_id,
               coalesce(t.side, 'numerator') as side, coalesce(t.coefficient, 1) as coefficient, coalesce(t.counts, 'value') as counts
          from asked a left join app.indicator_term t on t.version_id = a.version_id
        union all
        select a.aid, a.window_id, a.weight_id, 'weight', 1, 'value' from asked a where a.weight_id is not null
    ), tiling as ( -- forms that ask a source, and how their periods tile the asked window
        select k.window_id, k.source_id, f.form_id, q.id as from_id, q.ends_on = p.ends_on as is_last, d.measure,
               (q.starts_on, q.ends_on) <> (p.starts_on, p.ends_on) as finer,
               array_position('{month,quarter,half,nine_months,year}', q.frequency) as coarseness,
               sum(q.ends_on - q.starts_on + 1) over (partition by k.window_id, k.source_id, f.form_id) = p.ends_on - p.starts_on + 1 as tiles
          from (select distinct source_id, window_id from need) k
          join days p on p.window_id = k.window_id
          join app.indicator_version d on d.indicator_id = k.source_id and d.valid @> p.ends_on
          join app.form_indicator f on f.indicator_id = k.source_id and f.level = 'commune' and f.valid @> p.ends_on
          join app.period q on q.frequency = f.frequency and q.starts_on >= p.starts_on and q.ends_on <= p.ends_on
                           and array_position('{month,quarter,half,nine_months,year}', q.frequency) <= coalesce(p.coarsest, 5)
    ), supply as materialized ( -- the coarsest one serves; flows add up over it, stocks and statuses are those of its last period
        select row_number() over () as sid, t.*
          from (select t.*, max(t.coarseness) over (partition by t.window_id, t.source_id) as best from tiling t where t.tiles) t
         where t.coarseness = t.best and (t.measure = 'flow' or t.is_last)
    ), reporter as materialized (
        select x.rid, x.id, x.parent_id, x.kind, x.window_id, x.single, x.in_reach
          from unnest(p_units, p_parents, p_kinds, p_windows, p_single, p_in_reach) with ordinality as x(id, parent_id, kind, window_id, single, in_reach, rid)
    ), accepted as materialized ( -- every accepted figure that is needed, once
        select v.unit_id::bigint << 32 | y.sid as key, v.invented, v.value, v.denominator as den, v.missing_reason, v.status
          from app.accepted_values(array(select distinct r.id from reporter r), array(select distinct y.form_id from supply y),
                                   array(select distinct y.from_id from supply y), array(select distinct y.source_id from supply y), p_how) v
          join supply y on y.form_id = v.form_id and y.from_id = v.period_id and y.source_id = v.indicator_id
    ), source as materialized ( -- one entered figure of one reporter for the asked window
        select r.rid << 32 | s.source_id as key,
               count(*) = count(a.value) + count(*) filter (where a.missing_reason = 'not_applicable') as complete,
               bool_and(coalesce(a.missing_reason = 'not_applicable', false)) as not_applicable,
               sum(a.value) as value, sum(a.den) as den,
               bool_or(a.status = 'ESTIMATE') as estimate, bool_or(a.status <> 'OFFICIAL') as provisional, bool_or(a.invented) as invented,
               bool_or(s.finer and s.measure = 'flow') as accumulated,
               bool_and(r.in_reach or b.id is not null) as visible,
               jsonb_agg(jsonb_build_object(
                   'form', (select f.code from app.form f where f.id = s.form_id), 'period', (select q.code from app.period q where q.id = s.from_id),
                   'value', a.value, 'denominator', a.den, 'missing_reason', a.missing_reason, 'status', a.status) order by s.from_id) filter (where (p_how).explain) as reports
          from reporter r
          join supply s on s.window_id = r.window_id
          left join lateral (select y.id from app.publication y where y.unit_id = r.parent_id and y.form_id = s.form_id and y.period_id = s.from_id and not r.in_reach offset 0) b on true
          left join accepted a on a.key = (r.id::bigint << 32 | s.sid)
         group by r.rid, s.source_id
    ), part as materialized (   -- one asked figure of one reporter
        select r.rid, r.kind, r.single, n.aid,
               coalesce(bool_and(x.complete) filter (where n.side <> 'weight'), false) as own_complete,
               coalesce(bool_and(x.complete), false) as complete,
               bool_and(x.key is not null) as asked_for,
               coalesce(bool_and(x.not_applicable) filter (where n.side <> 'weight'), false) as not_applicable,
               coalesce(bool_and(x.visible), true) as visible,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'numerator') as num,
               sum(n.coefficient * case n.counts when 'value' then coalesce(x.value, 0) else (x.value is not null)::int end) filter (where n.side = 'denominator') as den,
               sum(x.value) filter (where n.side = 'weight') as weight, sum(x.den) as pair_den,
               bool_or(x.estimate) as estimate, bool_or(x.provisional) as provisional, bool_or(x.invented) as invented, bool_or(x.accumulated) as accumulated,
               jsonb_agg(jsonb_build_object(
                   'indicator', (select i.code from app.indicator i where i.id = n.source_id), 'side', n.side, 'coefficient', n.coefficient, 'counts', n.counts,
                   'value', trim_scale(x.value), 'reports', coalesce(x.reports, '[]')) order by n.side, n.source_id) filter (where (p_how).explain) as sources
          from reporter r
          join need n on n.window_id = r.window_id
          left join source x on x.key = (r.rid << 32 | n.source_id)
         group by r.rid, r.kind, r.single, n.aid
    )
    select t.rid::int, a.indicator_id, a.window_id, a.version_id, a.aggregation,
           t.kind = any (a.applies_to) and t.asked_for, t.not_applicable, case when t.single then t.own_complete else t.complete end, t.visible,
           case when a.weight_id is not null and not t.single then t.num * t.weight else t.num end, -- a unit's own figure needs no weight
           case when a.weight_id is not null then case when t.single then 1 else t.weight end else coalesce(t.den, t.pair_den) end,
           t.weight, t.estimate, t.provisional, t.invented, t.accumulated, t.sources
      from part t join asked a on a.aid = t.aid;
end $$;

COMMENT ON FUNCTION app.fractions(p_units integer[], p_parents integer[], p_kinds text[], p_windows integer[], p_single boolean[], p_in_reach boolean[], p_indicators integer[], p_from date[], p_to date[], p_coarsest integer[], p_how app.figures_how) IS 'What single reporters say: units with their parent and kind in windows (by number), read as of their own or as a part of a sum; × indicators.';

CREATE FUNCTION app.grants() RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    held text[] := app.sealed_get('grants')::text[];
begin
    if held is null then
        select coalesce(array_agg(g.role || '@' || g.unit_id), '{}') into held from app.account_role g where g.account_id = app.me();
        perform app.sealed_put('grants', held::text);
    end if;
    return held;
end $$;

COMMENT ON FUNCTION app.grants() IS 'All roles of the caller, as ROLE@unit_id.';

CREATE FUNCTION app.grants_for(p_unit integer) RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (select coalesce(array_agg(g.role || '@' || g.unit_id), '{}') from app.account_role g where g.account_id = app.me() and g.unit_id = p_unit);
end $$;

COMMENT ON FUNCTION app.grants_for(p_unit integer) IS 'The roles of the caller for one unit, as in app.grants(), which takes long to read for whoever has a thousand.';

CREATE FUNCTION app.import_analyze(p_staged text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    SET default_statistics_target TO '10'
    AS $$
begin
    case p_staged
        when 'row' then analyze pg_temp.import_row;
        when 'figure' then analyze pg_temp.import_figure;
        when 'step' then analyze pg_temp.import_step;
    end case;
end $$;

COMMENT ON FUNCTION app.import_analyze(p_staged text) IS 'Lets the planner know how many rows there are in a temporary table of an import; a small sample says enough.';

CREATE TABLE app.import (
    id bigint NOT NULL,
    account_id integer NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    media_type text NOT NULL,
    locale text,
    mode text NOT NULL,
    on_existing text NOT NULL,
    dry_run boolean NOT NULL,
    unit text,
    period text,
    plan_id bigint,
    file bytea NOT NULL,
    file_sha256 bytea NOT NULL,
    outcome text,
    counts jsonb,
    faults jsonb,
    faults_total integer,
    plan bytea,
    findings jsonb,
    separator text,
    sheet text,
    CONSTRAINT import_file_sha256_check CHECK ((length(file_sha256) = 32)),
    CONSTRAINT import_locale_check CHECK ((locale = ANY (ARRAY['vi'::text, 'en'::text]))),
    CONSTRAINT import_media_type_check CHECK ((media_type = ANY (ARRAY['application/json'::text, 'text/csv'::text, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'::text]))),
    CONSTRAINT import_mode_check CHECK ((mode = ANY (ARRAY['atomic'::text, 'partial'::text]))),
    CONSTRAINT import_on_existing_check CHECK ((on_existing = ANY (ARRAY['update'::text, 'skip'::text, 'error'::text]))),
    CONSTRAINT import_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'partial'::text, 'rejected'::text, 'planned'::text]))),
    CONSTRAINT import_separator_check CHECK ((separator = ANY (ARRAY['comma'::text, 'semicolon'::text, 'tab'::text]))),
    CONSTRAINT import_sheet_check CHECK ((length(sheet) <= 100))
);

ALTER TABLE ONLY app.import FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.import IS 'Files that were sent, what became of them, and what was wrong.';

COMMENT ON COLUMN app.import.id IS 'Number.';

COMMENT ON COLUMN app.import.account_id IS 'Who sent it.';

COMMENT ON COLUMN app.import.made_at IS 'Server clock.';

COMMENT ON COLUMN app.import.media_type IS 'What it was sent as.';

COMMENT ON COLUMN app.import.locale IS 'Which mark stands before decimals: vi comma, en point; null: not declared, what is ambiguous is refused.';

COMMENT ON COLUMN app.import.mode IS 'atomic: all or nothing; partial: the rows without faults.';

COMMENT ON COLUMN app.import.on_existing IS 'A figure that is there already: update it, skip the row, or error.';

COMMENT ON COLUMN app.import.dry_run IS 'Only said what would be done.';

COMMENT ON COLUMN app.import.unit IS 'Unit of rows that name none.';

COMMENT ON COLUMN app.import.period IS 'Period of rows that name none.';

COMMENT ON COLUMN app.import.plan_id IS 'The dry run that this carries out.';

COMMENT ON COLUMN app.import.file IS 'The file as received: for the annotated workbook, and for carrying out a dry run.';

COMMENT ON COLUMN app.import.file_sha256 IS 'Its SHA-256.';

COMMENT ON COLUMN app.import.outcome IS 'accepted, partial, rejected, or planned by a dry run; null while it is queued or running, and when its job failed.';

COMMENT ON COLUMN app.import.counts IS '{read, created, updated, unchanged, deleted, rejected}, which add up to read.';

COMMENT ON COLUMN app.import.faults IS 'The first 1,000 faults, each with row, column, cell, text, code.';

COMMENT ON COLUMN app.import.faults_total IS 'How many there are.';

COMMENT ON COLUMN app.import.plan IS 'SHA-256 over what is to be done with each row: carrying a plan out does just that.';

COMMENT ON COLUMN app.import.findings IS 'What rules say of the reports the file writes to, as they stand after it: the first 1,000 that are broken.';

COMMENT ON COLUMN app.import.separator IS 'What separates the columns of CSV; null: the one the heading uses.';

COMMENT ON COLUMN app.import.sheet IS 'Sheet of a workbook; null: the first visible one.';

CREATE FUNCTION app.import_apply(p_import app.import) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    written bigint;
    more bigint;
begin
    update app.submission t set note = t.note
     where t.id in (select s.submission_id from pg_temp.import_step s where s.action in ('created', 'updated', 'deleted'));
    insert into app.submission (form_id, unit_id, period_id, receiver_id, created_by)
    select k.form_id, k.unit_id, k.period_id, app.unit_parent_on(k.unit_id, p.ends_on), (select app.me())
      from (select distinct s.form_id, s.unit_id, s.period_id from pg_temp.import_step s where s.action = 'created' and s.submission_id is null offset 0) k
      join app.period p on p.id = k.period_id
     order by k.form_id, k.unit_id, k.period_id;
    delete from app.submission_value v using pg_temp.import_step s
     where s.action = 'deleted' and v.submission_id = s.submission_id and v.indicator_id = s.indicator_id;
    update app.submission_value v
       set (value, numerator, denominator, missing_reason, status, note, written_by, written_at, import_id, import_row)
         = (s.value, s.numerator, s.denominator, s.missing_reason, s.status, s.note, (select app.me()), now(), p_import.id, s.n)
      from pg_temp.import_step s
     where s.action = 'updated' and v.submission_id = s.submission_id and v.indicator_id = s.indicator_id;
    get diagnostics written = row_count;
    insert into app.submission_value (submission_id, unit_id, indicator_id, value, numerator, denominator, missing_reason, status, note,
                                      written_by, import_id, import_row)
    select t.id, s.unit_id, s.indicator_id, s.value, s.numerator, s.denominator, s.missing_reason, s.status, s.note, (select app.me()), p_import.id, s.n
      from pg_temp.import_step s
      join app.submission t on (t.form_id, t.unit_id, t.period_id) = (s.form_id, s.unit_id, s.period_id)
     where s.action = 'created'
     order by t.id, s.n
    on conflict (submission_id, indicator_id) do nothing;
    get diagnostics more = row_count;
    perform app.expect_written(written + more = (select count(*) from pg_temp.import_step s where s.action in ('created', 'updated')));
end $$;

COMMENT ON FUNCTION app.import_apply(p_import app.import) IS 'Does what was decided; tried again when another change came between.';

CREATE FUNCTION app.import_await_record() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    if app.sealed_get('import') is null then
        return;
    end if;
    perform set_config('lock_timeout', '300ms', true);
    for tries in 1 .. 100 loop
        begin
            perform app.audit_take(array['account:' || app.me()]);
            exit;
        exception when lock_not_available then
            perform pg_sleep(0.1);
        end;
    end loop;
    perform set_config('lock_timeout', '30s', true);
end $$;

COMMENT ON FUNCTION app.import_await_record() IS 'In a job: waits for the chain of its account, without being the one that gives way.';

CREATE FUNCTION app.import_carry_out(p_import app.import) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
    findings jsonb;
begin
    perform app.import_apply(p_import);
    findings := app.import_findings();
    if p_import.dry_run then
        raise exception using errcode = 'TDDRY', message = 'only tried';
    end if;
    return findings;
exception when sqlstate 'TDDRY' then
    return findings;
end $$;

COMMENT ON FUNCTION app.import_carry_out(p_import app.import) IS 'Does what was decided and says what rules think of it; a dry run does it as well, and takes it back.';

CREATE FUNCTION app.import_counts(p_kept boolean) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
begin
    return (
        select jsonb_build_object('read', count(*),
                   'created', count(*) filter (where p_kept and action = 'created'), 'updated', count(*) filter (where p_kept and action = 'updated'),
                   'unchanged', count(*) filter (where p_kept and action = 'unchanged'), 'deleted', count(*) filter (where p_kept and action = 'deleted'),
                   'rejected', count(*) filter (where not p_kept or action = 'rejected'), 'faulty', count(*) filter (where action = 'rejected'))
          from pg_temp.import_step);
end $$;

COMMENT ON FUNCTION app.import_counts(p_kept boolean) IS 'created + updated + unchanged + deleted + rejected = read; where nothing is kept every row is rejected.  faulty: rows with faults of their own.';

CREATE FUNCTION app.import_decide(p_import app.import) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    insert into pg_temp.import_step
    select s.n, case when f.n is not null then 'rejected'
                     when cardinality(s.given) = 0 and not s.item ? 'value' then 'unchanged'
                     when cardinality(s.given) = 0 then case when x.indicator_id is null then 'unchanged' else 'deleted' end
                     when x.indicator_id is null then 'created'
                     when p_import.on_existing = 'skip'
                          or (w.value, w.numerator, w.denominator, w.missing_reason, coalesce(s.item ->> 'status', x.status, w.status), w.note)
                             is not distinct from (x.value, x.numerator, x.denominator, x.missing_reason, x.status, x.note::text) then 'unchanged'
                     else 'updated' end,
           s.unit_id, s.period_id, s.form_id, s.submission_id, s.indicator_id,
           w.value, w.numerator, w.denominator, w.missing_reason, coalesce(s.item ->> 'status', x.status, w.status), w.note
      from pg_temp.import_figure s
      left join app.indicator_version d on d.id = s.definition_id
     cross join lateral app.value_written(row('/rows/0', s.code, s.indicator_id, s.field, s.form_id is not null, '/rows/0', s.given, s.item, d)::app.sent_value) w
      left join app.submission_value x on x.submission_id = s.submission_id and x.indicator_id = s.indicator_id
      left join (select distinct t.n from pg_temp.import_fault t) f on f.n = s.n;
end $$;

COMMENT ON FUNCTION app.import_decide(p_import app.import) IS 'What is to be done with each row: created, updated, unchanged, deleted or rejected; and what is to be kept of it.';

CREATE FUNCTION app.import_faults(p_columns jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'pointer', case when p_columns is null then '/rows/' || (f.n - 1) || '/' || f.field end,
                   'row', f.n, 'column', app.column_name((p_columns ->> f.field)::int),
                   'cell', app.column_name((p_columns ->> f.field)::int) || f.n,
                   'text', coalesce(f.said, case f.field when 'unit' then r.unit when 'period' then r.period when 'indicator' then r.indicator
                                                          when 'missing_reason' then r.missing_reason when 'status' then r.status else r.said end),
                   'code', f.code, 'params', coalesce(f.params, '{}'))) order by f.n, f.field, f.code), '[]')
          from (select distinct * from pg_temp.import_fault order by n, field, code limit 1000) f
          join pg_temp.import_row r on r.n = f.n);
end $$;

COMMENT ON FUNCTION app.import_faults(p_columns jsonb) IS 'The first 1,000 faults with their places.';

CREATE FUNCTION app.import_findings() RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'unit', u.code, 'period', p.code, 'submission', f.submission_id, 'rule', (f.r).code, 'severity', (f.r).severity,
                   'name', (f.r).name_vi, 'name_en', (f.r).name_en, 'figure', f.figure, 'low', f.low, 'high', f.high,
                   'indicators', app.finding_indicators((f.r).id)) order by u.code, p.ends_on, (f.r).code), '[]')
          from (select * from app.rule_findings(array(
                    select t.id from (select distinct s.form_id, s.unit_id, s.period_id from pg_temp.import_step s
                                       where s.action in ('created', 'updated', 'deleted')) k
                      join app.submission t on (t.form_id, t.unit_id, t.period_id) = (k.form_id, k.unit_id, k.period_id))) f
                 where f.outcome = 'failed' order by f.submission_id, (f.r).id limit 1000) f
          join app.submission s on s.id = f.submission_id
          join app.unit u on u.id = s.unit_id
          join app.period p on p.id = s.period_id);
end $$;

COMMENT ON FUNCTION app.import_findings() IS 'The rules that the reports break to which the file has written.';

CREATE FUNCTION app.import_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if old.outcome is not null or (exists (select from app.import_job j where j.import_id = old.id)
                                   and app.sealed_get('import') is distinct from old.id::text) then
        perform app.problem(403, 'forbidden');
    end if;
    return new;
end $$;

COMMENT ON FUNCTION app.import_guard() IS 'What became of a file is said once, and of one that was left to a job by that job.';

CREATE FUNCTION app.import_job_done() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    update app.import_job t set state = 'done', hash = null, sealed = null, ended_at = clock_timestamp()
     where t.import_id = app.sealed_get('import')::bigint and t.account_id = app.me();
    if not found then
        perform app.problem(401, 'unauthenticated');
    end if;
end $$;

COMMENT ON FUNCTION app.import_job_done() IS 'Ends the job whose ticket opened this transaction, and the ticket.';

CREATE FUNCTION app.import_job_leave(p_hash bytea, p_import bigint, p_problem jsonb, p_again boolean) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    j app.import_job;
    ended boolean;
begin
    select t.* into j from app.import_job t where t.import_id = p_import and t.hash = p_hash and t.state = 'running' for update;
    if not found or not pg_try_advisory_xact_lock(p_import) then
        return null;
    end if;
    ended := p_problem is not null and not (p_again and j.attempts < 3);
    perform set_config('app.request', coalesce(j.request, ''), true);
    update app.import_job t
       set state = case when ended then 'failed' else 'queued' end, problem = case when ended then p_problem end,
           attempts = t.attempts - (p_problem is null)::int,
           due_at = case when p_problem is null then now() else now() + interval '5 seconds' * t.attempts ^ 2 end,
           hash = case when not ended then t.hash end, sealed = case when not ended then t.sealed end,
           ended_at = case when ended then clock_timestamp() end
     where t.import_id = p_import;
    return case when ended then 'failed' else 'queued' end;
end $$;

COMMENT ON FUNCTION app.import_job_leave(p_hash bytea, p_import bigint, p_problem jsonb, p_again boolean) IS 'A job that is not done: it failed for a problem, or is to be tried again; without a problem the service broke it off, and the attempt does not count.';

CREATE FUNCTION app.import_job_refuse(p_import bigint, p_faults jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform app.import_await_record();
    update app.import t
       set outcome = 'rejected', counts = '{"read": 0, "created": 0, "updated": 0, "unchanged": 0, "deleted": 0, "rejected": 0, "faulty": 0}',
           faults = p_faults, faults_total = jsonb_array_length(p_faults), findings = '[]'
     where t.id = p_import;
    perform app.import_job_done();
end $$;

COMMENT ON FUNCTION app.import_job_refuse(p_import bigint, p_faults jsonb) IS 'Ends a job whose file cannot be read, with what is wrong with it.';

CREATE FUNCTION app.import_job_start(p_import bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
begin
    perform app.expect_importer(), app.import_stage();
    return p_import;
end $$;

COMMENT ON FUNCTION app.import_job_start(p_import bigint) IS 'Makes room for the rows of a job.';

CREATE FUNCTION app.import_job_take(OUT import_id bigint, OUT sealed text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    j app.import_job;
    given_up constant jsonb := '{"code": "import-given-up", "params": {"attempts": 3}}';
begin
    perform pg_advisory_unlock_all(), set_config('lock_timeout', '300ms', true);
    for import_id in select t.import_id from app.import_job t where t.state in ('queued', 'running') and t.due_at <= now() order by t.attempts, t.import_id loop
        continue when not pg_try_advisory_lock(import_job_take.import_id);
        select t.* into j from app.import_job t
         where t.import_id = import_job_take.import_id and t.state in ('queued', 'running') and t.due_at <= now() for update;
        perform set_config('app.request', coalesce(j.request, ''), true);
        begin
            if j.attempts < 3 then
                update app.import_job t
                   set state = 'running', attempts = t.attempts + 1, started_at = clock_timestamp(),
                       due_at = clock_timestamp() + interval '1 second' * (t.attempts + 1) ^ 2
                 where t.import_id = j.import_id;
                sealed := j.sealed;
                return;
            elsif j.attempts >= 3 then
                update app.import_job t set state = 'failed', problem = given_up, hash = null, sealed = null, ended_at = clock_timestamp()
                 where t.import_id = j.import_id;
            end if;
        exception when lock_not_available then -- its account is writing something long: others first
            null;
        end;
        perform pg_advisory_unlock(import_job_take.import_id);
    end loop;
    import_id := null;
end $$;

COMMENT ON FUNCTION app.import_job_take(OUT import_id bigint, OUT sealed text) IS 'The job to be worked on next, its attempt counted; nulls when there is none.  To be committed before the work: a file that kills the service is given up after three attempts.  A job that failed comes after those that have not been tried.';

CREATE FUNCTION app.import_judge(p_import app.import) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    insert into pg_temp.import_fault
    select s.n, coalesce(nullif(split_part(f ->> 'pointer', '/', 4), ''), 'value'), f ->> 'code', f -> 'params', null
      from pg_temp.import_figure s
      left join app.indicator_version d on d.id = s.definition_id
     cross join lateral app.value_faults(row('/rows/0', s.code, s.indicator_id, s.field, s.form_id is not null, '/rows/0', s.given, s.item, d)::app.sent_value,
                                         s.kind, s.all_fields) f
     where s.unit_id is not null and s.period_id is not null and s.indicator_id is not null
       and (s.code_fault is null or f ->> 'code' <> 'one-of-value')
       and not (cardinality(s.given) = 0 and f ->> 'code' = 'one-of-value')
    union all
    select s.n, 'indicator', 'duplicate-row', jsonb_build_object('indicator', s.code, 'first', s.first), null
      from pg_temp.import_figure s where s.first <> s.n
    union all
    select s.n, s.fault_field, s.code_fault, jsonb_build_object('text', left(s.said, 40)), s.said from pg_temp.import_figure s where s.code_fault is not null
    union all
    select s.n, 'value', 'percent-not-expected', jsonb_build_object('text', left(s.said, 40), 'unit', d.unit_vi), s.said
      from pg_temp.import_figure s join app.indicator_version d on d.id = s.definition_id where s.percent and d.value_type <> 'percent'
    union all
    select r.n, 'unit', case when coalesce(r.unit, p_import.unit) is null then 'unit-missing' else 'unit-not-yours' end,
           jsonb_build_object('unit', left(coalesce(r.unit, p_import.unit), 64)), r.unit
      from pg_temp.import_row r join pg_temp.import_figure s on s.n = r.n where s.unit_id is null
    union all
    select r.n, 'period', case when coalesce(r.period, p_import.period) is null then 'period-missing' else 'unknown-period' end,
           jsonb_build_object('period', left(coalesce(r.period, p_import.period), 64)), r.period
      from pg_temp.import_row r join pg_temp.import_figure s on s.n = r.n where s.period_id is null
    union all
    select r.n, 'indicator', 'unknown-indicator', jsonb_build_object('indicator', left(coalesce(r.indicator, ''), 64)), r.indicator
      from pg_temp.import_row r join pg_temp.import_figure s on s.n = r.n where s.indicator_id is null
    union all
    select k.n, k.field, 'unknown-word', jsonb_build_object('text', left(k.said, 40), 'choices',
               (select string_agg(distinct w.code, ', ') from app.import_word w where w.field = k.field)), k.said
      from (select r.n, 'missing_reason' as field, r.missing_reason as said from pg_temp.import_row r where r.missing_reason is not null
            union all select r.n, 'status', r.status from pg_temp.import_row r where r.status is not null) k
     where not exists (select from app.import_word w where w.field = k.field and w.word = app.fold(k.said))
    union all
    select r.n, 'note', 'too-long', '{"max": 4000}', left(r.note, 40) from pg_temp.import_row r where length(r.note) > 4000
    union all
    select s.n, k.field, k.code, k.params, null
      from (select t.unit_id, t.period_id, t.form_id, f ->> 'code' as code, f -> 'params' as params,
                   case split_part(f ->> 'pointer', '/', 2) when 'form' then 'period' else split_part(f ->> 'pointer', '/', 2) end as field
              from (select distinct unit_id, period_id, form_id from pg_temp.import_figure where form_id is not null) t
              join app.unit u on u.id = t.unit_id
              join app.period p on p.id = t.period_id
              join app.form m on m.id = t.form_id
             cross join lateral app.unit_faults(u, m, p) f
            offset 0) k -- for each report, not for each row
      join pg_temp.import_figure s on (s.unit_id, s.period_id, s.form_id) = (k.unit_id, k.period_id, k.form_id)
    union all
    select s.n, 'period', 'period-locked', jsonb_build_object('period', k.code, 'since', to_char(k.locks_at, 'HH24:MI DD/MM/YYYY')), null
      from (select t.form_id, t.unit_id, t.period_id, p.code, d.locks_at
              from (select distinct coalesce(form_id, 0) as form_id, coalesce(unit_id, 0) as unit_id, period_id
                      from pg_temp.import_figure where period_id is not null) t
              join app.period p on p.id = t.period_id and p.locks_at <= now()
             cross join lateral app.deadlines(t.form_id, t.unit_id, t.period_id) d
             where d.locks_at <= now()
            offset 0) k
      join pg_temp.import_figure s on (coalesce(s.form_id, 0), coalesce(s.unit_id, 0), s.period_id) = (k.form_id, k.unit_id, k.period_id)
    union all
    select s.n, 'unit', 'not-editable', jsonb_build_object('state', t.state), null
      from pg_temp.import_figure s join app.submission t on t.id = s.submission_id where t.state not in ('draft', 'returned')
    union all
    select s.n, 'unit', 'draft-missing', '{}', null
      from pg_temp.import_figure s where s.unit_id is not null and s.form_id is not null and s.submission_id is null and not s.all_fields
    union all
    select s.n, 'value', 'value-exists', jsonb_build_object('current', trim_scale(x.value)), s.said
      from pg_temp.import_figure s join app.submission_value x on x.submission_id = s.submission_id and x.indicator_id = s.indicator_id
     where p_import.on_existing = 'error';
end $$;

COMMENT ON FUNCTION app.import_judge(p_import app.import) IS 'Everything that is wrong with any row.';

CREATE FUNCTION app.import_judge_totals(p_import app.import) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    insert into pg_temp.import_fault
    select s.n, coalesce(s.given[1], 'value'), 'entered-by-village', jsonb_strip_nulls(jsonb_build_object('indicator', s.code, 'total', t.value)), s.said
      from app.village_totals(array(select distinct s.submission_id from pg_temp.import_figure s where s.submission_id is not null)) t
      join pg_temp.import_figure s on s.submission_id = t.submission_id and s.indicator_id = t.indicator_id
      left join app.indicator_version d on d.id = s.definition_id
     cross join lateral app.value_written(row('/rows/0', s.code, s.indicator_id, s.field, s.form_id is not null, '/rows/0', s.given, s.item, d)::app.sent_value) w
     where (cardinality(s.given) > 0 or s.item ? 'value')
       and (w.value, w.missing_reason) is distinct from (t.value, t.missing_reason)
       and not (p_import.on_existing = 'skip' and num_nonnulls(t.value, t.missing_reason) = 1);
end $$;

COMMENT ON FUNCTION app.import_judge_totals(p_import app.import) IS 'Rows that say something else than the sum of a figure''s parts.';

CREATE FUNCTION app.import_keep(p_media_type text, p_locale text, p_mode text, p_on_existing text, p_dry_run boolean, p_unit text, p_period text, p_plan bigint, p_file bytea, p_sha256 bytea, p_separator text, p_sheet text) RETURNS app.import
    LANGUAGE plpgsql
    AS $$
declare
    made app.import;
begin
    perform app.expect_importer();
    insert into app.import (account_id, media_type, locale, mode, on_existing, dry_run, unit, period, plan_id, file, file_sha256, separator, sheet)
    values (app.me(), p_media_type, p_locale, p_mode, p_on_existing, p_dry_run, p_unit, p_period, p_plan, p_file, p_sha256, p_separator, p_sheet)
    returning * into made;
    made.file := ''; -- a row that is handed on would carry a copy
    return made;
end $$;

COMMENT ON FUNCTION app.import_keep(p_media_type text, p_locale text, p_mode text, p_on_existing text, p_dry_run boolean, p_unit text, p_period text, p_plan bigint, p_file bytea, p_sha256 bytea, p_separator text, p_sheet text) IS 'Keeps a file as it was sent; the row, without the file.';

CREATE FUNCTION app.import_look(p_import app.import) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    insert into pg_temp.import_figure
    with mine as materialized (
        select u.id, u.code, u.kind, k.level, h.all_fields
          from (select r.id, bool_or(r.all_fields) as all_fields
                  from (select unnest(app.units_of_role('OFFICE_STAT_OFFICER')) as id, true as all_fields
                        union all select unnest(app.units_of_role('CULTURE_INFO_OFFICER')), false) r
                 group by r.id) h
          join app.unit u on u.id = h.id
          join app.unit_kind k on k.code = u.kind
    ), unit_named as materialized ( -- a name that two of them bear names none
        select x.name, min(x.id) as id
          from (select distinct app.fold(n.name) as name, m.id from mine m join app.unit_name n on n.unit_id = m.id) x
         group by x.name having count(*) = 1
    ), unit_said as materialized (
        select s.said, m.*
          from (select distinct coalesce(r.unit, p_import.unit) as said from pg_temp.import_row r) s
          left join mine c on c.code = s.said
          left join unit_named b on c.id is null and b.name = app.fold(s.said)
          join mine m on m.id = coalesce(c.id, b.id)
    ), indicator_named as materialized (
        select app.fold(v.name_vi) as name, min(v.indicator_id) as id from app.indicator_version v group by 1
    ), indicator_said as materialized (
        select s.said, i.id, i.field
          from (select distinct r.indicator as said from pg_temp.import_row r) s
          left join app.indicator c on c.code = lower(s.said)
          left join indicator_named b on c.id is null and b.name = app.fold(s.said)
          join app.indicator i on i.id = coalesce(c.id, b.id)
    )
    select r.n,
           min(r.n) over (partition by u.id, p.id, i.id, case when u.id is null or p.id is null or i.id is null then r.n end),
           u.id, p.id, f.form_id, s.id, i.id, d.id, u.kind, u.all_fields, coalesce(r.indicator, ''), i.field,
           case when r.clear then '{}'
                else array_remove(array[case when x.item ? 'value' then 'value' end, case when x.item ? 'numerator' then 'numerator' end,
                                        case when x.item ? 'denominator' then 'denominator' end,
                                        case when x.item ? 'missing_reason' then 'missing_reason' end], null) end,
           x.item, r.said, case when d.value_type = 'boolean' and r.truth is not null then null else r.fault end, r.fault_field, r.percent
      from pg_temp.import_row r
      left join unit_said u on u.said = coalesce(r.unit, p_import.unit)
      left join app.period p on p.code = coalesce(r.period, p_import.period)
      left join indicator_said i on i.said = r.indicator
      left join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
      left join app.form_indicator f on f.indicator_id = i.id and f.level = u.level and f.frequency = p.frequency and f.valid @> p.ends_on
      left join app.import_word m on m.field = 'missing_reason' and m.word = app.fold(r.missing_reason)
      left join app.import_word w on w.field = 'status' and w.word = app.fold(r.status)
      left join app.submission s on s.form_id = f.form_id and s.unit_id = u.id and s.period_id = p.id
      cross join lateral (select case when r.clear then '{"value": null}'
                                      else jsonb_strip_nulls(jsonb_build_object(
                                               'value', case when d.value_type = 'boolean' and r.truth is not null then to_jsonb(r.truth) else to_jsonb(r.value::numeric) end,
                                               'numerator', r.numerator::numeric, 'denominator', r.denominator::numeric,
                                               'missing_reason', case when d.value_type = 'boolean' and r.truth is not null then null else m.code end)) end
                                 || jsonb_strip_nulls(jsonb_build_object('status', w.code, 'note', normalize(r.note, nfc))) as item
                          offset 0) x; -- else it would be made wherever it is named
end $$;

COMMENT ON FUNCTION app.import_look(p_import app.import) IS 'What each row speaks of, as far as the caller may report it.';

CREATE FUNCTION app.import_plan() RETURNS bytea
    LANGUAGE plpgsql
    AS $$
begin
    return (select sha256(convert_to(coalesce(string_agg(concat_ws(' ', s.n, s.action, s.submission_id, t.version), E'\n' order by s.n), ''), 'UTF8'))
              from pg_temp.import_step s left join app.submission t on t.id = s.submission_id);
end $$;

COMMENT ON FUNCTION app.import_plan() IS 'What is to be done, and to which versions: carrying it out later must mean the same.';

CREATE FUNCTION app.import_queue(p_import app.import, p_hash bytea, p_sealed text, p_most integer) RETURNS app.import
    LANGUAGE plpgsql
    AS $$
begin
    if (select count(*) from app.import_job j where j.account_id = app.me() and j.state in ('queued', 'running')) >= p_most then
        perform app.problem(429, 'too-many-imports', jsonb_build_object('most', p_most));
    end if;
    insert into app.import_job (import_id, account_id, request, hash, sealed)
    values (p_import.id, app.me(), nullif(current_setting('app.request', true), ''), p_hash, p_sealed);
    return p_import;
end $$;

COMMENT ON FUNCTION app.import_queue(p_import app.import, p_hash bytea, p_sealed text, p_most integer) IS 'Leaves a file that was kept to a job.  Its record holds the account''s chain by then, so two that come together count each other.';

CREATE FUNCTION app.import_run(p_import bigint, p_columns jsonb, p_unit text, p_period text, p_locale text) RETURNS app.import
    LANGUAGE plpgsql
    AS $$
declare
    i app.import;
    faulty boolean;
    kept boolean;
    decided bytea;
    total int;
    found_by_rules jsonb := '[]';
begin
    perform set_config('work_mem', '64MB', true); -- the rows of the largest file are sorted in memory
    select t.* into i from app.import t where t.id = p_import;
    i.unit := coalesce(i.unit, nullif(p_unit, ''));
    i.period := coalesce(i.period, nullif(p_period, ''));
    i.locale := coalesce(i.locale, nullif(p_locale, ''));
    if i.media_type = 'application/json' then
        perform app.import_unpack(i.file);
    end if;
    perform app.import_analyze('row'), app.import_look(i);
    perform app.import_analyze('figure'), app.import_judge(i), app.import_judge_totals(i);
    perform app.import_decide(i), app.import_analyze('step');
    decided := app.import_plan();
    select count(*), count(*) > 0 into total, faulty from (select distinct * from pg_temp.import_fault) f;
    if decided <> (select p.plan from app.import p where p.id = i.plan_id) then
        perform app.problem(409, 'plan-outdated', '{}', jsonb_build_object('import', i.plan_id));
    end if;
    kept := not faulty or (i.mode = 'partial' and exists (select from pg_temp.import_step s where s.action <> 'rejected'));
    if kept then
        found_by_rules := app.import_carry_out(i);
    end if;
    perform app.import_await_record();
    update app.import t
       set unit = i.unit, period = i.period, locale = i.locale,
           outcome = case when i.dry_run then 'planned' when not kept then 'rejected' when faulty then 'partial' else 'accepted' end,
           counts = app.import_counts(kept), faults = app.import_faults(p_columns), faults_total = total, plan = decided, findings = found_by_rules
     where t.id = i.id
    returning * into i;
    return i;
end $$;

COMMENT ON FUNCTION app.import_run(p_import bigint, p_columns jsonb, p_unit text, p_period text, p_locale text) IS 'Judges the staged rows and carries out what is good of them: a number of statements that does not depend on that of the rows.';

CREATE FUNCTION app.import_stage() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    if to_regclass('pg_temp.import_row') is null then
        create temporary table import_row (
            n int, unit text, period text, indicator text, value text, numerator text, denominator text, missing_reason text, status text,
            note text, clear boolean, percent boolean, truth boolean, said text, fault text, fault_field text) on commit delete rows;
        create temporary table import_fault (n int, field text, code text, params jsonb, said text) on commit delete rows;
        grant select, insert on pg_temp.import_row, pg_temp.import_fault to thidua_api;
    end if;
    if to_regclass('pg_temp.import_figure') is null then
        create temporary table import_figure (
            n int, first int, unit_id int, period_id int, form_id int, submission_id bigint, indicator_id int, definition_id int,
            kind text, all_fields boolean, code text, field text, given text[], item jsonb,
            said text, code_fault text, fault_field text, percent boolean) on commit delete rows;
        create temporary table import_step (
            n int, action text, unit_id int, period_id int, form_id int, submission_id bigint, indicator_id int,
            value numeric, numerator numeric, denominator numeric, missing_reason text, status text, note text) on commit delete rows;
        grant select, insert on pg_temp.import_figure, pg_temp.import_step to thidua_api;
    end if;
end $$;

COMMENT ON FUNCTION app.import_stage() IS 'Makes the temporary tables of an import, once a connection.';

CREATE FUNCTION app.import_start(p_media_type text, p_locale text, p_mode text, p_on_existing text, p_dry_run boolean, p_unit text, p_period text, p_plan bigint, p_file bytea, p_sha256 bytea, p_separator text, p_sheet text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    made constant app.import := app.import_keep(p_media_type, p_locale, p_mode, p_on_existing, p_dry_run, p_unit, p_period, p_plan, p_file, p_sha256,
                                                p_separator, p_sheet);
begin
    perform app.import_stage();
    perform set_config('statement_timeout', '60s', true);
    return made.id;
end $$;

COMMENT ON FUNCTION app.import_start(p_media_type text, p_locale text, p_mode text, p_on_existing text, p_dry_run boolean, p_unit text, p_period text, p_plan bigint, p_file bytea, p_sha256 bytea, p_separator text, p_sheet text) IS 'Keeps the file and makes room for its rows.';

CREATE TABLE app.import_job (
    import_id bigint NOT NULL,
    account_id integer NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    request text,
    hash bytea,
    sealed text,
    problem jsonb,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT import_job_attempts_check CHECK (((attempts >= 0) AND (attempts <= 3))),
    CONSTRAINT import_job_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT import_job_problem CHECK (((state = 'failed'::text) = (problem IS NOT NULL))),
    CONSTRAINT import_job_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text]))),
    CONSTRAINT import_job_ticket CHECK ((((state = ANY (ARRAY['queued'::text, 'running'::text])) = (hash IS NOT NULL)) AND ((hash IS NULL) = (sealed IS NULL))))
);

ALTER TABLE ONLY app.import_job FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.import_job IS 'Imports that are worked on after they were answered.';

COMMENT ON COLUMN app.import_job.import_id IS 'Import.';

COMMENT ON COLUMN app.import_job.account_id IS 'Who sent it, and as whom it runs.';

COMMENT ON COLUMN app.import_job.state IS 'queued, running, done (the import says how), or failed: nothing was kept.';

COMMENT ON COLUMN app.import_job.attempts IS 'How often it was begun, counted before it is; an attempt that the service broke off itself does not count.';

COMMENT ON COLUMN app.import_job.due_at IS 'Not to be begun again before.';

COMMENT ON COLUMN app.import_job.request IS 'X-Request-Id of the request that sent it.';

COMMENT ON COLUMN app.import_job.hash IS 'SHA-256 of the ticket; null once the job has ended, and the ticket with it.';

COMMENT ON COLUMN app.import_job.sealed IS 'The ticket, sealed with a key that the database does not have.';

COMMENT ON COLUMN app.import_job.problem IS 'Why it failed: {code, params, errors, members}.';

COMMENT ON COLUMN app.import_job.started_at IS 'When the last attempt began.';

COMMENT ON COLUMN app.import_job.ended_at IS 'When it ended.';

CREATE FUNCTION app.import_told(i app.import) RETURNS TABLE(id bigint, state text, outcome text, committed boolean, dry_run boolean, mode text, on_existing text, locale text, rows json, plan text, errors_total integer, made_at timestamp with time zone, file_sha256 text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (i).id AS id,
     COALESCE(( SELECT j.state
            FROM app.import_job j
           WHERE (j.import_id = (import_told.i).id)), 'done'::text) AS "coalesce",
     (i).outcome AS outcome,
     COALESCE(((i).outcome = ANY (ARRAY['accepted'::text, 'partial'::text])), false) AS "coalesce",
     (i).dry_run AS dry_run,
     (i).mode AS mode,
     (i).on_existing AS on_existing,
     (i).locale AS locale,
     ((i).counts)::json AS counts,
         CASE
             WHEN ((i).outcome = 'planned'::text) THEN encode((i).plan, 'hex'::text)
             ELSE NULL::text
         END AS "case",
     (i).faults_total AS faults_total,
     (i).made_at AS made_at,
     encode((i).file_sha256, 'hex'::text) AS encode;
END;

COMMENT ON FUNCTION app.import_told(i app.import) IS 'An import as answers show it; errors are told beside it.';

CREATE FUNCTION app.import_unpack(p_file bytea) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    insert into pg_temp.import_row
    select e.n, e.item ->> 'unit', e.item ->> 'period', e.item ->> 'indicator', f.value, f.numerator, f.denominator,
           e.item ->> 'missing_reason', e.item ->> 'status', e.item ->> 'note',
           e.item ? 'value' and e.item -> 'value' = 'null' and num_nonnulls(e.item ->> 'numerator', e.item ->> 'missing_reason') = 0,
           false, case e.item -> 'value' when 'true' then true when 'false' then false end, e.item ->> f.wrong,
           case when f.wrong is not null then 'not-a-number' end, f.wrong
      from jsonb_array_elements(app.body(convert_from(p_file, 'UTF8')) -> 'rows') with ordinality as e(item, n)
     cross join lateral (
           select app.number(nullif(e.item -> 'value', 'true'))::text as value, app.number(e.item -> 'numerator')::text as numerator,
                  app.number(e.item -> 'denominator')::text as denominator,
                  case when app.number(e.item -> 'value') is null and e.item ->> 'value' is not null then 'value'
                       when app.number(e.item -> 'numerator') is null and e.item ->> 'numerator' is not null then 'numerator'
                       when app.number(e.item -> 'denominator') is null and e.item ->> 'denominator' is not null then 'denominator' end as wrong) f;
end $$;

COMMENT ON FUNCTION app.import_unpack(p_file bytea) IS 'The rows of a JSON import; a number is taken as it stands, text only as a plain decimal.';

CREATE FUNCTION app.units_of_role(p_role text) RETURNS integer[]
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select coalesce(array_agg(split_part(g, '@', 2)::int), '{}') from unnest(app.grants()) g where split_part(g, '@', 1) = p_role);
end $$;

COMMENT ON FUNCTION app.units_of_role(p_role text) IS 'Units the caller holds this role for.';

CREATE FUNCTION app.is_admin() RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (cardinality(app.units_of_role('ADMIN'::text)) > 0);

COMMENT ON FUNCTION app.is_admin() IS 'Is the caller an administrator?';

CREATE FUNCTION app.is_late(s app.submission, p_due_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN COALESCE((COALESCE((s).submitted_at, now()) > p_due_at), false);

COMMENT ON FUNCTION app.is_late(s app.submission, p_due_at timestamp with time zone) IS 'Was it submitted after it was due, or is it due and not submitted?  As the last submit goes; by the server''s clock.';

CREATE TABLE app.justification (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    rule_id integer NOT NULL,
    figure numeric NOT NULL,
    low numeric,
    high numeric,
    text app.prose NOT NULL,
    written_by integer NOT NULL,
    writer_name app.line NOT NULL,
    writer_role text NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT justification_says_something CHECK (((text)::text ~ '\S'::text))
);

ALTER TABLE ONLY app.justification FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.justification IS 'Why figures that a rule questions are right, append-only; it stands for these figures alone: when they change, it no longer does.';

COMMENT ON COLUMN app.justification.id IS 'Order of writing; of several for one rule the last counts.';

COMMENT ON COLUMN app.justification.submission_id IS 'Submission.';

COMMENT ON COLUMN app.justification.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.justification.rule_id IS 'Rule.';

COMMENT ON COLUMN app.justification.figure IS 'What stood on the left side of the rule then.';

COMMENT ON COLUMN app.justification.low IS 'Between what and …';

COMMENT ON COLUMN app.justification.high IS '… what it should have been.';

COMMENT ON COLUMN app.justification.text IS 'Why it is right all the same.';

COMMENT ON COLUMN app.justification.written_by IS 'Who.';

COMMENT ON COLUMN app.justification.writer_name IS 'Name at that time.';

COMMENT ON COLUMN app.justification.writer_role IS 'In which role.';

COMMENT ON COLUMN app.justification.written_at IS 'Server clock.';

CREATE TABLE app.rule (
    id integer NOT NULL,
    code app.code NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    valid daterange NOT NULL,
    name_vi app.line NOT NULL,
    name_en app.line NOT NULL,
    low numeric,
    high numeric,
    source app.prose NOT NULL,
    CONSTRAINT rule_bounds CHECK (((num_nonnulls(low, high) > 0) AND COALESCE((low <= high), true))),
    CONSTRAINT rule_kind_check CHECK ((kind = ANY (ARRAY['range'::text, 'sum'::text, 'ratio'::text, 'component'::text, 'not_falling'::text, 'implied'::text]))),
    CONSTRAINT rule_severity_check CHECK ((severity = ANY (ARRAY['block'::text, 'warn'::text, 'info'::text]))),
    CONSTRAINT rule_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE app.rule IS 'low × right ≤ left × divisor ≤ high × right, in exact numbers: a product cannot be divided by zero.';

COMMENT ON COLUMN app.rule.id IS 'Internal number.';

COMMENT ON COLUMN app.rule.code IS 'Code of our own.';

COMMENT ON COLUMN app.rule.kind IS 'range: plausible size; sum: parts against their total; ratio: at most 100 %; component: part against whole; not_falling: against what was reported before; implied: against what other figures imply.';

COMMENT ON COLUMN app.rule.severity IS 'block: is not submitted; warn: is submitted with a justification, which the receiver sees; info: is shown.';

COMMENT ON COLUMN app.rule.valid IS 'Days on which it holds; the last day of a period decides.';

COMMENT ON COLUMN app.rule.name_vi IS 'The rule as a Vietnamese sentence.';

COMMENT ON COLUMN app.rule.name_en IS 'The rule as an English sentence.';

COMMENT ON COLUMN app.rule.low IS 'Least multiple of the right side that is in order; null: none.';

COMMENT ON COLUMN app.rule.high IS 'Greatest multiple of the right side that is in order; null: none.';

COMMENT ON COLUMN app.rule.source IS 'Where it comes from; what is our own choice says so.';

CREATE FUNCTION app.rule_findings(p_submissions bigint[]) RETURNS TABLE(submission_id bigint, r app.rule, figure numeric, low numeric, high numeric, outcome text, j app.justification)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    return query
    select x.submission_id, r, x.figure, x.low, x.high,
           case when x.holds then 'passed' when x.holds is null then 'not_judged'
                when r.severity = 'warn' and (l.j).id is not null then 'justified' else 'failed' end, l.j
      from app.rule_results(p_submissions) x
      join app.rule r on r.id = x.rule_id
      left join lateral (select j from app.justification j
                          where not x.holds and j.submission_id = x.submission_id and j.rule_id = x.rule_id
                          order by j.id desc limit 1) l on ((l.j).figure, (l.j).low, (l.j).high) is not distinct from (x.figure, x.low, x.high);
end $$;

COMMENT ON FUNCTION app.rule_findings(p_submissions bigint[]) IS 'What each rule says of these reports: passed, failed, justified (by what was written about these very figures), or not_judged.';

CREATE FUNCTION app.rules_questioning(s app.submission) RETURNS TABLE(r app.rule, figure numeric, low numeric, high numeric)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT f.r,
     f.figure,
     f.low,
     f.high
    FROM app.rule_findings(ARRAY[(rules_questioning.s).id]) f(submission_id, r, figure, low, high, outcome, j)
   WHERE (((f.r).severity = 'warn'::text) AND (f.outcome = ANY (ARRAY['failed'::text, 'justified'::text])));
END;

COMMENT ON FUNCTION app.rules_questioning(s app.submission) IS 'The rules that ask for a justification of the figures of a report, justified ones too: another one replaces it.';

CREATE FUNCTION app.justification_faults(b jsonb, s app.submission) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault('/text'::text, 'too-short'::text, jsonb_build_object('min', 1)) AS fault
   WHERE ((jsonb_typeof((justification_faults.b -> 'text'::text)) = 'string'::text) AND ((justification_faults.b ->> 'text'::text) !~ '\S'::text) AND ((justification_faults.b ->> 'text'::text) <> ''::text))
 UNION ALL
  SELECT
         CASE
             WHEN (r.id IS NULL) THEN app.fault('/rule'::text, 'unknown-rule'::text, jsonb_build_object('rule', "left"((justification_faults.b ->> 'rule'::text), 64)))
             ELSE app.fault('/rule'::text, 'nothing-to-justify'::text, jsonb_build_object('rule', r.code, 'name', r.name_vi, 'name_en', r.name_en))
         END AS fault
    FROM (( SELECT (justification_faults.b ->> 'rule'::text) AS code
           WHERE (jsonb_typeof((justification_faults.b -> 'rule'::text)) = 'string'::text)) k
      LEFT JOIN app.rule r ON (((r.code)::text = k.code)))
   WHERE (NOT (EXISTS ( SELECT
            FROM app.rules_questioning(justification_faults.s) f(r, figure, low, high)
           WHERE ((f.r).id = r.id))));
END;

COMMENT ON FUNCTION app.justification_faults(b jsonb, s app.submission) IS 'What is wrong with a justification: it is of a rule that asks for one.';

CREATE FUNCTION app.justification_role(s app.submission) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select r.role from unnest('{COMMUNE_LEADER,OFFICE_STAT_OFFICER}'::text[]) with ordinality as r(role, nth)
             where r.role || '@' || s.unit_id = any (app.grants()) order by r.nth limit 1);
end $$;

COMMENT ON FUNCTION app.justification_role(s app.submission) IS 'The role in which the caller may explain the figures of a report; null: in none.';

CREATE FUNCTION app.justification_shown(j app.justification) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN ((j).id IS NOT NULL) THEN jsonb_build_object('id', (j).id, 'text', (j).text, 'by', (j).writer_name, 'role', (j).writer_role, 'at', (j).written_at) ELSE NULL::jsonb END;

COMMENT ON FUNCTION app.justification_shown(j app.justification) IS 'A justification as answers show it.';

CREATE FUNCTION app.justification_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    s app.submission;
    x record;
begin
    select * into s from app.submission where id = new.submission_id;
    perform app.expect_justifier(s);
    select f.* into x from app.rules_questioning(s) f where (f.r).id = new.rule_id;
    if not found then
        perform app.problem(403, 'forbidden');
    end if;
    new.figure := x.figure;
    new.low := x.low;
    new.high := x.high;
    new.written_by := app.me();
    new.writer_name := app.account_name(app.me());
    new.writer_role := app.justification_role(s);
    new.written_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.justification_stamp() IS 'Whoever justifies is named, and so are the figures that are: those of the report now.';

CREATE FUNCTION app.me() RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return app.sealed_get('account')::int;
end $$;

COMMENT ON FUNCTION app.me() IS 'The account calling in this transaction; null when nobody signed in, or the setting was forged.';

CREATE TABLE app.value_revision (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    indicator_id integer NOT NULL,
    event text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    by_id integer,
    by_name text,
    value numeric,
    numerator numeric,
    denominator numeric,
    missing_reason text,
    status text,
    note text,
    import_id bigint,
    import_row integer,
    CONSTRAINT value_revision_event_check CHECK ((event = ANY (ARRAY['entered'::text, 'submitted'::text, 'accepted'::text])))
);

ALTER TABLE ONLY app.value_revision FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.value_revision IS 'History of the figures, written by triggers alone, append-only, so without foreign keys of its own: each as it was entered, and as it was submitted and accepted where that differs from the time before.';

COMMENT ON COLUMN app.value_revision.id IS 'Order of writing.';

COMMENT ON COLUMN app.value_revision.submission_id IS 'Submission.';

COMMENT ON COLUMN app.value_revision.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.value_revision.indicator_id IS 'Indicator.';

COMMENT ON COLUMN app.value_revision.event IS 'entered: seen by the unit alone; submitted, accepted.';

COMMENT ON COLUMN app.value_revision.at IS 'Server clock.';

COMMENT ON COLUMN app.value_revision.by_id IS 'Who; null for the owner''s own work.';

COMMENT ON COLUMN app.value_revision.by_name IS 'Name at that time.';

COMMENT ON COLUMN app.value_revision.value IS 'As in submission_value; this and all that follow are null where an answer was taken back.';

COMMENT ON COLUMN app.value_revision.numerator IS 'Of a pair: criteria met.';

COMMENT ON COLUMN app.value_revision.denominator IS 'Of a pair: out of how many.';

COMMENT ON COLUMN app.value_revision.missing_reason IS 'Why there is no figure.';

COMMENT ON COLUMN app.value_revision.status IS 'ESTIMATE, PROVISIONAL or OFFICIAL.';

COMMENT ON COLUMN app.value_revision.note IS 'Remark of the reporter.';

COMMENT ON COLUMN app.value_revision.import_id IS 'Import whose file had it.';

COMMENT ON COLUMN app.value_revision.import_row IS 'Row of that file.';

CREATE FUNCTION app.keep_revision(s app.submission, p_event text) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO app.value_revision (submission_id, unit_id, indicator_id, event, by_id, by_name, value, numerator, denominator, missing_reason, status, note, import_id, import_row)  SELECT (keep_revision.s).id AS id,
             (keep_revision.s).unit_id AS unit_id,
             COALESCE(v.indicator_id, l.indicator_id) AS "coalesce",
             keep_revision.p_event AS p_event,
             app.me() AS me,
             app.account_name(app.me()) AS account_name,
             v.value,
             v.numerator,
             v.denominator,
             v.missing_reason,
             v.status,
             v.note,
             v.import_id,
             v.import_row
            FROM (( SELECT submission_value.submission_id,
                     submission_value.unit_id,
                     submission_value.indicator_id,
                     submission_value.value,
                     submission_value.numerator,
                     submission_value.denominator,
                     submission_value.missing_reason,
                     submission_value.status,
                     submission_value.note,
                     submission_value.written_by,
                     submission_value.written_at,
                     submission_value.import_id,
                     submission_value.import_row
                    FROM app.submission_value
                   WHERE (submission_value.submission_id = (keep_revision.s).id)) v
              FULL JOIN ( SELECT DISTINCT ON (r.indicator_id) r.id,
                     r.submission_id,
                     r.unit_id,
                     r.indicator_id,
                     r.event,
                     r.at,
                     r.by_id,
                     r.by_name,
                     r.value,
                     r.numerator,
                     r.denominator,
                     r.missing_reason,
                     r.status,
                     r.note,
                     r.import_id,
                     r.import_row
                    FROM app.value_revision r
                   WHERE ((r.submission_id = (keep_revision.s).id) AND (r.event = keep_revision.p_event))
                   ORDER BY r.indicator_id, r.id DESC) l ON ((l.indicator_id = v.indicator_id)))
           WHERE ((((((v.value IS DISTINCT FROM l.value) OR (v.numerator IS DISTINCT FROM l.numerator)) OR (v.denominator IS DISTINCT FROM l.denominator)) OR (v.missing_reason IS DISTINCT FROM l.missing_reason)) OR (v.status IS DISTINCT FROM l.status)) OR ((v.note)::text IS DISTINCT FROM l.note))
           ORDER BY COALESCE(v.indicator_id, l.indicator_id);
END;

COMMENT ON FUNCTION app.keep_revision(s app.submission, p_event text) IS 'Keeps what was submitted or accepted where it differs from the time before.';

CREATE FUNCTION app.left_behind(p_ended integer[], p_named integer[], p_day date) RETURNS integer[]
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return array(with recursive below as (
        select p.unit_id from app.unit_parent p where p.parent_id = any (p_ended) and p.valid @> p_day and p.unit_id <> all (p_named)
        union
        select p.unit_id from below b join app.unit_parent p on p.parent_id = b.unit_id and p.valid @> p_day and p.unit_id <> all (p_named)
    ) select b.unit_id from below b);
end $$;

COMMENT ON FUNCTION app.left_behind(p_ended integer[], p_named integer[], p_day date) IS 'Units below others that end, of which the plan itself says nothing; nor are units below those that it names.';

CREATE FUNCTION app.lines_of(p_indicators integer[], p_periods integer[]) RETURNS TABLE(indicator_id integer, window_id integer, version_id integer, applies_to text[], asked boolean, direct boolean)
    LANGUAGE plpgsql STABLE ROWS 40
    SET work_mem TO '256kB'
    AS $$ -- arrays of unknown length, so that the plan is kept
#variable_conflict use_column
begin
    return query
    with line as materialized (
        select i.id as indicator_id, w.ord::int as window_id, p.ends_on, p.frequency, d.id as version_id, d.applies_to, d.weight_id
          from unnest((select p_indicators)) i(id)
         cross join (unnest((select p_periods)) with ordinality w(id, ord) join app.period p on p.id = w.id)
          join app.indicator_version d on d.indicator_id = i.id and d.valid @> p.ends_on
    ), source as materialized (
        select l.indicator_id, l.window_id, l.ends_on, l.frequency, coalesce(t.indicator_id, l.indicator_id) as source_id
          from line l left join app.indicator_term t on t.version_id = l.version_id
        union
        select l.indicator_id, l.window_id, l.ends_on, l.frequency, l.weight_id from line l where l.weight_id is not null
    ), known as (
        select s.indicator_id, s.window_id, coalesce(bool_or(s.asks), false) as asked, coalesce(bool_or(s.asks and s.form_frequency = s.frequency), false) as direct
          from (select s.*, x.frequency as form_frequency,
                       x.valid @> s.ends_on and v.valid @> s.ends_on and array_position('{month,quarter,half,nine_months,year}', x.frequency)
                                                                     <= array_position('{month,quarter,half,nine_months,year}', s.frequency) as asks
                  from source s
                  left join app.form_indicator x on x.indicator_id = s.source_id and x.level = 'commune'
                  left join app.indicator_version v on v.indicator_id = x.indicator_id) s
         group by s.indicator_id, s.window_id, s.source_id
    ), summed as (
        select k.indicator_id, k.window_id, bool_and(k.asked) as asked, bool_and(k.direct) as direct from known k group by k.indicator_id, k.window_id
    )
    select l.indicator_id, l.window_id, l.version_id, l.applies_to, k.asked, k.direct
      from line l join summed k on k.indicator_id = l.indicator_id and k.window_id = l.window_id;
end $$;

COMMENT ON FUNCTION app.lines_of(p_indicators integer[], p_periods integer[]) IS 'Indicators × periods (by number), where defined: whether any form asks for all their parts, and whether forms of just that period do.';

CREATE FUNCTION app.links_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if (select sum(case when l.whole then 1 else l.population::numeric / l.population_of end) > 1.000000001
          from app.unit_change_link l join app.unit_change c on c.id = l.change_id
         where l.from_unit_id = new.from_unit_id and l.to_unit_id <> l.from_unit_id
           and c.effective_on = (select x.effective_on from app.unit_change x where x.id = new.change_id)) then
        raise exception using errcode = '23514', message = 'more than all of a unit goes elsewhere', constraint = 'unit_change_link_sum', table = 'unit_change_link';
    end if;
    return null;
end $$;

COMMENT ON FUNCTION app.links_guard() IS 'On one day no more of a unit goes to others than there is.';

CREATE FUNCTION app.may_edit(s app.submission, p_grants text[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return s.state in ('draft', 'returned') and ('OFFICE_STAT_OFFICER@' || s.unit_id = any (p_grants) or 'CULTURE_INFO_OFFICER@' || s.unit_id = any (p_grants));
end $$;

COMMENT ON FUNCTION app.may_edit(s app.submission, p_grants text[]) IS 'May the caller change its values (lock apart)?';

CREATE FUNCTION app.may_step(s app.submission, r app.transition_rule, p_grants text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return r.role || '@' || case r.side when 'unit' then s.unit_id else s.receiver_id end = any (p_grants)
       and not (r.action = 'submit' and app.wrote(s) and (select f.four_eyes from app.form f where f.id = s.form_id))
       and (r.action <> 'reopen' or exists (select from app.reopen_request q where q.submission_id = s.id
                                               and (q.decision is null or (q.decision = 'grant' and q.decided_at = now()))));
end $$;

COMMENT ON FUNCTION app.may_step(s app.submission, r app.transition_rule, p_grants text[]) IS 'May the caller take this step (state and lock apart)?  Whoever wrote it does not submit it; opened again is what the unit asked to have opened.';

CREATE FUNCTION app.meets(p_comparator text, p_target numeric, p_figure numeric, p_of numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((p_figure IS NULL) OR (p_of IS NULL) OR (p_of <= (0)::numeric)) THEN NULL::text WHEN ((p_comparator = 'GE'::text) AND (p_figure > (p_target * p_of))) THEN 'exceeded'::text WHEN ((p_comparator = 'LE'::text) AND (p_figure < (p_target * p_of))) THEN 'exceeded'::text WHEN CASE p_comparator WHEN 'GE'::text THEN (p_figure >= (p_target * p_of)) WHEN 'GT'::text THEN (p_figure > (p_target * p_of)) WHEN 'LE'::text THEN (p_figure <= (p_target * p_of)) WHEN 'LT'::text THEN (p_figure < (p_target * p_of)) WHEN 'EQ'::text THEN (p_figure = (p_target * p_of)) ELSE NULL::boolean END THEN 'met'::text ELSE 'not_met'::text END;

COMMENT ON FUNCTION app.meets(p_comparator text, p_target numeric, p_figure numeric, p_of numeric) IS 'exceeded, met or not_met, on the exact fraction figure / of, never on the rounded value: 32 is not > 32, and 100 % is numerator = denominator.';

CREATE FUNCTION app.number(jsonb) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE jsonb_typeof($1) WHEN 'number'::text THEN ($1)::numeric WHEN 'boolean'::text THEN (CASE WHEN ($1)::boolean THEN 1 ELSE 0 END)::numeric WHEN 'string'::text THEN CASE WHEN (($1 #>> '{}'::text[]) ~ '^-?[0-9]{1,18}(\.[0-9]{1,12})?$'::text) THEN (($1 #>> '{}'::text[]))::numeric ELSE NULL::numeric END ELSE NULL::numeric END;

COMMENT ON FUNCTION app.number(jsonb) IS 'A JSON number, a plain decimal string, or true/false as 1/0; null for anything else: 9.007,4 is not guessed at.';

CREATE FUNCTION app.number_faults(pointer text, x jsonb, d app.indicator_version) RETURNS jsonb[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
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
end $_$;

COMMENT ON FUNCTION app.number_faults(pointer text, x jsonb, d app.indicator_version) IS 'What is wrong with one number for this definition.  The text 1.200 may mean 1,200: it is not guessed at.';

CREATE FUNCTION app.outliers(p_units integer[], p_forms integer[], p_periods integer[]) RETURNS TABLE(submission_id bigint, unit_id integer, form_id integer, period_id integer, state text, indicator_id integer, name text, unit_of_measure text, value numeric, against text, n integer, median numeric, mad numeric, z numeric, low_fence numeric, high_fence numeric, lowest numeric, highest numeric, outside text[], finding text)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    return query
    with asked as materialized (
        select s.id, s.unit_id, s.form_id, s.period_id, s.receiver_id from app.submission s
         where s.unit_id = any (p_units) and s.period_id = any (p_periods) and (p_forms is null or s.form_id = any (p_forms))
    ), series as materialized ( -- the reports of these units in their order; nth: how many before it count
        select s.id, s.unit_id, s.form_id, s.period_id = any (p_periods) as asked, s.state in ('submitted', 'accepted') as counts,
               count(*) filter (where s.state in ('submitted', 'accepted')) over (partition by s.unit_id, s.form_id order by p.ends_on
                                                                                  rows between unbounded preceding and 1 preceding) as nth
          from (select distinct a.unit_id, a.form_id from asked a) a
          join app.submission s on (s.unit_id, s.form_id) = (a.unit_id, a.form_id)
          join app.period p on p.id = s.period_id
    ), needed as (
        select x.id, x.asked, x.nth from series x where x.asked
        union
        select h.id, h.asked, h.nth from series x
          join series h on (h.unit_id, h.form_id) = (x.unit_id, x.form_id) and h.counts and h.nth between x.nth - 12 and x.nth - 1
         where x.asked
    ), neighbour as (
        select s.id from (select distinct a.receiver_id, a.form_id, a.period_id from asked a) a
          join app.submission s on (s.receiver_id, s.form_id, s.period_id) = (a.receiver_id, a.form_id, a.period_id) and s.state in ('submitted', 'accepted')
        except
        select x.id from needed x
    ), figure as materialized (
        select s as s, s.id, s.unit_id, s.form_id, s.period_id, s.receiver_id, s.state in ('submitted', 'accepted') as counts, x.asked, x.nth,
               f.indicator_id, f.value, (f.d).result, (f.d).unit_code, (f.d).name_vi, (f.d).unit_vi
          from (select n.id, n.asked, n.nth from needed n union all select n.id, false, null from neighbour n) x
          join app.submission s on s.id = x.id
         cross join lateral app.submission_figures(s) f
         where f.value is not null and (f.d).value_type <> 'boolean'
    ), past as (
        select f.*, array_agg(f.value) filter (where f.counts) over (partition by f.unit_id, f.form_id, f.indicator_id, f.unit_code order by f.nth
                                                                     range between 12 preceding and 1 preceding) as figures
          from figure f where f.nth is not null
    ), peers as materialized (
        select f.receiver_id, f.form_id, f.period_id, f.indicator_id, array_agg(f.id order by f.id) as ids, array_agg(f.value order by f.id) as figures
          from figure f where f.counts and f.result = 'ratio'
         group by f.receiver_id, f.form_id, f.period_id, f.indicator_id
    ), pair as (
        select f.*, 'history' as against, f.figures as others from past f where f.asked
        union all
        select f.*, 'peers', array(select o.figure from unnest(q.ids, q.figures) as o(id, figure) where o.id <> f.id)
          from past f
          left join peers q on (q.receiver_id, q.form_id, q.period_id, q.indicator_id) = (f.receiver_id, f.form_id, f.period_id, f.indicator_id)
         where f.asked and f.result = 'ratio'
    )
    select f.id, f.unit_id, f.form_id, f.period_id, app.shown_state(f.s), f.indicator_id, f.name_vi::text, f.unit_vi::text, f.value, f.against,
           c.n, trim_scale(c.median), trim_scale(c.mad), trim_scale(c.z), trim_scale(c.low_fence), trim_scale(c.high_fence), c.lowest, c.highest, c.outside,
           case when c.n < 5 then 'insufficient_' || f.against when c.outside && '{z,fences}' then 'outlier' else 'ok' end
      from pair f
     cross join lateral app.compared(f.value, coalesce(f.others, '{}')) c;
end $$;

COMMENT ON FUNCTION app.outliers(p_units integer[], p_forms integer[], p_periods integer[]) IS 'Each figure of the reports the caller sees beside those of the unit''s last twelve reports before it, and each rate beside those of the units with the same receiver; what counts as other is submitted or accepted, and seen by the caller.';

CREATE FUNCTION app.parameter_fault(p_parameter text, p_code text, p_params jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN jsonb_build_object('parameter', p_parameter, 'code', p_code, 'params', p_params);

COMMENT ON FUNCTION app.parameter_fault(p_parameter text, p_code text, p_params jsonb) IS 'One fault of a query string.';

CREATE FUNCTION app.period_code_read(p_code text) RETURNS TABLE(code text, year integer, frequency text, ordinal integer)
    LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC
 SELECT p_code AS p_code,
     ("left"(p_code, 4))::integer AS "left",
         CASE
             WHEN (p_code ~ '^.{4}$'::text) THEN 'year'::text
             WHEN (p_code ~ '9M$'::text) THEN 'nine_months'::text
             WHEN (p_code ~ 'H.$'::text) THEN 'half'::text
             WHEN (p_code ~ 'Q.$'::text) THEN 'quarter'::text
             ELSE 'month'::text
         END AS "case",
         CASE
             WHEN ((p_code ~ '^.{4}$'::text) OR (p_code ~ '9M$'::text)) THEN 1
             WHEN (p_code ~ '[HQ].$'::text) THEN ("right"(p_code, 1))::integer
             ELSE ("right"(p_code, 2))::integer
         END AS "right"
   WHERE (p_code ~ '^(199[0-9]|20[0-9][0-9])(-(H[12]|Q[1-4]|9M|0[1-9]|1[0-2]))?$'::text);
END;

COMMENT ON FUNCTION app.period_code_read(p_code text) IS 'What a period''s code says; no row when it is none.';

CREATE FUNCTION app.period_difference(p app.period, b jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN app.members_differing((SELECT COALESCE(jsonb_object_agg(m.key, COALESCE(to_jsonb(app.instant_or_null((m.value #>> '{}'::text[]))), m.value)), '{}'::jsonb) AS "coalesce" FROM jsonb_each(period_difference.b) m(key, value)), jsonb_build_object('due_at', (p).due_at, 'grace_until', (p).grace_until, 'locks_at', (p).locks_at), (p).updated_by, (p).updated_at);

COMMENT ON FUNCTION app.period_difference(p app.period, b jsonb) IS 'Where a change of a period says something else than what is stored.';

CREATE FUNCTION app.period_faults(b jsonb, p app.period) RETURNS jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH now_or_then AS (
          SELECT
                 CASE
                     WHEN (period_faults.b ? 'starts_on'::text) THEN app.date_or_null((period_faults.b ->> 'starts_on'::text))
                     ELSE (period_faults.p).starts_on
                 END AS starts_on,
                 CASE
                     WHEN (period_faults.b ? 'ends_on'::text) THEN app.date_or_null((period_faults.b ->> 'ends_on'::text))
                     ELSE (period_faults.p).ends_on
                 END AS ends_on,
                 CASE
                     WHEN (period_faults.b ? 'due_at'::text) THEN app.instant_or_null((period_faults.b ->> 'due_at'::text))
                     ELSE (period_faults.p).due_at
                 END AS due_at,
                 CASE
                     WHEN (period_faults.b ? 'grace_until'::text) THEN app.instant_or_null((period_faults.b ->> 'grace_until'::text))
                     ELSE (period_faults.p).grace_until
                 END AS grace_until,
                 CASE
                     WHEN (period_faults.b ? 'locks_at'::text) THEN app.instant_or_null((period_faults.b ->> 'locks_at'::text))
                     ELSE (period_faults.p).locks_at
                 END AS locks_at
         ), fault AS (
          SELECT app.fault('/code'::text, 'not-a-period-code'::text, jsonb_build_object('code', "left"((period_faults.b ->> 'code'::text), 64))) AS f
           WHERE ((jsonb_typeof((period_faults.b -> 'code'::text)) = 'string'::text) AND (NOT (EXISTS ( SELECT
                    FROM app.period_code_read((period_faults.b ->> 'code'::text)) period_code_read(code, year, frequency, ordinal)))))
         UNION ALL
          SELECT app.fault('/ends_on'::text, 'before-start'::text, '{}'::jsonb) AS fault
            FROM now_or_then
           WHERE (now_or_then.ends_on < now_or_then.starts_on)
         UNION ALL
          SELECT app.fault('/due_at'::text, 'due-before-end'::text, '{}'::jsonb) AS fault
            FROM now_or_then
           WHERE (now_or_then.due_at <= now_or_then.ends_on)
         UNION ALL
          SELECT app.fault('/grace_until'::text, 'grace-before-due'::text, '{}'::jsonb) AS fault
            FROM now_or_then
           WHERE (now_or_then.grace_until < now_or_then.due_at)
         UNION ALL
          SELECT app.fault('/locks_at'::text, 'lock-before-due'::text, '{}'::jsonb) AS fault
            FROM now_or_then
           WHERE ((now_or_then.locks_at < now_or_then.due_at) OR (now_or_then.locks_at < now_or_then.grace_until))
         )
  SELECT COALESCE(jsonb_agg(fault.f), '[]'::jsonb) AS "coalesce"
    FROM fault;
END;

COMMENT ON FUNCTION app.period_faults(b jsonb, p app.period) IS 'What is wrong with a new period (p null) or with a change of one.';

CREATE FUNCTION app.period_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if session_user = 'thidua_api' then
        perform app.expect_home_affairs();
    end if;
    new.version := case when tg_op = 'UPDATE' then old.version + 1 else 1 end;
    return new;
end $$;

COMMENT ON FUNCTION app.period_guard() IS 'Periods are defined by the district''s home affairs office alone.';

CREATE FUNCTION app.picked(p_all anyarray, p_which integer[]) RETURNS anyarray
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return array(select p_all[w.i] from unnest(p_which) with ordinality w(i, ord) order by w.ord);
end $$;

COMMENT ON FUNCTION app.picked(p_all anyarray, p_which integer[]) IS 'These elements of an array, in this order.';

CREATE FUNCTION app.plan_ratio(c app.data_cell, t app.target) RETURNS numeric
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN (((c).d.direction = 'higher'::text) AND ((c).d.value_type <> 'boolean'::text) AND ((t).value > (0)::numeric)) THEN trim_scale(round((((100)::numeric * CASE WHEN (((c).numerator IS NOT NULL) AND ((c).d.result = 'ratio'::text)) THEN (((c).d.scale * (c).numerator) / NULLIF((c).denominator, (0)::numeric)) ELSE (c).value END) / (t).value), 2)) ELSE NULL::numeric END;

COMMENT ON FUNCTION app.plan_ratio(c app.data_cell, t app.target) IS 'Percent of a target, from the exact fraction; only where higher is better.';

CREATE FUNCTION app.planned_ends(p_body jsonb) RETURNS TABLE(code text)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    return query
    select l.source from app.planned_links(p_body) l
     group by l.source
    having bool_or(l.kind in ('MERGE', 'ABOLISH')) and not bool_or(l.target is not distinct from l.source);
end $$;

COMMENT ON FUNCTION app.planned_ends(p_body jsonb) IS 'Units that end with a planned reorganisation: merged or abolished, and no link leads back to them.';

CREATE FUNCTION app.planned_links(p_body jsonb) RETURNS SETOF app.planned_link
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return query
    select x.ord::int - 1, x.l ->> 'kind', x.l ->> 'from', f.id, x.l ->> 'to', t.id,
           case x.l ->> 'kind' when 'ABOLISH' then true when 'PARTIAL_TRANSFER' then false else coalesce((x.l ->> 'whole')::boolean, x.l ->> 'population' is null) end,
           (x.l ->> 'population')::int, (x.l ->> 'population_of')::int, x.l ->> 'parent'
      from jsonb_array_elements(p_body -> 'links') with ordinality as x(l, ord)
      left join app.unit f on f.code = x.l ->> 'from'
      left join app.unit t on t.code = x.l ->> 'to';
end $$;

COMMENT ON FUNCTION app.planned_links(p_body jsonb) IS 'The links of a body.';

CREATE FUNCTION app.planned_rank(p_body jsonb, p_code text) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select array_position(array['province', 'district', 'commune', 'village'], k.level) from app.unit_kind k
             where k.code = coalesce((select u.kind from app.unit u where u.code = p_code),
                                     (select min(n ->> 'kind') from jsonb_array_elements(p_body -> 'new_units') n where n ->> 'code' = p_code)));
end $$;

COMMENT ON FUNCTION app.planned_rank(p_body jsonb, p_code text) IS 'How far down in the tree a unit stands that is there, or will be, from 1 for a province; null: it is not known.';

CREATE FUNCTION app.problem(status integer, slug text, params jsonb DEFAULT '{}'::jsonb, members jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    raise exception using errcode = 'TD' || status, message = slug,
        detail = jsonb_build_object('params', params, 'members', members)::text;
end $$;

COMMENT ON FUNCTION app.problem(status integer, slug text, params jsonb, members jsonb) IS 'Ends the transaction with a problem (RFC 9457) of this status and slug; the service has its texts.';

CREATE FUNCTION app.propose(b jsonb, p_village integer, p_period app.period) RETURNS json
    LANGUAGE plpgsql
    AS $$
declare
    commune constant int := app.unit_parent_on(p_village, p_period.ends_on);
    proposals json;
begin
    perform app.refuse_locked(f.form_id, commune, p_period.id)
       from (select distinct r.form_id from app.village_values_read(b -> 'values', commune, p_period, null) r) f;
    with made as (
        insert into app.village_proposal (unit_id, village_id, period_id, indicator_id, value, missing_reason, note)
        select commune, p_village, p_period.id, (r.v).indicator_id, w.value, w.missing_reason, w.note
          from app.village_values_read(b -> 'values', commune, p_period, null) r cross join lateral app.value_written(r.v) w
        returning *
    )
    select json_agg(json_build_object('id', m.id, 'indicator', i.code, 'value', m.value, 'missing_reason', m.missing_reason, 'note', m.note) order by m.id)
      into proposals
      from made m join app.indicator i on i.id = m.indicator_id;
    return proposals;
end $$;

COMMENT ON FUNCTION app.propose(b jsonb, p_village integer, p_period app.period) IS 'Keeps what a head proposes, before the lock of the commune.';

CREATE FUNCTION app.publication_made_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.change (kind, subject, code) select 'publication', n.id, n.id from fresh n order by n.id;
    insert into app.change (kind, subject, code, unit_id, receiver_id, was, became, published)
    select 'submission', s.id, s.id, s.unit_id, s.receiver_id, s.state, s.state, true
      from fresh n join app.submission s on (s.receiver_id, s.form_id, s.period_id) = (n.unit_id, n.form_id, n.period_id) and s.state = 'accepted'
     order by s.id;
    return null;
end $$;

COMMENT ON FUNCTION app.publication_made_known() IS 'Tells the feed of publications, and of the submissions that everybody sees by them.';

CREATE FUNCTION app.publication_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.published_by := app.me();
    new.published_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.publication_stamp() IS 'Whoever publishes is named.';

CREATE FUNCTION app.quantile(p_sorted numeric[], p_share numeric) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    place constant numeric := (cardinality(p_sorted) - 1) * p_share;
    below constant int := floor(place)::int + 1;
begin
    return p_sorted[below] + (place - floor(place)) * (coalesce(p_sorted[below + 1], p_sorted[below]) - p_sorted[below]);
end $$;

COMMENT ON FUNCTION app.quantile(p_sorted numeric[], p_share numeric) IS 'As percentile_cont, which knows doubles alone: exact for halves and quarters.  The figures in their order.';

CREATE FUNCTION app.query_faults(q app.data_query) RETURNS SETOF jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return query
    select app.parameter_fault('as_of', 'in-future', '{}') where app.as_of_instant(q.as_of) > now()
    union all
    select app.parameter_fault('boundaries', 'not-boundaries', '{}') where q.boundaries not in ('as_reported', 'current') and app.date_or_null(q.boundaries) is null
    union all
    select app.parameter_fault('boundaries', 'in-future', '{}') where app.boundaries_day(q.boundaries) > app.boundaries_day('current')
    union all
    select app.parameter_fault('as_of', 'not-an-instant', '{}') where q.as_of is not null and app.as_of_instant(q.as_of) is null
    union all
    select app.parameter_fault('status', 'not-as-of', '{}') where q.as_of is not null and q.status = 'submitted'
    union all
    select app.parameter_fault('collapse', 'not-a-choice', '{"choices": "unit, period"}')
     where exists (select from app.selectors(q.collapse) c where c.text not in ('unit', 'period'));
end $$;

COMMENT ON FUNCTION app.query_faults(q app.data_query) IS 'What is wrong with a query beside its selectors.';

CREATE FUNCTION app.reach(p_reach text) RETURNS integer[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    units int[] := app.sealed_get('reach_' || p_reach)::int[];
    way record;
begin
    if units is not null then
        return units;
    end if;
    for way in
        with held as materialized (
            select case when r.reach = 'own' and k.level not in ('commune', 'village') then 'received' else r.reach end as reach, g.unit_id
              from app.account_role g
              join app.role r on r.code = g.role
              join app.unit u on u.id = g.unit_id
              join app.unit_kind k on k.code = u.kind
             where g.account_id = app.me()
        )
        select x.reach, case when exists (select from held h where h.reach = x.reach)
                             then app.unit_ids_within(array(select h.unit_id from held h where h.reach = x.reach)) else '{}' end as of_way
          from unnest('{own,received,accepted}'::text[]) x(reach)
    loop
        perform app.sealed_put('reach_' || way.reach, way.of_way::text);
        if way.reach = p_reach then
            units := way.of_way;
        end if;
    end loop;
    return units;
end $$;

COMMENT ON FUNCTION app.reach(p_reach text) IS 'Units whose data the caller sees in this way: own, received or accepted (app.role.reach).  A district''s council member has no commune of the own: received.';

CREATE FUNCTION app.recast_from(p_day date, p_boundaries date) RETURNS TABLE(source integer, target integer, share numeric, parts integer)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    if p_day <= p_boundaries then
        return query select x.source, x.target, x.share, 1 from app.unit_shares(p_day, p_boundaries) x;
    else -- a merged unit is not taken apart: it goes where all that it is made of goes
        return query select x.target, x.source, 1::numeric, (count(*) over (partition by x.target))::int from app.unit_shares(p_boundaries, p_day) x;
    end if;
end $$;

COMMENT ON FUNCTION app.recast_from(p_day date, p_boundaries date) IS 'Which communes of a day stand for which ones of other boundaries: with which share of theirs, and how many of the others they are made of.';

CREATE FUNCTION app.receive(p_account integer, p_operation text, p_key text, p_fingerprint bytea, p_body_sha256 bytea, OUT receipt bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    before app.receipt;
    answer app.answer;
begin
    for tries in 1 .. 3 loop
        begin
            insert into app.receipt as r (account_id, operation, idempotency_key, fingerprint, body_sha256, request)
            values (p_account, p_operation, p_key, p_fingerprint, p_body_sha256, current_setting('app.request', true))
            on conflict (account_id, idempotency_key) where idempotency_key is not null do nothing
            returning r.id into receipt;
        exception when lock_not_available then -- the same key is still at work elsewhere, and we waited for it
            perform app.problem(409, 'idempotency-in-flight');
        end;
        exit when receipt is not null;
        select r.* into before from app.receipt r where r.account_id = p_account and r.idempotency_key = p_key;
        continue when not found;
        select a.* into answer from app.answer a where a.receipt_id = before.id and a.answered_at > now() - interval '30 days';
        if found and before.fingerprint <> p_fingerprint then
            perform app.problem(422, 'idempotency-key-reused', jsonb_build_object('operation', before.operation));
        elsif found then
            perform app.replay(before, answer);
        end if;
        update app.receipt r set idempotency_key = null where r.id = before.id;
    end loop;
    if receipt is null then
        perform app.problem(409, 'idempotency-in-flight');
    end if;
    delete from app.answer a
     where a.receipt_id in (select o.receipt_id from app.answer o where o.answered_at < now() - interval '30 days'
                             order by o.answered_at limit 2 for update skip locked);
    perform set_config('app.receipt', receipt::text, true);
end $$;

COMMENT ON FUNCTION app.receive(p_account integer, p_operation text, p_key text, p_fingerprint bytea, p_body_sha256 bytea, OUT receipt bigint) IS 'The receipt of a write.  A key used before ends the transaction with the answer of then; one still at work elsewhere is waited for (lock_timeout), then 409.  Forgets two expired answers, so that they never pile up.';

CREATE FUNCTION app.refuse(faults jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    if jsonb_array_length(faults) > 0 then
        raise exception using errcode = 'TD422', message = 'invalid-content',
            detail = jsonb_build_object('errors',
                (select jsonb_agg(f order by f ->> 'pointer' collate app.natural_order, f ->> 'code') from jsonb_array_elements(faults) f))::text;
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.refuse(faults jsonb) IS 'Refuses a body with all its faults at once; true when there are none.';

CREATE FUNCTION app.refuse_existing(p_form integer, p_unit integer, p_period integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
declare
    s app.submission;
begin
    select * into s from app.submission where (form_id, unit_id, period_id) = (p_form, p_unit, p_period);
    if found then
        perform app.problem(409, 'already-exists', '{}', jsonb_build_object('existing', jsonb_build_object(
            'id', s.id, 'href', '/v1/submissions/' || s.id, 'etag', app.submission_etag(s), 'state', app.shown_state(s)),
            'allowed_actions', app.allowed_actions(s, app.grants())));
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.refuse_existing(p_form integer, p_unit integer, p_period integer) IS '409 with where the existing submission is: form × unit × period is unique.';

CREATE FUNCTION app.refuse_large(p_cells bigint, p_limit integer) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if p_cells > p_limit then
        perform app.problem(413, 'query-too-large', jsonb_build_object('cells', p_cells, 'limit', p_limit));
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.refuse_large(p_cells bigint, p_limit integer) IS '413 with the count, before anything is computed.';

CREATE FUNCTION app.refuse_locked(p_form integer, p_unit integer, p_period integer) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
declare
    code text;
    since timestamptz;
begin
    if app.is_locked(p_form, p_unit, p_period) then
        select p.code, d.locks_at into code, since from app.period p, app.deadlines(p_form, p_unit, p_period) d where p.id = p_period;
        perform app.problem(423, 'locked', jsonb_build_object('period', code, 'since', to_char(since, 'HH24:MI DD/MM/YYYY')),
            jsonb_build_object('lock', jsonb_build_object('reason', 'period_locked', 'period', code, 'since', since,
                'unlock', jsonb_build_object('role', 'DISTRICT_HOME_AFFAIRS', 'method', 'POST', 'href', '/v1/extensions', 'member', 'expires_at')),
                'allowed_actions', '[]'::jsonb));
    end if;
end $$;

COMMENT ON FUNCTION app.refuse_locked(p_form integer, p_unit integer, p_period integer) IS '423 with why, since when and how to unlock: for the unit alone, by an extension.';

CREATE FUNCTION app.refuse_parameters(faults jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    if jsonb_array_length(faults) > 0 then
        raise exception using errcode = 'TD400', message = 'invalid-parameters',
            detail = jsonb_build_object('errors', faults)::text;
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.refuse_parameters(faults jsonb) IS 'Refuses a query string with all its faults at once ({parameter, code, params}); true when there are none.';

CREATE FUNCTION app.refuse_query(p_faults jsonb, p_in_body boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    if p_in_body then
        return app.refuse((select coalesce(jsonb_agg(f - '{parameter,nth}'::text[] || jsonb_build_object('pointer', concat_ws('/', '', f ->> 'parameter', f ->> 'nth'))), '[]')
                             from jsonb_array_elements(p_faults) f));
    end if;
    return app.refuse_parameters((select coalesce(jsonb_agg(f - 'nth'), '[]') from jsonb_array_elements(p_faults) f));
end $$;

COMMENT ON FUNCTION app.refuse_query(p_faults jsonb, p_in_body boolean) IS 'Refuses a query with all its faults at once: 400 of parameters, 422 of a body.';

CREATE FUNCTION app.refuse_several(p_count bigint, p_parameter text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if p_count > 1 then
        perform app.refuse_parameters(jsonb_build_array(app.parameter_fault(p_parameter, 'only-one')));
    end if;
    return true;
end $$;

COMMENT ON FUNCTION app.refuse_several(p_count bigint, p_parameter text) IS '400 where a selector may name one thing only.';

CREATE FUNCTION app.refuse_stale(p_etag text, p_changed jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform app.problem(412, 'stale-version', '{}', jsonb_build_object('current_etag', p_etag, 'changed', p_changed));
end $$;

COMMENT ON FUNCTION app.refuse_stale(p_etag text, p_changed jsonb) IS '412 with the current entity tag and the difference, member by member.';

CREATE FUNCTION app.remarks_since_submit(s app.submission) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select string_agg(c.text, E'\n' order by c.id) from app.submission_comment c
             where c.submission_id = s.id and c.side = 'receiver' and c.visibility = 'shared' and c.written_at >= s.submitted_at);
end $$;

COMMENT ON FUNCTION app.remarks_since_submit(s app.submission) IS 'What the receiver has told the unit about this version, a line a comment; null: nothing.';

CREATE FUNCTION app.reopen_granted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.expires_at is not null then
        with given as (
            insert into app.extension (receiver_id, period_id, form_id, expires_at, reason)
            values (new.receiver_id, new.period_id, new.form_id, new.expires_at, new.decision_reason)
            returning *
        )
        insert into app.extension_unit (extension_id, receiver_id, period_id, unit_id)
        select g.id, g.receiver_id, g.period_id, new.unit_id from given g;
    end if;
    update app.submission set state = 'returned', reason = new.decision_reason where id = new.submission_id and state = 'accepted';
    return null;
end $$;

COMMENT ON FUNCTION app.reopen_granted() IS 'What was accepted is returned, what is locked gets an extension: in the transaction of the decision.';

CREATE FUNCTION app.reopen_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform app.expect_undecided(old);
    if new.decision is null or to_jsonb(new) - '{decision,decision_reason,expires_at}'::text[] is distinct from to_jsonb(old) - '{decision,decision_reason,expires_at}'::text[] then
        perform app.problem(403, 'forbidden');
    end if;
    new.decided_by := app.me();
    new.decider_name := app.account_name(app.me());
    new.decided_at := now();
    if new.decision = 'refuse' or not app.is_locked(new.form_id, new.unit_id, new.period_id) then
        new.expires_at := null;
    elsif new.expires_at is null then
        perform app.problem(403, 'forbidden');
    end if;
    return new;
end $$;

COMMENT ON FUNCTION app.reopen_guard() IS 'A request is decided once, by the home affairs office of the district asked.';

CREATE FUNCTION app.reopen_requested() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    s app.submission;
begin
    select * into s from app.submission where id = app.expect_submission(new.submission_id);
    perform app.expect_grant('COMMUNE_LEADER', s.unit_id);
    if s.state <> 'accepted' and not app.is_locked(s.form_id, s.unit_id, s.period_id) then
        perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'request_reopen', 'state', s.state),
                            jsonb_build_object('allowed_actions', app.allowed_actions(s, app.grants())));
    end if;
    new.form_id := s.form_id;
    new.period_id := s.period_id;
    new.receiver_id := s.receiver_id;
    new.requested_by := app.me();
    new.requester_name := app.account_name(app.me());
    new.requested_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.reopen_requested() IS 'The unit''s leader alone asks, for what was accepted or is locked.';

CREATE FUNCTION app.reopen_shown(q app.reopen_request) RETURNS TABLE(id bigint, submission bigint, unit text, form text, period text, reason text, requested_by text, requested_at timestamp with time zone, decision text, decision_reason text, decided_by text, decided_at timestamp with time zone, expires_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (reopen_shown.q).id AS id,
     (reopen_shown.q).submission_id AS submission_id,
     u.code,
     f.code,
     p.code,
     (reopen_shown.q).reason AS reason,
     (reopen_shown.q).requester_name AS requester_name,
     (reopen_shown.q).requested_at AS requested_at,
     COALESCE((reopen_shown.q).decision, 'open'::text) AS "coalesce",
     (reopen_shown.q).decision_reason AS decision_reason,
     (reopen_shown.q).decider_name AS decider_name,
     (reopen_shown.q).decided_at AS decided_at,
     (reopen_shown.q).expires_at AS expires_at
    FROM app.unit u,
     app.form f,
     app.period p
   WHERE ((u.id = (reopen_shown.q).unit_id) AND (f.id = (reopen_shown.q).form_id) AND (p.id = (reopen_shown.q).period_id));
END;

COMMENT ON FUNCTION app.reopen_shown(q app.reopen_request) IS 'A request as answers show it.';

CREATE TABLE app.answer (
    receipt_id bigint NOT NULL,
    status integer NOT NULL,
    location text,
    etag text,
    answer_body text NOT NULL,
    sealed text,
    answered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT answer_status_check CHECK (((status >= 200) AND (status <= 299)))
);

ALTER TABLE ONLY app.answer FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.answer IS 'Answers that are given again when a key comes again, for 30 days: an outage in the mountains outlasts the day that others keep them.';

COMMENT ON COLUMN app.answer.receipt_id IS 'What it answers.';

COMMENT ON COLUMN app.answer.status IS 'HTTP status.';

COMMENT ON COLUMN app.answer.location IS 'Header Location.';

COMMENT ON COLUMN app.answer.etag IS 'Header ETag.';

COMMENT ON COLUMN app.answer.answer_body IS 'Body as sent, to the byte; what the service adds (the receipt, a secret shown once) is not part of it.';

COMMENT ON COLUMN app.answer.sealed IS 'A secret shown once, sealed with a key that the database does not have.';

COMMENT ON COLUMN app.answer.answered_at IS 'When; kept 30 days from then.';

CREATE TABLE app.receipt (
    id bigint NOT NULL,
    account_id integer NOT NULL,
    operation text NOT NULL,
    idempotency_key text,
    fingerprint bytea NOT NULL,
    body_sha256 bytea NOT NULL,
    request text,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT receipt_body_sha256_check CHECK ((length(body_sha256) = 32)),
    CONSTRAINT receipt_fingerprint_check CHECK ((length(fingerprint) = 32)),
    CONSTRAINT receipt_key_shape CHECK ((idempotency_key ~ '^[!-~]{8,128}$'::text)),
    CONSTRAINT receipt_operation_check CHECK ((operation ~ '^[a-z_]{1,63}$'::text))
);

ALTER TABLE ONLY app.receipt FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.receipt IS 'Every write with a body that was accepted, committed together with its effect: proof for whoever sent it, and the memory of Idempotency-Key.';

COMMENT ON COLUMN app.receipt.id IS 'Number of the receipt.';

COMMENT ON COLUMN app.receipt.account_id IS 'Who sent it.';

COMMENT ON COLUMN app.receipt.operation IS 'What was asked for (operationId).';

COMMENT ON COLUMN app.receipt.idempotency_key IS 'Idempotency-Key; null when none was sent, or once it has expired.';

COMMENT ON COLUMN app.receipt.fingerprint IS 'SHA-256 of method, path and body: the same key with another request is a mistake.';

COMMENT ON COLUMN app.receipt.body_sha256 IS 'SHA-256 of the body as received.';

COMMENT ON COLUMN app.receipt.request IS 'X-Request-Id.';

COMMENT ON COLUMN app.receipt.received_at IS 'Server clock.';

CREATE FUNCTION app.replay(p_receipt app.receipt, p_answer app.answer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    raise exception using errcode = 'TDR00', message = 'replay', detail = jsonb_build_object(
        '_receipt', p_receipt.id::text, '_received_at', p_receipt.received_at, '_status', p_answer.status::text, '_replayed', 'true',
        '_location', p_answer.location, '_etag', p_answer.etag, '_sealed', p_answer.sealed, '_body', p_answer.answer_body)::text;
end $$;

COMMENT ON FUNCTION app.replay(p_receipt app.receipt, p_answer app.answer) IS 'Ends the transaction, which has changed nothing, with the answer given before; the service sends it again.';

CREATE FUNCTION app.revision_shown(r app.value_revision) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select json_build_object(
                'value', case when d.entry = 'pair' then null when d.value_type = 'boolean' then to_json(r.value = 1) else to_json(trim_scale(r.value)) end,
                'numerator', trim_scale(r.numerator), 'denominator', trim_scale(r.denominator), 'missing_reason', r.missing_reason, 'status', r.status, 'note', r.note)
              from app.submission s join app.period p on p.id = s.period_id join app.indicator_version d on d.valid @> p.ends_on
             where s.id = r.submission_id and d.indicator_id = r.indicator_id and r.status is not null);
end $$;

COMMENT ON FUNCTION app.revision_shown(r app.value_revision) IS 'A kept value as answers show it; null where an answer was taken back.';

CREATE FUNCTION app.rule_fault(r app.rule, p_figure numeric, p_low numeric, p_high numeric) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN CASE (r).severity WHEN 'block'::text THEN app.fault('/values'::text, 'rule-broken'::text, jsonb_build_object('rule', (r).code, 'name', (r).name_vi, 'name_en', (r).name_en, 'figure', p_figure, 'bounds', app.bounds_shown(p_low, p_high))) ELSE app.fault('/values'::text, 'justification-missing'::text, jsonb_build_object('rule', (r).code, 'name', (r).name_vi, 'name_en', (r).name_en, 'figure', p_figure, 'bounds', app.bounds_shown(p_low, p_high))) END;

COMMENT ON FUNCTION app.rule_fault(r app.rule, p_figure numeric, p_low numeric, p_high numeric) IS 'A broken rule as a submit refuses it.';

CREATE FUNCTION app.rule_faults(s app.submission) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.rule_fault(f.r, f.figure, f.low, f.high) AS rule_fault
    FROM app.rule_findings(ARRAY[(rule_faults.s).id]) f(submission_id, r, figure, low, high, outcome, j)
   WHERE ((f.outcome = 'failed'::text) AND ((f.r).severity <> 'info'::text));
END;

COMMENT ON FUNCTION app.rule_faults(s app.submission) IS 'Rules that keep a report from being submitted: broken ones that block, and those that want a justification without one.';

CREATE FUNCTION app.rule_results(p_submissions bigint[]) RETURNS TABLE(submission_id bigint, rule_id integer, figure numeric, low numeric, high numeric, holds boolean)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    return query
    with subject as materialized (
        select s.id, s.form_id, s.unit_id, s.period_id, p.starts_on, p.ends_on, p.year
          from app.submission s join app.period p on p.id = s.period_id where s.id = any (p_submissions)
    ), day as (
        select distinct x.form_id, x.ends_on from subject x
    ), concerned as materialized ( -- rules all of whose figures the form asks for
        select d.form_id, d.ends_on, r.id as rule_id
          from day d join app.rule r on r.valid @> d.ends_on
         where not exists (select from app.rule_term t
                            where t.rule_id = r.id and t.taken = 'value'
                              and not exists (select from app.form_indicator f where f.form_id = d.form_id and f.indicator_id = t.indicator_id))
    ), term as materialized (
        select c.form_id, c.ends_on, c.rule_id, t.side, t.taken, t.indicator_id, t.coefficient
          from concerned c join app.rule_term t on t.rule_id = c.rule_id
    ), asked as materialized ( -- what is not in the report itself
        select x.*, t.rule_id, t.side, t.taken, t.indicator_id, t.coefficient
          from subject x join term t on t.form_id = x.form_id and t.ends_on = x.ends_on and t.taken <> 'value'
    ), reported as materialized (
        select x.id, x.form_id, x.ends_on, v.indicator_id, v.value
          from subject x join app.submission_value v on v.submission_id = x.id and v.value is not null
    ), part as ( -- due: how many figures a rule asks for, less those that are there; so what was found need not be joined to what was asked
        select x.id, c.rule_id, null as side, null::numeric as value, c.terms as due
          from subject x
          join (select t.form_id, t.ends_on, t.rule_id, count(*) as terms from term t group by t.form_id, t.ends_on, t.rule_id) c
            on c.form_id = x.form_id and c.ends_on = x.ends_on
        union all
        select v.id, t.rule_id, t.side, t.coefficient * v.value, -1
          from reported v join term t on t.taken = 'value' and t.indicator_id = v.indicator_id and t.form_id = v.form_id and t.ends_on = v.ends_on
        union all -- the last period before that was submitted on the same form
        select a.id, a.rule_id, a.side, a.coefficient * v.value, -1
          from asked a
         cross join lateral (select b.id from app.submission b join app.period q on q.id = b.period_id and q.ends_on < a.starts_on
                              where b.form_id = a.form_id and b.unit_id = a.unit_id and b.state in ('submitted', 'accepted')
                              order by q.ends_on desc limit 1) l
          join app.submission_value v on v.submission_id = l.id and v.indicator_id = a.indicator_id and v.value is not null
         where a.taken = 'earlier'
        union all -- the most that periods of one length inside the window add up to, of what was submitted
        select k.id, k.rule_id, k.side, k.coefficient * max(k.total), -1
          from (select a.id, a.rule_id, a.side, a.coefficient, a.indicator_id, sum(v.value) as total
                  from asked a
                  join app.submission b on b.unit_id = a.unit_id and b.state in ('submitted', 'accepted')
                  join app.period q on q.id = b.period_id and q.id <> a.period_id and q.starts_on >= a.starts_on and q.ends_on <= a.ends_on
                  join app.submission_value v on v.submission_id = b.id and v.indicator_id = a.indicator_id
                 where a.taken = 'within'
                 group by a.id, a.rule_id, a.side, a.coefficient, a.indicator_id, q.frequency) k
         group by k.id, k.rule_id, k.side, k.coefficient, k.indicator_id
        having max(k.total) is not null
        union all -- the level that the last document sets the unit for the year
        select a.id, a.rule_id, a.side, a.coefficient * g.value, -1
          from asked a
         cross join lateral (select t.value from app.target t join app.document d on d.id = t.document_id
                              where t.unit_id = a.unit_id and t.indicator_id = a.indicator_id and t.year = a.year
                              order by d.issued_on desc nulls last, t.revision desc, t.id desc limit 1) g
         where a.taken = 'target' and g.value is not null
    ), side as (
        select k.id, k.rule_id, sum(k.due) = 0 as known,
               sum(k.value) filter (where k.side = 'left') as l, coalesce(sum(k.value) filter (where k.side = 'right'), 1) as r,
               coalesce(sum(k.value) filter (where k.side = 'divisor'), 1) as d
          from part k
         group by k.id, k.rule_id
    )
    select k.id, k.rule_id, case when k.known then trim_scale(k.l) end,
           case when k.known and k.d <> 0 then trim_scale(round(r.low * k.r / k.d, 6)) end,
           case when k.known and k.d <> 0 then trim_scale(round(r.high * k.r / k.d, 6)) end,
           case when k.known then coalesce(k.l * k.d >= r.low * k.r, true) and coalesce(k.l * k.d <= r.high * k.r, true) end
      from side k join app.rule r on r.id = k.rule_id;
end $$;

COMMENT ON FUNCTION app.rule_results(p_submissions bigint[]) IS 'Every rule that concerns these reports: the left side, between which bounds it should lie, and whether it does; null where a figure is missing.  low and high are rounded for showing alone.';

CREATE FUNCTION app.seal(p_name text, p_value text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (
        select encode(sha256(s.key || sha256(s.key || convert_to(concat_ws('|', pg_backend_pid(), extract(epoch from now()), p_name, p_value), 'UTF8'))), 'hex')
          from app.secret s);
end $$;

COMMENT ON FUNCTION app.seal(p_name text, p_value text) IS 'What only these functions can write beside a setting: bound to its name, this backend and this transaction.';

CREATE FUNCTION app.sealed_get(p_name text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    kept constant text := current_setting('app.' || p_name, true);
begin
    return case when length(kept) >= 64 and left(kept, 64) = app.seal(p_name, substr(kept, 65)) then substr(kept, 65) end;
end $$;

COMMENT ON FUNCTION app.sealed_get(p_name text) IS 'A kept value; null when there is none, or when somebody else wrote the setting.';

CREATE FUNCTION app.sealed_put(p_name text, p_value text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    return set_config('app.' || p_name, app.seal(p_name, p_value) || p_value, true);
end $$;

COMMENT ON FUNCTION app.sealed_put(p_name text, p_value text) IS 'Keeps a value for the rest of the transaction.';

CREATE FUNCTION app.sees_reworking(s app.submission, p_grants text[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return s.state <> 'returned' or exists (select from unnest(p_grants) g where split_part(g, '@', 2) = s.unit_id::text);
end $$;

COMMENT ON FUNCTION app.sees_reworking(s app.submission, p_grants text[]) IS 'What a commune changes in a returned submission is its own until it is submitted again.';

CREATE FUNCTION app.select_lines(p_selector text) RETURNS TABLE(ord bigint, indicator_id integer, measure text, fault jsonb)
    LANGUAGE plpgsql STABLE
    AS $_$ -- whose plan is kept
#variable_conflict use_column
begin
    return query
    with token as (
        select t.text, t.ord, coalesce(substring(t.text from '\.([a-z]+)$'), 'value') as measure, regexp_replace(t.text, '\.[a-z]+$', '') as name
          from app.selectors(p_selector) t
    ), found as (
        select t.ord, i.id, t.measure, i.sort_order from token t join app.indicator i on i.code = t.name
        union all
        select t.ord, c.id, t.measure, c.sort_order
          from token t join app.indicator p on p.code = app.selector_argument(t.name, 'children') join app.indicator c on c.parent_id = p.id
        union all
        select t.ord, i.id, t.measure, i.sort_order from token t join app.indicator i on i.section = app.selector_argument(t.name, 'section')
        union all
        select t.ord, i.id, t.measure, i.sort_order
          from token t join app.form f on f.code = app.selector_argument(t.name, 'form') join app.form_indicator x on x.form_id = f.id join app.indicator i on i.id = x.indicator_id
    ), ranked as (
        select min(f.rank_of) as ord, f.id, f.measure
          from (select f.*, row_number() over (order by f.ord, f.sort_order) as rank_of from found f) f
         group by f.id, f.measure
    )
    select r.ord, r.id, r.measure, null::jsonb from ranked r where r.measure in ('value', 'target', 'achievement', 'coverage', 'rank')
    union all
    select i.sort_order, i.id, 'value', null from app.indicator i where p_selector is null and i.kind <> 'base'
    union all
    select t.ord, null, null, app.parameter_fault('indicator', 'unknown-indicator', jsonb_build_object('indicator', left(t.name, 64)))
      from token t where not exists (select from found f where f.ord = t.ord)
    union all
    select t.ord, null, null, app.parameter_fault('indicator', 'unknown-suffix', jsonb_build_object('suffix', t.measure, 'choices', 'target, achievement, coverage, rank'))
      from token t where t.measure not in ('value', 'target', 'achievement', 'coverage', 'rank');
end $_$;

COMMENT ON FUNCTION app.select_lines(p_selector text) IS 'Lines of a selector: codes, children(code), section(name), form(code), each with or without .target .achievement .coverage .rank; null: the lines of the plan and their components.';

CREATE FUNCTION app.select_nodes(p_selector text, p_days date[]) RETURNS TABLE(ord bigint, node text, name text, root integer, valid daterange, fault jsonb)
    LANGUAGE plpgsql STABLE
    AS $_$ -- whose plan is kept
#variable_conflict use_column
begin
    return query
    with recursive token as (
        select t.text, t.ord, app.selector_argument(t.text, 'group') as group_code,
               coalesce(app.selector_argument(t.text, 'children'), (regexp_match(t.text, '^descendants\(\s*([^(),]*?)\s*,\s*[a-z]+\s*\)$'))[1]) as parent,
               (regexp_match(t.text, '^descendants\([^(),]*,\s*(province|district|commune|village)\s*\)$'))[1] as level,
               t.text like 'descendants(%' as deep
          from app.selectors(p_selector) t
    ), stem as ( -- children(X) and descendants(X, level) of a unit, or of what a group had
        select t.ord, t.deep, t.level, u.id, '(,)'::daterange as valid from token t join app.unit u on u.code = t.parent
        union all
        select t.ord, t.deep, t.level, m.unit_id, m.valid from token t join app.unit_group g on g.code = t.parent join app.unit_group_member m on m.group_id = g.id
    ), below as ( -- each subtree gone down once, however often it is named and whatever the number of days
        select min(s.ord) as ord, s.deep, s.level, s.id, (select range_agg(daterange(d, d, '[]')) from unnest(p_days) d) * datemultirange(s.valid) as days, 0 as depth
          from stem s where not s.deep or s.level is not null group by s.deep, s.level, s.id, s.valid
        union all
        select b.ord, b.deep, b.level, x.unit_id, b.days * datemultirange(x.valid), b.depth + 1
          from below b cross join lateral (select y.unit_id, y.valid from app.unit_parent y where y.parent_id = b.id offset 0) x
         where b.days && x.valid and b.depth < case when b.deep then 64 else 1 end -- deeper than any tree; a circle would end here
    ), chosen as (
        select t.ord, u.code::text as node, app.unit_name_on(u.id, (select max(d) from unnest(p_days) d)) as name, u.id as root, '(,)'::daterange as valid
          from token t join app.unit u on u.code = t.text
        union all
        select t.ord, g.code::text, g.name_vi::text, m.unit_id, m.valid
          from token t join app.unit_group g on g.code = t.group_code join app.unit_group_member m on m.group_id = g.id
        union all
        select distinct b.ord, c.code::text, app.unit_name_on(c.id, (select max(d) from unnest(p_days) d)), c.id, '(,)'::daterange
          from below b
          join app.unit c on c.id = b.id and c.valid && b.days
          join app.unit_kind k on k.code = c.kind
         where b.depth > 0 and (not b.deep or k.level = b.level)
    ), ranked as (
        select c.node, min(c.rank) as ord from (select c.node, row_number() over (order by c.ord, c.node) as rank from chosen c) c group by c.node
    )
    select distinct r.ord, c.node, c.name, c.root, c.valid, null::jsonb from chosen c join ranked r on r.node = c.node
    union all
    select t.ord, null, null, null, null, case when t.deep and t.level is null then app.parameter_fault('unit', 'unknown-level', jsonb_build_object('unit', left(t.text, 80)))
                                              when t.group_code is not null then app.parameter_fault('unit', 'unknown-group', jsonb_build_object('group', left(t.group_code, 64)))
                                              else app.parameter_fault('unit', 'unknown-unit', jsonb_build_object('unit', left(coalesce(t.parent, t.text), 64))) end
      from token t
     where not exists (select from chosen c where c.ord = t.ord) and not exists (select from stem s where s.ord = t.ord and (not s.deep or s.level is not null))
    union all
    select null, null, null, null, null, app.parameter_fault('unit', 'missing-parameter') where p_selector is null;
end $_$;

COMMENT ON FUNCTION app.select_nodes(p_selector text, p_days date[]) IS 'Nodes of a selector: codes of units, group(code), children(code), descendants(code,level), commas between; children are those of the asked last days, by code; a node has one root or, a group, several.';

CREATE FUNCTION app.select_periods(p_selector text) RETURNS TABLE(id integer, ord bigint, fault jsonb)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT p.id,
     min(t.ord) AS min,
         CASE
             WHEN (p.id IS NULL) THEN app.parameter_fault('period'::text, 'unknown-period'::text, jsonb_build_object('period', "left"(min(t.text), 64)))
             ELSE NULL::jsonb
         END AS "case"
    FROM (unnest(app.codes(select_periods.p_selector)) WITH ORDINALITY t(text, ord)
      LEFT JOIN app.period p ON ((p.code = t.text)))
   GROUP BY p.id,
         CASE
             WHEN (p.id IS NULL) THEN t.text
             ELSE NULL::text
         END
 UNION ALL
  SELECT NULL::integer,
     NULL::bigint,
     app.parameter_fault('period'::text, 'missing-parameter'::text) AS parameter_fault
   WHERE (select_periods.p_selector IS NULL);
END;

COMMENT ON FUNCTION app.select_periods(p_selector text) IS 'Periods of a selector: codes with commas between, in the order asked.';

CREATE FUNCTION app.select_windows(p_selector text, p_now timestamp with time zone) RETURNS TABLE(ord bigint, code text, starts_on date, ends_on date, coarsest integer, made boolean, fault jsonb)
    LANGUAGE plpgsql STABLE
    AS $_$ -- whose plan is kept
#variable_conflict use_column
begin
    return query
    with token as (
        select t.text, t.ord, regexp_match(t.text, '^([0-9A-Za-z-]+)\.\.([0-9A-Za-z-]+)$') as ends,
               regexp_match(t.text, '^last\(\s*([0-9]{1,3})\s*,\s*(month|quarter|half|nine_months|year)\s*\)$') as latest,
               app.selector_argument(t.text, 'ytd') as until
          from app.selectors(p_selector) t
    ), found as (
        select t.ord, t.text, p.code::text as code, p.starts_on, p.ends_on, p.starts_on as rank, p.frequency, false as made
          from token t
          join app.period a on a.code = coalesce(t.ends[1], t.text)
          join app.period z on z.code = coalesce(t.ends[2], t.text)
          join app.period p on p.frequency = a.frequency and a.frequency = z.frequency and p.starts_on between a.starts_on and z.starts_on
         where t.latest is null and t.until is null
        union all
        select t.ord, t.text, p.code::text, p.starts_on, p.ends_on, p.starts_on, p.frequency, false
          from token t
         cross join lateral (select q.* from app.period q where q.frequency = t.latest[2] and q.ends_on < (p_now at time zone 'Asia/Ho_Chi_Minh')::date
                              order by q.ends_on desc limit t.latest[1]::int) p
         where t.latest is not null
        union all
        select t.ord, t.text, 'ytd(' || p.code || ')', y.starts_on, p.ends_on, p.starts_on, p.frequency, true
          from token t join app.period p on p.code = t.until
          join app.period y on y.frequency = 'year' and y.year = p.year
         where t.until is not null and y.starts_on <= p.starts_on and p.ends_on <= y.ends_on
    ), ranked as (
        select min(f.rank_of) as ord, f.code, f.starts_on, f.ends_on, array_position('{month,quarter,half,nine_months,year}', f.frequency) as coarsest, f.made
          from (select f.*, row_number() over (order by f.ord, f.rank) as rank_of from found f) f
         group by f.code, f.starts_on, f.ends_on, f.frequency, f.made
    )
    select r.ord, r.code, r.starts_on, r.ends_on, r.coarsest, r.made, null::jsonb from ranked r
    union all
    select t.ord, null, null, null, null, null, app.parameter_fault('period', 'unknown-period', jsonb_build_object('period', left(t.text, 64)))
      from token t where t.latest is null and not exists (select from found f where f.ord = t.ord)
    union all
    select t.ord, null, null, null, null, null, app.parameter_fault('period', 'no-period-yet', jsonb_build_object('period', left(t.text, 64)))
      from token t where t.latest is not null and not exists (select from found f where f.ord = t.ord)
    union all
    select null, null, null, null, null, null, app.parameter_fault('period', 'missing-parameter') where p_selector is null;
end $_$;

COMMENT ON FUNCTION app.select_windows(p_selector text, p_now timestamp with time zone) IS 'Days of a selector, with the length of its periods; made: of several periods: codes of periods, from..to of one frequency, last(12,month): those that have ended, ytd(code): from the year''s first day to the end of a period.';

CREATE FUNCTION app.selector_argument(p_text text, p_function text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN "substring"(p_text, (('^'::text || p_function) || '\(\s*([^()]*?)\s*\)$'::text));

COMMENT ON FUNCTION app.selector_argument(p_text text, p_function text) IS 'What stands in the brackets of a selector like children(kbang); null: it is another.';

CREATE FUNCTION app.selector_list_faults(p_body jsonb) RETURNS SETOF jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return query
    select app.fault('/' || member || '/' || x.ord - 1, 'not-one-selector')
      from unnest('{unit,indicator,period}'::text[]) member
     cross join lateral jsonb_array_elements(case jsonb_typeof(p_body -> member) when 'array' then p_body -> member else '[]' end) with ordinality as x(v, ord)
     where jsonb_typeof(x.v) = 'string' and regexp_replace(x.v #>> '{}', '\([^()]*\)', '', 'g') ~ '[,)]'; -- a bracket that only closes would join it to the one before
end $$;

COMMENT ON FUNCTION app.selector_list_faults(p_body jsonb) IS 'Elements that are several selectors, or the end of one: then no pointer could name the one that is wrong.';

CREATE FUNCTION app.selectors(p_text text) RETURNS TABLE(text text, ord bigint)
    LANGUAGE plpgsql IMMUTABLE ROWS 5 PARALLEL SAFE
    AS $$ -- inlined it would be taken for a thousand, and whole tables read for them
begin
    return query select btrim(t.text), t.ord from regexp_split_to_table(p_text, ',(?![^()]*\))') with ordinality as t(text, ord);
end $$;

COMMENT ON FUNCTION app.selectors(p_text text) IS 'The selectors of a parameter, commas between; commas in brackets belong to a selector.';

CREATE FUNCTION app.selectors_joined(p_list jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return (select string_agg(x.text, ',' order by x.ord)
              from jsonb_array_elements_text(case jsonb_typeof(p_list) when 'array' then p_list else '[]' end) with ordinality as x(text, ord));
end $$;

COMMENT ON FUNCTION app.selectors_joined(p_list jsonb) IS 'A list of selectors as a parameter has it; null: it is none.';

CREATE TABLE app.session (
    hash bytea NOT NULL,
    account_id integer NOT NULL,
    address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT session_hash_check CHECK ((length(hash) = 32))
);

ALTER TABLE ONLY app.session FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.session IS 'Sign-ins: a browser''s cookie or a short-lived bearer token.';

COMMENT ON COLUMN app.session.hash IS 'SHA-256 of the secret, which the caller alone has.';

COMMENT ON COLUMN app.session.account_id IS 'Who signed in.';

COMMENT ON COLUMN app.session.address IS 'Address it was made from.';

COMMENT ON COLUMN app.session.created_at IS 'When.';

COMMENT ON COLUMN app.session.expires_at IS 'Until when it is good.';

CREATE FUNCTION app.session_end() RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH ended AS (
          DELETE FROM app.session
           WHERE ((session.account_id = app.me()) AND (session.hash = decode(current_setting('app.token'::text), 'hex'::text)))
           RETURNING 1 AS "?column?"
         )
  SELECT (count(*))::integer AS count
    FROM ended;
END;

COMMENT ON FUNCTION app.session_end() IS 'Ends the session whose token made this request; the number of sessions ended.';

CREATE FUNCTION app.session_open(p_hash bytea, p_scope text, p_writes boolean, p_request text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    caller int;
    allowed text[];
begin
    perform set_config('app.request', coalesce(p_request, ''), true);
    perform set_config('app.' || kept, '', true) from unnest('{account,grants,reach_own,reach_received,reach_accepted}'::text[]) kept;
    if p_hash is not null then
        select a.id, c.scopes into caller, allowed
          from (select s.account_id, null::text[] as scopes from app.session s
                 where s.hash = p_hash and s.expires_at > now()
                union all
                select t.account_id, t.scopes from app.token t
                 where t.hash = p_hash and t.expires_at > now() and t.revoked_at is null) c
          join app.account a on a.id = c.account_id and a.disabled_at is null;
        if found then
            perform app.sealed_put('account', caller::text),
                    set_config('app.token', encode(p_hash, 'hex'), true);
        end if;
    end if;
    if p_scope is not null and caller is null then
        perform app.problem(401, 'unauthenticated');
    elsif p_scope <> '' and not (allowed is null or p_scope = any (allowed)) then
        perform app.problem(403, 'insufficient-scope', jsonb_build_object('scope', p_scope));
    end if;
    if not p_writes then
        perform set_config('transaction_read_only', 'on', true);
    end if;
end $$;

COMMENT ON FUNCTION app.session_open(p_hash bytea, p_scope text, p_writes boolean, p_request text) IS 'First statement of every request: who is calling (SHA-256 of the token), for what scope ('''' any, null open to all), reading or writing.';

CREATE FUNCTION app.session_ticket(p_hash bytea, p_import bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    j app.import_job;
begin
    perform set_config('app.' || kept, '', true)
       from unnest('{account,grants,reach_own,reach_received,reach_accepted,import,token,receipt}'::text[]) kept;
    select t.* into j from app.import_job t where t.import_id = p_import and t.hash = p_hash and t.state = 'running';
    if not found or not pg_try_advisory_xact_lock(p_import) then
        perform app.problem(401, 'unauthenticated');
    elsif exists (select from app.account a where a.id = j.account_id and a.disabled_at is not null) then
        perform app.problem(403, 'forbidden');
    end if;
    perform app.sealed_put('account', j.account_id::text), app.sealed_put('import', j.import_id::text),
            set_config('app.request', coalesce(j.request, ''), true),
            set_config('statement_timeout', '10min', true), set_config('lock_timeout', '30s', true),
            set_config('idle_in_transaction_session_timeout', '60s', true), set_config('client_connection_check_interval', '2s', true);
end $$;

COMMENT ON FUNCTION app.session_ticket(p_hash bytea, p_import bigint) IS 'First statement of a job''s transactions: its account calls, by the ticket (SHA-256) of this import, while it runs and nobody else works on it.';

CREATE FUNCTION app.session_write(p_hash bytea, p_scope text, p_request text, p_operation text, p_key text, p_fingerprint bytea, p_body_sha256 bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform app.session_open(p_hash, p_scope, true, p_request);
    perform set_config('app.receipt', '', true);
    if app.me() is not null then
        perform app.receive(app.me(), p_operation, p_key, p_fingerprint, p_body_sha256);
    end if;
end $$;

COMMENT ON FUNCTION app.session_write(p_hash bytea, p_scope text, p_request text, p_operation text, p_key text, p_fingerprint bytea, p_body_sha256 bytea) IS 'First statement of a write with a body: session_open, and the receipt.';

CREATE FUNCTION app.shown_state(s app.submission) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE WHEN (((s).state = 'accepted'::text) AND app.is_locked((s).form_id, (s).unit_id, (s).period_id)) THEN 'locked'::text ELSE (s).state END;

COMMENT ON FUNCTION app.shown_state(s app.submission) IS 'The state as shown: an accepted submission is locked from its period''s lock on.';

CREATE FUNCTION app.sight() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return md5(concat_ws('|', app.me(), app.reach('own')::text, app.reach('received')::text, app.reach('accepted')::text));
end $$;

COMMENT ON FUNCTION app.sight() IS 'What the caller can see, in short: when it changes, a replica must be made anew.';

CREATE FUNCTION app.sign_in(p_login text, p_key bytea, p_hash bytea, p_address text, p_idempotency_key text, p_fingerprint bytea, p_body_sha256 bytea, OUT account_id integer, OUT name text, OUT expires_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from app.sign_in_failure where at < now() - interval '1 day';
    select a.id, a.name, now() + interval '12 hours' into account_id, name, expires_at from app.account a
     where a.login = p_login and a.disabled_at is null and a.password_verifier = sha256(p_key);
    if not found then
        insert into app.sign_in_failure (login, address) values (left(p_login, 200), left(p_address, 100));
        return;
    end if;
    perform app.receive(account_id, 'session_create', p_idempotency_key, p_fingerprint, p_body_sha256);
    delete from app.session s where s.account_id = sign_in.account_id and s.expires_at < now();
    insert into app.session (hash, account_id, address, expires_at) values (p_hash, account_id, left(p_address, 100), sign_in.expires_at);
    perform app.sealed_put('account', account_id::text);
end $$;

COMMENT ON FUNCTION app.sign_in(p_login text, p_key bytea, p_hash bytea, p_address text, p_idempotency_key text, p_fingerprint bytea, p_body_sha256 bytea, OUT account_id integer, OUT name text, OUT expires_at timestamp with time zone) IS 'Opens a session of 12 hours, a working day, for whoever shows the argon2id key of the password; nulls, and a failure counted, otherwise.';

CREATE FUNCTION app.sign_in_find(p_login text, p_address text, OUT salt bytea, OUT opslimit integer, OUT memlimit integer) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    failures int;
begin
    select greatest(count(*) filter (where f.login = p_login), count(*) filter (where f.address = p_address) / 4) into failures
      from app.sign_in_failure f
     where (f.login = p_login or f.address = p_address) and f.at > now() - interval '15 minutes';
    if failures >= 10 then
        perform app.problem(429, 'too-many-attempts', '{"minutes": 15}');
    end if;
    select a.password_salt, a.password_opslimit, a.password_memlimit into salt, opslimit, memlimit
      from app.account a where a.login = p_login;
    if not found then
        select substr(sha256(s.key || convert_to(p_login, 'UTF8')), 1, 16), 2, 67108864 into salt, opslimit, memlimit from app.secret s;
    end if;
end $$;

COMMENT ON FUNCTION app.sign_in_find(p_login text, p_address text, OUT salt bytea, OUT opslimit integer, OUT memlimit integer) IS 'Salt and cost of a login''s argon2id; an unknown login gets made-up ones, always the same.  After 10 failures of a login or 40 of an address in 15 minutes: 429.';

CREATE FUNCTION app.standby_fresh(p_position pg_lsn, p_seconds integer) RETURNS pg_lsn
    LANGUAGE plpgsql STABLE
    AS $$
declare
    replayed constant pg_lsn := pg_last_wal_replay_lsn();
begin
    if not pg_is_in_recovery() then -- its log has gone its own way: positions in it tell nothing
        raise exception using errcode = 'TDR02', message = 'no-standby';
    end if;
    if replayed < p_position or (select h.at from app.heartbeat h) < now() - make_interval(secs => p_seconds) then
        raise exception using errcode = 'TDR01', message = 'standby-behind';
    end if;
    return replayed;
end $$;

COMMENT ON FUNCTION app.standby_fresh(p_position pg_lsn, p_seconds integer) IS 'How far this server is; TDR01 when it has not what the caller has seen (p_position), or is more than these seconds behind; TDR02 when it is no standby (any more).';

CREATE FUNCTION app.status_faults(s app.submission) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault('/values'::text, 'status-fell'::text, jsonb_build_object('indicator', i.code, 'name', d.name_vi, 'accepted', r.status, 'status', v.status)) AS fault
    FROM ((((app.submission_value v
      JOIN app.indicator i ON ((i.id = v.indicator_id)))
      JOIN app.period p ON ((p.id = (status_faults.s).period_id)))
      JOIN app.indicator_version d ON (((d.indicator_id = i.id) AND (d.valid @> p.ends_on))))
      CROSS JOIN LATERAL ( SELECT h.status
            FROM app.value_revision h
           WHERE ((h.submission_id = (status_faults.s).id) AND (h.indicator_id = v.indicator_id) AND (h.event = 'accepted'::text) AND (h.status IS NOT NULL))
           ORDER BY (array_position('{ESTIMATE,PROVISIONAL,OFFICIAL}'::text[], h.status)) DESC
          LIMIT 1) r)
   WHERE ((v.submission_id = (status_faults.s).id) AND (array_position('{ESTIMATE,PROVISIONAL,OFFICIAL}'::text[], v.status) < array_position('{ESTIMATE,PROVISIONAL,OFFICIAL}'::text[], r.status)))
   ORDER BY i.sort_order;
END;

COMMENT ON FUNCTION app.status_faults(s app.submission) IS 'Figures that are less final than what was accepted before: from estimate to provisional to official they only rise.';

CREATE FUNCTION app.submission_change_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.change (kind, subject, code, unit_id, receiver_id, was, became, published)
    select 'submission', n.id, n.id, n.unit_id, n.receiver_id, o.state, n.state,
           exists (select from app.publication p where (p.unit_id, p.form_id, p.period_id) = (n.receiver_id, n.form_id, n.period_id))
      from fresh n join stale o on o.id = n.id order by n.id;
    perform app.change_forget();
    return null;
end $$;

COMMENT ON FUNCTION app.submission_change_known() IS 'Tells the feed of submissions that changed; who could see them before learns that they cannot any more.';

CREATE FUNCTION app.value_shown(v app.submission_value, d app.indicator_version) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN jsonb_strip_nulls(jsonb_build_object('value', CASE WHEN ((d).entry = 'pair'::text) THEN NULL::jsonb WHEN ((d).value_type = 'boolean'::text) THEN to_jsonb(((v).value = (1)::numeric)) ELSE to_jsonb(trim_scale((v).value)) END, 'numerator', trim_scale((v).numerator), 'denominator', trim_scale((v).denominator), 'missing_reason', (v).missing_reason, 'status', (v).status, 'note', (v).note));

COMMENT ON FUNCTION app.value_shown(v app.submission_value, d app.indicator_version) IS 'A stored value as bodies write it.';

CREATE FUNCTION app.value_written(s app.sent_value) RETURNS TABLE(given boolean, value numeric, numerator numeric, denominator numeric, missing_reason text, status text, note text)
    LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC
 SELECT (cardinality((s).given) > 0),
     trim_scale(app.number(
         CASE
             WHEN ((s).definition.entry = 'pair'::text) THEN ((s).item -> 'numerator'::text)
             ELSE ((s).item -> 'value'::text)
         END)) AS trim_scale,
     trim_scale(app.number(((s).item -> 'numerator'::text))) AS trim_scale,
     trim_scale(app.number(((s).item -> 'denominator'::text))) AS trim_scale,
     ((s).item ->> 'missing_reason'::text),
     COALESCE(((s).item ->> 'status'::text), 'PROVISIONAL'::text) AS "coalesce",
     ((s).item ->> 'note'::text);
END;

COMMENT ON FUNCTION app.value_written(s app.sent_value) IS 'What is kept of one faultless value; given is false for a value to be cleared.';

CREATE FUNCTION app.values_read(p_values jsonb, p_form integer, p_day date) RETURNS SETOF app.sent_value
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT ('/values/'::text || (e.ord - 1)),
     (e.item ->> 'indicator'::text),
     i.id,
     i.field,
     (f.form_id IS NOT NULL),
     ('/values/'::text || (min(e.ord) OVER (PARTITION BY (e.item ->> 'indicator'::text)) - 1)),
     ARRAY( SELECT j.k
            FROM jsonb_each(e.item) j(k, v)
           WHERE ((j.k = ANY (ARRAY['value'::text, 'numerator'::text, 'denominator'::text, 'missing_reason'::text])) AND (j.v <> 'null'::jsonb))) AS "array",
     e.item,
     v.*::app.indicator_version AS v
    FROM (((jsonb_array_elements(
         CASE jsonb_typeof(values_read.p_values)
             WHEN 'array'::text THEN values_read.p_values
             ELSE '[]'::jsonb
         END) WITH ORDINALITY e(item, ord)
      LEFT JOIN app.indicator i ON (((i.code)::text = (e.item ->> 'indicator'::text))))
      LEFT JOIN app.indicator_version v ON (((v.indicator_id = i.id) AND (v.valid @> values_read.p_day))))
      LEFT JOIN app.form_indicator f ON (((f.form_id = values_read.p_form) AND (f.indicator_id = i.id))))
   WHERE ((jsonb_typeof(e.item) = 'object'::text) AND (jsonb_typeof((e.item -> 'indicator'::text)) = 'string'::text));
END;

COMMENT ON FUNCTION app.values_read(p_values jsonb, p_form integer, p_day date) IS 'The values of a body, each with its definition on a day.';

CREATE FUNCTION app.submission_difference(s app.submission, b jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH sent AS (
          SELECT r.pointer,
             r.item,
             r.indicator_id,
             r.definition,
             w.given,
             w.value,
             w.numerator,
             w.denominator,
             w.missing_reason,
             w.status,
             w.note
            FROM app.period p,
             LATERAL app.values_read((submission_difference.b -> 'values'::text), (submission_difference.s).form_id, p.ends_on) r(pointer, code, indicator_id, field, asked, first, given, item, definition),
             LATERAL app.value_written(r.*) w(given, value, numerator, denominator, missing_reason, status, note)
           WHERE (p.id = (submission_difference.s).period_id)
         ), differing AS (
          SELECT sent.pointer,
             app.difference(sent.pointer, (sent.item - 'indicator'::text), app.value_shown(v.*, sent.definition), COALESCE(v.written_by, (submission_difference.s).updated_by), COALESCE(v.written_at, (submission_difference.s).updated_at)) AS d
            FROM (sent
              LEFT JOIN app.submission_value v ON (((v.submission_id = (submission_difference.s).id) AND (v.indicator_id = sent.indicator_id))))
           WHERE ((sent.given OR (v.indicator_id IS NOT NULL)) AND ((((((sent.given IS DISTINCT FROM (v.indicator_id IS NOT NULL)) OR (sent.value IS DISTINCT FROM v.value)) OR (sent.denominator IS DISTINCT FROM v.denominator)) OR (sent.missing_reason IS DISTINCT FROM v.missing_reason)) OR (COALESCE((sent.item ->> 'status'::text), v.status, sent.status) IS DISTINCT FROM v.status)) OR (sent.note IS DISTINCT FROM (v.note)::text)))
         )
  SELECT (app.members_differing((submission_difference.b - 'values'::text), jsonb_build_object('as_of_date', (submission_difference.s).as_of_date, 'note', (submission_difference.s).note), (submission_difference.s).updated_by, (submission_difference.s).updated_at) || COALESCE(jsonb_agg(differing.d ORDER BY (differing.pointer COLLATE app.natural_order)), '[]'::jsonb))
    FROM differing;
END;

COMMENT ON FUNCTION app.submission_difference(s app.submission, b jsonb) IS 'Where a change of a submission says something else than what is stored: yours, current, by whom, when.';

CREATE FUNCTION app.submission_etag(s app.submission) RETURNS text
    LANGUAGE sql STABLE
    RETURN format('"%s-%s"'::text, (s).id, (s).version);

COMMENT ON FUNCTION app.submission_etag(s app.submission) IS 'Entity tag: from the row version, independent of format.';

CREATE TABLE app.indicator_term (
    version_id integer NOT NULL,
    side text NOT NULL,
    indicator_id integer NOT NULL,
    coefficient numeric DEFAULT 1 NOT NULL,
    counts text DEFAULT 'value'::text NOT NULL,
    CONSTRAINT indicator_term_counts_check CHECK ((counts = ANY (ARRAY['value'::text, 'presence'::text]))),
    CONSTRAINT indicator_term_side_check CHECK ((side = ANY (ARRAY['numerator'::text, 'denominator'::text])))
);

COMMENT ON TABLE app.indicator_term IS 'Formula of a computed indicator: sums of entered ones on both sides.';

COMMENT ON COLUMN app.indicator_term.version_id IS 'Definition of the computed indicator.';

COMMENT ON COLUMN app.indicator_term.side IS 'numerator or denominator.';

COMMENT ON COLUMN app.indicator_term.indicator_id IS 'Entered indicator.';

COMMENT ON COLUMN app.indicator_term.coefficient IS 'Factor: 1000 from tonnes to kilograms, −1 for deaths.';

COMMENT ON COLUMN app.indicator_term.counts IS 'presence: 1 where it applies, whatever its value.';

CREATE FUNCTION app.submission_figures(s app.submission) RETURNS TABLE(indicator_id integer, d app.indicator_version, value numeric, numerator numeric, denominator numeric, missing_reason text, status text, note text, computed boolean)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH mine AS (
          SELECT v.submission_id,
             v.unit_id,
             v.indicator_id,
             v.value,
             v.numerator,
             v.denominator,
             v.missing_reason,
             v.status,
             v.note,
             v.written_by,
             v.written_at,
             p.ends_on
            FROM app.submission_value v,
             app.period p
           WHERE ((v.submission_id = (submission_figures.s).id) AND (p.id = (submission_figures.s).period_id))
         ), computed AS (
          SELECT d.*::app.indicator_version AS def,
             sum((t.coefficient *
                 CASE t.counts
                     WHEN 'value'::text THEN COALESCE(m.value, (0)::numeric)
                     ELSE (((m.value IS NOT NULL))::integer)::numeric
                 END)) FILTER (WHERE (t.side = 'numerator'::text)) AS num,
             sum((t.coefficient *
                 CASE t.counts
                     WHEN 'value'::text THEN COALESCE(m.value, (0)::numeric)
                     ELSE (((m.value IS NOT NULL))::integer)::numeric
                 END)) FILTER (WHERE (t.side = 'denominator'::text)) AS den,
             bool_and(COALESCE(((m.value IS NOT NULL) OR (m.missing_reason = 'not_applicable'::text)), false)) AS complete
            FROM (((app.indicator_version d
              JOIN app.indicator_term t ON ((t.version_id = d.id)))
              JOIN app.period p ON (((p.id = (submission_figures.s).period_id) AND (d.valid @> p.ends_on))))
              LEFT JOIN mine m ON ((m.indicator_id = t.indicator_id)))
           GROUP BY d.id, d.*
          HAVING (count(m.indicator_id) > 0)
         )
  SELECT m.indicator_id,
     d.*::app.indicator_version AS d,
     trim_scale(m.value) AS trim_scale,
     m.numerator,
     m.denominator,
     m.missing_reason,
     m.status,
     (m.note)::text AS note,
     false
    FROM (mine m
      JOIN app.indicator_version d ON (((d.indicator_id = m.indicator_id) AND (d.valid @> m.ends_on))))
 UNION ALL
  SELECT (c.def).indicator_id AS indicator_id,
     c.def,
     app.figure_value(c.def, c.num, c.den) AS figure_value,
     trim_scale(c.num) AS trim_scale,
     trim_scale(c.den) AS trim_scale,
     NULL::text,
     NULL::text,
     NULL::text,
     true
    FROM computed c
   WHERE (c.complete IS TRUE);
END;

COMMENT ON FUNCTION app.submission_figures(s app.submission) IS 'What a submission says: entered values, and the totals and rates that follow from them once all their parts are there.';

CREATE FUNCTION app.submission_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    r app.transition_rule;
begin
    perform app.refuse_locked(old.form_id, old.unit_id, old.period_id);
    if (new.id, new.form_id, new.unit_id, new.period_id, new.receiver_id, new.created_by, new.created_at, new.invented)
       is distinct from (old.id, old.form_id, old.unit_id, old.period_id, old.receiver_id, old.created_by, old.created_at, old.invented) then
        perform app.problem(403, 'forbidden');
    end if;
    if new.state = old.state then
        if new.reason is distinct from old.reason or not app.may_edit(old, app.grants_for(old.unit_id)) then
            perform app.problem(403, 'forbidden');
        end if;
    else
        select * into r from app.transition_rule where from_state = old.state and to_state = new.state;
        if not found or not app.may_step(old, r, app.grants()) then
            perform app.problem(403, 'forbidden');
        end if;
        if r.action = 'reopen' and not exists (select from app.reopen_request q
                where q.submission_id = old.id and q.decision = 'grant' and q.decided_at = now()) then
            perform app.problem(403, 'forbidden');
        end if;
        if r.action = 'submit' then
            perform app.refuse((select coalesce(jsonb_agg(f), '[]') from app.submit_faults(old) f));
        end if;
        if (new.as_of_date, new.note) is distinct from (old.as_of_date, old.note) then
            perform app.problem(403, 'forbidden');
        end if;
        new.submitted_at := case when r.action = 'submit' then now() else old.submitted_at end;
        new.decided_at := case when r.side = 'receiver' then now() end;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.submission_guard() IS 'No step but the workflow''s, by whom it allows; nothing submitted that is incomplete, less final than accepted before, or against a rule; opened again by a decision alone; the district never edits; nothing after the lock.';

CREATE FUNCTION app.submission_made_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.change (kind, subject, code, unit_id, receiver_id, became)
    select 'submission', n.id, n.id, n.unit_id, n.receiver_id, n.state from fresh n order by n.id;
    perform app.change_forget();
    return null;
end $$;

COMMENT ON FUNCTION app.submission_made_known() IS 'Tells the feed of new submissions.';

CREATE FUNCTION app.submission_start_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform app.refuse_locked(new.form_id, new.unit_id, new.period_id);
    new.state := 'draft';
    new.version := 1;
    new.created_by := app.me();
    new.invented := coalesce((select a.demo from app.account a where a.id = app.me()), false);
    return new;
end $$;

COMMENT ON FUNCTION app.submission_start_guard() IS 'A submission starts as a draft of the caller, before the lock.';

CREATE FUNCTION app.submission_stepped() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.state in ('submitted', 'accepted') then
        perform app.keep_revision(new, new.state);
    elsif old.state = 'submitted' and new.state = 'returned' and app.remarks_since_submit(new) is null then
        insert into app.submission_comment (submission_id, unit_id, visibility, text) values (new.id, new.unit_id, 'shared', new.reason);
    end if;
    insert into app.submission_transition
        (submission_id, unit_id, action, from_state, to_state, actor_id, actor_name, actor_role, reason, content)
    select new.id, new.unit_id, r.action, r.from_state, r.to_state, app.me(), app.account_name(app.me()), r.role, new.reason,
           case when r.action = 'submit' then
               (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('indicator', i.code, 'value', v.value, 'numerator', v.numerator,
                                   'denominator', v.denominator, 'missing_reason', v.missing_reason, 'status', v.status, 'note', v.note,
                                   'villages', (select jsonb_agg(jsonb_build_object('village', u.code, 'value', w.value, 'missing_reason', w.missing_reason) order by u.code)
                                                  from app.village_value w join app.unit u on u.id = w.village_id
                                                 where (w.submission_id, w.indicator_id) = (v.submission_id, v.indicator_id))))
                                 order by i.sort_order)
                  from app.submission_value v join app.indicator i on i.id = v.indicator_id where v.submission_id = new.id) end
      from app.transition_rule r
     where r.from_state = old.state and r.to_state = new.state;
    return null;
end $$;

COMMENT ON FUNCTION app.submission_stepped() IS 'Records every step, by whom and why; a submit with the figures as they were; a return with at least one comment: its reason, where there is no other.';

CREATE FUNCTION app.unit_name_on(p_unit integer, p_day date) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (
    select n.name::text from app.unit_name n where n.unit_id = p_unit
     order by n.valid @> p_day desc, lower(n.valid) > p_day, lower(n.valid) desc nulls last limit 1);
end $$;

COMMENT ON FUNCTION app.unit_name_on(p_unit integer, p_day date) IS 'Name of a unit on a day; outside its life the nearest one.';

CREATE FUNCTION app.submission_summary(s app.submission, p_grants text[]) RETURNS TABLE(id bigint, form text, unit text, unit_name text, period text, receiver text, state text, version integer, as_of_date date, note text, reason text, invented boolean, late boolean, created_by text, created_at timestamp with time zone, updated_at timestamp with time zone, submitted_at timestamp with time zone, decided_at timestamp with time zone, due_at timestamp with time zone, locks_at timestamp with time zone, allowed_actions json)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (submission_summary.s).id AS id,
     f.code,
     u.code,
     app.unit_name_on(u.id, p.ends_on) AS unit_name_on,
     p.code,
     r.code,
     app.shown_state(submission_summary.s) AS shown_state,
     (submission_summary.s).version AS version,
         CASE
             WHEN app.sees_reworking(submission_summary.s, submission_summary.p_grants) THEN (submission_summary.s).as_of_date
             ELSE NULL::date
         END AS "case",
         CASE
             WHEN app.sees_reworking(submission_summary.s, submission_summary.p_grants) THEN ((submission_summary.s).note)::text
             ELSE NULL::text
         END AS "case",
     ((submission_summary.s).reason)::text AS reason,
     (submission_summary.s).invented AS invented,
     COALESCE((COALESCE((submission_summary.s).submitted_at, now()) > d.due_at), false) AS "coalesce",
     app.account_name((submission_summary.s).created_by) AS account_name,
     (submission_summary.s).created_at AS created_at,
     (submission_summary.s).updated_at AS updated_at,
     (submission_summary.s).submitted_at AS submitted_at,
     (submission_summary.s).decided_at AS decided_at,
     d.due_at,
     d.locks_at,
     to_json(app.allowed_actions(submission_summary.s, submission_summary.p_grants)) AS to_json
    FROM app.form f,
     app.unit u,
     app.period p,
     app.unit r,
     app.deadlines((submission_summary.s).form_id, (submission_summary.s).unit_id, (submission_summary.s).period_id) d(due_at, locks_at)
   WHERE ((f.id = (submission_summary.s).form_id) AND (u.id = (submission_summary.s).unit_id) AND (p.id = (submission_summary.s).period_id) AND (r.id = (submission_summary.s).receiver_id));
END;

COMMENT ON FUNCTION app.submission_summary(s app.submission, p_grants text[]) IS 'A submission as answers show it, with what the caller may do next.';

CREATE FUNCTION app.village_totals(p_submissions bigint[]) RETURNS TABLE(submission_id bigint, indicator_id integer, villages integer, answered integer, value numeric, missing_reason text)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    return query
    with report as (
        select s.id, app.villages_on(s.unit_id, p.ends_on) as villages
          from app.submission s join app.period p on p.id = s.period_id
         where s.id = any (p_submissions) and exists (select from app.village_value v where v.submission_id = s.id)
    ), summed as (
        select v.submission_id, v.indicator_id, cardinality(r.villages) as villages, count(*)::int as answered, sum(v.value) as value
          from report r join app.village_value v on v.submission_id = r.id and v.village_id = any (r.villages)
         group by v.submission_id, v.indicator_id, r.villages
    )
    select t.submission_id, t.indicator_id, t.villages, t.answered, case when t.answered = t.villages then trim_scale(t.value) end,
           case when t.answered = t.villages and t.value is null then 'not_applicable' end
      from summed t;
end $$;

COMMENT ON FUNCTION app.village_totals(p_submissions bigint[]) IS 'What the parts of reports add up to: nothing before every village has its part; not_applicable where it is that for all.';

CREATE TABLE app.village_value (
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    village_id integer NOT NULL,
    indicator_id integer NOT NULL,
    value numeric,
    missing_reason text,
    proposal_id bigint,
    written_by integer NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT village_value_missing_reason_check CHECK ((missing_reason = 'not_applicable'::text)),
    CONSTRAINT village_value_one_of CHECK ((num_nonnulls(value, missing_reason) = 1)),
    CONSTRAINT village_value_size CHECK (((abs(value) < '1000000000000000'::numeric) AND (scale(value) <= 6)))
);

ALTER TABLE ONLY app.village_value FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.village_value IS 'The parts of a commune''s figure, a village each.  Where there are any, the figure in app.submission_value is their sum.';

COMMENT ON COLUMN app.village_value.submission_id IS 'Submission.';

COMMENT ON COLUMN app.village_value.unit_id IS 'Its unit, the commune.';

COMMENT ON COLUMN app.village_value.village_id IS 'Village of the commune on the last day of the period.';

COMMENT ON COLUMN app.village_value.indicator_id IS 'Indicator that is entered and adds up over villages.';

COMMENT ON COLUMN app.village_value.value IS 'The village''s figure.';

COMMENT ON COLUMN app.village_value.missing_reason IS 'not_applicable: the village has nothing of the kind; it adds nothing, and is not missing.';

COMMENT ON COLUMN app.village_value.proposal_id IS 'Proposal of the village''s head that was taken; null: the officer''s own.';

COMMENT ON COLUMN app.village_value.written_by IS 'Who entered or took it.';

COMMENT ON COLUMN app.village_value.written_at IS 'When.';

CREATE FUNCTION app.village_faults(s app.submission) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault('/values'::text, 'villages-missing'::text, jsonb_build_object('indicator', i.code, 'name', d.name_vi, 'villages', ( SELECT string_agg(app.unit_name_on(u.u, p.ends_on), ', '::text ORDER BY u.u) AS string_agg
            FROM unnest(app.villages_on((village_faults.s).unit_id, p.ends_on)) u(u)
           WHERE (NOT (EXISTS ( SELECT
                    FROM app.village_value v
                   WHERE ((v.submission_id = (village_faults.s).id) AND (v.indicator_id = t.indicator_id) AND (v.village_id = u.u)))))))) AS fault
    FROM (((app.village_totals(ARRAY[(village_faults.s).id]) t(submission_id, indicator_id, villages, answered, value, missing_reason)
      JOIN app.period p ON ((p.id = (village_faults.s).period_id)))
      JOIN app.indicator i ON ((i.id = t.indicator_id)))
      JOIN app.indicator_version d ON (((d.indicator_id = i.id) AND (d.valid @> p.ends_on))))
   WHERE (t.answered < t.villages)
   ORDER BY i.sort_order;
END;

COMMENT ON FUNCTION app.village_faults(s app.submission) IS 'Figures entered by village that lack the parts of some.';

CREATE FUNCTION app.submit_faults(s app.submission) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.answer_faults(submit_faults.s) AS answer_faults
 UNION ALL
  SELECT app.village_faults(submit_faults.s) AS village_faults
 UNION ALL
  SELECT app.status_faults(submit_faults.s) AS status_faults
 UNION ALL
  SELECT app.rule_faults(submit_faults.s) AS rule_faults;
END;

COMMENT ON FUNCTION app.submit_faults(s app.submission) IS 'Everything for which a submit is refused; GET …/validation says the same beforehand.';

CREATE FUNCTION app.target_change_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.change (kind, subject, code, unit_id) select 'target', c.id, c.id, c.unit_id from changed c order by c.id;
    return null;
end $$;

COMMENT ON FUNCTION app.target_change_known() IS 'Tells the feed of targets.';

CREATE FUNCTION app.target_in_force(p_unit integer, p_indicator integer, p_year integer) RETURNS app.target
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select t from app.target t join app.document d on d.id = t.document_id
             where t.unit_id = p_unit and t.indicator_id = p_indicator and t.year = p_year
             order by d.issued_on desc nulls last, t.revision desc, t.id desc limit 1);
end $$;

COMMENT ON FUNCTION app.target_in_force(p_unit integer, p_indicator integer, p_year integer) IS 'What the last document sets the unit for a year; null: nothing.';

CREATE FUNCTION app.tasks() RETURNS TABLE(kind text, unit_id integer, form_id integer, period_id integer, submission_id bigint, state text, count integer, due_at timestamp with time zone, locks_at timestamp with time zone, late boolean, href text)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
declare
    enters constant int[] := app.units_of_role('OFFICE_STAT_OFFICER');
    leads constant int[] := app.units_of_role('COMMUNE_LEADER');
    reviews constant int[] := app.units_of_role('DISTRICT_HOME_AFFAIRS');
    publishes constant int[] := app.units_of_role('DISTRICT_LEADER');
begin
    return query
    with owed as materialized ( -- of the own units, of periods that have ended
        select e.* from app.expected_reports(enters || leads, null, null) e join app.period p on p.id = e.period_id
         where p.ends_on < (now() at time zone 'Asia/Ho_Chi_Minh')::date
           and coalesce((e.s).state, 'draft') in ('draft', 'returned') and coalesce(e.locks_at > now(), true)
    ), received as materialized (
        select s, d.due_at, d.locks_at from app.submission s cross join lateral app.deadlines(s.form_id, s.unit_id, s.period_id) d
         where s.state = 'submitted' and s.receiver_id = any (reviews) and coalesce(d.locks_at > now(), true)
    ), complete as ( -- all that a district is owed is accepted, and not published
        select x.receiver_id, x.form_id, x.period_id, count(*)::int as n
          from app.submission o
         cross join lateral (select o.receiver_id, o.form_id, o.period_id) k
          join app.expected_reports(app.unit_ids_within(publishes), array[o.form_id], array[o.period_id]) x on x.receiver_id = k.receiver_id
         where o.id in (select min(m.id) from app.submission m where m.state = 'accepted' and m.receiver_id = any (publishes) group by m.receiver_id, m.form_id, m.period_id)
           and not exists (select from app.publication b where (b.unit_id, b.form_id, b.period_id) = (o.receiver_id, o.form_id, o.period_id))
         group by x.receiver_id, x.form_id, x.period_id
        having bool_and(coalesce((x.s).state, '') = 'accepted')
    )
    select case when (o.s).id is null then 'start' when (o.s).state = 'returned' then 'rework' else 'complete' end, o.unit_id, o.form_id, o.period_id, (o.s).id,
           (o.s).state, null::int, o.due_at, o.locks_at, app.is_late(o.s, o.due_at), case when (o.s).id is null then '/v1/submissions' else '/v1/submissions/' || (o.s).id end
      from owed o where o.unit_id = any (enters)
    union all
    select 'submit', o.unit_id, o.form_id, o.period_id, (o.s).id, (o.s).state, null, o.due_at, o.locks_at, app.is_late(o.s, o.due_at),
           '/v1/submissions/' || (o.s).id || '/validation'
      from owed o where o.unit_id = any (leads) and (o.s).id is not null
    union all
    select 'review', (r.s).unit_id, (r.s).form_id, (r.s).period_id, (r.s).id, (r.s).state, null, r.due_at, r.locks_at, app.is_late(r.s, r.due_at), '/v1/submissions/' || (r.s).id
      from received r
    union all
    select 'decide_reopening', q.unit_id, q.form_id, q.period_id, q.submission_id, null, null, null, null, false, '/v1/reopen-requests/' || q.id || '/decision'
      from app.reopen_request q where q.decision is null and q.receiver_id = any (reviews)
    union all
    select 'decide_proposals', o.unit_id, o.form_id, o.period_id, (o.s).id, (o.s).state, count(*)::int, o.due_at, o.locks_at, false,
           coalesce('/v1/submissions/' || (o.s).id || '/village-values', '/v1/village-proposals')
      from owed o
      join app.village_proposal q on (q.unit_id, q.period_id) = (o.unit_id, o.period_id) and q.decision is null and not app.is_superseded(q)
      join app.form_indicator f on (f.form_id, f.indicator_id) = (o.form_id, q.indicator_id)
     where o.unit_id = any (enters)
     group by o.unit_id, o.form_id, o.period_id, o.s, o.due_at, o.locks_at
    union all
    select 'follow_up', s.unit_id, s.form_id, s.period_id, s.id, s.state, null, app.day_end(m.due_on), null, m.due_on < app.today(), '/v1/follow-ups/' || m.id || '/closing'
      from app.follow_up m join app.submission s on s.id = m.submission_id where m.owner_id = (select app.me()) and m.closed_at is null
    union all
    select 'publish', c.receiver_id, c.form_id, c.period_id, null, null, c.n, null, null, false, '/v1/publications' from complete c;
end $$;

COMMENT ON FUNCTION app.tasks() IS 'What the caller has to do by the own roles, of reports that may still change.';

CREATE FUNCTION app.told(p_kind text, p_subject bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return case p_kind when 'unit' then app.told_unit(p_subject::int) when 'target' then app.told_target(p_subject)
                       when 'publication' then app.told_publication(p_subject) else app.told_submission(p_subject) end;
end $$;

COMMENT ON FUNCTION app.told(p_kind text, p_subject bigint) IS 'How a thing stands, as far as the caller sees it; null: it does not.';

CREATE FUNCTION app.told_publication(p_publication bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select json_build_object('id', b.id, 'unit', u.code, 'form', f.code, 'period', p.code, 'published_at', b.published_at)
              from app.publication b join app.unit u on u.id = b.unit_id join app.form f on f.id = b.form_id join app.period p on p.id = b.period_id
             where b.id = p_publication);
end $$;

COMMENT ON FUNCTION app.told_publication(p_publication bigint) IS 'A publication as the feed tells it.';

CREATE FUNCTION app.told_submission(p_submission bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select json_build_object('id', s.id, 'form', f.code, 'unit', u.code, 'period', p.code, 'receiver', r.code, 'state', s.state, 'version', s.version,
                'invented', s.invented, 'submitted_at', s.submitted_at, 'decided_at', s.decided_at,
                'values', (select coalesce(json_agg(json_build_object('indicator', i.code, 'value', trim_scale(v.value), 'numerator', trim_scale(v.numerator),
                                                        'denominator', trim_scale(v.denominator), 'missing_reason', v.missing_reason, 'status', v.status)
                                                    order by i.sort_order), '[]')
                             from app.submission_value v join app.indicator i on i.id = v.indicator_id where v.submission_id = s.id))
              from app.submission s join app.form f on f.id = s.form_id join app.unit u on u.id = s.unit_id join app.period p on p.id = s.period_id
              join app.unit r on r.id = s.receiver_id
             where s.id = p_submission);
end $$;

COMMENT ON FUNCTION app.told_submission(p_submission bigint) IS 'A submission with its entered figures as the feed tells it; null: it is not there, or not the caller''s to see.';

CREATE FUNCTION app.told_target(p_target bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select json_build_object('id', t.id, 'unit', u.code, 'indicator', i.code, 'year', t.year, 'document', d.code, 'revision', t.revision,
                                     'comparator', t.comparator, 'value', t.value, 'baseline_value', t.baseline_value, 'baseline_year', t.baseline_year)
              from app.target t join app.unit u on u.id = t.unit_id join app.indicator i on i.id = t.indicator_id join app.document d on d.id = t.document_id
             where t.id = p_target);
end $$;

COMMENT ON FUNCTION app.told_target(p_target bigint) IS 'A target as the feed tells it; null: it is not there, or not the caller''s to see.';

CREATE FUNCTION app.told_unit(p_unit integer) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select json_build_object('code', u.code, 'kind', u.kind, 'valid_from', lower(u.valid), 'valid_to', upper(u.valid) - 1,
                'names', (select coalesce(json_agg(json_build_object('name', n.name, 'valid_from', lower(n.valid), 'valid_to', upper(n.valid) - 1)
                                                   order by lower(n.valid) nulls first), '[]') from app.unit_name n where n.unit_id = u.id),
                'official_codes', (select coalesce(json_agg(json_build_object('scheme', c.scheme, 'code', c.code, 'valid_from', lower(c.valid), 'valid_to', upper(c.valid) - 1)
                                                            order by lower(c.valid) nulls first), '[]') from app.unit_code c where c.unit_id = u.id),
                'parents', (select coalesce(json_agg(json_build_object('parent', p.code, 'valid_from', lower(x.valid), 'valid_to', upper(x.valid) - 1)
                                                     order by lower(x.valid) nulls first), '[]')
                              from app.unit_parent x join app.unit p on p.id = x.parent_id where x.unit_id = u.id))
              from app.unit u where u.id = p_unit);
end $$;

COMMENT ON FUNCTION app.told_unit(p_unit integer) IS 'A unit as the feed tells it; null: it is not there.';

CREATE FUNCTION app.village_fault(p_pointer text, p_indicator integer, p_value numeric) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN app.fault(p_pointer, 'entered-by-village'::text, jsonb_strip_nulls(jsonb_build_object('indicator', (SELECT i.code FROM app.indicator i WHERE (i.id = village_fault.p_indicator)), 'total', p_value)));

COMMENT ON FUNCTION app.village_fault(p_pointer text, p_indicator integer, p_value numeric) IS 'A figure that is the sum of its parts was to become another.';

CREATE FUNCTION app.total_faults(v app.sent_value, p_submission bigint) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.village_fault(((total_faults.v).pointer || COALESCE(('/'::text || (total_faults.v).given[1]), '/value'::text)), t.indicator_id, t.value) AS village_fault
    FROM app.village_totals(ARRAY[total_faults.p_submission]) t(submission_id, indicator_id, villages, answered, value, missing_reason),
     app.value_written(total_faults.v) w(given, value, numerator, denominator, missing_reason, status, note)
   WHERE ((t.indicator_id = (total_faults.v).indicator_id) AND ((w.value IS DISTINCT FROM t.value) OR (w.missing_reason IS DISTINCT FROM t.missing_reason)));
END;

COMMENT ON FUNCTION app.total_faults(v app.sent_value, p_submission bigint) IS 'A value that says something else than the sum of its parts.';

CREATE FUNCTION app.total_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select from app.village_value w where w.submission_id in (select c.submission_id from changed c)) then
        perform app.refuse((
            select coalesce(jsonb_agg(distinct app.village_fault('/values', t.indicator_id, t.value)), '[]')
              from app.village_totals(array(select distinct c.submission_id from changed c)) t
              join changed c on (c.submission_id, c.indicator_id) = (t.submission_id, t.indicator_id)
              left join app.submission_value v on (v.submission_id, v.indicator_id) = (t.submission_id, t.indicator_id)
             where (v.value, v.missing_reason) is distinct from (t.value, t.missing_reason)));
    end if;
    return null;
end $$;

COMMENT ON FUNCTION app.total_guard() IS 'Where a figure is entered by village, nobody writes another than the sum, in whatever way.';

CREATE FUNCTION app.totals_computed(p_nodes integer[], p_roots integer[], p_valid daterange[], p_indicators integer[], p_windows integer[], p_from date[], p_to date[], p_coarsest integer[], p_how app.figures_how) RETURNS SETOF app.node_total
    LANGUAGE plpgsql STABLE
    SET enable_nestloop TO 'off'
    AS $$ -- as app.fractions
#variable_conflict use_column
begin
    if cardinality(p_nodes) * cardinality(p_indicators) * cardinality(p_windows) = 0 then
        return;
    end if;
    return query
    with recursive node as materialized (
        select x.id, x.root, x.valid from unnest(p_nodes, p_roots, p_valid) as x(id, root, valid)
    ), lone as materialized ( -- a node that is one unit
        select x.id, min(x.root) as root from node x group by x.id having count(*) = 1
    ), days as materialized (
        select x.id::int as window_id, x.ends_on from unnest(p_to) with ordinality as x(ends_on, id)
    ), below as ( -- within the boundaries of the window's last day, or of the day asked for
        select x.id as node_id, p.window_id, p.ends_on, coalesce((p_how).boundaries, p.ends_on) as day, x.root as id
          from node x join days p on x.valid @> coalesce((p_how).boundaries, p.ends_on)
        union
        select b.node_id, b.window_id, b.ends_on, b.day, x.unit_id
          from below b cross join lateral (select y.unit_id from app.unit_parent y where y.parent_id = b.id and (y.valid @> b.day) is true offset 0) x
    ), standing as materialized ( -- which communes of the window stand for the node, with what share of theirs
        select b.node_id, b.window_id, b.ends_on, b.id, 1::numeric as share, true as same, true as fits from below b where (p_how).boundaries is null
        union all
        select b.node_id, b.window_id, b.ends_on, r.source, least(sum(r.share), max(r.parts)), bool_and(r.source = r.target and r.share = 1),
               case when b.ends_on <= (p_how).boundaries then true else count(*) = max(r.parts) end
          from (select distinct d.ends_on from days d) d
         cross join lateral app.recast_from(d.ends_on, (p_how).boundaries) r
          join below b on b.ends_on = d.ends_on and b.id = r.target
         where (p_how).boundaries is not null
         group by b.node_id, b.window_id, b.ends_on, r.source
    ), reporter as materialized ( -- who is expected to report: commune-level units alive on the window's last day
        select row_number() over () as rid, b.node_id, b.window_id, b.id, u.kind, x.parent_id,
               case when b.ends_on <= coalesce((p_how).boundaries, b.ends_on) then b.share else 1 end as share, b.same, b.fits,
               coalesce(b.same and l.root = b.id and ((p_how).boundaries is null or count(*) over (partition by b.node_id, b.window_id) = 1), false) as single,
               b.id = any ((select app.reach('own'))::int[]) or x.parent_id = any ((select app.reach('received'))::int[])
               or x.parent_id = any ((select app.reach('accepted'))::int[]) as in_reach
          from standing b
         cross join lateral (select y.kind from app.unit y where y.id = b.id and (y.valid @> b.ends_on) is true offset 0) u
          join app.unit_kind k on k.code = u.kind and k.level = 'commune'
          left join lone l on l.id = b.node_id
          left join lateral (select y.parent_id from app.unit_parent y where y.unit_id = b.id and (y.valid @> b.ends_on) is true offset 0) x on true
    ), fraction as materialized (
        select f.*, f.applies and not f.not_applicable as expected, f.applies and not f.not_applicable and f.counted as included
          from app.fractions(array(select r.id from reporter r order by r.rid), array(select r.parent_id from reporter r order by r.rid), array(select r.kind from reporter r order by r.rid),
                             array(select r.window_id from reporter r order by r.rid), array(select r.single from reporter r order by r.rid),
                             array(select r.in_reach from reporter r order by r.rid), p_indicators, p_from, p_to, p_coarsest, p_how) f
    )
    select r.node_id, f.indicator_id, p_windows[f.window_id], bool_or(r.single), bool_and(f.visible),
           (count(*) filter (where f.expected))::int, (count(*) filter (where f.included))::int,
           sum(r.share * f.top) filter (where f.included), sum(r.share * f.bottom) filter (where f.included),
           (count(*) filter (where f.included and f.top >= 1))::int, (count(*) filter (where f.included and f.top >= f.bottom))::int,
           bool_or(f.estimate) filter (where f.included), bool_or(f.provisional) filter (where f.included),
           bool_or(f.invented) filter (where f.included), bool_or(f.accumulated) filter (where f.included),
           not bool_and(r.same), bool_or(r.share <> 1),
           not bool_and(r.fits) or (not bool_and(r.same) and bool_or(f.aggregation in ('count_true', 'count_complete'))),
           case when bool_and(f.visible) then jsonb_agg(jsonb_build_object(
               'share', r.share, 'unit', (select u.code from app.unit u where u.id = r.id), 'expected', f.expected, 'counted', f.included,
               'numerator', case when f.included then trim_scale(r.share * f.top) end, 'denominator', case when f.included then trim_scale(r.share * f.bottom) end,
               'weight', case when f.included then f.weight end, 'sources', f.sources)
               order by (select u.code from app.unit u where u.id = r.id)) filter (where (p_how).explain) end
      from fraction f join reporter r on r.rid = f.reporter
     group by r.node_id, f.indicator_id, f.window_id;
end $$;

COMMENT ON FUNCTION app.totals_computed(p_nodes integer[], p_roots integer[], p_valid daterange[], p_indicators integer[], p_windows integer[], p_from date[], p_to date[], p_coarsest integer[], p_how app.figures_how) IS 'The same of any nodes and windows, from the figures.';

CREATE FUNCTION app.totals_kept() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    sign constant int := case when new.state = 'accepted' then 1 else -1 end;
begin
    insert into app.receiver_total as t
    select x.receiver_id, x.period_id, x.version_id, sum(x.sign * x.n), sum(x.sign * x.not_applicable), sum(x.sign * x.top), sum(x.sign * x.bottom), sum(x.sign * x.bottoms),
           sum(x.sign * x.true_count), sum(x.sign * x.complete_count), sum(x.sign * x.estimates), sum(x.sign * x.provisionals), sum(x.sign * x.invented)
      from (select sign as sign, w.* from app.totals_of(array[new.unit_id], array[new.period_id], row(null, false, false, null, new.id, null)) w
            union all
            select -sign, w.* from app.totals_of(array[new.unit_id], array[new.period_id], row(null, false, false, null, null, new.id)) w) x
     group by x.receiver_id, x.period_id, x.version_id
     order by x.receiver_id, x.period_id, x.version_id
    on conflict (period_id, receiver_id, version_id) do update
       set n = t.n + excluded.n, not_applicable = t.not_applicable + excluded.not_applicable, top = t.top + excluded.top, bottom = t.bottom + excluded.bottom,
           bottoms = t.bottoms + excluded.bottoms, true_count = t.true_count + excluded.true_count, complete_count = t.complete_count + excluded.complete_count,
           estimates = t.estimates + excluded.estimates, provisionals = t.provisionals + excluded.provisionals, invented = t.invented + excluded.invented;
    return null;
end $$;

COMMENT ON FUNCTION app.totals_kept() IS 'Adds to the totals what a submission changes by being accepted, and takes it away when it is opened again: what its unit says with it, less what it says without it.';

CREATE FUNCTION app.totals_moved() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    if tg_op = 'INSERT' then
        perform app.totals_refresh(array(select distinct c.parent_id from come c));
    elsif tg_op = 'DELETE' then
        perform app.totals_refresh(array(select distinct g.parent_id from gone g));
    else
        perform app.totals_refresh(array(select g.parent_id from gone g union select c.parent_id from come c));
    end if;
    return null;
end $$;

COMMENT ON FUNCTION app.totals_moved() IS 'Totals after a reorganisation: of the units that others have come to, or gone from.';

CREATE TABLE app.receiver_total (
    receiver_id integer NOT NULL,
    period_id integer NOT NULL,
    version_id integer NOT NULL,
    n integer NOT NULL,
    not_applicable integer NOT NULL,
    top numeric NOT NULL,
    bottom numeric NOT NULL,
    bottoms integer NOT NULL,
    true_count integer NOT NULL,
    complete_count integer NOT NULL,
    estimates integer NOT NULL,
    provisionals integer NOT NULL,
    invented integer NOT NULL
);

ALTER TABLE ONLY app.receiver_total FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.receiver_total IS 'What the accepted reports of a period sent to a unit add up to, a row a line: written by triggers alone, in the transaction of the step.  It repeats what the reports say, and is not audited itself.';

COMMENT ON COLUMN app.receiver_total.receiver_id IS 'The parent of those who report, on the last day of the period.';

COMMENT ON COLUMN app.receiver_total.period_id IS 'Period, of just this length: figures added up from shorter ones are not kept.';

COMMENT ON COLUMN app.receiver_total.version_id IS 'Definition of the line.';

COMMENT ON COLUMN app.receiver_total.n IS 'How many units have all parts of the figure.';

COMMENT ON COLUMN app.receiver_total.not_applicable IS 'How many say that it does not apply to them, and so are not expected.';

COMMENT ON COLUMN app.receiver_total.top IS 'Sum of the numerators.';

COMMENT ON COLUMN app.receiver_total.bottom IS 'Sum of the denominators.';

COMMENT ON COLUMN app.receiver_total.bottoms IS 'How many have a denominator.';

COMMENT ON COLUMN app.receiver_total.true_count IS 'How many say yes.';

COMMENT ON COLUMN app.receiver_total.complete_count IS 'How many have reached all of it: numerator at least the denominator.';

COMMENT ON COLUMN app.receiver_total.estimates IS 'How many are estimates.';

COMMENT ON COLUMN app.receiver_total.provisionals IS 'How many are not official yet.';

COMMENT ON COLUMN app.receiver_total.invented IS 'How many were entered by demonstration accounts.';

CREATE FUNCTION app.totals_of(p_units integer[], p_periods integer[], p_how app.figures_how) RETURNS SETOF app.receiver_total
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
declare
    units int[]; parents int[]; kinds text[]; windows int[];
    starts constant date[] := array(select p.starts_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord);
    ends constant date[] := array(select p.ends_on from unnest(p_periods) with ordinality x(id, ord) join app.period p on p.id = x.id order by x.ord);
    indicators constant int[] := array(select distinct l.indicator_id from app.lines_of(array(select i.id from app.indicator i), p_periods) l where l.direct);
begin
    select array_agg(u.id), array_agg(x.parent_id), array_agg(u.kind), array_agg(w.ord)
      into units, parents, kinds, windows
      from unnest(ends) with ordinality w(day, ord)
     cross join unnest(p_units) r(id)
      join app.unit u on u.id = r.id and u.valid @> w.day
      join app.unit_kind k on k.code = u.kind and k.level = 'commune'
      join app.unit_parent x on x.unit_id = u.id and x.valid @> w.day;
    if units is null then
        return;
    end if;
    return query
    select r.parent_id, p_periods[f.window_id], f.version_id, (count(*) filter (where f.counted and not f.not_applicable))::int, (count(*) filter (where f.not_applicable))::int,
           coalesce(sum(f.top) filter (where f.counted and not f.not_applicable), 0), coalesce(sum(f.bottom) filter (where f.counted and not f.not_applicable), 0),
           (count(f.bottom) filter (where f.counted and not f.not_applicable))::int,
           (count(*) filter (where f.counted and not f.not_applicable and f.top >= 1))::int, (count(*) filter (where f.counted and not f.not_applicable and f.top >= f.bottom))::int,
           (count(*) filter (where f.counted and not f.not_applicable and f.estimate))::int, (count(*) filter (where f.counted and not f.not_applicable and f.provisional))::int,
           (count(*) filter (where f.counted and not f.not_applicable and f.invented))::int
      from app.fractions(units, parents, kinds, windows, array_fill(false, array[cardinality(units)]), array_fill(true, array[cardinality(units)]),
                         indicators, starts, ends, array_fill(null::int, array[cardinality(p_periods)]), p_how) f
      join app.lines_of(indicators, p_periods) l on l.indicator_id = f.indicator_id and l.window_id = f.window_id and l.direct
      join unnest(parents) with ordinality r(parent_id, rid) on r.rid = f.reporter
     where f.applies and (f.counted or f.not_applicable)
     group by r.parent_id, f.window_id, f.version_id;
end $$;

COMMENT ON FUNCTION app.totals_of(p_units integer[], p_periods integer[], p_how app.figures_how) IS 'What the accepted reports of units in periods add up to, computed from the figures, for each unit they report to.';

CREATE FUNCTION app.totals_of_life() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform app.totals_refresh(array(select distinct x.parent_id from gone g join come c on c.id = g.id join app.unit_parent x on x.unit_id = g.id
                                      where (g.kind, g.valid) is distinct from (c.kind, c.valid)));
    return null;
end $$;

COMMENT ON FUNCTION app.totals_of_life() IS 'Totals after a unit''s life or kind has changed.';

CREATE FUNCTION app.totals_read(p_nodes integer[], p_roots integer[], p_valid daterange[], p_indicators integer[], p_windows integer[], p_periods integer[]) RETURNS SETOF app.node_total
    LANGUAGE plpgsql STABLE
    AS $$ -- arrays of unknown length, so that the plan is kept
#variable_conflict use_column
begin
    if cardinality(p_periods) = 0 then
        return;
    end if;
    return query
    with recursive span as materialized (
        select x.ord::int as window_id, p.id as period_id, p.ends_on from unnest((select p_periods)) with ordinality x(id, ord) join app.period p on p.id = x.id
    ), upper as materialized (
        select array_agg(k.code) filter (where k.level in ('province', 'district')) as kinds, array_agg(k.code) filter (where k.level = 'commune') as communes from app.unit_kind k
    ), stand as ( -- on the last days of the periods
        select x.node, w.window_id, w.ends_on, u.id, u.kind, null::int as parent_id
          from unnest((select p_nodes), (select p_roots), (select p_valid)) x(node, root, valid)
         cross join span w
         cross join lateral (select y.id, y.kind from app.unit y where y.id = x.root and x.valid @> w.ends_on offset 0) u
        union
        select s.node, s.window_id, s.ends_on, c.id, c.kind, s.id
          from stand s
         cross join lateral (select u.id, u.kind from app.unit_parent y join app.unit u on u.id = y.unit_id and (u.valid @> s.ends_on or u.kind = any ((select kinds from upper)::text[]))
                              where y.parent_id = s.id and (y.valid @> s.ends_on) is true offset 0) c
         where s.kind = any ((select kinds from upper)::text[])
    ), reporter as materialized (
        select s.node, s.window_id, s.parent_id, s.kind, count(*) as communes from stand s where s.kind = any ((select communes from upper)::text[]) and s.parent_id is not null
         group by s.node, s.window_id, s.parent_id, s.kind
    ), fit as materialized ( -- nodes above communes, of which the caller sees every receiver
        select s.node from stand s group by s.node having bool_and(s.parent_id is not null or s.kind = any ((select kinds from upper)::text[]))
        except
        select r.node from reporter r
         where r.parent_id not in (select unnest(app.reach('received'))) and r.parent_id not in (select unnest(app.reach('accepted')))
    ), line as materialized ( -- lines that every period has totals of
        select l.* from (select l.*, count(*) over (partition by l.indicator_id) as windows from app.lines_of(p_indicators, p_periods) l where l.direct or not l.asked) l
         where l.windows = cardinality(p_periods)
    ), staff as materialized (
        select r.node, r.window_id, r.kind, sum(r.communes) as communes from reporter r group by r.node, r.window_id, r.kind
    ), total as materialized (
        select r.node, r.window_id, t.version_id, sum(t.n)::int as n, sum(t.not_applicable)::int as not_applicable, sum(t.top) as top, sum(t.bottom) as bottom,
               sum(t.bottoms) as bottoms, sum(t.true_count)::int as true_count, sum(t.complete_count)::int as complete_count,
               sum(t.estimates) > 0 as estimate, sum(t.provisionals) > 0 as provisional, sum(t.invented) > 0 as invented
          from (select distinct r.node, r.window_id, r.parent_id from reporter r) r
          join span w on w.window_id = r.window_id
         cross join lateral (select y.* from app.receiver_total y where y.receiver_id = r.parent_id and y.period_id = w.period_id offset 0) t
         group by r.node, r.window_id, t.version_id
    )
    select f.node, l.indicator_id, (select p_windows)[l.window_id], false, true,
           case when l.asked then coalesce((select sum(s.communes) from staff s where s.node = f.node and s.window_id = l.window_id and s.kind = any (l.applies_to)), 0)::int
                                  - coalesce(t.not_applicable, 0) else 0 end,
           coalesce(t.n, 0), case when t.n > 0 then t.top end, case when t.bottoms > 0 then t.bottom end, t.true_count, t.complete_count,
           t.estimate, t.provisional, t.invented, false, false, false, false, null::jsonb
      from fit f
     cross join line l
      left join total t on t.node = f.node and t.window_id = l.window_id and t.version_id = l.version_id;
end $$;

COMMENT ON FUNCTION app.totals_read(p_nodes integer[], p_roots integer[], p_valid daterange[], p_indicators integer[], p_windows integer[], p_periods integer[]) IS 'What kept totals say of nodes × indicators × periods, for those nodes and indicators that they can speak of: none but nodes above the communes, wholly in the caller''s reach, and lines of just these periods'' forms.';

CREATE FUNCTION app.totals_rebuild() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    period int;
begin
    lock table app.receiver_total in share row exclusive mode; -- what another step adds meanwhile is computed here, or added after
    delete from app.receiver_total;
    for period in select distinct s.period_id from app.submission s where s.state = 'accepted' order by 1 loop
        insert into app.receiver_total
        select t.* from app.totals_of(array(select distinct s.unit_id from app.submission s where s.period_id = period and s.state = 'accepted'), array[period],
                                      row(null, false, false, null, null, null)) t;
    end loop;
end $$;

COMMENT ON FUNCTION app.totals_rebuild() IS 'Computes all totals anew: after formulas, forms or anything but a step of a submission have changed.';

CREATE FUNCTION app.totals_redefined() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    changed boolean;
begin
    if tg_op = 'INSERT' then
        changed := exists (select from come);
    elsif tg_op = 'DELETE' then
        changed := exists (select from gone);
    else
        changed := exists (table come except table gone);
    end if;
    if changed and exists (select from app.submission s where s.state = 'accepted') then
        perform app.totals_rebuild();
    end if;
    return null;
end $$;

COMMENT ON FUNCTION app.totals_redefined() IS 'Totals after definitions, forms or the days of periods have changed.';

CREATE FUNCTION app.totals_refresh(p_receivers integer[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    period int;
    units int[] := array(select distinct x.unit_id from app.unit_parent x where x.parent_id = any (p_receivers));
begin
    lock table app.receiver_total in share row exclusive mode;
    for period in select t.period_id from app.receiver_total t where t.receiver_id = any (p_receivers)
                  union select s.period_id from app.submission s where s.unit_id = any (units) and s.state = 'accepted' order by 1 loop
        delete from app.receiver_total t where t.receiver_id = any (p_receivers) and t.period_id = period;
        insert into app.receiver_total
        select t.* from app.totals_of(units, array[period], row(null, false, false, null, null, null)) t where t.receiver_id = any (p_receivers);
    end loop;
end $$;

COMMENT ON FUNCTION app.totals_refresh(p_receivers integer[]) IS 'Computes the totals of some receivers anew: units have come to them or gone.';

CREATE FUNCTION app.totals_without() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform app.totals_refresh(array(select distinct x.parent_id from gone g join app.unit_parent x on x.unit_id = g.unit_id where g.state = 'accepted'));
    return null;
end $$;

COMMENT ON FUNCTION app.totals_without() IS 'Totals without the submissions that were deleted, which no operation does.';

CREATE FUNCTION app.unit_change_faults(p_body jsonb) RETURNS SETOF jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
    day constant date := app.date_or_null(p_body ->> 'effective_on');
    new_codes constant text[] := array(select n ->> 'code' from jsonb_array_elements(p_body -> 'new_units') n);
begin
    return query
    with link as materialized (
        select l.*, l.target is not distinct from l.source as stays
          from app.planned_links(p_body) l
    ), ended as materialized (
        select u.id, x.code from app.planned_ends(p_body) x left join app.unit u on u.code = x.code
    ), over as materialized ( -- what there is no more on the day
        select e.code from ended e
        union
        select u.code from app.unit u
         where u.id = any (app.left_behind(array(select e.id from ended e where e.id is not null), array(select l.source_id from link l where l.source_id is not null), day - 1))
    ), whole as materialized ( -- the link that takes all of a unit away
        select l.source, min(l.nth) as nth from link l where l.whole and not l.stays and l.kind in ('MERGE', 'ABOLISH') group by l.source
    ), placed as ( -- who is to report to whom
        select '/links/' || l.nth || '/parent' as pointer, l.source as unit, l.parent from link l where l.parent is not null
        union all
        select '/new_units/' || n.ord - 1 || '/parent', n.v ->> 'code', n.v ->> 'parent' from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord)
    ), named as (
        select '/links/' || l.nth || '/from' as pointer, l.source as code, l.source_id as id, day - 1 as on_day from link l
        union all
        select '/links/' || l.nth || '/to', l.target, l.target_id, case when l.target = l.source then day - 1 else day end from link l where l.target is not null and l.target <> all (new_codes)
        union all
        select '/links/' || l.nth || '/parent', l.parent, u.id, day from link l left join app.unit u on u.code = l.parent where l.parent is not null and l.parent <> all (new_codes)
        union all
        select '/new_units/' || n.ord - 1 || '/parent', n.v ->> 'parent', u.id, day
          from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord) left join app.unit u on u.code = n.v ->> 'parent'
         where n.v ->> 'parent' <> all (new_codes)
    )
    select app.fault(n.pointer, 'unknown-unit', jsonb_build_object('unit', left(n.code, 64))) from named n where n.id is null
    union all
    select app.fault(n.pointer, 'unit-not-alive', jsonb_build_object('unit', n.code, 'day', n.on_day)) from named n join app.unit u on u.id = n.id
     where not u.valid @> n.on_day or (n.on_day = day and u.code in (select o.code from over o))
    union all
    select app.fault(p.pointer, 'not-above', jsonb_build_object('unit', p.unit, 'parent', p.parent)) from placed p
     where app.planned_rank(p_body, p.parent) >= app.planned_rank(p_body, p.unit)
    union all
    select app.fault('/links/' || l.nth || '/to', 'other-level', jsonb_build_object('unit', l.source, 'other', l.target)) from link l
     where l.kind in ('MERGE', 'PARTIAL_TRANSFER') and app.planned_rank(p_body, l.target) <> app.planned_rank(p_body, l.source)
    union all
    select app.fault('/links/' || l.nth || '/to', 'not-itself', jsonb_build_object('unit', l.source)) from link l
     where l.kind in ('RECODE', 'UNCHANGED_NEW_PARENT') and l.target is not null and not l.stays
    union all
    select app.fault('/links/' || l.nth || '/parent', 'missing-member', '{}') from link l where l.kind = 'UNCHANGED_NEW_PARENT' and l.parent is null
    union all -- who goes on below a unit that ends has to say where
    select app.fault('/links/' || min(l.nth) || '/parent', 'missing-member', '{}')
      from link l join app.unit u on u.id = app.unit_parent_on(l.source_id, day - 1)
     where u.code in (select o.code from over o) and l.source not in (select o.code from over o)
     group by l.source having count(l.parent) = 0 and not bool_or(l.kind = 'UNCHANGED_NEW_PARENT')
    union all
    select app.fault('/links/' || l.nth || '/whole', 'part-not-whole', '{}') from link l
     where l.kind = 'PARTIAL_TRANSFER' and p_body #>> array['links', l.nth::text, 'whole'] = 'true'
    union all
    select app.fault('/new_units/' || n.ord - 1 || '/parent', 'missing-member', '{}')
      from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord) where n.v ->> 'parent' is null and n.v ->> 'kind' <> 'PROVINCE'
    union all
    select app.fault('/links/' || l.nth, 'nothing-left', jsonb_build_object('unit', l.source, 'first', w.nth)) from link l join whole w on w.source = l.source and w.nth <> l.nth
     where not exists (select from link x where (x.kind, x.source) = (l.kind, l.source) and x.target is not distinct from l.target and x.nth < l.nth)
    union all
    select app.fault('/new_units/' || n.ord - 1 || '/code', 'unit-exists', jsonb_build_object('unit', n.v ->> 'code'))
      from jsonb_array_elements(p_body -> 'new_units') with ordinality n(v, ord)
     where exists (select from app.unit u where u.code = n.v ->> 'code') or n.v ->> 'code' = any (new_codes[:n.ord::int - 1])
    union all
    select app.fault('/links/' || l.nth || '/to', 'missing-member', '{}') from link l where l.kind <> 'ABOLISH' and l.target is null
    union all
    select app.fault('/links/' || l.nth || '/to', 'has-no-successor', '{}') from link l where l.kind = 'ABOLISH' and l.target is not null
    union all
    select app.fault('/links/' || l.nth, 'duplicate-link', jsonb_build_object('first', f.nth))
      from link l join lateral (select min(x.nth) as nth from link x where (x.kind, x.source) = (l.kind, l.source) and x.target is not distinct from l.target) f on f.nth < l.nth
    union all
    select app.fault('/links/' || l.nth || '/population', 'missing-member', '{}') from link l where l.population is null and not l.whole
    union all
    select app.fault('/links/' || l.nth || '/population_of', 'missing-member', '{}') from link l where not l.whole and l.population_of is null
    union all
    select app.fault('/links/' || min(l.nth) || '/population', 'parts-do-not-add-up', jsonb_build_object('unit', l.source, 'sum', sum(l.population), 'population', max(l.population_of)))
      from link l where not l.whole and l.population is not null and l.population_of is not null
     group by l.source
    having sum(l.population) > max(l.population_of) or min(l.population_of) <> max(l.population_of)
        or (sum(l.population) < max(l.population_of) and (l.source in (select o.code from over o) or bool_or(l.stays)));
end $$;

COMMENT ON FUNCTION app.unit_change_faults(p_body jsonb) IS 'Everything that is wrong with a planned reorganisation: units that are not there on its day, or not any more; parts that do not make the whole; a tree that is none.';

CREATE FUNCTION app.unit_change_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.change (kind, subject, code) select 'unit', c.id, c.code from changed c order by c.id;
    return null;
end $$;

COMMENT ON FUNCTION app.unit_change_known() IS 'Tells the feed of units.';

CREATE FUNCTION app.unit_change_preview(p_body jsonb, OUT units json, OUT below json, OUT accounts json, OUT submissions json, OUT targets json, OUT groups json, OUT expected_reports integer) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
    day constant date := (p_body ->> 'effective_on')::date;
    links constant app.planned_link[] := array(select l from app.planned_links(p_body) l);
    ended constant int[] := array(select u.id from app.planned_ends(p_body) e join app.unit u on u.code = e.code);
    moved constant int[] := array(select distinct l.source_id from unnest(links) l where l.parent is not null and l.source_id <> all (ended));
    ended_below constant int[] := app.left_behind(ended, array(select l.source_id from unnest(links) l), day - 1);
    over constant int[] := ended || ended_below;
begin
    units := (select json_agg(json_build_object('code', u.code, 'name', u.name, 'change', u.change, 'successors', u.successors) order by u.rank, u.code)
                from (select 1 as rank, x.code::text as code, app.unit_name_on(x.id, day - 1) as name,
                             case when x.id = any (ended) then 'ends' when x.id = any (moved) then 'moves' when bool_or(l.kind = 'RECODE') then 'recoded' else 'gives' end as change,
                             coalesce(json_agg(json_build_object('code', l.target, 'share', case when l.whole then 1 else round(l.population::numeric / nullif(l.population_of, 0), 6) end)
                                               order by l.nth) filter (where l.target is not null), '[]') as successors
                        from unnest(links) l join app.unit x on x.id = l.source_id group by x.id, x.code
                      union all
                      select 2, x.code::text, app.unit_name_on(x.id, day), 'takes', '[]'
                        from app.unit x where x.id in (select l.target_id from unnest(links) l) and x.id not in (select l.source_id from unnest(links) l)
                      union all
                      select 3, n ->> 'code', n ->> 'name', 'begins', '[]' from jsonb_array_elements(p_body -> 'new_units') n) u);
    below := app.counted_list(array(select json_build_object('code', u.code, 'name', app.unit_name_on(u.id, day - 1), 'kind', u.kind)
                                      from app.unit u where u.id = any (ended_below) and u.valid @> (day - 1) order by u.code));
    if app.is_admin() then
        accounts := app.counted_list(array(select json_build_object('login', a.login, 'name', a.name, 'role', r.role, 'unit', u.code)
                                             from app.account_role r join app.account a on a.id = r.account_id and a.disabled_at is null join app.unit u on u.id = r.unit_id
                                            where r.unit_id = any (over) order by u.code, a.login, r.role));
    end if;
    submissions := app.counted_list(array(
        select json_build_object('id', s.id, 'unit', u.code, 'form', f.code, 'period', p.code, 'state', app.shown_state(s), 'ends_after', p.ends_on >= day and s.unit_id = any (over))
          from app.submission s join app.unit u on u.id = s.unit_id join app.form f on f.id = s.form_id join app.period p on p.id = s.period_id
         where s.unit_id = any (over || moved) and (s.state <> 'accepted' or p.ends_on >= day) order by u.code, p.ends_on, f.code));
    targets := app.counted_list(array(
        select json_build_object('unit', u.code, 'indicator', i.code, 'year', t.year, 'document', d.code)
          from app.target t join app.unit u on u.id = t.unit_id join app.indicator i on i.id = t.indicator_id join app.document d on d.id = t.document_id
         where t.unit_id = any (over) and t.year >= extract(year from day) order by u.code, t.year, i.sort_order, d.code));
    groups := app.counted_list(array(select json_build_object('group', g.code, 'unit', u.code)
                                       from app.unit_group_member m join app.unit_group g on g.id = m.group_id join app.unit u on u.id = m.unit_id
                                      where m.unit_id = any (over) and m.valid @> (day - 1) order by g.code, u.code));
    expected_reports := (select count(*) from app.unit u join app.unit_kind k on k.code = u.kind join app.form f on f.level = k.level
                           join app.period p on p.frequency = f.frequency and p.ends_on >= day and f.valid @> p.ends_on
                          where u.id = any (over) and u.valid @> p.ends_on);
end $$;

COMMENT ON FUNCTION app.unit_change_preview(p_body jsonb, OUT units json, OUT below json, OUT accounts json, OUT submissions json, OUT targets json, OUT groups json, OUT expected_reports integer) IS 'What a planned reorganisation touches, of what the caller sees: units with their successors, those below units that end, accounts (for administrators), reports that are open or of periods that end afterwards, targets of its year and later, groups, and how many reports would no longer be expected.';

CREATE FUNCTION app.unit_faults(p_unit app.unit, p_form app.form, p_period app.period) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault('/form'::text, 'form-not-for-unit'::text, jsonb_build_object('form', (unit_faults.p_form).code)) AS fault
   WHERE ((unit_faults.p_form).level <> ( SELECT k.level
            FROM app.unit_kind k
           WHERE (k.code = (unit_faults.p_unit).kind)))
 UNION ALL
  SELECT app.fault('/period'::text, 'form-not-for-period'::text, jsonb_build_object('form', (unit_faults.p_form).code, 'period', (unit_faults.p_period).code)) AS fault
   WHERE (((unit_faults.p_form).frequency <> (unit_faults.p_period).frequency) OR (NOT ((unit_faults.p_form).valid @> (unit_faults.p_period).ends_on)))
 UNION ALL
  SELECT app.fault('/unit'::text, 'unit-closed'::text, jsonb_build_object('unit', (unit_faults.p_unit).code, 'since', upper((unit_faults.p_unit).valid), 'period', (unit_faults.p_period).code)) AS fault
   WHERE (upper((unit_faults.p_unit).valid) <= (unit_faults.p_period).starts_on)
 UNION ALL
  SELECT app.fault('/period'::text, 'period-outside-unit-life'::text, jsonb_build_object('unit', (unit_faults.p_unit).code, 'period', (unit_faults.p_period).code)) AS fault
   WHERE ((NOT ((unit_faults.p_unit).valid @> (unit_faults.p_period).ends_on)) AND (NOT ((upper((unit_faults.p_unit).valid) <= (unit_faults.p_period).starts_on) IS TRUE)));
END;

COMMENT ON FUNCTION app.unit_faults(p_unit app.unit, p_form app.form, p_period app.period) IS 'May this unit report this form for this period?  The last day of the period decides.';

CREATE TABLE app.unit_parent (
    unit_id integer NOT NULL,
    parent_id integer NOT NULL,
    valid daterange NOT NULL,
    CONSTRAINT unit_parent_check CHECK ((parent_id <> unit_id)),
    CONSTRAINT unit_parent_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE app.unit_parent IS 'The tree through time.';

COMMENT ON COLUMN app.unit_parent.unit_id IS 'Unit.';

COMMENT ON COLUMN app.unit_parent.parent_id IS 'The unit it belongs to.';

COMMENT ON COLUMN app.unit_parent.valid IS 'Days it belonged there.';

CREATE FUNCTION app.unit_ids_below(p_root integer, p_day date) RETURNS integer[]
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 WITH RECURSIVE below AS (
          SELECT p.unit_id AS id
            FROM app.unit_parent p
           WHERE ((p.parent_id = unit_ids_below.p_root) AND ((unit_ids_below.p_day IS NULL) OR (p.valid @> unit_ids_below.p_day)))
         UNION
          SELECT p.unit_id
            FROM (app.unit_parent p
              JOIN below below_1 ON (((below_1.id = p.parent_id) AND ((unit_ids_below.p_day IS NULL) OR (p.valid @> unit_ids_below.p_day)))))
         )
  SELECT COALESCE(array_agg(below.id), '{}'::integer[]) AS "coalesce"
    FROM below;
END;

COMMENT ON FUNCTION app.unit_ids_below(p_root integer, p_day date) IS 'Everything below a unit on a day, or that ever was.';

CREATE FUNCTION app.unit_ids_within(roots integer[]) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET work_mem TO '256kB'
    AS $$ -- the planner expects far more than there are, and would have the
begin
    return (
    with recursive below as (
        select unnest((select roots)) as id
        union -- each looked up, where the planner would read the whole table once a level
        select x.unit_id from below b cross join lateral (select p.unit_id from app.unit_parent p where p.parent_id = b.id offset 0) x
    )
    select coalesce(array_agg(id), '{}') from below);
end $$;

COMMENT ON FUNCTION app.unit_ids_within(roots integer[]) IS 'These units and everything that ever stood below them.';

CREATE FUNCTION app.unit_parent_on(p_unit integer, p_day date) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select p.parent_id from app.unit_parent p where p.unit_id = p_unit and p.valid @> p_day);
end $$;

COMMENT ON FUNCTION app.unit_parent_on(p_unit integer, p_day date) IS 'The unit it belonged to on a day.';

CREATE FUNCTION app.unit_part_change_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.change (kind, subject, code)
    select distinct 'unit', u.id, u.code from changed c join app.unit u on u.id = c.unit_id order by u.id;
    return null;
end $$;

COMMENT ON FUNCTION app.unit_part_change_known() IS 'Tells the feed of units whose names, official codes or parents changed.';

CREATE FUNCTION app.unit_shares(p_from date, p_to date) RETURNS TABLE(source integer, target integer, share numeric)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
begin
    return query
    with recursive event as (
        select row_number() over (order by c.effective_on) as nth, c.effective_on from (select distinct x.effective_on from app.unit_change x where x.effective_on > p_from and x.effective_on <= p_to) c
    ), gone as (
        select e.nth, e.effective_on, l.from_unit_id, l.to_unit_id, case when l.whole then 1 else l.population::numeric / l.population_of end as share
          from event e join app.unit_change c on c.effective_on = e.effective_on join app.unit_change_link l on l.change_id = c.id
         where l.to_unit_id <> l.from_unit_id
    ), link as ( -- a unit that goes on keeps what no link takes from it
        select g.nth, g.from_unit_id, g.to_unit_id, g.share from gone g
        union all
        select g.nth, g.from_unit_id, g.from_unit_id, greatest(1 - sum(g.share), 0)
          from gone g join app.unit u on u.id = g.from_unit_id and u.valid @> g.effective_on
         group by g.nth, g.from_unit_id
    ), flow as (
        select u.id as source, u.id as target, 1::numeric as share, 0::bigint as nth
          from app.unit u join app.unit_kind k on k.code = u.kind and k.level = 'commune' where u.valid @> p_from
        union all
        select f.source, coalesce(l.to_unit_id, f.target), f.share * coalesce(l.share, 1), f.nth + 1
          from flow f
          join event e on e.nth = f.nth + 1
          left join link l on l.nth = e.nth and l.from_unit_id = f.target
    )
    select f.source, f.target, sum(f.share) from flow f where f.nth = (select count(*) from event) group by f.source, f.target;
end $$;

COMMENT ON FUNCTION app.unit_shares(p_from date, p_to date) IS 'What of each commune of a day is in which commune of a later day, by the people of the dated reorganisations between; of one commune the shares add up to 1.';

CREATE FUNCTION app.units_asked(p_selector text, p_days date[]) RETURNS integer[]
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if p_selector is null then
        return array(select u.id from app.unit u where u.id = any (app.reach('own') || app.reach('received') || app.reach('accepted')));
    end if;
    perform app.refuse_parameters((select coalesce(jsonb_agg(n.fault), '[]') from app.select_nodes(p_selector, p_days) n where n.fault is not null));
    return app.unit_ids_within(array(select distinct n.root from app.select_nodes(p_selector, p_days) n));
end $$;

COMMENT ON FUNCTION app.units_asked(p_selector text, p_days date[]) IS 'The units of a selector and what ever stood below them; null: all that the caller sees reports of.  400 for what names nothing.';

CREATE FUNCTION app.value_change_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into app.change (kind, subject, code, unit_id, receiver_id, was, became)
    select 'submission', s.id, s.id, s.unit_id, s.receiver_id, s.state, s.state
      from app.submission s
     where s.id in (select c.submission_id from changed c)
       and not exists (select from app.change k where k.xid = pg_current_xact_id() and k.kind = 'submission' and k.subject = s.id)
     order by s.id;
    return null;
end $$;

COMMENT ON FUNCTION app.value_change_known() IS 'Tells the feed of figures that changed without their submission: whoever enters some gives it a new version as well.';

CREATE FUNCTION app.value_entered() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app', 'pg_catalog', 'pg_temp'
    AS $$
declare
    me constant int := app.me();
    name constant text := app.account_name(me);
begin
    if tg_op = 'DELETE' then
        insert into app.value_revision (submission_id, unit_id, indicator_id, event, by_id, by_name)
        select r.submission_id, r.unit_id, r.indicator_id, 'entered', me, name from changed r;
    else
        insert into app.value_revision (submission_id, unit_id, indicator_id, event, by_id, by_name,
                                        value, numerator, denominator, missing_reason, status, note, import_id, import_row)
        select r.submission_id, r.unit_id, r.indicator_id, 'entered', me, name,
               r.value, r.numerator, r.denominator, r.missing_reason, r.status, r.note, r.import_id, r.import_row from changed r;
    end if;
    return null;
end $$;

COMMENT ON FUNCTION app.value_entered() IS 'Keeps values as they are entered, one statement for all of them.';

CREATE FUNCTION app.value_faults(s app.sent_value, p_kind text, p_all_fields boolean) RETURNS SETOF jsonb
    LANGUAGE plpgsql STABLE ROWS 1
    AS $$
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

COMMENT ON FUNCTION app.value_faults(s app.sent_value, p_kind text, p_all_fields boolean) IS 'Everything that is wrong with one value, for a unit of this kind; p_all_fields: the caller may enter every field, not culture alone.';

CREATE FUNCTION app.value_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    s app.submission;
begin
    for s in select t.* from app.submission t join app.period p on p.id = t.period_id
              where t.id in (select distinct submission_id from changed) and (t.state not in ('draft', 'returned') or p.locks_at <= now()) loop
        perform app.refuse_locked(s.form_id, s.unit_id, s.period_id);
        if s.state not in ('draft', 'returned') then
            perform app.problem(409, 'illegal-transition', jsonb_build_object('action', 'edit', 'state', s.state));
        end if;
    end loop;
    return null;
end $$;

COMMENT ON FUNCTION app.value_guard() IS 'Values change only while the submission is a draft or returned, and never after the lock.';

CREATE FUNCTION app.verdict(c app.data_cell, t app.target) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN ((t).id IS NOT NULL) THEN app.meets((t).comparator, (t).value, CASE WHEN ((c).d.result = 'ratio'::text) THEN ((c).d.scale * COALESCE((c).numerator, (c).value)) ELSE (c).value END, CASE WHEN ((c).d.result = 'ratio'::text) THEN COALESCE((c).denominator, (1)::numeric) ELSE (1)::numeric END) ELSE NULL::text END;

COMMENT ON FUNCTION app.verdict(c app.data_cell, t app.target) IS 'exceeded, met or not_met; null where there is no figure or no target.';

CREATE FUNCTION app.village_part_faults(v app.sent_value, p_kind text, p_all_fields boolean) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.value_faults(village_part_faults.v, village_part_faults.p_kind, village_part_faults.p_all_fields) AS value_faults
 UNION ALL
  SELECT app.fault(((village_part_faults.v).pointer || '/indicator'::text), 'not-by-village'::text, jsonb_build_object('indicator', (village_part_faults.v).code)) AS fault
   WHERE (NOT app.adds_up_over_villages((village_part_faults.v).definition));
END;

COMMENT ON FUNCTION app.village_part_faults(v app.sent_value, p_kind text, p_all_fields boolean) IS 'Everything that is wrong with a village''s part of a figure, for a commune of this kind.';

CREATE FUNCTION app.village_change_faults(s app.submission, b jsonb, p_kind text, p_all_fields boolean) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT f.f
    FROM ((app.period p
      CROSS JOIN LATERAL app.village_values_read((village_change_faults.b -> 'values'::text), (village_change_faults.s).unit_id, p.*, (village_change_faults.s).form_id) r(v, village_id, form_id))
      CROSS JOIN LATERAL app.village_part_faults(r.v, village_change_faults.p_kind, village_change_faults.p_all_fields) f(f))
   WHERE (p.id = (village_change_faults.s).period_id)
 UNION ALL
  SELECT app.fault(((r.v).pointer || '/village'::text), 'not-your-village'::text, jsonb_build_object('unit', "left"(((r.v).item ->> 'village'::text), 64))) AS fault
    FROM (app.period p
      CROSS JOIN LATERAL app.village_values_read((village_change_faults.b -> 'values'::text), (village_change_faults.s).unit_id, p.*, (village_change_faults.s).form_id) r(v, village_id, form_id))
   WHERE ((p.id = (village_change_faults.s).period_id) AND (r.village_id IS NULL) AND (jsonb_typeof(((r.v).item -> 'village'::text)) = 'string'::text))
 UNION ALL
  SELECT app.decision_faults(village_change_faults.s, village_change_faults.b, village_change_faults.p_all_fields) AS decision_faults;
END;

COMMENT ON FUNCTION app.village_change_faults(s app.submission, b jsonb, p_kind text, p_all_fields boolean) IS 'Everything that is wrong with a change of villages'' figures.';

CREATE FUNCTION app.village_difference(s app.submission, b jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT COALESCE(jsonb_agg(app.difference((r.v).pointer, ((r.v).item - '{indicator,village}'::text[]), jsonb_strip_nulls(jsonb_build_object('value', trim_scale(x.value), 'missing_reason', x.missing_reason)), COALESCE(x.written_by, (village_difference.s).updated_by), COALESCE(x.written_at, (village_difference.s).updated_at)) ORDER BY ((r.v).pointer COLLATE app.natural_order)), '[]'::jsonb) AS "coalesce"
    FROM (((app.period p
      CROSS JOIN LATERAL app.village_values_read((village_difference.b -> 'values'::text), (village_difference.s).unit_id, p.*, (village_difference.s).form_id) r(v, village_id, form_id))
      CROSS JOIN LATERAL app.value_written(r.v) w(given, value, numerator, denominator, missing_reason, status, note))
      LEFT JOIN app.village_value x ON (((x.submission_id = (village_difference.s).id) AND (x.indicator_id = (r.v).indicator_id) AND (x.village_id = r.village_id))))
   WHERE ((p.id = (village_difference.s).period_id) AND ((w.value IS DISTINCT FROM x.value) OR (w.missing_reason IS DISTINCT FROM x.missing_reason)));
END;

COMMENT ON FUNCTION app.village_difference(s app.submission, b jsonb) IS 'Where a change of villages'' figures says something else than what is stored: yours, current, by whom, when.';

CREATE FUNCTION app.village_enter(s app.submission, b jsonb) RETURNS TABLE(kept app.submission, changed integer)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    p app.period;
    entered int;
begin
    select * into p from app.period q where q.id = s.period_id;
    update app.submission t set note = t.note where t.id = s.id and t.version = s.version returning t.* into kept;
    perform app.expect_kept(kept);
    update app.village_proposal q set decision = k.decision, reason = k.reason from app.decisions_read(b, s) k where q.id = (k.q).id;
    delete from app.village_value v
     using app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r
     where cardinality((r.v).given) = 0 and (v.submission_id, v.indicator_id, v.village_id) = (s.id, (r.v).indicator_id, r.village_id);
    get diagnostics changed = row_count;
    insert into app.village_value as v (submission_id, unit_id, village_id, indicator_id, value, missing_reason, proposal_id, written_by)
    select s.id, s.unit_id, r.village_id, (r.v).indicator_id, w.value, w.missing_reason, null, app.me()
      from app.village_values_read(b -> 'values', s.unit_id, p, s.form_id) r cross join lateral app.value_written(r.v) w
     where w.given
    union all
    select s.id, s.unit_id, (k.q).village_id, (k.q).indicator_id, (k.q).value, (k.q).missing_reason, k.id, app.me()
      from app.decisions_read(b, s) k where k.decision = 'take'
    on conflict (submission_id, indicator_id, village_id) do update
       set (value, missing_reason, proposal_id) = (excluded.value, excluded.missing_reason, excluded.proposal_id)
     where (v.value, v.missing_reason, v.proposal_id) is distinct from (excluded.value, excluded.missing_reason, excluded.proposal_id);
    get diagnostics entered = row_count;
    changed := changed + entered;
    return next;
end $$;

COMMENT ON FUNCTION app.village_enter(s app.submission, b jsonb) IS 'Enters parts and decides on proposals; the triggers make the sums.  How many parts were added, changed or taken back.';

CREATE FUNCTION app.village_proposal_decided() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if old.decision is not null or app.is_superseded(old) then
        perform app.problem(403, 'forbidden');
    end if;
    new.decided_by := app.me();
    new.decider_name := app.account_name(app.me());
    new.decided_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.village_proposal_decided() IS 'A proposal is decided on once, the last one for a figure alone, and whoever decides is named.';

CREATE FUNCTION app.village_proposal_faults(b jsonb, p_village app.unit, p_period app.period) RETURNS SETOF jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT app.fault('/village'::text, 'not-a-village'::text, jsonb_build_object('unit', (village_proposal_faults.p_village).code)) AS fault
   WHERE (( SELECT k.level
            FROM app.unit_kind k
           WHERE (k.code = (village_proposal_faults.p_village).kind)) <> 'village'::text)
 UNION ALL
  SELECT app.fault('/period'::text, 'unknown-period'::text, jsonb_build_object('period', "left"((village_proposal_faults.b ->> 'period'::text), 64))) AS fault
   WHERE (((village_proposal_faults.p_period).id IS NULL) AND (jsonb_typeof((village_proposal_faults.b -> 'period'::text)) = 'string'::text))
 UNION ALL
  SELECT app.fault('/period'::text, 'period-outside-unit-life'::text, jsonb_build_object('unit', (village_proposal_faults.p_village).code, 'period', (village_proposal_faults.p_period).code)) AS fault
   WHERE (((village_proposal_faults.p_period).id IS NOT NULL) AND ((NOT ((village_proposal_faults.p_village).valid @> (village_proposal_faults.p_period).ends_on)) OR (app.unit_parent_on((village_proposal_faults.p_village).id, (village_proposal_faults.p_period).ends_on) IS NULL)))
 UNION ALL
  SELECT app.village_part_faults(r.v, u.kind, true) AS village_part_faults
    FROM app.unit u,
     LATERAL app.village_values_read((village_proposal_faults.b -> 'values'::text), u.id, village_proposal_faults.p_period, NULL::integer) r(v, village_id, form_id)
   WHERE (u.id = app.unit_parent_on((village_proposal_faults.p_village).id, (village_proposal_faults.p_period).ends_on));
END;

COMMENT ON FUNCTION app.village_proposal_faults(b jsonb, p_village app.unit, p_period app.period) IS 'Everything that is wrong with what a head proposes.';

CREATE FUNCTION app.village_proposal_shown(q app.village_proposal) RETURNS TABLE(id bigint, unit text, village text, village_name text, period text, indicator text, name text, unit_of_measure text, value numeric, missing_reason text, note text, proposed_by text, proposed_at timestamp with time zone, outcome text, reason text, decided_by text, decided_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (village_proposal_shown.q).id AS id,
     u.code,
     v.code,
     app.unit_name_on(v.id, p.ends_on) AS unit_name_on,
     p.code,
     i.code,
     d.name_vi,
     d.unit_vi,
     trim_scale((village_proposal_shown.q).value) AS trim_scale,
     (village_proposal_shown.q).missing_reason AS missing_reason,
     ((village_proposal_shown.q).note)::text AS note,
     ((village_proposal_shown.q).proposer_name)::text AS proposer_name,
     (village_proposal_shown.q).proposed_at AS proposed_at,
         CASE
             WHEN app.is_superseded(village_proposal_shown.q) THEN 'superseded'::text
             WHEN ((village_proposal_shown.q).decision IS NULL) THEN 'open'::text
             WHEN ((village_proposal_shown.q).decision = 'take'::text) THEN 'taken'::text
             ELSE 'refused'::text
         END AS "case",
     ((village_proposal_shown.q).reason)::text AS reason,
     ((village_proposal_shown.q).decider_name)::text AS decider_name,
     (village_proposal_shown.q).decided_at AS decided_at
    FROM app.unit u,
     app.unit v,
     app.period p,
     app.indicator i,
     app.indicator_version d
   WHERE ((u.id = (village_proposal_shown.q).unit_id) AND (v.id = (village_proposal_shown.q).village_id) AND (p.id = (village_proposal_shown.q).period_id) AND (i.id = (village_proposal_shown.q).indicator_id) AND (d.indicator_id = i.id) AND (d.valid @> p.ends_on));
END;

COMMENT ON FUNCTION app.village_proposal_shown(q app.village_proposal) IS 'A proposal as answers show it.';

CREATE FUNCTION app.village_proposal_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.unit_id := (select app.unit_parent_on(new.village_id, p.ends_on) from app.period p where p.id = new.period_id);
    new.proposed_by := app.me();
    new.proposer_name := app.account_name(app.me());
    new.proposed_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.village_proposal_stamp() IS 'Whoever proposes is named; it goes to the commune the village is in on the last day of the period.';

CREATE FUNCTION app.village_sheet(s app.submission, p_kind text, p_period app.period) RETURNS json
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT COALESCE(json_agg(json_build_object('indicator', i.code, 'name', d.name_vi, 'unit_of_measure', d.unit_vi, 'by_village', (t.indicator_id IS NOT NULL), 'villages', cardinality(x.villages), 'answered', COALESCE(t.answered, 0), 'value', trim_scale(v.value), 'missing_reason', v.missing_reason, 'values', ( SELECT COALESCE(json_agg(json_build_object('village', u.code, 'value', trim_scale(w.value), 'missing_reason', w.missing_reason, 'by', app.account_name(w.written_by), 'at', w.written_at, 'proposal', w.proposal_id) ORDER BY u.code), '[]'::json) AS "coalesce"
            FROM (app.village_value w
              JOIN app.unit u ON ((u.id = w.village_id)))
           WHERE ((w.submission_id = (village_sheet.s).id) AND (w.indicator_id = i.id))), 'proposals', ( SELECT COALESCE(json_agg(json_build_object('id', q.id, 'village', u.code, 'value', trim_scale(q.value), 'missing_reason', q.missing_reason, 'note', q.note, 'by', q.proposer_name, 'at', q.proposed_at) ORDER BY u.code), '[]'::json) AS "coalesce"
            FROM (app.village_proposal q
              JOIN app.unit u ON ((u.id = q.village_id)))
           WHERE (((q.unit_id = (village_sheet.s).unit_id) AND (q.period_id = (village_sheet.s).period_id) AND (q.indicator_id = i.id)) AND (q.decision IS NULL) AND (NOT app.is_superseded(q.*))))) ORDER BY i.sort_order), '[]'::json) AS "coalesce"
    FROM (((((app.form_indicator f
      JOIN app.indicator i ON ((i.id = f.indicator_id)))
      JOIN app.indicator_version d ON (((d.indicator_id = i.id) AND (d.valid @> (village_sheet.p_period).ends_on) AND app.adds_up_over_villages(d.*) AND (village_sheet.p_kind = ANY (d.applies_to)))))
      CROSS JOIN LATERAL ( SELECT app.villages_on((village_sheet.s).unit_id, (village_sheet.p_period).ends_on) AS villages) x)
      LEFT JOIN app.village_totals(ARRAY[(village_sheet.s).id]) t(submission_id, indicator_id, villages, answered, value, missing_reason) ON ((t.indicator_id = i.id)))
      LEFT JOIN app.submission_value v ON (((v.submission_id = (village_sheet.s).id) AND (v.indicator_id = i.id))))
   WHERE (f.form_id = (village_sheet.s).form_id);
END;

COMMENT ON FUNCTION app.village_sheet(s app.submission, p_kind text, p_period app.period) IS 'The figures of a report that can be entered by village: the parts, what is proposed and open, and what stands in the report.';

CREATE FUNCTION app.village_summed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    reports constant bigint[] := array(select distinct c.submission_id from changed c);
begin
    perform from app.submission s where s.id = any (reports) order by s.id for update; -- one after the other: each sum sees all parts
    delete from app.submission_value v
     where (v.submission_id, v.indicator_id) in (select c.submission_id, c.indicator_id from changed c)
       and not exists (select from app.village_totals(reports) t
                        where (t.submission_id, t.indicator_id) = (v.submission_id, v.indicator_id) and num_nonnulls(t.value, t.missing_reason) = 1);
    insert into app.submission_value as v (submission_id, unit_id, indicator_id, value, missing_reason, written_by)
    select distinct t.submission_id, c.unit_id, t.indicator_id, t.value, t.missing_reason, app.me()
      from app.village_totals(reports) t join changed c using (submission_id, indicator_id)
     where num_nonnulls(t.value, t.missing_reason) = 1
    on conflict (submission_id, indicator_id) do update
       set (value, missing_reason, written_by, written_at, import_id, import_row)
         = (excluded.value, excluded.missing_reason, excluded.written_by, now(), null, null)
     where (v.value, v.missing_reason) is distinct from (excluded.value, excluded.missing_reason);
    return null;
end $$;

COMMENT ON FUNCTION app.village_summed() IS 'Keeps the commune''s figure equal to the sum of its parts: no figure while a village''s part is missing.';

CREATE FUNCTION app.village_sums(p_submission bigint, b jsonb) RETURNS json
    LANGUAGE plpgsql
    AS $$ -- volatile: it sees what this statement has written
begin
    return (select coalesce(json_agg(json_build_object('indicator', i.code, 'villages', t.villages, 'answered', t.answered, 'value', t.value,
                                                       'missing_reason', t.missing_reason) order by i.sort_order), '[]')
              from app.village_totals(array[p_submission]) t join app.indicator i on i.id = t.indicator_id
             where i.code in (select v ->> 'indicator' from jsonb_array_elements(b -> 'values') v)
                or t.indicator_id in (select q.indicator_id from app.village_proposal q
                                       where q.id in (select (k ->> 'id')::bigint from jsonb_array_elements(b -> 'proposals') k)));
end $$;

COMMENT ON FUNCTION app.village_sums(p_submission bigint, b jsonb) IS 'What the parts that a body speaks of add up to now.';

CREATE FUNCTION app.village_value_stamp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if not new.village_id = any ((select app.villages_on(s.unit_id, p.ends_on) from app.submission s join app.period p on p.id = s.period_id
                                   where s.id = new.submission_id)::int[]) then
        perform app.problem(403, 'forbidden');
    end if;
    new.written_by := app.me();
    new.written_at := now();
    return new;
end $$;

COMMENT ON FUNCTION app.village_value_stamp() IS 'A part is of one of the commune''s villages, and names who wrote it.';

CREATE FUNCTION app.wrote(s app.submission) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return s.created_by = app.me()
    or exists (select from app.submission_value v where v.submission_id = s.id and v.written_by = app.me())
    or exists (select from app.village_value v where v.submission_id = s.id and v.written_by = app.me());
end $$;

COMMENT ON FUNCTION app.wrote(s app.submission) IS 'Did the caller start it or enter any of it?';

CREATE AGGREGATE app.audit_hash(p_start bytea, p_digest bytea) (
    SFUNC = app.audit_link,
    STYPE = bytea
);

COMMENT ON AGGREGATE app.audit_hash(p_start bytea, p_digest bytea) IS 'As a window function over digests in their order: the hash of each, starting behind p_start.';

CREATE TABLE app.acceptance (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    form_id integer NOT NULL,
    period_id integer NOT NULL,
    receiver_id integer NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    invented boolean NOT NULL,
    CONSTRAINT acceptance_lasts CHECK ((ended_at >= accepted_at))
);

ALTER TABLE ONLY app.acceptance FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.acceptance IS 'From when to when submissions were accepted, written by the trigger of the step alone: what a figure of an earlier day was made of.  It repeats what the audit has of submissions, and is not audited itself.';

COMMENT ON COLUMN app.acceptance.id IS 'Number.';

COMMENT ON COLUMN app.acceptance.submission_id IS 'Submission.';

COMMENT ON COLUMN app.acceptance.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.acceptance.form_id IS 'Its form.';

COMMENT ON COLUMN app.acceptance.period_id IS 'Its period.';

COMMENT ON COLUMN app.acceptance.receiver_id IS 'The unit it was sent to.';

COMMENT ON COLUMN app.acceptance.accepted_at IS 'Since when.';

COMMENT ON COLUMN app.acceptance.ended_at IS 'Until when: it was opened again; null: it still is.';

COMMENT ON COLUMN app.acceptance.invented IS 'Entered by a demonstration account.';

ALTER TABLE app.acceptance ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.acceptance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.account ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.audit_head (
    id integer NOT NULL,
    chain text NOT NULL COLLATE pg_catalog."C",
    unit_id integer,
    account_id integer,
    seq bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT decode(repeat('00'::text, 32), 'hex'::text) NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32))
)
WITH (fillfactor='50');

ALTER TABLE ONLY app.audit_head FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.audit_head IS 'Where each chain of the record of changes ends.  Its row is the lock under which a chain grows.';

COMMENT ON COLUMN app.audit_head.id IS 'Order in which the chains began.';

COMMENT ON COLUMN app.audit_head.chain IS 'Chain.';

COMMENT ON COLUMN app.audit_head.unit_id IS 'Unit whose chain it is.';

COMMENT ON COLUMN app.audit_head.account_id IS 'Account whose chain it is, of changes that belong to no unit.';

COMMENT ON COLUMN app.audit_head.seq IS 'Number of its rows.';

COMMENT ON COLUMN app.audit_head.hash IS 'Hash of its last row.';

COMMENT ON COLUMN app.audit_head.at IS 'When that was written.';

ALTER TABLE app.audit_head ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.audit_head_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.change (
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    kind text NOT NULL,
    subject bigint NOT NULL,
    code text NOT NULL,
    unit_id integer,
    receiver_id integer,
    was text,
    became text,
    published boolean DEFAULT false NOT NULL,
    CONSTRAINT change_kind_check CHECK ((kind = ANY (ARRAY['unit'::text, 'target'::text, 'submission'::text, 'publication'::text])))
);

ALTER TABLE ONLY app.change FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.change IS 'Which things were changed by which transaction, for 90 days.';

COMMENT ON COLUMN app.change.id IS 'Order within a transaction.';

COMMENT ON COLUMN app.change.xid IS 'The transaction.';

COMMENT ON COLUMN app.change.at IS 'When it began.';

COMMENT ON COLUMN app.change.kind IS 'What was changed.';

COMMENT ON COLUMN app.change.subject IS 'Its number.';

COMMENT ON COLUMN app.change.code IS 'By what answers name it: the code of a unit, the number of the others.';

COMMENT ON COLUMN app.change.unit_id IS 'Unit of a submission or target.';

COMMENT ON COLUMN app.change.receiver_id IS 'Unit a submission is sent to.';

COMMENT ON COLUMN app.change.was IS 'State of a submission before; null: it was not there.';

COMMENT ON COLUMN app.change.became IS 'State of a submission after.';

COMMENT ON COLUMN app.change.published IS 'Had the district published it?';

ALTER TABLE app.change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.document (
    id integer NOT NULL,
    code app.code NOT NULL,
    kind text NOT NULL,
    number text,
    symbol app.line,
    issuer app.line NOT NULL,
    issuer_unit_id integer,
    issued_on date,
    issue_place app.line,
    title app.prose NOT NULL,
    title_as_issued app.prose,
    signer_title app.line,
    signer_name app.line,
    verified boolean NOT NULL,
    note app.prose,
    CONSTRAINT document_kind_check CHECK ((kind = ANY (ARRAY['KH'::text, 'CT'::text, 'NQ'::text, 'QD'::text, 'BC'::text, 'LKG'::text, 'OTHER'::text]))),
    CONSTRAINT document_number_check CHECK ((number ~ '^[0-9]+$'::text))
);

COMMENT ON TABLE app.document IS 'Plans, directives, resolutions.  Numbers restart each year per issuer and kind: the plan itself cites two documents numbered 19.';

COMMENT ON COLUMN app.document.id IS 'Internal number.';

COMMENT ON COLUMN app.document.code IS 'Code of our own.';

COMMENT ON COLUMN app.document.kind IS 'Kind, as abbreviated by Decree 30/2020/NĐ-CP: KH plan, CT directive, NQ resolution, QD decision, BC report; LKG = appeal.';

COMMENT ON COLUMN app.document.number IS 'Number; null where none is given.';

COMMENT ON COLUMN app.document.symbol IS 'Symbol after the number, e.g. KH-UBND.';

COMMENT ON COLUMN app.document.issuer IS 'Issuing body: committees, councils and Party bodies.';

COMMENT ON COLUMN app.document.issuer_unit_id IS 'Unit of the issuing body, where it is one of ours.';

COMMENT ON COLUMN app.document.issued_on IS 'Day of issue.';

COMMENT ON COLUMN app.document.issue_place IS 'Place of issue.';

COMMENT ON COLUMN app.document.title IS 'What it is about (trích yếu), slips of the pen corrected.';

COMMENT ON COLUMN app.document.title_as_issued IS 'The wording as issued, where it differs.';

COMMENT ON COLUMN app.document.signer_title IS 'Authority and title of the signer, as signed.';

COMMENT ON COLUMN app.document.signer_name IS 'Signer, as signed.';

COMMENT ON COLUMN app.document.verified IS 'Was the document itself seen, or only cited?';

COMMENT ON COLUMN app.document.note IS 'What to know about it.';

ALTER TABLE app.document ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.document_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.document_link (
    document_id integer NOT NULL,
    relation text NOT NULL,
    target_id integer NOT NULL,
    clause app.line,
    CONSTRAINT document_link_check CHECK ((target_id <> document_id)),
    CONSTRAINT document_link_relation_check CHECK ((relation = ANY (ARRAY['IMPLEMENTS'::text, 'BASED_ON'::text, 'CONTINUES'::text, 'TIED_TO'::text])))
);

COMMENT ON TABLE app.document_link IS 'How documents refer to each other: a graph, not one parent.';

COMMENT ON COLUMN app.document_link.document_id IS 'The document that refers.';

COMMENT ON COLUMN app.document_link.relation IS 'thực hiện, trên cơ sở, tiếp tục thực hiện, gắn với.';

COMMENT ON COLUMN app.document_link.target_id IS 'The document it refers to.';

COMMENT ON COLUMN app.document_link.clause IS 'Where it does.';

CREATE TABLE app.extension (
    id bigint NOT NULL,
    receiver_id integer NOT NULL,
    period_id integer NOT NULL,
    form_id integer,
    due_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    reason app.prose NOT NULL,
    created_by integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT extension_instants CHECK (((expires_at > created_at) AND (due_at <= expires_at))),
    CONSTRAINT extension_with_reason CHECK (((reason)::text ~ '\S'::text))
);

ALTER TABLE ONLY app.extension FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.extension IS 'More time that a district gives some of its units, append-only: of those that name a unit the last one counts.';

COMMENT ON COLUMN app.extension.id IS 'Order of giving.';

COMMENT ON COLUMN app.extension.receiver_id IS 'The district that gives it.';

COMMENT ON COLUMN app.extension.period_id IS 'Period.';

COMMENT ON COLUMN app.extension.form_id IS 'Form; null for all of the period.';

COMMENT ON COLUMN app.extension.due_at IS 'Until when it is in time; null: as the period has it.';

COMMENT ON COLUMN app.extension.expires_at IS 'Until then the units may change and submit, whatever the period''s lock.';

COMMENT ON COLUMN app.extension.reason IS 'Why.';

COMMENT ON COLUMN app.extension.created_by IS 'Who gave it.';

COMMENT ON COLUMN app.extension.created_at IS 'When.';

ALTER TABLE app.extension ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.extension_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.extension_unit (
    extension_id bigint NOT NULL,
    receiver_id integer NOT NULL,
    period_id integer NOT NULL,
    unit_id integer NOT NULL
);

ALTER TABLE ONLY app.extension_unit FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.extension_unit IS 'The units an extension is for, each reporting to the district that gives it.';

COMMENT ON COLUMN app.extension_unit.extension_id IS 'Extension.';

COMMENT ON COLUMN app.extension_unit.receiver_id IS 'Its district.';

COMMENT ON COLUMN app.extension_unit.period_id IS 'Its period.';

COMMENT ON COLUMN app.extension_unit.unit_id IS 'Unit.';

ALTER TABLE app.follow_up ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.follow_up_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.form ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.form_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.heartbeat (
    one boolean DEFAULT true NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT heartbeat_one_check CHECK (one)
);

COMMENT ON TABLE app.heartbeat IS 'The pulse of the primary, beaten by each process of the service that reads from a standby; the one row is not audited, for it says nothing about anybody.';

COMMENT ON COLUMN app.heartbeat.one IS 'There is one row.';

COMMENT ON COLUMN app.heartbeat.at IS 'Last beat.';

ALTER TABLE app.import ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.import_word (
    field text NOT NULL,
    word text NOT NULL,
    code text NOT NULL,
    CONSTRAINT import_word_field_check CHECK ((field = ANY (ARRAY['missing_reason'::text, 'status'::text]))),
    CONSTRAINT import_word_word_check CHECK ((word = app.fold(word)))
);

COMMENT ON TABLE app.import_word IS 'What people write in a file for the codes of the contract; case and accents do not matter.';

COMMENT ON COLUMN app.import_word.field IS 'Column it stands in.';

COMMENT ON COLUMN app.import_word.word IS 'The word, folded.';

COMMENT ON COLUMN app.import_word.code IS 'The code it means.';

ALTER TABLE app.indicator ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.indicator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.indicator_version ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.indicator_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.justification ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.justification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.period ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.period_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.publication (
    id integer NOT NULL,
    unit_id integer NOT NULL,
    form_id integer NOT NULL,
    period_id integer NOT NULL,
    published_by integer NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    note app.prose
);

ALTER TABLE ONLY app.publication FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.publication IS 'What a district has published to all its communes: the accepted submissions of a form and period.';

COMMENT ON COLUMN app.publication.id IS 'Number.';

COMMENT ON COLUMN app.publication.unit_id IS 'The district.';

COMMENT ON COLUMN app.publication.form_id IS 'Form.';

COMMENT ON COLUMN app.publication.period_id IS 'Period.';

COMMENT ON COLUMN app.publication.published_by IS 'District leader who did.';

COMMENT ON COLUMN app.publication.published_at IS 'When.';

COMMENT ON COLUMN app.publication.note IS 'Remark.';

ALTER TABLE app.publication ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.publication_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.receipt ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.receipt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.reopen_request ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.reopen_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.rule ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.rule_term (
    rule_id integer NOT NULL,
    side text NOT NULL,
    taken text DEFAULT 'value'::text NOT NULL,
    indicator_id integer NOT NULL,
    coefficient numeric DEFAULT 1 NOT NULL,
    CONSTRAINT rule_term_left CHECK (((side <> 'left'::text) OR (taken = 'value'::text))),
    CONSTRAINT rule_term_side_check CHECK ((side = ANY (ARRAY['left'::text, 'right'::text, 'divisor'::text]))),
    CONSTRAINT rule_term_taken_check CHECK ((taken = ANY (ARRAY['value'::text, 'earlier'::text, 'within'::text, 'target'::text])))
);

COMMENT ON TABLE app.rule_term IS 'The sums on the sides of a rule; a side without terms is 1.  Where one of its figures is missing a rule is not judged: missing is not zero.';

COMMENT ON COLUMN app.rule_term.rule_id IS 'Rule.';

COMMENT ON COLUMN app.rule_term.side IS 'left, right, or divisor of the right side.';

COMMENT ON COLUMN app.rule_term.taken IS 'value: of the report itself; earlier: of the last period before that was submitted on this form; within: what was submitted for the periods inside this one (a year is not less than its halves: flows belong to their own window, so only windows inside each other compare); target: what the unit is to reach this year.';

COMMENT ON COLUMN app.rule_term.indicator_id IS 'Entered indicator; of a pair its numerator, of a status 1 or 0.';

COMMENT ON COLUMN app.rule_term.coefficient IS 'Factor.';

CREATE TABLE app.secret (
    only_one boolean DEFAULT true NOT NULL,
    key bytea NOT NULL,
    CONSTRAINT secret_only_one_check CHECK (only_one)
);

ALTER TABLE ONLY app.secret FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.secret IS 'Key that seals the identity of a transaction; nobody but the owner reads it.';

COMMENT ON COLUMN app.secret.only_one IS 'There is one row.';

COMMENT ON COLUMN app.secret.key IS '32 random bytes.';

CREATE TABLE app.sign_in_failure (
    login text NOT NULL,
    address text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sign_in_failure_address_check CHECK ((length(address) <= 100)),
    CONSTRAINT sign_in_failure_login_check CHECK ((length(login) <= 200))
);

ALTER TABLE ONLY app.sign_in_failure FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.sign_in_failure IS 'Failed sign-ins of the last day, to slow guessing down.';

COMMENT ON COLUMN app.sign_in_failure.login IS 'Name that was tried.';

COMMENT ON COLUMN app.sign_in_failure.address IS 'Address it was tried from.';

COMMENT ON COLUMN app.sign_in_failure.at IS 'When.';

CREATE TABLE app.submission_comment (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    indicator_id integer,
    side text NOT NULL,
    visibility text NOT NULL,
    text app.prose NOT NULL,
    written_by integer NOT NULL,
    writer_name app.line NOT NULL,
    writer_role text NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT submission_comment_says_something CHECK (((text)::text ~ '\S'::text)),
    CONSTRAINT submission_comment_side_check CHECK ((side = ANY (ARRAY['unit'::text, 'receiver'::text]))),
    CONSTRAINT submission_comment_visibility_check CHECK ((visibility = ANY (ARRAY['own'::text, 'shared'::text])))
);

ALTER TABLE ONLY app.submission_comment FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.submission_comment IS 'What is said about a report or one of its values, append-only: a comment is corrected by another.';

COMMENT ON COLUMN app.submission_comment.id IS 'Order of writing.';

COMMENT ON COLUMN app.submission_comment.submission_id IS 'Submission.';

COMMENT ON COLUMN app.submission_comment.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.submission_comment.indicator_id IS 'The value it is about; null for the whole report.';

COMMENT ON COLUMN app.submission_comment.side IS 'Written for the reporting unit or for the receiver.';

COMMENT ON COLUMN app.submission_comment.visibility IS 'own: for the writer''s side alone; shared: for both sides, as far as they see the submission.';

COMMENT ON COLUMN app.submission_comment.text IS 'What is said.';

COMMENT ON COLUMN app.submission_comment.written_by IS 'Who.';

COMMENT ON COLUMN app.submission_comment.writer_name IS 'Name at that time.';

COMMENT ON COLUMN app.submission_comment.writer_role IS 'In which role.';

COMMENT ON COLUMN app.submission_comment.written_at IS 'Server clock.';

ALTER TABLE app.submission_comment ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.submission_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.submission ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.submission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.submission_transition (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    unit_id integer NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor_id integer NOT NULL,
    actor_name app.line NOT NULL,
    actor_role text NOT NULL,
    reason app.prose,
    content jsonb
);

ALTER TABLE ONLY app.submission_transition FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.submission_transition IS 'Steps of submissions, append-only.';

COMMENT ON COLUMN app.submission_transition.id IS 'Order of the steps.';

COMMENT ON COLUMN app.submission_transition.submission_id IS 'Submission.';

COMMENT ON COLUMN app.submission_transition.unit_id IS 'Its unit.';

COMMENT ON COLUMN app.submission_transition.at IS 'Server clock.';

COMMENT ON COLUMN app.submission_transition.action IS 'submit, withdraw, return, accept or reopen.';

COMMENT ON COLUMN app.submission_transition.from_state IS 'State before.';

COMMENT ON COLUMN app.submission_transition.to_state IS 'State after.';

COMMENT ON COLUMN app.submission_transition.actor_id IS 'Who.';

COMMENT ON COLUMN app.submission_transition.actor_name IS 'Name at that time: a later change of office does not alter who signed.';

COMMENT ON COLUMN app.submission_transition.actor_role IS 'In which role.';

COMMENT ON COLUMN app.submission_transition.reason IS 'Why; always there for a return.';

COMMENT ON COLUMN app.submission_transition.content IS 'What was submitted, value by value, so that a returned report stays as it was.';

ALTER TABLE app.submission_transition ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.submission_transition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.target ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.target_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.token (
    id integer NOT NULL,
    account_id integer NOT NULL,
    name app.line NOT NULL,
    hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT token_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT token_scopes_known CHECK (((scopes <@ '{data:read,data:write,workflow,catalog:write,accounts:write}'::text[]) AND (cardinality(scopes) > 0)))
);

ALTER TABLE ONLY app.token FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE app.token IS 'Tokens for machines: shown once, stored as SHA-256.';

COMMENT ON COLUMN app.token.id IS 'Internal number.';

COMMENT ON COLUMN app.token.account_id IS 'Whose it is; it never may more than its owner.';

COMMENT ON COLUMN app.token.name IS 'What its owner calls it.';

COMMENT ON COLUMN app.token.hash IS 'SHA-256 of the secret.';

COMMENT ON COLUMN app.token.scopes IS 'What it may be used for.';

COMMENT ON COLUMN app.token.created_at IS 'When it was made.';

COMMENT ON COLUMN app.token.expires_at IS 'Until when it is good.';

COMMENT ON COLUMN app.token.revoked_at IS 'Since when it is revoked; null while it is not.';

ALTER TABLE app.token ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.unit_change (
    id integer NOT NULL,
    code app.code NOT NULL,
    effective_on date NOT NULL,
    legal_basis app.prose NOT NULL,
    note app.prose
);

COMMENT ON TABLE app.unit_change IS 'Reorganisations: dated events with links from old units to new ones.  No value is ever moved by them.';

COMMENT ON COLUMN app.unit_change.id IS 'Internal number.';

COMMENT ON COLUMN app.unit_change.code IS 'Code of the event.';

COMMENT ON COLUMN app.unit_change.effective_on IS 'First day of the new order.';

COMMENT ON COLUMN app.unit_change.legal_basis IS 'Resolution or law, with what of it was verified.';

COMMENT ON COLUMN app.unit_change.note IS 'What to know about it.';

ALTER TABLE app.unit_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.unit_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.unit_change_link (
    id integer NOT NULL,
    change_id integer NOT NULL,
    kind text NOT NULL,
    from_unit_id integer NOT NULL,
    to_unit_id integer,
    whole boolean NOT NULL,
    population integer,
    population_of integer,
    area_km2 numeric,
    note app.prose,
    verification app.prose,
    CONSTRAINT unit_change_link_area_km2_check CHECK ((area_km2 >= (0)::numeric)),
    CONSTRAINT unit_change_link_check CHECK ((population_of >= population)),
    CONSTRAINT unit_change_link_kind_check CHECK ((kind = ANY (ARRAY['MERGE'::text, 'PARTIAL_TRANSFER'::text, 'RECODE'::text, 'ABOLISH'::text, 'UNCHANGED_NEW_PARENT'::text]))),
    CONSTRAINT unit_change_link_part CHECK ((whole OR ((num_nulls(population, population_of) = 0) AND (population_of > 0)))),
    CONSTRAINT unit_change_link_population_check CHECK ((population >= 0)),
    CONSTRAINT unit_change_link_transfer CHECK (((kind <> 'PARTIAL_TRANSFER'::text) OR (NOT whole)))
);

COMMENT ON TABLE app.unit_change_link IS 'What of an old unit went to which new one.';

COMMENT ON COLUMN app.unit_change_link.id IS 'Internal number.';

COMMENT ON COLUMN app.unit_change_link.change_id IS 'The event.';

COMMENT ON COLUMN app.unit_change_link.kind IS 'What happened.';

COMMENT ON COLUMN app.unit_change_link.from_unit_id IS 'Unit before.';

COMMENT ON COLUMN app.unit_change_link.to_unit_id IS 'Unit after; null when it ended without a successor.';

COMMENT ON COLUMN app.unit_change_link.whole IS 'All of the unit, or a part.';

COMMENT ON COLUMN app.unit_change_link.population IS 'People who moved with a part.';

COMMENT ON COLUMN app.unit_change_link.population_of IS 'People of the unit before: the share is population / population_of.';

COMMENT ON COLUMN app.unit_change_link.area_km2 IS 'Area that moved with a part, km².';

COMMENT ON COLUMN app.unit_change_link.note IS 'What to know about it.';

COMMENT ON COLUMN app.unit_change_link.verification IS 'How far this was verified.';

COMMENT ON CONSTRAINT unit_change_link_part ON app.unit_change_link IS 'Of a part it is known how much of the whole it is.';

COMMENT ON CONSTRAINT unit_change_link_transfer ON app.unit_change_link IS 'What is transferred in part is a part.';

ALTER TABLE app.unit_change_link ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.unit_change_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.unit_code (
    unit_id integer NOT NULL,
    scheme text DEFAULT 'gso'::text NOT NULL,
    code text NOT NULL,
    valid daterange NOT NULL,
    CONSTRAINT unit_code_code_check CHECK ((code ~ '^[0-9]{2,5}$'::text)),
    CONSTRAINT unit_code_scheme_check CHECK ((scheme = 'gso'::text)),
    CONSTRAINT unit_code_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE app.unit_code IS 'Official codes through time (mã đơn vị hành chính): 23674 and 52 each meant two units.';

COMMENT ON COLUMN app.unit_code.unit_id IS 'Unit.';

COMMENT ON COLUMN app.unit_code.scheme IS 'Who gives the code: gso = General Statistics Office.';

COMMENT ON COLUMN app.unit_code.code IS 'The code.';

COMMENT ON COLUMN app.unit_code.valid IS 'Days it meant this unit.';

CREATE TABLE app.unit_group (
    id integer NOT NULL,
    code app.code NOT NULL,
    name_vi app.line NOT NULL,
    name_en app.line NOT NULL,
    note app.prose
);

COMMENT ON TABLE app.unit_group IS 'Units that are looked at together though no unit of the administration unites them: the land of a district that has ended.';

COMMENT ON COLUMN app.unit_group.id IS 'Internal number.';

COMMENT ON COLUMN app.unit_group.code IS 'Code of our own.';

COMMENT ON COLUMN app.unit_group.name_vi IS 'Vietnamese name.';

COMMENT ON COLUMN app.unit_group.name_en IS 'English name.';

COMMENT ON COLUMN app.unit_group.note IS 'What to know about it.';

ALTER TABLE app.unit_group ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.unit_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.unit_group_member (
    group_id integer NOT NULL,
    unit_id integer NOT NULL,
    valid daterange NOT NULL,
    CONSTRAINT unit_group_member_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE app.unit_group_member IS 'Which units a group has, through time; with what stands below them.';

COMMENT ON COLUMN app.unit_group_member.group_id IS 'Group.';

COMMENT ON COLUMN app.unit_group_member.unit_id IS 'Unit.';

COMMENT ON COLUMN app.unit_group_member.valid IS 'Days on which it is in the group.';

ALTER TABLE app.unit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.unit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.unit_name (
    unit_id integer NOT NULL,
    name app.line NOT NULL,
    name_gso app.line,
    variants text[] DEFAULT '{}'::text[] NOT NULL,
    valid daterange NOT NULL,
    CONSTRAINT unit_name_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE app.unit_name IS 'Names of a unit through time.';

COMMENT ON COLUMN app.unit_name.unit_id IS 'Unit.';

COMMENT ON COLUMN app.unit_name.name IS 'Official name, as the resolutions write it.';

COMMENT ON COLUMN app.unit_name.name_gso IS 'Name in the data of the statistics office, where it differs.';

COMMENT ON COLUMN app.unit_name.variants IS 'Other spellings, for searching.';

COMMENT ON COLUMN app.unit_name.valid IS 'Days it was in use.';

ALTER TABLE app.value_revision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.value_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.village_proposal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.village_proposal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY app.acceptance
    ADD CONSTRAINT acceptance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.account
    ADD CONSTRAINT account_login_once UNIQUE (login);

ALTER TABLE ONLY app.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.account_role
    ADD CONSTRAINT account_role_pkey PRIMARY KEY (account_id, role, unit_id);

ALTER TABLE ONLY app.answer
    ADD CONSTRAINT answer_pkey PRIMARY KEY (receipt_id);

ALTER TABLE ONLY app.audit_head
    ADD CONSTRAINT audit_head_once UNIQUE (chain);

ALTER TABLE ONLY app.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.audit
    ADD CONSTRAINT audit_place UNIQUE (chain, seq);

ALTER TABLE ONLY app.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.document
    ADD CONSTRAINT document_code_key UNIQUE (code);

ALTER TABLE ONLY app.document_link
    ADD CONSTRAINT document_link_pkey PRIMARY KEY (document_id, relation, target_id);

ALTER TABLE ONLY app.document
    ADD CONSTRAINT document_once UNIQUE NULLS NOT DISTINCT (issuer, symbol, number, issued_on, title);

ALTER TABLE ONLY app.document
    ADD CONSTRAINT document_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.extension
    ADD CONSTRAINT extension_of_period UNIQUE (id, receiver_id, period_id);

ALTER TABLE ONLY app.extension
    ADD CONSTRAINT extension_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.extension_unit
    ADD CONSTRAINT extension_unit_pkey PRIMARY KEY (unit_id, period_id, extension_id);

ALTER TABLE ONLY app.follow_up
    ADD CONSTRAINT follow_up_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.form
    ADD CONSTRAINT form_code_key UNIQUE (code);

ALTER TABLE ONLY app.form
    ADD CONSTRAINT form_id_level_frequency_valid_key UNIQUE (id, level, frequency, valid);

ALTER TABLE ONLY app.form_indicator
    ADD CONSTRAINT form_indicator_asked_once EXCLUDE USING gist (level WITH =, frequency WITH =, indicator_id WITH =, valid WITH &&);

ALTER TABLE ONLY app.form_indicator
    ADD CONSTRAINT form_indicator_pkey PRIMARY KEY (form_id, indicator_id);

ALTER TABLE ONLY app.form
    ADD CONSTRAINT form_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.heartbeat
    ADD CONSTRAINT heartbeat_pkey PRIMARY KEY (one);

ALTER TABLE ONLY app.import_job
    ADD CONSTRAINT import_job_pkey PRIMARY KEY (import_id);

ALTER TABLE ONLY app.import
    ADD CONSTRAINT import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.import
    ADD CONSTRAINT import_planned_once UNIQUE (plan_id);

ALTER TABLE ONLY app.import_word
    ADD CONSTRAINT import_word_pkey PRIMARY KEY (field, word);

ALTER TABLE ONLY app.indicator
    ADD CONSTRAINT indicator_code_key UNIQUE (code);

ALTER TABLE ONLY app.indicator
    ADD CONSTRAINT indicator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.indicator
    ADD CONSTRAINT indicator_sort_order_key UNIQUE (sort_order);

ALTER TABLE ONLY app.indicator_term
    ADD CONSTRAINT indicator_term_pkey PRIMARY KEY (version_id, side, indicator_id);

ALTER TABLE ONLY app.indicator_version
    ADD CONSTRAINT indicator_version_one_at_a_time EXCLUDE USING gist (indicator_id WITH =, valid WITH &&);

ALTER TABLE ONLY app.indicator_version
    ADD CONSTRAINT indicator_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.justification
    ADD CONSTRAINT justification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.period
    ADD CONSTRAINT period_code_key UNIQUE (code);

ALTER TABLE ONLY app.period
    ADD CONSTRAINT period_once UNIQUE (frequency, year, ordinal);

ALTER TABLE ONLY app.period
    ADD CONSTRAINT period_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.publication
    ADD CONSTRAINT publication_once UNIQUE (unit_id, form_id, period_id);

ALTER TABLE ONLY app.publication
    ADD CONSTRAINT publication_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.receiver_total
    ADD CONSTRAINT receiver_total_pkey PRIMARY KEY (period_id, receiver_id, version_id);

ALTER TABLE ONLY app.reopen_request
    ADD CONSTRAINT reopen_request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (code);

ALTER TABLE ONLY app.rule
    ADD CONSTRAINT rule_code_key UNIQUE (code);

ALTER TABLE ONLY app.rule
    ADD CONSTRAINT rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.rule_term
    ADD CONSTRAINT rule_term_pkey PRIMARY KEY (rule_id, side, taken, indicator_id);

ALTER TABLE ONLY app.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY app.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY app.submission_comment
    ADD CONSTRAINT submission_comment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_of_unit UNIQUE (id, unit_id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_once_per_form_unit_period UNIQUE (form_id, unit_id, period_id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.submission_transition
    ADD CONSTRAINT submission_transition_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.submission_value
    ADD CONSTRAINT submission_value_pkey PRIMARY KEY (submission_id, indicator_id);

ALTER TABLE ONLY app.target
    ADD CONSTRAINT target_once UNIQUE (unit_id, indicator_id, year, document_id, revision);

ALTER TABLE ONLY app.target
    ADD CONSTRAINT target_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.token
    ADD CONSTRAINT token_hash_key UNIQUE (hash);

ALTER TABLE ONLY app.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.transition_rule
    ADD CONSTRAINT transition_rule_from_state_to_state_key UNIQUE (from_state, to_state);

ALTER TABLE ONLY app.transition_rule
    ADD CONSTRAINT transition_rule_pkey PRIMARY KEY (action, from_state);

ALTER TABLE ONLY app.unit_change
    ADD CONSTRAINT unit_change_code_key UNIQUE (code);

ALTER TABLE ONLY app.unit_change_link
    ADD CONSTRAINT unit_change_link_once UNIQUE NULLS NOT DISTINCT (change_id, kind, from_unit_id, to_unit_id);

ALTER TABLE ONLY app.unit_change_link
    ADD CONSTRAINT unit_change_link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.unit_change
    ADD CONSTRAINT unit_change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.unit
    ADD CONSTRAINT unit_code_key UNIQUE (code);

ALTER TABLE ONLY app.unit_code
    ADD CONSTRAINT unit_code_one_code_at_a_time EXCLUDE USING gist (scheme WITH =, unit_id WITH =, valid WITH &&);

ALTER TABLE ONLY app.unit_code
    ADD CONSTRAINT unit_code_one_unit_at_a_time EXCLUDE USING gist (scheme WITH =, code WITH =, valid WITH &&);

ALTER TABLE ONLY app.unit_code
    ADD CONSTRAINT unit_code_pkey PRIMARY KEY (unit_id, scheme, valid);

ALTER TABLE ONLY app.unit_group
    ADD CONSTRAINT unit_group_code_key UNIQUE (code);

ALTER TABLE ONLY app.unit_group_member
    ADD CONSTRAINT unit_group_member_once EXCLUDE USING gist (group_id WITH =, unit_id WITH =, valid WITH &&);

ALTER TABLE ONLY app.unit_group_member
    ADD CONSTRAINT unit_group_member_pkey PRIMARY KEY (group_id, unit_id, valid);

ALTER TABLE ONLY app.unit_group
    ADD CONSTRAINT unit_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.unit_kind
    ADD CONSTRAINT unit_kind_code_level_key UNIQUE (code, level);

ALTER TABLE ONLY app.unit_kind
    ADD CONSTRAINT unit_kind_pkey PRIMARY KEY (code);

ALTER TABLE ONLY app.unit_name
    ADD CONSTRAINT unit_name_one_at_a_time EXCLUDE USING gist (unit_id WITH =, valid WITH &&);

ALTER TABLE ONLY app.unit_name
    ADD CONSTRAINT unit_name_pkey PRIMARY KEY (unit_id, valid);

ALTER TABLE ONLY app.unit_parent
    ADD CONSTRAINT unit_parent_one_at_a_time EXCLUDE USING gist (unit_id WITH =, valid WITH &&);

ALTER TABLE ONLY app.unit_parent
    ADD CONSTRAINT unit_parent_pkey PRIMARY KEY (unit_id, valid);

ALTER TABLE ONLY app.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.value_revision
    ADD CONSTRAINT value_revision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.village_proposal
    ADD CONSTRAINT village_proposal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.village_value
    ADD CONSTRAINT village_value_pkey PRIMARY KEY (submission_id, indicator_id, village_id);

CREATE UNIQUE INDEX acceptance_stands ON app.acceptance USING btree (submission_id) WHERE (ended_at IS NULL);

CREATE INDEX acceptance_unit ON app.acceptance USING btree (unit_id, period_id);

CREATE INDEX account_role_unit ON app.account_role USING btree (unit_id);

CREATE INDEX answer_at ON app.answer USING btree (answered_at);

CREATE INDEX audit_head_unit ON app.audit_head USING btree (unit_id);

CREATE INDEX audit_table_at ON app.audit USING btree (table_name, at);

CREATE INDEX change_order ON app.change USING btree (xid, id);

CREATE INDEX document_link_target ON app.document_link USING btree (target_id);

CREATE INDEX extension_period ON app.extension USING btree (period_id, receiver_id);

CREATE INDEX extension_unit_extension ON app.extension_unit USING btree (extension_id);

CREATE INDEX follow_up_owner ON app.follow_up USING btree (owner_id) WHERE (closed_at IS NULL);

CREATE INDEX follow_up_submission ON app.follow_up USING btree (submission_id);

CREATE INDEX form_indicator_indicator ON app.form_indicator USING btree (indicator_id);

CREATE INDEX import_account ON app.import USING btree (account_id, id);

CREATE INDEX import_job_account ON app.import_job USING btree (account_id) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX import_job_waiting ON app.import_job USING btree (attempts, import_id) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX indicator_term_indicator ON app.indicator_term USING btree (indicator_id);

CREATE INDEX justification_submission ON app.justification USING btree (submission_id, rule_id);

CREATE UNIQUE INDEX receipt_key_once ON app.receipt USING btree (account_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX receiver_total_receiver ON app.receiver_total USING btree (receiver_id);

CREATE INDEX receiver_total_version ON app.receiver_total USING btree (version_id);

CREATE UNIQUE INDEX reopen_request_once_at_a_time ON app.reopen_request USING btree (submission_id) WHERE (decision IS NULL);

CREATE INDEX reopen_request_submission ON app.reopen_request USING btree (submission_id);

CREATE INDEX rule_term_indicator ON app.rule_term USING btree (indicator_id);

CREATE INDEX session_account ON app.session USING btree (account_id);

CREATE INDEX sign_in_failure_address ON app.sign_in_failure USING btree (address, at);

CREATE INDEX sign_in_failure_login ON app.sign_in_failure USING btree (login, at);

CREATE INDEX submission_comment_submission ON app.submission_comment USING btree (submission_id);

CREATE INDEX submission_period ON app.submission USING btree (period_id, form_id);

CREATE INDEX submission_receiver ON app.submission USING btree (receiver_id, period_id);

CREATE INDEX submission_transition_submission ON app.submission_transition USING btree (submission_id);

CREATE INDEX submission_unit_period ON app.submission USING btree (unit_id, period_id);

CREATE INDEX submission_value_indicator ON app.submission_value USING btree (indicator_id);

CREATE INDEX target_document ON app.target USING btree (document_id);

CREATE INDEX target_indicator ON app.target USING btree (indicator_id, year);

CREATE INDEX token_account ON app.token USING btree (account_id);

CREATE INDEX unit_group_member_unit ON app.unit_group_member USING btree (unit_id);

CREATE INDEX unit_parent_parent ON app.unit_parent USING btree (parent_id);

CREATE INDEX value_revision_value ON app.value_revision USING btree (submission_id, indicator_id, id);

CREATE INDEX village_proposal_unit ON app.village_proposal USING btree (unit_id, period_id, indicator_id, village_id);

CREATE INDEX village_proposal_village ON app.village_proposal USING btree (village_id);

CREATE INDEX village_value_proposal ON app.village_value USING btree (proposal_id);

CREATE INDEX village_value_village ON app.village_value USING btree (village_id);

CREATE TRIGGER acceptance_kept AFTER UPDATE ON app.submission FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (('accepted'::text = old.state) OR ('accepted'::text = new.state)))) EXECUTE FUNCTION app.acceptance_kept();

CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON app.audit FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.account REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.account_role REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.answer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.document REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.document_link REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.extension REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.extension_unit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.follow_up REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.form REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.form_indicator REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.import REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.import_job REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.import_word REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.indicator REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.indicator_term REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.indicator_version REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.justification REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.period REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.publication REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.receipt REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.reopen_request REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.role REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.rule REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.rule_term REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.secret REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.session REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.sign_in_failure REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.submission REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.submission_comment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.submission_transition REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.submission_value REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.target REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.token REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.transition_rule REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_change REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_change_link REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_code REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_group REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_group_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_kind REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_name REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.unit_parent REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.village_proposal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_changed AFTER UPDATE ON app.village_value REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_changed();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.account REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.account_role REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.answer REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.document REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.document_link REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.extension REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.extension_unit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.follow_up REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.form REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.form_indicator REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.import REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.import_job REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.import_word REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.indicator REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.indicator_term REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.indicator_version REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.justification REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.period REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.publication REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.receipt REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.reopen_request REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.role REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.rule REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.rule_term REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.secret REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.session REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.sign_in_failure REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.submission REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.submission_comment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.submission_transition REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.submission_value REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.target REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.token REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.transition_rule REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_change REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_change_link REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_code REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_group REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_group_member REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_kind REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_name REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.unit_parent REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.village_proposal REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_deleted AFTER DELETE ON app.village_value REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_deleted();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.account FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.account_role FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.answer FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.document FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.document_link FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.extension FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.extension_unit FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.follow_up FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.form FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.form_indicator FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.import FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.import_job FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.import_word FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.indicator FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.indicator_term FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.indicator_version FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.justification FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.period FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.publication FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.receipt FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.reopen_request FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.role FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.rule FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.rule_term FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.secret FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.session FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.sign_in_failure FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.submission FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.submission_comment FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.submission_transition FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.submission_value FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.target FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.token FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.transition_rule FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_change FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_change_link FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_code FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_group FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_group_member FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_kind FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_name FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.unit_parent FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.village_proposal FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON app.village_value FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON app.audit_head FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.account REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.account_role REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.answer REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.document REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.document_link REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.extension REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.extension_unit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.follow_up REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.form REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.form_indicator REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.import REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.import_job REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.import_word REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.indicator REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.indicator_term REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.indicator_version REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.justification REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.period REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.publication REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.receipt REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.reopen_request REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.role REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.rule REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.rule_term REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.secret REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.session REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.sign_in_failure REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.submission REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.submission_comment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.submission_transition REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.submission_value REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.target REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.token REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.transition_rule REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_change REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_change_link REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_code REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_group REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_group_member REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_kind REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_name REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.unit_parent REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.village_proposal REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER audit_inserted AFTER INSERT ON app.village_value REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.audit_inserted();

CREATE TRIGGER change_known AFTER UPDATE ON app.submission REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.submission_change_known();

CREATE TRIGGER change_known_delete AFTER DELETE ON app.submission_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_change_known();

CREATE TRIGGER change_known_delete AFTER DELETE ON app.target REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.target_change_known();

CREATE TRIGGER change_known_delete AFTER DELETE ON app.unit REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_change_known();

CREATE TRIGGER change_known_delete AFTER DELETE ON app.unit_code REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_delete AFTER DELETE ON app.unit_name REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_delete AFTER DELETE ON app.unit_parent REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_insert AFTER INSERT ON app.submission_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_change_known();

CREATE TRIGGER change_known_insert AFTER INSERT ON app.target REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.target_change_known();

CREATE TRIGGER change_known_insert AFTER INSERT ON app.unit REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_change_known();

CREATE TRIGGER change_known_insert AFTER INSERT ON app.unit_code REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_insert AFTER INSERT ON app.unit_name REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_insert AFTER INSERT ON app.unit_parent REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_update AFTER UPDATE ON app.submission_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_change_known();

CREATE TRIGGER change_known_update AFTER UPDATE ON app.target REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.target_change_known();

CREATE TRIGGER change_known_update AFTER UPDATE ON app.unit REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_change_known();

CREATE TRIGGER change_known_update AFTER UPDATE ON app.unit_code REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_update AFTER UPDATE ON app.unit_name REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER change_known_update AFTER UPDATE ON app.unit_parent REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.unit_part_change_known();

CREATE TRIGGER comment_stamp BEFORE INSERT ON app.submission_comment FOR EACH ROW EXECUTE FUNCTION app.comment_stamp();

CREATE TRIGGER extension_stamp BEFORE INSERT ON app.extension FOR EACH ROW EXECUTE FUNCTION app.extension_stamp();

CREATE TRIGGER follow_up_guard BEFORE UPDATE ON app.follow_up FOR EACH ROW EXECUTE FUNCTION app.follow_up_guard();

CREATE TRIGGER follow_up_stamp BEFORE INSERT ON app.follow_up FOR EACH ROW EXECUTE FUNCTION app.follow_up_stamp();

CREATE TRIGGER import_guard BEFORE UPDATE ON app.import FOR EACH ROW EXECUTE FUNCTION app.import_guard();

CREATE TRIGGER justification_stamp BEFORE INSERT ON app.justification FOR EACH ROW EXECUTE FUNCTION app.justification_stamp();

CREATE TRIGGER made_known AFTER INSERT ON app.publication REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.publication_made_known();

CREATE TRIGGER made_known AFTER INSERT ON app.submission REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.submission_made_known();

CREATE TRIGGER period_guard BEFORE INSERT OR UPDATE ON app.period FOR EACH ROW EXECUTE FUNCTION app.period_guard();

CREATE TRIGGER publication_stamp BEFORE INSERT ON app.publication FOR EACH ROW EXECUTE FUNCTION app.publication_stamp();

CREATE TRIGGER reopen_granted AFTER UPDATE ON app.reopen_request FOR EACH ROW WHEN ((new.decision = 'grant'::text)) EXECUTE FUNCTION app.reopen_granted();

CREATE TRIGGER reopen_guard BEFORE UPDATE ON app.reopen_request FOR EACH ROW EXECUTE FUNCTION app.reopen_guard();

CREATE TRIGGER reopen_requested BEFORE INSERT ON app.reopen_request FOR EACH ROW EXECUTE FUNCTION app.reopen_requested();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON app.account FOR EACH ROW EXECUTE FUNCTION app.change_stamp();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON app.period FOR EACH ROW EXECUTE FUNCTION app.change_stamp();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON app.submission FOR EACH ROW EXECUTE FUNCTION app.change_stamp();

CREATE TRIGGER submission_guard BEFORE UPDATE ON app.submission FOR EACH ROW EXECUTE FUNCTION app.submission_guard();

CREATE TRIGGER submission_start_guard BEFORE INSERT ON app.submission FOR EACH ROW EXECUTE FUNCTION app.submission_start_guard();

CREATE TRIGGER submission_stepped AFTER UPDATE ON app.submission FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION app.submission_stepped();

CREATE TRIGGER total_guard_delete AFTER DELETE ON app.submission_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.total_guard();

CREATE TRIGGER total_guard_insert AFTER INSERT ON app.submission_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.total_guard();

CREATE TRIGGER total_guard_update AFTER UPDATE ON app.submission_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.total_guard();

CREATE TRIGGER totals_asked AFTER INSERT ON app.form_indicator REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_asked_no_more AFTER DELETE ON app.form_indicator REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_asked_otherwise AFTER UPDATE ON app.form_indicator REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_defined AFTER INSERT ON app.indicator_term REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_defined AFTER INSERT ON app.indicator_version REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_kept AFTER UPDATE ON app.submission FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (('accepted'::text = old.state) OR ('accepted'::text = new.state)))) EXECUTE FUNCTION app.totals_kept();

CREATE TRIGGER totals_moved AFTER UPDATE ON app.unit_parent REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_moved();

CREATE TRIGGER totals_moved_in AFTER INSERT ON app.unit_parent REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_moved();

CREATE TRIGGER totals_moved_out AFTER DELETE ON app.unit_parent REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.totals_moved();

CREATE TRIGGER totals_of_life AFTER UPDATE ON app.unit REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_of_life();

CREATE TRIGGER totals_redefined AFTER UPDATE ON app.indicator_term REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_redefined AFTER UPDATE ON app.indicator_version REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_undefined AFTER DELETE ON app.indicator_term REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.totals_redefined();

CREATE TRIGGER totals_without AFTER DELETE ON app.submission REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.totals_without();

CREATE CONSTRAINT TRIGGER unit_change_link_sum AFTER INSERT OR UPDATE ON app.unit_change_link DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.links_guard();

CREATE TRIGGER value_entered_delete AFTER DELETE ON app.submission_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_entered();

CREATE TRIGGER value_entered_insert AFTER INSERT ON app.submission_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_entered();

CREATE TRIGGER value_entered_update AFTER UPDATE ON app.submission_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_entered();

CREATE TRIGGER value_guard_delete AFTER DELETE ON app.submission_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_guard();

CREATE TRIGGER value_guard_insert AFTER INSERT ON app.submission_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_guard();

CREATE TRIGGER value_guard_update AFTER UPDATE ON app.submission_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_guard();

CREATE TRIGGER value_revision_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON app.value_revision FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

CREATE TRIGGER village_guard_delete AFTER DELETE ON app.village_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_guard();

CREATE TRIGGER village_guard_insert AFTER INSERT ON app.village_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_guard();

CREATE TRIGGER village_guard_update AFTER UPDATE ON app.village_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.value_guard();

CREATE TRIGGER village_proposal_decided BEFORE UPDATE ON app.village_proposal FOR EACH ROW EXECUTE FUNCTION app.village_proposal_decided();

CREATE TRIGGER village_proposal_stamp BEFORE INSERT ON app.village_proposal FOR EACH ROW EXECUTE FUNCTION app.village_proposal_stamp();

CREATE TRIGGER village_summed_delete AFTER DELETE ON app.village_value REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.village_summed();

CREATE TRIGGER village_summed_insert AFTER INSERT ON app.village_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.village_summed();

CREATE TRIGGER village_summed_update AFTER UPDATE ON app.village_value REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.village_summed();

CREATE TRIGGER village_value_stamp BEFORE INSERT OR UPDATE ON app.village_value FOR EACH ROW EXECUTE FUNCTION app.village_value_stamp();

ALTER TABLE ONLY app.acceptance
    ADD CONSTRAINT acceptance_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.account_role
    ADD CONSTRAINT account_role_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.account_role
    ADD CONSTRAINT account_role_role_fkey FOREIGN KEY (role) REFERENCES app.role(code);

ALTER TABLE ONLY app.account_role
    ADD CONSTRAINT account_role_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.account
    ADD CONSTRAINT account_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.answer
    ADD CONSTRAINT answer_receipt_id_fkey FOREIGN KEY (receipt_id) REFERENCES app.receipt(id);

ALTER TABLE ONLY app.document
    ADD CONSTRAINT document_issuer_unit_id_fkey FOREIGN KEY (issuer_unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.document_link
    ADD CONSTRAINT document_link_document_id_fkey FOREIGN KEY (document_id) REFERENCES app.document(id);

ALTER TABLE ONLY app.document_link
    ADD CONSTRAINT document_link_target_id_fkey FOREIGN KEY (target_id) REFERENCES app.document(id);

ALTER TABLE ONLY app.extension
    ADD CONSTRAINT extension_created_by_fkey FOREIGN KEY (created_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.extension
    ADD CONSTRAINT extension_form_id_fkey FOREIGN KEY (form_id) REFERENCES app.form(id);

ALTER TABLE ONLY app.extension
    ADD CONSTRAINT extension_period_id_fkey FOREIGN KEY (period_id) REFERENCES app.period(id);

ALTER TABLE ONLY app.extension
    ADD CONSTRAINT extension_receiver_id_fkey FOREIGN KEY (receiver_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.extension_unit
    ADD CONSTRAINT extension_unit_extension_id_receiver_id_period_id_fkey FOREIGN KEY (extension_id, receiver_id, period_id) REFERENCES app.extension(id, receiver_id, period_id);

ALTER TABLE ONLY app.extension_unit
    ADD CONSTRAINT extension_unit_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.follow_up
    ADD CONSTRAINT follow_up_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.follow_up
    ADD CONSTRAINT follow_up_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.follow_up
    ADD CONSTRAINT follow_up_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.follow_up
    ADD CONSTRAINT follow_up_opener_role_fkey FOREIGN KEY (opener_role) REFERENCES app.role(code);

ALTER TABLE ONLY app.follow_up
    ADD CONSTRAINT follow_up_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.follow_up
    ADD CONSTRAINT follow_up_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.form_indicator
    ADD CONSTRAINT form_indicator_form_id_level_frequency_valid_fkey FOREIGN KEY (form_id, level, frequency, valid) REFERENCES app.form(id, level, frequency, valid) ON UPDATE CASCADE;

ALTER TABLE ONLY app.form_indicator
    ADD CONSTRAINT form_indicator_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.import
    ADD CONSTRAINT import_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.import_job
    ADD CONSTRAINT import_job_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.import_job
    ADD CONSTRAINT import_job_import_id_fkey FOREIGN KEY (import_id) REFERENCES app.import(id);

ALTER TABLE ONLY app.import
    ADD CONSTRAINT import_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES app.import(id);

ALTER TABLE ONLY app.indicator
    ADD CONSTRAINT indicator_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.indicator_term
    ADD CONSTRAINT indicator_term_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.indicator_term
    ADD CONSTRAINT indicator_term_version_id_fkey FOREIGN KEY (version_id) REFERENCES app.indicator_version(id);

ALTER TABLE ONLY app.indicator_version
    ADD CONSTRAINT indicator_version_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.indicator_version
    ADD CONSTRAINT indicator_version_weight_id_fkey FOREIGN KEY (weight_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.justification
    ADD CONSTRAINT justification_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES app.rule(id);

ALTER TABLE ONLY app.justification
    ADD CONSTRAINT justification_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.justification
    ADD CONSTRAINT justification_writer_role_fkey FOREIGN KEY (writer_role) REFERENCES app.role(code);

ALTER TABLE ONLY app.justification
    ADD CONSTRAINT justification_written_by_fkey FOREIGN KEY (written_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.period
    ADD CONSTRAINT period_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.publication
    ADD CONSTRAINT publication_form_id_fkey FOREIGN KEY (form_id) REFERENCES app.form(id);

ALTER TABLE ONLY app.publication
    ADD CONSTRAINT publication_period_id_fkey FOREIGN KEY (period_id) REFERENCES app.period(id);

ALTER TABLE ONLY app.publication
    ADD CONSTRAINT publication_published_by_fkey FOREIGN KEY (published_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.publication
    ADD CONSTRAINT publication_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.receipt
    ADD CONSTRAINT receipt_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.receiver_total
    ADD CONSTRAINT receiver_total_period_id_fkey FOREIGN KEY (period_id) REFERENCES app.period(id);

ALTER TABLE ONLY app.receiver_total
    ADD CONSTRAINT receiver_total_receiver_id_fkey FOREIGN KEY (receiver_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.receiver_total
    ADD CONSTRAINT receiver_total_version_id_fkey FOREIGN KEY (version_id) REFERENCES app.indicator_version(id);

ALTER TABLE ONLY app.reopen_request
    ADD CONSTRAINT reopen_request_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.reopen_request
    ADD CONSTRAINT reopen_request_form_id_fkey FOREIGN KEY (form_id) REFERENCES app.form(id);

ALTER TABLE ONLY app.reopen_request
    ADD CONSTRAINT reopen_request_period_id_fkey FOREIGN KEY (period_id) REFERENCES app.period(id);

ALTER TABLE ONLY app.reopen_request
    ADD CONSTRAINT reopen_request_receiver_id_fkey FOREIGN KEY (receiver_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.reopen_request
    ADD CONSTRAINT reopen_request_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.reopen_request
    ADD CONSTRAINT reopen_request_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.rule_term
    ADD CONSTRAINT rule_term_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.rule_term
    ADD CONSTRAINT rule_term_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES app.rule(id);

ALTER TABLE ONLY app.session
    ADD CONSTRAINT session_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.submission_comment
    ADD CONSTRAINT submission_comment_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.submission_comment
    ADD CONSTRAINT submission_comment_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.submission_comment
    ADD CONSTRAINT submission_comment_writer_role_fkey FOREIGN KEY (writer_role) REFERENCES app.role(code);

ALTER TABLE ONLY app.submission_comment
    ADD CONSTRAINT submission_comment_written_by_fkey FOREIGN KEY (written_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_created_by_fkey FOREIGN KEY (created_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_form_id_fkey FOREIGN KEY (form_id) REFERENCES app.form(id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_period_id_fkey FOREIGN KEY (period_id) REFERENCES app.period(id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_receiver_id_fkey FOREIGN KEY (receiver_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.submission_transition
    ADD CONSTRAINT submission_transition_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.submission_transition
    ADD CONSTRAINT submission_transition_actor_role_fkey FOREIGN KEY (actor_role) REFERENCES app.role(code);

ALTER TABLE ONLY app.submission_transition
    ADD CONSTRAINT submission_transition_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.submission
    ADD CONSTRAINT submission_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.submission_value
    ADD CONSTRAINT submission_value_import FOREIGN KEY (import_id) REFERENCES app.import(id);

ALTER TABLE ONLY app.submission_value
    ADD CONSTRAINT submission_value_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.submission_value
    ADD CONSTRAINT submission_value_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.submission_value
    ADD CONSTRAINT submission_value_written_by_fkey FOREIGN KEY (written_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.target
    ADD CONSTRAINT target_document_id_fkey FOREIGN KEY (document_id) REFERENCES app.document(id);

ALTER TABLE ONLY app.target
    ADD CONSTRAINT target_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.target
    ADD CONSTRAINT target_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.token
    ADD CONSTRAINT token_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.account(id);

ALTER TABLE ONLY app.transition_rule
    ADD CONSTRAINT transition_rule_role_fkey FOREIGN KEY (role) REFERENCES app.role(code);

ALTER TABLE ONLY app.unit_change_link
    ADD CONSTRAINT unit_change_link_change_id_fkey FOREIGN KEY (change_id) REFERENCES app.unit_change(id);

ALTER TABLE ONLY app.unit_change_link
    ADD CONSTRAINT unit_change_link_from_unit_id_fkey FOREIGN KEY (from_unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.unit_change_link
    ADD CONSTRAINT unit_change_link_to_unit_id_fkey FOREIGN KEY (to_unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.unit_code
    ADD CONSTRAINT unit_code_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.unit_group_member
    ADD CONSTRAINT unit_group_member_group_id_fkey FOREIGN KEY (group_id) REFERENCES app.unit_group(id);

ALTER TABLE ONLY app.unit_group_member
    ADD CONSTRAINT unit_group_member_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.unit
    ADD CONSTRAINT unit_kind_fkey FOREIGN KEY (kind) REFERENCES app.unit_kind(code);

ALTER TABLE ONLY app.unit_name
    ADD CONSTRAINT unit_name_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.unit_parent
    ADD CONSTRAINT unit_parent_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.unit_parent
    ADD CONSTRAINT unit_parent_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.village_proposal
    ADD CONSTRAINT village_proposal_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.village_proposal
    ADD CONSTRAINT village_proposal_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.village_proposal
    ADD CONSTRAINT village_proposal_period_id_fkey FOREIGN KEY (period_id) REFERENCES app.period(id);

ALTER TABLE ONLY app.village_proposal
    ADD CONSTRAINT village_proposal_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES app.account(id);

ALTER TABLE ONLY app.village_proposal
    ADD CONSTRAINT village_proposal_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.village_proposal
    ADD CONSTRAINT village_proposal_village_id_fkey FOREIGN KEY (village_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.village_value
    ADD CONSTRAINT village_value_indicator_id_fkey FOREIGN KEY (indicator_id) REFERENCES app.indicator(id);

ALTER TABLE ONLY app.village_value
    ADD CONSTRAINT village_value_proposal_id_fkey FOREIGN KEY (proposal_id) REFERENCES app.village_proposal(id);

ALTER TABLE ONLY app.village_value
    ADD CONSTRAINT village_value_submission_id_unit_id_fkey FOREIGN KEY (submission_id, unit_id) REFERENCES app.submission(id, unit_id);

ALTER TABLE ONLY app.village_value
    ADD CONSTRAINT village_value_village_id_fkey FOREIGN KEY (village_id) REFERENCES app.unit(id);

ALTER TABLE ONLY app.village_value
    ADD CONSTRAINT village_value_written_by_fkey FOREIGN KEY (written_by) REFERENCES app.account(id);

ALTER TABLE app.acceptance ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.account ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.account_role ENABLE ROW LEVEL SECURITY;

CREATE POLICY admin_changes ON app.account FOR UPDATE TO thidua_api USING (( SELECT app.is_admin() AS is_admin));

CREATE POLICY admin_gives ON app.account_role FOR INSERT TO thidua_api WITH CHECK (( SELECT app.is_admin() AS is_admin));

CREATE POLICY admin_makes ON app.account FOR INSERT TO thidua_api WITH CHECK (( SELECT app.is_admin() AS is_admin));

CREATE POLICY admin_takes ON app.account_role FOR DELETE TO thidua_api USING (( SELECT app.is_admin() AS is_admin));

ALTER TABLE app.answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.audit ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.audit_head ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.change ENABLE ROW LEVEL SECURITY;

CREATE POLICY culture_officer_decides ON app.village_proposal FOR UPDATE TO thidua_api USING (((unit_id = ANY (( SELECT app.units_of_role('CULTURE_INFO_OFFICER'::text) AS units_of_role)::integer[])) AND (EXISTS ( SELECT
   FROM app.indicator i
  WHERE ((i.id = village_proposal.indicator_id) AND (i.field = 'culture'::text))))));

CREATE POLICY culture_officer_writes ON app.submission_value TO thidua_api USING (((unit_id = ANY (( SELECT app.units_of_role('CULTURE_INFO_OFFICER'::text) AS units_of_role)::integer[])) AND (EXISTS ( SELECT
   FROM app.indicator i
  WHERE ((i.id = submission_value.indicator_id) AND (i.field = 'culture'::text)))))) WITH CHECK (((written_by = ( SELECT app.me() AS me)) AND (unit_id = ANY (( SELECT app.units_of_role('CULTURE_INFO_OFFICER'::text) AS units_of_role)::integer[])) AND (EXISTS ( SELECT
   FROM app.indicator i
  WHERE ((i.id = submission_value.indicator_id) AND (i.field = 'culture'::text))))));

CREATE POLICY culture_officer_writes ON app.village_value TO thidua_api USING (((unit_id = ANY (( SELECT app.units_of_role('CULTURE_INFO_OFFICER'::text) AS units_of_role)::integer[])) AND (EXISTS ( SELECT
   FROM app.indicator i
  WHERE ((i.id = village_value.indicator_id) AND (i.field = 'culture'::text)))))) WITH CHECK (((written_by = ( SELECT app.me() AS me)) AND (unit_id = ANY (( SELECT app.units_of_role('CULTURE_INFO_OFFICER'::text) AS units_of_role)::integer[])) AND (EXISTS ( SELECT
   FROM app.indicator i
  WHERE ((i.id = village_value.indicator_id) AND (i.field = 'culture'::text))))));

CREATE POLICY everybody ON app.publication FOR SELECT TO thidua_api USING ((( SELECT app.me() AS me) IS NOT NULL));

ALTER TABLE app.extension ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.extension_unit ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.follow_up ENABLE ROW LEVEL SECURITY;

CREATE POLICY guarded ON app.submission FOR UPDATE TO thidua_api USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.acceptance TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.account TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.account_role TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.answer TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.audit TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.audit_head TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.change TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.extension FOR SELECT TO thidua_owner USING (true);

CREATE POLICY guards ON app.extension_unit FOR SELECT TO thidua_owner USING (true);

CREATE POLICY guards ON app.import_job TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.receipt TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.receiver_total TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.secret TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.session TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.sign_in_failure TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY guards ON app.submission FOR SELECT TO thidua_owner USING (true);

CREATE POLICY guards ON app.submission_value FOR SELECT TO thidua_owner USING (true);

CREATE POLICY guards ON app.token TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY head_proposes ON app.village_proposal FOR INSERT TO thidua_api WITH CHECK (((proposed_by = ( SELECT app.me() AS me)) AND (decision IS NULL) AND (village_id = ANY (( SELECT app.units_of_role('VILLAGE_HEAD'::text) AS units_of_role)::integer[]))));

CREATE POLICY home_affairs_decides ON app.reopen_request FOR UPDATE TO thidua_api USING ((receiver_id = ANY (( SELECT app.units_of_role('DISTRICT_HOME_AFFAIRS'::text) AS units_of_role)::integer[])));

CREATE POLICY home_affairs_gives ON app.extension FOR INSERT TO thidua_api WITH CHECK ((receiver_id = ANY (( SELECT app.units_of_role('DISTRICT_HOME_AFFAIRS'::text) AS units_of_role)::integer[])));

CREATE POLICY home_affairs_gives ON app.extension_unit FOR INSERT TO thidua_api WITH CHECK (((receiver_id = ANY (( SELECT app.units_of_role('DISTRICT_HOME_AFFAIRS'::text) AS units_of_role)::integer[])) AND (receiver_id = app.unit_parent_on(unit_id, ( SELECT p.ends_on
   FROM app.period p
  WHERE (p.id = extension_unit.period_id))))));

ALTER TABLE app.import ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.import_job ENABLE ROW LEVEL SECURITY;

CREATE POLICY in_reach ON app.acceptance FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[])) OR (receiver_id = ANY (( SELECT app.reach('accepted'::text) AS reach)::integer[])) OR ((( SELECT app.me() AS me) IS NOT NULL) AND (EXISTS ( SELECT
   FROM app.publication p
  WHERE ((p.unit_id = acceptance.receiver_id) AND (p.form_id = acceptance.form_id) AND (p.period_id = acceptance.period_id)))))));

CREATE POLICY in_reach ON app.change FOR SELECT TO thidua_api USING (
CASE kind
    WHEN 'submission'::text THEN ((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR ((('draft'::text <> was) OR ('draft'::text <> became)) AND (receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[]))) OR ((('accepted'::text = was) OR ('accepted'::text = became)) AND ((receiver_id = ANY (( SELECT app.reach('accepted'::text) AS reach)::integer[])) OR (published AND (( SELECT app.me() AS me) IS NOT NULL)))))
    WHEN 'target'::text THEN (unit_id = ANY (( SELECT ((app.reach('own'::text) || app.reach('received'::text)) || app.reach('accepted'::text)))::integer[]))
    ELSE (( SELECT app.me() AS me) IS NOT NULL)
END);

CREATE POLICY in_reach ON app.extension FOR SELECT TO thidua_api USING (((receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[])) OR (EXISTS ( SELECT
   FROM app.extension_unit u
  WHERE (u.extension_id = extension.id)))));

CREATE POLICY in_reach ON app.extension_unit FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[]))));

CREATE POLICY in_reach ON app.follow_up FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = follow_up.submission_id) AND (s.state <> 'draft'::text) AND (s.receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[])))))));

CREATE POLICY in_reach ON app.justification FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = justification.submission_id) AND (s.state <> 'draft'::text) AND (justification.written_at <= s.submitted_at) AND (s.receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[])))))));

CREATE POLICY in_reach ON app.receiver_total FOR SELECT TO thidua_api USING (((receiver_id IN ( SELECT unnest(app.reach('received'::text)) AS unnest)) OR (receiver_id IN ( SELECT unnest(app.reach('accepted'::text)) AS unnest))));

CREATE POLICY in_reach ON app.reopen_request FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[]))));

CREATE POLICY in_reach ON app.submission FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR ((state <> 'draft'::text) AND (receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[]))) OR ((state = 'accepted'::text) AND (receiver_id = ANY (( SELECT app.reach('accepted'::text) AS reach)::integer[]))) OR ((state = 'accepted'::text) AND (( SELECT app.me() AS me) IS NOT NULL) AND (EXISTS ( SELECT
   FROM app.publication p
  WHERE ((p.unit_id = submission.receiver_id) AND (p.form_id = submission.form_id) AND (p.period_id = submission.period_id)))))));

CREATE POLICY in_reach ON app.submission_comment FOR SELECT TO thidua_api USING ((((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) AND ((visibility = 'shared'::text) OR (side = 'unit'::text))) OR (((visibility = 'shared'::text) OR (side = 'receiver'::text)) AND (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = submission_comment.submission_id) AND (s.state <> 'draft'::text) AND (s.receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[]))))))));

CREATE POLICY in_reach ON app.submission_transition FOR SELECT TO thidua_api USING (((EXISTS ( SELECT
   FROM app.submission s
  WHERE (s.id = submission_transition.submission_id))) AND ((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = submission_transition.submission_id) AND (s.receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[]))))))));

CREATE POLICY in_reach ON app.submission_value FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = submission_value.submission_id) AND (s.state = ANY (ARRAY['submitted'::text, 'accepted'::text])))))));

CREATE POLICY in_reach ON app.target FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (unit_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[])) OR (unit_id = ANY (( SELECT app.reach('accepted'::text) AS reach)::integer[]))));

CREATE POLICY in_reach ON app.value_revision FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR ((event <> 'entered'::text) AND (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = value_revision.submission_id) AND (s.receiver_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[])))))) OR ((event = 'accepted'::text) AND (EXISTS ( SELECT
   FROM app.acceptance a
  WHERE (a.submission_id = value_revision.submission_id))))));

CREATE POLICY in_reach ON app.village_proposal FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (village_id = ANY (( SELECT app.units_of_role('VILLAGE_HEAD'::text) AS units_of_role)::integer[]))));

CREATE POLICY in_reach ON app.village_value FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = village_value.submission_id) AND (s.state = ANY (ARRAY['submitted'::text, 'accepted'::text])))))));

ALTER TABLE app.justification ENABLE ROW LEVEL SECURITY;

CREATE POLICY leader_asks ON app.reopen_request FOR INSERT TO thidua_api WITH CHECK ((unit_id = ANY (( SELECT app.units_of_role('COMMUNE_LEADER'::text) AS units_of_role)::integer[])));

CREATE POLICY leader_publishes ON app.publication FOR INSERT TO thidua_api WITH CHECK ((unit_id = ANY (( SELECT app.units_of_role('DISTRICT_LEADER'::text) AS units_of_role)::integer[])));

CREATE POLICY officer_decides ON app.village_proposal FOR UPDATE TO thidua_api USING ((unit_id = ANY (( SELECT app.units_of_role('OFFICE_STAT_OFFICER'::text) AS units_of_role)::integer[])));

CREATE POLICY officer_starts ON app.submission FOR INSERT TO thidua_api WITH CHECK (((unit_id = ANY (( SELECT app.units_of_role('OFFICE_STAT_OFFICER'::text) AS units_of_role)::integer[])) AND (state = 'draft'::text)));

CREATE POLICY officer_writes ON app.submission_value TO thidua_api USING ((unit_id = ANY (( SELECT app.units_of_role('OFFICE_STAT_OFFICER'::text) AS units_of_role)::integer[]))) WITH CHECK (((written_by = ( SELECT app.me() AS me)) AND (unit_id = ANY (( SELECT app.units_of_role('OFFICE_STAT_OFFICER'::text) AS units_of_role)::integer[]))));

CREATE POLICY officer_writes ON app.village_value TO thidua_api USING ((unit_id = ANY (( SELECT app.units_of_role('OFFICE_STAT_OFFICER'::text) AS units_of_role)::integer[]))) WITH CHECK (((written_by = ( SELECT app.me() AS me)) AND (unit_id = ANY (( SELECT app.units_of_role('OFFICE_STAT_OFFICER'::text) AS units_of_role)::integer[]))));

CREATE POLICY own ON app.import TO thidua_api USING ((account_id = ( SELECT app.me() AS me))) WITH CHECK ((account_id = ( SELECT app.me() AS me)));

CREATE POLICY own ON app.import_job TO thidua_api USING ((account_id = ( SELECT app.me() AS me))) WITH CHECK ((account_id = ( SELECT app.me() AS me)));

CREATE POLICY own ON app.receipt FOR SELECT TO thidua_api USING ((account_id = ( SELECT app.me() AS me)));

CREATE POLICY own_tokens ON app.token FOR SELECT TO thidua_api USING ((account_id = ( SELECT app.me() AS me)));

CREATE POLICY own_tokens_made ON app.token FOR INSERT TO thidua_api WITH CHECK ((account_id = ( SELECT app.me() AS me)));

CREATE POLICY own_tokens_revoked ON app.token FOR UPDATE TO thidua_api USING ((account_id = ( SELECT app.me() AS me)));

CREATE POLICY owner_or_opener_closes ON app.follow_up FOR UPDATE TO thidua_api USING (((( SELECT app.me() AS me) = owner_id) OR (( SELECT app.me() AS me) = opened_by)));

ALTER TABLE app.publication ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.receipt ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.receiver_total ENABLE ROW LEVEL SECURITY;

CREATE POLICY recorded ON app.value_revision FOR INSERT TO thidua_owner WITH CHECK ((event = 'entered'::text));

ALTER TABLE app.reopen_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.secret ENABLE ROW LEVEL SECURITY;

CREATE POLICY seeds ON app.target TO thidua_owner USING (true) WITH CHECK (true);

CREATE POLICY self_or_admin ON app.account FOR SELECT TO thidua_api USING (((id = ( SELECT app.me() AS me)) OR ( SELECT app.is_admin() AS is_admin)));

CREATE POLICY self_or_admin ON app.account_role FOR SELECT TO thidua_api USING (((account_id = ( SELECT app.me() AS me)) OR ( SELECT app.is_admin() AS is_admin)));

ALTER TABLE app.session ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sign_in_failure ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.submission ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.submission_comment ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.submission_transition ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.submission_value ENABLE ROW LEVEL SECURITY;

CREATE POLICY taken ON app.submission_transition FOR INSERT TO thidua_api WITH CHECK (((pg_trigger_depth() > 0) AND (actor_id = ( SELECT app.me() AS me)) AND ((actor_name)::text = app.account_name(actor_id)) AND (at = now()) AND (EXISTS ( SELECT
   FROM (app.submission s
     JOIN app.transition_rule r ON ((r.to_state = s.state)))
  WHERE ((s.id = submission_transition.submission_id) AND (s.updated_at = now()) AND ((r.action = submission_transition.action) AND (r.from_state = submission_transition.from_state) AND (r.to_state = submission_transition.to_state) AND (r.role = submission_transition.actor_role)) AND (((r.role || '@'::text) ||
        CASE r.side
            WHEN 'unit'::text THEN s.unit_id
            ELSE s.receiver_id
        END) = ANY (app.grants())))))));

CREATE POLICY taken ON app.value_revision FOR INSERT TO thidua_api WITH CHECK (((event <> 'entered'::text) AND (pg_trigger_depth() > 0) AND (by_id = ( SELECT app.me() AS me)) AND (by_name = app.account_name(by_id)) AND (at = now()) AND (EXISTS ( SELECT
   FROM app.submission s
  WHERE ((s.id = value_revision.submission_id) AND (s.unit_id = value_revision.unit_id) AND (s.state = value_revision.event) AND (s.updated_at = now())))) AND ((EXISTS ( SELECT
   FROM app.submission_value v
  WHERE ((v.submission_id = value_revision.submission_id) AND (v.indicator_id = value_revision.indicator_id) AND (NOT ((((((((v.value IS DISTINCT FROM value_revision.value) OR (v.numerator IS DISTINCT FROM value_revision.numerator)) OR (v.denominator IS DISTINCT FROM value_revision.denominator)) OR (v.missing_reason IS DISTINCT FROM value_revision.missing_reason)) OR (v.status IS DISTINCT FROM value_revision.status)) OR ((v.note)::text IS DISTINCT FROM value_revision.note)) OR (v.import_id IS DISTINCT FROM value_revision.import_id)) OR (v.import_row IS DISTINCT FROM value_revision.import_row)))))) = (status IS NOT NULL))));

CREATE POLICY taking_part ON app.follow_up FOR INSERT TO thidua_api WITH CHECK (((opened_by = ( SELECT app.me() AS me)) AND (EXISTS ( SELECT
   FROM app.submission s
  WHERE (s.id = follow_up.submission_id)))));

CREATE POLICY taking_part ON app.justification FOR INSERT TO thidua_api WITH CHECK (((written_by = ( SELECT app.me() AS me)) AND (EXISTS ( SELECT
   FROM app.submission s
  WHERE (s.id = justification.submission_id)))));

CREATE POLICY taking_part ON app.submission_comment FOR INSERT TO thidua_api WITH CHECK (((written_by = ( SELECT app.me() AS me)) AND (EXISTS ( SELECT
   FROM app.submission s
  WHERE (s.id = submission_comment.submission_id)))));

ALTER TABLE app.target ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.token ENABLE ROW LEVEL SECURITY;

CREATE POLICY told_by_triggers ON app.change FOR INSERT TO thidua_api WITH CHECK (((pg_trigger_depth() > 0) AND (xid = pg_current_xact_id()) AND (at = now())));

ALTER TABLE app.value_revision ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.village_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.village_value ENABLE ROW LEVEL SECURITY;

CREATE POLICY witnesses ON app.audit_head FOR SELECT TO thidua_api USING (((unit_id = ANY (( SELECT app.reach('own'::text) AS reach)::integer[])) OR (unit_id = ANY (( SELECT app.reach('received'::text) AS reach)::integer[])) OR (unit_id = ANY (( SELECT app.reach('accepted'::text) AS reach)::integer[])) OR (account_id = ( SELECT app.me() AS me)) OR ( SELECT app.is_admin() AS is_admin)));

GRANT USAGE ON SCHEMA app TO thidua_api;

GRANT SELECT ON TABLE app.indicator_version TO thidua_api;

REVOKE ALL ON FUNCTION app.account_bootstrap(p_login text, p_name text, p_password jsonb, p_roles text[], p_demo boolean) FROM PUBLIC;

GRANT SELECT(id) ON TABLE app.account TO thidua_api;

GRANT SELECT(login),INSERT(login) ON TABLE app.account TO thidua_api;

GRANT SELECT(name),INSERT(name),UPDATE(name) ON TABLE app.account TO thidua_api;

GRANT INSERT(password_salt),UPDATE(password_salt) ON TABLE app.account TO thidua_api;

GRANT INSERT(password_verifier),UPDATE(password_verifier) ON TABLE app.account TO thidua_api;

GRANT INSERT(password_opslimit),UPDATE(password_opslimit) ON TABLE app.account TO thidua_api;

GRANT INSERT(password_memlimit),UPDATE(password_memlimit) ON TABLE app.account TO thidua_api;

GRANT SELECT(demo),INSERT(demo) ON TABLE app.account TO thidua_api;

GRANT SELECT(version),UPDATE(version) ON TABLE app.account TO thidua_api;

GRANT SELECT(created_at) ON TABLE app.account TO thidua_api;

GRANT SELECT(disabled_at),UPDATE(disabled_at) ON TABLE app.account TO thidua_api;

GRANT SELECT(updated_by) ON TABLE app.account TO thidua_api;

GRANT SELECT(updated_at) ON TABLE app.account TO thidua_api;

GRANT SELECT,INSERT,DELETE ON TABLE app.account_role TO thidua_api;

GRANT SELECT ON TABLE app.unit TO thidua_api;

GRANT SELECT ON TABLE app.role TO thidua_api;

GRANT SELECT ON TABLE app.unit_kind TO thidua_api;

GRANT SELECT,INSERT,UPDATE ON TABLE app.submission TO thidua_api;

GRANT SELECT ON TABLE app.form_indicator TO thidua_api;

GRANT SELECT ON TABLE app.indicator TO thidua_api;

GRANT SELECT ON TABLE app.period TO thidua_api;

GRANT INSERT(code) ON TABLE app.period TO thidua_api;

GRANT INSERT(frequency) ON TABLE app.period TO thidua_api;

GRANT INSERT(year) ON TABLE app.period TO thidua_api;

GRANT INSERT(ordinal) ON TABLE app.period TO thidua_api;

GRANT INSERT(starts_on) ON TABLE app.period TO thidua_api;

GRANT INSERT(ends_on) ON TABLE app.period TO thidua_api;

GRANT INSERT(due_at),UPDATE(due_at) ON TABLE app.period TO thidua_api;

GRANT INSERT(grace_until),UPDATE(grace_until) ON TABLE app.period TO thidua_api;

GRANT INSERT(locks_at),UPDATE(locks_at) ON TABLE app.period TO thidua_api;

GRANT UPDATE(version) ON TABLE app.period TO thidua_api;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.submission_value TO thidua_api;

REVOKE ALL ON FUNCTION app.audit_append(p_table name, p_action text, p_before jsonb[], p_after jsonb[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.audit_dump() FROM PUBLIC;

REVOKE ALL ON PROCEDURE app.audit_table(IN target regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.audit_take(p_chains text[]) FROM PUBLIC;

GRANT SELECT ON TABLE app.target TO thidua_api;

GRANT SELECT ON TABLE app.reopen_request TO thidua_api;

GRANT INSERT(submission_id) ON TABLE app.reopen_request TO thidua_api;

GRANT INSERT(unit_id) ON TABLE app.reopen_request TO thidua_api;

GRANT INSERT(receiver_id) ON TABLE app.reopen_request TO thidua_api;

GRANT INSERT(reason) ON TABLE app.reopen_request TO thidua_api;

GRANT UPDATE(decision) ON TABLE app.reopen_request TO thidua_api;

GRANT UPDATE(decision_reason) ON TABLE app.reopen_request TO thidua_api;

GRANT UPDATE(expires_at) ON TABLE app.reopen_request TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.village_proposal TO thidua_api;

GRANT UPDATE(decision) ON TABLE app.village_proposal TO thidua_api;

GRANT UPDATE(reason) ON TABLE app.village_proposal TO thidua_api;

GRANT SELECT ON TABLE app.follow_up TO thidua_api;

GRANT INSERT(submission_id) ON TABLE app.follow_up TO thidua_api;

GRANT INSERT(unit_id) ON TABLE app.follow_up TO thidua_api;

GRANT INSERT(indicator_id) ON TABLE app.follow_up TO thidua_api;

GRANT INSERT(text) ON TABLE app.follow_up TO thidua_api;

GRANT INSERT(owner_login) ON TABLE app.follow_up TO thidua_api;

GRANT INSERT(due_on) ON TABLE app.follow_up TO thidua_api;

GRANT UPDATE(closing_text) ON TABLE app.follow_up TO thidua_api;

GRANT SELECT ON TABLE app.transition_rule TO thidua_api;

GRANT SELECT ON TABLE app.form TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.import TO thidua_api;

GRANT UPDATE(locale) ON TABLE app.import TO thidua_api;

GRANT UPDATE(unit) ON TABLE app.import TO thidua_api;

GRANT UPDATE(period) ON TABLE app.import TO thidua_api;

GRANT UPDATE(outcome) ON TABLE app.import TO thidua_api;

GRANT UPDATE(counts) ON TABLE app.import TO thidua_api;

GRANT UPDATE(faults) ON TABLE app.import TO thidua_api;

GRANT UPDATE(faults_total) ON TABLE app.import TO thidua_api;

GRANT UPDATE(plan) ON TABLE app.import TO thidua_api;

GRANT UPDATE(findings) ON TABLE app.import TO thidua_api;

GRANT SELECT(import_id),INSERT(import_id) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(account_id),INSERT(account_id) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(state) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(attempts) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(due_at) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(request),INSERT(request) ON TABLE app.import_job TO thidua_api;

GRANT INSERT(hash) ON TABLE app.import_job TO thidua_api;

GRANT INSERT(sealed) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(problem) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(started_at) ON TABLE app.import_job TO thidua_api;

GRANT SELECT(ended_at) ON TABLE app.import_job TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.justification TO thidua_api;

GRANT SELECT ON TABLE app.rule TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.value_revision TO thidua_api;

REVOKE ALL ON FUNCTION app.receive(p_account integer, p_operation text, p_key text, p_fingerprint bytea, p_body_sha256 bytea, OUT receipt bigint) FROM PUBLIC;

GRANT SELECT ON TABLE app.receipt TO thidua_api;

REVOKE ALL ON FUNCTION app.seal(p_name text, p_value text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.sealed_put(p_name text, p_value text) FROM PUBLIC;

GRANT SELECT ON TABLE app.indicator_term TO thidua_api;

GRANT SELECT,INSERT,DELETE ON TABLE app.village_value TO thidua_api;

GRANT UPDATE(value) ON TABLE app.village_value TO thidua_api;

GRANT UPDATE(missing_reason) ON TABLE app.village_value TO thidua_api;

GRANT UPDATE(proposal_id) ON TABLE app.village_value TO thidua_api;

GRANT SELECT ON TABLE app.receiver_total TO thidua_api;

REVOKE ALL ON FUNCTION app.totals_rebuild() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.totals_refresh(p_receivers integer[]) FROM PUBLIC;

GRANT SELECT ON TABLE app.unit_parent TO thidua_api;

GRANT SELECT ON TABLE app.acceptance TO thidua_api;

GRANT SELECT ON TABLE app.audit_head TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.change TO thidua_api;

GRANT SELECT ON TABLE app.document TO thidua_api;

GRANT SELECT ON TABLE app.document_link TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.extension TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.extension_unit TO thidua_api;

GRANT SELECT ON TABLE app.heartbeat TO thidua_api;

GRANT SELECT ON TABLE app.import_word TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.publication TO thidua_api;

GRANT SELECT ON TABLE app.rule_term TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.submission_comment TO thidua_api;

GRANT SELECT,INSERT ON TABLE app.submission_transition TO thidua_api;

GRANT SELECT(id) ON TABLE app.token TO thidua_api;

GRANT SELECT(account_id),INSERT(account_id) ON TABLE app.token TO thidua_api;

GRANT SELECT(name),INSERT(name) ON TABLE app.token TO thidua_api;

GRANT INSERT(hash) ON TABLE app.token TO thidua_api;

GRANT SELECT(scopes),INSERT(scopes) ON TABLE app.token TO thidua_api;

GRANT SELECT(created_at) ON TABLE app.token TO thidua_api;

GRANT SELECT(expires_at),INSERT(expires_at) ON TABLE app.token TO thidua_api;

GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE app.token TO thidua_api;

GRANT SELECT ON TABLE app.unit_change TO thidua_api;

GRANT SELECT ON TABLE app.unit_change_link TO thidua_api;

GRANT SELECT ON TABLE app.unit_code TO thidua_api;

GRANT SELECT ON TABLE app.unit_group TO thidua_api;

GRANT SELECT ON TABLE app.unit_group_member TO thidua_api;

GRANT SELECT ON TABLE app.unit_name TO thidua_api;

-- thidua_api: TimeZone=Asia/Ho_Chi_Minh
-- thidua_api: idle_in_transaction_session_timeout=10s
-- thidua_api: jit=off
-- thidua_api: lock_timeout=2s
-- thidua_api: search_path=app, pg_catalog
-- thidua_api: statement_timeout=5s
