/** The current second, for times that tick. One timer for the whole tab, and none while nothing shows such a time. */
import { createSubscriber } from 'svelte/reactivity';

const SECOND_MS = 1000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(() => {
    if (!document.hidden) update();
  }, SECOND_MS);
  const wake = () => update();
  document.addEventListener('visibilitychange', wake);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', wake);
  };
});

export const clock = {
  /** Epoch ms; reading it in a component makes the component tick. */
  get now(): number {
    subscribe();
    return Date.now();
  },
};
