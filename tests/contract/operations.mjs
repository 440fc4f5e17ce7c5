// operations.mjs: the operations of the contract = the lines of api/routes.def, their parameters = params.def,
// the schemas of bodies = the struct member tables of api/domain.
import { differ, subtract } from './report.mjs';

const SCOPES = {
    DATA_READ: 'data:read',
    DATA_WRITE: 'data:write',
    WORKFLOW: 'workflow',
    CATALOG_WRITE: 'catalog:write',
    ACCOUNTS: 'accounts:write',
};

// What api/http/route.c takes for a placeholder.
const PLACEHOLDERS = {
    id: '^[0-9]{1,18}$',
    code: '^[A-Za-z0-9_-]{1,64}$',
    slug: '^[a-z0-9_-]{1,64}$',
    login: '^[a-z0-9_-][a-z0-9._-]{0,63}$',
};

// What people need of every operation.
const TEXTS = ['summary', 'description', 'x-summary-vi', 'tags'];

const CODE = '^[A-Za-z0-9_-]{1,64}$';
const LIST = '^[^,]+(,[^,]+)*$';

// A type of shape.h as type and form of a schema.
const FORMS = {
    string: { type: 'string' },
    code: { type: 'string', pattern: CODE },
    date: { type: 'string', format: 'date' },
    instant: { type: 'string', format: 'date-time' },
    integer: { type: 'integer' },
    number: { type: 'number' },
    boolean: { type: 'boolean' },
    object: { type: 'object' },
    array: { type: 'array' },
    null: { type: 'null' },
};

export function compareOperations(contract, program, report) {
    const names = program.routes.map(r => r.operation);
    report.add('operations', subtract([...contract.operations.keys()], names, 'openapi.yaml', 'api/routes.def'));
    for (const route of program.routes.filter(r => contract.operations.has(r.operation))) {
        const operation = contract.operations.get(route.operation);
        report.add(`${route.operation}: method, path, access`, compareLine(operation, route));
        report.add(`${route.operation}: parameters`, compareParameters(contract, operation, route));
        report.add(`${route.operation}: body`, compareBody(contract, operation, route));
        report.add(`${route.operation}: statuses`, compareStatuses(contract, operation, route));
    }
}

function compareLine(operation, route) {
    return [
        ...differ('method', operation.method, route.method),
        ...differ('path', operation.path, route.path),
        ...differ('open to all', operation.isOpen, route.access === 'OPEN'),
        ...differ('x-scope', operation.said['x-scope'], SCOPES[route.access]),
        ...TEXTS.filter(m => !operation.said[m]?.length).map(m => `${m} is missing`),
    ];
}

function compareParameters(contract, operation, route) {
    const paths = contract.parametersIn(operation, 'path');
    const queries = contract.parametersIn(operation, 'query');
    const headers = contract.parametersIn(operation, 'header');
    const placeholders = [...route.path.matchAll(/\{(\w+)\}/g)].map(m => m[1]);
    return [
        ...differ('placeholders', paths.map(p => p.name), placeholders),
        ...paths.flatMap(p => differ(`{${p.name}}`, contract.resolve(p.schema).pattern, PLACEHOLDERS[p.name])),
        ...differ('query parameters', queries.map(p => p.name), route.parameters.map(p => p.name)),
        ...queries.flatMap(q => compareParameter(contract, q, route.parameters.find(p => p.name === q.name))),
        ...differ('headers', headers.map(p => p.name), headersOf(route)),
        ...differ('Idempotency-Key required', headers.find(p => p.name === 'Idempotency-Key')?.required ?? false, route.method === 'POST' && !route.reads),
    ];
}

// What api/http/body.c takes for a file.
const FILE_TYPES = ['application/json', 'text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'];

export function takesBody(route) {
    return Boolean(route.body) || route.file;
}

// Of a file, sent now or kept before, which can be left to a job: a second success, 202.
function takesFile(route) {
    return route.file || route.operation === 'import_commit';
}

function headersOf(route) {
    return [...(route.if_match ? ['If-Match'] : []), ...(takesBody(route) && !route.reads ? ['Idempotency-Key'] : []), ...(takesFile(route) ? ['Prefer'] : [])];
}

function compareParameter(contract, said, declared) {
    if (!declared)
        return [];
    const { description, example, ...schema } = contract.resolve(said.schema);
    return [
        ...differ(`${said.name} required`, said.required ?? false, declared.required),
        ...differ(`${said.name}`, sorted(schema), sorted(schemaOfParameter(declared))),
    ];
}

function schemaOfParameter({ kind, low, high, choices }) {
    switch (kind) {
    case 'int': return { type: 'integer', minimum: low, maximum: high };
    case 'code': return { type: 'string', pattern: CODE };
    case 'moment': return { type: 'string', anyOf: [{ format: 'date' }, { format: 'date-time' }] };
    case 'text': return { type: 'string', minLength: low, maxLength: high };
    case 'list': return { type: 'string', minLength: low, maxLength: high, pattern: LIST };
    case 'choice': return { type: 'string', enum: choices.split('|') };
    default: return { kind };
    }
}

function sorted(object) {
    return Object.fromEntries(Object.entries(object).sort());
}

function compareBody(contract, operation, route) {
    const said = operation.said.requestBody;
    if (!said || !takesBody(route))
        return differ('a body', Boolean(said), takesBody(route));
    if (route.file)
        return differ('media types', Object.keys(said.content), FILE_TYPES);
    return [
        ...differ('required', said.required, true),
        ...differ('media types', Object.keys(said.content), ['application/json']),
        ...new BodyComparison(contract).members(contract.schemaOf(said), route.body, ''),
    ];
}

// A schema and a struct member table, side by side; `at` is the pointer of the place.
class BodyComparison {
    constructor(contract) {
        this.contract = contract;
    }

    members(schema, members, at) {
        const said = this.contract.resolve(schema);
        const names = Object.keys(members);
        const properties = said.properties ?? {};
        const required = names.filter(n => members[n].required).sort();
        return [
            ...differ(`${at} additionalProperties`, said.additionalProperties, false),
            ...differ(`${at} members`, Object.keys(properties), names),
            ...differ(`${at} required`, [...(said.required ?? [])].sort(), required),
            ...names.filter(n => properties[n]).flatMap(n => this.member(properties[n], members[n], `${at}/${n}`)),
        ];
    }

    member(schema, member, at) {
        const wanted = [...new Set(member.types.map(t => FORMS[t].type))].sort();
        const differences = differ(`${at} types`, this.contract.types(schema), wanted);
        if (differences.length > 0)
            return differences;
        const types = member.types.filter(t => t !== 'null');
        return types.flatMap(t => this.#as(t, this.contract.branch(schema, FORMS[t].type), member, at));
    }

    #as(type, said, member, at) {
        switch (type) {
        case 'string': return this.#text(said, member, at);
        case 'integer':
        case 'number': return this.#number(said, member, at);
        case 'array': return this.#array(said, member, at);
        case 'object': return member.members ? this.members(said, member.members, at) : [];
        default: return this.#form(said, FORMS[type], at);
        }
    }

    #text(said, member, at) {
        return [
            ...differ(`${at} minLength`, said.minLength, member.min_length),
            ...differ(`${at} maxLength`, said.maxLength, member.max_length),
            ...differ(`${at} enum`, said.enum?.filter(v => v !== null), member.choices),
            ...differ(`${at} x-lines`, said['x-lines'] ?? false, member.lines),
        ];
    }

    #number(said, member, at) {
        return [
            ...differ(`${at} minimum`, said.minimum, member.low),
            ...differ(`${at} maximum`, said.maximum, member.high),
        ];
    }

    #array(said, member, at) {
        return [
            ...differ(`${at} minItems`, said.minItems, member.min_length),
            ...differ(`${at} maxItems`, said.maxItems, member.max_length),
            ...(member.items ? this.member(said.items, member.items, `${at}/…`) : []),
        ];
    }

    #form(said, form, at) {
        return [
            ...differ(`${at} format`, said.format, form.format),
            ...differ(`${at} pattern`, said.pattern, form.pattern),
        ];
    }
}

// Statuses that follow from the line of routes.def.
function compareStatuses(contract, operation, route) {
    const wanted = {
        204: route.shape === 'NOTHING',
        401: route.access !== 'OPEN' || route.operation === 'session_create',
        403: Boolean(SCOPES[route.access]) || (route.access !== 'OPEN' && route.method !== 'GET'),
        406: Boolean(route.query),
        409: takesBody(route) && !route.reads,
        411: takesBody(route),
        412: route.if_match,
        415: takesBody(route),
        422: takesBody(route),
        428: route.if_match,
    };
    const said = contract.statuses(operation);
    return [
        ...Object.keys(wanted).flatMap(s => differ(s, said.includes(Number(s)), wanted[s])),
        ...[400, 413].filter(s => (s === 400 || takesBody(route)) && !said.includes(s)).map(s => `${s} is missing`),
        ...(operation.responses.default ? [] : ['default is missing']),
        ...differ('further 2xx', said.filter(s => s < 300).slice(1), takesFile(route) ? [202] : []),
    ];
}
