/** /alerts: what was said to whom, what came of it, and having it sent again. */
import { type AlertDeliveryRow, type AlertId, type AlertRecord, type AlertRow, AppError } from '@vaquita/core';
import type { AlertFilter } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { type AlertDeliveryView, AlertDetail, AlertPage, AlertQuery, type AlertView } from '../views/alert.ts';
import { PageQuery } from '../views/page.ts';
import { instanceFilter } from './instance-filter.ts';
import { isoTime, isoTimeOrNull, pageRequest, toPage } from './paging.ts';

const TAG = 'Alerts';
const LIST = '/api/v1/alerts';
const ITEM = `${LIST}/{id}` as const;

export function alertEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List alerts, newest first',
      description:
        'Folded ones are left out, unless they are asked for by `status` or `run`: they are under the one that speaks for them.',
      query: AlertQuery,
      status: 200,
      answer: AlertPage,
      async handle({ query }) {
        return toPage(await store.alerts.list(await filterOf(store, query), pageRequest(query)), toAlertView);
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'An alert, and how it stands with each channel',
      status: 200,
      answer: AlertDetail,
      handle: async ({ params }) => toDetail(await requireAlert(store, params.id)),
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/folded`,
      tag: TAG,
      access: 'view',
      summary: 'The alerts that were folded into this one, newest first',
      query: PageQuery,
      status: 200,
      answer: AlertPage,
      async handle({ params, query }) {
        const { alert } = await requireAlert(store, params.id);
        return toPage(await store.alerts.folded(alert.id, pageRequest(query)), toAlertView);
      },
    }),
    endpoint({
      method: 'post',
      path: `${ITEM}/resend`,
      tag: TAG,
      access: 'operate',
      summary: 'Send an alert again to the channels that were not reached',
      description:
        'Channels that were reached are not told again. An alert for which there was nobody is taken up anew.',
      errors: ['conflict'],
      status: 202,
      answer: AlertDetail,
      async handle({ params, caller }) {
        const { alert } = await requireAlert(store, params.id);
        await store.alertQueue.resend(alert.id, clock.now());
        deps.alertsChanged();
        const { id, kind, groupName: group } = alert;
        await audit(caller, { action: 'alert.resend', subject: alert.message.title, data: { id, kind, group } });
        return toDetail(await requireAlert(store, id));
      },
    }),
  ];
}

async function filterOf(
  store: ApiStore,
  query: { readonly [Key in keyof AlertQuery]?: AlertQuery[Key] },
): Promise<AlertFilter> {
  const { status, kind, severity, group, project, workflow, run, since, until } = query;
  const { projectId, workflowId } = await instanceFilter(store, { project, workflow });
  return {
    ...(status === undefined ? {} : { status }),
    ...(kind === undefined ? {} : { kind }),
    ...(severity === undefined ? {} : { severity }),
    ...(group === undefined ? {} : { group }),
    ...(projectId === undefined ? {} : { projectId }),
    ...(workflowId === undefined ? {} : { workflowId }),
    // Of a run that is not kept any more there may be alerts still, so it is not looked for.
    ...(run === undefined ? {} : { workflowInstanceId: run as NonNullable<AlertFilter['workflowInstanceId']> }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}

async function requireAlert(store: ApiStore, id: string): Promise<AlertRecord> {
  const record = await store.alertQueue.find(id as AlertId);
  if (record) return record;
  throw new AppError('not_found', `There is no alert with the id “${id}”.`);
}

function toAlertView(row: AlertRow): AlertView {
  const { id, kind, severity, status, projectId, workflowId, workflowInstanceId, subject, count, foldedInto } = row;
  const { state, title, labels } = row.message;
  return {
    ...{ id, kind, severity, state, status, group: row.groupName },
    ...{ projectId, workflowId, workflowInstanceId, subject, title, labels: { ...labels } },
    ...{ count, firstAt: isoTime(row.firstAt), lastAt: isoTime(row.lastAt), foldedInto, reason: row.reason },
    ...{ createdAt: isoTime(row.createdAt), updatedAt: isoTime(row.updatedAt) },
  };
}

function toDetail({ alert, deliveries }: AlertRecord): AlertDetail {
  const { text, facts, links } = alert.message;
  return {
    ...toAlertView(alert),
    text,
    facts: [...facts],
    links: [...links],
    deliveries: deliveries.map(toDeliveryView),
  };
}

function toDeliveryView(row: AlertDeliveryRow): AlertDeliveryView {
  const { id, channelId, channelName, status, attempt, answer, reason } = row;
  const isPending = status === 'waiting' || status === 'retry';
  return {
    ...{ id, channelId, channelName, status, attempt, answer, reason },
    nextAttemptAt: isPending ? isoTime(row.nextAttemptAt) : null,
    sentAt: isoTimeOrNull(row.sentAt),
    ...{ createdAt: isoTime(row.createdAt), updatedAt: isoTime(row.updatedAt) },
  };
}
