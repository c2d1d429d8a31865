export { type ApiBench, DEFINITION, ORIGIN, openApi, PASSWORD, read, START, taskRow } from './api-bench.ts';
