/** The page docs/reference/state-machines.md, made from the tables of the machines and what was found out about them. */
import {
  TASK_EVENT_TYPES,
  TASK_STATES,
  TASK_TABLE,
  WORKFLOW_EVENT_TYPES,
  WORKFLOW_STATES,
  WORKFLOW_TABLE,
} from '@vaquita/core';
import type { FileInvariants } from './find-invariants.ts';
import type { FoundTransition, FoundTransitions } from './find-transitions.ts';

export const STATE_MACHINES_PAGE = 'docs/reference/state-machines.md';

type Cell = ((...args: never[]) => void) | { readonly ignore: string } | { readonly refuse: string };
type Table = Readonly<Record<string, Readonly<Record<string, Cell>>>>;

interface Machine {
  readonly title: string;
  readonly intro: string;
  readonly source: string;
  readonly table: Table;
  readonly states: Readonly<Record<string, { readonly terminal: boolean }>>;
  readonly events: readonly string[];
  readonly transitions: readonly FoundTransition[];
  /** How a change is called that follows from tasks. */
  readonly followsTasks: string;
}

export function stateMachinesPage(found: FoundTransitions, invariants: readonly FileInvariants[]): string {
  const machines: readonly Machine[] = [
    {
      title: 'The workflow machine',
      intro: 'One run of a workflow.',
      source: 'packages/core/src/machine/workflow-machine.ts',
      table: WORKFLOW_TABLE as unknown as Table,
      states: WORKFLOW_STATES,
      events: WORKFLOW_EVENT_TYPES,
      transitions: found.workflow,
      followsTasks: 'what becomes of a task',
    },
    {
      title: 'The task machine',
      intro: 'One task instance: one attempt of one task in a run.',
      source: 'packages/core/src/machine/task-machine.ts',
      table: TASK_TABLE as unknown as Table,
      states: TASK_STATES,
      events: TASK_EVENT_TYPES,
      transitions: found.task,
      followsTasks: 'what becomes of another task',
    },
  ];
  return `${[INTRO, ...machines.map(section), invariantSection(invariants)].join('\n\n')}\n`;
}

const INTRO = `# State machines

This page is generated from the code by \`npm run docs:machines\`; a test holds it up to date. Do not edit it.

Both machines are tables: for every state and every event there is a handler, or the reason why the event changes nothing
(ignored) or why the command is refused. A state that is drawn with an arrow to the end is terminal.`;

const FOUND = `Found by letting random runs go through the real machine. What becomes of a task is also what follows at once: the tasks that
it sets free or ends, and the end of the run.`;

function section(machine: Machine): string {
  return [
    `## ${machine.title}`,
    `${machine.intro} The table stands in \`${machine.source}\`.`,
    diagram(machine),
    '### Changes of state',
    FOUND,
    transitionTable(machine),
    '### States and events at a glance',
    '`+` handled, `-` ignored, `x` refused.',
    overview(machine),
    '### Every cell',
    ...cells(machine),
  ].join('\n\n');
}

function diagram({ transitions, states }: Machine): string {
  const lines = transitions.filter(({ from, to }) => from !== to).map(arrow);
  // Runs are filed in this state before the machine sees them.
  if (!transitions.some(({ from }) => from === null)) lines.unshift('  [*] --> submitted');
  const entered = new Set(transitions.map(({ to }) => to));
  for (const [state, { terminal }] of Object.entries(states)) {
    if (terminal && entered.has(state)) lines.push(`  ${state} --> [*]`);
  }
  return ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n');
}

/** Causes that fit on an arrow; where there are more, the table below says them. */
const ON_ARROW = 3;

function arrow({ from, to, own, ofRun, followsTasks }: FoundTransition): string {
  const causes = from === null ? [] : [...own, ...ofRun, ...(followsTasks ? ['tasks'] : [])];
  const label = causes.length > 0 && causes.length <= ON_ARROW ? `: ${causes.join(', ')}` : '';
  return `  ${from ?? '[*]'} --> ${to}${label}`;
}

function transitionTable({ transitions, followsTasks }: Machine): string {
  const rows = transitions.map((transition) => {
    const { from, to, own, ofRun } = transition;
    const causes = [
      ...own.map(code),
      ...ofRun.map((event) => `${code(event)} (of the run)`),
      ...(transition.followsTasks ? [followsTasks] : []),
    ];
    return [from === null ? 'made' : code(from), code(to), causes.join(', ')];
  });
  return markdownTable(['from', 'to', 'by'], rows);
}

function overview({ table, states, events }: Machine): string {
  const names = Object.keys(states);
  const rows = events.map((event) => [code(event), ...names.map((state) => sign(table[state]![event]!))]);
  return markdownTable(['event', ...names.map(code)], rows);
}

function sign(cell: Cell): string {
  if (typeof cell === 'function') return '+';
  return 'ignore' in cell ? '-' : 'x';
}

/** States that decide every event alike share one table. */
function cells({ table, states, events }: Machine): string[] {
  const alike = new Map<string, string[]>();
  for (const state of Object.keys(states)) {
    const rows = markdownTable(
      ['event', 'what happens'],
      events.map((event) => [code(event), decision(table[state]![event]!)]),
    );
    alike.set(rows, [...(alike.get(rows) ?? []), state]);
  }
  return [...alike].flatMap(([rows, names]) => [`#### ${names.map(code).join(', ')}`, rows]);
}

function decision(cell: Cell): string {
  if (typeof cell === 'function') return code(cell.name);
  return 'ignore' in cell ? `ignored: ${cell.ignore}` : `refused: ${cell.refuse}`;
}

function invariantSection(files: readonly FileInvariants[]): string {
  const parts = files.flatMap(({ path, invariants }) => [
    `### \`${path}\``,
    invariants.map(({ number, text }) => `- **${number}** ${text}`).join('\n'),
  ]);
  const intro =
    'Numbered at the top of the files that hold them. Comments and tests cite the number; a number is one of its file.';
  return ['## Invariants', intro, ...parts].join('\n\n');
}

function code(word: string): string {
  return `\`${word}\``;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
