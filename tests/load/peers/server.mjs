// server.mjs: what the benchmark measures the service beside: four of its operations as fastify and node-postgres do them, with the
// same statements, prepared, in one transaction, and the same bytes as the answer.  Two processes, two connections each.
//
// Node gets what is fastest: pipelining, so that a request is one round trip here, too, and columns put into the answer as the
// database printed them, without parsing them first.  Takes PORT, and PGHOST, PGUSER and PGDATABASE.
import cluster from "node:cluster";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import pg from "pg";

const PROCESSES = 2, CONNECTIONS = 2;
const RAW = new Set([20, 21, 23, 114, 700, 701, 1700, 3802]); // numbers, json: JSON already
const BOOL = 16, TIMESTAMPTZ = 1184;

const sha256 = (text) => createHash("sha256").update(text).digest();
const moment = (text) => `"${text.replace(" ", "T")}${/[+-]\d\d$/.test(text) ? ":00" : ""}"`;

// How the text of a column becomes JSON, by its type.
const types = {
    getTypeParser(oid) {
        if (RAW.has(oid)) return (text) => text;
        if (oid === BOOL) return (text) => (text === "t" ? "true" : "false");
        return oid === TIMESTAMPTZ ? moment : JSON.stringify;
    },
};

function statement(name) {
    const text = readFileSync(new URL(`../../../db/queries/${name}.sql`, import.meta.url), "utf8");
    return { name, text, types, rowMode: "array" };
}

const statements = Object.fromEntries(
    ["session_open", "session_write", "submission_get", "submission_create", "data_get", "unit_get"].map((name) => [name, statement(name)]));

async function transaction(pool, calls) {
    const client = await pool.connect();
    try {
        const queries = ["begin", ...calls.map(([name, values]) => ({ ...statements[name], values })), "commit"];
        const ends = await Promise.allSettled(queries.map((query) => client.query(query)));
        const failed = ends.find((end) => end.status === "rejected");
        if (failed) throw failed.reason;
        return ends.at(-2).value;
    } finally {
        client.release();
    }
}

function token(request) {
    return sha256((request.headers.authorization ?? "").replace(/^Bearer /, ""));
}

function reply(answer, { fields, rows }, status) {
    if (rows.length === 0) return answer.code(404).send();
    const members = fields.map((field, i) => [field.name, rows[0][i] ?? "null"]);
    const told = Object.fromEntries(members.filter(([name]) => name.startsWith("_")));
    if (told._etag) answer.header("ETag", JSON.parse(told._etag));
    if (told._location) answer.header("Location", JSON.parse(told._location));
    const shown = members.filter(([name]) => !name.startsWith("_")).map(([name, value]) => `"${name}":${value}`);
    return answer.code(status).type("application/json").send(`{${shown.join(",")}}`);
}

const submission = {
    type: "object", required: ["form", "unit", "period"], additionalProperties: false,
    properties: {
        form: { type: "string", maxLength: 64 }, unit: { type: "string", maxLength: 64 }, period: { type: "string", maxLength: 64 },
        as_of_date: { type: "string" }, note: { type: "string" },
        values: { type: "array", items: {
            type: "object", required: ["indicator"], additionalProperties: false,
            properties: {
                indicator: { type: "string", maxLength: 64 }, value: { type: ["number", "boolean"] }, numerator: { type: "number" },
                denominator: { type: "number" }, missing_reason: { type: "string" }, status: { type: "string" }, note: { type: "string" },
            },
        } },
    },
};

function read(app, pool, path, operation, values) {
    app.get(path, async (request, answer) => {
        const session = ["session_open", [token(request), "data:read", false, randomUUID()]];
        return reply(answer, await transaction(pool, [session, [operation, values(request)]]), 200);
    });
}

// The original text goes to the database, so that no digit is lost; the parsed one is only checked.
function write(app, pool) {
    app.addContentTypeParser("application/json", { parseAs: "string" }, (request, text, done) => {
        request.text = text;
        done(null, JSON.parse(text));
    });
    app.post("/v1/submissions", { schema: { body: submission } }, async (request, answer) => {
        const body = sha256(request.text), asked = sha256(`POST /v1/submissions ${body.toString("hex")}`);
        const session = ["session_write", [token(request), "data:write", randomUUID(), "submission_create",
            request.headers["idempotency-key"], asked, body]];
        return reply(answer, await transaction(pool, [session, ["submission_create", [request.text, "[]"]]]), 201);
    });
}

function serve() {
    const app = Fastify({ ajv: { customOptions: { allowUnionTypes: true } } });
    const pool = new pg.Pool({ max: CONNECTIONS, pipeline: true, idleTimeoutMillis: 0 });
    const query = ["unit", "indicator", "period", "collapse", "status", "as_of", "explain", "boundaries"];
    read(app, pool, "/v1/submissions/:id", "submission_get", (request) => [request.params.id, null]);
    read(app, pool, "/v1/data", "data_get", (request) => [...query.map((name) => request.query[name] ?? null), null]);
    read(app, pool, "/v1/units/:code", "unit_get", (request) => [request.params.code, request.query.as_of ?? null]);
    write(app, pool);
    app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
}

if (cluster.isPrimary) for (let i = 0; i < PROCESSES; i++) cluster.fork();
else serve();
