/** Whether who asks may do what is asked: the one place that decides it, by the permission an endpoint names. */
import { AppError, type Permission, ROLES, rolesWith } from '@vaquita/core';
import type { Caller } from './caller.ts';

/** `self`: whoever has proved who it is, also before a password of its own is chosen. */
export type Need = Permission | 'self';

/** @throws AppError `forbidden`, saying what is needed and who has it. */
export function checkPermitted(caller: Caller, need: Need): void {
  if (need === 'self') return;
  if (caller.mustChangePassword) {
    throw new AppError('forbidden', 'Choose a password of your own first: this one was made for you, to be used once.');
  }
  if (caller.permissions.includes(need)) return;
  const { name, role } = caller;
  if ((ROLES[role] as readonly Permission[]).includes(need)) {
    const scopes = caller.permissions.join(', ') || 'nothing';
    throw new AppError('forbidden', `This needs the scope “${need}”, and this API token was made for: ${scopes}.`);
  }
  const who =
    need === 'admin'
      ? `Only an administrator may do this; ${name} is not one`
      : `This needs the permission “${need}”, and ${name} is ${role}`;
  throw new AppError('forbidden', `${who}. Roles that may: ${rolesWith(need).join(', ')}.`);
}

/**
 * For changes of the own account: a token that was made for less than its owner may is not to gain by them.
 * @throws AppError `forbidden`
 */
export function checkOwnAccount(caller: Caller): void {
  if (caller.permissions.length === ROLES[caller.role].length) return;
  const message = 'This API token was made for less than its owner may, so it changes nothing about the owner.';
  throw new AppError('forbidden', message);
}
