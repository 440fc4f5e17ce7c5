// contract.mjs API [CONNINFO]: what the contract says and what the program does, subtracted both ways.
import { execFileSync } from 'node:child_process';
import { Contract } from './openapi.mjs';
import { Report } from './report.mjs';
import { compareOperations } from './operations.mjs';
import { compareColumns } from './columns.mjs';
import { compareProblems } from './problems.mjs';
import { compareTraffic } from './traffic.mjs';

const server = process.env.THIDUA_TEST_SERVER;
const [api, conninfo = server && `${server} dbname=thidua_template`] = process.argv.slice(2);
const root = new URL('../../', import.meta.url);
const report = new Report();
const contract = new Contract(new URL('openapi.yaml', root));
const program = JSON.parse(execFileSync(api, ['describe'], { encoding: 'utf8', maxBuffer: 1 << 26 }));

compareOperations(contract, program, report);
compareProblems(contract, program, root, report);
if (conninfo)
    attempt('columns of the queries', () => compareColumns(contract, program, conninfo, root, report));
else
    report.skip('columns of the queries', 'no database was named');
if (process.env.THIDUA_TRAFFIC)
    attempt('recorded traffic', () => compareTraffic(contract, process.env.THIDUA_TRAFFIC, report));
else
    report.skip('recorded traffic', 'THIDUA_TRAFFIC is not set');
process.exit(report.finish() ? 0 : 1);

// A comparison that cannot be made has failed.
function attempt(name, compare) {
    try {
        compare();
    } catch (error) {
        report.add(name, error.message.trim().split('\n'));
    }
}
