/** Writes docs/reference/state-machines.md from the code. `npm run docs:machines`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { currentStateMachinesPage } from './docs/current-page.ts';
import { STATE_MACHINES_PAGE } from './docs/state-machines-page.ts';
import { repoRoot } from './repo.ts';

writeFileSync(resolve(repoRoot, STATE_MACHINES_PAGE), currentStateMachinesPage());
console.log(`${STATE_MACHINES_PAGE} is written`);
