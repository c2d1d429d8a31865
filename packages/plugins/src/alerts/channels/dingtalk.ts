/**
 * DingTalk, by a custom robot of a group: https://open.dingtalk.com/document/orgapp/custom-robot-access
 * Signature: https://open.dingtalk.com/document/robots/customize-robot-security-settings
 */
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { line, secret, secretAddress } from '../form.ts';
import { post } from '../post.ts';
import { robotText } from '../rendering/robot-text.ts';
import { cut, cutBytes, headline } from '../rendering/words.ts';
import { robotResult } from '../robot-answer.ts';
import { base64, hmacSha256 } from '../signing.ts';

const MAX_TITLE = 100;
const MAX_TEXT_BYTES = 5_000;
/** 130101 and 410100: more than 20 messages a minute. -1: the system is busy. */
const CODES = { field: 'errcode', rateLimited: [130101, 410100], busy: [-1] };

export const dingtalk = defineChannel({
  name: 'dingtalk',
  title: 'DingTalk',
  settings: z.strictObject({
    url: secretAddress({
      title: 'Webhook URL',
      description: 'Of a custom robot of the group.',
      examples: ['https://oapi.dingtalk.com/robot/send?access_token=…'],
    }),
    secret: secret({
      title: 'Signing secret',
      description: 'When the robot is secured by a signature; begins with SEC.',
    }).optional(),
    keyword: line({
      title: 'Keyword',
      description: 'When the robot is secured by keywords: is put before the title.',
    }).optional(),
    atMobiles: z
      .array(z.string().regex(/^\+?[\d-]+$/, 'This must be a phone number'))
      .max(50)
      .default([])
      .meta({ title: 'Mention by phone number' }),
    atUserIds: z
      .array(z.string().regex(/^[\w-]+$/, 'This must be a user id'))
      .max(50)
      .default([])
      .meta({ title: 'Mention by user id' }),
    atAll: z.boolean().default(false).meta({ title: 'Mention everybody' }),
  }),
  async send(delivery, settings, ports) {
    const url = new URL(settings.url);
    if (settings.secret !== undefined) {
      const timestamp = String(ports.clock.now());
      url.searchParams.set('timestamp', timestamp);
      const sign = await hmacSha256(settings.secret, `${timestamp}\n${settings.secret}`);
      url.searchParams.set('sign', base64(sign));
    }
    const { atMobiles, atUserIds, atAll, keyword } = settings;
    // Who is mentioned must stand in the text too.
    const mentions = [...atMobiles, ...atUserIds].map((name) => `@${name}`).join(' ');
    const before = keyword === undefined ? '' : `${keyword}: `;
    const text = cutBytes(`${before}${robotText(delivery.message, '\n\n')}`, MAX_TEXT_BYTES);
    const body = {
      msgtype: 'markdown',
      markdown: {
        title: cut(`${before}${headline(delivery.message)}`, MAX_TITLE),
        text: mentions === '' ? text : `${text}\n\n${mentions}`,
      },
      at: { atMobiles, atUserIds, isAtAll: atAll },
    };
    const answer = await post({ url: url.href, body }, delivery, ports);
    return answer.ok ? robotResult(answer, CODES) : answer;
  },
});
