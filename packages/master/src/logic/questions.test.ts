import type { LifecycleEvent, TaskInstanceId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { createListeningBus } from '../testing/listening-bus.ts';
import { createQuestions } from './questions.ts';

const t1 = 't1' as TaskInstanceId;
const due: LifecycleEvent = { type: 'LogicDue', taskInstanceId: t1 };

function openQuestions() {
  const clock = createManualClock(0);
  const errors: string[] = [];
  const questions = createQuestions({ info() {}, warn() {}, error: (message) => void errors.push(message) });
  const { bus, told, become } = createListeningBus({ id: 'run' as never });
  const finds: { resolve(event: LifecycleEvent | null): void; reject(error: unknown): void; wanted(): boolean }[] = [];
  return {
    questions,
    bus,
    told,
    become,
    finds,
    errors,
    settle: () => clock.advance(0),
    ask: (kind = 'kind') =>
      questions.ask(bus, { kind, taskInstanceId: t1 }, (wanted) => {
        const { promise, resolve, reject } = Promise.withResolvers<LifecycleEvent | null>();
        finds.push({ resolve, reject, wanted });
        return promise;
      }),
  };
}

test('Q1: one answer to one question', async () => {
  const { ask, finds, told, questions, settle } = openQuestions();
  ask();
  expect(questions.size).toBe(1);
  finds[0]!.resolve(due);
  await settle();
  expect(told).toEqual([due]);
  expect(questions.size).toBe(0);
});

test('Q1: none after it is forgotten, also when it asks again meanwhile', async () => {
  const { ask, finds, told, bus, questions, settle } = openQuestions();
  ask('a');
  ask('b');
  questions.forget(bus, t1);
  expect(finds.map(({ wanted }) => wanted())).toEqual([false, false]);
  ask('a');
  finds[0]!.resolve(due);
  finds[1]!.resolve(due);
  await settle();
  expect(told).toEqual([]);
  finds[2]!.resolve(due);
  await settle();
  expect(told).toEqual([due]);
});

test('Q2: asked while being answered, it is answered once more, from a fresh look, however often it is asked', async () => {
  const { ask, finds, told, settle } = openQuestions();
  ask();
  ask();
  ask();
  expect(finds).toHaveLength(1);
  finds[0]!.resolve(due);
  await settle();
  expect(finds).toHaveLength(2);
  finds[1]!.resolve(due);
  await settle();
  expect(told).toHaveLength(2);
  expect(finds).toHaveLength(2);
});

test('Q3: a run that is set aside, given up or forgotten is answered nothing', async () => {
  for (const leave of ['aside', 'closed', 'forgotten'] as const) {
    const { ask, finds, told, become, questions, bus, settle } = openQuestions();
    ask();
    if (leave === 'forgotten') questions.forgetRun(bus);
    else become(leave);
    expect(finds[0]!.wanted()).toBe(false);
    finds[0]!.resolve(due);
    await settle();
    expect(told).toEqual([]);
    expect(questions.size).toBe(0);
  }
});

test('one that cannot be answered is told to the operator, and may be asked again', async () => {
  const { ask, finds, told, errors, settle } = openQuestions();
  ask();
  finds[0]!.reject(new Error('damaged'));
  await settle();
  expect(errors).toHaveLength(1);
  ask();
  finds[1]!.resolve(due);
  await settle();
  expect(told).toEqual([due]);
});
