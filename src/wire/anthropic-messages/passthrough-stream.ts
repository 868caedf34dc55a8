/**
 * A message stream whose upstream speaks Messages too: every event goes on as the text it came in, except `message_start`
 * and `message_delta`, which carry the `gearbox` object.
 */
import { brand } from '../../brand.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { StreamFrame } from '../../canonical/stream-part.ts';
import { scanObject } from '../../json/scan.ts';
import { spliceInside, spliceMembers } from '../../json/splice.ts';
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderOptions } from '../codec.ts';
import type { AnswerStream } from './answer-stream.ts';

const STOP = renderEvent({ event: 'message_stop', data: '{"type":"message_stop"}' });

export const createPassthroughStream = ({ first, echoModel }: StreamRenderOptions): AnswerStream => {
  let started = false;
  let released = false;
  let held: StreamFrame | null = null;
  /** Events that came after the held one and must not overtake it. */
  let behind = '';

  const renderStart = ({ event, data }: StreamFrame): string => {
    started = true;
    const set: Record<string, string> = {};
    if (echoModel !== null) set['model'] = JSON.stringify(echoModel);
    if (first !== null) set[brand.bodyKey] = JSON.stringify(first);
    return renderEvent({ event, data: Object.keys(set).length === 0 ? data : spliceInside(data, 'message', set) });
  };

  const pass = (frame: StreamFrame): string => {
    const text = renderEvent(frame);
    if (held === null) return text;
    behind += text;
    return '';
  };

  const flush = (gearbox: JsonObject | null): string => {
    if (held === null) return '';
    const { event, data } = held;
    const edited =
      gearbox === null || scanObject(data) === null
        ? data
        : spliceMembers(data, { set: { [brand.bodyKey]: JSON.stringify(gearbox) } });
    const text = renderEvent({ event, data: edited }) + behind;
    held = null;
    behind = '';
    return text;
  };

  return {
    render: (frame) => {
      if (frame.parts.some(({ type }) => type === 'error' || type === 'end')) return ''; // said through `fail` and `end`
      if (!started && frame.parts.some(({ type }) => type === 'start')) return renderStart(frame);
      if (released || !frame.parts.some(({ type }) => type === 'finish')) return pass(frame);
      const before = flush(null);
      held = frame;
      return before;
    },
    isHolding: () => held !== null,
    release: (gearbox) => {
      released ||= held !== null;
      return flush(gearbox);
    },
    end: () => STOP,
  };
};
