/** Writes docs/reference/listener-events.md from the code. `npm run docs:listeners`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LISTENER_EVENTS_PAGE, listenerEventsPage } from './docs/listener-events-page.ts';
import { repoRoot } from './repo.ts';

writeFileSync(resolve(repoRoot, LISTENER_EVENTS_PAGE), listenerEventsPage());
console.log(`${LISTENER_EVENTS_PAGE} is written`);
