import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { describe } from 'vitest';
import { embeddedDatabase, memoryDatabase, serverDatabase, threadDatabase } from './testing/backends.ts';
import { describeRegistryContract } from './testing/registry-contract.ts';

describeRegistryContract('memory', memoryDatabase, { isInMemory: true });
describeRegistryContract('embedded file', embeddedDatabase);
describeRegistryContract('embedded file in a thread', threadDatabase);
describe.skipIf(SQLD_BINARY === undefined)(`a libSQL server${SQLD_BINARY ? '' : ` (${NO_SQLD})`}`, () => {
  describeRegistryContract('libSQL server', serverDatabase);
});
