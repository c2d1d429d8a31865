/**
 * Pages of docs/guide as HTML, for the UI. The part of Markdown that the guide is written in: headings, paragraphs, flat lists,
 * tables, fenced code, and in a line code, strong, emphasis and links. Everything else stays the text that it is, escaped.
 */

export interface GuidePage {
  readonly title: string;
  /** Without the title. Headings have the anchors that GitHub gives them; links lead to pages beside this one. */
  readonly html: string;
}

export function renderGuide(markdown: string): GuidePage {
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  const title = /^# (.+)$/.exec(lines[0] ?? '')?.[1] ?? '';
  const blocks: string[] = [];
  let at = title === '' ? 0 : 1;

  /** Lines from here on for as long as they are of the block. */
  function take(isOf: (line: string) => boolean): string[] {
    const taken: string[] = [];
    while (at < lines.length && isOf(lines[at]!)) taken.push(lines[at++]!);
    return taken;
  }

  /** What is indented is of the item, also after a line of nothing. */
  function takeItems(): string[] {
    let inCode = false;
    return take((one) => {
      if (/^\s+```/.test(one)) inCode = !inCode;
      const goesOn = one === '' && /^\s+\S/.test(lines[at + 1] ?? '');
      return inCode || goesOn || ITEM.test(one) || /^\s+\S/.test(one);
    });
  }

  while (at < lines.length) {
    const line = lines[at]!;
    if (line.trim() === '') at += 1;
    else if (line.startsWith('```')) {
      at += 1;
      blocks.push(code(take((one) => !one.startsWith('```')).join('\n')));
      at += 1;
    } else if (HEADING.test(line)) {
      at += 1;
      const [, marks = '', text = ''] = HEADING.exec(line)!;
      blocks.push(`<h${marks.length} id="${anchorOf(text)}">${inline(text)}</h${marks.length}>`);
    } else if (line.startsWith('|')) blocks.push(table(take((one) => one.startsWith('|'))));
    else if (ITEM.test(line)) {
      const kind = /^\d/.test(line) ? 'ol' : 'ul';
      const items = itemsOf(takeItems());
      blocks.push(`<${kind}>${items.map((item) => `<li>${itemHtml(item)}</li>`).join('')}</${kind}>`);
    } else blocks.push(`<p>${inline(take((one) => one.trim() !== '' && !BEGINS_ANOTHER.test(one)).join(' '))}</p>`);
  }
  return { title, html: blocks.join('\n') };
}

const HEADING = /^(#{2,4}) (.+)$/;
const ITEM = /^(?:[-*]|\d+\.) +/;
const BEGINS_ANOTHER = /^(?:```|#{2,4} |\||(?:[-*]|\d+\.) )/;

/** The lines of each item. */
function itemsOf(lines: readonly string[]): string[][] {
  const items: string[][] = [];
  const isNumbered = /^\d/.test(lines[0] ?? '');
  for (const line of lines) {
    if (ITEM.test(line)) items.push([line.replace(ITEM, '')]);
    else items.at(-1)?.push(line.startsWith('   ') && isNumbered ? line.slice(3) : line.replace(/^ {2}/, ''));
  }
  return items;
}

function itemHtml(lines: readonly string[]): string {
  const parts = lines.join('\n').split(/^```\w*$/m);
  return parts
    .map((part, index) => (index % 2 === 1 ? code(part.trim()) : inline(part.trim().replaceAll(/\s*\n\s*/g, ' '))))
    .join('');
}

function code(text: string): string {
  return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`;
}

function table(lines: readonly string[]): string {
  const rows = lines.map((line) => {
    const cells = line
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/);
    return cells.map((cell) => inline(cell.replaceAll('\\|', '|').trim()));
  });
  const [head = [], , ...body] = rows;
  // A head without words is none: it would be read out as one.
  const ths = head.map((cell) => (cell === '' ? '<td></td>' : `<th scope="col">${cell}</th>`)).join('');
  const trs = body.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<div class="scroll" tabindex="0" role="group"><table><thead><tr>${ths}</tr></thead><tbody>${trs}</tbody></table></div>`;
}

/** What stands in backticks is code and nothing else; the rest may be strong, emphasised, or a link. */
function inline(text: string): string {
  const codes: string[] = [];
  // Held by a character that no text has, so that nothing in them is taken for a mark.
  const held = text.replaceAll(/`([^`]+)`/g, (_, given: string) => {
    codes.push(`<code>${escapeHtml(given)}</code>`);
    return HOLDER;
  });
  return escapeHtml(held)
    .replace(/\[((?:[^\][]|\[[^\]]*\])+)\]\(([^)\s]+)\)/g, (_, words: string, to: string) => link(words, to))
    .replace(/\*\*((?:(?!\*\*).)+)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[\s(])\*([^\s*][^*<>]*)\*/g, '$1<em>$2</em>')
    .replace(/&lt;(https?:\/\/[^\s<>&]+)&gt;/g, (_, to: string) => link(to, to))
    .replaceAll(HOLDER, () => codes.shift() ?? '');
}

const HOLDER = '\u0000';

const PAGE = /^([\w-]+)\.md(#[\w-]+)?$/;

/** What is not in the guide is in the repository, where whoever reads this may not be: its words stay. */
function link(words: string, to: string): string {
  if (/^https?:/.test(to)) return `<a href="${to}" rel="external noreferrer">${words}</a>`;
  if (/^#[\w-]+$/.test(to)) return `<a href="${to}">${words}</a>`;
  const [, page, anchor = ''] = PAGE.exec(to) ?? [];
  return page === undefined ? words : `<a href="${page}${anchor}">${words}</a>`;
}

/** As GitHub does it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
