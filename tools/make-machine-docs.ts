/** Writes docs/reference/state-machines.md, and what the UI knows of the machines, from the code. `npm run docs:machines`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { currentMachineFiles } from './docs/current-page.ts';
import { repoRoot } from './repo.ts';

for (const [path, text] of Object.entries(currentMachineFiles())) {
  writeFileSync(resolve(repoRoot, path), text);
  console.log(`${path} is written`);
}
