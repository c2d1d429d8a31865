import { expect, it } from 'vitest';
import { draftOf, variablesOf } from './draft.ts';

const plain = { name: 'REGION', value: 'eu', secret: null };
const hidden = { name: 'TOKEN', value: null, secret: 'token' };

it('gives back what was read', () => {
  expect(variablesOf(draftOf([plain, hidden]))).toEqual([plain, hidden]);
});

it('says only what its kind is for, and nothing for a secret that was not chosen', () => {
  const [first, second] = draftOf([plain, hidden]);
  const turned = [
    { ...first!, name: ' REGION ', kind: 'secret' as const },
    { ...second!, kind: 'plain' as const },
  ];
  expect(variablesOf(turned)).toEqual([
    { name: 'REGION', value: null, secret: null },
    { name: 'TOKEN', value: '', secret: null },
  ]);
});
