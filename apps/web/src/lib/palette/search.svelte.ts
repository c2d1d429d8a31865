/** Whether the search is open, and what stands in its field at first. */
class SearchBox {
  /** Null: closed. */
  text = $state<string | null>(null);

  open(text = ''): void {
    this.text = text;
  }

  close(): void {
    this.text = null;
  }
}

export const searchBox = new SearchBox();
