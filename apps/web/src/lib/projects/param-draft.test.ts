import * as core from '@vaquita/core';
import { expect, it } from 'vitest';
import { draftOf, PARAM_TYPES, paramsOf } from './param-draft.ts';

it('offers the types that the server knows', () => {
  expect(PARAM_TYPES).toEqual([...core.PARAM_TYPES]);
});

it('keeps what is not written anew', () => {
  const params = [
    { name: 'zone', type: 'string', value: 'eu', description: 'where' },
    { name: 'limit', type: 'integer', value: '5' },
  ] as const;
  const drafts = draftOf(params);
  drafts[1]!.name = ' most ';
  expect(paramsOf(drafts)).toEqual([params[0], { name: 'most', type: 'integer', value: '5' }]);
});
