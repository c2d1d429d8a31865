/** `npm run bench -- [name …] [--json] [--smoke]`: runs the benchmarks and prints each figure beside its floor. */
import { parseArgs } from 'node:util';
import { asTable, type Figure } from './figures.ts';
import { alertsFailover } from './scenarios/alerts-failover.ts';
import { alertsHung } from './scenarios/alerts-hung.ts';
import { backfill } from './scenarios/backfill.ts';
import { bigdag } from './scenarios/bigdag.ts';
import { chain } from './scenarios/chain.ts';
import { cron } from './scenarios/cron.ts';
import { dag } from './scenarios/dag.ts';
import { failover } from './scenarios/failover.ts';
import { fanout } from './scenarios/fanout.ts';
import { FULL, type Scenario, SMOKE } from './scenarios/scenario.ts';
import { shell } from './scenarios/shell.ts';
import { start } from './scenarios/start.ts';
import { windmill } from './scenarios/windmill.ts';
import { workers } from './scenarios/workers.ts';

const SCENARIOS: readonly Scenario[] = [
  ...[fanout, chain, dag, start, bigdag, windmill, shell, cron, workers, alertsHung],
  ...[failover, alertsFailover, backfill],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, smoke: { type: 'boolean' } },
});
const names = new Set(SCENARIOS.map(({ name }) => name));
const unknown = positionals.filter((name) => !names.has(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${[...names].join(', ')}.`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const scenario of SCENARIOS) {
  if (positionals.length > 0 && !positionals.includes(scenario.name)) continue;
  const found = await scenario.run(values.smoke ? SMOKE : FULL, (text) => console.error(text));
  if (values.json) for (const one of found) console.log(JSON.stringify(one));
  figures.push(...found);
}
if (!values.json) for (const line of asTable(figures)) console.log(line);
