/** Opsgenie, Alert API: https://docs.opsgenie.com/docs/alert-api */

import type { AlertMessage, AlertSeverity } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { destination, line, secret } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { cut, firstFacts, headline, oneLine } from '../rendering/words.ts';

const HOSTS = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' } as const;
const MAX = { message: 130, alias: 512, text: 15_000, facts: 20, name: 60, value: 300, source: 100, tag: 50 } as const;
const PRIORITIES: Readonly<Record<AlertSeverity, string>> = { critical: 'P1', error: 'P2', warning: 'P3', info: 'P5' };

export const opsgenie = defineChannel({
  name: 'opsgenie',
  title: 'Opsgenie',
  settings: z.strictObject({
    apiKey: secret({ title: 'API key', description: 'Of an API integration of the team.' }),
    region: destination(z.enum(['us', 'eu']).default('us'), { title: 'Service region' }),
    tags: z
      .array(line({ title: 'Tag' }).max(MAX.tag))
      .max(18)
      .default([])
      .meta({ title: 'Tags' }),
    team: line({
      title: 'Team',
      description: 'The name of the team that is told, when the integration does not say.',
    }).optional(),
  }),
  send(delivery, { apiKey, region, tags, team }, ports) {
    const { message } = delivery;
    const alias = cut(message.subject, MAX.alias);
    const source = cut(message.source, MAX.source);
    const headers = { authorization: `GenieKey ${apiKey}` };
    if (message.state === 'resolved') {
      const url = `${HOSTS[region]}/v2/alerts/${encodeURIComponent(alias)}/close?identifierType=alias`;
      return postAndTrust({ url, headers, body: { source, note: cut(headline(message), MAX.text) } }, delivery, ports);
    }
    const responders = team === undefined ? {} : { responders: [{ type: 'team', name: team }] };
    const body = { ...alert(message), alias, source, ...responders, tags: [message.kind, ...tags] };
    return postAndTrust({ url: `${HOSTS[region]}/v2/alerts`, headers, body }, delivery, ports);
  },
});

function alert(message: AlertMessage) {
  const facts = firstFacts(message, MAX.facts);
  const links = message.links.map(({ title, url }) => `${oneLine(title)}: ${url}`);
  return {
    message: cut(headline(message), MAX.message),
    description: cut([message.text, ...links].filter((part) => part !== '').join('\n'), MAX.text),
    details: Object.fromEntries(facts.map(({ name, value }) => [cut(oneLine(name), MAX.name), cut(value, MAX.value)])),
    priority: PRIORITIES[message.severity],
  };
}
