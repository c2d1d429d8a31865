/** Finds the numbered invariants at the top of source files: lines such as ` * M1 A terminal …` and what continues them. */

export interface FileInvariants {
  readonly path: string;
  readonly invariants: readonly { readonly number: string; readonly text: string }[];
}

export interface Sources {
  readonly files: readonly string[];
  read(path: string): string;
}

const SOURCE = /^(packages|apps)\/.*\/src\/.*\.ts$/;
const NUMBERED = /^ \* ([A-Z]{1,2}\d+) {1,2}(\S.*)$/;
const CONTINUED = /^ \* {2,}(\S.*)$/;

export function findInvariants({ files, read }: Sources): FileInvariants[] {
  return files
    .filter((path) => SOURCE.test(path) && !path.endsWith('.test.ts'))
    .map((path) => ({ path, invariants: readHeader(read(path)) }))
    .filter(({ invariants }) => invariants.length > 0);
}

function readHeader(text: string): FileInvariants['invariants'] {
  if (!text.startsWith('/**')) return [];
  const found: { number: string; text: string }[] = [];
  let open: { number: string; text: string } | undefined;
  for (const line of text.slice(0, text.indexOf('*/')).split('\n')) {
    const numbered = NUMBERED.exec(line);
    const continued = CONTINUED.exec(line);
    if (numbered) {
      open = { number: numbered[1]!, text: numbered[2]! };
      found.push(open);
    } else if (continued && open) {
      open.text += ` ${continued[1]}`;
    } else {
      open = undefined;
    }
  }
  return found;
}
