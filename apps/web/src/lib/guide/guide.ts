/** The guide as it is built into the UI: what its pages are called, and each when it is read or searched. */

export interface GuidePage {
  readonly title: string;
  readonly html: string;
}

export interface GuideHit {
  readonly page: string;
  readonly pageTitle: string;
  /** Of the section; empty: the begin of the page. */
  readonly anchor: string;
  readonly heading: string;
  /** Some words about the place that was found. */
  readonly excerpt: string;
}

const FOLDER = '../../../../../docs/guide/';
const titles = import.meta.glob<string>('../../../../../docs/guide/*.md', {
  query: '?title',
  import: 'default',
  eager: true,
});
const pages = import.meta.glob<GuidePage>('../../../../../docs/guide/*.md', { import: 'default' });

/** In the order in which somebody new would read them; others follow. */
const ORDER = [
  ...['workflows', 'run-control', 'schedules', 'calendars', 'backfills', 'triggers', 'workers', 'task-groups'],
  ...['files-between-tasks', 'alerts', 'alert-channels', 'listeners', 'built-in-listeners', 'writing-listeners'],
  ...['people', 'install', 'operating', 'high-availability', 'coming-from-dolphinscheduler'],
];

const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

export const GUIDE: readonly { readonly name: string; readonly title: string }[] = Object.entries(titles)
  .map(([file, title]) => ({ name: file.slice(FOLDER.length, -'.md'.length), title }))
  .sort((one, other) => place(one.name) - place(other.name) || one.title.localeCompare(other.title));

/** Undefined when there is no page of that name. */
export async function guidePage(name: string): Promise<GuidePage | undefined> {
  return pages[`${FOLDER}${name}.md`]?.();
}

const MOST_HITS = 30;
const ABOUT = 60;

/** Sections in which all of the words stand; those first that have them in their heading. */
export async function searchGuide(query: string): Promise<readonly GuideHit[]> {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const hits: (GuideHit & { readonly inHeading: boolean })[] = [];
  for (const { name } of GUIDE) {
    const page = await guidePage(name);
    if (page === undefined) continue;
    for (const { anchor, heading, text } of sectionsOf(page)) {
      const all = `${heading} ${text}`.toLowerCase();
      if (!words.every((word) => all.includes(word))) continue;
      const inHeading = words.every((word) => heading.toLowerCase().includes(word));
      hits.push({ page: name, pageTitle: page.title, anchor, heading, excerpt: excerptOf(text, words[0]!), inHeading });
    }
  }
  return hits.sort((one, other) => Number(other.inHeading) - Number(one.inHeading)).slice(0, MOST_HITS);
}

function sectionsOf({ title, html }: GuidePage) {
  const [begin = '', ...rest] = html.split(/<h[2-4] id="/);
  const sections = rest.map((part) => {
    const [, anchor = '', heading = '', body = ''] = /^([^"]*)">(.*?)<\/h[2-4]>([\s\S]*)$/.exec(part) ?? [];
    return { anchor, heading: textOf(heading), text: textOf(body) };
  });
  return [{ anchor: '', heading: title, text: textOf(begin) }, ...sections];
}

/** The guide knows no other entities. */
function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function excerptOf(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word));
  const from = Math.max(0, at - ABOUT);
  const cut = text.slice(from, at + 2 * ABOUT);
  return `${from > 0 ? '… ' : ''}${cut}${from + cut.length < text.length ? ' …' : ''}`;
}
