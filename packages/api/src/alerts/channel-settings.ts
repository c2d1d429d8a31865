/** Settings of alert channels between the store, where they are sealed, and people, who are shown no secret. */
import { type AlertChannelRow, AppError, didYouMean, type Sealer, toAppError } from '@vaquita/core';
import { type ChannelSettings, channelTypes, showChannelSettings } from '@vaquita/plugins/settings';

export interface ShownSettings {
  readonly settings: Record<string, unknown>;
  readonly hasSecret: string[];
}

/** @throws AppError `bad_settings`, `internal`: they cannot be opened here; the message says what to do. */
export async function openSettings(
  sealer: Sealer,
  { id, settings }: Pick<AlertChannelRow, 'id' | 'settings'>,
): Promise<ChannelSettings> {
  return JSON.parse(await sealer.open(id, settings)) as ChannelSettings;
}

export function sealSettings(sealer: Sealer, id: string, settings: ChannelSettings): Promise<string> {
  return sealer.seal(id, JSON.stringify(settings));
}

export function shown(type: string, settings: ChannelSettings): ShownSettings {
  const { settings: open, hasSecret } = showChannelSettings(type, settings);
  return { settings: { ...open }, hasSecret: [...hasSecret] };
}

/** What can be shown, and why it is nothing if it is. */
export async function tryToShow(
  sealer: Sealer,
  row: AlertChannelRow,
): Promise<ShownSettings & { problem: string | null }> {
  try {
    return { ...shown(row.type, await openSettings(sealer, row)), problem: null };
  } catch (thrown) {
    return { settings: {}, hasSecret: [], problem: toAppError(thrown).message };
  }
}

/** What it has, or nothing where that cannot be opened any more: then all of it has to be said again. */
export async function oldSettings(sealer: Sealer, row: AlertChannelRow): Promise<ChannelSettings> {
  try {
    return await openSettings(sealer, row);
  } catch {
    return {};
  }
}

/** @throws AppError `bad_request` */
export function checkType(type: string): void {
  const names = channelTypes().map(({ name }) => name);
  if (names.includes(type)) return;
  const message = `There is no channel type “${type}”; there are ${names.join(', ')}.${didYouMean(type, names)}`;
  throw new AppError('bad_request', 'The body is not valid.', { problems: [{ path: 'type', message }] });
}
