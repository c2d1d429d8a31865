/**
 * Holds the built UI to its size budgets. What a page costs is what its chunk imports statically, all the way down; what
 * the frame around every page, and all parts that ask for a late part, have loaded already costs nothing. Reads only what it is given.
 */
import type { Finding } from '../repo.ts';

/** The parts of Vite's manifest that are needed, by module. */
export type Manifest = Readonly<
  Record<
    string,
    {
      readonly file: string;
      readonly imports?: readonly string[];
      readonly css?: readonly string[];
      readonly assets?: readonly string[];
      readonly isEntry?: boolean;
      readonly isDynamicEntry?: boolean;
      /** What it loads late. */
      readonly dynamicImports?: readonly string[];
    }
  >
>;

export interface Build {
  readonly manifest: Manifest;
  /** The source of a module that the manifest names, for those that Kit generates for each layout and page. */
  source(module: string): string;
  /** Of a file of the build, in bytes: as gzip sends it, fonts as they are. */
  size(file: string): number;
}

const KIB = 1024;
export const BUDGETS = {
  shell: 75 * KIB,
  page: 25 * KIB,
  /** The pages on which workflows are written: three panes with forms. */
  writing: 65 * KIB,
  /** Loaded late, and only where a text is shown or written. */
  editor: 130 * KIB,
  /** Loaded late, and only where a text is written. */
  yaml: 40 * KIB,
  /** All texts of every page in one language: loaded once, by those who read it. */
  language: 60 * KIB,
  css: 15 * KIB,
  fonts: 100 * KIB,
} as const;

const NODE = /\/nodes\/\d+\.js$/;
const LATE: Readonly<Record<string, number>> = {
  'src/lib/editor/code-mirror.ts': BUDGETS.editor,
  'src/lib/editor/model/edited-text.svelte.ts': BUDGETS.yaml,
  'src/lib/i18n/zh-CN.ts': BUDGETS.language,
};

const WRITING = /^page \/.*\/workflows\/(\[workflow\]\/edit|new)$/;

export interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly budget: number;
}

/** Every part with what it weighs and may weigh, in the order of the manifest. */
export function measure({ manifest, source, size }: Build): readonly Part[] {
  const modules = Object.keys(manifest);
  const nodes = modules.filter((module) => NODE.test(module));
  const layouts = nodes.filter((module) => /\+layout\b/.test(source(module)));
  const entries = modules.filter((module) => manifest[module]?.isEntry && !nodes.includes(module));
  const shell = closure(manifest, [...entries, ...layouts]);
  const sum = (files: Iterable<string>) => [...files].reduce((bytes, file) => bytes + size(file), 0);
  const scripts = (parts: ReadonlySet<string>, without: ReadonlySet<string>) =>
    sum(new Set([...parts].filter((module) => !without.has(module)).map((module) => manifest[module]!.file)));
  const styles = (parts: Iterable<string>) => new Set([...parts].flatMap((module) => manifest[module]!.css ?? []));

  const lazy = modules.filter(
    (module) => (manifest[module]?.isDynamicEntry || nodes.includes(module)) && !shell.has(module),
  );
  const parts: Part[] = [{ name: 'shell', bytes: scripts(shell, new Set()), budget: BUDGETS.shell }];
  for (const module of lazy) {
    const own = closure(manifest, [module]);
    const loaded = new Set([...shell, ...loadedBefore(manifest, module)]);
    const name = nameOf(module, source);
    const budget = LATE[module] ?? (WRITING.test(name) ? BUDGETS.writing : BUDGETS.page);
    parts.push({ name, bytes: scripts(own, loaded), budget });
    const css = sum(styles([...shell, ...own]));
    parts.push({ name: `${name}, styles with the shell's`, bytes: css, budget: BUDGETS.css });
  }
  const fonts = new Set(modules.flatMap((module) => manifest[module]!.assets ?? []).filter(isFont));
  parts.push({ name: 'fonts', bytes: sum(fonts), budget: BUDGETS.fonts });
  return parts;
}

export function checkBudgets(parts: readonly Part[]): Finding[] {
  return parts
    .filter(({ bytes, budget }) => bytes > budget)
    .map(({ name, bytes, budget }) => ({
      place: name,
      message: `${kib(bytes)} KiB, and ${kib(budget)} are allowed: load a part of it late, or do without`,
    }));
}

const isFont = (file: string) => file.endsWith('.woff2');
export const kib = (bytes: number) => (bytes / KIB).toFixed(1);

/** What every part that loads a module late has loaded itself by then. */
function loadedBefore(manifest: Manifest, module: string): ReadonlySet<string> {
  const loaders = Object.keys(manifest).filter((other) => manifest[other]?.dynamicImports?.includes(module));
  const [first = new Set<string>(), ...others] = loaders.map((loader) => closure(manifest, [loader]));
  return new Set([...first].filter((part) => others.every((other) => other.has(part))));
}

function closure(manifest: Manifest, roots: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...roots];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    if (seen.has(module) || manifest[module] === undefined) continue;
    seen.add(module);
    open.push(...(manifest[module]?.imports ?? []));
  }
  return seen;
}

/** A page by its route; another late part by its file. */
function nameOf(module: string, source: Build['source']): string {
  if (!NODE.test(module)) return module.slice(module.lastIndexOf('/') + 1);
  const route = /routes\/(.*?)\/?\+(page|error)/.exec(source(module));
  return route === null ? module : `${route[2]} /${route[1]}`;
}
