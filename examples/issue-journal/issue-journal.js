// @ts-check
/**
 * Keeps a journal of failed runs as comments of one issue, at GitHub, Gitea or Forgejo. An event may come twice, when
 * the answer to the first try was lost: each comment carries the id of its event, and what is there is not written again.
 */
import { defineListener } from '@vaquita/plugins/listener';

/** @typedef {{ api: string, repository: string, issue: number, token: string }} Settings */

export default defineListener(
  /** @type {import('@vaquita/plugins/listener').ListenerPlugin<Settings>} */ ({
    name: 'issue-journal',
    title: 'Journal in an issue',
    version: '1.0.0',
    settings: {
      type: 'object',
      properties: {
        api: {
          type: 'string',
          title: 'API',
          description: 'https://api.github.com, or https://<your Gitea>/api/v1',
          default: 'https://api.github.com',
        },
        repository: { type: 'string', title: 'Repository', description: 'owner/name', pattern: '^[^/\\s]+/[^/\\s]+$' },
        issue: { type: 'integer', title: 'Number of the issue', minimum: 1 },
        token: { type: 'string', title: 'Token', description: 'May write to issues', writeOnly: true },
      },
      required: ['api', 'repository', 'issue', 'token'],
      additionalProperties: false,
    },

    async onEvent(event, { settings, signal, log }) {
      if (event.type !== 'workflow.failed') return;
      const mark = `<!-- vaquita ${event.id} -->`;
      const comments = `${settings.api}/repos/${settings.repository}/issues/${settings.issue}/comments`;
      // What was written for this event was written after it happened.
      const since = new Date(event.time - 60_000).toISOString();
      const written = await ask(`${comments}?per_page=100&since=${encodeURIComponent(since)}`, settings, { signal });
      if (written.some((/** @type {{ body?: string }} */ { body }) => body?.includes(mark))) {
        log('info', `${event.subject} is in the journal already`);
        return;
      }
      await ask(comments, settings, { signal, method: 'POST', body: JSON.stringify({ body: entry(event) + mark }) });
      log('info', `${event.subject} is written`);
    },
  }),
);

/** @param {import('@vaquita/plugins/listener').ListenerEvent} event */
function entry({ time, project, subject, data }) {
  const reason = /** @type {{ text?: unknown } | null | undefined} */ (data.reason)?.text ?? 'no reason was given';
  const lines = [
    `**${code(subject)}** ended with ${code(data.state)}`,
    `- when: ${new Date(time).toISOString()}`,
    `- project: ${code(project?.name ?? '–')}`,
    '',
    quote(reason),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** Names are other people's texts: as code they can neither be markup nor call anybody. @param {unknown} text */
function code(text) {
  return `\`${String(text).replaceAll(/[`\r\n]/g, ' ')}\``;
}

/** @param {unknown} text */
function quote(text) {
  return String(text)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/**
 * Throws when the other side has not done what was asked: then the event comes again later.
 * @param {string} url
 * @param {Settings} settings
 * @param {RequestInit} request
 */
async function ask(url, { token }, request) {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' };
  const answer = await fetch(url, { ...request, headers, redirect: 'error' });
  if (!answer.ok) throw new Error(`${new URL(url).host} answers ${answer.status} to ${request.method ?? 'GET'}`);
  return await answer.json();
}
