/** What people do about who is told: channels and groups, alerts that failed, listeners and the events that block them. */
import type {
  AlertChannelId,
  AlertChannelRow,
  AlertGroupRow,
  AlertId,
  IdSource,
  ListenerInstanceId,
  ProjectId,
} from '@vaquita/core';
import type { ListenerInstanceStore } from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import type { Model } from '../model/model.ts';
import type { Operation, Scenario, TellingOperation } from '../scenario/scenario.ts';
import { PLUGIN } from './duties.ts';
import type { Meter } from './meter.ts';

export interface TellingDeps {
  readonly scenario: Scenario;
  readonly ids: IdSource;
  readonly store: MemoryStore;
  /** Verbs about listeners, which may be broken. */
  readonly listeners: ListenerInstanceStore;
  readonly model: Model;
  readonly projectId: ProjectId;
  readonly now: () => number;
  readonly say: (line: string) => void;
  readonly note: Meter['note'];
  readonly name: (id: string, name: string) => void;
  /** The model knows all of the record afterwards. */
  readonly record: () => Promise<void>;
}

export interface TellingPeople {
  /** Makes the channels and groups that are there from the beginning. */
  fill(): Promise<void>;
  operate(operation: TellingOperation): Promise<void>;
}

const ELSEWHERE = 'another-project' as ProjectId;

export function isTelling(operation: Operation): operation is Operation & TellingOperation {
  return [...['switch_channel', 'remove_channel', 'group_channel', 'resend', 'listener', 'skip', 'try_now']].includes(
    operation.do,
  );
}

export function createTellingPeople(deps: TellingDeps): TellingPeople {
  const { scenario, ids, store, model, now, say, note } = deps;

  async function fill(): Promise<void> {
    for (const { name, enabled, readable } of scenario.channels) {
      const row: AlertChannelRow = {
        ...{
          id: ids.next<'alert-channel'>(),
          name,
          type: 'webhook',
          settings: JSON.stringify({ name, readable }),
          enabled,
        },
        ...{ lastDeliveredAt: null, lastError: null, notBefore: 0, createdAt: now(), updatedAt: now() },
      };
      deps.name(row.id, name);
      await store.alertChannels.create(row);
      model.alerts.channel(row.id, { name, enabled, readable });
    }
    for (const { name, channels, kinds } of scenario.alertGroups) {
      const members: AlertChannelId[] = [];
      for (const channel of channels) {
        const row = await store.alertChannels.find(channel);
        if (row) members.push(row.id);
      }
      const row: AlertGroupRow = {
        ...{ id: ids.next<'alert-group'>(), name, description: '', kinds, channels: members },
        ...{ createdAt: now(), updatedAt: now() },
      };
      await store.alertGroups.create(row);
      model.alerts.group(name, { channels: members, kinds });
    }
  }

  async function switchChannel(name: string, enabled: boolean): Promise<void> {
    const row = await store.alertChannels.find(name);
    if (!row) return;
    await store.alertChannels.update(row, { at: now(), enabled });
    const { readable } = JSON.parse(row.settings) as { readonly readable: boolean };
    model.alerts.channel(row.id, { name, enabled, readable });
    say(`channel ${name} is switched ${enabled ? 'on' : 'off'}`);
  }

  async function putMember(group: string, channel: AlertChannelId, member: boolean): Promise<void> {
    const row = await store.alertGroups.find(group);
    if (!row || row.channels.includes(channel) === member) return;
    const channels = member ? [...row.channels, channel] : row.channels.filter((id) => id !== channel);
    await store.alertGroups.update(row.id, { at: now(), channels });
    model.alerts.group(group, { channels, kinds: row.kinds });
    say(`channel ${channel} ${member ? 'joins' : 'leaves'} group ${group}`);
  }

  async function removeChannel(name: string): Promise<void> {
    const row = await store.alertChannels.find(name);
    if (!row) return;
    for (const group of scenario.alertGroups) await putMember(group.name, row.id, false);
    await store.alertChannels.delete(row.id);
    model.alerts.channel(row.id, null);
    note('channel_removed');
    say(`channel ${name} is removed`);
  }

  async function resend(): Promise<void> {
    for (const { id, status, removed } of [...model.alerts.alerts.values()]) {
      if (removed || (status !== 'failed' && status !== 'partly_sent')) continue;
      await store.alertQueue.resend(id as AlertId, now());
      model.alerts.resent(id);
      note('resent');
      say(`alert ${id} is to be sent again`);
    }
  }

  async function listener(name: string, what: Extract<TellingOperation, { do: 'listener' }>['what']): Promise<void> {
    const { listeners } = deps;
    const spec = scenario.listeners.find((one) => one.name === name);
    const row = await listeners.find(name);
    // Left out of a smaller scenario, or not there any more.
    if (!spec || (row === undefined) !== (what === 'create')) return;
    await deps.record();
    say(`listener ${name}: ${what}`);
    if (what === 'create') {
      const project = { any: null, own: deps.projectId, other: ELSEWHERE }[spec.project];
      const id = ids.next<'listener-instance'>();
      deps.name(id, name);
      await listeners.create({
        ...{ id, name, plugin: PLUGIN, settings: '{}', eventTypes: spec.types, projectId: project },
        ...{ enabled: true, createdAt: now() },
      });
      model.listeners.created(id, { name, types: spec.types, project });
      return;
    }
    const id = row!.id;
    switch (what) {
      case 'enable':
      case 'disable':
        await listeners.update(id, { at: now(), enabled: what === 'enable' });
        model.listeners.switched(id, what === 'enable');
        return;
      case 'touch':
        await listeners.update(id, { at: now(), settings: '{ }' });
        model.listeners.changed(id);
        return;
      case 'delete':
        await listeners.delete(id);
        model.listeners.deleted(id);
    }
  }

  /** Whichever event blocks it, as a person sees it. */
  async function unblock(name: string, how: 'skip' | 'try_now'): Promise<void> {
    const { listeners } = deps;
    const row = await listeners.find(name);
    if (!row || row.blockedSeq === null) return;
    const id: ListenerInstanceId = row.id;
    say(`event ${row.blockedSeq} of listener ${name}: ${how}`);
    note(how === 'skip' ? 'skipped' : 'tried_now');
    if (how === 'try_now') return await listeners.retry(id, now());
    await listeners.skip(id, { seq: row.blockedSeq, by: 'sim', at: now() });
    model.listeners.skipped(id, row.blockedSeq);
  }

  return {
    fill,
    async operate(operation) {
      switch (operation.do) {
        case 'switch_channel':
          return switchChannel(operation.channel, operation.enabled);
        case 'remove_channel':
          return removeChannel(operation.channel);
        case 'group_channel': {
          const channel = await store.alertChannels.find(operation.channel);
          return channel && putMember(operation.group, channel.id, operation.member);
        }
        case 'resend':
          return resend();
        case 'listener':
          return listener(operation.listener, operation.what);
        case 'skip':
        case 'try_now':
          return unblock(operation.listener, operation.do);
      }
    },
  };
}
