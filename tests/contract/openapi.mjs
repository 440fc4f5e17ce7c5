// openapi.mjs: the contract, read.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

export class Contract {
    constructor(file) {
        this.document = parse(readFileSync(file, 'utf8'));
        this.operations = new Map();
        for (const [path, item] of Object.entries(this.document.paths))
            for (const method of METHODS.filter(m => item[m]))
                this.#addOperation(path, method, item);
    }

    // What a reference points to, or the thing itself.
    resolve(thing) {
        while (thing?.$ref)
            thing = this.at(thing.$ref);
        return thing;
    }

    at(reference) {
        const names = reference.slice(2).split('/').map(n => n.replaceAll('~1', '/').replaceAll('~0', '~'));
        return names.reduce((value, name) => value[name], this.document);
    }

    #addOperation(path, method, item) {
        const said = item[method];
        this.operations.set(said.operationId, {
            said,
            path,
            method: method.toUpperCase(),
            pointer: `#/paths/${path.replaceAll('/', '~1')}/${method}`,
            parameters: [...(item.parameters ?? []), ...(said.parameters ?? [])].map(p => this.resolve(p)),
            responses: said.responses,
            isOpen: said.security?.length === 0,
        });
    }

    parametersIn(operation, place) {
        return operation.parameters.filter(p => p.in === place);
    }

    // The documented response of a status; 5xx without one of its own: the default.
    response(operation, status) {
        const said = operation.responses[status] ?? (status >= 500 ? operation.responses.default : undefined);
        return this.resolve(said);
    }

    statuses(operation) {
        return Object.keys(operation.responses).filter(s => s !== 'default').map(Number);
    }

    success(operation) {
        return this.statuses(operation).find(s => s < 300);
    }

    // The schema of a body of JSON; undefined when there is none.
    schemaOf(body) {
        return body?.content?.['application/json']?.schema;
    }

    // Types of a schema as a sorted list, "null" among them when it is nullable.
    types(schema) {
        const said = this.resolve(schema);
        const types = new Set((said.anyOf ?? []).flatMap(s => this.types(s)));
        if (said.type)
            types.add(said.type);
        if (said.nullable)
            types.add('null');
        return [...types].sort();
    }

    // The branch of a schema that has the type.
    branch(schema, type) {
        const said = this.resolve(schema);
        if (said.anyOf)
            return said.anyOf.map(s => this.branch(s, type)).find(Boolean);
        return said.type === type ? said : undefined;
    }
}
