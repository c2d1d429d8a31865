/** Bodies about what the leader does by itself: removing what has served its time, and holding memory against rows. */
import * as z from 'zod';
import { Timestamp } from './page.ts';

const Count = z.number().int();

export const PassView = z
  .object({
    startedAt: Timestamp,
    endedAt: Timestamp.nullable().meta({ description: 'Null: it is under way' }),
    runs: Count,
    taskInstances: Count,
    events: Count,
    logs: Count,
    logBytes: Count,
    commands: Count,
    fires: Count.meta({ description: 'Records of fire times of schedules' }),
    firings: Count.meta({ description: 'Records of what triggers have noticed' }),
    backfills: Count.meta({ description: 'Backfills and items of them' }),
    audit: Count,
    left: Count.meta({ description: 'Runs that were due and are needed after all' }),
    freedBytes: Count,
    error: z.string().nullable(),
  })
  .meta({ id: 'JanitorPass', description: 'What a pass has removed so far' });
export type PassView = z.infer<typeof PassView>;

export const JanitorView = z
  .object({
    keepRuns: z.string().nullable().meta({ description: 'A duration; null: for good' }),
    keepRunsPerWorkflow: Count.nullable(),
    keepRunsAtLeast: Count,
    database: z.object({
      bytes: Count,
      freeBytes: Count,
      canShrink: z.boolean().meta({ description: 'Free space is given back to the disk' }),
    }),
    leads: z.boolean().meta({ description: 'False: this server does not lead, and cannot tell of passes' }),
    pass: PassView.nullable(),
    lastPass: PassView.nullable(),
    passes: Count.meta({ description: 'Passes of this term that are over' }),
  })
  .meta({ id: 'Janitor' });
export type JanitorView = z.infer<typeof JanitorView>;

export const JanitorPreview = z
  .object({
    runs: Count,
    byAge: Count,
    byCount: Count,
    taskInstances: Count,
    logBytes: Count,
    workflows: z.array(z.object({ name: z.string(), runs: Count })),
    more: z.boolean().meta({ description: 'There is more than was counted' }),
  })
  .meta({ id: 'JanitorPreview', description: 'What a pass would remove now; waiting tasks may hold some of it' });
export type JanitorPreview = z.infer<typeof JanitorPreview>;

export const JanitorAsked = z
  .object({ passes: Count.meta({ description: 'It is done when so many passes are over' }) })
  .meta({ id: 'JanitorAsked' });
export type JanitorAsked = z.infer<typeof JanitorAsked>;

export const ReconcilerView = z
  .object({
    leads: z.boolean().meta({ description: 'False: this server does not lead and checks nothing' }),
    rounds: Count,
    runsChecked: Count,
    roundBeganAt: Timestamp.nullable(),
    roundEndedAt: Timestamp.nullable(),
    suspects: Count.meta({ description: 'Looked wrong once, and are to be looked at again' }),
    checks: z
      .array(z.object({ check: z.string(), finds: z.string(), mended: Count, givenUp: Count }))
      .meta({ description: 'Counted since this server has started' }),
    recent: z.array(
      z.object({
        at: Timestamp,
        check: z.string(),
        subject: z.string(),
        text: z.string(),
        outcome: z.enum(['mended', 'given_up']),
      }),
    ),
  })
  .meta({ id: 'Reconciler' });
export type ReconcilerView = z.infer<typeof ReconcilerView>;
