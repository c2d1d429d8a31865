/** The order in which the workers of a group are given tasks. Told of everything that may change it. */
export interface Order<W> {
  /** The worker is of the group now. */
  join(worker: W): void;
  leave(worker: W): void;
  /** It was chosen: its turn is over. */
  taken(worker: W): void;
  /** What it weighs, or how much it carries, may be something else now. */
  changed(worker: W): void;
  before(a: W, b: W): boolean;
}
