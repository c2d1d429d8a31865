/** Asks the server what it would say to the text, a pause after the last key. Only the answer to the newest text counts. */
import type { Problem, WorkflowValidated } from '@vaquita/client';

const PAUSE_MS = 500;
/** Longer texts are not sent at each pause: they are checked when they are saved. */
const MOST_CHARACTERS = 1_000_000;

/** `unchecked`: it will be when it is saved. */
export type CheckState = 'waiting' | 'unchecked' | 'fine' | 'problems';

type Ask = (text: string, signal: AbortSignal) => Promise<Pick<WorkflowValidated, 'ok' | 'problems'>>;

export class ServerCheck {
  state = $state<CheckState>('waiting');
  problems = $state.raw<readonly Problem[]>([]);
  readonly #ask: Ask;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | undefined;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** The text has changed: what was said of the one before holds no more. */
  next(text: string, pauseMs = PAUSE_MS): void {
    this.stop();
    this.problems = [];
    this.state = text.length > MOST_CHARACTERS ? 'unchecked' : 'waiting';
    if (this.state === 'waiting') this.#timer = setTimeout(() => void this.#check(text), pauseMs);
  }

  /** What a save was answered. */
  refused(problems: readonly Problem[]): void {
    this.stop();
    this.problems = problems;
    this.state = problems.length > 0 ? 'problems' : 'unchecked';
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  async #check(text: string): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const { ok, problems } = await this.#ask(text, asked.signal);
      if (asked.signal.aborted) return;
      this.problems = problems;
      this.state = ok ? 'fine' : 'problems';
    } catch {
      if (!asked.signal.aborted) this.state = 'unchecked';
    }
  }
}
