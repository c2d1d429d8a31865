/** A dependent task: what it asks about other runs, and what the answers mean together. */
import type {
  DependencyAnswer,
  DependencyItem,
  DependencyQuestion,
  DependencyTree,
  DependentConfig,
} from './configs.ts';
import { dependencyIntervals, type RangeTime } from './dependent-ranges.ts';

export * from './dependent-judge.ts';

export interface CombinedAnswers {
  readonly state: 'success' | 'failure' | 'waiting';
  /** A sentence for each dependency that keeps it from success: those that failed, or those it waits for. The first few. */
  readonly blocking: readonly string[];
  /** Of the items that pass outputs on, once all has succeeded. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Same item, same key: `<project>/<workflow>/<task>/<cycle>/<range>`, with nothing where nothing is named. */
export function dependencyKey({ project, workflow, task, cycle, range }: DependencyItem): string {
  return `${project ?? ''}/${workflow}/${task ?? ''}/${cycle}/${range}`;
}

/** One question per different item, in order of the tree. */
export function dependencyQuestions(config: DependentConfig, time: RangeTime): readonly DependencyQuestion[] {
  const questions = new Map<string, DependencyQuestion>();
  for (const item of dependencyItems(config.on)) {
    const key = dependencyKey(item);
    const { project, workflow, task, cycle, range } = item;
    const known = questions.get(key);
    const intervals = known?.intervals ?? dependencyIntervals(cycle, range, time);
    const passOutputs = item.passOutputs || known?.passOutputs === true;
    questions.set(key, { key, project, workflow, task, intervals, passOutputs });
  }
  return [...questions.values()];
}

/** All: one failure fails, else one that waits makes it wait. Any: one success is enough, else one that waits makes it wait. */
export function combineAnswers(
  config: DependentConfig,
  answers: ReadonlyMap<string, DependencyAnswer>,
): CombinedAnswers {
  const { state, blocking } = combine(config.on, answers);
  const outputs = state === 'success' ? outputsOf(config.on, answers) : {};
  return { state, blocking: shortened([...new Set(blocking)]), outputs };
}

const MAX_BLOCKING = 20;

function shortened(sentences: readonly string[]): readonly string[] {
  if (sentences.length <= MAX_BLOCKING) return sentences;
  return [...sentences.slice(0, MAX_BLOCKING), `And ${sentences.length - MAX_BLOCKING} more.`];
}

type Combined = Pick<CombinedAnswers, 'state' | 'blocking'>;

function combine(tree: DependencyTree, answers: ReadonlyMap<string, DependencyAnswer>): Combined {
  if (!('all' in tree || 'any' in tree)) return leaf(tree, answers.get(dependencyKey(tree)));
  const parts = ('all' in tree ? tree.all : tree.any).map((part) => combine(part, answers));
  // In order of weight: the first state that some part has is that of the whole.
  const order = 'all' in tree ? (['failure', 'waiting'] as const) : (['success', 'waiting'] as const);
  const otherwise = 'all' in tree ? 'success' : 'failure';
  const state = order.find((wanted) => parts.some((part) => part.state === wanted)) ?? otherwise;
  if (state === 'success') return { state, blocking: [] };
  return { state, blocking: parts.filter((part) => part.state === state).flatMap((part) => part.blocking) };
}

function leaf(item: DependencyItem, answer: DependencyAnswer | undefined): Combined {
  if (answer !== undefined) return { state: answer.state, blocking: answer.state === 'success' ? [] : [answer.text] };
  return { state: 'waiting', blocking: [`It is not known yet how ${item.workflow} (${item.range}) stands.`] };
}

function outputsOf(
  tree: DependencyTree,
  answers: ReadonlyMap<string, DependencyAnswer>,
): Readonly<Record<string, string>> {
  const passed = dependencyItems(tree)
    .filter(({ passOutputs }) => passOutputs)
    .map((item) => answers.get(dependencyKey(item)))
    .filter((answer) => answer?.state === 'success');
  const inOrder = passed.toSorted((a, b) => (a?.endedAt ?? 0) - (b?.endedAt ?? 0));
  return Object.fromEntries(inOrder.flatMap((answer) => Object.entries(answer?.outputs ?? {})));
}

/** All that a tree asks about, in its order. */
export function dependencyItems(tree: DependencyTree): readonly DependencyItem[] {
  if ('all' in tree) return tree.all.flatMap(dependencyItems);
  return 'any' in tree ? tree.any.flatMap(dependencyItems) : [tree];
}
