/**
 * What logic tasks have asked and not been answered. One question of a kind per task instance is being answered at a
 * time; asked again meanwhile, it is answered once more afterwards, from a fresh look.
 *
 * Q1 Each question gets at most one answer; none after the task instance, or its run, is forgotten.
 * Q2 A question that is asked while its like is being answered is not lost: what was read may be older than it.
 * Q3 A run that is not open (set aside, given up, of a term that is over) is answered nothing.
 */
import { type LifecycleEvent, type TaskInstanceId, toAppError } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import type { Logger } from '../settings.ts';

/** Finds the answer. `wanted` turns false when nobody waits for it any more. Null: there is nothing to say. */
export type Find = (wanted: () => boolean) => Promise<LifecycleEvent | null>;

export interface Questions {
  ask(bus: RunBus, of: { readonly kind: string; readonly taskInstanceId: TaskInstanceId }, find: Find): void;
  forget(bus: RunBus, taskInstanceId: TaskInstanceId): void;
  forgetRun(bus: RunBus): void;
  /** Questions without an answer. */
  readonly size: number;
  close(): void;
}

interface Question {
  readonly bus: RunBus;
  readonly key: string;
  readonly find: Find;
  next: Find | null;
}

export function createQuestions(log: Logger): Questions {
  const byRun = new Map<RunBus, Map<string, Question>>();

  function begin(question: Question): void {
    const { bus, key } = question;
    const ofRun = byRun.get(bus) ?? new Map<string, Question>();
    byRun.set(bus, ofRun);
    ofRun.set(key, question);
    void answer(question);
  }

  async function answer(question: Question): Promise<void> {
    const { bus, key, find } = question;
    const wanted = () => bus.state === 'open' && byRun.get(bus)?.get(key) === question;
    try {
      const event = await find(wanted);
      if (wanted() && event) bus.post(event);
    } catch (thrown) {
      // The task asks again at its next look; the run is not to suffer for it.
      if (wanted())
        log.error('What a task asked about other runs could not be answered.', {
          run: bus.id,
          question: key,
          error: toAppError(thrown).message,
        });
    }
    if (byRun.get(bus)?.get(key) !== question) return;
    remove(bus, key);
    if (question.next) begin({ bus, key, find: question.next, next: null });
  }

  function remove(bus: RunBus, key: string): void {
    const ofRun = byRun.get(bus);
    ofRun?.delete(key);
    if (ofRun?.size === 0) byRun.delete(bus);
  }

  return {
    ask(bus, { kind, taskInstanceId }, find) {
      const key = `${taskInstanceId} ${kind}`;
      const open = byRun.get(bus)?.get(key);
      if (open) open.next = find;
      else begin({ bus, key, find, next: null });
    },
    forget(bus, taskInstanceId) {
      for (const key of byRun.get(bus)?.keys() ?? []) if (key.startsWith(`${taskInstanceId} `)) remove(bus, key);
    },
    forgetRun: (bus) => void byRun.delete(bus),
    get size() {
      let size = 0;
      for (const ofRun of byRun.values()) size += ofRun.size;
      return size;
    },
    close: () => byRun.clear(),
  };
}
