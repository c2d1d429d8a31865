/** /alert-channels: ways to tell people. For administrators, since their settings hold secrets, which are never shown. */
import { type AlertChannelRow, AppError } from '@vaquita/core';
import { changeChannelSettings, channelTypes, readChannelSettings } from '@vaquita/plugins/settings';
import { checkType, oldSettings, openSettings, sealSettings, shown, tryToShow } from '../alerts/channel-settings.ts';
import { testAlert } from '../alerts/test-alert.ts';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import {
  AlertChannelChange,
  AlertChannelCreate,
  AlertChannelPage,
  AlertChannelTypePage,
  AlertChannelView,
  AlertTestAnswer,
} from '../views/alert-target.ts';
import { PageQuery } from '../views/page.ts';
import { isoTime, isoTimeOrNull, pageRequest, wholeList } from './paging.ts';

const TAG = 'Alerts';
const LIST = '/api/v1/alert-channels';
const ITEM = `${LIST}/{channel}` as const;

export function alertChannelEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  // The types come first: a path is answered by the first that fits it.
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit), testEndpoint(deps, audit)];
}

async function requireChannel(store: ApiStore, idOrName: string): Promise<AlertChannelRow> {
  const channel = await store.alertChannels.find(idOrName);
  if (channel) return channel;
  throw new AppError('not_found', `There is no alert channel “${idOrName}”.`);
}

async function viewOf({ store, sealer, clock }: ApiDeps, row: AlertChannelRow): Promise<AlertChannelView> {
  const { id, name, type, enabled, lastError, notBefore } = row;
  const { settings, hasSecret, problem } = await tryToShow(sealer, row);
  return {
    ...{ id, name, type, enabled, settings, hasSecret, problem, lastError },
    groups: [...(await store.alertChannels.groupsOf(id))],
    lastDeliveredAt: isoTimeOrNull(row.lastDeliveredAt),
    pausedUntil: notBefore > clock.now() ? isoTime(notBefore) : null,
    ...{ createdAt: isoTime(row.createdAt), updatedAt: isoTime(row.updatedAt) },
  };
}

function readEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;
  return [
    endpoint({
      method: 'get',
      path: `${LIST}/types`,
      tag: TAG,
      access: 'admin',
      summary: 'The types of alert channels, with the JSON Schema of their settings',
      status: 200,
      answer: AlertChannelTypePage,
      async handle() {
        return wholeList(channelTypes().map(({ name, title, schema }) => ({ name, title, schema: { ...schema } })));
      },
    }),
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'List alert channels by name',
      query: PageQuery,
      status: 200,
      answer: AlertChannelPage,
      async handle({ query }) {
        const page = await store.alertChannels.list(pageRequest(query));
        return { items: await Promise.all(page.items.map((row) => viewOf(deps, row))), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Show an alert channel, by id or by name',
      status: 200,
      answer: AlertChannelView,
      handle: async ({ params }) => viewOf(deps, await requireChannel(store, params.channel)),
    }),
  ];
}

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, sealer, clock } = deps;
  return [
    endpoint({
      method: 'post',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'Create an alert channel',
      description: 'Nobody is told through it before an alert group has it.',
      body: AlertChannelCreate,
      errors: ['name_in_use', 'bad_settings'],
      status: 201,
      answer: AlertChannelView,
      async handle({ body, caller, ids }) {
        const { name, type, enabled } = body;
        checkType(type);
        const settings = readChannelSettings(type, body.settings);
        const now = clock.now();
        const id = ids.next<'alert-channel'>();
        const row: AlertChannelRow = {
          ...{ id, name, type, enabled, settings: await sealSettings(sealer, id, settings) },
          ...{ lastDeliveredAt: null, lastError: null, notBefore: 0, createdAt: now, updatedAt: now },
        };
        await createOnce(
          () => store.alertChannels.create(row),
          () => store.alertChannels.find(id),
        );
        const data = { id, type, enabled, ...shown(type, settings) };
        await audit(caller, { action: 'alert_channel.create', subject: name, data });
        return viewOf(deps, await requireChannel(store, id));
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Change the settings or the name of an alert channel, enable or disable it',
      body: AlertChannelChange,
      errors: ['name_in_use', 'conflict', 'bad_settings'],
      status: 200,
      answer: AlertChannelView,
      async handle({ params, body, caller }) {
        const before = await requireChannel(store, params.channel);
        const { id, type } = before;
        const given = body.settings;
        const settings =
          given === undefined ? undefined : changeChannelSettings(type, await oldSettings(sealer, before), given);
        const change = {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
        };
        const sealed = settings && { settings: await sealSettings(sealer, id, settings) };
        const was = await tryToShow(sealer, before);
        await store.alertChannels.update(before, { ...change, ...sealed, at: clock.now() });
        deps.alertsChanged();
        const { name, enabled } = before;
        const data = {
          ...{ id, ...change, ...(settings && shown(type, settings)), before: { name, enabled, ...(settings && was) } },
          // Secrets themselves are nobody's to read here; that one was replaced is.
          ...(given && { said: was.hasSecret.filter((secret) => given[secret] !== undefined) }),
        };
        await audit(caller, { action: 'alert_channel.update', subject: name, data });
        return viewOf(deps, await requireChannel(store, id));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Delete an alert channel that no alert group uses',
      description: 'What it has not been told yet ends as failed, and says why.',
      errors: ['conflict'],
      status: 204,
      async handle({ params, caller }) {
        const row = await requireChannel(store, params.channel);
        const { settings, hasSecret } = await tryToShow(sealer, row);
        await store.alertChannels.delete(row.id);
        const { id, name, type, enabled } = row;
        const data = { id, before: { type, enabled, settings, hasSecret } };
        await audit(caller, { action: 'alert_channel.delete', subject: name, data });
      },
    }),
  ];
}

function testEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  const { store, sealer, clock } = deps;
  return endpoint({
    method: 'post',
    path: `${ITEM}/test`,
    tag: TAG,
    access: 'admin',
    summary: 'Send a test through an alert channel',
    description:
      'Also through one that is disabled. The server that leads sends it; what the channel answered is read from the alert.',
    errors: ['conflict', 'bad_settings'],
    status: 202,
    answer: AlertTestAnswer,
    async handle({ params, caller, ids }) {
      const row = await requireChannel(store, params.channel);
      // Better refused now than failed in a moment.
      readChannelSettings(row.type, await openSettings(sealer, row));
      const { alert, delivery } = testAlert(row, { ids, now: clock.now(), by: caller.name });
      await createOnce(
        () => store.alerts.fileDirect(alert, delivery),
        () => store.alertQueue.find(alert.id),
      );
      deps.alertsChanged();
      await audit(caller, { action: 'alert_channel.test', subject: row.name, data: { id: row.id, alertId: alert.id } });
      return { id: alert.id };
    },
  });
}
