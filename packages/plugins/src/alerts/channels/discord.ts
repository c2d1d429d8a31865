/**
 * Discord, by a webhook of a channel: https://docs.discord.com/developers/resources/webhook#execute-webhook
 * Limits of embeds: https://docs.discord.com/developers/resources/message#embed-object-embed-limits
 */

import type { AlertMessage, AlertSeverity } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { secretAddress } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { escapeAddress, escapeMarkdown } from '../rendering/markup.ts';
import { cut, firstFacts, headline, joinWhole, oneLine } from '../rendering/words.ts';

/** Together at most 6,000: the description is given what the rest leaves. */
const MAX = { title: 256, description: 2_000, fields: 12, name: 80, value: 200 } as const;
const COLORS: Readonly<Record<AlertSeverity, number>> = {
  info: 0x2f6f9f,
  warning: 0xb7791f,
  error: 0xc0392b,
  critical: 0x8e1b1b,
};
const RESOLVED_COLOR = 0x2e7d4f;

export const discord = defineChannel({
  name: 'discord',
  title: 'Discord',
  settings: z.strictObject({
    url: secretAddress({
      title: 'Webhook URL',
      description: 'Of a webhook made in the settings of the channel, under Integrations.',
      examples: ['https://discord.com/api/webhooks/…'],
    }),
  }),
  // With `wait` Discord answers when the message is stored, not when it is taken.
  send(delivery, settings, ports) {
    const url = new URL(settings.url);
    url.searchParams.set('wait', 'true');
    return postAndTrust({ url: url.href, body: render(delivery.message), retryAfterOf }, delivery, ports);
  },
});

/** https://docs.discord.com/developers/topics/rate-limits */
function retryAfterOf({ retry_after }: Readonly<Record<string, unknown>>): unknown {
  return retry_after;
}

function render(message: AlertMessage) {
  const links = message.links
    .slice(0, 5)
    .map(({ title, url }) => `[${escapeMarkdown(cut(oneLine(title), MAX.name))}](${escapeAddress(url)})`);
  const text = [escapeMarkdown(cut(message.text, MAX.description / 2)), ...links].filter((part) => part !== '');
  const [first] = message.links;
  return {
    embeds: [
      {
        title: escapeMarkdownTo(headline(message), MAX.title),
        description: joinWhole(text, '\n', MAX.description),
        ...(first ? { url: first.url } : {}),
        color: message.state === 'resolved' ? RESOLVED_COLOR : COLORS[message.severity],
        timestamp: new Date(message.lastAt).toISOString(),
        fields: firstFacts(message, MAX.fields).map(({ name, value }) => ({
          name: escapeMarkdownTo(oneLine(name), MAX.name),
          value: escapeMarkdownTo(value || '–', MAX.value),
          inline: true,
        })),
      },
    ],
    // Nobody is called by a name that happens to stand in a text.
    allowed_mentions: { parse: [] },
  };
}

/** Escapes lengthen; what is cut is the text, so that no escape is left alone. */
function escapeMarkdownTo(text: string, max: number): string {
  for (let length = max; ; length = Math.floor(length / 2)) {
    const escaped = escapeMarkdown(cut(text, length));
    if (escaped.length <= max) return escaped;
  }
}
