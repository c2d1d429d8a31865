import type { CronExpression } from '../schedule/cron.ts';
import { parseCron } from '../schedule/parse-cron.ts';

/** For expressions that the test knows to be right. */
export function mustParseCron(text: string): CronExpression {
  const reading = parseCron(text);
  if (!reading.ok) throw new Error(`${text}: ${reading.problems.map((problem) => problem.message).join(' ')}`);
  return reading.cron;
}
