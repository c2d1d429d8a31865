/** What people are told of the cluster itself. Each is filed in the unit that writes what it tells of. */
import {
  type AlertFact,
  clusterAlert,
  derivedId,
  type Epoch,
  formatDuration,
  type IdSource,
  type NewAlert,
  type NewEvent,
} from '@vaquita/core';
import type { WorkerFacts } from '@vaquita/store';
import type { Loss } from '../sessions/presence.ts';

interface Moment {
  readonly ids: IdSource;
  /** Epoch milliseconds. */
  readonly now: number;
}

type Named = Pick<WorkerFacts, 'name' | 'groups'>;

/** @param held tasks that it had. */
export function workerLost({ ids, now }: Moment, worker: Named, loss: Loss, held: number): NewAlert {
  const heard = loss.lastHeardAt;
  return clusterAlert('worker_lost', {
    ...{ id: ids.next<'alert'>(), at: now, about: worker.name, labels: { worker: worker.name } },
    title: `Worker "${worker.name}" is lost`,
    text: `${loss.text}${held === 0 ? '' : ` ${held === 1 ? 'Its task is' : `Its ${held} tasks are`} done elsewhere.`}`,
    facts: [
      { name: 'Worker', value: worker.name },
      { name: 'Groups', value: worker.groups.join(', ') },
      ...(heard === undefined ? [] : [{ name: 'Last heard of', value: new Date(heard).toISOString() }]),
      { name: 'Tasks that it had', value: String(held) },
    ],
    links: [{ title: 'Open the workers', url: '/workers' }],
  });
}

/** Written only where its loss was told. */
export function workerBack({ ids, now }: Moment, { name }: Pick<Named, 'name'>): NewAlert {
  return clusterAlert('worker_lost', {
    ...{ id: ids.next<'alert'>(), at: now, about: name, labels: { worker: name }, state: 'resolved' },
    title: `Worker "${name}" is back`,
    text: 'It has joined.',
  });
}

/** A server that is gone without having said so. */
export interface LostServer {
  readonly id: string;
  readonly name: string;
  /** Where it could be reached, as far as it knew. */
  readonly host: string | null;
  /** When that was noticed, the same for everybody who hears of it: epoch milliseconds. */
  readonly at: number;
  /** It had the lead. */
  readonly led: boolean;
}

/** The same for whoever files it, so that one loss is told once. */
export function serverLost({ id, name, host, at }: LostServer): { readonly event: NewEvent; readonly alert: NewAlert } {
  const facts: AlertFact[] = [{ name: 'Server', value: name }];
  if (host !== null) facts.push({ name: 'Address', value: host });
  return {
    event: {
      ...{ type: 'server.lost', projectId: null, workflowInstanceId: null, taskInstanceId: null, at },
      data: { id, name, host },
    },
    alert: clusterAlert('server_lost', {
      ...{ id: derivedId(at, `server_lost:${id}`), at, about: name, labels: { server: name }, facts },
      title: `Server ${name} is lost`,
      text: 'It has not been heard of in its session timeout, and did not say that it would leave. Others do what it did.',
    }),
  };
}

/** @param taken runs that this server has taken over. */
export function failover(lost: LostServer, by: string, taken: number): NewAlert {
  return clusterAlert('failover', {
    ...{ id: derivedId(lost.at, `failover:${lost.id}`), at: lost.at, about: lost.name, labels: { server: lost.name } },
    title: `Server ${by} has taken over from ${lost.name}`,
    text: `Server ${lost.name}, which had the lead, is lost. ${taken === 1 ? 'One open run was' : `${taken} open runs were`} taken over; tasks on workers go on.`,
    facts: [
      { name: 'Lost', value: lost.name },
      { name: 'Leads now', value: by },
      { name: 'Runs taken over', value: String(taken) },
    ],
  });
}

export interface ClosedAdmission {
  /** Since when runs wait without a pause, and now: epoch milliseconds. */
  readonly since: number;
  readonly now: number;
  readonly waiting: number;
  readonly epoch: Epoch;
}

/** The same for one wait in one term, however often it is filed. */
export function admissionClosed({ since, now, waiting, epoch }: ClosedAdmission): NewAlert {
  return clusterAlert('admission_closed', {
    ...{ id: derivedId(since, `admission_closed:${epoch}`), at: now, about: 'admission' },
    title: `Runs have been waiting for room for ${formatDuration(now - since)}`,
    text: `${waiting === 1 ? 'One run waits' : `${waiting} runs wait`} because as many runs are live, or tasks queued, as may be at once. Add workers, or raise the limits of the server.`,
    facts: [
      { name: 'Runs that wait', value: String(waiting) },
      { name: 'Since', value: new Date(since).toISOString() },
    ],
    links: [{ title: 'Open the runs', url: '/runs' }],
  });
}

export function admissionOpen({ ids, now }: Moment): NewAlert {
  return clusterAlert('admission_closed', {
    ...{ id: ids.next<'alert'>(), at: now, about: 'admission', state: 'resolved' },
    title: 'No run waits for room any more',
    text: 'Runs are admitted as they come.',
  });
}
