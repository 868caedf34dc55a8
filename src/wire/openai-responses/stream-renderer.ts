/** Renders one streamed response: passed through when upstream speaks Responses, built from parts otherwise. */
import type { JsonObject } from '../../canonical/json.ts';
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderer, StreamRenderOptions } from '../codec.ts';
import type { WriteEvent } from './item-writer.ts';
import { toResponseObject, type ResponseEnd } from './response-object.ts';
import { createPassthroughStream } from './passthrough-stream.ts';
import { createResponseWriter } from './response-writer.ts';

/** Events are numbered from 0 without a gap; every one names its type twice, as OpenAI's do. */
const createEventWriter = (): WriteEvent => {
  let next = 0;
  return (type, members) => {
    const data = JSON.stringify({ type, sequence_number: next, ...members });
    next += 1;
    return renderEvent({ event: type, data });
  };
};

/** `response.completed`, `response.incomplete` or `response.failed`, as its object says. */
const nameOfEnd = (response: JsonObject): string => `response.${response['status'] as string}`;

const createTranslatedStream = (options: StreamRenderOptions): StreamRenderer => {
  const write = createEventWriter();
  const writer = createResponseWriter(options, write);
  let isOver = false;

  const conclude = (end: ResponseEnd, gearbox: JsonObject | null): string => {
    isOver = true;
    const { request } = options;
    const response = toResponseObject({ identity: writer.identity(), request, output: writer.output(), end, gearbox });
    return write(nameOfEnd(response), { response });
  };

  const release = (gearbox: JsonObject | null): string => {
    const finish = writer.finish();
    return isOver || finish === null ? '' : conclude({ type: 'finished', finish, usage: writer.usage() }, gearbox);
  };

  return {
    render: (frames) => {
      let text = '';
      for (const { parts } of isOver ? [] : frames) for (const part of parts) text += writer.write(part);
      return text;
    },
    isHolding: () => !isOver && writer.finish() !== null,
    release,
    end: () => (isOver ? '' : writer.close() + release(null)),
    // Items that are open stay open: closing them would make half an answer look whole.
    fail: (error) => (isOver ? '' : conclude({ type: 'failed', error }, error.gearbox)),
  };
};

/** Which of the two it is shows in the first frame; a stream that fails before it is one of ours. */
export const createResponsesStreamRenderer = (options: StreamRenderOptions): StreamRenderer => {
  let stream: StreamRenderer | null = null;
  const open = (isPassed: boolean): StreamRenderer =>
    (stream ??= isPassed ? createPassthroughStream(options) : createTranslatedStream(options));
  return {
    render: (frames) => (frames.length === 0 ? '' : open(frames[0]?.protocol === 'openai-responses').render(frames)),
    isHolding: () => stream?.isHolding() ?? false,
    release: (gearbox) => stream?.release(gearbox) ?? '',
    end: () => open(false).end(),
    fail: (error) => open(false).fail(error),
  };
};
