/** Chat robots that answer 200 whatever has happened and say in the JSON what it was. */
import type { OutboundAnswer } from '../ports.ts';
import { answerText, jsonOf } from './post.ts';
import { type SendResult, sendFailure } from './send-result.ts';

export interface RobotCodes {
  /** The field of the code; 0 is success. */
  readonly field: string;
  readonly rateLimited: readonly number[];
  readonly busy: readonly number[];
}

export function robotResult(answer: OutboundAnswer, { field, rateLimited, busy }: RobotCodes): SendResult {
  const code = jsonOf(answer)[field];
  if (code === 0) return { ok: true, answer: answerText(answer) };
  const said = `the answer was ${answerText(answer)}`;
  if (typeof code !== 'number') return sendFailure('rejected', `${said}, which is no answer of such a robot`);
  if (rateLimited.includes(code)) return sendFailure('rate_limited', said);
  return sendFailure(busy.includes(code) ? 'server_error' : 'rejected', said);
}
