export { type ApiBench, DEFINITION, ORIGIN, openApi, PASSWORD, read, START, taskRow, workerRow } from './api-bench.ts';
