/** What a person reads who has just started the server. */
import { ADMIN_NAME } from '@vaquita/api';
import { EXAMPLES_PROJECT } from './examples.ts';
import type { Accounts } from './first-start.ts';
import type { Listening } from './host.ts';

/** @param examples the workflows that were loaded. */
export function greet(
  listening: Listening,
  { generatedPassword: password, setUpCode }: Omit<Accounts, 'adminId'>,
  examples: readonly string[],
): readonly string[] {
  return [
    `Vaquita is at ${listening.url}`,
    ...(setUpCode === null
      ? []
      : [`Set it up in the browser, with a password of your own: ${listening.url}/setup#${setUpCode}`]),
    ...(password === null
      ? [`Sign in as ${ADMIN_NAME}.`]
      : [
          `Sign in as ${ADMIN_NAME} with the password ${password}`,
          'It is shown this once and kept nowhere: write it down.',
        ]),
    ...(examples.length > 0
      ? [`The project "${EXAMPLES_PROJECT}" holds ${examples.length} workflows to try: ${examples.join(', ')}.`]
      : []),
    'Stop with Ctrl-C.',
  ];
}
