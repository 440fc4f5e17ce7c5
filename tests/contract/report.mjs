// report.mjs: what was compared, and every difference.
export class Report {
    passed = 0;
    failed = 0;

    // A comparison: it passed when there is no difference.
    add(name, differences) {
        if (differences.length === 0) {
            this.passed++;
            return;
        }
        this.failed++;
        console.log(`not ok  ${name}`);
        for (const difference of differences)
            console.log(`        ${difference}`);
    }

    skip(name, why) {
        console.log(`skipped ${name}: ${why}`);
    }

    finish() {
        console.log(`contract: ${this.passed} passed, ${this.failed} failed`);
        return this.failed === 0;
    }
}

// What stands in one list only, as texts.
export function subtract(here, there, inFirst, inSecond) {
    const onlyHere = here.filter(x => !there.includes(x)).map(x => `${x}: only in ${inFirst}`);
    const onlyThere = there.filter(x => !here.includes(x)).map(x => `${x}: only in ${inSecond}`);
    return [...onlyHere, ...onlyThere];
}

// [] when equal, otherwise what differs.
export function differ(what, contract, program) {
    const [a, b] = [contract, program].map(x => JSON.stringify(x ?? null));
    return a === b ? [] : [`${what}: ${a} in the contract, ${b} in the program`];
}
