/** The file that runs as the agent's program: this very bundle, or `main.ts` when run from source. */
import { fileURLToPath } from 'node:url';

const here = import.meta.url;

export const AGENT_PROGRAM = fileURLToPath(here.endsWith('.ts') ? new URL('./main.ts', here) : here);

/** The file that runs as the keeper's program: beside the bundle, or its source. */
export const KEEPER_PROGRAM = fileURLToPath(new URL(here.endsWith('.ts') ? './keeper-main.ts' : './keeper.js', here));

/** Hidden subcommand: carry out one SQL order in this process. */
export const SQL_COMMAND = 'run-sql-order';
