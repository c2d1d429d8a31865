/**
 * Microsoft Teams, by a workflow with the trigger "When a Teams webhook request is received":
 * https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 * The older connectors are no longer offered. Cards: https://adaptivecards.microsoft.com/
 */

import type { AlertMessage, AlertSeverity } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { secretAddress } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { escapeMarkdown } from '../rendering/markup.ts';
import { cut, firstFacts, headline, oneLine } from '../rendering/words.ts';

/** A message may have 28 KB in all; characters outside ASCII and escapes take more than one byte each. */
const MAX = { title: 200, text: 2_000, facts: 12, name: 40, value: 150, links: 5, link: 1_000 } as const;
const COLORS: Readonly<Record<AlertSeverity, string>> = {
  info: 'Accent',
  warning: 'Warning',
  error: 'Attention',
  critical: 'Attention',
};

export const teams = defineChannel({
  name: 'teams',
  title: 'Microsoft Teams',
  settings: z.strictObject({
    url: secretAddress({
      title: 'Workflow URL',
      description:
        'Shown when a workflow "Send webhook alerts to a channel" has been made in the Workflows app of Teams.',
    }),
  }),
  send: (delivery, { url }, ports) => postAndTrust({ url, body: render(delivery.message) }, delivery, ports),
});

function render(message: AlertMessage) {
  const color = message.state === 'resolved' ? 'Good' : COLORS[message.severity];
  const facts = firstFacts(message, MAX.facts);
  const body: unknown[] = [
    {
      type: 'TextBlock',
      text: shown(headline(message), MAX.title),
      weight: 'Bolder',
      size: 'Medium',
      color,
      wrap: true,
    },
  ];
  if (message.text !== '') body.push({ type: 'TextBlock', text: shown(message.text, MAX.text), wrap: true });
  const rows = facts.map(({ name, value }) => ({
    title: shown(oneLine(name), MAX.name),
    value: shown(value || '–', MAX.value),
  }));
  body.push({ type: 'FactSet', facts: rows });
  const actions = message.links
    .filter(({ url }) => url.length <= MAX.link)
    .slice(0, MAX.links)
    .map(({ title, url }) => ({ type: 'Action.OpenUrl', title: cut(oneLine(title), MAX.name), url }));
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
    ...(actions.length > 0 ? { actions } : {}),
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
  return { type: 'message', attachments: [attachment] };
}

/** Text blocks and facts read a part of Markdown. */
function shown(text: string, max: number): string {
  return escapeMarkdown(cut(text, max));
}
