/** A whole response as the events of a stream, for upstreams that ignore `stream: true`. */
import type { WireEvent } from '../provider.ts';
import { asList, asRecord, asText, readJson } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

/** Created, every item added and done, and the end that the response itself names; an error body is one event. */
export const toEvents = (text: string): readonly WireEvent[] =>
  readJson(text, (value) => {
    const body = asRecord(value) ?? {};
    let next = 0;
    const event = (type: string, members: JsonRecord): WireEvent => {
      const data = JSON.stringify({ type, sequence_number: next, ...members });
      next += 1;
      return { event: type, data };
    };
    if (!Array.isArray(body['output'])) return [event('error', body)];
    const open = { ...body, status: 'in_progress', output: [], usage: null };
    const status = asText(body['status']) ?? 'completed';
    return [
      event('response.created', { response: open }),
      ...asList(body['output']).flatMap((item, output_index) => [
        event('response.output_item.added', { output_index, item: { ...asRecord(item), status: 'in_progress' } }),
        event('response.output_item.done', { output_index, item }),
      ]),
      event(`response.${status}`, { response: body }),
    ];
  });
