export { type ApiBench, DEFINITION, ORIGIN, openApi, PASSWORD, read, START, taskRow, workerRow } from './api-bench.ts';
export { createFakeInspection, type FakeInspection } from './fake-inspection.ts';
