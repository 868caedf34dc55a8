/**
 * A response stream whose upstream speaks Responses too: every event goes on as the text it came in, except the first,
 * which carries the first `gearbox` object, and the last, which is held back for the final one.
 */
import { brand } from '../../brand.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { StreamFrame, StreamPart } from '../../canonical/stream-part.ts';
import { spliceInside } from '../../json/splice.ts';
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderer, StreamRenderOptions } from '../codec.ts';
import { toMemoryEdits, toResponseId, toResponseObject } from './response-object.ts';

const NUMBER = /"sequence_number"\s*:\s*(\d+)/;
const MILLISECONDS_PER_SECOND = 1000;

type StartPart = Extract<StreamPart, { readonly type: 'start' }>;

/** The number behind that of the last event: numbers of one stream have no gap. */
const numberAfter = (data: string | null): number => {
  const found = data === null ? null : NUMBER.exec(data);
  return found === null ? 0 : Number(found[1]) + 1;
};

export const createPassthroughStream = (options: StreamRenderOptions): StreamRenderer => {
  const { request, echoModel, first, now, answerId } = options;
  let start: StartPart | null = null;
  let last: string | null = null;
  let held: StreamFrame | null = null;
  let isOver = false;

  const memory = toMemoryEdits(request);

  const renderEdited = ({ event, data }: StreamFrame, gearbox: JsonObject | null): string => {
    const set: Record<string, string> = { ...memory };
    if (echoModel !== null) set['model'] = JSON.stringify(echoModel);
    if (gearbox !== null) set[brand.bodyKey] = JSON.stringify(gearbox);
    return renderEvent({ event, data: spliceInside(data, 'response', set) });
  };

  const renderFrame = (frame: StreamFrame): string => {
    const { parts, data } = frame;
    if (parts.some(({ type }) => type === 'error')) return ''; // said through `fail`
    last = data;
    if (parts.some(({ type }) => type === 'end')) {
      held = frame;
      return '';
    }
    const isFirst = start === null;
    start ??= parts.find((part) => part.type === 'start') ?? null;
    if (isFirst && start !== null) return renderEdited(frame, first);
    // `response.in_progress` repeats the object of the first event.
    return data.includes('"response"') ? renderEdited(frame, null) : renderEvent(frame);
  };

  const release = (gearbox: JsonObject | null): string => {
    if (held === null) return '';
    const text = renderEdited(held, gearbox);
    held = null;
    isOver = true;
    return text;
  };

  return {
    render: (frames) => {
      let text = '';
      for (const frame of frames) if (!isOver && held === null) text += renderFrame(frame);
      return text;
    },
    isHolding: () => held !== null,
    release,
    end: () => release(null),
    fail: (error) => {
      if (isOver) return '';
      isOver = true;
      held = null;
      const identity = {
        id: start?.id ?? toResponseId(answerId),
        model: echoModel ?? start?.model ?? request.model,
        createdAtSeconds: start?.createdAtSeconds ?? Math.floor(now() / MILLISECONDS_PER_SECOND),
      };
      const response = toResponseObject({
        identity,
        request,
        output: [],
        end: { type: 'failed', error },
        gearbox: error.gearbox,
      });
      const data = JSON.stringify({ type: 'response.failed', sequence_number: numberAfter(last), response });
      return renderEvent({ event: 'response.failed', data });
    },
  };
};
