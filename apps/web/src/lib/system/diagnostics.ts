/** How the cluster is at this moment, as one text for a report of a defect. What could be a secret is left out. */
import type { VaquitaClient } from '@vaquita/client';

const SECRET = /token|secret|password|credential|authorization/i;

/** A copy without anything whose name sounds like a secret, and without names and passwords inside addresses. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(:\/\/)[^/@\s]+@/g, '$1…@');
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !SECRET.test(name))
      .map(([name, inner]) => [name, withoutSecrets(inner)]),
  );
}

type Asked = Pick<VaquitaClient, 'cluster' | 'reconciler' | 'janitor' | 'registry'>;

/** What cannot be had is replaced by why. Settings of clients and values of the registry are not asked for. */
export async function readDiagnostics(api: Asked, at: Date): Promise<string> {
  const clients = async () =>
    (await api.registry.clients({ limit: 200 })).items.map(({ config: _config, ...client }) => client);
  const parts: Readonly<Record<string, () => Promise<unknown>>> = {
    cluster: () => api.cluster(),
    reconciler: () => api.reconciler(),
    janitor: () => api.janitor.get(),
    registry: () => api.registry.check(),
    clients,
    locks: async () => (await api.registry.locks({ limit: 200 })).items,
  };
  const read = await Promise.all(
    Object.entries(parts).map(async ([name, ask]) => {
      const answer = await ask().catch((thrown: unknown) => ({ notRead: String(thrown) }));
      return [name, withoutSecrets(answer)] as const;
    }),
  );
  return JSON.stringify({ at: at.toISOString(), ...Object.fromEntries(read) }, null, 2);
}
