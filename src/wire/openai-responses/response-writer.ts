/** One streamed response as it is written, from canonical parts. */
import type { Finish } from '../../canonical/finish.ts';
import type { StreamPart } from '../../canonical/stream-part.ts';
import { NO_USAGE, type Usage } from '../../canonical/usage.ts';
import type { StreamRenderOptions } from '../codec.ts';
import { createItemWriter, type ItemWriter, type WriteEvent } from './item-writer.ts';
import { toResponseId, toResponseObject, type Identity } from './response-object.ts';

const PLAIN_STOP: Finish = { kind: 'stop', raw: null };
const MILLISECONDS_PER_SECOND = 1000;

type StartPart = Extract<StreamPart, { readonly type: 'start' }>;

export interface ResponseWriter {
  readonly write: (part: StreamPart) => string;
  /** Ends what is open, for an upstream that gave no reason to stop. */
  readonly close: () => string;
  /** Why the answer ended; null while it goes on. */
  readonly finish: () => Finish | null;
  readonly usage: () => Usage;
  readonly identity: () => Identity;
  readonly output: ItemWriter['output'];
}

export const createResponseWriter = (options: StreamRenderOptions, write: WriteEvent): ResponseWriter => {
  const { request, first, echoModel, now, answerId } = options;
  let identity: Identity | null = null;
  let items: ItemWriter | null = null;
  let usage: Usage = NO_USAGE;
  let finish: Finish | null = null;

  const toIdentity = ({ model, createdAtSeconds }: Pick<StartPart, 'model' | 'createdAtSeconds'>): Identity => ({
    id: toResponseId(answerId),
    model: echoModel ?? model,
    createdAtSeconds: createdAtSeconds ?? Math.floor(now() / MILLISECONDS_PER_SECOND),
  });

  /** Some servers begin with content. */
  const unnamed = (): Identity => toIdentity({ model: request.model, createdAtSeconds: null });

  const start = (found: Identity): string => {
    if (identity !== null) return '';
    identity = found;
    items = createItemWriter(found.id, write);
    const parts = { identity: found, request, output: [], end: { type: 'open' } } as const;
    return (
      write('response.created', { response: toResponseObject({ ...parts, gearbox: first }) }) +
      write('response.in_progress', { response: toResponseObject({ ...parts, gearbox: null }) })
    );
  };

  const opened = (): string => (identity === null ? start(unnamed()) : '');

  const close = (found: Finish): string => {
    if (finish !== null) return '';
    const text = opened() + (items?.endAll() ?? '');
    finish = found;
    return text;
  };

  const writePart = (part: StreamPart): string => {
    if ('choice' in part && (part.choice !== 0 || finish !== null)) return ''; // this protocol has one answer
    switch (part.type) {
      case 'start':
        return start(toIdentity(part));
      case 'block-start':
        return opened() + (items?.start(part.block, part.content) ?? '');
      case 'block-delta':
        return items?.add(part.block, part.text) ?? '';
      case 'block-end':
        return items?.end(part.block) ?? '';
      case 'finish':
        return close(part.finish);
      case 'usage':
        ({ usage } = part);
        return '';
      case 'end':
        return close(PLAIN_STOP);
      case 'block-opaque':
        return items?.seal(part.block, part.opaque) ?? '';
      case 'block-annotation':
        return '';
      case 'error':
        return ''; // said through `fail` of the renderer, which knows the whole story
    }
  };

  return {
    write: writePart,
    close: () => close(PLAIN_STOP),
    finish: () => finish,
    usage: () => usage,
    identity: () => identity ?? unnamed(),
    output: () => items?.output() ?? [],
  };
};
