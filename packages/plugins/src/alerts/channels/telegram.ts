/** Telegram, by a bot: https://core.telegram.org/bots/api#sendmessage */

import type { AlertMessage } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { destination, line, secret, webAddress } from '../form.ts';
import { answerText, jsonOf, post } from '../post.ts';
import { escapeHtml } from '../rendering/markup.ts';
import { cut, firstFacts, headline, oneLine } from '../rendering/words.ts';
import { sendFailure } from '../send-result.ts';

/** 4,096 after the entities are read, in all. */
const MAX = { title: 250, text: 1_500, facts: 20, name: 30, value: 60, link: 80, links: 5 } as const;

export const telegram = defineChannel({
  name: 'telegram',
  title: 'Telegram',
  settings: z.strictObject({
    botToken: secret({ title: 'Bot token', description: 'As @BotFather gives it.' }).regex(
      /^\d+:[\w-]+$/,
      'A token is a number, a colon, and letters',
    ),
    chatId: line({
      title: 'Chat',
      description: 'The number of a chat or group (-100…), or @name of a public channel. The bot must be a member.',
    }).regex(/^(-?\d+|@\w+)$/, 'This must be a number or @name'),
    topicId: z.int().positive().optional().meta({ title: 'Topic', description: 'Of a group with topics.' }),
    silent: z.boolean().default(false).meta({ title: 'Without a sound' }),
    apiUrl: destination(webAddress().default('https://api.telegram.org'), {
      title: 'Address of the API',
      description: 'Another one only for a Bot API server of your own.',
    }),
  }),
  async send(delivery, { botToken, chatId, topicId, silent, apiUrl }, ports) {
    const url = `${apiUrl.replace(/\/+$/, '')}/bot${botToken}/sendMessage`;
    const body = {
      chat_id: chatId,
      ...(topicId === undefined ? {} : { message_thread_id: topicId }),
      text: render(delivery.message),
      parse_mode: 'HTML',
      disable_notification: silent,
      link_preview_options: { is_disabled: true },
    };
    const answer = await post({ url, body, retryAfterOf }, delivery, ports);
    if (!answer.ok) return answer;
    if (jsonOf(answer).ok !== true) return sendFailure('rejected', `the answer was ${answerText(answer)}`);
    return { ok: true, answer: answerText(answer) };
  },
});

/** https://core.telegram.org/bots/api#responseparameters */
function retryAfterOf({ parameters }: Readonly<Record<string, unknown>>): unknown {
  return (parameters as { readonly retry_after?: unknown } | undefined)?.retry_after;
}

function render(message: AlertMessage): string {
  const facts = firstFacts(message, MAX.facts).map(({ name, value }) => {
    return `<b>${escapeHtml(cut(oneLine(name), MAX.name))}</b>: ${escapeHtml(cut(oneLine(value), MAX.value))}`;
  });
  const links = message.links.slice(0, MAX.links).map(({ title, url }) => {
    return `<a href="${escapeHtml(url)}">${escapeHtml(cut(oneLine(title), MAX.link))}</a>`;
  });
  const title = `<b>${escapeHtml(cut(headline(message), MAX.title))}</b>`;
  const parts = [title, escapeHtml(cut(message.text, MAX.text)), facts.join('\n'), links.join(' · ')];
  return parts.filter((part) => part !== '').join('\n\n');
}
