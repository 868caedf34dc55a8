/** A message stream built from canonical parts, for an upstream that speaks another protocol. */
import { brand } from '../../brand.ts';
import type { Finish } from '../../canonical/finish.ts';
import type { JsonObject } from '../../canonical/json.ts';
import { sealReasoning } from '../../canonical/sealed-reasoning.ts';
import type { StreamPart } from '../../canonical/stream-part.ts';
import { NO_USAGE, type Usage } from '../../canonical/usage.ts';
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderOptions } from '../codec.ts';
import { toMessageId, toMessagesUsage, toStopReason } from './answer-members.ts';
import type { AnswerStream } from './answer-stream.ts';
import { createBlockWriter } from './open-block.ts';

const PLAIN_STOP: Finish = { kind: 'stop', raw: null };

const toEvent = (type: string, members: object): string =>
  renderEvent({ event: type, data: JSON.stringify({ type, ...members }) });

const withGearbox = (gearbox: JsonObject | null): object => (gearbox === null ? {} : { [brand.bodyKey]: gearbox });

type StartPart = Extract<StreamPart, { readonly type: 'start' }>;

export const createTranslatedStream = ({ request, first, echoModel }: StreamRenderOptions): AnswerStream => {
  const blocks = createBlockWriter();
  let started = false;
  let usage: Usage = NO_USAGE;
  let finish: Finish | null = null;
  let released = false;

  const start = ({ id, model }: Pick<StartPart, 'id' | 'model'>): string => {
    if (started) return '';
    started = true;
    const message = {
      id: toMessageId(id),
      type: 'message',
      role: 'assistant',
      model: echoModel ?? model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      // Upstream counts at its end; agents crash where these members are missing.
      usage: { ...toMessagesUsage(usage), output_tokens: 0 },
      ...withGearbox(first),
    };
    return toEvent('message_start', { message });
  };

  /** Some servers begin with content. */
  const opened = (): string => start({ id: 'unnamed', model: request.model });

  const close = (found: Finish): string => {
    if (finish !== null) return '';
    const text = opened() + blocks.endAll();
    finish = found;
    return text;
  };

  const renderPart = (part: StreamPart): string => {
    if ('choice' in part && (part.choice !== 0 || finish !== null)) return ''; // this protocol has one choice
    switch (part.type) {
      case 'start':
        return start(part);
      case 'block-start':
        return opened() + blocks.start(part.block, part.content);
      case 'block-delta':
        return blocks.add(part.block, part.text);
      case 'block-end':
        return blocks.end(part.block);
      case 'finish':
        return close(part.finish);
      case 'usage':
        ({ usage } = part);
        return '';
      case 'end':
        return close(PLAIN_STOP);
      case 'block-opaque':
        return blocks.seal(part.block, sealReasoning(part.opaque));
      case 'block-annotation':
        return '';
      case 'error':
        return ''; // said through `fail`, which knows the whole story
    }
  };

  const release = (gearbox: JsonObject | null): string => {
    if (finish === null || released) return '';
    released = true;
    const delta = { stop_reason: toStopReason(finish, blocks.hasToolCalls()), stop_sequence: null };
    return toEvent('message_delta', { delta, usage: toMessagesUsage(usage), ...withGearbox(gearbox) });
  };

  return {
    render: ({ parts }) => parts.reduce((text, part) => text + renderPart(part), ''),
    isHolding: () => finish !== null && !released,
    release,
    end: () => close(PLAIN_STOP) + release(null) + toEvent('message_stop', {}),
  };
};
