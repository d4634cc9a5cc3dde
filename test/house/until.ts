import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 50;

/**
 * Asks again and again until the answer is not undefined. A rejected question counts as no answer yet; the last reason
 * is told when the limit passes.
 */
export async function until<T>(
  what: string | (() => Promise<string>),
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (thrown) {
      last = thrown;
    }
    if (performance.now() > deadline)
      throw new Error(
        `waited ${limitMs} ms in vain until ${typeof what === "string" ? what : await what()}`,
        last === undefined ? {} : { cause: last },
      );
    await sleep(pauseMs);
  }
}
