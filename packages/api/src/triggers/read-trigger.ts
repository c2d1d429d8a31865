/** What a body asks of a trigger, checked against the workflow it is to start. */
import {
  AppError,
  checkTriggerConfig,
  type Problem,
  parseDuration,
  type StartChoices,
  type TriggerConfig,
} from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type * as z from 'zod';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { readStartChoices, toStartChoicesView } from '../runs/start-choices.ts';
import { StartChoicesInput } from '../views/start-choices.ts';
import type { TriggerConfigInput } from '../views/trigger.ts';

interface Asked {
  readonly project: ProjectRow;
  readonly workflow: WorkflowRow;
  /** Given anew, or as it is kept. */
  readonly config: z.output<typeof TriggerConfigInput> | { readonly kept: TriggerConfig };
  readonly start: z.output<typeof StartChoicesInput> | { readonly kept: StartChoices };
}

interface ReadTrigger {
  readonly config: TriggerConfig;
  readonly start: StartChoices;
}

/** What is kept is checked again too: the one must go with the other. @throws AppError `bad_request` with every wrong place. */
export async function readTrigger(deps: Pick<ApiDeps, 'store' | 'workers'>, asked: Asked): Promise<ReadTrigger> {
  const { workflow } = asked;
  const { config, problems } = await readConfig(deps.store, asked);
  const mapping = config?.mapping ?? {};
  const start = 'kept' in asked.start ? StartChoicesInput.parse(toStartChoicesView(asked.start.kept)) : asked.start;
  const brought = Object.keys(mapping);
  const read = await readStartChoices(deps, workflow, { start, priority: 'medium', brought });
  const all: readonly Problem[] = [
    ...problems,
    ...(config === null ? [] : checkTriggerConfig(config, workflow.id)),
    ...read.problems.map((problem) => atMapping(problem, mapping)),
  ];
  if (config !== null && all.length === 0) return { config, start: read.choices };
  // Without a config nobody knows which parameters it would have brought.
  const told = config === null ? problems : onePerPlace(all);
  throw new AppError('bad_request', 'The trigger cannot be kept like this.', { problems: told });
}

/** What is wrong with a parameter is told where it was named. */
function atMapping({ path, message }: Problem, mapping: Readonly<Record<string, string>>): Problem {
  const name = path.startsWith('start.params.') ? path.slice('start.params.'.length) : null;
  return { path: name !== null && Object.hasOwn(mapping, name) ? `config.mapping.${name}` : path, message };
}

/** @returns null in the place of a config that cannot even be looked at. */
async function readConfig(
  store: ApiStore,
  { config: input, project }: Asked,
): Promise<{ readonly config: TriggerConfig | null; readonly problems: readonly Problem[] }> {
  if ('kept' in input) return { config: input.kept, problems: [] };
  const problems: Problem[] = [];
  function duration(field: string, text: string): number {
    const ms = parseDuration(text);
    if (ms === undefined) {
      problems.push({ path: `config.${field}`, message: 'This is not a duration such as 30s, 10m, 2h' });
    }
    return ms ?? Number.NaN;
  }

  switch (input.kind) {
    case 'webhook': {
      const { tolerance, ...rest } = input;
      return { config: { ...rest, toleranceMs: duration('tolerance', tolerance) }, problems };
    }
    case 'file': {
      const { every, settled, ...rest } = input;
      const [everyMs, settledMs] = [duration('every', every), duration('settled', settled)];
      return { config: { ...rest, everyMs, settledMs }, problems };
    }
    case 'after_workflow': {
      const { project: named, workflow: idOrName, ...rest } = input;
      const home = named === undefined ? project : await store.projects.find(named);
      if (home === undefined) {
        return { config: null, problems: [{ path: 'config.project', message: `There is no project “${named}”.` }] };
      }
      const found = await store.workflows.find(home.id, idOrName);
      if (found === undefined) {
        const message = `There is no workflow “${idOrName}” in the project “${home.name}”.`;
        return { config: null, problems: [{ path: 'config.workflow', message }] };
      }
      return { config: { ...rest, projectId: home.id, workflowId: found.id }, problems };
    }
  }
}

/** A field that is no duration is also out of its range: it is told once. */
function onePerPlace(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.path, problem])).values()].toReversed();
}
