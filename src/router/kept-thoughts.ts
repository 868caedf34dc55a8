/** What answers thought before their calls, kept on its way to the client for the request that brings the results. */
import type { ContentPart } from '../canonical/content.ts';
import type { StreamFrame } from '../canonical/stream-part.ts';
import type { Batches, Executed } from '../executor/execute.ts';
import { createTurnCollector } from '../session/turn-collector.ts';

type Remember = (content: readonly ContentPart[]) => void;

const isFinished = (frames: readonly StreamFrame[]): boolean =>
  frames.some(({ parts }) => parts.some(({ type }) => type === 'finish' || type === 'end'));

/**
 * The same answer; what it thought and called is remembered once it is whole. An answer that passes through unparsed has
 * nothing to remember: its client has it in its own protocol.
 */
export const keepThoughts = (executed: Executed, remember: Remember): Executed => {
  if (executed.type === 'whole') {
    remember(executed.response.choices[0]?.content ?? []);
    return executed;
  }
  if (executed.type !== 'stream') return executed;
  const collector = createTurnCollector();
  const observe = (frames: readonly StreamFrame[]): void => {
    for (const { parts } of frames) collector.observe(parts);
    if (isFinished(frames)) remember(collector.content());
  };
  observe(executed.head);
  const { rest } = executed;
  const watched: Batches = {
    next: async () => {
      const next = await rest.next();
      if (next.done !== true) observe(next.value);
      return next;
    },
    return: async () => (await rest.return?.()) ?? { done: true, value: undefined },
  };
  return { ...executed, rest: watched };
};
