/** /roles: who may do what, read off the endpoints themselves, so that it says what requests are held to. */
import { PERMISSIONS, ROLES, type Role } from '@vaquita/core';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { RolesView } from '../views/people.ts';

/** @param all every endpoint there is, this one too; asked for when a request comes. */
export function roleEndpoints(all: () => readonly Endpoint[]): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/roles',
      tag: 'Access',
      access: 'self',
      summary: 'What each role may do',
      status: 200,
      answer: RolesView,
      handle: async () => ({
        roles: (Object.keys(ROLES) as Role[]).map((name) => ({ name, permissions: [...ROLES[name]] })),
        permissions: PERMISSIONS.map((name) => ({
          name,
          opens: all()
            .filter(({ access }) => access === name)
            .map(({ method, path, tag, summary }) => ({ method: method.toUpperCase(), path, tag, summary })),
        })),
      }),
    }),
  ];
}
