/** WeCom, by a robot of a group chat: https://developer.work.weixin.qq.com/document/path/91770 */
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { secretAddress } from '../form.ts';
import { post } from '../post.ts';
import { robotText } from '../rendering/robot-text.ts';
import { cutBytes } from '../rendering/words.ts';
import { robotResult } from '../robot-answer.ts';

const MAX_TEXT_BYTES = 4_096;
/** 45009: more than 20 messages a minute. -1: the system is busy. https://developer.work.weixin.qq.com/document/path/90313 */
const CODES = { field: 'errcode', rateLimited: [45009, 45033], busy: [-1] };

export const wecom = defineChannel({
  name: 'wecom',
  title: 'WeCom',
  settings: z.strictObject({
    url: secretAddress({
      title: 'Webhook URL',
      description: 'Of a robot of the group chat.',
      examples: ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…'],
    }),
    mention: z
      .array(z.string().regex(/^[\w.@-]{1,64}$/, 'This must be a user id'))
      .max(20)
      .default([])
      .meta({ title: 'Mention by user id' }),
  }),
  async send(delivery, { url, mention }, ports) {
    const mentions = mention.map((id) => `<@${id}>`).join('');
    const after = mentions === '' ? '' : `\n${mentions}`;
    const room = MAX_TEXT_BYTES - new TextEncoder().encode(after).length;
    const content = `${cutBytes(robotText(delivery.message, '\n'), room)}${after}`;
    const answer = await post({ url, body: { msgtype: 'markdown', markdown: { content } } }, delivery, ports);
    return answer.ok ? robotResult(answer, CODES) : answer;
  },
});
