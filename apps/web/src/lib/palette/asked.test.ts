import { expect, it } from 'vitest';
import { runAsked } from './asked.ts';

const ID = '01k9a2b3c4d5e6f7g8h9jkmnpq';

it.each([ID, ` ${ID.toUpperCase()} `, `https://vaquita.example/p/ui/runs/${ID}?view=graph#L4`])(
  'finds the id of a run in %s',
  (text) => expect(runAsked(text)).toBe(ID),
);

it.each(['', 'nightly', '#12', 'nightly#12', ID.slice(1)])('finds none in “%s”', (text) =>
  expect(runAsked(text)).toBeUndefined(),
);
