/** Who is told of an alert, and what to do where nobody is. Pure. */
import type { AlertChannelId, AlertChannelRow, AlertGroupRow, AlertRow } from '@vaquita/core';

export interface Audience {
  readonly channels: readonly AlertChannelRow[];
  /** Why there is nobody; null when there is somebody. */
  readonly reason: string | null;
}

/** Groups of which the alert is told; channels that are in several are told once. */
export function groupsOf(
  { groupName, kind }: Pick<AlertRow, 'groupName' | 'kind'>,
  groups: readonly AlertGroupRow[],
): readonly AlertGroupRow[] {
  return groups.filter(({ name, kinds }) => (groupName === null ? kinds.includes(kind) : name === groupName));
}

export function audienceOf(
  alert: Pick<AlertRow, 'groupName' | 'kind'>,
  groups: readonly AlertGroupRow[],
  channels: ReadonlyMap<AlertChannelId, AlertChannelRow>,
): Audience {
  const told = groupsOf(alert, groups);
  const ids = new Set(told.flatMap((group) => group.channels));
  const enabled = [...ids].flatMap((id) => channels.get(id) ?? []).filter((channel) => channel.enabled);
  return { channels: enabled, reason: enabled.length > 0 ? null : whyNobody(alert, told) };
}

function whyNobody({ groupName, kind }: Pick<AlertRow, 'groupName' | 'kind'>, told: readonly AlertGroupRow[]): string {
  const again = 'Then have this alert sent again.';
  if (told.length > 0) {
    const names = told.map(({ name }) => `"${name}"`).join(', ');
    const which = told.length === 1 ? `The alert group ${names} has` : `The alert groups ${names} have`;
    return `${which} no channel that is switched on. Add one, or switch one on. ${again}`;
  }
  if (groupName === null) return `No alert group takes alerts of the kind "${kind}". Add the kind to a group. ${again}`;
  return `There is no alert group "${groupName}". Make one, or name another one where it was chosen. ${again}`;
}
