/** One line of the search. */
export interface Item {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly detail?: string;
  readonly state?: string;
  /** What it is found by besides; not shown. */
  readonly words?: string;
  readonly run: () => void;
}
