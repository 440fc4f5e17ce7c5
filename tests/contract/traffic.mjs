// traffic.mjs: every exchange the tests recorded (tests/support/client.c) is as the contract says, and every
// operation and documented status was seen.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import formats from 'ajv-formats';

const PROBLEM = '#/components/schemas/Problem';
const SHOWN_MAX = 3; // tests named for a difference
const CHOICES_MAX = 8; // of an enum, shown

export function compareTraffic(contract, file, report) {
    const exchanges = readFileSync(file, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
    const judge = new Judge(contract);
    exchanges.forEach(exchange => judge.hear(exchange));
    report.add('traffic: exchanges outside of the operations', judge.differencesOf('none'));
    for (const [name, operation] of contract.operations) {
        report.add(`${name}: traffic`, judge.differencesOf(name));
        const unseen = contract.statuses(operation).filter(status => !judge.seen.has(`${name} ${status}`));
        report.add(`${name}: documented statuses`, unseen.map(status => `no test saw ${status}`));
    }
}

class Judge {
    seen = new Set();
    #differences = new Map(); // operation → difference → tests
    #compiled = new Map();

    constructor(contract) {
        this.contract = contract;
        this.ajv = formats(new Ajv({ strict: false, allErrors: true, validateFormats: true }));
        this.ajv.addSchema(contract.document, 'openapi.yaml');
    }

    hear(exchange) {
        const operation = this.contract.operations.get(exchange.operation);
        const faults = operation ? this.#judge(operation, exchange) : this.#judgeOutside(exchange);
        const found = this.#differences.get(operation ? exchange.operation : 'none') ?? new Map();
        this.#differences.set(operation ? exchange.operation : 'none', found);
        for (const fault of faults)
            found.set(fault, [...(found.get(fault) ?? []), `${exchange.suite} :: ${exchange.test}`]);
        if (operation && exchange.method === operation.method)
            this.seen.add(`${exchange.operation} ${exchange.status}`);
    }

    differencesOf(name) {
        return [...(this.#differences.get(name) ?? [])].map(([fault, tests]) => {
            const shown = [...new Set(tests)].slice(0, SHOWN_MAX).join(', ');
            return `${fault} (${tests.length} times; ${shown})`;
        });
    }

    #judge(operation, exchange) {
        const response = this.contract.response(operation, exchange.status);
        if (exchange.status === 0)
            return ['no answer'];
        if (!response)
            return [`${exchange.status} is not documented: ${exchange.response?.code ?? exchange.type}`];
        const faults = [...this.#judgeHeaders(response, exchange), ...this.#judgeRequest(operation, exchange)];
        if (exchange.method !== 'HEAD')
            faults.push(...this.#judgeBody(operation, response, exchange));
        return faults.map(fault => `${exchange.status}: ${fault}`);
    }

    #judgeHeaders(response, exchange) {
        const got = Object.fromEntries(Object.entries(exchange.headers).map(([n, v]) => [n.toLowerCase(), v]));
        return Object.entries(response.headers ?? {}).flatMap(([name, said]) => {
            const header = this.contract.resolve(said);
            const value = got[name.toLowerCase()];
            if (value === undefined)
                return header.required ? [`the header ${name} is missing`] : [];
            return this.#errors(header.schema, value).map(e => `header ${name}${e}`);
        });
    }

    #judgeRequest(operation, exchange) {
        const schema = this.contract.schemaOf(operation.said.requestBody);
        const isFile = /content-type: (?!application\/json)/i.test(exchange.request_headers ?? '');
        if (!schema || exchange.status >= 300 || isFile)
            return [];
        return this.#errors(schema, exchange.request_body).map(e => `accepted, though it should not: ${e}`);
    }

    #judgeBody(operation, response, exchange) {
        const type = exchange.type.split(';')[0];
        const content = response.content?.[type];
        if (!response.content)
            return type ? [`a body of type ${type} where there is none`] : [];
        if (!content)
            return [`the type ${type || '(none)'} is not documented`];
        if (!type.endsWith('json'))
            return [];
        return [
            ...this.#errors(content.schema, exchange.response),
            ...this.#judgeProblem(response, exchange),
            ...(this.#isRecorded(operation) && exchange.status < 300 && !exchange.response.receipt ? ['no receipt'] : []),
            ...(['data_get', 'data_query'].includes(operation.said.operationId) ? lookAtCube(exchange) : []),
        ];
    }

    // What writes tells a receipt.
    #isRecorded(operation) {
        return this.contract.parametersIn(operation, 'header').some(p => p.name === 'Idempotency-Key');
    }

    #judgeProblem(response, exchange) {
        const documented = response['x-problems'];
        const code = exchange.response?.code;
        if (!documented)
            return [];
        const faults = documented.includes(code) ? [] : [`the problem ${code} is not documented`];
        if (exchange.response?.status !== exchange.status)
            faults.push(`the problem says ${exchange.response?.status}`);
        return faults;
    }

    // No operation: an unknown path, another method, OPTIONS.
    #judgeOutside(exchange) {
        const { method, path, status, headers } = exchange;
        const what = `${method} ${path}: ${status}`;
        if (![...(method === 'OPTIONS' ? [204] : []), 400, 404, 405].includes(status))
            return [`${what} is not what is said of unknown paths and methods`];
        const faults = [204, 405].includes(status) && !headers.Allow ? ['no Allow'] : [];
        if (status !== 204 && method !== 'HEAD')
            faults.push(...this.#errors({ $ref: PROBLEM }, exchange.response));
        return faults.map(fault => `${what}: ${fault}`);
    }

    // What is wrong with a value, each "<pointer> <message>".
    #errors(schema, value) {
        const validate = this.#validator(schema);
        if (validate(value))
            return [];
        return validate.errors.map(e => `${general(e.instancePath)} ${e.message}${detail(e.params)}`);
    }

    #validator(schema) {
        const key = schema.$ref ?? schema;
        const absolute = schema.$ref ? { $ref: `openapi.yaml${schema.$ref}` } : schema;
        if (!this.#compiled.has(key))
            this.#compiled.set(key, this.ajv.compile(absolute));
        return this.#compiled.get(key);
    }
}

// Dense: one cell for each unit, indicator and period.
function lookAtCube({ status, response }) {
    if (status !== 200)
        return [];
    const wanted = response.dims.reduce((product, dim) => product * (dim.items?.length ?? 0), 1);
    const got = response.cells.length;
    return got === wanted ? [] : [`${got} cells where the dimensions make ${wanted}`];
}

// The same fault at other places of a list is the same difference.
function general(pointer) {
    return pointer.replace(/\/\d+/g, '/…');
}

function detail(params) {
    const choices = params.allowedValues?.slice(0, CHOICES_MAX).join(', ');
    const told = params.additionalProperty ?? choices;
    return told ? ` (${told})` : '';
}
