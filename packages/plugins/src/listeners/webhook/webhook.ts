/**
 * CloudEvents 1.0 over HTTP: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 * Signed as Standard Webhooks describes.
 */
import type { ListenerEvent } from '@vaquita/core';
import * as z from 'zod';
import { destination, secretHeaders, signingSecret, webAddress } from '../../alerts/form.ts';
import { readRetryAfter } from '../../alerts/post.ts';
import { cut, oneLine } from '../../alerts/rendering/words.ts';
import { signStandardWebhook } from '../../alerts/signing.ts';
import type { OutboundAnswer } from '../../ports.ts';
import { defineBuiltIn } from '../built-in-listener.ts';
import { cloudEventAttributes, headerValue, STRUCTURED, structuredCloudEvent } from '../cloud-event.ts';
import { eventSource, timeoutSeconds } from '../common-settings.ts';

/** Of HTTP itself, or made here. */
const RESERVED =
  /^(host|content-length|content-type|transfer-encoding|connection|upgrade|te|trailer|expect|proxy-.*|webhook-.*|ce-.*|idempotency-key)$/i;
const MAX_ANSWER_BYTES = 16_384;
const MAX_EXCERPT = 300;

export const webhook = defineBuiltIn({
  name: 'webhook',
  title: 'Webhook',
  settings: z.strictObject({
    url: destination(webAddress(), { title: 'Address', examples: ['https://example.com/events'] }),
    mode: z.enum(['structured', 'binary']).default('structured').meta({
      title: 'Content mode',
      description:
        'structured: everything is in the body. binary: the body is the data, and headers that begin with ce- say the rest.',
    }),
    headers: secretHeaders(RESERVED),
    secret: signingSecret().optional(),
    source: eventSource(),
    timeoutSeconds: timeoutSeconds(),
  }),
  async open(settings, { ports: { http, clock } }) {
    return {
      async hear(event, signal) {
        const { headers, body } =
          settings.mode === 'binary' ? binary(event, settings.source) : structured(event, settings.source);
        const { secret } = settings;
        const signature =
          secret === undefined ? {} : await signStandardWebhook(event.id, body, { secret, now: clock.now() });
        const answer = await http.request({
          method: 'POST',
          url: settings.url,
          headers: {
            'user-agent': 'Vaquita',
            ...settings.headers,
            ...headers,
            'idempotency-key': event.id,
            'webhook-id': event.id,
            ...signature,
          },
          body,
          timeoutMs: settings.timeoutSeconds * 1_000,
          maxAnswerBytes: MAX_ANSWER_BYTES,
          maxRedirects: 0,
          signal,
        });
        if (!answer.ok) throw new Error(answer.message);
        if (answer.status < 200 || answer.status > 299) throw new Error(refusal(answer, clock.now()));
      },
    };
  },
});

function structured(event: ListenerEvent, source: string) {
  return { headers: { 'content-type': STRUCTURED }, body: structuredCloudEvent(event, source) };
}

function binary(event: ListenerEvent, source: string) {
  const { datacontenttype = 'application/json', ...attributes } = cloudEventAttributes(event, source) as Record<
    string,
    string
  >;
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, headerValue(value)] as const);
  return {
    headers: { 'content-type': datacontenttype, ...Object.fromEntries(headers) },
    body: JSON.stringify(event.data),
  };
}

/** What the status means for whoever has to do something about it (RFC 9110, 15). */
function refusal(answer: OutboundAnswer, now: number): string {
  const { status, headers, text } = answer;
  const said = oneLine(text) === '' ? '' : `: ${cut(oneLine(text), MAX_EXCERPT)}`;
  const waitMs = readRetryAfter(headers['retry-after'], now);
  const wait = waitMs === null ? '' : ` It asks to be left alone for ${Math.ceil(waitMs / 1_000)} s.`;
  return `The receiver answered ${status}, ${meaningOf(status)}${said}${wait === '' ? '' : `.${wait}`}`;
}

function meaningOf(status: number): string {
  if (status === 401 || status === 403) return 'which means that it does not accept the headers or the signature';
  if (status === 404 || status === 410) return 'which means that nothing is there: check the address';
  if (status === 413) return 'which means that the event is too large for it';
  if (status === 429) return 'which means that it was sent too much';
  if (status >= 300 && status < 400) return 'which sends elsewhere: enter the address it leads to';
  if (status >= 500) return 'which is a failure of its own';
  return 'which means that it does not take this event';
}
