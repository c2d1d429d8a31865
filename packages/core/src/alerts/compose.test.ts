import { expect, test } from 'vitest';
import { derivedId, isId, timeOfId } from '../identity/ids.ts';
import { addressed } from './addressed.ts';
import { clusterAlert } from './cluster-alert.ts';
import { MAX_FACTS } from './compose.ts';

const spec = { id: derivedId<'alert'>(5_000, 'x'), at: 5_000, about: 'w1', title: 'Worker lost', text: 'It is gone.' };

test('an alert of the cluster is for no group, and its subject and severity follow from its kind', () => {
  const alert = clusterAlert('worker_lost', { ...spec, labels: { worker: 'w1' } });
  expect(alert).toMatchObject({ group: null, projectId: null, workflowInstanceId: null, createdAt: 5_000 });
  expect(alert.message).toMatchObject({ subject: 'worker_lost:w1', severity: 'error', state: 'open', count: 1 });
  const resolved = clusterAlert('worker_lost', { ...spec, labels: { worker: 'w1' }, state: 'resolved' });
  const { state, ...rest } = resolved.message;
  expect({ ...rest, state: 'open' }).toEqual(alert.message);
});

test('whatever is said is bounded, and cut between characters', () => {
  const long = `a${'🐬'.repeat(5_000)}`;
  const facts = Array.from({ length: 100 }, () => ({ name: long, value: long }));
  const { message } = clusterAlert('failover', { ...spec, about: long, title: long, text: long, facts });
  expect(message.subject.length).toBeLessThanOrEqual(255);
  expect(message.title.length).toBeLessThanOrEqual(300);
  expect(message.facts).toHaveLength(MAX_FACTS);
  expect(JSON.stringify(message).length).toBeLessThan(100_000);
  expect(message.text.isWellFormed() && message.title.endsWith('🐬…')).toBe(true);
});

test('paths become links where it is known how people reach this system', () => {
  const links = [
    { title: 'Run', url: '/go/r/1' },
    { title: 'Other', url: 'https://elsewhere.example/x' },
  ];
  const { message } = clusterAlert('failover', { ...spec, links });
  expect(addressed(message, { address: 'https://v.example/base/', name: 'a:80' })).toMatchObject({
    links: [{ url: 'https://v.example/base/go/r/1' }, { url: 'https://elsewhere.example/x' }],
    source: 'https://v.example/base',
  });
  expect(addressed(message, { address: null, name: 'a:80' })).toMatchObject({
    links: [{ title: 'Other' }],
    source: 'a:80',
  });
});

test('an id that is derived is one of ours, of its moment, and the same each time', () => {
  const id = derivedId<'alert'>(1_800_000_000_123, 'deadline_missed:run:1');
  expect(isId(id)).toBe(true);
  expect(timeOfId(id)).toBe(1_800_000_000_123);
  expect(derivedId(1_800_000_000_123, 'deadline_missed:run:1')).toBe(id);
  const others = Array.from({ length: 20_000 }, (_, n) => derivedId(1_800_000_000_123, `deadline_missed:run:${n}`));
  expect(new Set(others).size).toBe(20_000);
});
