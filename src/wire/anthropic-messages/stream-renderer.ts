/** Renders one streamed message: passed through when upstream speaks Messages, built from parts otherwise. */
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderer, StreamRenderOptions } from '../codec.ts';
import type { AnswerStream } from './answer-stream.ts';
import { createPassthroughStream } from './passthrough-stream.ts';
import { renderMessagesError } from './render-error.ts';
import { createTranslatedStream } from './translated-stream.ts';

export const createMessagesStreamRenderer = (options: StreamRenderOptions): StreamRenderer => {
  let stream: AnswerStream | null = null;
  let isOver = false;

  return {
    render: (frames) => {
      let text = '';
      for (const frame of isOver ? [] : frames) {
        stream ??=
          frame.protocol === 'anthropic-messages' ? createPassthroughStream(options) : createTranslatedStream(options);
        text += stream.render(frame);
      }
      return text;
    },
    isHolding: () => !isOver && stream?.isHolding() === true,
    release: (gearbox) => (isOver ? '' : (stream?.release(gearbox) ?? '')),
    end: () => {
      if (isOver) return '';
      isOver = true;
      return stream === null ? '' : stream.release(null) + stream.end();
    },
    fail: (error) => {
      if (isOver) return '';
      // What is held is dropped: a stop reason before an error would make half an answer look whole.
      isOver = true;
      return renderEvent({ event: 'error', data: renderMessagesError(error) });
    },
  };
};
