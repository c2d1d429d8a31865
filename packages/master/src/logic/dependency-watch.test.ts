import type { TaskInstanceId, WorkflowId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { createListeningBus } from '../testing/listening-bus.ts';
import { createDependencyWatch } from './dependency-watch.ts';

const t = (name: string) => name as TaskInstanceId;
const w = (name: string) => name as WorkflowId;
const due = (name: string) => ({ type: 'LogicDue', taskInstanceId: name });

function openWatch() {
  const watch = createDependencyWatch();
  const { bus, told } = createListeningBus({ id: 'run' as never });
  return { watch, bus, told };
}

test('tells those who watch the workflow, and nobody else', () => {
  const { watch, bus, told } = openWatch();
  for (const name of ['a', 'b', 'c']) watch.begin(bus, t(name));
  watch.watch(t('a'), w('orders'), null);
  watch.watch(t('b'), w('orders'), '*');
  watch.watch(t('c'), w('other'), null);
  watch.runEnded(w('orders'));
  expect(told).toEqual([due('a'), due('b')]);
});

test('D1: tells once until the task looks again', () => {
  const { watch, bus, told } = openWatch();
  watch.begin(bus, t('a'));
  watch.watch(t('a'), w('orders'), null);
  watch.watch(t('a'), w('stock'), null);
  watch.runEnded(w('orders'));
  watch.runEnded(w('stock'));
  watch.runEnded(w('orders'));
  expect(told).toHaveLength(1);
  watch.begin(bus, t('a'));
  watch.runEnded(w('orders'));
  expect(told).toHaveLength(1);
  watch.watch(t('a'), w('orders'), null);
  watch.runEnded(w('orders'));
  expect(told).toHaveLength(2);
});

test('tells of the end of a task only those who wait for that task alone', () => {
  const { watch, bus, told } = openWatch();
  for (const name of ['a', 'b', 'c']) watch.begin(bus, t(name));
  watch.watch(t('a'), w('orders'), 'load');
  watch.watch(t('a'), w('orders'), 'check');
  watch.watch(t('b'), w('orders'), null);
  watch.watch(t('c'), w('orders'), '*');
  watch.tasksEnded(w('orders'), new Set(['check', 'clean']));
  expect(told).toEqual([due('a')]);
  watch.tasksEnded(w('orders'), new Set(['clean']));
  expect(told).toHaveLength(1);
});

test('forgets a task instance, and all of a run', () => {
  const { watch, bus, told } = openWatch();
  const other = createListeningBus({ id: 'other' as never });
  watch.begin(bus, t('a'));
  watch.begin(bus, t('b'));
  watch.begin(other.bus, t('c'));
  for (const name of ['a', 'b', 'c']) watch.watch(t(name), w('orders'), null);
  watch.forget(t('a'));
  watch.runEnded(w('orders'));
  expect(told).toEqual([due('b')]);
  watch.forgetRun(bus);
  expect(watch.size).toBe(1);
  watch.forgetRun(other.bus);
  expect([watch.size, watch.isWatched(w('orders'))]).toEqual([0, false]);
  watch.watch(t('a'), w('orders'), null);
  expect(watch.isWatched(w('orders'))).toBe(false);
});
