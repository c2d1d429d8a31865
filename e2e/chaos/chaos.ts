/** One chaos run from its plan to its verdict: processes, load and faults, rest, judgement. */
import { type RunFacts, readWitness, type Trouble, type Witness, withChildren } from './model/facts.ts';
import { judgeGroups, judgeSequence, judgeTurns } from './model/judge-order.ts';
import { judgeRun } from './model/judge-run.ts';
import { findRecoveries, type Recovery } from './model/recoveries.ts';
import { findRepeats, type Repeat } from './model/repeats.ts';
import type { ChaosPlan } from './plan/plan.ts';
import { openCluster } from './world/cluster.ts';
import { collectRuns, strangeRuns } from './world/collect.ts';
import { PROJECT } from './world/operator.ts';
import { playOut } from './world/play-out.ts';

export interface Verdict {
  /** Executions that tasks have told of. */
  readonly tasksRun: number;
  readonly runs: number;
  /** Sentences: what was lost, and what is not as it must be. */
  readonly lost: readonly string[];
  readonly repeats: readonly Repeat[];
  readonly recoveries: readonly Recovery[];
  readonly troubles: readonly Trouble[];
  /** Calls that had no answer and were made again. */
  readonly repeatedCalls: number;
  /** Where everything is kept for whoever looks for the cause; null when it is not. */
  readonly folder: string | null;
}

export function isGood({ lost, repeats }: Pick<Verdict, 'lost' | 'repeats'>): boolean {
  return lost.length === 0 && repeats.every(({ cause }) => cause !== null);
}

export interface ChaosOptions {
  readonly print: (line: string) => void;
  /** Keep the logs of all processes, also when nothing is wrong. */
  readonly keep: boolean;
}

/** Exit status of who was told to end. */
const INTERRUPTED = 130;

export async function runChaos(plan: ChaosPlan, options: ChaosOptions): Promise<Verdict> {
  const { print } = options;
  const cluster = await openCluster(plan);
  let keep = true;
  const interrupt = () => void cluster.close({ keep: false }).finally(() => process.exit(INTERRUPTED));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    if (cluster.whyNoDisk && plan.servers === 1) print(`The disk is not filled: ${cluster.whyNoDisk}`);
    const { started, unanswered, troubles, repeatedCalls } = await playOut(plan, cluster, print);
    const { client } = cluster.servers[0]!.server;
    const runs = await collectRuns(client, started, plan.workflows);
    const witness = readWitness(await cluster.witness());
    const lost = [
      ...unanswered,
      ...(await strangeRuns(client, PROJECT, runs)),
      ...cluster.endedAlone,
      ...judge(runs, witness, plan),
    ];
    const repeats = findRepeats(runs, witness, troubles);
    keep = options.keep || !isGood({ lost, repeats });
    return {
      tasksRun: [...witness.values()].flat().length,
      runs: runs.flatMap(withChildren).length,
      lost,
      repeats,
      recoveries: findRecoveries(runs, witness, { troubles, repeats }),
      troubles,
      repeatedCalls,
      folder: keep ? cluster.folder : null,
    };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await cluster.close({ keep });
  }
}

function judge(runs: readonly RunFacts[], witness: Witness, { groups }: ChaosPlan): readonly string[] {
  const all = runs.flatMap(withChildren);
  const known = new Set(all.flatMap(({ tasks }) => tasks.map(({ id }) => id)));
  return [
    ...all.flatMap((run) => judgeRun(run, witness)),
    ...all.flatMap((run) => judgeSequence(run, witness)),
    ...judgeGroups(runs, witness, groups),
    ...judgeTurns(runs, witness),
    ...[...witness.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `the task instance ${id} has run, and no row knows it`),
  ];
}
