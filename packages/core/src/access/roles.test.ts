import { describe, expect, it } from 'vitest';
import { PERMISSIONS, permissionsOf, ROLES, type Role, rolesWith } from './roles.ts';

const roles = Object.keys(ROLES) as Role[];

describe('roles', () => {
  it('each have all that the lesser ones have, and one permission more', () => {
    roles.forEach((role, at) => {
      expect(ROLES[role]).toEqual(PERMISSIONS.slice(0, at + 1));
    });
  });

  it.each(roles)('%s never gains by the scopes of a token', (role) => {
    expect(permissionsOf(role)).toEqual(ROLES[role]);
    expect(permissionsOf(role, [])).toEqual([]);
    for (const scope of PERMISSIONS) {
      expect(permissionsOf(role, [scope])).toEqual(ROLES[role].filter((permission) => permission === scope));
    }
  });

  it('are found by what they may', () => {
    expect(rolesWith('view')).toEqual(roles);
    expect(rolesWith('edit')).toEqual(['editor', 'admin']);
    expect(rolesWith('admin')).toEqual(['admin']);
  });
});
