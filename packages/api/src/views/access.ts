/** Bodies of sign-in, of who is asking, and of tokens. */
import * as z from 'zod';
import { pageOf, Timestamp } from './page.ts';

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

export const Role = z.enum(['admin', 'user']);

export const MeView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: Role,
    via: z.enum(['session', 'token']),
    expiresAt: Timestamp.nullable().meta({ description: 'When this session or token ends' }),
  })
  .meta({ id: 'Me' });
export type MeView = z.infer<typeof MeView>;

export const TokenCreate = z
  .strictObject({
    name: z.string().trim().min(1, 'A name is needed').max(100),
    expiresAt: z.iso.datetime().nullable().optional().meta({ description: 'Leave out for a token that does not end' }),
  })
  .meta({ id: 'TokenCreate' });
export type TokenCreate = z.input<typeof TokenCreate>;

export const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: 'Its first characters, to recognise it by' }),
    userId: z.string().nullable(),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable(),
    lastUsedAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Token' });
export type TokenView = z.infer<typeof TokenView>;

/** The only answer that ever holds the token itself. */
export const TokenCreated = TokenView.extend({ token: z.string() }).meta({ id: 'TokenCreated' });
export type TokenCreated = z.infer<typeof TokenCreated>;

export const TokenPage = pageOf(TokenView).meta({ id: 'TokenPage' });
export type TokenPage = z.infer<typeof TokenPage>;
