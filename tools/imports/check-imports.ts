/**
 * Holds the import table against the source. Reads files only through the `Workspace` it is given, so that the tests
 * can plant violations. What the table says is in `table.ts`; how a file is read is in `read-source.ts`.
 */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Finding } from '../repo.ts';
import { type ImportUse, readSource } from './read-source.ts';
import {
  ALLOWED_CROSSINGS,
  IMPORT_TABLE,
  IMPURE_GLOBALS,
  IMPURE_MEMBERS,
  type ImportRule,
  RUNTIME_GLOBALS,
  RUNTIME_MODULES,
  WORKER_MUST_NOT_REACH,
} from './table.ts';

export interface Workspace {
  /** Every path of the repository, relative to its root. */
  readonly files: readonly string[];
  read(path: string): string;
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const SCOPE = '@vaquita/';
const SOURCE = /\.(ts|js|svelte)$/;
const TEST = /(\.test\.[jt]s$)|(\/src\/testing\/)/;

export function checkImports(workspace: Workspace): Finding[] {
  const manifests = readManifests(workspace);
  const findings = [...checkRows(manifests), ...checkDependencies(manifests)];
  for (const path of workspace.files.filter((file) => SOURCE.test(file))) {
    findings.push(...checkFile(path, workspace, manifests));
  }
  return [...findings, ...checkWorkerReach(workspace)];
}

function readManifests(workspace: Workspace): Map<string, Manifest> {
  const found = workspace.files.filter((path) => /^(packages|apps)\/[^/]+\/package\.json$/.test(path));
  return new Map(found.map((path) => [posix.dirname(path), JSON.parse(workspace.read(path)) as Manifest]));
}

function ruleOf(folder: string): ImportRule | undefined {
  return IMPORT_TABLE.find((rule) => rule.folder === folder);
}

function unitOf(path: string): string {
  const parts = path.split('/');
  if ((parts[0] === 'packages' || parts[0] === 'apps') && parts.length > 2) return `${parts[0]}/${parts[1]}`;
  return parts.length > 1 ? (parts[0] ?? '') : '';
}

function checkRows(manifests: ReadonlyMap<string, Manifest>): Finding[] {
  return [...manifests.keys()]
    .filter((folder) => !ruleOf(folder))
    .map((folder) => ({ place: folder, message: 'has no row in the import table: add one to tools/imports/table.ts' }));
}

/** What a package may install of ours is what it may import; its tests may use more, as development dependencies. */
function checkDependencies(manifests: ReadonlyMap<string, Manifest>): Finding[] {
  const findings: Finding[] = [];
  for (const [folder, manifest] of manifests) {
    const rule = ruleOf(folder);
    if (!rule || rule.may === 'everything') continue;
    for (const name of Object.keys((manifest.dependencies as Record<string, string> | undefined) ?? {})) {
      if (!name.startsWith(SCOPE) || rule.may.some((allowed) => SCOPE + allowed.name === name)) continue;
      findings.push({ place: `${folder}/package.json`, message: `depends on ${name}, which ${folder} may not import` });
    }
  }
  return findings;
}

function checkFile(path: string, workspace: Workspace, manifests: ReadonlyMap<string, Manifest>): Finding[] {
  const unit = unitOf(path);
  const rule = ruleOf(unit);
  const inside = path.slice(unit.length + 1);
  const isTest = TEST.test(path) || !rule;
  const uses = readSource(path, workspace.read(path));
  const findings: Finding[] = [];
  const add = (line: number, message: string) => findings.push({ place: `${path}:${line}`, message });

  for (const use of uses.imports) {
    for (const message of problemsOfImport(path, use, rule, isTest, manifests)) add(use.line, message);
  }
  if (!rule?.runtimeFree || isTest || rule.runtimeFreeExcept?.test(inside) || !inside.startsWith('src/')) {
    return findings;
  }
  for (const { line, specifier } of uses.imports) {
    if (specifier === null) add(line, `${unit} loads a module whose name is computed; only runtime and apps may do so`);
    else if (namesRuntime(specifier))
      add(line, `${unit} knows no runtime, but imports ${specifier}: take a port instead`);
  }
  for (const { line, name } of uses.globals) {
    if (RUNTIME_GLOBALS.has(name))
      add(line, `${unit} knows no runtime, but uses the global ${name}: take a port instead`);
    if (rule.pure && (IMPURE_GLOBALS.has(name) || IMPURE_MEMBERS.has(name))) {
      add(line, `${unit} is pure, but uses ${name}: take the Clock or Random port, or let the caller pass the value`);
    }
  }
  return findings;
}

function namesRuntime(specifier: string): boolean {
  return builtinModules.includes(specifier) || RUNTIME_MODULES.some((pattern) => pattern.test(specifier));
}

function problemsOfImport(
  path: string,
  { specifier, typesOnly }: ImportUse,
  rule: ImportRule | undefined,
  isTest: boolean,
  manifests: ReadonlyMap<string, Manifest>,
): string[] {
  if (specifier === null) return [];
  if (specifier.startsWith('.')) return problemsOfRelative(path, specifier);
  if (!specifier.startsWith(SCOPE)) return [];

  const name = specifier.split('/')[1] ?? '';
  const entry = `.${specifier.slice(SCOPE.length + name.length)}`;
  const target = [...manifests.values()].find((manifest) => manifest.name === SCOPE + name);
  if (!target) return [`imports ${specifier}, but no package has that name`];
  const problems: string[] = [];
  if (!(entry in (target.exports ?? {}))) {
    problems.push(`imports ${specifier}, which ${target.name} does not export: use one of its entry points`);
  }
  if (!isTest && entry === './testing') problems.push(`imports ${specifier}, which is for tests only`);
  if (rule && rule.may !== 'everything' && !isOwn(rule, name)) {
    problems.push(...problemsOfDirection(rule, name, entry, typesOnly, isTest));
  }
  return problems;
}

function isOwn(rule: ImportRule, name: string): boolean {
  return rule.folder.split('/')[1] === name;
}

function problemsOfDirection(
  rule: ImportRule,
  name: string,
  entry: string,
  typesOnly: boolean,
  isTest: boolean,
): string[] {
  const allowed = rule.may === 'everything' ? undefined : rule.may.find((candidate) => candidate.name === name);
  if (!allowed) return [`${rule.folder} may not import ${SCOPE}${name}`];
  if (allowed.typesOnly && !typesOnly && !isTest) {
    return [`${rule.folder} may take only types of ${SCOPE}${name}: write "import type"`];
  }
  if (
    allowed.entries &&
    !allowed.entries.test(entry) &&
    !(isTest && (entry === './testing' || allowed.testEntries?.test(entry)))
  ) {
    return [`${rule.folder} may not import the entry point ${entry} of ${SCOPE}${name}`];
  }
  return [];
}

function problemsOfRelative(path: string, specifier: string): string[] {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  const [from, to] = [unitOf(path), unitOf(target)];
  // The folders at the root (tests, benchmarks, scripts) are no packages: they have no name to be imported by.
  if (from === to || (!from.includes('/') && !to.includes('/'))) return [];
  if (ALLOWED_CROSSINGS.some((crossing) => crossing.from === path && crossing.to === target)) return [];
  return [`reaches into ${to || 'the root'} by a path: import the package by its name and entry point`];
}

/** Follows the files of the runtime package from each worker entry point and looks at what they load. */
function checkWorkerReach(workspace: Workspace): Finding[] {
  const known = new Set(workspace.files);
  const queue = workspace.files.filter((path) => /^packages\/runtime\/src\/[a-z]+\/worker\.ts$/.test(path));
  const seen = new Set(queue);
  const findings: Finding[] = [];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const { specifier, typesOnly, line } of readSource(path, workspace.read(path)).imports) {
      if (specifier === null || typesOnly) continue;
      if (WORKER_MUST_NOT_REACH.some((pattern) => pattern.test(specifier))) {
        findings.push({ place: `${path}:${line}`, message: `the worker's entry point reaches ${specifier}` });
      }
      const next = posix.normalize(posix.join(posix.dirname(path), specifier));
      if (specifier.startsWith('.') && known.has(next) && !seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return findings;
}
