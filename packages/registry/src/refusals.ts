/** Why a change of data was refused, from what the tables say of it: decided in one place for every store. */
import { AppError } from '@vaquita/core';
import type { Actor, ClientId, DataChange, DataKind, NewDatum } from './registry-store.ts';

export interface ChangeFacts {
  /** The client acts in its present session. */
  readonly alive: boolean;
  readonly fenceHolds: boolean;
  /** Of the datum as it is; 0 when there is none. */
  readonly version: number;
  readonly kind: DataKind | null;
  /** The client it belongs to, when that is another one and alive. */
  readonly owner: string | null;
}

export function refusalOf(actor: Actor, change: DataChange | NewDatum, facts: ChangeFacts): AppError {
  const { key, fence, ifVersion } = change;
  if (!facts.alive) return sessionExpired(actor);
  if (!facts.fenceHolds) {
    return new AppError(
      'fenced',
      `${key} was not changed: ${actor.id} no longer holds ${fence?.key} in term ${fence?.epoch}.`,
    );
  }
  if (ifVersion !== undefined && ifVersion !== facts.version) {
    return conflict(`${key} has version ${facts.version} and not ${ifVersion}: somebody else was first.`);
  }
  if (facts.owner !== null) return conflict(`${key} belongs to the client “${facts.owner}”, which is alive.`);
  if (facts.kind !== null && 'kind' in change && change.kind !== facts.kind) {
    return conflict(`${key} is ${facts.kind} and stays so; remove it first to make it ${change.kind}.`);
  }
  return conflict(`${key} was changed by somebody else at the same moment. Try again.`);
}

export function sessionExpired({ id }: Actor): AppError {
  return new AppError('session_expired', `The session of ${id} in the registry is over; what it held was released.`);
}

/** Of an id that a client of the other kind has. */
export function idInUse(id: ClientId): AppError {
  return conflict(`The id ${id} belongs to somebody of another kind in the registry. Choose another one.`);
}

function conflict(message: string): AppError {
  return new AppError('conflict', message);
}
