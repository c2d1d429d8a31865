import { describe, expect, it } from 'vitest';
import { remarkOf, waitsForSomebody } from './remark.ts';

const reason = { text: 'Waiting for a slot of task group "db".' };

describe('remarkOf', () => {
  it('names the branch that was chosen', () => {
    const logic = { kind: 'branch' as const, chosen: ['load', 'mail'], why: '' };
    expect(remarkOf({ state: 'success', logic, reason })).toBe('→ load, mail');
    expect(remarkOf({ state: 'success', logic: { ...logic, chosen: [] }, reason })).toBe('→ –');
  });
  it('says what a task waits for, and nothing of what it waited for before it ended', () => {
    expect(remarkOf({ state: 'submitted', logic: null, reason })).toBe(reason.text);
    expect(remarkOf({ state: 'success', logic: null, reason })).toBe('');
    expect(remarkOf({ state: 'running', logic: null, reason: null })).toBe('');
    expect(remarkOf(undefined)).toBe('');
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
