/** Webex, by a bot: https://developer.webex.com/docs/api/v1/messages/create-a-message */

import type { AlertMessage } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { line, secret } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { escapeAddress, escapeHtml, escapeMarkdown } from '../rendering/markup.ts';
import { cut, firstFacts, headline, oneLine } from '../rendering/words.ts';

const URL_OF_MESSAGES = 'https://webexapis.com/v1/messages';
/** 7,439 bytes, and escapes make texts longer. */
const MAX = { title: 150, text: 400, facts: 12, name: 20, value: 40, links: 3, link: 30, url: 300 } as const;

export const webex = defineChannel({
  name: 'webex',
  title: 'Webex',
  settings: z.strictObject({
    botToken: secret({ title: 'Access token of the bot', description: 'Shown once when the bot is made.' }),
    sendTo: z.enum(['room', 'person']).default('room').meta({ title: 'Send to' }),
    address: line({
      title: 'Room or person',
      description: 'The id of the room the bot is in, or the e-mail address of the person.',
    }),
  }),
  send(delivery, { botToken, sendTo, address }, ports) {
    const to = sendTo === 'room' ? { roomId: address } : { toPersonEmail: address };
    const body = { ...to, markdown: render(delivery.message) };
    const headers = { authorization: `Bearer ${botToken}` };
    return postAndTrust({ url: URL_OF_MESSAGES, headers, body }, delivery, ports);
  },
});

function render(message: AlertMessage): string {
  const facts = firstFacts(message, MAX.facts).map(
    ({ name, value }) => `- **${shown(name, MAX.name)}**: ${shown(value, MAX.value)}`,
  );
  const links = message.links
    .filter(({ url }) => url.length <= MAX.url)
    .slice(0, MAX.links)
    .map(({ title, url }) => `[${shown(title, MAX.link)}](${escapeAddress(url)})`);
  const text = cut(message.text, MAX.text)
    .split(/\r?\n/)
    .map((line) => shown(line, MAX.text));
  const parts = [`**${shown(headline(message), MAX.title)}**`, text.join('  \n'), facts.join('\n'), links.join(' · ')];
  return parts.filter((part) => part.trim() !== '').join('\n\n');
}

/** Webex reads Markdown and some HTML, in which a mention is written too. */
function shown(text: string, max: number): string {
  return escapeHtml(escapeMarkdown(cut(oneLine(text), max)).replace(/\\([<>])/g, '$1'));
}
