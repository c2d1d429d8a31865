/**
 * `npm run verify`: everything CI runs, as named steps, one after the other. Stops at the first step that fails and says
 * what to do about it. The last line counts the steps and the tests in them. What the steps are is in `verify/steps.ts`.
 */
import { runSteps } from './verify/run-steps.ts';
import { STEPS } from './verify/steps.ts';

const only = process.argv.slice(2);
const unknown = only.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. The steps are: ${STEPS.map((step) => step.name).join(', ')}`);
  process.exit(2);
}
const steps = only.length > 0 ? STEPS.filter((step) => only.includes(step.name)) : STEPS;
process.exitCode = (await runSteps(steps, (line) => console.log(line))) ? 0 : 1;
