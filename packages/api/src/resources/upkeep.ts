/** /janitor and /cluster/reconciler: what the leader does by itself, what it would do, and the wish that it does it now. */
import { AppError, formatDuration } from '@vaquita/core';
import { dueFamilies, type RetentionPolicy, type RetentionReader, type RetentionStore } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { JanitorAsked, JanitorPreview, JanitorView, type PassView, ReconcilerView } from '../views/upkeep.ts';
import { isoTime } from './paging.ts';

type Counts = Readonly<Record<Exclude<keyof PassView, 'startedAt' | 'endedAt' | 'error'>, number>>;
type Pass = Counts & { readonly startedAt: number; readonly endedAt: number | null; readonly error: string | null };

/** As this process sees it: null where it does not lead, or where it is switched off. */
export interface Upkeep {
  readonly retention: RetentionReader & Pick<RetentionStore, 'space'>;
  readonly policy: RetentionPolicy;
  /** Hint: the janitor is wanted now. */
  cleanUp(): void;
  janitor(): { readonly pass: Pass | null; readonly lastPass: Pass | null; readonly passes: number } | null;
  reconciler(): {
    readonly rounds: number;
    readonly runsChecked: number;
    readonly roundBegan: number | null;
    readonly roundEnded: number | null;
    readonly suspects: number;
    readonly recent: readonly {
      readonly at: number;
      readonly check: string;
      readonly subject: string;
      readonly text: string;
      readonly outcome: 'mended' | 'given_up';
    }[];
  } | null;
  /** What each check of the reconciler finds, in words. */
  readonly checks: Readonly<Record<string, string>>;
  mends(): {
    readonly mended: Readonly<Record<string, number>>;
    readonly gaveUp: Readonly<Record<string, number>>;
  };
}

/** Families that a preview counts. */
const PREVIEWED = 2_000;
const SHOWN_WORKFLOWS = 50;

export function upkeepEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { upkeep, clock } = deps;
  const { retention, policy } = upkeep;
  const tag = 'Operation';
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/janitor',
      tag,
      access: 'admin',
      summary: 'What is kept, how large the database is, and what was removed last',
      status: 200,
      answer: JanitorView,
      async handle() {
        const status = upkeep.janitor();
        return {
          keepRuns: policy.keepMs === null ? null : formatDuration(policy.keepMs),
          keepRunsPerWorkflow: policy.keepRuns,
          keepRunsAtLeast: policy.keepAtLeast,
          database: { ...(await retention.space()) },
          leads: status !== null,
          pass: toPassView(status?.pass ?? null),
          lastPass: toPassView(status?.lastPass ?? null),
          passes: status?.passes ?? 0,
        };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/janitor/preview',
      tag,
      access: 'admin',
      summary: 'What the janitor would remove now',
      description: `Counts at most ${PREVIEWED} runs, with those that they have started. Changes nothing.`,
      status: 200,
      answer: JanitorPreview,
      handle: () => preview(retention, policy, clock.now()),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/janitor/run',
      tag,
      access: 'admin',
      summary: 'Have the janitor look at once for what may go',
      description: 'Only the server that leads can do it.',
      status: 202,
      answer: JanitorAsked,
      async handle({ caller }) {
        const status = upkeep.janitor();
        if (status === null) {
          const leader = deps.leadership().leaderName;
          const where = leader === null ? 'Nobody leads yet; try again.' : `Ask ${leader}, which leads.`;
          throw new AppError('conflict', `This server does not lead. ${where}`);
        }
        await audit(caller, { action: 'janitor.run', subject: 'runs' });
        const { pass, passes } = upkeep.janitor() ?? status;
        upkeep.cleanUp();
        return { passes: passes + (pass === null ? 1 : 2) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/cluster/reconciler',
      tag,
      access: 'admin',
      summary: 'How far memory has been held against rows, and what did not agree',
      status: 200,
      answer: ReconcilerView,
      async handle() {
        const status = upkeep.reconciler();
        const { mended, gaveUp } = upkeep.mends();
        return {
          leads: status !== null,
          rounds: status?.rounds ?? 0,
          runsChecked: status?.runsChecked ?? 0,
          roundBeganAt: timeOrNull(status?.roundBegan),
          roundEndedAt: timeOrNull(status?.roundEnded),
          suspects: status?.suspects ?? 0,
          checks: Object.entries(upkeep.checks).map(([check, finds]) => {
            return { check, finds, mended: mended[check] ?? 0, givenUp: gaveUp[check] ?? 0 };
          }),
          recent: (status?.recent ?? []).map(({ at, ...finding }) => ({ at: isoTime(at), ...finding })),
        };
      },
    }),
  ];
}

async function preview(retention: RetentionReader, policy: RetentionPolicy, now: number): Promise<JanitorPreview> {
  const workflows = new Map<string, number>();
  const found = { runs: 0, byAge: 0, byCount: 0, taskInstances: 0, logBytes: 0, more: false };
  const roots = new Set<string>();
  for await (const { root, members, because } of dueFamilies(retention, { policy, now })) {
    // Old runs beyond the number are found twice: nothing is removed in between.
    if (roots.has(root.id)) continue;
    if (roots.size === PREVIEWED) {
      found.more = true;
      break;
    }
    roots.add(root.id);
    const weights = await retention.weigh(
      members.map(({ id }) => id),
      1,
    );
    for (const { tasks, logBytes } of weights) {
      found.taskInstances += tasks;
      found.logBytes += logBytes;
    }
    found.runs += members.length;
    if (because === 'age') found.byAge += members.length;
    else found.byCount += members.length;
    for (const { workflowName } of members) workflows.set(workflowName, (workflows.get(workflowName) ?? 0) + 1);
  }
  const most = [...workflows].sort(([, a], [, b]) => b - a).slice(0, SHOWN_WORKFLOWS);
  return { ...found, workflows: most.map(([name, runs]) => ({ name, runs })) };
}

function toPassView(pass: Pass | null): PassView | null {
  if (pass === null) return null;
  const { startedAt, endedAt, ...counts } = pass;
  return { ...counts, startedAt: isoTime(startedAt), endedAt: timeOrNull(endedAt) };
}

function timeOrNull(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : isoTime(at);
}
