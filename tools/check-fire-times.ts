/**
 * The long form of the property tests of schedules: `node tools/check-fire-times.ts [rounds] [seed]`. Each round takes a random year from
 * 1970 to 2040 for every IANA zone. Prints what was looked at, and each disagreement.
 */
import { checkAgainstCroner, checkFireTimes, createSeededRandom } from '@vaquita/core/testing';

const [rounds = 10, seed = 1] = process.argv.slice(2).map(Number);
const zones = Intl.supportedValuesOf('timeZone');
const random = createSeededRandom(seed);

const defined = checkFireTimes({ zones, random, windowsPerZone: rounds });
console.log(
  `by definition: ${defined.zones} zones, ${defined.windows} windows, ${defined.changes} changes of clocks, ${defined.fires} fire times`,
);
const croner = checkAgainstCroner({ zones, random, expressions: rounds * 1_000 });
console.log(
  `against croner: ${croner.expressions} expressions, ${croner.compared} fire times compared, ${croner.leftOut} left out near changes of clocks`,
);
const wrong = [...defined.wrong, ...croner.wrong];
for (const line of wrong.slice(0, 20)) console.log(line);
console.log(`seed ${seed}: ${wrong.length} wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
