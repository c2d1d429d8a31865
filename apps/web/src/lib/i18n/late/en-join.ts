/** English texts of how a worker joins. */
export const enJoin = {
  title: 'Join a worker',
  text: 'Run this on any machine that reaches this server.',
  name: 'Name of the token',
  group: 'Group',
  slots: 'Slots',
  make: 'Make the command',
  once: 'The token is shown this once. It lets a worker join; it cannot read or change anything else.',
  waiting: 'Waiting for it to join…',
  done: (name: string) => `${name} has joined.`,
};

export type JoinMessages = typeof enJoin;
