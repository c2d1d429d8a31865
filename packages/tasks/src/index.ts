export type { FileTransfer } from './files/file-transfer.ts';
export * from './ports.ts';
export {
  inheritedEnvironment,
  type RunTaskOptions,
  runTask,
  type TakenOver,
  type TaskOrder,
  type TaskReport,
  type TaskRun,
} from './run-task.ts';
export { parseOrder, type SqlOrder } from './sql/order.ts';
export { runOrder, type SqlClient, type SqlExecutor } from './sql/run-order.ts';
export * from './task-type.ts';
export { availableTaskTypes } from './task-types.ts';
