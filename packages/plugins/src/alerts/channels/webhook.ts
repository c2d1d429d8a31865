/**
 * Any HTTP address. The request is signed as Standard Webhooks describes, so that receivers have libraries for it:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import * as z from 'zod';
import { type Delivery, defineChannel } from '../channel.ts';
import { destination, secretHeaders, signingSecret, webAddress } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { alertJson, fillTemplate, templateProblem } from '../rendering/template.ts';
import { signStandardWebhook } from '../signing.ts';

/** Of HTTP itself, or made here. */
const RESERVED =
  /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|proxy-.*|webhook-.*|idempotency-key)$/i;
const MAX_REDIRECTS = 3;

export const webhook = defineChannel({
  name: 'webhook',
  title: 'Webhook',
  settings: z.strictObject({
    url: destination(webAddress(), { title: 'Address', examples: ['https://example.com/alerts'] }),
    method: z.enum(['POST', 'PUT', 'PATCH', 'GET']).default('POST').meta({ title: 'Method' }),
    headers: secretHeaders(RESERVED),
    body: z
      .string()
      .max(20_000)
      .optional()
      .check((context) => {
        const problem = context.value === undefined ? null : templateProblem(context.value);
        if (problem !== null) context.issues.push({ code: 'custom', message: problem, input: context.value });
      })
      .meta({
        title: 'Body',
        description: 'A text with {{title}}, {{text}} and others; left out: the whole alert as JSON.',
        format: 'multiline',
      }),
    contentType: z
      .string()
      .max(200)
      .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w=-]+)*$/, 'This must be a media type such as application/json')
      .default('application/json')
      .meta({ title: 'Content type', description: 'Says too how values are escaped in the body.' }),
    secret: signingSecret().optional(),
  }),
  async send(delivery, settings, ports) {
    const { url, method, headers, contentType } = settings;
    const body = method === 'GET' ? null : bodyOf(delivery, settings.body, contentType);
    const signature =
      settings.secret === undefined
        ? {}
        : await signStandardWebhook(delivery.id, body ?? '', { secret: settings.secret, now: ports.clock.now() });
    const all = { 'content-type': contentType, ...lowerCase(headers), 'webhook-id': delivery.id, ...signature };
    return postAndTrust({ url, method, headers: all, body, maxRedirects: MAX_REDIRECTS }, delivery, ports);
  },
});

function bodyOf(delivery: Delivery, template: string | undefined, contentType: string): string {
  return template === undefined ? JSON.stringify(alertJson(delivery)) : fillTemplate(template, delivery, contentType);
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
