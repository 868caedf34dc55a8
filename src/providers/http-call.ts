/**
 * One HTTP call, from undici's dispatcher to status, headers and body. Not undici's `request`, whose Readable, async
 * resource and abort listener cost a whole call a tenth of its CPU, for features that are not used here.
 */
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../canonical/cancellation.ts';
import { createAnswerBody, type AnswerBody, type BodySink } from './answer-body.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AnswerBody;
}

export type HttpCall = Pick<Dispatcher.DispatchOptions, 'origin' | 'path' | 'method' | 'headers' | 'body'>;

type ParsedHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Joins repeated headers in place: the object was parsed for this answer alone. */
const joinRepeated = (headers: ParsedHeaders): Record<string, string> => {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') headers[name] = value?.join(', ') ?? '';
  }
  return headers as Record<string, string>; // every value is a text by now
};

const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('aborted'));

/**
 * Resolves with the head of the answer, rejects when none comes. Aborting the signal closes the connection, whether the
 * head or the body is being waited for; its reason is what they reject with.
 */
export const makeHttpCall = (connection: Dispatcher, call: HttpCall, signal: Cancellation): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let sink: BodySink | null = null;

    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort);
      if (sink === null) reject(error);
      else sink.fail(error);
    };
    const onAbort = (): void => {
      const reason = toError(signal.reason);
      // Without a controller the call still waits for a connection; it is dropped as soon as it gets one.
      if (controller === null) fail(reason);
      else controller.abort(reason);
    };
    signal.addEventListener('abort', onAbort);

    connection.dispatch(call, {
      onRequestStart: (started) => {
        controller = started;
        if (signal.aborted) started.abort(toError(signal.reason));
      },
      onResponseStart: (started, status, headers) => {
        // Informational answers (103 Early Hints) come before the real one.
        if (status < 200) return;
        const { body, sink: created } = createAnswerBody(started);
        sink = created;
        resolve({ status, headers: joinRepeated(headers), body });
      },
      onResponseData: (_started, chunk) => sink?.push(chunk),
      onResponseEnd: () => {
        signal.removeEventListener('abort', onAbort);
        sink?.end();
      },
      onResponseError: (_started, error) => fail(error),
    });
  });
