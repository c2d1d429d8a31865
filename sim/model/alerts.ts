/**
 * Alerts as the model follows them, from the commit that files one to the channels that have taken it.
 *
 * K1 An alert that is filed ends folded into one that goes out, or goes out, to every channel that its group had when it
 *    was taken up; where there is none it has failed. Whatever dies meanwhile, none is lost.
 * K2 What speaks for others counts all of them, and is of the same group, subject, kind and state.
 * K3 A delivery is claimed by one at a time, sent only by whom it was granted to, and once for each grant. What one channel is
 *    told of one subject keeps the order of filing.
 * K4 A result is written only for the claim that stands, and says what the channel has answered.
 * K5 A claim that is in hand is not taken back.
 * K6 Only what is over is removed.
 */

import type {
  AlertFacts,
  AlertKind,
  AlertRow,
  Claim,
  DeliveryFacts,
  DeliveryResult,
  Grant,
  NewAlert,
  ReclaimFact,
  TakeUpFact,
  Writer,
} from './alert-facts.ts';
import { type AlertTargets, createAlertTargets } from './alert-targets.ts';
import { Violation } from './facts.ts';

export interface AlertModel extends Pick<AlertTargets, 'channel' | 'group' | 'looked'> {
  readonly alerts: ReadonlyMap<string, AlertFacts>;
  /** Of a subject, whether what was filed last says that something is wrong. */
  isOpen(subject: string): boolean;
  /** Runs that have told this. */
  runsTold(kind: AlertKind): readonly string[];
  filed(alerts: readonly NewAlert[]): void;
  /** An alert in the tables that waits to be taken up. */
  waits(row: AlertRow): void;
  takeUp(by: Writer, fact: TakeUpFact): void;
  claimed(by: Writer, claims: readonly Claim[]): void;
  finished(by: Writer, result: DeliveryResult): void;
  released(by: Writer, claims: readonly Claim[]): void;
  reclaimed(by: Writer, fact: ReclaimFact): void;
  /** Alerts that are not there any more. */
  purged(ids: readonly string[]): void;
  resent(id: string): void;
  /** A process begins to send; `end` is told with the answer that it gets. */
  sends(process: string, send: { readonly id: string; readonly count: number; readonly at: number }): SendWitness;
  unrest(): string | undefined;
}

export interface SendWitness {
  /** The channel has it. */
  delivered(): void;
  answered(ok: boolean, retryable: boolean, at: number): void;
}

type Filed = Pick<NewAlert, 'id' | 'group' | 'workflowInstanceId' | 'message'>;

/** As the engines of the world are set. */
export interface SendLimits {
  readonly timeoutMs: number;
  readonly marginMs: number;
  readonly maxAttempts: number;
}

/** Of the cluster, not of what a run asks for; most are filed by verbs that the model does not follow. */
export const OF_CLUSTER: ReadonlySet<AlertKind> = new Set<AlertKind>([
  'workflow_quarantined',
  'worker_lost',
  'server_lost',
  'failover',
  'admission_closed',
  'listener_stopped',
]);
const OVER: ReadonlySet<AlertRow['status']> = new Set<AlertRow['status']>(['folded', 'sent', 'partly_sent', 'failed']);

export function createAlertModel(limits: SendLimits): AlertModel {
  const alerts = new Map<string, AlertFacts>();
  const deliveries = new Map<string, DeliveryFacts>();
  const targets = createAlertTargets();
  /** What was filed last, by subject. */
  const latest = new Map<string, AlertFacts>();
  let places = 0;

  function put({ id, group, workflowInstanceId: run, message }: Filed): void {
    const { kind, subject, state, count } = message;
    const facts: AlertFacts = {
      ...{ id, group, run, kind, subject, state, count, deliveries: [], place: places },
      ...{ status: 'waiting', into: null, removed: false },
    };
    places += 1;
    alerts.set(id, facts);
    latest.set(subject, facts);
  }

  function isThere(id: string): boolean {
    return alerts.get(id)?.removed === false;
  }

  /** Once, and a resolution only where something is open: then it goes where that went. */
  function file(alert: NewAlert): void {
    if (isThere(alert.id)) return;
    const last = latest.get(alert.message.subject);
    if (alert.message.state === 'open') put(alert);
    // Only rows tell whether another run of the workflow is aside: then it is not filed. It is followed from when it is read.
    else if (alert.message.kind === 'workflow_quarantined') return;
    else if (last?.state === 'open') put({ ...alert, group: last.group });
  }

  function mustWait(id: string, what: string): AlertFacts {
    const alert = alerts.get(id);
    if (alert?.status === 'waiting') return alert;
    throw new Violation('told', `the alert ${id} is ${what}, and is ${alert?.status ?? 'not known'}`);
  }

  /** K2 */
  function fold({ into, ids, message }: TakeUpFact['folds'][number]): void {
    const speaker = mustWait(into, 'to speak for others');
    for (const id of ids) {
      const alert = mustWait(id, 'folded');
      for (const key of ['group', 'subject', 'kind', 'state'] as const)
        if (alert[key] !== speaker[key]) throw new Violation('told', `${id} is folded into ${into} of another ${key}`);
      Object.assign(alert, { status: 'folded', into });
      speaker.count += alert.count;
    }
    if (message.count !== speaker.count)
      throw new Violation('told', `${into} says that it speaks for ${message.count}, and speaks for ${speaker.count}`);
  }

  /** K1 */
  function take(by: Writer, { id, deliveries: made, reason }: TakeUpFact['taken'][number]): void {
    const alert = mustWait(id, 'taken up');
    const { must, may } = targets.audience(by.process, alert);
    const told = new Set<string>(made.map(({ channelId }) => channelId));
    for (const channel of must)
      if (!told.has(channel)) throw new Violation('told', `channel ${channel} is not told of ${alert.subject} ${id}`);
    for (const channel of told)
      if (!may.has(channel))
        throw new Violation('told', `channel ${channel} is told of ${id}, and is not in its group`);
    if (made.length !== told.size) throw new Violation('told', `a channel is told twice of ${id}`);
    if (told.size === 0 && reason === null)
      throw new Violation('told', `nobody is told of ${id}, and it is not said why`);
    alert.status = told.size === 0 ? 'failed' : 'sending';
    for (const { id: delivery, channelId } of made) {
      const facts: DeliveryFacts = {
        ...{ id: delivery, alert: id, channel: channelId, status: 'waiting', attempt: 0, grants: [], delivered: 0 },
      };
      deliveries.set(delivery, facts);
      alert.deliveries.push(facts);
    }
  }

  function derive(id: string): void {
    const alert = alerts.get(id)!;
    const count = (status: DeliveryFacts['status']) => alert.deliveries.filter((one) => one.status === status).length;
    const [sent, failed, all] = [count('sent'), count('failed'), alert.deliveries.length];
    if (sent + failed < all) alert.status = 'sending';
    else alert.status = failed === 0 ? 'sent' : sent === 0 ? 'failed' : 'partly_sent';
  }

  function isPending({ status }: DeliveryFacts): boolean {
    return status === 'waiting' || status === 'retry';
  }

  /** K3 */
  function claim(by: Writer, { id, attempt }: Claim): void {
    const delivery = deliveries.get(id);
    if (!delivery) throw new Violation('claims', `a delivery ${id} is claimed that was never made`);
    if (!isPending(delivery))
      throw new Violation('claims', `the delivery ${id} is claimed while it is ${delivery.status}`);
    const { subject, place } = alerts.get(delivery.alert)!;
    for (const other of deliveries.values()) {
      if (other.channel !== delivery.channel || (!isPending(other) && other.status !== 'sending')) continue;
      const before = alerts.get(other.alert)!;
      if (before.subject === subject && before.place < place)
        throw new Violation('claims', `${delivery.channel} is told of ${delivery.alert} before ${other.alert}`);
    }
    const channel = targets.find(delivery.channel);
    const mute = !channel?.enabled || !channel.readable;
    delivery.grants.push({ ...by, attempt, mute, begunAt: null, endedAt: null, answer: null });
    Object.assign(delivery, { status: 'sending', attempt });
  }

  /** The claim as it stands, when it is this one. */
  function standing({ process, epoch }: Writer, { id, attempt }: Claim): Grant | undefined {
    const delivery = deliveries.get(id);
    if (delivery?.status !== 'sending' || delivery.attempt !== attempt) return undefined;
    const grant = delivery.grants.at(-1);
    return grant?.process === process && grant.epoch === epoch ? grant : undefined;
  }

  /** K4: what is written is what the channel has said, or what no channel had to be asked for. */
  function checkResult({ attempt, mute, answer, begunAt, endedAt }: Grant, { id, status }: DeliveryResult): void {
    const delivery = deliveries.get(id)!;
    if (status === 'sent' && (!answer?.ok || delivery.delivered === 0))
      throw new Violation('claims', `the delivery ${id} is said to be sent, and its channel has not taken it`);
    const inTime = endedAt !== null && endedAt - begunAt! < limits.timeoutMs;
    if (status !== 'sent' && answer?.ok && inTime)
      throw new Violation('claims', `the delivery ${id} is ${status}, and its channel has taken it`);
    if (status !== 'failed' || mute || attempt >= limits.maxAttempts) return;
    if (answer === null || answer.retryable)
      throw new Violation('claims', `the delivery ${id} has failed at try ${attempt} for no reason`);
  }

  /** K5 */
  function takeBack(by: Writer, { id }: Claim): void {
    const delivery = deliveries.get(id);
    const grant = delivery?.grants.at(-1);
    if (delivery?.status !== 'sending' || !grant) throw new Violation('claims', `${id} is taken back from nobody`);
    const inHand = grant.begunAt !== null && grant.endedAt === null && by.at - grant.begunAt < limits.timeoutMs;
    if (grant.process === by.process && grant.epoch === by.epoch && inHand)
      throw new Violation('claims', `the delivery ${id} is taken back from ${by.process}, which is sending it`);
    delivery.status = 'retry';
  }

  return {
    alerts,
    runsTold: (kind) => [...alerts.values()].flatMap((one) => (one.kind === kind && one.run !== null ? [one.run] : [])),
    isOpen: (subject) => latest.get(subject)?.state === 'open',
    channel: targets.channel,
    group: targets.group,
    looked: targets.looked,
    filed(made) {
      for (const alert of made) file(alert);
    },
    waits({ id, groupName: group, workflowInstanceId, message }) {
      if (isThere(id)) return;
      if (!OF_CLUSTER.has(message.kind))
        throw new Violation('asked', `there is an alert ${message.kind} ${id} that no commit has filed`);
      put({ id, group, workflowInstanceId, message });
    },
    takeUp(by, { folds, taken }) {
      for (const one of folds) fold(one);
      for (const one of taken) take(by, one);
    },
    claimed(by, claims) {
      for (const one of claims) claim(by, one);
    },
    finished(by, result) {
      const grant = standing(by, result);
      if (!grant)
        throw new Violation('claims', `${by.process} writes a result of ${result.id}, and does not hold the claim`);
      checkResult(grant, result);
      const delivery = deliveries.get(result.id)!;
      delivery.status = result.status;
      derive(delivery.alert);
    },
    released(by, claims) {
      for (const one of claims) {
        if (!standing(by, one)) continue;
        const delivery = deliveries.get(one.id)!;
        Object.assign(delivery, { status: 'retry', attempt: one.attempt - 1 });
      }
    },
    reclaimed(by, { claims, unreachable }) {
      for (const one of claims) takeBack(by, one);
      if (unreachable === 0) return;
      const gone = [...deliveries.values()].filter((one) => isPending(one) && !targets.find(one.channel));
      if (gone.length < unreachable)
        throw new Violation('claims', `${unreachable} deliveries are given up for nothing`);
      for (const delivery of gone.slice(0, unreachable)) {
        delivery.status = 'failed';
        derive(delivery.alert);
      }
    },
    purged(ids) {
      for (const id of ids) {
        const alert = alerts.get(id);
        if (!alert) continue;
        const speaker = alert.into === null ? undefined : alerts.get(alert.into);
        if (!OVER.has(alert.status) || (speaker && !OVER.has(speaker.status)))
          throw new Violation('told', `the alert ${id}, which is ${alert.status}, was removed`);
        alert.removed = true;
        if (latest.get(alert.subject) !== alert) continue;
        const others = [...alerts.values()].filter((one) => one.subject === alert.subject && !one.removed);
        const next = others.sort((a, b) => a.place - b.place).at(-1);
        if (next) latest.set(alert.subject, next);
        else latest.delete(alert.subject);
      }
    },
    resent(id) {
      const alert = alerts.get(id)!;
      for (const delivery of alert.deliveries)
        if (delivery.status === 'failed') Object.assign(delivery, { status: 'waiting', attempt: 0 });
      if (alert.deliveries.length === 0) alert.status = 'waiting';
      else derive(id);
    },
    sends(process, { id, count, at }) {
      const delivery = deliveries.get(id);
      const grant = delivery?.grants.findLast((one) => one.process === process && one.begunAt === null);
      if (!delivery || !grant) throw new Violation('claims', `${process} sends ${id}, which was not granted to it`);
      const alert = alerts.get(delivery.alert)!;
      if (count !== alert.count)
        throw new Violation('told', `${delivery.alert} is sent as ${count} alerts, and speaks for ${alert.count}`);
      const other = delivery.grants.find(({ epoch, begunAt, endedAt }) => {
        return epoch === grant.epoch && begunAt !== null && endedAt === null && at - begunAt < limits.timeoutMs;
      });
      if (other) throw new Violation('claims', `the delivery ${id} is sent twice at once by ${process}`);
      grant.begunAt = at;
      return {
        delivered() {
          delivery.delivered += 1;
        },
        answered(ok, retryable, endedAt) {
          Object.assign(grant, { answer: { ok, retryable }, endedAt });
        },
      };
    },
    unrest() {
      for (const { id, kind, status, deliveries: of } of alerts.values()) {
        if (OVER.has(status)) continue;
        const open = of.filter((one) => one.status !== 'sent').map(({ channel, status: is }) => `${channel} ${is}`);
        return `the alert ${kind} ${id} is ${status}${open.length > 0 ? ` (${open.join(', ')})` : ''}`;
      }
      return undefined;
    },
  };
}
