/** How the values of options are written. What is wrong is added to `problems`, with what to write instead. */
import { checkLabelName, checkLabelValue, parseDuration } from '@vaquita/core';
import { socketUrl } from '@vaquita/protocol';
import { TRUSTED_HOST } from './redirects.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function readServers(text: string | undefined, problems: string[]): readonly string[] {
  if (text === undefined) {
    problems.push('There is no server. Give its address with --server, such as --server http://localhost:8080');
    return [];
  }
  return listOf(text).flatMap((server) => {
    const url = socketUrl(server);
    if (url === undefined) {
      problems.push(
        `--server "${server}" is not an address such as http://localhost:8080 or wss://vaquita.example.org`,
      );
    }
    return url ?? [];
  });
}

export function readHosts(hosts: readonly string[], problems: string[]): readonly string[] {
  for (const host of hosts) {
    if (TRUSTED_HOST.test(host)) continue;
    problems.push(
      `--trust-host "${host}" must be the name of a host, such as vaquita-2.internal or *.vaquita.internal`,
    );
  }
  return hosts;
}

export function readLabels(pairs: readonly string[], problems: string[]): Readonly<Record<string, string>> {
  const labels = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const wrong = at <= 0 ? undefined : checkLabelName(name);
    const wrongValue = checkLabelValue(value);
    if (at <= 0) problems.push(`--label "${pair}" must be a name and a value, such as --label zone=north`);
    else if (wrong !== undefined) problems.push(`--label "${name}" ${wrong}`);
    else if (wrongValue !== undefined) problems.push(`--label "${name}": ${wrongValue}`);
    else labels.set(name, value);
  }
  return Object.fromEntries(labels);
}

export function checkNames(flag: string, given: readonly string[], problems: string[]): readonly string[] {
  if (given.length === 0) problems.push(`--${flag} must not be empty.`);
  for (const name of given) {
    if (!NAME.test(name)) {
      problems.push(
        `--${flag} "${name}" must begin with a letter or digit, and have only letters, digits, ".", "_" and "-".`,
      );
    }
  }
  return given;
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

export function readNumber(flag: string, text: string, { least, most, whole }: Range, problems: string[]): number {
  const value = Number(text);
  if (text === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    problems.push(`--${flag} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

export function readDuration(flag: string, text: string | undefined, fallback: number, problems: string[]): number {
  if (text === undefined) return fallback;
  const value = parseDuration(text);
  if (value === undefined) problems.push(`--${flag} must be a time such as 500ms, 10s or 1m30s, not "${text}".`);
  return value ?? fallback;
}

export function limitOr(
  text: string | undefined,
  fallback: number | null,
  read: (text: string) => number | null,
): number | null {
  if (text === undefined) return fallback;
  return text === 'none' ? null : read(text);
}

/** `90%` or `0.9`. */
export function readShare(flag: string, text: string, problems: string[]): number | null {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (value > 0 && value <= 1) return value;
  problems.push(`--${flag} must be a share such as 90%, or none, not "${text}".`);
  return null;
}

const UNITS: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

export function readSize(flag: string, text: string, problems: string[]): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(KB|MB|GB|TB)$/i.exec(text) ?? [];
  if (number !== undefined && unit !== undefined) return Math.round(Number(number) * UNITS[unit.toUpperCase()]!);
  problems.push(`--${flag} must be a size such as 500MB or 2GB, or none, not "${text}".`);
  return null;
}

export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A machine's name as a worker's name. */
export function nameOf(machine: string): string {
  const name = machine.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'worker' : name.slice(0, 128);
}
