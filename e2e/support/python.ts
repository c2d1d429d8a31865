/** The worker in Python of `examples/python-worker`, where there is a Python that has what it needs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from './server.ts';
import type { WorkerProgram } from './worker.ts';

export const PYTHON_WORKER = join(REPO, 'examples', 'python-worker');

/** Debian's own Python comes first: there its package `python3-websockets` belongs to. */
const CANDIDATES = [process.env.VAQUITA_PYTHON, '/usr/bin/python3', 'python3'];

export const python = CANDIDATES.find(
  (candidate): candidate is string =>
    candidate !== undefined && spawnSync(candidate, ['-c', 'import websockets'], { stdio: 'ignore' }).status === 0,
);

/** Why the tests of this worker are left out on this machine, where they are. */
export const noPython = python === undefined ? 'no Python with "websockets"' : undefined;

// CI has run tools/install-python.sh, which brings it wherever there is apt-get: there, leaving the tests out would hide a fault.
if (noPython !== undefined && process.env.CI !== undefined && existsSync('/usr/bin/apt-get')) {
  throw new Error('The tests of the worker in Python cannot run: tools/install-python.sh installs what they need.');
}

export const pythonWorker: WorkerProgram = {
  command: python ?? 'python3',
  args: ['-m', 'vaquita_worker'],
  env: { PYTHONPATH: PYTHON_WORKER, PYTHONDONTWRITEBYTECODE: '1' },
};
