/**
 * Feishu and Lark, by a custom bot of a group:
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (signature, codes, limit of 20 KB).
 */

import type { AlertMessage, AlertSeverity } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { secret, secretAddress } from '../form.ts';
import { post } from '../post.ts';
import { cut, firstFacts, headline, oneLine } from '../rendering/words.ts';
import { robotResult } from '../robot-answer.ts';
import { base64, hmacSha256 } from '../signing.ts';

const MAX = { title: 200, text: 2_000, facts: 15, name: 40, value: 200, links: 5, link: 40, url: 500 } as const;
/** 11232: more than 100 messages a minute or 5 a second. */
const CODES = { field: 'code', rateLimited: [11232, 99991400], busy: [] };
const COLORS: Readonly<Record<AlertSeverity, string>> = {
  info: 'blue',
  warning: 'orange',
  error: 'red',
  critical: 'carmine',
};

export const feishu = defineChannel({
  name: 'feishu',
  title: 'Feishu / Lark',
  settings: z.strictObject({
    url: secretAddress({
      title: 'Webhook URL',
      description: 'Of a custom bot of the group.',
      examples: ['https://open.feishu.cn/open-apis/bot/v2/hook/…'],
    }),
    secret: secret({ title: 'Signing secret', description: 'When the bot is secured by a signature.' }).optional(),
  }),
  async send(delivery, settings, ports) {
    const signature = settings.secret === undefined ? {} : await sign(settings.secret, ports.clock.now());
    const body = { ...signature, msg_type: 'interactive', card: render(delivery.message) };
    const answer = await post({ url: settings.url, body }, delivery, ports);
    return answer.ok ? robotResult(answer, CODES) : answer;
  },
});

/** The time and the secret are the key; the text that is signed is empty. */
async function sign(secretText: string, now: number): Promise<{ timestamp: string; sign: string }> {
  const timestamp = String(Math.floor(now / 1_000));
  return { timestamp, sign: base64(await hmacSha256(`${timestamp}\n${secretText}`, '')) };
}

/** All texts are plain: no mention and no formatting comes of them. */
function render(message: AlertMessage) {
  const facts = firstFacts(message, MAX.facts);
  const elements: unknown[] = [];
  if (message.text !== '') elements.push({ tag: 'div', text: plain(cut(message.text, MAX.text)) });
  const fields = facts.map(({ name, value }) => {
    return { is_short: true, text: plain(`${cut(oneLine(name), MAX.name)}\n${cut(value || '–', MAX.value)}`) };
  });
  elements.push({ tag: 'div', fields });
  const actions = message.links
    .filter(({ url }) => url.length <= MAX.url)
    .slice(0, MAX.links)
    .map(({ title, url }) => ({ tag: 'button', type: 'default', text: plain(cut(oneLine(title), MAX.link)), url }));
  if (actions.length > 0) elements.push({ tag: 'action', actions });
  return {
    config: { wide_screen_mode: true },
    header: {
      template: message.state === 'resolved' ? 'green' : COLORS[message.severity],
      title: plain(cut(headline(message), MAX.title)),
    },
    elements,
  };
}

function plain(content: string) {
  return { tag: 'plain_text', content };
}
