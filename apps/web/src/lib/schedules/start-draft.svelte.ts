/** How the runs of a schedule start, as it is being written: parameters by the definition of the workflow, and the same options as by hand. */
import { createQuery } from '@tanstack/svelte-query';
import type { StartChoicesInput, StartChoicesView, WorkflowDetail } from '@vaquita/client';
import { queries } from '#lib/data/queries.ts';
import { type Outline, outlineOf } from '#lib/definition/document.ts';
import { changedParams, checkParam, type ParamProblem } from '#lib/definition/params.ts';
import { defaultValues, type FurtherChoices, firstChoices, type StartChoices } from '#lib/workflow/start-choices.ts';
import { draftOfStart, startOf } from './draft.ts';

export interface StartDraft {
  readonly choices: StartChoices;
  readonly further: FurtherChoices;
  /** Undefined until the workflow is chosen and there. */
  readonly workflow: WorkflowDetail | undefined;
  readonly outline: Outline | undefined;
  readonly request: StartChoicesInput;
  /** What is wrong with a parameter, once it was to be saved. */
  problem(param: string): ParamProblem | undefined;
  /** To be called before it is saved. Whether something is wrong. */
  check(): boolean;
}

interface Which {
  readonly project: string;
  readonly workflow: string;
}

/** To be called while a component is made. @param kept of a schedule that is changed */
export function startDraft(which: () => Which, kept: StartChoicesView | undefined): StartDraft {
  const query = createQuery(() => ({
    ...queries.workflow(which().project, which().workflow),
    enabled: which().project !== '' && which().workflow !== '',
  }));
  const outline = $derived(query.data === undefined ? undefined : outlineOf(query.data.definition));
  const params = $derived(outline?.params ?? []);
  const first = kept === undefined ? undefined : draftOfStart(kept);
  const choices = $state<StartChoices>({ ...firstChoices([]), ...first, values: {} });
  const further = $state<FurtherChoices>({
    version: first?.version ?? null,
    timeout: first?.timeout ?? '',
    dryRun: first?.dryRun ?? false,
  });
  let checked = $state(false);
  let filledFor = '';
  // The fields of the parameters are filled when the workflow they belong to has come, and not again.
  $effect(() => {
    const id = query.data?.id ?? '';
    if (id === '' || id === filledFor) return;
    filledFor = id;
    choices.values = { ...defaultValues(params), ...kept?.params };
    if (kept === undefined) choices.startTasks = [];
  });
  const problemOf = (name: string) => {
    const param = params.find((one) => one.name === name);
    return param === undefined ? undefined : checkParam(param, choices.values[name] ?? '');
  };
  return {
    choices,
    further,
    get workflow() {
      return query.data;
    },
    get outline() {
      return outline;
    },
    get request() {
      // Until the workflow has come, nothing is known of defaults: what was kept stays.
      const values = outline === undefined ? { ...kept?.params } : changedParams(params, choices.values);
      return startOf(choices, further, values);
    },
    problem: (name) => (checked ? problemOf(name) : undefined),
    check() {
      checked = true;
      return params.some(({ name }) => problemOf(name) !== undefined);
    },
  };
}
