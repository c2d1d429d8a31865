/** Bodies about people: users, sessions, roles, and the set-up of a new server. */
import * as z from 'zod';
import { PASSWORD_LENGTH, PermissionName, RoleName } from './access.ts';
import { pageOf, Timestamp } from './page.ts';

/** As in an address and in the audit log: without a slash, a blank at its ends, or what does not show. */
const UserName = z
  .string()
  .trim()
  .min(1, 'A name is needed')
  .max(100, 'A name has at most 100 characters')
  .regex(/^[^\p{C}/\\]+$/u, 'A name has no slashes and no invisible characters');

export const UserCreate = z.strictObject({ name: UserName, role: RoleName }).meta({ id: 'UserCreate' });
export type UserCreate = z.input<typeof UserCreate>;

export const UserChange = z
  .strictObject({
    role: RoleName.optional(),
    disabled: z
      .boolean()
      .optional()
      .meta({ description: 'True ends every session and revokes every API token at once; they do not come back' }),
  })
  .meta({ id: 'UserChange' });
export type UserChange = z.input<typeof UserChange>;

export const UserView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: RoleName,
    disabledAt: Timestamp.nullable(),
    passwordExpiresAt: Timestamp.nullable().meta({
      description:
        'The password was made by the server, works until then, and is replaced at the first sign-in; null: it is the own one',
    }),
    lastSeenAt: Timestamp.nullable().meta({ description: 'To the minute; of a browser or of an API token' }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserView>;

/** The only answer that ever holds the one-time password. */
export const UserWithPassword = UserView.extend({ password: z.string() }).meta({ id: 'UserWithPassword' });
export type UserWithPassword = z.infer<typeof UserWithPassword>;

export const UserPage = pageOf(UserView).meta({ id: 'UserPage' });
export type UserPage = z.infer<typeof UserPage>;

export const SessionView = z
  .object({
    id: z.string(),
    current: z.boolean().meta({ description: 'The one that asks' }),
    address: z.string().meta({ description: 'Where it was begun' }),
    userAgent: z.string().meta({ description: 'What the browser has said of itself' }),
    createdAt: Timestamp,
    lastSeenAt: Timestamp.meta({ description: 'To the minute' }),
    expiresAt: Timestamp,
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof SessionView>;

export const SessionPage = pageOf(SessionView).meta({ id: 'SessionPage' });
export type SessionPage = z.infer<typeof SessionPage>;

const Ability = z.object({ method: z.string(), path: z.string(), tag: z.string(), summary: z.string() });

export const RolesView = z
  .object({
    roles: z.array(z.object({ name: RoleName, permissions: z.array(PermissionName) })),
    permissions: z.array(
      z.object({ name: PermissionName, opens: z.array(Ability).meta({ description: 'Every endpoint that needs it' }) }),
    ),
  })
  .meta({ id: 'Roles', description: 'Made from what requests are held to' });
export type RolesView = z.infer<typeof RolesView>;

export const SetUpView = z
  .object({ open: z.boolean().meta({ description: 'The first password may be chosen with the set-up code' }) })
  .meta({ id: 'SetUp' });
export type SetUpView = z.infer<typeof SetUpView>;

export const SetUpRequest = z
  .strictObject({
    code: z.string().min(1, 'The code is in what the server has printed').max(200),
    password: z
      .string()
      .min(PASSWORD_LENGTH.min, `A password has at least ${PASSWORD_LENGTH.min} characters`)
      .max(PASSWORD_LENGTH.max, `A password has at most ${PASSWORD_LENGTH.max} characters`),
  })
  .meta({ id: 'SetUpRequest' });
export type SetUpRequest = z.input<typeof SetUpRequest>;
