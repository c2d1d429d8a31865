/** Sums up what V8's sampling profiler wrote: where a thread's time went within a window of time. Pure. */

/** The part of a `.cpuprofile` file that is read. Times are microseconds of the machine's monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  /** The node that was on top at each sample. */
  readonly samples: readonly number[];
  /** From the sample before, of the first from the start. */
  readonly timeDeltas: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface Cost {
  readonly what: string;
  readonly selfUs: number;
}

export interface ThreadCosts {
  /** Of the window, as far as the profile covers it. */
  readonly wholeUs: number;
  /** Without the time in which the thread waited for something to do. */
  readonly busyUs: number;
  /** Most expensive first; the waiting is not among them. */
  readonly functions: readonly Cost[];
  readonly files: readonly Cost[];
}

const IDLE = '(idle)';

/** @param root Folder, with its last slash, that is left out of the names of files. */
export function sumUp(profile: CpuProfile, window: Window, root = ''): ThreadCosts {
  const selfUs = new Map<number, number>();
  let at = profile.startTime;
  for (const [i, node] of profile.samples.entries()) {
    at += profile.timeDeltas[i] ?? 0;
    // A sample stands for the time until the next one.
    const until = i + 1 < profile.samples.length ? at + (profile.timeDeltas[i + 1] ?? 0) : profile.endTime;
    const us = Math.min(until, window.toUs) - Math.max(at, window.fromUs);
    if (us > 0) selfUs.set(node, (selfUs.get(node) ?? 0) + us);
  }
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let wholeUs = 0;
  let idleUs = 0;
  for (const { id, callFrame } of profile.nodes) {
    const us = selfUs.get(id);
    if (us === undefined) continue;
    wholeUs += us;
    if (callFrame.functionName === IDLE) {
      idleUs += us;
      continue;
    }
    // What V8 puts in brackets, such as the collector of garbage, is of no file.
    const file = shortFile(callFrame.url, root) || callFrame.functionName;
    const name = callFrame.functionName || '(anonymous)';
    add(files, file, us);
    add(functions, callFrame.url === '' ? name : `${name}  ${file}:${callFrame.lineNumber + 1}`, us);
  }
  return { wholeUs, busyUs: wholeUs - idleUs, functions: sorted(functions), files: sorted(files) };
}

function add(sums: Map<string, number>, what: string, us: number): void {
  sums.set(what, (sums.get(what) ?? 0) + us);
}

function sorted(sums: ReadonlyMap<string, number>): readonly Cost[] {
  return Array.from(sums, ([what, selfUs]) => ({ what, selfUs })).sort((a, b) => b.selfUs - a.selfUs);
}

function shortFile(url: string, root: string): string {
  const path = url.startsWith('file://') ? decodeURIComponent(url.slice('file://'.length)) : url;
  const inPackages = path.lastIndexOf('/node_modules/');
  if (inPackages !== -1) return path.slice(inPackages + 1);
  return root !== '' && path.startsWith(root) ? path.slice(root.length) : path;
}

/** Lines of a table: what costs most, with its share of the busy time and what comes to one task. */
export function asCostTable(
  costs: readonly Cost[],
  of: { busyUs: number; tasks: number; rows: number },
): readonly string[] {
  const lines = costs.slice(0, of.rows).map(({ what, selfUs }) => {
    const cells = [(selfUs / 1000).toFixed(1), (selfUs / of.tasks).toFixed(2), share(selfUs, of.busyUs)];
    return `${cells.map((cell) => cell.padStart(9)).join(' ')}  ${what}`;
  });
  return [`${['SELF ms', 'us/task', 'SHARE'].map((title) => title.padStart(9)).join(' ')}`, ...lines];
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}
