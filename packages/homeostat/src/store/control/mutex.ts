/** One at a time, in the order of asking. `acquire` resolves with the function that lets the next one in. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  async acquire(): Promise<() => void> {
    const before = this.#last;
    let letNextIn = (): void => undefined;
    this.#last = new Promise((resolve) => {
      letNextIn = resolve;
    });
    await before;
    return letNextIn;
  }
}
