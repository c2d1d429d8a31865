/** Carries out the load of a plan: files the starts when they are due, and steers runs as people do. */
import { setTimeout as pause } from 'node:timers/promises';
import { type ActionAnswer, ApiError, type InstanceView, type PostOptions, type VaquitaClient } from '@vaquita/client';
import { isWorkflowTerminal } from '@vaquita/core';
import type { ChaosPlan, StartPlan, Steering } from '../plan/plan.ts';
import type { Calls } from './calls.ts';

export const PROJECT = 'chaos';

export interface StartedRun {
  readonly id: string;
  readonly start: StartPlan;
  /** What was asked of it and accepted. */
  readonly asked: { readonly action: string; readonly operationId: string }[];
}

export interface Operator {
  /** Files one start, and steers its run to the end of what is planned for it. */
  carryOut(nth: number, start: StartPlan): Promise<void>;
  readonly runs: readonly StartedRun[];
}

const POLL_MS = 200;

export function createOperator(plan: ChaosPlan, calls: Calls, isOver: () => boolean): Operator {
  const runs: StartedRun[] = [];

  async function carryOut(nth: number, start: StartPlan): Promise<void> {
    const key = `chaos-${plan.seed}-${nth}`;
    const { id } = await calls.answered((client) =>
      client.workflows.start(PROJECT, start.workflow, { params: { n: start.n } }, { idempotencyKey: key }),
    );
    const run: StartedRun = { id, start, asked: [] };
    runs.push(run);
    if (start.steering) await steer(run, start.steering, key);
  }

  async function steer(run: StartedRun, { what, afterMs, restMs }: NonNullable<StartPlan['steering']>, key: string) {
    for (const [nth, action] of (what.split(', ') as ActionName[]).entries()) {
      await pause(nth === 0 ? afterMs : restMs);
      if (action === 'resume' || action === 'recover-failed' || action === 'rerun') await atRest(run);
      await ask(run, action, `${key}-${action}`);
    }
  }

  function look(run: StartedRun): Promise<InstanceView> {
    return calls.answered((client) => client.instances.get(run.id));
  }

  /** What is asked only of a run that rests or has ended waits for that. */
  async function atRest(run: StartedRun): Promise<void> {
    while (!isOver() && !isWorkflowTerminal((await look(run)).state)) await pause(POLL_MS);
  }

  /** Asks for it and waits until it is carried out. That the run has ended meanwhile is no trouble. */
  async function ask(run: StartedRun, action: ActionName, idempotencyKey: string): Promise<void> {
    let answer: ActionAnswer;
    try {
      answer = await calls.answered((client) => ACTIONS[action](client, run.id, { idempotencyKey }));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict') return;
      throw error;
    }
    const { operationId } = answer;
    run.asked.push({ action, operationId });
    const isPending = async () =>
      (await calls.answered((client) => client.instances.operation(operationId))).state === 'pending';
    while (!isOver() && (await isPending())) await pause(POLL_MS);
  }

  return { carryOut, runs };
}

type ActionName = Steering extends infer S ? (S extends `${infer A}, ${infer B}` ? A | B : S) : never;

const ACTIONS: Readonly<
  Record<ActionName, (client: VaquitaClient, id: string, options: PostOptions) => Promise<ActionAnswer>>
> = {
  pause: ({ instances }, id, options) => instances.pause(id, options),
  resume: ({ instances }, id, options) => instances.resume(id, options),
  stop: ({ instances }, id, options) => instances.stop(id, options),
  'recover-failed': ({ instances }, id, options) => instances.recoverFailed(id, options),
  rerun: ({ instances }, id, options) => instances.rerun(id, options),
};
