/** POST /schedules/preview: what a plan would do, and everything that is wrong with it, while it is being written. */
import { type PlanProblem, parseCron, previewClockChanges, previewFires, usualDstPolicy } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { readPlan } from '../schedules/plan-request.ts';
import { summaryOf, toClockChangeView, toFireTimeView } from '../schedules/preview-view.ts';
import { type PreviewProblem, PreviewView } from '../views/schedule-preview.ts';
import { PreviewRequest } from '../views/schedule-preview-request.ts';
import { SCHEDULES_TAG } from './schedules.ts';

export function schedulePreviewEndpoints({ store, clock }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/v1/schedules/preview',
      tag: SCHEDULES_TAG,
      access: 'view',
      summary: 'What a plan would do; nothing is kept',
      description:
        'A plan that is wrong is no error here: `problems` names each place. The fire times are made by the function that fires.',
      body: PreviewRequest,
      status: 200,
      answer: PreviewView,
      async handle({ body }) {
        const now = clock.now();
        const { plan, calendars, problems } = await readPlan(body.plan, { store, now });
        const summary = problems.some(({ path }) => path === 'every') ? null : summaryOf(plan);
        const reading = plan.times.kind === 'cron' ? parseCron(plan.times.expression) : null;
        const said = {
          problems: problems.map(toProblem),
          summary,
          usualDst: reading?.ok ? usualDstPolicy(reading) : null,
        };
        if (problems.length > 0) return { ...said, fires: [], clockChanges: [] };
        const previewed = { plan, calendars, scheduleId: null, pausedUntil: null };
        const after = body.after === undefined ? now : Date.parse(body.after);
        return {
          ...said,
          fires: previewFires(previewed, after, body.count).map(toFireTimeView),
          clockChanges: previewClockChanges(previewed, after).map(toClockChangeView),
        };
      },
    }),
  ];
}

function toProblem({ path, message, cron }: PlanProblem): PreviewProblem {
  return { path: `plan.${path}`, message, field: cron?.field ?? null, at: cron?.at ?? null, text: cron?.text ?? null };
}
