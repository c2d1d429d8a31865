import type { WhyView } from '@vaquita/client';
import { expect, it } from 'vitest';
import { whyLines } from './why-lines.ts';

function item(taskName: string | null, text: string, code = 'task_failed'): WhyView['reasons'][number] {
  return { code, text, since: '', next: null, nextAt: null, evidence: {}, taskName, taskInstanceId: null };
}

it('says once what a run and its failed task both say', () => {
  const lines = whyLines([item(null, '"load" failed: no such table'), item('load', 'no such table')]);
  expect(lines.map(({ reason }) => reason.text)).toEqual(['"load" failed: no such table']);
});

it('keeps what another task says with the same words', () => {
  const lines = whyLines([item(null, '"load" failed: no such table'), item('mail', 'no such table')]);
  expect(lines.map(({ tasks }) => tasks)).toEqual([[], ['mail']]);
});

it('names the tasks that wait for the same thing in one line', () => {
  const text = 'Waiting for a free slot of a worker.';
  const lines = whyLines([item('a', text, 'queued'), item('b', text, 'queued'), item('c', 'Other.', 'queued')]);
  expect(lines.map(({ tasks }) => tasks)).toEqual([['a', 'b'], ['c']]);
});
