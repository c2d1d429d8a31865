/** How the hints to other servers go, for whoever operates them. */
import type { MetricsRegistry } from '@vaquita/api';

export function countHints(metrics: MetricsRegistry): (way: 'sent' | 'failed') => void {
  const total = metrics.counter(
    'vaquita_hints_total',
    'Messages to other servers that they should look, by how it went.',
  );
  return (way) => total.add({ way });
}
