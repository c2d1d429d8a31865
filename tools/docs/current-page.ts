/** What is written from the state machines, as this repository would write it now. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { listFiles, repoRoot } from '../repo.ts';
import { findInvariants } from './find-invariants.ts';
import { findTransitions } from './find-transitions.ts';
import { MACHINES_DATA, machinesData } from './machines-data.ts';
import { STATE_MACHINES_PAGE, stateMachinesPage } from './state-machines-page.ts';

/** Texts by the paths of their files. */
export function currentMachineFiles(): Readonly<Record<string, string>> {
  const read = (path: string) => readFileSync(resolve(repoRoot, path), 'utf8');
  const found = findTransitions();
  return {
    [STATE_MACHINES_PAGE]: stateMachinesPage(found, findInvariants({ files: listFiles(), read })),
    [MACHINES_DATA]: machinesData(found),
  };
}
