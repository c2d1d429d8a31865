/** What is known of a chaos run when it has come to rest: rows as the API shows them, and what the tasks have told. */
import type { InstanceView, TaskInstanceView } from '@vaquita/client';
import type { FaultPlan, WorkflowPlan } from '../plan/plan.ts';

export interface RunFacts {
  readonly view: InstanceView;
  readonly plan: WorkflowPlan;
  /** Every attempt, in order of creation. */
  readonly tasks: readonly TaskInstanceView[];
  readonly children: readonly RunFacts[];
  /** What was asked of it, or of the run that started it, and carried out, in order. */
  readonly done: readonly string[];
}

/** One process of a task, told by itself. Times in epoch milliseconds. */
export interface Execution {
  readonly taskInstanceId: string;
  readonly dispatchId: string;
  readonly agent: string;
  readonly begunAt: number;
  /** Null: it was ended before it came to its own end. */
  readonly end: { readonly at: number; readonly exit: string } | null;
}

export type Witness = ReadonlyMap<string, readonly Execution[]>;

/** Something that went wrong. Times are those of the machine, in epoch milliseconds. */
export interface Trouble {
  readonly what: FaultPlan['what'] | 'stall';
  /** Name of the agent, `server` with its number, `database`; empty when it is about the whole machine. */
  readonly target: string;
  /** Of a server, where there are several: whether it led. */
  readonly role?: 'leader' | 'follower' | null;
  readonly at: number;
  /** From then on nothing stands in the way any more: it is ready, awake, heard. Null: never. */
  readonly overAt: number | null;
}

/** By task instance. @throws Error on a line that no task can have written. */
export function readWitness(text: string): Witness {
  const executions = new Map<string, Execution[]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [word, taskInstanceId, dispatchId, agent, at, exit, ...rest] = line.split(' ');
    if (!taskInstanceId || !dispatchId || !agent || !/^\d+$/.test(at ?? '') || !exit || rest.length > 0)
      throw new Error(`a line of the witness cannot be read: ${line}`);
    const known = executions.get(taskInstanceId) ?? [];
    executions.set(taskInstanceId, known);
    if (word === 'begin') {
      known.push({ taskInstanceId, dispatchId, agent, begunAt: Number(at), end: null });
      continue;
    }
    const open = known.findLastIndex((one) => one.dispatchId === dispatchId && one.agent === agent && !one.end);
    if (open < 0) throw new Error(`a task has ended that had not begun: ${line}`);
    known[open] = { ...known[open]!, end: { at: Number(at), exit } };
  }
  return executions;
}

/** The run and all that its tasks have started. */
export function withChildren(run: RunFacts): readonly RunFacts[] {
  return [run, ...run.children.flatMap(withChildren)];
}

export function timeOf(text: string): number {
  return Date.parse(text);
}
