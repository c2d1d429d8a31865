/** One look: what rows and memory say together, of some runs or of everything that belongs to no run. */
import type { CommandRow, WorkerId, WorkflowInstanceId } from '@vaquita/core';
import type { LiveTaskRow, OpenRunRow, ReconcileStore, WorkerStateRow } from '@vaquita/store';
import { compareRun } from './compare.ts';
import { type Finding, unwatched } from './findings.ts';
import type { MemoryView } from './memory-view.ts';

export interface Survey {
  /** Of open runs whose rows have just been read. */
  ofRows(rows: readonly OpenRunRow[]): Promise<readonly Finding[]>;
  /** Of these runs, open or not. */
  ofRuns(ids: readonly WorkflowInstanceId[]): Promise<readonly Finding[]>;
  ofCommands(): Promise<readonly Finding[]>;
  ofWorkers(rows: readonly WorkerStateRow[]): readonly Finding[];
}

export interface SurveyDeps {
  readonly store: ReconcileStore;
  readonly memory: MemoryView;
  /** A command that is younger than this is not asked after. */
  readonly commandPatienceMs: number;
}

/** Tasks whose rows are read in one go; a run with more is read alone. */
const TASKS_AT_ONCE = 2_000;
/** Commands of each priority that are looked at in one go. */
const COMMANDS_AT_ONCE = 50;

export function createSurvey({ store, memory, commandPatienceMs }: SurveyDeps): Survey {
  /** So that the rows of tasks that are read at once have a bound. */
  function* batchesOf(ids: readonly WorkflowInstanceId[]): Generator<readonly WorkflowInstanceId[]> {
    let batch: WorkflowInstanceId[] = [];
    let tasks = 0;
    for (const id of ids) {
      const size = memory.runs.get(id)?.run.nodes.length ?? 0;
      if (batch.length > 0 && tasks + size > TASKS_AT_ONCE) {
        yield batch;
        batch = [];
        tasks = 0;
      }
      batch.push(id);
      tasks += size;
    }
    if (batch.length > 0) yield batch;
  }

  async function compare(
    ids: readonly WorkflowInstanceId[],
    rowOf: ReadonlyMap<WorkflowInstanceId, OpenRunRow>,
  ): Promise<readonly Finding[]> {
    const open = ids.filter((id) => rowOf.has(id));
    const inMemory = open.filter((id) => memory.runs.get(id));
    const unstarted = open.filter((id) => isUnstarted(rowOf.get(id)!));
    const [tasks, commanded] = await Promise.all([
      inMemory.length === 0 ? [] : store.liveTaskRows(inMemory),
      unstarted.length === 0 ? [] : store.pendingRuns(unstarted),
    ]);
    const tasksOf = Map.groupBy(tasks, (task: LiveTaskRow) => task.workflowInstanceId);
    const hasCommand = new Set(commanded);
    return ids.flatMap((id) =>
      compareRun(memory, id, { run: rowOf.get(id), tasks: tasksOf.get(id) ?? [], hasCommand: hasCommand.has(id) }),
    );
  }

  async function ofRows(rows: readonly OpenRunRow[], others: readonly WorkflowInstanceId[] = []) {
    const rowOf = new Map(rows.map((row) => [row.id, row]));
    const found: Finding[] = [];
    for (const batch of batchesOf([...rowOf.keys(), ...others])) found.push(...(await compare(batch, rowOf)));
    return found;
  }

  return {
    ofRows: (rows) => ofRows(rows),
    async ofRuns(ids) {
      const rows = await store.openRunRowsOf(ids);
      const open = new Set(rows.map(({ id }) => id));
      return ofRows(
        rows,
        ids.filter((id) => !open.has(id)),
      );
    },
    async ofCommands() {
      const commands = await store.pendingSince(memory.now() - commandPatienceMs, COMMANDS_AT_ONCE);
      return commands.filter(isNobodys).map(stuck);
    },
    ofWorkers(rows) {
      const { absent, deniedByRow } = memory.presence.amiss(rows);
      return [...absent.map((worker) => unwatched(worker, null)), ...deniedByRow.map(denied)];
    },
  };

  /** Its run is at rest, and the command has not come to anything. */
  function isNobodys({ workflowInstanceId: id }: CommandRow): boolean {
    const { runs, idle } = memory;
    const bus = runs.get(id);
    return !runs.isComing(id) && (bus === undefined || idle.isIdle(bus));
  }
}

function isUnstarted({ state, queuedAt }: OpenRunRow): boolean {
  return state === 'submitted' && queuedAt === null;
}

function denied(worker: WorkerId): Finding {
  const text = `Worker ${worker} is connected, and its row said that it was offline.`;
  return {
    check: 'denied_worker',
    subject: worker,
    stamp: '',
    text,
    mend: { how: 'affirm_worker', worker },
    run: null,
  };
}

function stuck({ id, kind, workflowInstanceId, createdBy, createdAt }: CommandRow): Finding {
  const filed = new Date(createdAt).toISOString();
  return {
    check: 'stuck_command',
    subject: id,
    stamp: '',
    text: `The command "${kind}" of ${createdBy}, filed at ${filed}, was with nobody.`,
    mend: { how: 'take_command', run: workflowInstanceId },
    run: null,
  };
}
