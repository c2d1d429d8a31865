/** Alert groups and channels in memory, and alerts as people look for them. */
import type { AlertChannelRow, AlertGroupRow, AlertRow } from '@vaquita/core';
import type { AlertChannelStore, AlertFilter, AlertGroupStore, AlertReader } from '../../ports/alerts.ts';
import { cannotFile, speaksOnly } from '../../verbs/alert-lists.ts';
import {
  changedMeanwhile,
  channelGone,
  channelInUse,
  nameInUse,
  noChannel,
  noGroup,
} from '../../verbs/alert-targets.ts';
import { compare, type Memory, pageOf, type Transaction } from './tables.ts';

export function createMemoryAlertGroups({ tables, unit }: Memory): AlertGroupStore {
  const { alertGroups, alertChannels, workflows, versions, projects } = tables;

  function mustFind(id: string): AlertGroupRow {
    const row = alertGroups.get(id);
    if (row === undefined) throw noGroup(id);
    return row;
  }

  function put(tx: Transaction, row: AlertGroupRow): void {
    if (row.channels.some((id) => !alertChannels.has(id))) throw channelGone();
    tx.put(alertGroups, row.id, { ...row, channels: [...new Set(row.channels)] });
  }

  /** With its channels in the order of the names that they have now. */
  function read(row: AlertGroupRow): AlertGroupRow {
    const nameOf = (id: string) => alertChannels.get(id)!.name;
    return { ...row, channels: [...row.channels].sort((a, b) => compare(nameOf(a), nameOf(b))) };
  }

  return {
    async create(row) {
      unit((tx) => {
        if (tables.unique.has(`alert-group:${row.name}`)) throw nameInUse('group', row.name);
        tx.claim(`alert-group:${row.name}`, row.id);
        put(tx, row);
      });
    },
    async find(idOrName) {
      const row = alertGroups.get(idOrName) ?? [...alertGroups.values()].find(({ name }) => name === idOrName);
      return row && read(row);
    },
    list: async (page) => pageOf([...alertGroups.values()].map(read), page, (row) => row.name, 'up'),
    async update(id, { at, ...change }) {
      unit((tx) => put(tx, { ...mustFind(id), ...change, updatedAt: at }));
    },
    async delete(id) {
      unit((tx) => {
        tx.release(`alert-group:${mustFind(id).name}`);
        tx.drop(alertGroups, id);
      });
    },
    async namedBy(name, limit) {
      return [...workflows.values()]
        .filter(
          ({ id }) => (versions.get(id)?.at(-1)?.document.alerts as { group?: string } | undefined)?.group === name,
        )
        .map((row) => ({ project: projects.get(row.projectId)!.name, workflow: row.name }))
        .sort((a, b) => compare(a.project, b.project) || compare(a.workflow, b.workflow))
        .slice(0, limit);
    },
  };
}

export function createMemoryAlertChannels({ tables, unit }: Memory): AlertChannelStore {
  const { alertChannels, alertGroups } = tables;

  function mustFind(id: string): AlertChannelRow {
    const row = alertChannels.get(id);
    if (row === undefined) throw noChannel(id);
    return row;
  }

  function claimName(tx: Transaction, { name, id }: Pick<AlertChannelRow, 'name' | 'id'>): void {
    if ((tables.unique.get(`alert-channel:${name}`) ?? id) !== id) throw nameInUse('channel', name);
    tx.claim(`alert-channel:${name}`, id);
  }

  const groupsOf = (id: AlertChannelRow['id']) =>
    [...alertGroups.values()]
      .filter(({ channels }) => channels.includes(id))
      .map(({ name }) => name)
      .sort(compare);

  return {
    async create(row) {
      unit((tx) => {
        if (alertChannels.has(row.id)) throw nameInUse('channel', row.name);
        claimName(tx, row);
        tx.put(alertChannels, row.id, row);
      });
    },
    async find(idOrName) {
      return alertChannels.get(idOrName) ?? [...alertChannels.values()].find(({ name }) => name === idOrName);
    },
    list: async (page) => pageOf(alertChannels.values(), page, (row) => row.name, 'up'),
    async update({ id, settings }, { at, ...change }) {
      unit((tx) => {
        const row = mustFind(id);
        if (row.settings !== settings) throw changedMeanwhile();
        const changed = { ...row, ...change, updatedAt: at };
        claimName(tx, changed);
        if (changed.name !== row.name) tx.release(`alert-channel:${row.name}`);
        tx.put(alertChannels, id, changed);
      });
    },
    async delete(id) {
      unit((tx) => {
        const groups = groupsOf(id);
        if (groups.length > 0) throw channelInUse(groups);
        tx.release(`alert-channel:${mustFind(id).name}`);
        tx.drop(alertChannels, id);
      });
    },
    groupsOf: async (id) => groupsOf(id),
  };
}

export function createMemoryAlerts({ tables, unit }: Memory): AlertReader {
  const { alerts, alertDeliveries, alertChannels } = tables;
  const newestFirst = (rows: Iterable<AlertRow>, page: Parameters<AlertReader['list']>[1]) =>
    pageOf(rows, page, (row) => row.id, 'down');

  function isAskedFor(row: AlertRow, filter: AlertFilter): boolean {
    const { status, kind, severity, projectId, workflowId, workflowInstanceId, group, since, until } = filter;
    const asked = { status, kind, severity, projectId, workflowId, workflowInstanceId, groupName: group };
    if (speaksOnly(filter) && row.foldedInto !== null) return false;
    if (since !== undefined && row.createdAt < since) return false;
    if (until !== undefined && row.createdAt >= until) return false;
    return Object.entries(asked).every(([key, value]) => value === undefined || row[key as keyof AlertRow] === value);
  }

  return {
    list: async (filter, page) =>
      newestFirst(
        [...alerts.values()].filter((row) => isAskedFor(row, filter)),
        page,
      ),
    folded: async (id, page) =>
      newestFirst(
        [...alerts.values()].filter((row) => row.foldedInto === id),
        page,
      ),
    async fileDirect(alert, delivery) {
      unit((tx) => {
        if (alerts.has(alert.id) || !alertChannels.has(delivery.channelId)) throw cannotFile(delivery.channelName);
        tx.put(alerts, alert.id, alert);
        tx.claim(`alert-delivery:${alert.id}:${delivery.channelId}`, delivery.id);
        tx.put(alertDeliveries, delivery.id, delivery);
      });
    },
  };
}
