import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { teams } from './teams.ts';

const settings = {
  url: 'https://prod-1.westeurope.logic.test:443/workflows/abcdef0123456789/triggers/manual/paths/invoke?api-version=2016-06-01&sig=SigSigSig_Sig',
};

/** https://adaptivecards.microsoft.com/?topic=AdaptiveCard for the elements that are used. */
const payload = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
          type: z.literal('AdaptiveCard'),
          version: z.literal('1.4'),
          msteams: z.strictObject({ width: z.literal('Full') }),
          body: z.array(
            z.discriminatedUnion('type', [
              z.looseObject({ type: z.literal('TextBlock'), text: z.string().min(1), wrap: z.literal(true) }),
              z.strictObject({
                type: z.literal('FactSet'),
                facts: z.array(z.strictObject({ title: z.string(), value: z.string() })).min(1),
              }),
            ]),
          ),
          actions: z
            .array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() }))
            .max(6)
            .optional(),
        }),
      }),
    )
    .length(1),
});

/** The limit of a message: 28 KB. https://learn.microsoft.com/en-us/microsoftteams/limits-specifications-teams */
const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: settings.url });
  if (new TextEncoder().encode(request.body!).length > 28 * 1_024) return { status: 413, text: 'too large' };
  const parsed = payload.safeParse(bodyOf(request));
  return parsed.success ? { status: 202 } : { status: 400, text: parsed.error.message };
};

describeHttpChannel({ channel: teams, settings, secrets: ['SigSigSig_Sig', 'abcdef0123456789'], vendor });

test('a card with facts and a button, and no markup of strangers', async () => {
  const ports = fakePorts(vendor);
  await sendAlert(
    sampleDelivery({ message: sampleMessage({ state: 'resolved' }) }),
    { channel: 'teams', settings },
    ports,
  );
  const { body, actions } = bodyOf<z.infer<typeof payload>>(ports.requests[0]).attachments[0]!.content;
  expect(body[0]).toMatchObject({ text: 'Resolved: nightly-report \\#12 failed', color: 'Good' });
  expect(body[2]).toMatchObject({ facts: expect.arrayContaining([{ title: 'Workflow', value: 'nightly-report' }]) });
  expect(actions).toEqual([
    { type: 'Action.OpenUrl', title: 'Open the run', url: 'https://vaquita.example/runs/12?tab=log&line=3' },
  ]);
  await sendAlert(sampleDelivery({ message: hostileMessage() }), { channel: 'teams', settings }, ports);
  const text = JSON.stringify(bodyOf<z.infer<typeof payload>>(ports.requests[1]).attachments[0]!.content.body);
  expect(text).not.toMatch(/[^\\](<at>|\[x\])/);
});
