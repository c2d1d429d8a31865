/** PagerDuty, Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
import * as z from 'zod';
import { type Delivery, defineChannel } from '../channel.ts';
import { destination, secret } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { cut, firstFacts, headline, oneLine } from '../rendering/words.ts';

const HOSTS = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' } as const;
const MAX = { summary: 1_024, key: 255, text: 20_000, facts: 50, name: 100, value: 1_000, links: 10 } as const;

export const pagerduty = defineChannel({
  name: 'pagerduty',
  title: 'PagerDuty',
  settings: z.strictObject({
    routingKey: secret({
      title: 'Integration key',
      description: 'Of an integration "Events API v2" of the service; 32 letters and digits.',
    }).regex(/^\w{32}$/, 'An integration key has 32 letters and digits'),
    region: destination(z.enum(['us', 'eu']).default('us'), { title: 'Service region' }),
  }),
  send: (delivery, { routingKey, region }, ports) =>
    postAndTrust({ url: `${HOSTS[region]}/v2/enqueue`, body: event(delivery, routingKey) }, delivery, ports),
});

/** Events with one key are one incident, and a resolution closes it. */
function event({ message }: Delivery, routingKey: string) {
  const dedupKey = cut(message.subject, MAX.key);
  if (message.state === 'resolved') return { routing_key: routingKey, event_action: 'resolve', dedup_key: dedupKey };
  const facts = firstFacts(message, MAX.facts);
  const details = facts.map(({ name, value }) => [cut(oneLine(name), MAX.name), cut(value, MAX.value)] as const);
  return {
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: dedupKey,
    client: 'Vaquita',
    links: message.links
      .slice(0, MAX.links)
      .map(({ title, url }) => ({ href: url, text: cut(oneLine(title), MAX.name) })),
    payload: {
      summary: cut(headline(message), MAX.summary),
      source: message.source,
      severity: message.severity,
      timestamp: new Date(message.lastAt).toISOString(),
      class: message.kind,
      custom_details: {
        ...(message.text === '' ? {} : { text: cut(message.text, MAX.text) }),
        ...Object.fromEntries(details),
      },
    },
  };
}
