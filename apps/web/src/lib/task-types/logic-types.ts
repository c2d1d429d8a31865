/** Types of tasks that the server does itself: they have no worker and write no log. A test holds it to the engine. */
const LOGIC_TYPES: ReadonlySet<string> = new Set([
  'sub_workflow',
  'switch',
  'conditions',
  'dependent',
  'dynamic',
  'approval',
  'wait',
]);

export function isLogicTask(type: string): boolean {
  return LOGIC_TYPES.has(type);
}
