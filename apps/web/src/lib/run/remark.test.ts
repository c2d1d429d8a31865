import { describe, expect, it } from 'vitest';
import { remarkOf, waitsForSomebody } from './remark.ts';

const text = 'Waiting for a slot of task group "db".';
const reason = { code: 'waiting_for_task_group', text, since: '', next: null, nextAt: null, evidence: {} };
const tell = ({ code }: { readonly code: string }) => `told: ${code}`;

describe('remarkOf', () => {
  it('names the branch that was chosen', () => {
    const logic = { kind: 'branch' as const, chosen: ['load', 'mail'], why: '' };
    expect(remarkOf({ state: 'success', logic, reason }, tell)).toBe('→ load, mail');
    expect(remarkOf({ state: 'success', logic: { ...logic, chosen: [] }, reason }, tell)).toBe('→ –');
  });
  it('says what a task waits for, and nothing of what it waited for before it ended', () => {
    expect(remarkOf({ state: 'submitted', logic: null, reason }, tell)).toBe('told: waiting_for_task_group');
    expect(remarkOf({ state: 'success', logic: null, reason }, tell)).toBe('');
    expect(remarkOf({ state: 'running', logic: null, reason: null }, tell)).toBe('');
    expect(remarkOf(undefined, tell)).toBe('');
  });
});

describe('waitsForSomebody', () => {
  const open = { kind: 'approval' as const, decision: null, by: null, comment: '' };
  it('is true of an approval that nobody has answered', () => {
    expect(waitsForSomebody({ state: 'running', logic: open })).toBe(true);
    expect(waitsForSomebody({ state: 'paused', logic: open })).toBe(false);
    expect(waitsForSomebody({ state: 'running', logic: { ...open, decision: 'approved' } })).toBe(false);
  });
});
