/** In whose words an answer is handed on: the provider's, or `translated` where the request was put into other words. */
import type { AnswerProtocol } from '../canonical/protocol.ts';
import type { StreamFrame, StreamReaderMode } from '../canonical/stream-part.ts';
import type { ProviderProtocol, SendOptions, WireRequest } from './provider.ts';

interface Answered {
  readonly wire: Pick<WireRequest, 'translates'>;
  readonly protocol: Pick<ProviderProtocol, 'protocol'>;
  readonly options: Pick<SendOptions, 'mode'>;
}

type Batches = AsyncIterable<readonly StreamFrame[]>;

export const wordsOf = ({ wire, protocol }: Answered): AnswerProtocol =>
  wire.translates === true ? 'translated' : protocol.protocol;

/** What is to be put into other words has to be read whole. */
export const modeOf = ({ wire, options }: Answered): StreamReaderMode =>
  wire.translates === true ? 'full' : options.mode;

const mark = (frames: readonly StreamFrame[]): readonly StreamFrame[] =>
  frames.map((frame) => ({ ...frame, protocol: 'translated' }));

/** By hand, because a generator's `return()` would wait for the chunk that is being waited for. */
const marked = (batches: Batches): Batches => ({
  [Symbol.asyncIterator]: () => {
    const inner = batches[Symbol.asyncIterator]();
    return {
      next: async () => {
        const next = await inner.next();
        return next.done === true ? next : { done: false, value: mark(next.value) };
      },
      return: async () => (await inner.return?.()) ?? { done: true, value: undefined },
    };
  },
});

/** A stream's batches with the words that they are in. */
export const inWords = (
  batches: Batches,
  answered: Answered,
): { readonly protocol: AnswerProtocol; readonly batches: Batches } => {
  const protocol = wordsOf(answered);
  return { protocol, batches: protocol === 'translated' ? marked(batches) : batches };
};
