/** English texts of the graph that is edited. */
export const enGraphEdit = {
  insert: (from: string, to: string) => `Insert a task between ${from} and ${to}`,
  deleteCuts: 'Delete removes the connection',
  connect: (name: string) => `Connect ${name} to a task that is to wait for it`,
  chooseTarget: (name: string) => `Choose the task that is to wait for ${name}. Escape leaves it.`,
  wouldConnect: (from: string, to: string) => `${to} will wait for ${from}.`,
  keys: 'c connects, a adds behind, Delete removes',
};

export type GraphEditMessages = typeof enGraphEdit;
