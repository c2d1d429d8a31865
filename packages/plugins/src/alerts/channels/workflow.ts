/**
 * A run of a workflow of this very system: whatever a script on a worker can do about an alert, with its log, retries and
 * permissions. Delivered means that the run is filed; what becomes of it is a run's own affair.
 *
 * W1 A delivery starts one run, however often it is tried: the run follows from the delivery.
 * W2 A run that an alert started alerts nobody, and none is started because the workflow itself was set aside: no loop.
 * W3 Texts of strangers are values: nothing in them names another parameter.
 */
import type { AlertMessage } from '@vaquita/core';
import * as z from 'zod';
import { type Delivery, defineChannel } from '../channel.ts';
import { line } from '../form.ts';
import { alertJson, fillTemplate, templateProblem } from '../rendering/template.ts';
import { sendFailure } from '../send-result.ts';

const PARAM = 'alert_';

export const workflow = defineChannel({
  name: 'workflow',
  title: 'Run a workflow',
  inProcess: true,
  settings: z.strictObject({
    project: line({ title: 'Project' }),
    workflow: line({
      title: 'Workflow',
      description:
        'It must be online. It is given alert_title, alert_text and others as far as it has parameters of these names.',
    }),
    params: z
      .record(
        z.string().min(1).max(200),
        z
          .string()
          .max(2_000)
          .check((context) => {
            const message = templateProblem(context.value);
            if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
          }),
      )
      .default({})
      .meta({ title: 'Parameters', description: 'Further ones: texts, with {{title}}, {{text}} and others.' }),
  }),
  async send(delivery, { project, workflow: name, params }, { runs }) {
    if (runs === undefined) return sendFailure('internal', 'runs are started in the server itself');
    const { kind, labels } = delivery.message;
    if (kind === 'workflow_quarantined' && labels.project === project && labels.workflow === name) {
      return sendFailure('rejected', 'the alert tells that a run of this very workflow was set aside; mend that first');
    }
    const given = Object.entries(params).map(([key, text]) => [
      key,
      asValue(fillTemplate(text, delivery, 'text/plain')),
    ]);
    const order = { key: delivery.id, project, workflow: name };
    const started = await runs.start({ ...order, params: Object.fromEntries(given), offered: offeredBy(delivery) });
    if (started.ok) return { ok: true, answer: started.answer };
    return sendFailure(started.failure === 'refused' ? 'rejected' : 'internal', started.message);
  },
});

const OFFERED = ['title', 'text', 'kind', 'severity', 'subject', 'state'] as const satisfies (keyof AlertMessage)[];

function offeredBy(delivery: Delivery): Readonly<Record<string, string>> {
  const { message } = delivery;
  const texts = OFFERED.map((field) => [`${PARAM}${field}`, asValue(message[field])]);
  return {
    ...Object.fromEntries(texts),
    [`${PARAM}count`]: String(message.count),
    [`${PARAM}json`]: jsonValue(delivery),
  };
}

/** Placeholders of parameters have no escape, so what looks like one is taken apart. */
function asValue(text: string): string {
  return text.replaceAll('\0', '').replace(/\$(?=[{[])|!(?=\{)/g, '$& ');
}

/** In JSON there is an escape: the text reads as it was. */
function jsonValue(delivery: Delivery): string {
  return JSON.stringify(alertJson(delivery)).replaceAll('$', '\\u0024').replaceAll('!', '\\u0021');
}
