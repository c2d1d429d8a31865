import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { anchorOf, renderGuide } from './guide-html.ts';

const html = (markdown: string) => renderGuide(markdown).html;

it('takes the title out, and gives headings the anchors that links name', () => {
  const { title, html: body } = renderGuide("# Task groups\n\n## When a group's full: `force`\n\nText.");
  expect(title).toBe('Task groups');
  expect(body).toBe('<h2 id="when-a-groups-full-force">When a group\'s full: <code>force</code></h2>\n<p>Text.</p>');
});

it('makes paragraphs, lists with long items, tables and code of what is written so', () => {
  expect(html('One\ntwo.\n\nThree.')).toBe('<p>One two.</p>\n<p>Three.</p>');
  expect(html('- one\n  goes on\n- two\n\n1. first')).toBe(
    '<ul><li>one goes on</li><li>two</li></ul>\n<ol><li>first</li></ol>',
  );
  expect(html('| a | b |\n| --- | --- |\n| 1 | `x` \\| y |')).toContain(
    '<tr><td>1</td><td><code>x</code> | y</td></tr>',
  );
  expect(html('| | a |\n| --- | --- |')).toContain('<tr><td></td><th scope="col">a</th></tr>');
  expect(html('```sh\nif a; then\n\n  b > c\nfi\n```')).toBe(
    '<pre tabindex="0"><code>if a; then\n\n  b &gt; c\nfi</code></pre>',
  );
  expect(html('- one\n\n  ```json\n  { "a":\n\n    1 }\n  ```\n- two')).toBe(
    '<ul><li>one<pre tabindex="0"><code>{ &quot;a&quot;:\n\n  1 }</code></pre></li><li>two</li></ul>',
  );
  expect(html('A **strong *point***, and *one more*.')).toContain('<em>one more</em>');
});

it('leads to other pages of the guide by their names, out of the house by addresses, and nowhere else', () => {
  expect(html('[groups](workers.md#groups)')).toBe('<p><a href="workers#groups">groups</a></p>');
  expect(html('[below](#here)')).toBe('<p><a href="#here">below</a></p>');
  expect(html('[the reason](../adr/0005-static-ui.md)')).toBe('<p>the reason</p>');
  expect(html('[x](javascript:alert(1))')).not.toContain('<a');
  expect(html('<http://127.0.0.1:8080>')).toContain('<a href="http://127.0.0.1:8080"');
});

it('lets nothing of the text be markup', () => {
  expect(html('a <b> & "c" `<i>`')).toBe('<p>a &lt;b&gt; &amp; &quot;c&quot; <code>&lt;i&gt;</code></p>');
  expect(html('`[no](link.md)` and `**not strong**`')).toBe(
    '<p><code>[no](link.md)</code> and <code>**not strong**</code></p>',
  );
});

const FOLDER = resolve(import.meta.dirname, '../../../../../../docs/guide');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.md'));
const pages = new Map(
  files.map((file) => [file.slice(0, -3), renderGuide(readFileSync(resolve(FOLDER, file), 'utf8'))]),
);

it.each([...pages])(
  'the page %s is whole: a title, no markup left over, and links to anchors that are there',
  (_, page) => {
    expect(page.title).not.toBe('');
    const words = page.html.replaceAll(/<(pre|code)[ >].*?<\/\1>/gs, '').replaceAll(/<[^>]+>/g, '');
    expect(words).not.toMatch(/\]\(|\*\*|^#|^\||```/m);
    for (const [, to = ''] of page.html.matchAll(/href="(?!https?:)([^"]+)"/g)) {
      const [name, anchor] = to.split('#');
      const target = name === '' ? page : pages.get(name!);
      expect(target, to).toBeDefined();
      if (anchor !== undefined) expect(target!.html, to).toContain(`id="${anchor}"`);
    }
  },
);

it('knows the anchors of GitHub', () => {
  expect(anchorOf('What is kept, and for how long')).toBe('what-is-kept-and-for-how-long');
});
