/** Short notes of what has just been done. Errors are not toasts: they stay where they happened. */
export interface Toast {
  readonly id: number;
  readonly text: string;
}

const SHOWN_MS = 4500;
let nextId = 1;

class Toasts {
  list = $state.raw<readonly Toast[]>([]);

  say(text: string): void {
    const toast = { id: nextId++, text };
    this.list = [...this.list.slice(-2), toast];
    setTimeout(() => {
      this.list = this.list.filter((other) => other.id !== toast.id);
    }, SHOWN_MS);
  }
}

export const toasts = new Toasts();
