/** A workflow of the plan as the API takes it. Its scripts tell a file outside of the system when they begin and end. */
import type { ShellWork, TaskPlan, TaskWork, WorkflowPlan } from './plan.ts';

/** Folders that the agents hand on to the scripts. */
export const WITNESS_VARIABLE = 'CHAOS_WITNESS';
export const MARKS_VARIABLE = 'CHAOS_MARKS';
export const AGENT_VARIABLE = 'CHAOS_AGENT';

const RETRY_INTERVAL = '200ms';

export function documentOf({ name, tasks, failureStrategy, execution, counts }: WorkflowPlan): Record<string, unknown> {
  return {
    name,
    failureStrategy,
    execution,
    params: [
      { name: 'n', type: 'integer', value: '0' },
      { name: 'value', type: 'integer', value: '0' },
      { name: 'item', type: 'string', value: '' },
    ],
    tasks: tasks.map((task) => taskDocument(task, counts)),
  };
}

function taskDocument({ name, dependsOn, work, retries }: TaskPlan, counts: boolean): Record<string, unknown> {
  return {
    name,
    dependsOn,
    ...(retries > 0 ? { retry: { times: retries, interval: RETRY_INTERVAL } } : {}),
    ...settingsOf(work, counts),
  };
}

function settingsOf(work: TaskWork, counts: boolean): Record<string, unknown> {
  switch (work.type) {
    case 'shell':
      return {
        type: 'shell',
        params: [{ name: 'run', value: '${system.workflow.instance.id}' }],
        ...(counts ? { outputs: [{ name: 'value', type: 'integer' }] } : {}),
        ...(work.group === null ? {} : { taskGroup: work.group }),
        script: scriptOf(work, counts),
      };
    case 'switch':
      return {
        type: 'switch',
        cases: [{ when: `\${n} > ${work.over}`, then: work.then }],
        otherwise: work.otherwise,
      };
    case 'conditions':
      return {
        type: 'conditions',
        when: [{ task: work.watch, is: 'success' }],
        then: work.then,
        else: work.else,
      };
    case 'sub_workflow':
      return { type: 'sub_workflow', workflow: work.workflow };
    case 'dynamic':
      return {
        type: 'dynamic',
        workflow: work.workflow,
        lists: [{ name: 'item', values: work.items }],
        parallelism: work.parallelism,
      };
    case 'wait':
      return { type: 'wait', for: `${work.forMs}ms` };
  }
}

/** One line is one write, so that lines of parallel tasks do not mix. A mark counts the executions of a run. */
function scriptOf({ workMs, fails }: ShellWork, counts: boolean): string {
  const who = '$VAQUITA_TASK_INSTANCE_ID $VAQUITA_DISPATCH_ID';
  const tell = `tell() { echo "$1 ${who} $${AGENT_VARIABLE} $(date +%s%3N) $2" >> "$${WITNESS_VARIABLE}"; }`;
  const fail = [
    'nth=1',
    `while ! mkdir "$${MARKS_VARIABLE}/$run.$VAQUITA_TASK_NAME.$nth" 2>/dev/null; do nth=$((nth + 1)); done`,
    `if [ "$nth" -le ${fails} ]; then tell end 1; exit 1; fi`,
  ];
  return [
    tell,
    'tell begin -',
    `sleep ${workMs / 1_000}`,
    ...(fails > 0 ? fail : []),
    ...(counts ? ['echo "::set-output value=$((value + 1))"'] : []),
    'tell end 0',
  ].join('\n');
}
