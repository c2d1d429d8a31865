/** Settings of `wait` tasks. */
import * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import type { WaitConfig } from '../../logic/configs.ts';
import { waitTarget } from '../../logic/wait.ts';
import { findPlaceholders } from '../../params/placeholder.ts';
import { checkedText } from '../checked-text.ts';
import { durationMs, positiveDuration } from '../duration-schema.ts';
import { checkName } from '../names.ts';
import { logicType } from './logic-type.ts';

/** What is made of parameters is known only when the task runs. */
function momentProblem(until: string): string | undefined {
  if (findPlaceholders(until).length > 0) return undefined;
  const target = waitTarget({ forMs: null, until, signal: null }, { now: 0, timezone: 'UTC', until });
  return 'problem' in target ? target.problem : undefined;
}

const schema = z.strictObject({
  for: positiveDuration.optional().meta({ description: 'How long, such as 10m.' }),
  until: checkedText(momentProblem).max(1_000).optional().meta({
    description: 'A moment, ISO 8601 or yyyy-MM-dd HH:mm:ss in the zone of the run. Placeholders are resolved.',
  }),
  signal: checkedText(checkName)
    .optional()
    .meta({ description: 'The name of a signal that somebody sends to the run.' }),
});

type Settings = z.output<typeof schema>;

function checkKind(settings: Settings): Problem[] {
  const given = (['for', 'until', 'signal'] as const).filter((key) => settings[key] !== undefined);
  if (given.length === 0)
    return [
      { path: '', message: 'Say what is waited for: give for (a duration), until (a moment) or signal (a name).' },
    ];
  return given.slice(1).map((key) => ({
    path: key,
    message: `A wait has one end, and ${given[0]} is given already. Remove one of the two.`,
  }));
}

export const waitType = logicType({
  name: 'wait',
  description: 'Waits for a while, until a moment, or for a signal.',
  schema,
  checkPlace: checkKind,
  compile: (settings): WaitConfig => ({
    forMs: settings.for === undefined ? null : durationMs(settings.for, 0),
    until: settings.until ?? null,
    signal: settings.signal ?? null,
  }),
});
