import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../repo.ts';
import { LISTENER_EVENTS_PAGE, listenerEventsPage } from './listener-events-page.ts';

it('is up to date with the code; if not, run "npm run docs:listeners"', () => {
  expect(readFileSync(resolve(repoRoot, LISTENER_EVENTS_PAGE), 'utf8')).toBe(listenerEventsPage());
});
