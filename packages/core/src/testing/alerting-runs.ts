/** Runs that alert, and what they have told. */
import type { AlertChoice } from '../alerts/alert.ts';
import type { AlertPolicy } from '../definition/definition.ts';
import { createRunFixture, type RunFixture, type RunFixtureOptions, type TaskSpec } from './run-fixture.ts';

export const policy = (on: AlertChoice, more: Partial<AlertPolicy> = {}): AlertPolicy => ({
  on,
  group: 'ops',
  queueWaitMs: null,
  deadlineMs: null,
  ...more,
});

export function fixtureOf(
  alerts: AlertPolicy | null,
  tasks: readonly TaskSpec[] = [{ name: 'a' }],
  more: RunFixtureOptions = {},
) {
  return createRunFixture(tasks, { ...more, definition: { alerts, ...more.definition } });
}

/** Kinds in the order in which they were filed; resolutions with a star. */
export const told = ({ rows }: RunFixture) =>
  Array.from(rows.alerts.values(), ({ message: { kind, state } }) => (state === 'open' ? kind : `${kind}*`));
export const open = (fixture: RunFixture) => told(fixture).filter((kind) => !kind.endsWith('*'));
export const messages = ({ rows }: RunFixture) => Array.from(rows.alerts.values(), ({ message }) => message);

export const timeout = (strategy: 'warn' | 'fail' | 'warn_and_fail') =>
  ({ afterMs: 5_000, strategy, from: 'start' }) as const;
export const passTimeout = (fixture: RunFixture) => {
  fixture.start();
  fixture.place('a');
  fixture.advance(5_000);
  fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
};
