/** The page of the state machines as this repository would write it now. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { listFiles, repoRoot } from '../repo.ts';
import { findInvariants } from './find-invariants.ts';
import { findTransitions } from './find-transitions.ts';
import { stateMachinesPage } from './state-machines-page.ts';

export function currentStateMachinesPage(): string {
  const read = (path: string) => readFileSync(resolve(repoRoot, path), 'utf8');
  return stateMachinesPage(findTransitions(), findInvariants({ files: listFiles(), read }));
}
