/** Patience: a stream whose first event is long in coming begins without it, so that the client hears of the wait. */
import type { AnswerProtocol } from '../canonical/protocol.ts';
import type { StreamFrame } from '../canonical/stream-part.ts';
import type { Batches, Executed } from './execute.ts';

type Next = IteratorResult<readonly StreamFrame[], undefined>;

const OVER: Next = { done: true, value: undefined };

/** Batches of an execution that is still under way. A fault ends them; the attempt knows it. */
const lateBatches = (executing: Promise<Executed>): Batches => {
  let rest: Batches | null = null;
  const begin = async (): Promise<Next> => {
    const executed = await executing;
    if (executed.type !== 'stream') return OVER;
    ({ rest } = executed);
    return { done: false, value: executed.head };
  };
  return {
    next: () => (rest === null ? begin() : rest.next()),
    // Before its first event an upstream call ends by the signal that it was made with.
    return: async () => (await rest?.return?.()) ?? OVER,
  };
};

/**
 * What the execution came to, or after `patienceMs` a stream without a head. Until then a fault can still be said with
 * an honest status; afterwards only inside the stream, which is the lesser evil: proxies cut what is silent.
 */
export const awaitPatiently = async (
  executing: Promise<Executed>,
  { patienceMs, protocol }: { readonly patienceMs: number; readonly protocol: AnswerProtocol },
): Promise<Executed> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Executed>((resolve) => {
    timer = setTimeout(() => resolve({ type: 'stream', protocol, head: [], rest: lateBatches(executing) }), patienceMs);
  });
  try {
    return await Promise.race([executing, late]);
  } finally {
    clearTimeout(timer);
  }
};
