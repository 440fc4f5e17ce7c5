// problems.mjs: the problems and faults of the contract = api/base/problems.def and faults.def = what SQL raises.
import { readFileSync, readdirSync } from 'node:fs';
import { subtract } from './report.mjs';

const PROBLEM_TEXTS = ['title', 'detail', 'advice'];

// Problems of no operation: of a path that knows other methods only, of nginx, and of work done after the answer.
const OF_NO_OPERATION = ['method-not-allowed', 'request-timeout', 'uri-too-long', 'headers-too-large', 'import-given-up'];

export function compareProblems(contract, program, root, report) {
    const schemas = contract.document.components.schemas;
    const slugs = program.problems.map(p => p.slug);
    const codes = program.faults.map(f => f.code);
    report.add('kinds of problems', subtract(schemas.ProblemCode.enum, slugs, 'openapi.yaml', 'problems.def'));
    report.add('kinds of faults', subtract(schemas.FaultCode.enum, codes, 'openapi.yaml', 'faults.def'));
    report.add('kinds told twice', [...twice(slugs, 'problems.def'), ...twice(codes, 'faults.def')]);
    report.add('texts of problems', program.problems.flatMap(p => lookAtTexts(p.slug, p, PROBLEM_TEXTS)));
    report.add('texts of faults', program.faults.flatMap(f => lookAtTexts(f.code, f, ['text'])));
    report.add('problems of responses', lookAtResponses(contract, program));
    report.add('problems that no operation documents', lookForUndocumented(contract, slugs));
    lookAtSql(program, root, report);
}

// The first text found is the one that is shown.
function twice(names, where) {
    return names.filter((name, i) => names.indexOf(name) < i).map(name => `${name} stands twice in ${where}`);
}

function lookAtTexts(name, thing, members) {
    return members.flatMap(m => {
        const [en, vi] = [thing[`${m}_en`], thing[`${m}_vi`]];
        if (!en || !vi)
            return [`${name}: ${m} is missing in ${en ? 'Vietnamese' : 'English'}`];
        const same = placeholders(en).join() === placeholders(vi).join();
        return same ? [] : [`${name}: ${m} names other things in Vietnamese`];
    });
}

function placeholders(text) {
    return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(m => m[1]))].sort();
}

// Every response of 4xx and 5xx lists problems that have its status.
function lookAtResponses(contract, program) {
    const status = new Map(program.problems.map(p => [p.slug, p.status]));
    const faults = new Set();
    for (const [name, operation] of contract.operations)
        for (const [key, said] of Object.entries(operation.responses).filter(([s]) => s === 'default' || s >= 400))
            for (const slug of contract.resolve(said)['x-problems'] ?? ['(none listed)'])
                if (key === 'default' ? !(status.get(slug) >= 500) : status.get(slug) !== Number(key))
                    faults.add(`${name} ${key}: ${slug} has ${status.get(slug) ?? 'no'} status`);
    return [...faults];
}

function lookForUndocumented(contract, slugs) {
    const documented = new Set(OF_NO_OPERATION);
    for (const operation of contract.operations.values())
        for (const said of Object.values(operation.responses))
            (contract.resolve(said)['x-problems'] ?? []).forEach(slug => documented.add(slug));
    return slugs.filter(slug => !documented.has(slug));
}

function lookAtSql(program, root, report) {
    const problems = new Map(program.problems.map(p => [p.slug, p]));
    const faults = new Map(program.faults.map(f => [f.code, f]));
    for (const folder of ['db/migrations/', 'db/queries/'])
        for (const file of readdirSync(new URL(folder, root)).filter(f => f.endsWith('.sql')).sort()) {
            const text = readFileSync(new URL(folder + file, root), 'utf8').replace(/^\s*--.*$/gm, '');
            report.add(`${folder}${file}: problems raised`, lookAtProblems(text, problems));
            report.add(`${folder}${file}: faults found`, lookAtFaults(text, faults));
        }
}

function lookAtProblems(text, problems) {
    const raised = [...text.matchAll(/errcode = 'TD(\d+)', message = ('[^']*')/g)].map(m => [m[1], m[2], '']);
    return [...callsOf(text, 'app.problem'), ...raised].flatMap(([status, literal, params]) => {
        const problem = problems.get(unquote(literal));
        if (!problem)
            return [`${literal} is not in problems.def`];
        const faults = lookAtParams(literal, problem.detail_en, params);
        return problem.status === Number(status) ? faults : [...faults, `${literal} is ${problem.status}, not ${status}`];
    });
}

function lookAtFaults(text, faults) {
    const found = [...callsOf(text, 'app.fault'), ...callsOf(text, 'app.parameter_fault')].map(a => [a[1], a[2]]);
    return [...found, ...faultsWritten(text)].flatMap(([literal, params]) => {
        const fault = faults.get(unquote(literal));
        return fault ? lookAtParams(literal, fault.text_en, params) : [`${literal} is not in faults.def`];
    });
}

// Faults written out: jsonb_build_object('parameter', …, 'code', '<code>', 'params', …).
function faultsWritten(text) {
    const objects = callsOf(text, 'jsonb_build_object').filter(a => a[0] === "'parameter'" && a[2] === "'code'");
    return objects.filter(a => a[3].startsWith("'")).map(a => [a[3], a[5]]);
}

// A text's {names} are among the params given with it; a part in [brackets] can do without.
function lookAtParams(literal, text, params) {
    const needed = placeholders(text.replace(/\[[^\]]*\]/g, ''));
    const given = n => params?.includes(`'${n}'`) || params?.includes(`"${n}"`);
    return needed.filter(n => !given(n)).map(n => `${literal}: its text needs {${n}}`);
}

function unquote(literal) {
    return /^'[^']*'$/.test(literal ?? '') ? literal.slice(1, -1) : undefined;
}

// The arguments, as written, of every call of an SQL function; its definition is none.
function callsOf(text, name) {
    const calls = [];
    for (let at = text.indexOf(`${name}(`); at >= 0; at = text.indexOf(`${name}(`, at + 1))
        if (!/(function|revoke all on function)\s+$/.test(text.slice(0, at)))
            calls.push(splitArguments(text, at + name.length + 1));
    return calls;
}

// Arguments from just after the opening parenthesis to its closing one.
function splitArguments(text, at) {
    const found = [''];
    let depth = 1, quoted = false;
    for (; at < text.length && depth > 0; at++) {
        const c = text[at];
        if (c === "'")
            quoted = !quoted;
        if (!quoted && '([{'.includes(c))
            depth++;
        if (!quoted && ')]}'.includes(c))
            depth--;
        if (!quoted && depth === 1 && c === ',')
            found.push('');
        else if (depth > 0)
            found[found.length - 1] += c;
    }
    return found.map(a => a.trim());
}
