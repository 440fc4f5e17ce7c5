// columns.mjs: the answers of the contract = the columns of db/queries, prepared on a database; the arguments of a
// query = what serve_query() gives it.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { takesBody } from './operations.mjs';
import { differ, subtract } from './report.mjs';

// What handlers of api/domain add to their query: arguments, and members of the answer.
const HANDLERS = {
    token_create: { arguments: 2, members: ['token'] },
    account_create: { arguments: 2, members: ['password'] },
    account_update: { arguments: 1, members: [] },
    validation_get: { arguments: 0, members: ['errors'] },
    receipt_get: { arguments: 0, members: ['signature', 'public_key'] },
};

// Queries that a handler or db.c calls with arguments of its own, by their number.
const CALLED = { session_open: 4, session_write: 7, sign_in_find: 2, stream_open: 0, session_create: 8, import_start: 12, import_create: 5, import_source: 1,
    form_template: 3, session_ticket: 2, standby_fresh: 2, position_get: 0, heartbeat: 0, import_queue: 15, import_job_take: 0, import_job_start: 1, import_job_finish: 5, import_job_refuse: 2, import_job_leave: 4 };
const SESSION_MEMBERS = ['token'];

const SCHEMAS = {
    text: 'string',
    boolean: 'boolean',
    smallint: 'integer',
    integer: 'integer',
    bigint: 'integer',
    numeric: 'number',
    date: 'string date',
    'timestamp with time zone': 'string date-time',
    json: 'json',
    jsonb: 'json',
};

export function compareColumns(contract, program, conninfo, root, report) {
    const queries = describeQueries(conninfo, new URL('db/queries/', root));
    const routed = program.routes.filter(r => r.query);
    const known = [...routed.map(r => r.query), ...Object.keys(CALLED).filter(q => !routed.some(r => r.query === q))];
    report.add('queries', subtract([...queries.keys()], known, 'db/queries', 'api/routes.def'));
    for (const [name, count] of Object.entries(CALLED))
        report.add(`${name}: arguments`, differ('number', count, queries.get(name)?.parameters));
    for (const route of routed.filter(r => queries.has(r.query) && contract.operations.has(r.operation))) {
        const query = queries.get(route.query);
        const operation = contract.operations.get(route.operation);
        report.add(`${route.operation}: columns`, compareAnswer(contract, operation, route, query));
        report.add(`${route.operation}: keeps its answer (app.answered)`, differ('query', takesBody(route) && !route.reads, query.keeps));
        report.add(`${route.operation}: headers`, compareHeaders(contract, operation, query));
        if (!(route.query in CALLED))
            report.add(`${route.operation}: arguments`, differ('number', argumentsOf(route), query.parameters));
    }
}

// By name: {columns: [{name, type}], parameters: number, makes: boolean}, as PostgreSQL prepares them.
function describeQueries(conninfo, folder) {
    const queries = new Map();
    let script = '';
    for (const file of readdirSync(folder).filter(f => f.endsWith('.sql')).sort()) {
        const name = file.slice(0, -4);
        const text = readFileSync(new URL(file, folder), 'utf8').trimEnd();
        queries.set(name, { columns: [], parameters: 0, makes: /\bapp\.answered\(201,/.test(text), keeps: /\bapp\.answered\(/.test(text), told: toldBy(text) });
        script += `\\echo @ ${name}\n${text}\n\\gdesc\nprepare "${name}" as ${text}\n;\n`;
    }
    script += '\\echo @\nselect name, cardinality(parameter_types) from pg_prepared_statements order by name;\n';
    readDescriptions(runPsql(conninfo, script), queries);
    return queries;
}

// Which headers a query tells: app.answered(status, location, entity tag, body, ...) has columns for all of them.
function toldBy(text) {
    const said = text.match(/\bapp\.answered\(\d+, (.*), to_json\(/)?.[1] ?? '';
    return { location: !said.startsWith('null'), etag: !said.endsWith('null') };
}

function runPsql(conninfo, script) {
    const options = ['-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-d', conninfo, '-f', '-'];
    const psql = spawnSync('psql', options, { input: script, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (psql.status !== 0)
        throw new Error(`psql: ${psql.error?.message ?? psql.stderr}`);
    return psql.stdout;
}

function readDescriptions(output, queries) {
    let current;
    for (const line of output.split('\n').filter(Boolean)) {
        const [first, second] = line.split('\t');
        if (line.startsWith('@'))
            current = queries.get(line.slice(2));
        else if (current)
            current.columns.push({ name: first, type: second });
        else
            queries.get(first).parameters = Number(second);
    }
}

function argumentsOf(route) {
    const placeholders = route.path.match(/\{/g)?.length ?? 0;
    const added = HANDLERS[route.operation]?.arguments ?? 0;
    return placeholders + route.parameters.filter(p => !['format', 'count'].includes(p.name)).length + (route.if_match ? 1 : 0)
        + (route.conditional ? 1 : 0) + (route.body ? 2 : 0) + added;
}

function compareAnswer(contract, operation, route, query) {
    const success = contract.success(operation);
    const schema = contract.schemaOf(contract.response(operation, success));
    const columns = query.columns.filter(c => !c.name.startsWith('_'));
    if (route.shape === 'NOTHING')
        return [...differ('content', schema, undefined), ...differ('columns', [], columns)];
    const status = differ('status', success, query.makes ? 201 : 200);
    if (route.shape === 'LIST')
        return [...status, ...compareList(contract, schema, columns, query)];
    return [...status, ...compareObject(contract, schema, columns, membersAdded(route))];
}

function membersAdded(route) {
    return route.operation === 'session_create' ? SESSION_MEMBERS : HANDLERS[route.operation]?.members ?? [];
}

function compareList(contract, schema, columns, query) {
    const said = contract.resolve(schema);
    return [
        ...differ('list', Object.keys(said.properties), ['items', 'next']),
        ...differ('list required', said.required, ['items', 'next']),
        ...differ('column _next', true, query.columns.some(c => c.name === '_next')),
        ...compareObject(contract, said.properties.items.items, columns, []),
    ];
}

function compareObject(contract, schema, columns, added) {
    const said = contract.resolve(schema);
    const names = columns.map(c => c.name);
    const always = (said.required ?? []).filter(n => !added.includes(n) && n !== 'receipt');
    return [
        ...differ('additionalProperties', said.additionalProperties, false),
        ...differ('members', Object.keys(said.properties).filter(n => n !== 'receipt'), [...names, ...added]),
        ...differ('required', always, names),
        ...columns.flatMap(c => compareColumn(contract, said.properties[c.name], c)),
    ];
}

function compareColumn(contract, schema, column) {
    if (!schema)
        return [];
    const types = contract.types(schema).filter(t => t !== 'null');
    const format = contract.resolve(schema).format;
    const isJson = types.every(t => t === 'array' || t === 'object');
    const said = isJson ? 'json' : [types.join(' or '), format].filter(Boolean).join(' ');
    return differ(column.name, said, SCHEMAS[column.type] ?? `unknown type ${column.type}`);
}

function compareHeaders(contract, operation, query) {
    const headers = contract.response(operation, contract.success(operation)).headers ?? {};
    const has = name => query.columns.some(c => c.name === name);
    return [
        ...differ('ETag', 'ETag' in headers, has('_etag') && query.told.etag),
        ...differ('Location', 'Location' in headers, has('_location') && query.told.location),
    ];
}
