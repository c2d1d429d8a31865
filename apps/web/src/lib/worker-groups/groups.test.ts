import { BALANCING_POLICIES } from '@vaquita/core';
import { expect, it } from 'vitest';
import { freeSlots, namesIn, POLICIES, workersOf } from './groups.ts';

it('offers every policy that there is', () => {
  expect([...POLICIES].sort()).toEqual([...BALANCING_POLICIES].sort());
});

it('reads names line by line or with commas, and nothing that is empty', () => {
  expect(namesIn(' rack-1\n\nrack-2, rack 3 ,\n')).toEqual(['rack-1', 'rack-2', 'rack 3']);
  expect(namesIn('')).toEqual([]);
});

it('counts what is free and who is there', () => {
  const counts = { online: 2, draining: 1, offline: 3, slots: 8, slotsUsed: 9 };
  expect([freeSlots(counts), freeSlots({ ...counts, slotsUsed: 3 }), workersOf(counts)]).toEqual([0, 5, 6]);
});
