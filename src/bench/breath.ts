/** A breath between steps of long computations: without it no event, such as Ctrl-C, is heard until all is done. */

/** Resolves in the next turn of the event loop; rejects with the signal's reason once it is aborted. */
export const takeBreath = async (signal: AbortSignal): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
};
