/**
 * Slack, by an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/
 * Limits of blocks: https://docs.slack.dev/reference/block-kit/blocks/
 */

import type { AlertMessage } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { secretAddress } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { escapeAddress } from '../rendering/markup.ts';
import { allFacts, cut, headline, joinWhole, oneLine } from '../rendering/words.ts';

const MAX_HEADER = 150;
const MAX_TEXT = 3_000;
const MAX_FIELD = 2_000;
const FIELDS_PER_SECTION = 10;
const MAX_SECTIONS = 4;

export const slack = defineChannel({
  name: 'slack',
  title: 'Slack',
  settings: z.strictObject({
    url: secretAddress({
      title: 'Webhook URL',
      description: 'Of an incoming webhook of a Slack app, or of a service that takes the same messages.',
      examples: ['https://hooks.slack.com/services/…'],
    }),
  }),
  send: (delivery, { url }, ports) => postAndTrust({ url, body: render(delivery.message) }, delivery, ports),
});

function render(message: AlertMessage) {
  const title = headline(message);
  const blocks: unknown[] = [{ type: 'header', text: plain(cut(title, MAX_HEADER)) }];
  if (message.text !== '') blocks.push({ type: 'section', text: plain(cut(message.text, MAX_TEXT)) });
  const fields = allFacts(message).map(({ name, value }) => plain(cut(`${oneLine(name)}\n${value || '–'}`, MAX_FIELD)));
  for (let at = 0; at < Math.min(fields.length, FIELDS_PER_SECTION * MAX_SECTIONS); at += FIELDS_PER_SECTION) {
    blocks.push({ type: 'section', fields: fields.slice(at, at + FIELDS_PER_SECTION) });
  }
  const links = message.links.map(({ title, url }) => `<${escapeAddress(url)}|${escapeControl(oneLine(title))}>`);
  if (links.length > 0)
    blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: joinWhole(links, ' · ', MAX_TEXT) || '–' }] });
  // Shown in notifications.
  return { text: escapeControl(cut(title, MAX_TEXT)), blocks };
}

/** Plain text is shown as it is: no mention and no formatting comes of it. */
function plain(text: string) {
  return { type: 'plain_text', text, emoji: false };
}

/** https://docs.slack.dev/messaging/formatting-message-text/#escaping */
function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('|', '¦');
}
