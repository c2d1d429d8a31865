/** What people may do: roles are sets of permissions, and everything that can be asked for needs one of them. */

/** From the least to the most. What each opens is written at the endpoints of the API, nowhere else. */
export const PERMISSIONS = ['view', 'operate', 'edit', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Each may all that those before it may. */
export const ROLES = {
  viewer: ['view'],
  operator: ['view', 'operate'],
  editor: ['view', 'operate', 'edit'],
  admin: ['view', 'operate', 'edit', 'admin'],
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof ROLES;

/** What is left of a role where a token was made for less; a scope that the role does not have gives nothing. */
export function permissionsOf(role: Role, scopes: readonly Permission[] = PERMISSIONS): readonly Permission[] {
  return ROLES[role].filter((permission) => scopes.includes(permission));
}

/** Those who may do it, from the least role on. */
export function rolesWith(permission: Permission): readonly Role[] {
  return (Object.keys(ROLES) as Role[]).filter((role) => (ROLES[role] as readonly Permission[]).includes(permission));
}
