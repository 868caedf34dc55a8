/** Renders one streamed chat answer: passed through when upstream speaks chat, built from parts otherwise. */
import type { JsonObject } from '../../canonical/json.ts';
import type { StreamFrame } from '../../canonical/stream-part.ts';
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderer, StreamRenderOptions } from '../codec.ts';
import type { AnswerStream } from './answer-stream.ts';
import { createPassthroughStream } from './passthrough-stream.ts';
import { renderOpenaiError } from '../openai-error.ts';
import { createTranslatedStream } from './translated-stream.ts';

const DONE = renderEvent({ data: '[DONE]' });

const toMode = (frame: StreamFrame, options: StreamRenderOptions): AnswerStream =>
  frame.protocol === 'openai-chat' ? createPassthroughStream(options) : createTranslatedStream(options);

export const createChatStreamRenderer = (options: StreamRenderOptions): StreamRenderer => {
  let stream: AnswerStream | null = null;
  let isOver = false;

  const release = (gearbox: JsonObject | null): string => (isOver ? '' : (stream?.release(gearbox) ?? ''));

  return {
    render: (frames) => {
      let text = '';
      for (const frame of isOver ? [] : frames) {
        stream ??= toMode(frame, options);
        text += stream.render(frame);
      }
      return text;
    },
    isHolding: () => !isOver && stream !== null && stream.isHolding(),
    release,
    end: () => {
      if (isOver) return '';
      const held = release(null);
      isOver = true;
      return held + DONE;
    },
    fail: (error) => {
      if (isOver) return '';
      // What is held is dropped: a finish reason before an error would make half an answer look whole. Only whole
      // events are ever written, so no line of upstream's is open that this one could be glued to.
      isOver = true;
      return renderEvent({ data: renderOpenaiError(error) });
    },
  };
};
