/** Bodies of sign-in, of who is asking, and of tokens. */
import { isTimezone, PERMISSIONS, ROLES, type Role } from '@vaquita/core';
import * as z from 'zod';
import { PageQuery, pageOf, Timestamp } from './page.ts';

export const SignInRequest = z
  .strictObject({ name: z.string().min(1).max(200), password: z.string().min(1).max(1000) })
  .meta({ id: 'SignInRequest' });
export type SignInRequest = z.input<typeof SignInRequest>;

export const PASSWORD_LENGTH = { min: 8, max: 1000 } as const;

export const PasswordChange = z
  .strictObject({
    currentPassword: z.string().min(1).max(PASSWORD_LENGTH.max),
    newPassword: z
      .string()
      .min(PASSWORD_LENGTH.min, `A password has at least ${PASSWORD_LENGTH.min} characters`)
      .max(PASSWORD_LENGTH.max, `A password has at most ${PASSWORD_LENGTH.max} characters`),
  })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.input<typeof PasswordChange>;

export const RoleName = z.enum(Object.keys(ROLES) as [Role, ...Role[]]).meta({ id: 'Role' });
export const PermissionName = z.enum(PERMISSIONS).meta({ id: 'Permission' });

/** Left out: as it is. Null: as the browser has it. */
const zone = z.string().refine(isTimezone, 'This is not a time zone such as Europe/Berlin');
export const PreferencesChange = z
  .strictObject({
    locale: z.enum(['en', 'zh-CN']).nullable().optional(),
    theme: z.enum(['light', 'dark', 'system']).nullable().optional(),
    zone: zone.nullable().optional(),
    density: z.enum(['compact', 'normal', 'relaxed']).nullable().optional(),
  })
  .meta({ id: 'PreferencesChange' });
export type PreferencesChange = z.input<typeof PreferencesChange>;

export const PreferencesView = z
  .object({
    locale: z.string().optional(),
    theme: z.string().optional(),
    zone: z.string().optional(),
    density: z.string().optional(),
  })
  .meta({ id: 'Preferences', description: 'What is not there is as the browser has it' });
export type PreferencesView = z.infer<typeof PreferencesView>;

export const MeView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: RoleName,
    permissions: z
      .array(PermissionName)
      .meta({ description: 'What may be done with this session or token: of the role, what its scopes leave' }),
    mustChangePassword: z.boolean().meta({ description: 'Nothing else is possible before' }),
    preferences: PreferencesView,
    via: z.enum(['session', 'token']),
    expiresAt: Timestamp.nullable().meta({ description: 'When this session or token ends' }),
  })
  .meta({ id: 'Me' });
export type MeView = z.infer<typeof MeView>;

export const TokenCreate = z
  .strictObject({
    name: z.string().trim().min(1, 'A name is needed').max(100),
    expiresAt: z.iso.datetime().nullable().optional().meta({ description: 'Leave out for a token that does not end' }),
    scopes: z
      .array(PermissionName)
      .min(1, 'A token needs at least one scope')
      .optional()
      .meta({ description: 'What of the own role an API token has; all of it when left out. Not for worker tokens' }),
  })
  .meta({ id: 'TokenCreate' });
export type TokenCreate = z.input<typeof TokenCreate>;

export const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: 'Its first characters, to recognise it by' }),
    userId: z.string().nullable(),
    userName: z.string().nullable().meta({ description: 'Its owner; null for worker tokens' }),
    scopes: z.array(PermissionName).meta({ description: 'What it was made for; never more than its owner may' }),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable(),
    lastUsedAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Token' });
export type TokenView = z.infer<typeof TokenView>;

export const TokenQuery = PageQuery.extend({
  user: z
    .string()
    .optional()
    .meta({ description: 'Only those of this one, by id; others than administrators see their own in any case' }),
});
export type TokenQuery = z.input<typeof TokenQuery>;

/** The only answer that ever holds the token itself. */
export const TokenCreated = TokenView.extend({ token: z.string() }).meta({ id: 'TokenCreated' });
export type TokenCreated = z.infer<typeof TokenCreated>;

export const TokenPage = pageOf(TokenView).meta({ id: 'TokenPage' });
export type TokenPage = z.infer<typeof TokenPage>;
