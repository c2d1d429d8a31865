/** The epoch guard: a unit that begins with it is written only while this is the epoch of the held leader lock. */
import type { Epoch } from '@vaquita/core';
import type { SqlStatement } from '../ports/driver.ts';
import { statement } from './access.ts';

const FENCE = 'insert into fence (epoch) values (?)';

export function fence(epoch: Epoch): SqlStatement {
  return statement(FENCE, [epoch]);
}
