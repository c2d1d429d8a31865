/** How the agent ends, for whatever has started it. A service manager is to start it again unless a person has to act first. */

export interface Exit {
  readonly code: number;
  readonly meaning: string;
  /** Whether starting it again as it is may help. */
  readonly again: boolean;
}

export const EXITS = {
  stopped: { code: 0, again: false, meaning: 'it was told to stop' },
  failed: { code: 1, again: true, meaning: 'something unexpected; its log says what' },
  wrongOptions: { code: 2, again: false, meaning: 'its options are wrong, or its server does not accept them' },
  badToken: { code: 3, again: false, meaning: 'the server does not accept its token' },
  versionUnsupported: { code: 4, again: false, meaning: 'it and the server do not speak the same protocol' },
  workFolder: { code: 5, again: true, meaning: 'its work folder cannot be used, or another agent works there' },
  deaf: { code: 6, again: true, meaning: 'it was alive and ran nothing, and the server found out; its tasks go on' },
  stuck: {
    code: 137,
    again: true,
    meaning: 'its event loop stood still and it killed itself (SIGKILL); its tasks go on',
  },
} as const satisfies Readonly<Record<string, Exit>>;
